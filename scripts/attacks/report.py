"""From trials to `docs/attack.json`, and from that to the tables in `docs/attack.md`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
import json
from pathlib import Path
from typing import Any

from custom_components.alpr_gate.alpr.types import EngineIdentity
from scripts.attacks.trial import DEFAULT, FPS, Trial
from scripts.photo_remarks import LABELLED_WRONGLY, NOT_WHOLE, REMARKS

type Result = dict[str, Any]
"""What one recogniser gave, as plain JSON values."""

ATTACKS = ("attack_single", "attack_approach", "attack_alone")
APPROACHES = ("true_approach", "attack_approach", "attack_alone")
"""Trials with all frames of an approach: with the car itself listed, and without it."""

RULES = (
    ("default", f"ALPR Gate, as set by default ({DEFAULT.looks_needed} looks)"),
    ("one_look", "ALPR Gate, set to one look"),
    ("frigate", "Frigate's default rule"),
    ("license_plate_control", "LicensePlateControl's rule"),
)


def result_of(engine: EngineIdentity, trials: Sequence[Trial], drawn: Sequence[Trial]) -> Result:
    """Everything the tables need: each photograph's trial, and what the drawn ones add up to."""
    return {
        "backend": engine.backend,
        "models": {model.name: model.sha256 for model in engine.models},
        "settings": DEFAULT.digest,
        "trials": [asdict(each) for each in trials],
        "drawn": counts([asdict(each) for each in drawn]),
    }


def counts(trials: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How many trials there are, how many read exactly, and for how many of them who opened."""
    return {
        "trials": len(trials),
        "exact": sum(each["exact_single"] for each in trials),
        "opened": {
            rule: {
                kind: sum(each[kind][rule] for each in trials)
                for kind in (*ATTACKS, "true_approach")
            }
            for rule, _ in RULES
        },
    }


def markdown(results: dict[str, Result]) -> str:
    """The whole of `docs/attack.md`."""
    parts = [_HEAD]
    photographs = {name: counts(result["trials"]) for name, result in results.items()}
    parts += [
        _attack_table(photographs),
        _labelled_wrongly(results),
        _SECOND_PART,
        _true_table(photographs),
        _most_that_can_open(results),
        _most_by_exact_looks(results),
    ]
    drawn = {name: result["drawn"] for name, result in results.items() if result["drawn"]["trials"]}
    if drawn:
        parts += [_DRAWN_PART, _attack_table(drawn), _DRAWN_LISTED, _true_table(drawn)]
    parts += [_THIRD_PART, _temperature_table(results)]
    for name, result in results.items():
        parts.append(_opened_wrongly(name, result))
        parts.append(_stayed_closed(name, result))
        parts.append(_models(name, result))
    return "\n\n".join(part for part in parts if part) + "\n"


def save(folder: Path, results: dict[str, Result]) -> None:
    """Write `attack.json` and `attack.md` into ``folder``."""
    (folder / "attack.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (folder / "attack.md").write_text(markdown(results), encoding="utf-8")


def saved(folder: Path) -> dict[str, Result]:
    """What `attack.json` in ``folder`` holds; nothing where there is none."""
    path = folder / "attack.json"
    if not path.is_file():
        return {}
    results: dict[str, Result] = json.loads(path.read_text(encoding="utf-8"))
    return results


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _attack_table(counted: dict[str, dict[str, Any]]) -> str:
    rows: list[tuple[object, ...]] = []
    for name, each in counted.items():
        for rule, label in RULES:
            single, approach, alone = (each["opened"][rule][kind] for kind in ATTACKS)
            rows.append((name, label, f"{single} of {each['trials']}", approach, alone))
    head = (
        "recogniser",
        "rule",
        "opened for one picture",
        "opened for an approach",
        "the same, only what was misread listed",
    )
    return _table(head, rows)


def _labelled_wrongly(results: dict[str, Result]) -> str:
    """What of the table above is no mistake but a wrong label."""
    opened = {
        each["name"]
        for result in results.values()
        for each in result["trials"]
        if each["name"] in LABELLED_WRONGLY
        and any(each[kind]["default"] for kind in ("attack_approach", "attack_alone"))
    }
    if not opened:
        return ""
    told = ", ".join(f"`{name}` ({LABELLED_WRONGLY[name]})" for name in sorted(opened))
    return f"What opens for {told} is no mistake of a recogniser: the label is wrong."


def _true_table(counted: dict[str, dict[str, Any]]) -> str:
    rows: list[tuple[object, ...]] = []
    for name, each in counted.items():
        exact = 100 * each["exact"] / each["trials"]
        for rule, label in RULES:
            opened = 100 * each["opened"][rule]["true_approach"] / each["trials"]
            rows.append(
                (name, label, f"{exact:.1f} %", f"{opened:.1f} %", f"{opened - exact:+.1f}")
            )
    head = ("recogniser", "rule", "pictures read exactly", "approaches that open", "points more")
    return _table(head, rows)


def _most_that_can_open(results: dict[str, Result]) -> str:
    """What the table above can show at best, whatever reads and decides."""
    names = {each["name"] for result in results.values() for each in result["trials"]}
    hopeless = sorted(names & REMARKS.keys())
    if not hopeless:
        return ""
    most = 100 * (1 - len(hopeless) / len(names))
    told = "; ".join(f"`{name}` is {REMARKS[name]}" for name in hopeless)
    return (
        f"No more than {most:.1f} % of the approaches can open rightly: {told}. The better a"
        " recogniser reads single photographs, the fewer points can be left between them and that."
    )


def _most_by_exact_looks(results: dict[str, Result]) -> str:
    """What the table above can show at best with these reads, whatever the rule of exact match."""
    told = []
    for name, result in results.items():
        trials = result["trials"]
        proved = sum(
            each["exact_frames"] >= DEFAULT.looks_needed and each["name"] not in NOT_WHOLE
            for each in trials
        )
        exact = sum(each["exact_single"] for each in trials)
        share, more = 100 * proved / len(trials), 100 * (proved - exact) / len(trials)
        told.append(f"{share:.1f} % ({more:+.1f} points) for {name}")
    return (
        f"A rule that asks for {DEFAULT.looks_needed} looks that read exactly the plate can open"
        " for no more than those approaches in which so many frames do, and whose plate is all in"
        f" the picture: {', '.join(told)}."
    )


def _temperature_table(results: dict[str, Result]) -> str:
    rows: list[tuple[object, ...]] = []
    for name, result in results.items():
        trials, scaled = result["trials"], result["temperature"]
        at_one = (sum(each[kind]["default"] for each in trials) for kind in APPROACHES)
        rows.append((name, "as they are (1.0)", *at_one))
        at_best = (scaled["opened"][kind] for kind in APPROACHES)
        rows.append((name, f"what fits best ({scaled['best']:g})", *at_best))
    head = (
        "recogniser",
        "temperature of its reads",
        "approaches that open for the car itself",
        "with every neighbour listed",
        "with only what was misread listed",
    )
    return _table(head, rows)


def _opened_wrongly(name: str, result: Result) -> str:
    rows = [
        (
            each["group"],
            each["name"],
            _how(each),
            f"{each['exact_frames']} of {each['frames']}",
            REMARKS.get(each["name"], ""),
        )
        for each in result["trials"]
        if any(each[kind][rule] for kind in ATTACKS for rule in ("default", "one_look"))
    ]
    if not rows:
        return f"### {name}: no car that was not listed opened the gate"
    head = ("set", "photograph", "as set by default", "frames read as labelled", "remark")
    return f"### {name}: cars that were not listed and opened\n\n{_table(head, rows)}"


def _how(trial: dict[str, Any]) -> str:
    if trial["attack_approach"]["default"]:
        return "opened"
    if trial["attack_alone"]["default"]:
        return "only while no other neighbour is listed"
    return "only with one look"


def _stayed_closed(name: str, result: Result) -> str:
    closed = [each for each in result["trials"] if not each["true_approach"]["default"]]
    reasons = Counter(each["true_approach"]["reason"] for each in closed)
    summary = ", ".join(f"{reason} {number}" for reason, number in reasons.most_common())
    rows = [
        (
            each["group"],
            each["name"],
            each["true_approach"]["reason"],
            "yes" if each["exact_single"] else "no",
            f"{each['exact_frames']} of {each['frames']}",
            REMARKS.get(each["name"], ""),
        )
        for each in closed
    ]
    head = ("set", "photograph", "reason", "read exactly itself", "frames read exactly", "remark")
    return f"### {name}: listed cars before which it stayed closed ({summary})\n\n" + _table(
        head, rows
    )


def _models(name: str, result: Result) -> str:
    models = ", ".join(f"{model} `{digest[:16]}`" for model, digest in result["models"].items())
    return f"{name}: {result['backend']} with {models}; settings `{result['settings']}`."


_HEAD = f"""# Trying to open a gate

`scripts/attack` writes this page. It takes 145 photographs of cars whose plates are known (70
from the USA, 43 from Europe, 32 from Brazil; openalpr/benchmarks, kept outside this
repository), and of each makes an approach: 8 frames, {FPS:g} a second, in which the car comes
nearer, by zoom, pan, slight blur, noise and exposure. What is read decides, through the same
attendant that the integration runs.

## Every neighbour is listed, the car is not

The list holds every plate one substitution, one deletion or one insertion away from the true
one, and every way to mistake its characters for ones that look alike (0ODQ, 1IL, 2Z, 5S, 8B,
6G, 7T), except what is printed alike (O and 0, I and 1). The car's own plate is not on it, so
every opening is wrong. The same reads go through the default rules of two other projects:
Frigate's (the whole text, or Levenshtein distance 1; mean confidence of the characters 0.9) and
LicensePlateControl's (1 - Levenshtein distance / length at least 0.80, an E or H at the end not
compared). Neighbours on the list raise what ALPR Gate asks of a reading, so the approaches are
shown again with nothing listed but what was misread."""

_SECOND_PART = """A plate that the recogniser takes for another, surely and in every frame,
cannot be told from that other plate by deciding: a second factor can. All frames of an approach
show one photograph, so a mistake in it comes again in every frame, which is harder than a
camera that films.

## The car is listed

An approach opens when its looks add up to proof. A photograph read exactly is one whose plate
was read without a mistake (O and 0, I and 1 count as equal); one look is too little to open by
default."""

_DRAWN_PART = """## The same with drawn plates

Photographs are few, and easier than a gate's worst hours. So the same is tried with the hard set
of the [benchmarks](benchmarks.md): drawn plates at night, blurred, small, tilted, with two lines,
in rain and through a wide lens. Our models learned from the same generator with other seeds and
fonts, the fast-alpr path did not. Every neighbour is listed, the car is not:"""

_DRAWN_LISTED = "The car is listed:"

_THIRD_PART = """## Whether reads are as sure as they are right

The temperature (Guo et al., 2017) that makes the printed characters likeliest, over all photographs
and approaches but those labelled wrongly: below 1 a recogniser deserves to be believed more than it
says, above 1 less. Beside it what the gate, as it is set by default, would do with such reads. The
gate takes reads as they are."""
