"""Adds and changes a gate: one form, checked before it is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_CODE, CONF_NAME

from .alpr.gate.code import KeptCode
from .alpr.vision.errors import ImageRefused
from .audit import AuditAction
from .code_form import CodeField
from .confirming import proving_nothing
from .const import (
    CONF_BURST_LENGTH,
    CONF_BURST_RATE,
    CONF_CAMERAS,
    CONF_GATE_ENTITY,
    CONF_INTERVAL,
    CONF_OBSTRUCTION_ENTITY,
    CONF_OPENER,
    CONF_SECOND_FACTOR,
    CONF_SECOND_FACTOR_ENTITIES,
    CONF_SHADOW,
    CONF_TOGGLE_OPENER,
    CONF_TRIGGERS,
    SECTION_CONFIRMATION,
    SECTION_LOOKING,
    SECTION_PLATE,
    SECTION_PROOF,
)
from .form_sections import opened, told_at_the_top
from .form_user import form_user_id
from .gate_config import settings_from
from .gate_form import GATE_SCHEMA, form_of, saved_from
from .opener_check import opener_problem
from .privacy_desk import NotAccountedError

if TYPE_CHECKING:
    from homeassistant.config_entries import SubentryFlowResult

    from .runtime import AlprGateConfigEntry


class GateSubentryFlow(ConfigSubentryFlow):
    """One gate, from its cameras to what opens it."""

    def __init__(self) -> None:
        self._code: CodeField | None = None
        """None until the form was shown."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for a new gate."""
        return await self._ask("user", user_input, shown=None)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for everything about a gate anew."""
        subentry = self._get_reconfigure_subentry()
        shown = form_of(subentry.title, subentry.data)
        return await self._ask("reconfigure", user_input, shown=shown)

    async def _ask(
        self, step_id: str, user_input: dict[str, Any] | None, *, shown: dict[str, Any] | None
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        nothing: list[str] = []
        code = self._code = self._code or CodeField(self._saved_code())
        if user_input is not None:
            name = user_input[CONF_NAME].strip()
            confirmation = await code.take(self.hass, user_input.get(SECTION_CONFIRMATION, {}))
            user_input = user_input | {SECTION_CONFIRMATION: confirmation}
            if code.is_refused:
                errors[SECTION_CONFIRMATION] = "bad_code"
            try:
                data = saved_from(user_input, code.kept)
                settings_from(data)
            except ImageRefused:
                errors[SECTION_LOOKING] = "bad_zone"
            except ValueError:
                errors[SECTION_PLATE] = "settings_disagree"
            else:
                nothing = self._proving_nothing(data)
                errors = errors or self._errors_in(name, data, nothing)
                errors = errors or await self._errors_in_opener(data)
                errors = errors or await self._account(name, data)
                if not errors:
                    return self._save(name, data)
        return self.async_show_form(
            step_id=step_id,
            data_schema=opened(
                self.add_suggested_values_to_schema(GATE_SCHEMA, user_input or shown), errors
            ),
            errors=told_at_the_top(GATE_SCHEMA, errors),
            description_placeholders={"entities": ", ".join(nothing)},
        )

    def _errors_in(self, name: str, data: dict[str, Any], nothing: list[str]) -> dict[str, str]:
        """What keeps the gate from being saved, by the field or section it is shown at.

        ``nothing`` are the names of what was chosen to confirm and proves nothing.
        """
        errors: dict[str, str] = {}
        if not name:
            errors[CONF_NAME] = "name_missing"
        elif name.casefold() in self._names_of_other_gates():
            errors[CONF_NAME] = "name_taken"
        if not data[CONF_CAMERAS]:
            errors[CONF_CAMERAS] = "camera_missing"
        elif not _can_look_often_enough(data):
            errors[SECTION_PROOF] = "looks_never_enough"
        if not data[CONF_TRIGGERS] and CONF_INTERVAL not in data:
            errors[CONF_TRIGGERS] = "trigger_missing"
        if not data[CONF_OPENER] and not data[CONF_SHADOW]:
            errors[CONF_OPENER] = "opener_missing"
        if data[CONF_TOGGLE_OPENER] and CONF_GATE_ENTITY not in data:
            errors[CONF_GATE_ENTITY] = "toggle_needs_gate_entity"
        if data[CONF_SECOND_FACTOR] and not self._anything_confirms(data):
            errors[SECTION_CONFIRMATION] = "second_factor_needs_entity"
        elif nothing:
            errors[SECTION_CONFIRMATION] = "confirms_nothing"
        return errors

    def _anything_confirms(self, data: dict[str, Any]) -> bool:
        """Whether something is named that confirms, here or with a vehicle."""
        if data[CONF_SECOND_FACTOR_ENTITIES] or CONF_CODE in data:
            return True
        entry: AlprGateConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return False
        listed = entry.runtime_data.register_store.register.vehicles
        return any(vehicle.code is not None for vehicle in listed)

    def _proving_nothing(self, data: dict[str, Any]) -> list[str]:
        """The names of the entities that were chosen to confirm and prove nothing."""
        found = proving_nothing(
            self.hass,
            data[CONF_SECOND_FACTOR_ENTITIES],
            senses=(
                *data[CONF_TRIGGERS],
                data.get(CONF_GATE_ENTITY),
                data.get(CONF_OBSTRUCTION_ENTITY),
            ),
            opener=data[CONF_OPENER],
        )
        states = (self.hass.states.get(entity) for entity in found)
        return [
            entity if state is None else state.name
            for entity, state in zip(found, states, strict=True)
        ]

    def _saved_code(self) -> KeptCode | None:
        """The code that the gate has; one that cannot be used is as good as none."""
        if self.source != SOURCE_RECONFIGURE:
            return None
        try:
            return KeptCode.from_text(self._get_reconfigure_subentry().data[CONF_CODE])
        except KeyError, ValueError:
            return None

    async def _errors_in_opener(self, data: dict[str, Any]) -> dict[str, str]:
        problem = await opener_problem(
            self.hass, data[CONF_OPENER], toggle=data[CONF_TOGGLE_OPENER]
        )
        return {CONF_OPENER: problem.value} if problem else {}

    def _names_of_other_gates(self) -> set[str]:
        mine = self._reconfigure_subentry_id if self.source == SOURCE_RECONFIGURE else None
        gates = self._get_entry().subentries
        return {gate.title.casefold() for gate in gates.values() if gate.subentry_id != mine}

    async def _account(self, name: str, data: dict[str, Any]) -> dict[str, str]:
        """Write down which settings change, never to what; the error to show when that fails."""
        errors: dict[str, str] = {}
        entry: AlprGateConfigEntry = self._get_entry()
        gate, before = None, dict[str, Any]()
        if self.source == SOURCE_RECONFIGURE:
            subentry = self._get_reconfigure_subentry()
            gate, before = subentry.subentry_id, {CONF_NAME: subentry.title, **subentry.data}
        after = {CONF_NAME: name, **data}
        changed = sorted(
            key for key in before.keys() | after.keys() if before.get(key) != after.get(key)
        )
        if entry.state is not ConfigEntryState.LOADED:
            errors["base"] = "not_loaded"
            return errors
        try:
            await entry.runtime_data.privacy.account(
                AuditAction.SETTINGS_CHANGED,
                user=form_user_id(),
                gate=gate,
                settings=" ".join(changed),
            )
        except NotAccountedError:
            errors["base"] = "not_accounted"
        return errors

    def _save(self, name: str, data: dict[str, Any]) -> SubentryFlowResult:
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), title=name, data=data
            )
        return self.async_create_entry(title=name, data=data)


def _can_look_often_enough(data: dict[str, Any]) -> bool:
    """Whether the looks of one burst can be enough, as long as they count; they are of all cameras.

    A gate that is watched continuously looks on after a burst.
    """
    settings = settings_from(data)
    seconds = min(data[CONF_BURST_LENGTH], settings.evidence_seconds)
    most = data[CONF_BURST_RATE] * seconds * len(data[CONF_CAMERAS])
    return CONF_INTERVAL in data or settings.looks_needed <= most
