"""The rules of deciding: the one place where "open" is said."""

from __future__ import annotations

from ..types import Moment, Reason
from .decision import Confirmation, Decision, Situation
from .register import Register
from .settings import GateSettings

__all__ = ["Confirmation", "Decision", "GateSettings", "Situation", "still_valid"]


def still_valid(
    decision: Decision,
    register: Register,
    situation: Situation,
    now: Moment,
    settings: GateSettings,
) -> Reason | None:
    """Why a decision to open may no longer be carried out; None when it may.

    Asked by the opener immediately before its one command, with everything as it is then.
    """
    raise NotImplementedError
