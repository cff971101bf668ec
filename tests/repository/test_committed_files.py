"""What must never be committed."""

from __future__ import annotations

from pathlib import Path
import re

from PIL import ExifTags, Image
import pytest

from .tracked import ROOT, text_of, tracked_files

THIS_FILE = Path(__file__).relative_to(ROOT)
MODELS = Path("custom_components/alpr_gate/alpr/vision/models")
PICTURE_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic"}
# Pictures are drawn by the project's own programs, for a reader or as the integration's brand.
PICTURE_FOLDERS = (Path("docs"), Path("custom_components/alpr_gate/brand"))
LARGEST_FILE = 400 * 1024
LARGEST_MODEL = 16 * 1024 * 1024

FORBIDDEN = {
    "a path of somebody's machine": re.compile(
        r"(?<![\w.])/(?:root|work|home/[a-z]\w*|Users/[A-Za-z]\w*|tmp/(?:team|bash_jobs))/"
    ),
    "the host of a package registry": re.compile(
        r"\b(?:deb\.debian\.org|security\.debian\.org|archive\.ubuntu\.com|pypi\.org|"
        r"(?:files\.)?pythonhosted\.org|registry\.npmjs\.org)\b"
    ),
    "a secret": re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bgh[pousr]_\w{20,}|\bAKIA[0-9A-Z]{16}\b|"
        r"\beyJ[\w-]{20,}\.[\w-]{20,}\.[\w-]{20,}"
    ),
    "what a merge left undecided": re.compile(r"^(?:<{7}|>{7})(?: |$)"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    found = [
        f"{path}:{number}: {line.strip()[:120]}"
        for path in tracked_files()
        if path != THIS_FILE and (text := text_of(path)) is not None
        for number, line in enumerate(text.splitlines(), start=1)
        if FORBIDDEN[what].search(line)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a path of somebody's machine", "see /home/alice/gate.py"),
        ("a path of somebody's machine", 'Path("/root/models")'),
        ("the host of a package registry", "https://pypi.org/simple"),
        ("a secret", "-----BEGIN RSA PRIVATE KEY-----"),
        ("a secret", "token = ghp_" + "a" * 36),
        ("what a merge left undecided", "<<<<<<< HEAD"),
    ],
)
def test_the_patterns_find_what_they_are_for(what: str, line: str) -> None:
    assert FORBIDDEN[what].search(line)


def test_only_models_are_large() -> None:
    sizes = {path: (ROOT / path).stat().st_size for path in tracked_files()}
    too_large = {
        str(path): size
        for path, size in sizes.items()
        if size > (LARGEST_MODEL if path.is_relative_to(MODELS) else LARGEST_FILE)
    }

    assert too_large == {}


def test_pictures_lie_only_where_the_projects_own_drawings_go() -> None:
    elsewhere = [
        str(path)
        for path in tracked_files()
        if path.suffix.lower() in PICTURE_SUFFIXES
        and not any(path.is_relative_to(folder) for folder in PICTURE_FOLDERS)
    ]

    assert elsewhere == []


def test_no_picture_comes_out_of_a_camera() -> None:
    camera_tags = {ExifTags.Base.Make, ExifTags.Base.Model, ExifTags.Base.GPSInfo}
    from_cameras = []
    for path in tracked_files():
        if path.suffix.lower() in PICTURE_SUFFIXES - {".heic"}:
            with Image.open(ROOT / path) as picture:
                if camera_tags & set(picture.getexif()):
                    from_cameras.append(str(path))

    assert from_cameras == []


def test_every_script_that_names_an_interpreter_can_be_run() -> None:
    not_executable = [
        str(path)
        for path in tracked_files()
        if (text_of(path) or "").startswith("#!") and not (ROOT / path).stat().st_mode & 0o111
    ]

    assert not_executable == []
