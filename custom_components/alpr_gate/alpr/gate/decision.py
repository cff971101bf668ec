"""What is known when a gate decides, and what it decided."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ..types import EngineIdentity, GateState, Movement, Reason, Verdict
from .settings import GateSettings


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A second factor that just happened: a change, never a state that was there before."""

    at: float
    """Monotonic time of the change."""
    source: str
    """What confirmed, such as an entity id; never a plate."""
    vehicles: frozenset[str] | None = None
    """Ids of the only vehicles that it confirms; None where it confirms any."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything around the car at the moment of deciding."""

    gate: GateState
    """UNKNOWN where the owner named no entity, or it does not know."""
    obstructed: bool | None = None
    """None where nothing tells."""
    automatic: bool = True
    """The owner's switch."""
    confirmations: tuple[Confirmation, ...] = ()
    clock_in_doubt: bool = False
    """The wall clock jumped or was never set: schedules and passes deny."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What one gate says about one visit at one instant, and why: everything but the plate."""

    verdict: Verdict
    reason: Reason
    gate: str
    visit: str
    """Id of the visit; empty when a picture belonged to none."""
    vehicle: str | None
    """Id of the listed vehicle, also where it may not pass now."""
    looks: int
    """Independent looks that read exactly the plate decided on."""
    looks_seen: int
    """Independent looks in all."""
    weakest: float
    """Probability of the weakest character, 0 to 1; 0 when nothing was read."""
    margin: float
    """How many times likelier the reading is than the next-best one; 0 when nothing was read."""
    listed_margin: float | None
    """The same in a typical single look, and over other listed plates; None when none is near."""
    detection: float
    """Least detector score of the looks that agree, 0 to 1."""
    movement: Movement
    made_at: float
    """Monotonic."""
    expires_at: float
    """Monotonic; from then on it opens nothing."""
    nonce: str
    """Used at most once."""
    register_revision: int
    settings: GateSettings
    engine: EngineIdentity | None
    """Who read the last picture."""

    @property
    def settings_digest(self) -> str:
        """Names the settings in force."""
        return self.settings.digest

    @property
    def proved(self) -> bool:
        """Whether the reading itself was beyond doubt, so that more looks would change nothing."""
        return self.reason not in _READING_IN_DOUBT

    def explain(self) -> dict[str, object]:
        """The whole decision as plain JSON values, for diagnostics and the command line."""
        return {
            "verdict": self.verdict.value,
            "reason": self.reason.value,
            "gate": self.gate,
            "visit": self.visit,
            "vehicle": self.vehicle,
            "looks": self.looks,
            "looks_seen": self.looks_seen,
            "weakest_character": round(self.weakest, 6),
            "margin": _rounded(self.margin),
            "listed_margin": None if self.listed_margin is None else _rounded(self.listed_margin),
            "detection": round(self.detection, 6),
            "movement": self.movement.value,
            "made_at": self.made_at,
            "expires_at": self.expires_at,
            "register_revision": self.register_revision,
            "settings": explain_settings(self.settings),
            "settings_digest": self.settings_digest,
            "engine": None if self.engine is None else _explain_engine(self.engine),
        }


_READING_IN_DOUBT = frozenset(
    {
        Reason.NO_PLATE,
        Reason.MORE_LOOKS_NEEDED,
        Reason.CHARACTERS_UNSURE,
        Reason.MARGIN_TOO_SMALL,
        Reason.DETECTION_UNSURE,
        Reason.LOOKS_DISAGREE,
        Reason.IMPLAUSIBLE_PLATE,
        Reason.OUTSIDE_ZONE,
        Reason.UNREADABLE_PICTURE,
        Reason.FROZEN_CAMERA,
        Reason.STALE_FRAME,
        Reason.CAMERA_FAILED,
        Reason.ENGINE_FAILED,
        Reason.ENGINE_BUSY,
    }
)


def explain_settings(settings: GateSettings) -> dict[str, object]:
    """The settings as plain JSON values."""
    return {field.name: getattr(settings, field.name) for field in fields(settings)}


def _explain_engine(engine: EngineIdentity) -> dict[str, object]:
    return {
        "version": engine.version,
        "backend": engine.backend,
        "models": {model.name: model.sha256 for model in engine.models},
    }


def _rounded(ratio: float) -> float:
    """Ratios reach 1e30: three significant digits say all there is to know."""
    return float(f"{ratio:.3g}")
