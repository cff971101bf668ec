"""The tables of docs/benchmarks.md, from a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scripts.photo_remarks import LABELLED_WRONGLY

from .summary import FLOORS, STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

INTRODUCTION = """# Benchmarks

Written by `scripts/bench`; run it again after a change, nothing here is typed by hand. Other
figures come from `scripts/attack` ([trying to open a gate](attack.md)), `scripts/bench-decide`
([how it decides](decisions.md)), `scripts/bench-window` and `scripts/attack-tokens`
([what is kept](privacy.md)), `scripts/mutate` ([mutations](mutations.md)) and the programs that
measure in `training/` (the model card).

All systems see the same pictures in one run, one picture at a time in turn, each in a process of
its own and after a pause, in which threads of the one before come to rest, on {machine}.
The fast-alpr path has {threads} thread(s) per network. Ours have one, as the engine runs them:
networks so small lose more to a second thread than it brings.

| system | what it is |
|---|---|
{systems}

*Exact* counts a picture as right only when every character is; *O=0, I=1* forgives these two pairs,
which many plates print alike. *Wrong, 5 % left out* is the number of wrong texts that remain when
the pictures are left out whose text a system is least sure of, which is the product of what it says
of each character. *Found* is the share of true boxes met with an intersection over union of at
least 0.5; *false* counts boxes per picture that are no plate.
"""

FLOORS_TEXT = """Wrong texts and the share of the pictures kept, when a read counts only if its
weakest character reaches a floor:
"""

FRAMES_TEXT = """Only the rides and times that our detector was not trained on.
"""

CUT_TEXT = """Pictures that end beside a plate, or within it. What is left of one that is cut off
reads as another, shorter plate: a plate is no look if its box comes nearer to the picture's edge
than 3 % of its width. Made of the close photographs of cars that our detector and refiner learned
from and of the frames above, which they did not. The share of pictures whose plate counts as whole:
"""

HARD_TEXT = """Drawn by `training/` from a fixed seed, with fonts that no training picture uses. Our
models learned from the same generator with other seeds, the fast-alpr path did not: this flatters
ours, and tells most about what is hard for it.
"""


def report(summary: dict[str, Any], descriptions: dict[str, str]) -> str:
    """The whole page."""
    systems = summary["systems"]
    parts = [
        INTRODUCTION.format(
            threads=summary["threads"],
            machine=summary["machine"],
            systems="\n".join(f"| {name} | {text} |" for name, text in descriptions.items()),
        ),
        "## Photographs\n",
        photographs(systems),
        labels_told(),
        rightly_labelled(systems),
        "By set, exact with O=0, I=1:\n",
        by_set(systems),
        "By width of the plate in the picture, in pixels, exact with O=0, I=1:\n",
        by_width(systems),
        "## Wrong reads by confidence\n",
        FLOORS_TEXT,
        floors(systems),
        "![Wrong reads against the share of pictures kept](images/benchmarks/risk-coverage.png)\n",
        "## Time, memory, start\n",
        times(systems),
        "![Milliseconds by stage](images/benchmarks/time.png)\n",
    ]
    if any(each["frames"] for each in systems.values()):
        parts += ["## Dash-camera frames, plates found\n", FRAMES_TEXT, frames(systems)]
    if any(each["cut"] for each in systems.values()):
        parts += ["## Plates cut off by the edge of the picture\n", CUT_TEXT, cut(systems)]
    if any(each["hard"] for each in systems.values()):
        parts += [
            "## Hard synthetic plates\n",
            HARD_TEXT,
            hard(systems),
            "![Exact reads on hard plates](images/benchmarks/hard.png)\n",
        ]
    return "\n".join(parts)


def photographs(systems: dict[str, Any]) -> str:
    """One row for each system, on all photographs."""
    return table(
        ("system", "exact", "O=0, I=1", "wrong, 5 % left out", "found", "false", "median ms"),
        (
            (
                name,
                _of(each["photos"]["exact_strict"], each["photos"]["pictures"]),
                _of(each["photos"]["exact"], each["photos"]["pictures"]),
                each["photos"]["wrong_at_95_percent"],
                f"{each['photos']['found']:.1%}",
                f"{each['photos']['false_boxes']:.2f}",
                f"{each['ms']['total']['median']:.1f}",
            )
            for name, each in systems.items()
        ),
    )


def labels_told() -> str:
    """Which photographs the table that follows leaves out."""
    told = "; ".join(f"`{name}`, {why}" for name, why in LABELLED_WRONGLY.items())
    return (
        "A label that is wrong to the eye counts against whoever reads what is printed:"
        f" {told}. Without these:\n"
    )


def rightly_labelled(systems: dict[str, Any]) -> str:
    """One row for each system, on the photographs whose label is right."""
    return table(
        ("system", "exact", "O=0, I=1", "wrong, 5 % left out"),
        (
            (
                name,
                _of(part["exact_strict"], part["pictures"]),
                _of(part["exact"], part["pictures"]),
                part["wrong_at_95_percent"],
            )
            for name, part in (
                (name, each["photos_rightly_labelled"]) for name, each in systems.items()
            )
        ),
    )


def by_set(systems: dict[str, Any]) -> str:
    """Exact reads and found plates, one column for each set."""
    groups = _groups(systems, "photos_by_set")
    return table(
        ("system", *groups),
        (
            (
                name,
                *(
                    f"{_of(part['exact'], part['pictures'])}, found {part['found']:.1%}"
                    for part in (each["photos_by_set"][group] for group in groups)
                ),
            )
            for name, each in systems.items()
        ),
    )


def by_width(systems: dict[str, Any]) -> str:
    """Exact reads, one row for each class of widths."""
    return table(
        ("width", *systems),
        (
            (
                group,
                *(
                    _of(part["exact"], part["pictures"])
                    for part in (each["photos_by_width"][group] for each in systems.values())
                ),
            )
            for group in _groups(systems, "photos_by_width")
        ),
    )


def floors(systems: dict[str, Any]) -> str:
    """Wrong reads above each floor."""
    return table(
        ("system", *(f"{floor:g}" for floor in FLOORS)),
        (
            (
                name,
                *(
                    f"{point['wrong']} of {point['kept']:.1%}"
                    for point in (each["wrong_above_floor"][str(floor)] for floor in FLOORS)
                ),
            )
            for name, each in systems.items()
        ),
    )


def times(systems: dict[str, Any]) -> str:
    """Median and 95th percentile of each stage, memory and cold start."""
    return (
        table(
            ("system", *(f"{stage} ms" for stage in (*STAGES, "total")), "peak MB", "first read s"),
            (
                (
                    name,
                    *(
                        f"{each['ms'][stage]['median']:.1f} / {each['ms'][stage]['p95']:.1f}"
                        for stage in (*STAGES, "total")
                    ),
                    each["peak_mb"],
                    f"{each['cold_start_s']:.2f}",
                )
                for name, each in systems.items()
            ),
        )
        + "\nMedian / 95th percentile on the photographs. "
        + "*First read*: from starting the process.\n"
    )


def frames(systems: dict[str, Any]) -> str:
    """Plates found by day and by night."""
    groups = _groups(systems, "frames")
    return table(
        ("system", *groups),
        (
            (
                name,
                *(
                    f"{part['found']:.1%} of {part['boxes']}, {part['false_boxes']:.2f} false"
                    for part in (each["frames"][group] for group in groups)
                ),
            )
            for name, each in systems.items()
        ),
    )


def cut(systems: dict[str, Any]) -> str:
    """One row for each place of the picture's edge."""
    return table(
        ("plate", "pictures", *systems),
        (
            (
                group,
                next(iter(systems.values()))["cut"][group]["pictures"],
                *(f"{each['cut'][group]['whole']:.1%}" for each in systems.values()),
            )
            for group in _groups(systems, "cut")
        ),
    )


def hard(systems: dict[str, Any]) -> str:
    """One row for each kind of difficulty."""
    groups = _groups(systems, "hard")
    return table(
        ("kind", *systems),
        (
            (
                group,
                *(
                    f"{part['exact'] / part['pictures']:.1%}, found {part['found']:.1%}"
                    for part in (each["hard"][group] for each in systems.values())
                ),
            )
            for group in groups
        ),
    )


def table(head: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    titles = [str(title) for title in head]
    lines = [titles, ["---"] * len(titles), *([str(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _groups(systems: dict[str, Any], part: str) -> list[str]:
    first: dict[str, Any] = next(iter(systems.values()))[part]
    return list(first)


def _of(some: int, total: int) -> str:
    return f"{some} of {total}"
