"""The form of one gate: what it asks, and how its answers become what is saved.

Answers are nested by section and give shares in percent and the zone as the owner typed it. What is
saved is flat, with shares and the zone in fractions, under the names of ``GateSettings``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import CONF_CODE, CONF_NAME, PERCENTAGE, UnitOfTime
from homeassistant.data_entry_flow import section
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    ActionSelector,
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
)
import probatio as vol

from .alpr.gate.settings import MOST_IN_ONE_LOOK, GateSettings
from .alpr.vision.zone import format_zone, parse_zone
from .code_form import CODE_IS_SET, CODE_SELECTOR
from .const import (
    CONF_BURST_LENGTH,
    CONF_BURST_RATE,
    CONF_CAMERAS,
    CONF_EXIT_ALLOWED,
    CONF_GATE_ENTITY,
    CONF_INTERVAL,
    CONF_OBSTRUCTION_ENTITY,
    CONF_OPENER,
    CONF_SECOND_FACTOR,
    CONF_SECOND_FACTOR_ENTITIES,
    CONF_SECOND_FACTOR_SECONDS,
    CONF_SHADOW,
    CONF_TOGGLE_OPENER,
    CONF_TRIGGERS,
    CONF_ZONE,
    DEFAULT_BURST_LENGTH,
    DEFAULT_BURST_RATE,
    SECTION_CONFIRMATION,
    SECTION_LOOKING,
    SECTION_PLATE,
    SECTION_PROOF,
)
from .zone_text import zone_from_text, zone_to_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .alpr.gate.code import KeptCode

_SAFE: Final = GateSettings()
_PERCENT: Final = 100
_PIXELS: Final = "px"
_TIMES: Final = "×"
_PER_SECOND: Final = "/s"


@dataclass(frozen=True, slots=True)
class _Number:
    """One number of the form. Its range may be narrower than what the settings allow."""

    key: str
    least: float
    most: float
    step: float
    unit: str | None = None

    @property
    def default(self) -> float:
        """The safe value, as it is shown."""
        saved: float = getattr(_SAFE, self.key)
        return self.shown(saved)

    def field(self, default: float) -> dict[vol.Marker, NumberSelector]:
        """This number as a part of a schema."""
        config = NumberSelectorConfig(
            min=self.least, max=self.most, step=self.step, mode=NumberSelectorMode.BOX
        )
        if self.unit is not None:
            config["unit_of_measurement"] = self.unit
        return {vol.Required(self.key, default=default): NumberSelector(config)}

    def saved(self, shown: float) -> float:
        """The number as it is saved: shares as fractions, counts as whole numbers."""
        if self.unit == PERCENTAGE:
            return round(shown / _PERCENT, 6)
        return round(shown) if isinstance(getattr(_SAFE, self.key, None), int) else shown

    def shown(self, saved: float) -> float:
        """The opposite of ``saved``."""
        return round(saved * _PERCENT, 4) if self.unit == PERCENTAGE else saved


_PROOF: Final = (
    _Number("looks_needed", 1, 12, 1),
    # Nothing is ever read with full certainty: at 100 % a gate would never open.
    _Number("weakest_character", 50, 99.9, 0.1, PERCENTAGE),
    _Number("margin", 1, 1_000_000, 1, _TIMES),
    _Number("listed_margin", 1, MOST_IN_ONE_LOOK, 1, _TIMES),
    _Number("agreement", 0, 100, 1, PERCENTAGE),
    # Above this, hardly any plate is found.
    _Number("detection", 0, 95, 1, PERCENTAGE),
    _Number("max_frame_age", 0.5, 30, 0.1, UnitOfTime.SECONDS),
)
_PLATE: Final = (
    _Number("smallest_plate", 8, 1000, 1, _PIXELS),
    _Number("narrowest_plate", 0.2, 4, 0.1, _TIMES),
    _Number("widest_plate", 1, 20, 0.1, _TIMES),
    _Number("shortest_text", 2, 10, 1),
    _Number("longest_text", 2, 10, 1),
)
_SECOND_FACTOR_SECONDS: Final = _Number(CONF_SECOND_FACTOR_SECONDS, 5, 600, 1, UnitOfTime.SECONDS)
_BURST_RATE: Final = _Number(CONF_BURST_RATE, 1, 10, 0.5, _PER_SECOND)
_BURST_LENGTH: Final = _Number(CONF_BURST_LENGTH, 2, 120, 1, UnitOfTime.SECONDS)
_NUMBERS: Final = (*_PROOF, *_PLATE, _SECOND_FACTOR_SECONDS)

_ENTITIES: Final = EntitySelector(EntitySelectorConfig(multiple=True))

_SECTIONS: Final[dict[str, vol.Schema]] = {
    SECTION_LOOKING: vol.Schema(
        {
            vol.Optional(CONF_ZONE): TextSelector(),
            vol.Optional(CONF_INTERVAL): NumberSelector(
                NumberSelectorConfig(
                    min=0.5,
                    max=3600,
                    step=0.5,
                    mode=NumberSelectorMode.BOX,
                    unit_of_measurement=UnitOfTime.SECONDS,
                )
            ),
            **_BURST_RATE.field(DEFAULT_BURST_RATE),
            **_BURST_LENGTH.field(DEFAULT_BURST_LENGTH),
        }
    ),
    SECTION_CONFIRMATION: vol.Schema(
        {
            vol.Required(CONF_SECOND_FACTOR, default=False): BooleanSelector(),
            vol.Optional(CONF_SECOND_FACTOR_ENTITIES, default=list): _ENTITIES,
            vol.Optional(CONF_CODE): CODE_SELECTOR,
            **_SECOND_FACTOR_SECONDS.field(_SECOND_FACTOR_SECONDS.default),
        }
    ),
    SECTION_PROOF: vol.Schema({k: v for n in _PROOF for k, v in n.field(n.default).items()}),
    SECTION_PLATE: vol.Schema({k: v for n in _PLATE for k, v in n.field(n.default).items()}),
}

GATE_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_CAMERAS): EntitySelector(
            EntitySelectorConfig(domain="camera", multiple=True)
        ),
        vol.Optional(CONF_TRIGGERS, default=list): _ENTITIES,
        vol.Optional(CONF_OPENER, default=list): ActionSelector(),
        vol.Required(CONF_TOGGLE_OPENER, default=False): BooleanSelector(),
        vol.Optional(CONF_GATE_ENTITY): EntitySelector(
            EntitySelectorConfig(
                domain=[
                    "binary_sensor",
                    "cover",
                    "input_boolean",
                    "input_select",
                    "lock",
                    "sensor",
                    "switch",
                    "valve",
                ]
            )
        ),
        vol.Optional(CONF_OBSTRUCTION_ENTITY): EntitySelector(
            EntitySelectorConfig(domain=["binary_sensor", "input_boolean"])
        ),
        vol.Required(CONF_EXIT_ALLOWED, default=False): BooleanSelector(),
        vol.Required(CONF_SHADOW, default=True): BooleanSelector(),
        **{
            vol.Optional(name): section(schema, {"collapsed": True})
            for name, schema in _SECTIONS.items()
        },
    }
)
"""A section that is left out is filled with its defaults. A new gate starts in shadow mode."""


def saved_from(answers: Mapping[str, Any], code: KeptCode | None) -> dict[str, Any]:
    """What is saved of a form's answers, and of the code that is set.

    The name is the subentry's title and not part of it.

    Raises:
        ImageRefused: the zone is none.
    """
    data = {key: value for key, value in answers.items() if key not in _SECTIONS}
    for name, schema in _SECTIONS.items():
        data |= schema(answers.get(name, {}))
    del data[CONF_NAME]
    data.pop(CONF_CODE, None)
    if code is not None:
        data[CONF_CODE] = code.text
    data[CONF_OPENER] = cv.ensure_list(data[CONF_OPENER])
    for number in _NUMBERS:
        data[number.key] = number.saved(data[number.key])
    data[CONF_ZONE] = format_zone(zone_from_text(data.get(CONF_ZONE, "")))
    return data


def form_of(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that would be saved as ``data``; of a code only that it is set."""
    shown = dict(data)
    if CONF_CODE in shown:
        shown[CONF_CODE] = CODE_IS_SET
    for number in _NUMBERS:
        if number.key in shown:
            shown[number.key] = number.shown(shown[number.key])
    shown[CONF_ZONE] = zone_to_text(parse_zone(shown.get(CONF_ZONE, "")))
    return {
        CONF_NAME: name,
        **{str(key): shown[key] for key in GATE_SCHEMA.schema if key in shown},
        **{
            section_name: {str(key): shown[key] for key in schema.schema if key in shown}
            for section_name, schema in _SECTIONS.items()
        },
    }
