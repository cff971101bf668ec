"""Choosing the engine: tried before it is saved, changed, and given another token."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.alpr_gate.alpr.engine.errors import EngineError, EngineProblem
from custom_components.alpr_gate.const import (
    CONF_ENGINE,
    CONF_MODELS_FOLDER,
    DOMAIN,
    ENGINE_PAGE,
    NAME,
    SUBENTRY_TYPE_GATE,
)
from custom_components.alpr_gate.engine_process import EngineKind, EngineOptions

pytestmark = pytest.mark.usefixtures("no_setup")

URL = "http://engine.lan:8765"
TOKEN = "a-token-that-is-long"


@pytest.fixture
def remote_entry(hass: HomeAssistant) -> MockConfigEntry:
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={CONF_ENGINE: EngineKind.REMOTE.value, CONF_URL: URL, CONF_TOKEN: TOKEN},
    )
    entry.add_to_hass(hass)
    return entry


def without(package: str) -> Any:
    """Pretend that one package is not installed."""
    return patch(
        "custom_components.alpr_gate.config_flow.find_spec",
        side_effect=lambda name: None if name == package else find_spec("json"),
    )


async def begin(hass: HomeAssistant) -> ConfigFlowResult:
    return await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})


async def answer(
    hass: HomeAssistant, result: ConfigFlowResult, answers: dict[str, Any]
) -> ConfigFlowResult:
    return await hass.config_entries.flow.async_configure(result["flow_id"], answers)


async def to_remote(hass: HomeAssistant) -> ConfigFlowResult:
    return await answer(hass, await begin(hass), {CONF_ENGINE: EngineKind.REMOTE.value})


def offered(result: ConfigFlowResult) -> list[str]:
    assert result["data_schema"] is not None
    options: list[str] = result["data_schema"].schema[CONF_ENGINE].config["options"]
    return options


async def test_the_built_in_engine_is_tried_and_saved(
    hass: HomeAssistant, probe: AsyncMock
) -> None:
    result = await begin(hass)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {}
    result = await answer(hass, result, {CONF_ENGINE: EngineKind.BUILT_IN.value})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == NAME
    assert result["data"] == {CONF_ENGINE: "built_in"}
    probe.assert_awaited_once_with(hass, EngineOptions(kind=EngineKind.BUILT_IN))


async def test_the_first_gate_follows_at_once(hass: HomeAssistant, probe: AsyncMock) -> None:
    result = await answer(hass, await begin(hass), {CONF_ENGINE: EngineKind.BUILT_IN.value})
    kind, flow_id = result["next_flow"]
    assert kind == "config_subentries_flow"
    (gate_flow,) = hass.config_entries.subentries.async_progress()
    assert gate_flow["flow_id"] == flow_id
    assert gate_flow["handler"] == (result["result"].entry_id, SUBENTRY_TYPE_GATE)
    assert gate_flow["step_id"] == "user"


async def test_there_is_only_one_entry(hass: HomeAssistant, remote_entry: MockConfigEntry) -> None:
    result = await begin(hass)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "single_instance_allowed"


@pytest.mark.parametrize("problem", EngineProblem)
async def test_an_engine_that_fails_its_trial_is_not_saved_until_it_passes(
    hass: HomeAssistant, probe: AsyncMock, problem: EngineProblem
) -> None:
    probe.side_effect = EngineError(problem)
    form = await begin(hass)
    result = await answer(hass, form, {CONF_ENGINE: EngineKind.BUILT_IN.value})
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {"base": f"engine_{problem.value}"}
    assert not hass.config_entries.async_entries(DOMAIN)
    probe.side_effect = None
    result = await answer(hass, result, {CONF_ENGINE: EngineKind.BUILT_IN.value})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_fast_plate_ocr_is_offered_where_its_packages_are(
    hass: HomeAssistant, probe: AsyncMock
) -> None:
    with without("nothing"):
        result = await begin(hass)
        assert "fast_plate_ocr" in offered(result)
        result = await answer(hass, result, {CONF_ENGINE: "fast_plate_ocr"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {CONF_ENGINE: "fast_plate_ocr"}


@pytest.mark.parametrize("package", ["fast_plate_ocr", "open_image_models", "onnxruntime", "cv2"])
async def test_fast_plate_ocr_is_not_offered_without_all_of_its_packages(
    hass: HomeAssistant, package: str
) -> None:
    with without(package):
        assert offered(await begin(hass)) == ["built_in", "remote"]


async def test_fast_plate_ocr_that_is_gone_is_refused_with_the_reason(
    hass: HomeAssistant, probe: AsyncMock
) -> None:
    with without("nothing"):
        form = await begin(hass)
    with without("cv2"):
        result = await answer(hass, form, {CONF_ENGINE: "fast_plate_ocr"})
    assert result["errors"] == {"base": "fast_plate_ocr_missing"}
    probe.assert_not_awaited()


async def test_a_remote_engine_is_tried_with_its_token_and_saved(
    hass: HomeAssistant, probe: AsyncMock
) -> None:
    result = await to_remote(hass)
    assert result["step_id"] == "remote"
    assert (result["description_placeholders"] or {})["engine_page"] == ENGINE_PAGE
    result = await answer(hass, result, {CONF_URL: f" {URL}/ ", CONF_TOKEN: TOKEN})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {CONF_ENGINE: "remote", CONF_URL: URL, CONF_TOKEN: TOKEN}
    probe.assert_awaited_once_with(
        hass, EngineOptions(kind=EngineKind.REMOTE, url=URL, token=TOKEN)
    )


async def test_a_remote_engine_may_have_no_token(hass: HomeAssistant, probe: AsyncMock) -> None:
    result = await answer(hass, await to_remote(hass), {CONF_URL: URL})
    assert result["data"] == {CONF_ENGINE: "remote", CONF_URL: URL, CONF_TOKEN: None}


@pytest.mark.parametrize(
    "url",
    [
        "engine.lan:8765",
        "ftp://engine.lan",
        "http://",
        "https://name:password@engine.lan",
        "http://engine.lan:port",
        "",
    ],
)
async def test_what_is_no_address_is_refused_without_being_tried(
    hass: HomeAssistant, probe: AsyncMock, url: str
) -> None:
    result = await answer(hass, await to_remote(hass), {CONF_URL: url})
    assert result["errors"] == {CONF_URL: "bad_url"}
    probe.assert_not_awaited()


async def test_a_remote_engine_that_refuses_can_be_corrected(
    hass: HomeAssistant, probe: AsyncMock
) -> None:
    probe.side_effect = EngineError(EngineProblem.UNAUTHORISED)
    result = await answer(hass, await to_remote(hass), {CONF_URL: URL, CONF_TOKEN: "wrong"})
    assert result["errors"] == {"base": "engine_unauthorised"}
    probe.side_effect = None
    result = await answer(hass, result, {CONF_URL: URL, CONF_TOKEN: TOKEN})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_the_form_never_shows_the_token(
    hass: HomeAssistant, probe: AsyncMock, remote_entry: MockConfigEntry
) -> None:
    result = await remote_entry.start_reconfigure_flow(hass)
    result = await answer(hass, result, {CONF_ENGINE: "remote"})
    assert result["data_schema"] is not None
    shown = {
        str(key): (key.description or {}).get("suggested_value")
        for key in result["data_schema"].schema
    }
    assert shown == {CONF_URL: URL, CONF_TOKEN: None}


async def test_reconfiguring_to_the_built_in_engine_forgets_address_and_token(
    hass: HomeAssistant, probe: AsyncMock, remote_entry: MockConfigEntry
) -> None:
    result = await remote_entry.start_reconfigure_flow(hass)
    assert result["step_id"] == "reconfigure"
    result = await answer(hass, result, {CONF_ENGINE: "built_in"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert remote_entry.data == {CONF_ENGINE: "built_in"}


@pytest.mark.parametrize(
    ("url", "typed", "tried"),
    [
        (f"{URL}/deeper", None, TOKEN),
        (URL, "another", "another"),
        ("http://elsewhere.lan:8765", None, None),
        ("https://engine.lan:8765", None, None),
    ],
)
async def test_a_saved_token_is_only_sent_to_the_server_it_was_given_for(
    hass: HomeAssistant,
    probe: AsyncMock,
    remote_entry: MockConfigEntry,
    url: str,
    typed: str | None,
    tried: str | None,
) -> None:
    result = await remote_entry.start_reconfigure_flow(hass)
    result = await answer(hass, result, {CONF_ENGINE: "remote"})
    result = await answer(
        hass, result, {CONF_URL: url} | ({} if typed is None else {CONF_TOKEN: typed})
    )
    assert result["reason"] == "reconfigure_successful"
    probe.assert_awaited_once_with(
        hass, EngineOptions(kind=EngineKind.REMOTE, url=url, token=tried)
    )
    assert remote_entry.data == {CONF_ENGINE: "remote", CONF_URL: url, CONF_TOKEN: tried}


async def test_an_entry_stays_as_it_was_when_its_new_engine_fails(
    hass: HomeAssistant, probe: AsyncMock, remote_entry: MockConfigEntry
) -> None:
    probe.side_effect = EngineError(EngineProblem.MODEL_REFUSED)
    result = await remote_entry.start_reconfigure_flow(hass)
    result = await answer(hass, result, {CONF_ENGINE: "built_in"})
    assert result["errors"] == {"base": "engine_model_refused"}
    assert remote_entry.data[CONF_ENGINE] == "remote"


async def test_a_refused_token_is_replaced_once_another_is_accepted(
    hass: HomeAssistant, probe: AsyncMock, remote_entry: MockConfigEntry
) -> None:
    result = await remote_entry.start_reauth_flow(hass)
    assert result["step_id"] == "reauth_confirm"
    probe.side_effect = EngineError(EngineProblem.UNAUTHORISED)
    result = await answer(hass, result, {CONF_TOKEN: "wrong"})
    assert result["errors"] == {"base": "engine_unauthorised"}
    assert remote_entry.data[CONF_TOKEN] == TOKEN
    probe.side_effect = None
    result = await answer(hass, result, {CONF_TOKEN: "right"})
    assert result["reason"] == "reauth_successful"
    assert remote_entry.data == {CONF_ENGINE: "remote", CONF_URL: URL, CONF_TOKEN: "right"}


async def test_models_of_the_owner_are_tried_and_saved_as_entered(
    hass: HomeAssistant, probe: AsyncMock, tmp_path: Path
) -> None:
    hass.config.config_dir = str(tmp_path)
    (tmp_path / "alpr_models").mkdir()
    entered = {CONF_ENGINE: "built_in", CONF_MODELS_FOLDER: " alpr_models "}
    result = await answer(hass, await begin(hass), entered)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {CONF_ENGINE: "built_in", CONF_MODELS_FOLDER: "alpr_models"}
    folder = tmp_path / "alpr_models"
    probe.assert_awaited_once_with(hass, EngineOptions(EngineKind.BUILT_IN, models_folder=folder))


async def test_a_folder_that_is_not_there_is_refused_before_anything_is_tried(
    hass: HomeAssistant, probe: AsyncMock, tmp_path: Path
) -> None:
    hass.config.config_dir = str(tmp_path)
    (tmp_path / "a_file").touch()
    form = await begin(hass)
    for missing in ("nowhere", "a_file", str(tmp_path / "elsewhere")):
        entered = {CONF_ENGINE: "built_in", CONF_MODELS_FOLDER: missing}
        form = await answer(hass, form, entered)
        assert form["errors"] == {CONF_MODELS_FOLDER: "no_such_folder"}
    probe.assert_not_awaited()
    result = await answer(hass, form, {CONF_ENGINE: "built_in"})
    assert result["data"] == {CONF_ENGINE: "built_in"}


async def test_the_folder_in_use_is_shown_and_forgotten_when_it_is_emptied(
    hass: HomeAssistant, probe: AsyncMock
) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN, data={CONF_ENGINE: "built_in", CONF_MODELS_FOLDER: "alpr_models"}
    )
    entry.add_to_hass(hass)
    form = await entry.start_reconfigure_flow(hass)
    assert form["data_schema"] is not None
    shown = {
        str(key): (key.description or {}).get("suggested_value")
        for key in form["data_schema"].schema
    }
    assert shown == {CONF_ENGINE: "built_in", CONF_MODELS_FOLDER: "alpr_models"}
    await answer(hass, form, {CONF_ENGINE: "built_in"})
    assert entry.data == {CONF_ENGINE: "built_in"}
