"""What the owner has to mend: issues are raised here, removed when healed, and tried again here."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
import probatio as vol

from .alpr.engine.errors import EngineError, EngineProblem
from .alpr.vision.errors import ImageRefused
from .const import DOMAIN
from .snapshot import SnapshotFailed, take_snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from homeassistant.components.repairs import RepairsFlowResult
    from homeassistant.config_entries import ConfigEntry, ConfigSubentry

    from .alpr.types import ImageProblem
    from .engine_process import Engine
    from .gate_config import GateConfig
    from .snapshot import Snapshot


class CameraIssue(StrEnum):
    """What can be wrong with a camera that only the owner can mend; also the translation key."""

    GONE = "camera_gone"
    """It is not there, or has given no picture for a long time."""
    REFUSES = "camera_refuses"
    """It wants a login, or answers with a login page."""
    FROZEN = "camera_frozen"
    """It hands out the same or an old picture again and again."""
    UNREADABLE = "camera_unreadable"
    """It hands out pictures that cannot be read."""


class EngineIssue(StrEnum):
    """What can be wrong with the engine that only the owner can mend; also the translation key."""

    FAILING = "engine_failing"
    MODEL = "model_wrong"
    VERSION = "engine_version"
    ADDRESS = "engine_address"
    """Something else answers at its address, or sends elsewhere."""


class EntityIssue(StrEnum):
    """What an entity that is gone or unavailable was for; also the translation key."""

    TRIGGER = "trigger_missing"
    GATE = "gate_entity_missing"
    OBSTRUCTION = "obstruction_missing"
    SECOND_FACTOR = "second_factor_missing"
    OPENER = "opener_target_missing"
    ACTION = "opener_action_missing"
    """No entity but an action that the opener calls."""


OPENER_ISSUE: Final = "opener_unusable"
GATE_ISSUE: Final = "gate_unusable"
CODES_ISSUE: Final = "codes_refused"
CONFIRMING_ISSUE: Final = "confirming_nothing"
LIST_ISSUE: Final = "list_not_deleted"
VISITS_ISSUE: Final = "visits_not_deleted"

STILL_FROZEN: Final = "camera_still_frozen"
"""Why a frozen camera is not mended yet; also the translation key."""

NOT_TRIED: Final = "engine_reads_nothing"
"""Why it is not known whether a camera's pictures can be read; also the translation key."""

NEW_PICTURE_SECONDS: Final = 1.5
"""A camera that works has another picture after this time; some renew theirs once a second."""

_ISSUE_OF_PROBLEM: Final = {
    EngineProblem.MODEL_REFUSED: EngineIssue.MODEL,
    EngineProblem.WRONG_VERSION: EngineIssue.VERSION,
    EngineProblem.NONSENSE: EngineIssue.ADDRESS,
    EngineProblem.REDIRECTED: EngineIssue.ADDRESS,
}


@callback
def raise_camera_issue(
    hass: HomeAssistant,
    config: GateConfig,
    camera: str,
    issue: CameraIssue,
    picture_problem: ImageProblem | None = None,
) -> None:
    """Ask the owner to mend a camera; saying so again changes nothing.

    ``picture_problem`` is why its pictures cannot be read, where that is the issue.
    """
    state = hass.states.get(camera)
    placeholders = {"camera": camera if state is None else state.name, "gate": config.name}
    problem = None if picture_problem is None else _picture_key(picture_problem)
    ir.async_create_issue(
        hass,
        DOMAIN,
        _camera_issue_id(config, camera, issue),
        data={"entity_id": camera, "issue": issue.value, "problem": problem, **placeholders},
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=issue.value,
        translation_placeholders=placeholders,
    )


@callback
def clear_camera_issue(
    hass: HomeAssistant, config: GateConfig, camera: str, issue: CameraIssue
) -> None:
    """A camera is well again in one respect."""
    ir.async_delete_issue(hass, DOMAIN, _camera_issue_id(config, camera, issue))


@callback
def clear_camera_issues(hass: HomeAssistant, config: GateConfig) -> None:
    """A gate's cameras do not matter any more."""
    for camera in config.cameras:
        for issue in CameraIssue:
            clear_camera_issue(hass, config, camera, issue)


@callback
def report_opener(hass: HomeAssistant, config: GateConfig, *, is_usable: bool) -> None:
    """Ask the owner to mend an opener that can never be run, or stop asking."""
    _report(hass, OPENER_ISSUE, config.subentry_id, is_well=is_usable, gate=config.name)


@callback
def report_entity(
    hass: HomeAssistant, config: GateConfig, issue: EntityIssue, entity: str, *, is_well: bool
) -> None:
    """Ask the owner to mend or replace an entity that a gate needs, or stop asking."""
    whose = f"{config.subentry_id}_{entity}"
    _report(hass, issue, whose, is_well=is_well, entity=entity, gate=config.name)


@callback
def report_confirming(hass: HomeAssistant, config: GateConfig, nothing: list[str]) -> None:
    """Ask the owner to replace what is named to confirm and proves ``nothing``, or stop asking."""
    entities = ", ".join(nothing)
    whose = config.subentry_id
    _report(hass, CONFIRMING_ISSUE, whose, is_well=not nothing, entities=entities, gate=config.name)


@callback
def report_gate(hass: HomeAssistant, subentry: ConfigSubentry, *, is_usable: bool) -> None:
    """Ask the owner to set up anew a gate whose saved settings make no sense, or stop asking."""
    _report(hass, GATE_ISSUE, subentry.subentry_id, is_well=is_usable, gate=subentry.title)


@callback
def raise_codes_refused(hass: HomeAssistant, config: GateConfig) -> None:
    """Tell the owner that somebody typed too many wrong codes; goes once the owner has seen it.

    It is raised anew each time, also where somebody ignored it.
    """
    issue_id = f"{CODES_ISSUE}_{config.subentry_id}"
    ir.async_delete_issue(hass, DOMAIN, issue_id)
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=CODES_ISSUE,
        translation_placeholders={"gate": config.name},
    )


@callback
def forget_gates(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Nothing needs mending for gates that were deleted."""
    for prefix in (f"{GATE_ISSUE}_", f"{CODES_ISSUE}_"):
        for domain, issue_id in tuple(ir.async_get(hass).issues):
            is_gates = domain == DOMAIN and issue_id.startswith(prefix)
            if is_gates and issue_id.removeprefix(prefix) not in entry.subentries:
                ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def report_engine(hass: HomeAssistant, engine: Engine) -> None:
    """Ask the owner to mend an engine that keeps failing, or stop asking once it reads again."""
    present = engine_issue(engine)
    for issue in EngineIssue:
        if issue is not present:
            ir.async_delete_issue(hass, DOMAIN, issue.value)
    if present is None:
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        present.value,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=present.value,
        translation_placeholders={"problem": engine.code or str(engine.problem or "")},
    )


@callback
def clear_engine_issues(hass: HomeAssistant) -> None:
    """There is no engine any more."""
    for issue in EngineIssue:
        ir.async_delete_issue(hass, DOMAIN, issue.value)


@callback
def clear_all_issues(hass: HomeAssistant) -> None:
    """Take back everything that was told of an entry that was deleted."""
    for domain, issue in tuple(ir.async_get(hass).issues):
        if domain == DOMAIN:
            ir.async_delete_issue(hass, domain, issue)


def report_left(hass: HomeAssistant, issue: str, path: Path) -> None:
    """Ask the owner to delete what an entry that was deleted has left at ``path``."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=issue,
        translation_placeholders={"path": str(path)},
    )


def engine_issue(engine: Engine) -> EngineIssue | None:
    """What the owner has to mend about the engine, if anything.

    A token that is not accepted is asked for anew by the entry itself.
    """
    if not engine.keeps_failing or engine.problem in {None, EngineProblem.UNAUTHORISED}:
        return None
    return _ISSUE_OF_PROBLEM.get(engine.problem, EngineIssue.FAILING)


def _report(
    hass: HomeAssistant, issue: str, whose: str, *, is_well: bool, **placeholders: str
) -> None:
    """Raise an issue of one gate, or of something of one gate, or take it back."""
    issue_id = f"{issue}_{whose}"
    if is_well:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=issue,
        translation_placeholders=placeholders,
    )


def _picture_key(problem: ImageProblem) -> str:
    """The key of the message that says why a picture cannot be read."""
    return f"picture_{problem.value}"


def _camera_issue_id(config: GateConfig, camera: str, issue: CameraIssue) -> str:
    return f"{issue.value}_{config.subentry_id}_{camera}"


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Let the owner try a mended camera again; everything else is only confirmed."""
    if data is not None and "entity_id" in data:
        return CameraFixFlow({key: str(value) for key, value in data.items() if value is not None})
    return ConfirmRepairFlow()


class CameraFixFlow(RepairsFlow):
    """Takes pictures when the owner says that the camera is mended."""

    def __init__(self, placeholders: dict[str, str]) -> None:
        self._camera = placeholders["entity_id"]
        self._issue = placeholders.get("issue")
        self._problem_told = placeholders.get("problem")
        self._placeholders = placeholders

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin with the one question there is."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Try the camera; the issue goes when what was wrong is so no more."""
        problem = self._problem_told
        if user_input is not None:
            problem = await self._problem()
            if problem is None:
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors={} if problem is None else {"base": problem},
            description_placeholders=self._placeholders,
        )

    async def _problem(self) -> str | None:
        """The key of the message that says what is still wrong; None when the camera is mended."""
        try:
            first = await take_snapshot(self.hass, self._camera, sequence=0)
            if self._issue == CameraIssue.UNREADABLE:
                return await self._picture_problem(first)
            if self._issue != CameraIssue.FROZEN:
                return None
            await asyncio.sleep(NEW_PICTURE_SECONDS)
            second = await take_snapshot(self.hass, self._camera, sequence=1)
        except SnapshotFailed as err:
            return f"camera_{err.problem.value}"
        return STILL_FROZEN if first.digest == second.digest else None

    async def _picture_problem(self, snapshot: Snapshot) -> str | None:
        """The key of the message that says why a picture cannot be read; None when it can."""
        for entry in self.hass.config_entries.async_loaded_entries(DOMAIN):
            engine: Engine = entry.runtime_data.engine
            try:
                await engine.read(snapshot.body)
            except ImageRefused as err:
                return _picture_key(err.problem)
            except EngineError:
                return NOT_TRIED
            return None
        return NOT_TRIED
