"""``replay``: what the gate would have decided about recorded visits."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.alpr_gate.alpr.commands import replay as command
from custom_components.alpr_gate.alpr.commands.read import CANNOT_START, OK, SOME_REFUSED
from custom_components.alpr_gate.alpr.gate.plate import normal_form
from custom_components.alpr_gate.alpr.types import (
    FrameReads,
    ImageProblem,
    PlateRead,
    Timings,
)
from custom_components.alpr_gate.alpr.vision.decode import ImageRefused
from custom_components.alpr_gate.alpr.vision.errors import ModelProblem, ModelRefused
from tests.alpr.gate.kit import ENGINE, LISTED, SIZE, STRANGER, plate

SHARED = Path(__file__).parents[4] / "shared"
ONNX = SHARED / "models" / "cct_xs_v2_global.onnx"
PHOTOS = SHARED / "data" / "photos"


class Reader:
    """Reads pictures that hold their own text: "HB07KXT 120" is a plate 120 pixels wide."""

    def read(self, body: bytes, *, zone: object = ()) -> FrameReads:
        if not body.strip():
            raise ImageRefused(ImageProblem.EMPTY)
        if body.startswith(b"<html"):
            raise ImageRefused(ImageProblem.HTML)
        plates: tuple[PlateRead, ...] = ()
        if not body.startswith(b"street"):
            text, width, *_ = body.decode().split()
            plates = (plate(text, width=float(width)),)
        return FrameReads(0, SIZE, plates, Timings(1, 1, 1), ENGINE, 0.5)


class Replay:
    """Runs the command; its exit status and lines, and what it complained of."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.complaint = ""

    def __call__(self, *arguments: str | Path) -> tuple[int, list[dict[str, Any]]]:
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        status = command.run(parser.parse_args([str(argument) for argument in arguments]))
        written = self._capsys.readouterr()
        self.complaint = written.err
        return status, [json.loads(line) for line in written.out.splitlines()]


@pytest.fixture
def real(capsys: pytest.CaptureFixture[str]) -> Replay:
    """The command with the networks that it is told to use."""
    return Replay(capsys)


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch, real: Replay) -> Replay:
    """The command with a reader that needs no network."""
    monkeypatch.setattr(command, "load_recogniser", lambda *_, **__: Reader())
    return real


def visit(folder: Path, *pictures: str) -> Path:
    """A folder of pictures, which is one visit."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(pictures):
        (folder / f"{number:02d}.jpg").write_text(picture)
    return folder


def test_a_listed_car_that_comes_nearer_opens(replayed: Replay, tmp_path: Path) -> None:
    folder = visit(tmp_path / "v", "street", f"{LISTED} 100", f"{LISTED} 111", f"{LISTED} 123")
    status, (line,) = replayed(folder, "--plates", f"XY999ZZ,{LISTED}")
    assert status == OK
    assert (line["verdict"], line["reason"], line["vehicle"]) == ("open", "listed", LISTED)
    assert (line["looks"], line["frames"], line["opened_at_frame"]) == (2, 3, 3)
    assert line["settings"]["looks_needed"] == 2
    assert line["engine"]["models"] == {"paper": "0" * 64}


def test_a_single_photograph_is_one_look_and_waits(replayed: Replay, tmp_path: Path) -> None:
    photo = visit(tmp_path, f"{LISTED} 100") / "00.jpg"
    status, (line,) = replayed(photo, "--plates", LISTED)
    assert status == OK
    assert (line["verdict"], line["reason"]) == ("wait", "more_looks_needed")
    assert line["opened_at_frame"] is None


def test_a_setting_can_be_tried_on_the_command_line(replayed: Replay, tmp_path: Path) -> None:
    photo = visit(tmp_path, f"{LISTED} 100") / "00.jpg"
    _, (line,) = replayed(photo, "--plates", LISTED, "--looks-needed", "1")
    assert (line["verdict"], line["opened_at_frame"]) == ("open", 1)
    leaving = visit(tmp_path / "leaves", *(f"{LISTED} {160 - 12 * n}" for n in range(6)))
    _, (line,) = replayed(leaving, "--plates", LISTED)
    assert (line["verdict"], line["reason"]) == ("refuse", "leaving")
    _, (line,) = replayed(leaving, "--plates", LISTED, "--exit-allowed")
    assert line["verdict"] == "open"


def test_a_stranger_is_refused_and_not_named(replayed: Replay, tmp_path: Path) -> None:
    folder = visit(tmp_path / "v", *(f"{STRANGER} {100 + 6 * n}" for n in range(4)))
    _, (line,) = replayed(folder, "--plates", LISTED)
    assert (line["verdict"], line["reason"], line["vehicle"]) == ("refuse", "not_listed", None)
    assert STRANGER not in json.dumps(line)


def test_a_folder_of_folders_is_a_visit_each(replayed: Replay, tmp_path: Path) -> None:
    visit(tmp_path / "a", f"{LISTED} 100", f"{LISTED} 111")
    visit(tmp_path / "b", f"{STRANGER} 100", f"{STRANGER} 106")
    _, lines = replayed(tmp_path, "--plates", LISTED)
    assert [Path(line["visit"]).name for line in lines] == ["a", "b"]
    assert [line["verdict"] for line in lines] == ["open", "refuse"]


def test_a_street_without_a_car_says_so(replayed: Replay, tmp_path: Path) -> None:
    _, (line,) = replayed(visit(tmp_path / "v", "street", "street 2"), "--plates", LISTED)
    assert (line["verdict"], line["reason"]) == ("wait", "no_plate")


def test_what_was_said_of_the_car_is_not_forgotten_over_an_empty_street(
    replayed: Replay, tmp_path: Path
) -> None:
    folder = visit(tmp_path / "v", f"{STRANGER} 100", f"{STRANGER} 106", "street")
    _, (line,) = replayed(folder, "--plates", LISTED)
    assert line["reason"] == "not_listed"


def test_pictures_that_cannot_be_read_are_counted(replayed: Replay, tmp_path: Path) -> None:
    folder = visit(tmp_path / "v", "<html>", f"{LISTED} 100", " ", f"{LISTED} 111")
    status, (line,) = replayed(folder, "--plates", LISTED)
    assert status == OK
    assert (line["verdict"], line["frames"], line["frames_refused"]) == ("open", 4, 2)


def test_a_visit_without_a_readable_picture_is_an_error_of_its_own(
    replayed: Replay, tmp_path: Path
) -> None:
    broken = visit(tmp_path / "broken", "<html>")
    good = visit(tmp_path / "good", f"{LISTED} 100", f"{LISTED} 111")
    status, lines = replayed(broken, tmp_path / "not-there.jpg", good, "--plates", LISTED)
    assert status == SOME_REFUSED
    assert [line.get("error") for line in lines] == ["no_readable_picture"] * 2 + [None]
    assert lines[2]["verdict"] == "open"


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("AB*", "entry 1 of --plates is refused: wildcard"),
        (f"{LISTED},A", "entry 2 of --plates is refused: too_short"),
        (" , ", "names no plate"),
        ("@not-there.txt", "not-there.txt"),
    ],
)
def test_a_list_that_is_none_stops_the_command(
    replayed: Replay, tmp_path: Path, listed: str, said: str
) -> None:
    status, lines = replayed(visit(tmp_path / "v", "street"), "--plates", listed)
    assert (status, lines) == (CANNOT_START, [])
    assert said in replayed.complaint
    assert LISTED not in replayed.complaint


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--fps", "0"), "fps must be above 0"),
        (("--weakest-character", "0.1"), "weakest_character must be from 0.5 to 1"),
        (("--zone", "1,2"), "zone"),
    ],
)
def test_a_setting_that_makes_no_sense_stops_the_command(
    replayed: Replay, tmp_path: Path, arguments: tuple[str, str], said: str
) -> None:
    status, lines = replayed(visit(tmp_path / "v", "street"), "--plates", LISTED, *arguments)
    assert (status, lines) == (CANNOT_START, [])
    assert said in replayed.complaint


def test_missing_models_stop_the_command(
    monkeypatch: pytest.MonkeyPatch, real: Replay, tmp_path: Path
) -> None:
    def missing(*_: object, **__: object) -> Reader:
        raise ModelRefused(ModelProblem.MISSING, "there is no reader")

    monkeypatch.setattr(command, "load_recogniser", missing)
    assert real(tmp_path, "--plates", LISTED) == (CANNOT_START, [])
    assert "there is no reader" in real.complaint


def test_a_list_can_be_in_a_file(replayed: Replay, tmp_path: Path) -> None:
    plates = tmp_path / "plates.txt"
    plates.write_text(f"XY 999 ZZ\n\n{LISTED[:4]}-{LISTED[4:]}\n")
    folder = visit(tmp_path / "v", f"{LISTED} 100", f"{LISTED} 111")
    _, (line,) = replayed(folder, "--plates", f"@{plates}")
    assert (line["verdict"], line["vehicle"]) == ("open", LISTED)


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(not ONNX.exists(), reason="no weights in ../shared/models")
@pytest.mark.skipif(not PHOTOS.is_dir(), reason="no photographs in ../shared/data/photos")
@pytest.mark.skipif(find_spec("fast_plate_ocr") is None, reason="fast-plate-ocr is not installed")
def test_an_approach_made_from_a_photograph_opens_for_its_plate_and_for_no_neighbour(
    real: Replay, tmp_path: Path
) -> None:
    from scripts.photo_reads import approach_bodies, photos

    photo = next(each for each in photos(PHOTOS) if each.group == "eu")
    truth = normal_form(photo.plate)
    for number, body in enumerate(approach_bodies(photo, 4)):
        (tmp_path / f"{number}.jpg").write_bytes(body)
    engine = ("--backend", "fast_plate_ocr", "--models", ONNX.parent)
    status, (line,) = real(tmp_path, "--plates", truth, *engine)
    assert status == OK
    assert (line["verdict"], line["vehicle"]) == ("open", truth)
    neighbour = truth[:-1] + ("X" if truth[-1] != "X" else "Y")
    _, (line,) = real(tmp_path, "--plates", neighbour, *engine)
    assert (line["verdict"], line["reason"]) == ("refuse", "near_miss")
