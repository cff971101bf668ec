"""What the owner mends, and tries again from the repairs page."""

from __future__ import annotations

from http import HTTPStatus
import json
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.components.repairs import RepairsFlow
from homeassistant.components.repairs.const import DOMAIN as REPAIRS
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.alpr_gate import repairs
from custom_components.alpr_gate.alpr.engine.errors import EngineProblem
from custom_components.alpr_gate.alpr.types import ImageProblem
from custom_components.alpr_gate.const import DOMAIN
from custom_components.alpr_gate.repairs import (
    CONFIRMING_ISSUE,
    GATE_ISSUE,
    NOT_TRIED,
    OPENER_ISSUE,
    STILL_FROZEN,
    CameraFixFlow,
    CameraIssue,
    EngineIssue,
    EntityIssue,
    async_create_fix_flow,
    raise_camera_issue,
)
from custom_components.alpr_gate.snapshot import SnapshotProblem

from .conftest import GATE_ID
from .street import CAMERA, Street

ENGLISH = json.loads(
    Path("custom_components/alpr_gate/translations/en.json").read_text(encoding="utf-8")
)
REFUSES = f"{CameraIssue.REFUSES.value}_{GATE_ID}_{CAMERA}"
UNREADABLE = f"{CameraIssue.UNREADABLE.value}_{GATE_ID}_{CAMERA}"
FROZEN = f"{CameraIssue.FROZEN.value}_{GATE_ID}_{CAMERA}"


async def post(client: TestClient[Any, Any], url: str, **body: str) -> dict[str, Any]:
    """What the repairs page asks."""
    response = await client.post(f"/api/repairs/issues/fix{url}", json=body)
    assert response.status == HTTPStatus.OK
    answer: dict[str, Any] = await response.json()
    return answer


async def test_a_mended_camera_is_tried_before_the_issue_goes(
    hass: HomeAssistant, loaded: Street, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, REPAIRS, {REPAIRS: {}})
    loaded.camera.always = ConfigEntryAuthFailed()
    await loaded.trigger()
    registry = ir.async_get(hass)
    await loaded.until(lambda: registry.async_get_issue(DOMAIN, REFUSES) is not None)
    client = await hass_client()
    form = await post(client, "", handler=DOMAIN, issue_id=REFUSES)
    assert form["description_placeholders"]["camera"] == "street"
    assert form["description_placeholders"]["gate"] == "Front gate"

    still = await post(client, f"/{form['flow_id']}")
    assert still["errors"] == {"base": "camera_refused"}

    loaded.camera.always = None
    done = await post(client, f"/{form['flow_id']}")
    assert done["type"] == FlowResultType.CREATE_ENTRY
    assert registry.async_get_issue(DOMAIN, REFUSES) is None


async def test_a_frozen_camera_counts_as_mended_only_once_it_hands_out_another_picture(
    hass: HomeAssistant,
    loaded: Street,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(repairs, "NEW_PICTURE_SECONDS", 0)
    assert await async_setup_component(hass, REPAIRS, {REPAIRS: {}})
    await loaded.until(lambda: not loaded.gate.board.status.looking)
    raise_camera_issue(hass, loaded.gate.config, CAMERA, CameraIssue.FROZEN)
    client = await hass_client()
    form = await post(client, "", handler=DOMAIN, issue_id=FROZEN)
    loaded.camera.always = loaded.pictures.paint()
    frozen = await post(client, f"/{form['flow_id']}")
    assert frozen["errors"] == {"base": STILL_FROZEN}
    assert frozen["description_placeholders"]["camera"] == "street"

    loaded.camera.always = ConfigEntryAuthFailed()
    broken = await post(client, f"/{form['flow_id']}")
    assert broken["errors"] == {"base": "camera_refused"}

    loaded.camera.always = None
    mended = await post(client, f"/{form['flow_id']}")
    assert mended["type"] == FlowResultType.CREATE_ENTRY
    assert ir.async_get(hass).async_get_issue(DOMAIN, FROZEN) is None


async def test_pictures_that_cannot_be_read_are_explained_and_tried_by_the_engine(
    hass: HomeAssistant, loaded: Street, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, REPAIRS, {REPAIRS: {}})
    await loaded.until(lambda: not loaded.gate.board.status.looking)
    raise_camera_issue(
        hass, loaded.gate.config, CAMERA, CameraIssue.UNREADABLE, ImageProblem.TOO_MANY_PIXELS
    )
    client = await hass_client()
    form = await post(client, "", handler=DOMAIN, issue_id=UNREADABLE)
    assert form["errors"] == {"base": "picture_too_many_pixels"}

    loaded.camera.always = loaded.pictures.damaged(ImageProblem.TRUNCATED)
    still = await post(client, f"/{form['flow_id']}")
    assert still["errors"] == {"base": "picture_truncated"}

    loaded.camera.always = None
    loaded.engine.broken = EngineProblem.BUSY
    untried = await post(client, f"/{form['flow_id']}")
    assert untried["errors"] == {"base": NOT_TRIED}

    loaded.engine.broken = None
    mended = await post(client, f"/{form['flow_id']}")
    assert mended["type"] == FlowResultType.CREATE_ENTRY
    assert ir.async_get(hass).async_get_issue(DOMAIN, UNREADABLE) is None


async def test_pictures_cannot_be_tried_while_no_engine_runs(
    hass: HomeAssistant, loaded: Street
) -> None:
    await loaded.unload()
    flow = await async_create_fix_flow(
        hass,
        UNREADABLE,
        {"entity_id": CAMERA, "issue": CameraIssue.UNREADABLE.value, "problem": None},
    )
    flow.hass = hass
    assert isinstance(flow, CameraFixFlow)
    assert (await flow.async_step_confirm())["errors"] == {}
    assert (await flow.async_step_confirm({}))["errors"] == {"base": NOT_TRIED}


async def test_an_issue_without_a_camera_is_only_confirmed(hass: HomeAssistant) -> None:
    flow = await async_create_fix_flow(hass, "engine_failing", None)
    assert isinstance(flow, RepairsFlow)


@pytest.mark.parametrize("issue", list(CameraIssue))
def test_every_camera_issue_and_every_reason_to_try_again_has_its_words(
    issue: CameraIssue,
) -> None:
    words = ENGLISH["issues"][issue.value]
    assert words["title"]
    assert words["fix_flow"]["step"]["confirm"]["description"]
    reasons = {f"camera_{problem.value}" for problem in SnapshotProblem}
    if issue is CameraIssue.FROZEN:
        reasons |= {STILL_FROZEN}
    if issue is CameraIssue.UNREADABLE:
        reasons |= {f"picture_{problem.value}" for problem in ImageProblem} | {NOT_TRIED}
    assert words["fix_flow"]["error"].keys() == reasons


@pytest.mark.parametrize(
    "issue", [*EngineIssue, OPENER_ISSUE, GATE_ISSUE, CONFIRMING_ISSUE, *EntityIssue]
)
def test_every_other_issue_has_its_words(issue: str) -> None:
    words = ENGLISH["issues"][str(issue)]
    assert words["title"]
    assert len(words["description"]) > 40
