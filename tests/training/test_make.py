"""Making a model: every step once, and on from where it stopped."""

from __future__ import annotations

import importlib.util
from pathlib import Path
import subprocess

import pytest

from training import make as making
from training.make import Wanted, make, steps

MODELS = ("reader", "detector", "refiner")


class Runs:
    """Notes the commands it is given; one of them may fail, once."""

    def __init__(self, fails_at: str = "") -> None:
        self.fails_at = fails_at
        self.commands: list[list[str]] = []

    def __call__(self, command: list[str], log: Path) -> None:
        self.commands.append(command)
        if self.fails_at and self.fails_at in log.name:
            self.fails_at = ""
            raise subprocess.CalledProcessError(1, command)

    @property
    def modules(self) -> list[str]:
        return [command[2] for command in self.commands]


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(making, "WORK", tmp_path)
    return tmp_path


def wanted(model: str, tmp_path: Path, share: float = 1.0) -> Wanted:
    return Wanted(model, tmp_path / "data", tmp_path / "out", share)


@pytest.mark.parametrize("model", MODELS)
def test_a_model_is_drawn_for_shown_trained_exported_and_measured(
    model: str, tmp_path: Path
) -> None:
    run = Runs()
    make(wanted(model, tmp_path), run)
    names = [module.rsplit(".", 1)[1] for module in run.modules]
    assert names[0] == "fetch_fonts"
    assert "samples" in names
    assert names.index("sheet") < names.index("train") < names.index("export")
    assert names[-1] == "evaluate"


@pytest.mark.parametrize("model", MODELS)
def test_every_step_is_a_program_of_this_repository(model: str, tmp_path: Path) -> None:
    for step in steps(wanted(model, tmp_path)):
        assert importlib.util.find_spec(step.module) is not None, step.module


@pytest.mark.parametrize("model", MODELS)
def test_what_is_done_is_not_done_again(model: str, tmp_path: Path) -> None:
    make(wanted(model, tmp_path), Runs())
    run = Runs()
    make(wanted(model, tmp_path), run)
    assert run.commands == []
    make(wanted(model, tmp_path), run, fresh=True)
    assert len(run.commands) == len(steps(wanted(model, tmp_path)))


@pytest.mark.parametrize("model", MODELS)
def test_a_schedule_that_was_interrupted_goes_on_and_does_not_begin_anew(
    model: str, tmp_path: Path
) -> None:
    run = Runs(fails_at="train-again")
    with pytest.raises(subprocess.CalledProcessError):
        make(wanted(model, tmp_path), run)
    stopped = run.commands[-1]
    assert "--again" in stopped
    run.commands.clear()
    make(wanted(model, tmp_path), run)
    assert run.commands[0] == [word for word in stopped if word != "--again"]


def test_a_share_takes_less_of_everything(tmp_path: Path) -> None:
    run = Runs()
    make(wanted("reader", tmp_path, share=0.01), run)
    plates = next(command for command in run.commands if command[2] == "training.ocr.samples")
    train = next(command for command in run.commands if command[2] == "training.ocr.train")
    assert plates[plates.index("--plates") + 1] == "3360"
    assert float(train[train.index("--minutes") + 1]) == pytest.approx(1.35)


def test_what_a_program_prints_is_shown_and_kept(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    import sys

    log = tmp_path / "logs" / "step.log"
    making.shown_and_logged([sys.executable, "-c", "print('half way')"], log)
    assert log.read_bytes() == b"half way\n"
    assert b"half way" in capfdbinary.readouterr().out
    with pytest.raises(subprocess.CalledProcessError):
        making.shown_and_logged([sys.executable, "-c", "raise SystemExit(3)"], log)


def test_every_teacher_was_kept_when_a_schedule_began(tmp_path: Path) -> None:
    kept: set[str] = set()
    taught = 0
    for step in steps(wanted("reader", tmp_path)):
        words = list(step.arguments)
        if "--keep" in words:
            kept.add(words[words.index("--keep") + 1])
        if "--teachers" in words:
            teachers = set(words[words.index("--teachers") + 1 :])
            assert teachers
            assert teachers <= kept
            taught += 1
    assert taught == 4
