"""What the owner chose about keeping, looking and telling, as the entry's options save it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from .look_ups import CuriosityRule, FourEyes
from .retention import Retention

if TYPE_CHECKING:
    from collections.abc import Mapping

# Keys of the entry's options; durations are saved in minutes.
CONF_LISTED_FOR: Final = "listed_for"
CONF_LISTED_PICTURES: Final = "listed_pictures"
CONF_UNKNOWN_FOR: Final = "unknown_for"
CONF_UNKNOWN_PICTURES: Final = "unknown_pictures"
CONF_UNKNOWN_PICTURES_FOR: Final = "unknown_pictures_for"
CONF_MEMORY_FOR: Final = "memory_for"
CONF_FOUR_EYES: Final = "four_eyes"
CONF_FOUR_EYES_FOR: Final = "four_eyes_for"
CONF_APPROVERS: Final = "approvers"
CONF_LOOK_UPS: Final = "look_ups"
CONF_LOOK_UPS_WITHIN: Final = "look_ups_within"
CONF_CONTROLLER: Final = "controller"
CONF_CONTACT: Final = "contact"
CONF_OFFICER: Final = "officer"
CONF_PURPOSE_OF_READING: Final = "purpose_of_reading"

DURATIONS: Final = (
    CONF_LISTED_FOR,
    CONF_UNKNOWN_FOR,
    CONF_UNKNOWN_PICTURES_FOR,
    CONF_MEMORY_FOR,
    CONF_FOUR_EYES_FOR,
    CONF_LOOK_UPS_WITHIN,
)
DEFAULT_PURPOSE: Final = "To open the gate for vehicles that may enter."


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """Retention, rules for looking, and what the notice says of the owner."""

    retention: Retention = field(default_factory=Retention)
    four_eyes: FourEyes = field(default_factory=FourEyes)
    curiosity: CuriosityRule = field(default_factory=CuriosityRule)
    controller: str = ""
    contact: str = ""
    officer: str = ""
    purpose: str = DEFAULT_PURPOSE

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> PrivacySettings:
        """Read what is saved; what is missing has its default. Raises RetentionError."""
        kept, rule, curiosity = Retention(), FourEyes(), CuriosityRule()

        def minutes(key: str, default: timedelta) -> timedelta:
            return timedelta(minutes=options[key]) if key in options else default

        within = minutes(CONF_LOOK_UPS_WITHIN, timedelta(seconds=curiosity.seconds))
        return cls(
            retention=Retention(
                listed=minutes(CONF_LISTED_FOR, kept.listed),
                listed_pictures=options.get(CONF_LISTED_PICTURES, kept.listed_pictures),
                unknown_visits=minutes(CONF_UNKNOWN_FOR, kept.unknown_visits),
                unknown_pictures=options.get(CONF_UNKNOWN_PICTURES, kept.unknown_pictures),
                unknown_pictures_for=minutes(CONF_UNKNOWN_PICTURES_FOR, kept.unknown_pictures_for),
                memory=minutes(CONF_MEMORY_FOR, kept.memory),
            ),
            four_eyes=FourEyes(
                required=options.get(CONF_FOUR_EYES, rule.required),
                seconds=minutes(
                    CONF_FOUR_EYES_FOR, timedelta(seconds=rule.seconds)
                ).total_seconds(),
                approvers=frozenset(options.get(CONF_APPROVERS, ())),
            ),
            curiosity=CuriosityRule(
                look_ups=int(options.get(CONF_LOOK_UPS, curiosity.look_ups)),
                seconds=within.total_seconds(),
            ),
            controller=options.get(CONF_CONTROLLER, ""),
            contact=options.get(CONF_CONTACT, ""),
            officer=options.get(CONF_OFFICER, ""),
            purpose=options.get(CONF_PURPOSE_OF_READING) or DEFAULT_PURPOSE,
        )

    def to_options(self) -> dict[str, Any]:
        """Everything as it is saved."""
        kept, rule, curiosity = self.retention, self.four_eyes, self.curiosity
        return {
            CONF_LISTED_FOR: _minutes(kept.listed),
            CONF_LISTED_PICTURES: kept.listed_pictures,
            CONF_UNKNOWN_FOR: _minutes(kept.unknown_visits),
            CONF_UNKNOWN_PICTURES: kept.unknown_pictures,
            CONF_UNKNOWN_PICTURES_FOR: _minutes(kept.unknown_pictures_for),
            CONF_MEMORY_FOR: _minutes(kept.memory),
            CONF_FOUR_EYES: rule.required,
            CONF_FOUR_EYES_FOR: _minutes(timedelta(seconds=rule.seconds)),
            CONF_APPROVERS: sorted(rule.approvers),
            CONF_LOOK_UPS: curiosity.look_ups,
            CONF_LOOK_UPS_WITHIN: _minutes(timedelta(seconds=curiosity.seconds)),
            CONF_CONTROLLER: self.controller,
            CONF_CONTACT: self.contact,
            CONF_OFFICER: self.officer,
            CONF_PURPOSE_OF_READING: self.purpose,
        }


def _minutes(time: timedelta) -> float:
    return time.total_seconds() / 60
