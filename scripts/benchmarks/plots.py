"""The pictures of docs/benchmarks.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from .summary import STAGES

if TYPE_CHECKING:
    from pathlib import Path

COLOURS = ("#1b7f4d", "#2f6db5", "#8a8f98", "#c2573a")
STAGE_COLOURS = {"decode": "#b8c4d6", "detect": "#2f6db5", "read": "#1b7f4d"}


def draw(summary: dict[str, Any], folder: Path) -> None:
    """Write every plot as PNG."""
    folder.mkdir(parents=True, exist_ok=True)
    systems = summary["systems"]
    _save(_risk_coverage(systems), folder / "risk-coverage.png")
    _save(_time(systems), folder / "time.png")
    if any(each["hard"] for each in systems.values()):
        _save(_hard(systems), folder / "hard.png")


def _risk_coverage(systems: dict[str, Any]) -> Figure:
    figure = Figure(figsize=(7, 4))
    axes = figure.subplots()
    for number, ((name, each), colour) in enumerate(zip(systems.items(), COLOURS, strict=False)):
        curve = each["risk_coverage"]
        axes.step(
            [100 * kept for kept, _, _ in curve],
            [wrong for _, wrong, _ in curve],
            where="post",
            label=name,
            color=colour,
            linestyle="--" if number else "-",  # two that are the same are both to be seen
            zorder=3 - number,
        )
    axes.axvline(95, color="#bbbbbb", linestyle=":", linewidth=1)
    axes.set_xlabel("pictures kept, the surest first (%)")
    axes.set_ylabel("wrong reads among them")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    return figure


def _time(systems: dict[str, Any]) -> Figure:
    figure = Figure(figsize=(7, 0.9 + 0.6 * len(systems)))
    axes = figure.subplots()
    left = [0.0] * len(systems)
    for stage in STAGES:
        widths = [each["ms"][stage]["median"] for each in systems.values()]
        axes.barh(list(systems), widths, left=left, label=stage, color=STAGE_COLOURS[stage])
        left = [edge + width for edge, width in zip(left, widths, strict=True)]
    for row, (end, each) in enumerate(zip(left, systems.values(), strict=True)):
        axes.text(end, row, f" {each['ms']['total']['median']:.0f} in all", va="center")
    axes.set_xlim(0, 1.2 * max(left))
    axes.invert_yaxis()
    axes.set_xlabel("median milliseconds for one photograph")
    axes.legend(frameon=False)
    return figure


def _hard(systems: dict[str, Any]) -> Figure:
    kinds = list(next(iter(systems.values()))["hard"])
    figure = Figure(figsize=(7, 4))
    axes = figure.subplots()
    width = 0.8 / len(systems)
    for index, ((name, each), colour) in enumerate(zip(systems.items(), COLOURS, strict=False)):
        heights = [
            100 * each["hard"][kind]["exact"] / each["hard"][kind]["pictures"] for kind in kinds
        ]
        places = [place + (index - (len(systems) - 1) / 2) * width for place in range(len(kinds))]
        axes.bar(places, heights, width, label=name, color=colour)
    axes.set_xticks(range(len(kinds)), kinds)
    axes.set_ylabel("exact reads (%)")
    axes.set_ylim(0, 118)
    axes.set_yticks(range(0, 101, 20))
    axes.legend(frameon=False, loc="upper center", ncols=len(systems))
    return figure


def _save(figure: Figure, path: Path) -> None:
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, dpi=120)
