"""An opening is written down in time, or it does not happen."""

from __future__ import annotations

import asyncio
from typing import Any
from unittest.mock import AsyncMock, Mock

from homeassistant.core import HomeAssistant
import pytest

from custom_components.alpr_gate import opening_account
from custom_components.alpr_gate.alpr.types import Reason
from custom_components.alpr_gate.archive import Archive
from custom_components.alpr_gate.audit import AuditAction, AuditError
from custom_components.alpr_gate.opening_account import OpeningAccount

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
