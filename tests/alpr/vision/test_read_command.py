from __future__ import annotations

import json
import os
from pathlib import Path
import subprocess
import sys

import pytest

from custom_components.alpr_gate.alpr.commands import read as command
from custom_components.alpr_gate.alpr.types import (
    Box,
    EngineIdentity,
    FrameReads,
    ModelIdentity,
    PlateRead,
    Timings,
)
from custom_components.alpr_gate.alpr.vision.errors import ModelProblem, ModelRefused

from .pictures import encoded, noise

ROOT = Path(__file__).parents[3]
LIBRARY = ROOT / "custom_components" / "alpr_gate"


def run_alpr(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The library alone, as a user at a terminal runs it."""
    return subprocess.run(
        [sys.executable, "-m", "alpr", *arguments],
        env={**os.environ, "PYTHONPATH": str(LIBRARY)},
        capture_output=True,
        text=True,
        check=False,
    )


PLATE = PlateRead(
    text="A4",
    box=Box(10.04, 20.06, 60, 35),
    detection=0.91234567,
    characters=((("A", 0.98), ("4", 0.01)), (("4", 0.7), ("A", 0.2)), (("", 0.99), ("1", 0.01))),
    region="France",
)


def reads(*plates: PlateRead) -> FrameReads:
    model = ModelIdentity("stub", "0" * 64)
    engine = EngineIdentity("1", "stub", (model, model))
    return FrameReads(0, (640, 480), plates, Timings(1, 2, 3.123456), engine, 0.5)


class Stub:
    def read(self, body: bytes, *, zone: object = ()) -> FrameReads:
        from custom_components.alpr_gate.alpr.vision.decode import decode

        decode(body)
        return reads(PLATE)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(noise(640, 480)))
    return path


@pytest.fixture(autouse=True)
def _stub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "load_recogniser", lambda *_, **__: Stub())


def run(*arguments: str | Path) -> int:
    import argparse

    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([str(argument) for argument in arguments]))


def test_json_is_one_object_a_line_in_the_documented_shape(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--json", photo, photo) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert json.loads(lines[0]) == {
        "file": str(photo),
        "plates": [
            {
                "text": "A4",
                "confidence": 0.7,
                "box": [10.0, 20.1, 60, 35],
                "detection": 0.9123,
                "characters": [
                    [["A", 0.98], ["4", 0.01]],
                    [["4", 0.7], ["A", 0.2]],
                    [["", 0.99], ["1", 0.01]],
                ],
                "region": "France",
            }
        ],
        "ms": {"decode": 1, "detect": 2, "read": 3.1235},
    }


def test_the_table_shows_text_place_and_doubt(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(photo) == 0
    shown = capsys.readouterr().out
    for part in ("A4", "70.0%", "91.2%", "France", "4 or A", "640x480"):
        assert part in shown


def test_a_bad_photo_is_named_and_the_others_are_read(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.jpg"
    page.write_bytes(b"<html>")
    assert run("--json", page, tmp_path / "absent.jpg", photo) == 1
    bad, absent, good = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert bad == {"file": str(page), "error": "html"}
    assert absent["error"] == "unreadable_file"
    assert good["plates"]


def test_a_folder_stands_for_the_pictures_in_it(
    photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photo.parent / "notes.txt").write_text("no picture")
    assert run("--json", photo.parent) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_annotated_pictures_are_written_with_something_drawn(photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(photo, "--annotate", out) == 0
    assert (out / "photo.jpg").read_bytes() != photo.read_bytes()


def test_a_refused_model_ends_the_command_with_advice(
    photo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ModelRefused(ModelProblem.MISSING, "copy the models there")

    monkeypatch.setattr(command, "load_recogniser", refuse)
    assert run(photo) == 2
    assert "copy the models there" in capsys.readouterr().err


def test_the_library_runs_alone_and_says_what_it_can_do() -> None:
    done = run_alpr("--help")
    assert done.returncode == 0
    for name in ("read", "serve", "replay"):
        assert name in done.stdout


def test_a_folder_without_models_is_a_sentence_and_no_traceback(
    photo: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    done = run_alpr("read", photo, "--models", tmp_path / "empty")
    assert done.returncode == 2
    assert "no models in" in done.stderr
    assert "Traceback" not in done.stderr
