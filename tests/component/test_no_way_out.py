"""Nothing leaves the machine but what is asked of cameras and of the engine that was set up."""

from __future__ import annotations

from dataclasses import dataclass, field
import random
import socket
from typing import Any

import aiohttp
from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from yarl import URL

from custom_components.alpr_gate.const import CONF_ENGINE, DOMAIN
from custom_components.alpr_gate.diagnostics import async_get_config_entry_diagnostics
from custom_components.alpr_gate.engine_process import EngineKind
from custom_components.alpr_gate.privacy_settings import PrivacySettings
from custom_components.alpr_gate.retention import Retention
from tests.e2e.painted_street import TOKEN, PaintedStreet, engine_of
from tests.local_sockets import local_sockets

from .street import Street, a_street

__all__ = ["local_sockets"]

PURPOSE = "The gate was damaged last night"


@dataclass
class Border:
    """Refuses every connection but those to one address, and notes all that were tried."""

    allowed: tuple[str, int] = ("", 0)
    let_through: int = 0
    refused: list[str] = field(default_factory=list)

    def check(self, address: object) -> None:
        """Let a connection through, or refuse it."""
        if isinstance(address, str | bytes) or address == self.allowed:
            self.let_through += 1
            return
        self.refused.append(repr(address))
        raise ConnectionRefusedError


@pytest.fixture
def border(monkeypatch: pytest.MonkeyPatch, local_sockets: None) -> Border:
    """A border round this process: sockets, name look-ups, and requests of any client."""
    border = Border()
    connect, look_up, request = (
        socket.socket.connect,
        socket.getaddrinfo,
        aiohttp.ClientSession._request,
    )

    def connecting(self: socket.socket, address: Any) -> None:
        border.check(address)
        connect(self, address)

    def looking_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in {"127.0.0.1", None}:
            border.check((host, 53))
        return look_up(host, *args, **kwargs)

    async def requesting(self: aiohttp.ClientSession, method: str, url: Any, **kwargs: Any) -> Any:
        target = URL(url)
        if target.host != "localhost":
            border.check((target.host, target.port))
        return await request(self, method, url, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(socket, "getaddrinfo", looking_up)
    monkeypatch.setattr(aiohttp.ClientSession, "_request", requesting)
    return border


async def live(hass: HomeAssistant, street: Street, painted: PaintedStreet, admin: str) -> None:
    """Let everything happen that the integration can do."""
    known, stranger = painted.car(), painted.car()
    await street.list_car("Ann's car", known.plate)
    await street.data.privacy.follow(PrivacySettings(retention=Retention(listed_pictures=True)))
    for car, told in ((known, ("opened", "listed")), (stranger, ("unknown", "not_listed"))):
        await street.arrive(painted.approach(car))
        await street.until_told(*told)
        await street.until(lambda: not street.gate.board.status.vehicle_present, seconds=15)
        street.gate_is("closed")
    await street.until(lambda: street.data.privacy.news.status.visits == 2)

    async def act(action: str, **data: Any) -> dict[str, Any]:
        return dict(
            await hass.services.async_call(
                DOMAIN,
                action,
                data,
                blocking=True,
                return_response=True,
                context=Context(user_id=admin),
            )
            or {}
        )

    vehicle = street.data.register_store.register.vehicles[0].id
    await act("scan")
    visits = (await act("search_visits", purpose=PURPOSE, vehicle_id=vehicle))["visits"]
    await act("view_evidence", purpose=PURPOSE, visit=visits[0]["visit"])
    await act("export_vehicle", purpose=PURPOSE, vehicle_id=vehicle)
    await act("privacy_notice")
    await act("verify_retention")
    await act("forget_vehicle", purpose=PURPOSE, vehicle_id=vehicle)
    await act("purge_now")
    assert street.entry is not None
    await async_get_config_entry_diagnostics(hass, street.entry)
    assert await hass.config_entries.async_reload(street.entry.entry_id)
    await hass.async_block_till_done()


async def test_a_whole_life_reaches_nobody_but_cameras_and_engine(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_admin_user: MockUser,
    border: Border,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    painted = PaintedStreet(random.Random(1))
    assert await async_setup_component(hass, "diagnostics", {})

    async def empty() -> bytes:
        return painted.empty()

    watch = "custom_components.alpr_gate.camera_watch"
    async with a_street(hass) as street, engine_of(painted) as engine:
        monkeypatch.setattr(f"{watch}.FIRST_PRESENCE_PAUSE_SECONDS", 0.1)
        monkeypatch.setattr(f"{watch}.FIRST_LOOKS", 1)
        street.camera.always = empty
        url = URL(engine)
        assert url.host is not None
        assert url.port is not None
        border.allowed = (url.host, url.port)
        hass.config_entries.async_update_entry(
            entry,
            data={CONF_ENGINE: EngineKind.REMOTE.value, CONF_URL: engine, CONF_TOKEN: TOKEN},
        )
        await street.load(entry)
        await street.until_seen()
        await live(hass, street, painted, hass_admin_user.id)
        await street.unload()
    assert border.refused == []
    assert border.let_through > 5


async def test_the_border_refuses_and_notes_anything_else(
    hass: HomeAssistant, border: Border
) -> None:
    border.allowed = ("127.0.0.1", 1)
    async with aiohttp.ClientSession() as session:
        with pytest.raises((aiohttp.ClientError, ConnectionRefusedError)):
            await session.get("http://example.org/upload")
    with pytest.raises(ConnectionRefusedError), socket.socket() as one:
        one.connect(("192.0.2.1", 443))
    assert len(border.refused) == 2
