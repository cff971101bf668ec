"""An opening is written down in time, or it does not happen."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from unittest.mock import AsyncMock, Mock, patch

from homeassistant.core import HomeAssistant
import pytest

from custom_components.alpr_gate import opening_account
from custom_components.alpr_gate.alpr.types import Reason
from custom_components.alpr_gate.archive import Archive
from custom_components.alpr_gate.audit import AuditAction, AuditChain, AuditError
from custom_components.alpr_gate.opening_account import OpeningAccount

from .street import KNOWN, Street
from .test_opener import decision


@pytest.fixture
def archive() -> Mock:
    return Mock(spec=Archive, account=AsyncMock())


async def test_it_names_the_gate_the_vehicle_and_what_was_decided_by(
    hass: HomeAssistant, archive: Mock
) -> None:
    assert await OpeningAccount(archive, Mock()).about_to_open(decision(hass))
    action, details = archive.account.await_args.args[0], archive.account.await_args.kwargs
    assert action is AuditAction.OPENED
    assert (details["gate"], details["vehicle"]) == ("gate-1", "vehicle-1")
    assert details["settings"] == decision(hass).settings_digest


async def test_what_cannot_be_written_down_may_not_happen(
    hass: HomeAssistant, archive: Mock
) -> None:
    changed = Mock()
    archive.account.side_effect = AuditError("full")
    assert not await OpeningAccount(archive, changed).about_to_open(decision(hass))
    changed.assert_called_once()


async def test_a_disk_that_takes_too_long_counts_as_one_that_cannot_be_written(
    hass: HomeAssistant, archive: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_args: Any, **_kwargs: Any) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(opening_account, "LONGEST_WAIT_SECONDS", 0.02)
    archive.account.side_effect = hang
    account = OpeningAccount(archive, Mock())
    async with asyncio.timeout(1):
        assert not await account.about_to_open(decision(hass))
        await account.came_to_nothing(decision(hass), Reason.OPENER_FAILED)


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Openings are written, but only after nobody waits for it any more."""
    monkeypatch.setattr(opening_account, "LONGEST_WAIT_SECONDS", 0.3)
    append = AuditChain.append

    def slowly(chain: AuditChain, *args: Any, **kwargs: Any) -> Any:
        if AuditAction.OPENED in args:
            time.sleep(0.5)
        return append(chain, *args, **kwargs)

    monkeypatch.setattr(AuditChain, "append", slowly)


async def openings(street: Street) -> list[tuple[AuditAction, object]]:
    """What the account says of openings, and why they came to nothing."""
    about = {AuditAction.OPENED, AuditAction.CAME_TO_NOTHING}
    return [
        (record.action, record.details.get("reason"))
        for record in await street.data.privacy.archive.account_since(0)
        if record.action in about
    ]


async def test_what_was_written_down_too_late_to_happen_is_accounted_for_as_nothing(
    loaded: Street, slow_disk: None
) -> None:
    await loaded.arrive(loaded.pictures.approach(KNOWN, 3))
    await loaded.until_told("refused", "not_recorded")
    assert loaded.commands == []
    said = await openings(loaded)
    assert said
    assert said == [(AuditAction.OPENED, None), (AuditAction.CAME_TO_NOTHING, "not_recorded")] * (
        len(said) // 2
    )


async def test_what_a_changed_gate_cuts_off_while_it_is_written_down_is_accounted_for_as_nothing(
    loaded: Street, slow_disk: None
) -> None:
    with patch.object(opening_account, "LONGEST_WAIT_SECONDS", 5.0):
        await loaded.arrive(loaded.pictures.approach(KNOWN, 3))
        await loaded.until(lambda: any(map(is_opening, asyncio.all_tasks())))
        await asyncio.sleep(0.1)
        await loaded.configure(looks_needed=3)
    assert loaded.commands == []
    assert await openings(loaded) == [
        (AuditAction.OPENED, None),
        (AuditAction.CAME_TO_NOTHING, "decision_expired"),
    ]


def is_opening(task: asyncio.Task[Any]) -> bool:
    return task.get_name() == "alpr_gate opening"
