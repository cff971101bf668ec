"""ALPR Gate: opens a gate for the cars on the owner's list, and keeps nothing of anybody else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from homeassistant.const import CONF_TOKEN, CONF_URL, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.util.hass_dict import HassKey

from .actions import async_setup_actions
from .alpr.engine.errors import EngineProblem
from .const import CONF_ENGINE, CONF_MODELS_FOLDER, DOMAIN
from .engine_process import EngineKind, EngineOptions, EngineState, models_folder_at, open_engine
from .entity import register_engine_device
from .evidence_view import EvidenceView
from .gate_roster import follow_gates, stop_gates
from .privacy_desk import PrivacyDesk, window_file
from .privacy_settings import PrivacySettings
from .register_store import RegisterStore, erase_list
from .repairs import (
    LIST_ISSUE,
    VISITS_ISSUE,
    clear_all_issues,
    clear_engine_issues,
    report_engine,
    report_left,
)
from .runtime import AlprGateConfigEntry, AlprGateData
from .window_file import destroy_window

if TYPE_CHECKING:
    from collections.abc import Callable

    from homeassistant.helpers.typing import ConfigType

    from .engine_process import Engine

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS: Final = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.SENSOR,
    Platform.SWITCH,
)
UNWRITTEN_LIST: Final[HassKey[RegisterStore]] = HassKey(f"{DOMAIN}.unwritten_list")
"""A list that could not be written when its entry was unloaded: what was removed stays out."""


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions and the view of pictures; they say so when no entry is loaded."""
    async_setup_actions(hass)
    hass.http.register_view(EvidenceView)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: AlprGateConfigEntry) -> bool:
    """Read the list, destroy what expired, start the engine and watch the gates.

    The engine loads its models in the background: until it reads, gates stay shut and say so.
    """
    register_store = hass.data.pop(UNWRITTEN_LIST, None) or RegisterStore(hass)
    await register_store.load()
    entry.async_on_unload(partial(_close_list, hass, register_store))
    privacy = PrivacyDesk(hass, PrivacySettings.from_options(entry.options), register_store)
    entry.async_on_unload(privacy.stop)
    await privacy.start()
    engine = open_engine(hass, _engine_options(hass, entry))
    entry.runtime_data = AlprGateData(engine, register_store, privacy, loaded_with=dict(entry.data))
    entry.async_on_unload(entry.runtime_data.watch_gates(privacy.gate_added))
    register_engine_device(hass, entry)
    entry.async_on_unload(engine.add_listener(_engine_follower(hass, entry, engine)))
    entry.async_on_unload(partial(_stop_engine, engine))
    await engine.start()
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(entry.add_update_listener(_entry_changed))
    entry.async_on_unload(partial(stop_gates, entry))
    await follow_gates(hass, entry)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: AlprGateConfigEntry) -> bool:
    """Stop everything; nothing stays behind: no task, no timer, no process."""
    await stop_gates(entry)
    await _stop_engine(entry.runtime_data.engine)
    clear_engine_issues(hass)
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    await entry.runtime_data.privacy.stop()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: AlprGateConfigEntry) -> None:
    """Destroy the list, visits and pictures; the account stays for the owner to delete.

    A list that nobody uses would be plates that nobody watches over, and would be in force again,
    unseen, with the next entry.
    """
    hass.data.pop(UNWRITTEN_LIST, None)
    clear_all_issues(hass)
    list_left = await erase_list(hass)
    if list_left is not None:
        report_left(hass, LIST_ISSUE, list_left)
    window = window_file(hass)
    try:
        await hass.async_add_executor_job(destroy_window, window)
    except OSError:
        report_left(hass, VISITS_ISSUE, window.parent)


async def _stop_engine(engine: Engine) -> None:
    """End the engine, unless that was done; a set-up that failed ends it too."""
    if engine.state is not EngineState.STOPPED:
        await engine.stop()


async def _close_list(hass: HomeAssistant, register_store: RegisterStore) -> None:
    if not await register_store.close():
        hass.data[UNWRITTEN_LIST] = register_store


async def _entry_changed(hass: HomeAssistant, entry: AlprGateConfigEntry) -> None:
    """Follow changed gates while everything goes on; only another engine needs a reload."""
    if dict(entry.data) != entry.runtime_data.loaded_with:
        hass.config_entries.async_schedule_reload(entry.entry_id)
        return
    await entry.runtime_data.privacy.follow(PrivacySettings.from_options(entry.options))
    await follow_gates(hass, entry)


def _engine_options(hass: HomeAssistant, entry: AlprGateConfigEntry) -> EngineOptions:
    return EngineOptions(
        kind=EngineKind(entry.data[CONF_ENGINE]),
        url=entry.data.get(CONF_URL),
        token=entry.data.get(CONF_TOKEN),
        models_folder=models_folder_at(hass, entry.data.get(CONF_MODELS_FOLDER)),
    )


def _engine_follower(
    hass: HomeAssistant, entry: AlprGateConfigEntry, engine: Engine
) -> Callable[[], None]:
    """What tells the owner how the engine is."""

    @callback
    def _engine_changed() -> None:
        report_engine(hass, engine)
        if engine.problem is EngineProblem.UNAUTHORISED and CONF_URL in entry.data:
            entry.async_start_reauth(hass)

    return _engine_changed
