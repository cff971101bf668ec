"""The engine's private folder: dead ones are swept away, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
import fcntl
import os
from pathlib import Path
import socket
import stat
import subprocess
import sys
import tempfile

import pytest

from custom_components.alpr_gate import engine_folder
from custom_components.alpr_gate.engine_folder import SOCKET_NAME, EngineFolder, make_folder

DEAD = "alpr_gate_0123abc_"


@pytest.fixture
def where(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files, with a path short enough for a socket."""
    with tempfile.TemporaryDirectory() as name:
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


@pytest.fixture
def made(where: Path) -> Iterator[EngineFolder]:
    """A folder in use."""
    folder = make_folder()
    yield folder
    folder.remove()


def dead(where: Path, name: str = DEAD) -> Path:
    """A folder as one is left when Home Assistant is killed."""
    path = where / name
    path.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path / SOCKET_NAME))
    return path


def swept(where: Path) -> set[str]:
    """The names that are left after one more folder was made and removed."""
    make_folder().remove()
    return {path.name for path in where.iterdir()}


def test_a_folder_is_its_owners_alone_and_goes_with_all_that_is_in_it(where: Path) -> None:
    folder = make_folder()
    assert folder.path.parent == where
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    (folder.path / "more").write_bytes(b"x")
    folder.remove()
    assert list(where.iterdir()) == []


def test_the_folder_of_an_engine_whose_home_assistant_was_killed_is_swept_away(
    where: Path,
) -> None:
    script = (
        "import os, signal, tempfile;"
        f"tempfile.tempdir = {str(where)!r};"
        "from custom_components.alpr_gate.engine_folder import make_folder;"
        "make_folder(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    assert len(list(where.iterdir())) == 1
    dead(where)
    assert swept(where) == set()


def test_the_folder_of_a_live_engine_stays(where: Path, made: EngineFolder) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(made.socket))
        assert swept(where) == {made.path.name}
    assert made.socket.exists()


def test_what_only_looks_like_one_of_ours_stays(where: Path) -> None:
    elsewhere = dead(where, "elsewhere")
    (where / "alpr_gate_linked__").symlink_to(elsewhere)
    (where / "alpr_gate_afile___").write_bytes(b"x")
    dead(where, "alpr_gate_of_the_owner")
    dead(where, "alpr_gate_open____").chmod(0o755)
    (dead(where, "alpr_gate_filled__") / "holiday.jpg").write_bytes(b"x")
    socket_is_link = where / "alpr_gate_slink___"
    socket_is_link.mkdir(mode=0o700)
    (socket_is_link / SOCKET_NAME).symlink_to(elsewhere / SOCKET_NAME)
    before = {path.name for path in where.iterdir()}

    assert swept(where) == before
    assert (elsewhere / SOCKET_NAME).exists()
    assert (where / "alpr_gate_filled__" / "holiday.jpg").exists()


def test_a_folder_of_somebody_else_stays(where: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dead(where)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert swept(where) == {DEAD}


def test_one_that_is_swept_away_while_it_is_being_made_is_made_again(
    where: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = tempfile.mkdtemp
    taken: list[str] = []

    def swept_at_once(*, prefix: str, dir: Path) -> str:  # noqa: A002 - as mkdtemp calls it
        path = make(prefix=prefix, dir=dir)
        if not taken:
            taken.append(path)
            engine_folder._remove_if_dead(Path(path))
        return path

    monkeypatch.setattr(tempfile, "mkdtemp", swept_at_once)
    folder = make_folder()
    assert [str(path) for path in where.iterdir()] == [str(folder.path)]
    assert taken != [str(folder.path)]
    folder.remove()


def test_where_folders_cannot_be_locked_one_is_made_and_none_swept(
    where: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr(fcntl, "flock", fail)
    dead(where)
    assert swept(where) == {DEAD}


def test_a_folder_for_temporary_files_with_a_long_path_is_not_used(
    where: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = where / ("x" * 90)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    monkeypatch.setattr(engine_folder, "_sweep", lambda _: None)
    folder = make_folder()
    assert len(os.fsencode(folder.socket)) <= 100
    folder.remove()
