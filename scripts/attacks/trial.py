"""One photograph before a gate: with every neighbour listed, and with the true plate listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from custom_components.alpr_gate.alpr.commands.replay import Replayed, replay
from custom_components.alpr_gate.alpr.gate.plate import (
    LONGEST,
    SHORTEST,
    neighbours,
    normal_form,
    printed_alike,
)
from custom_components.alpr_gate.alpr.gate.register import Register
from custom_components.alpr_gate.alpr.gate.settings import GateSettings
from custom_components.alpr_gate.alpr.gate.vehicle import Vehicle
from custom_components.alpr_gate.alpr.types import FrameReads, Verdict
from scripts.attacks.rules import Listed, frigate_opens, license_plate_control_opens
from scripts.photo_reads import PhotoReads

FPS = 4.0
DEFAULT = GateSettings()
ONE_LOOK = replace(DEFAULT, looks_needed=1)


@dataclass(frozen=True, slots=True)
class Openings:
    """Who opened for one sequence of frames."""

    default: bool
    one_look: bool
    """With ``looks_needed`` 1."""
    frigate: bool
    license_plate_control: bool
    reason: str
    """Why the default settings did not open, or LISTED."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What one photograph gave."""

    group: str
    name: str
    neighbours: int
    """How many plates were listed against it."""
    attack_single: Openings
    attack_approach: Openings
    attack_alone: Openings
    """The approach again, with nothing listed but the neighbours that were read in it."""
    true_single: Openings
    true_approach: Openings
    exact_single: bool
    """The photograph itself, O as 0 and I as 1."""
    exact_frames: int
    frames: int


def trial(reads: PhotoReads) -> Trial:
    """Put one photograph, and the approach made from it, before both lists."""
    truth = normal_form(reads.photo.plate)
    hostile = sorted({each for each in neighbours(truth) if SHORTEST <= len(each) <= LONGEST})
    assert not any(printed_alike(each, truth) for each in hostile)
    single, approach = (reads.single,), reads.approach
    misread = sorted({read.text for frame in approach for read in frame.plates} & set(hostile))
    return Trial(
        group=reads.photo.group,
        name=reads.photo.path.name,
        neighbours=len(hostile),
        attack_single=_openings(single, hostile),
        attack_approach=_openings(approach, hostile),
        attack_alone=_openings(approach, misread),
        true_single=_openings(single, [truth]),
        true_approach=_openings(approach, [truth]),
        exact_single=reads_exactly(reads.single, truth),
        exact_frames=sum(reads_exactly(each, truth) for each in approach),
        frames=len(approach),
    )


def reads_exactly(reads: FrameReads, truth: str) -> bool:
    """Whether a plate in the picture was read without a mistake."""
    return any(printed_alike(read.text, truth) for read in reads.plates)


def _openings(frames: Sequence[FrameReads], plates: Sequence[str]) -> Openings:
    register = Register.of(Vehicle(plate, "listed", plate) for plate in plates)
    listed = Listed.of(plates)
    default, one_look = (_replayed(frames, register, each) for each in (DEFAULT, ONE_LOOK))
    return Openings(
        default=_opened(default),
        one_look=_opened(one_look),
        frigate=any(frigate_opens(frame, listed) for frame in frames),
        license_plate_control=any(license_plate_control_opens(frame, listed) for frame in frames),
        reason="no_plate" if default is None else default.decision.reason.value,
    )


def _replayed(
    frames: Sequence[FrameReads], register: Register, settings: GateSettings
) -> Replayed | None:
    """Show frames that were read already to the attendant that the product uses."""
    names = [number.to_bytes(2) for number in range(len(frames))]
    known = dict(zip(names, frames, strict=True))
    return replay(iter(names), known.__getitem__, register, settings, fps=FPS)


def _opened(replayed: Replayed | None) -> bool:
    return replayed is not None and replayed.decision.verdict is Verdict.OPEN
