"""How long the evidence picture is kept."""

from __future__ import annotations

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.alpr_gate.evidence_memory import STRANGER_SECONDS, EvidenceMemory


class Memory:
    """An evidence memory and how often it told that a picture was forgotten."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.told = 0
        self.evidence = EvidenceMemory(hass, self._forgotten)

    def picture(self) -> bytes | None:
        return self.evidence.picture

    def _forgotten(self) -> None:
        self.told += 1


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float) -> None:
    freezer.tick(timedelta(seconds=seconds))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def test_a_strangers_picture_is_forgotten_after_three_minutes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    memory = Memory(hass)
    memory.evidence.keep(b"stranger", stranger=True)
    assert memory.picture() == b"stranger"
    await pass_time(hass, freezer, STRANGER_SECONDS - 5)
    assert memory.picture() == b"stranger"
    await pass_time(hass, freezer, 6)
    assert memory.picture() is None
    assert memory.evidence.taken_at is None
    assert memory.told == 1


async def test_a_listed_vehicles_picture_stays_until_the_next(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    memory = Memory(hass)
    memory.evidence.keep(b"stranger", stranger=True)
    memory.evidence.keep(b"listed", stranger=False)
    await pass_time(hass, freezer, STRANGER_SECONDS * 2)
    assert memory.picture() == b"listed"
    memory.evidence.forget()
    assert memory.picture() is None
    assert memory.told == 0


async def test_a_new_strangers_picture_has_its_own_three_minutes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    memory = Memory(hass)
    memory.evidence.keep(b"first", stranger=True)
    await pass_time(hass, freezer, STRANGER_SECONDS - 10)
    memory.evidence.keep(b"second", stranger=True)
    await pass_time(hass, freezer, 20)
    assert memory.picture() == b"second"
    memory.evidence.forget()
