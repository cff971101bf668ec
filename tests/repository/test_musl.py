"""The manifest's requirements install on Home Assistant OS, and the check that says so can fail."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scripts import check_musl

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.network, pytest.mark.timeout(180)]

CONSTRAINTS = check_musl.constraints_of_home_assistant()[0]


def test_the_manifests_requirements_install_on_every_platform(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert check_musl.main([]) == 0

    printed = capsys.readouterr().out
    for requirement in check_musl.manifest_requirements():
        assert printed.count(requirement) >= len(check_musl.PLATFORMS)


@pytest.mark.parametrize("platform", check_musl.PLATFORMS)
@pytest.mark.parametrize("package", ["onnxruntime", "opencv-python-headless"])
def test_a_package_that_installs_on_glibc_alone_is_refused(package: str, platform: str) -> None:
    on_glibc = check_musl.resolve([package], platform.replace("musl", "gnu"), CONSTRAINTS)
    on_musl = check_musl.resolve([package], platform, CONSTRAINTS)

    # That it resolves on glibc rules out a wrong name and an index that does not answer.
    assert on_glibc.problem is None
    assert any(pin.startswith(f"{package}==") for pin in on_glibc.packages)
    assert on_musl.packages == ()
    assert on_musl.problem is not None
    assert "no wheels" in on_musl.problem


def test_a_package_that_is_only_published_as_source_is_refused() -> None:
    # PyTurboJPEG has no wheel at all; Home Assistant ships it built.
    refused = check_musl.resolve(["PyTurboJPEG==1.8.3"], check_musl.PLATFORMS[0], CONSTRAINTS)

    assert refused.problem is not None
    assert "no usable wheels" in refused.problem or "no wheels" in refused.problem


def test_a_pin_that_fights_with_home_assistants_own_is_refused() -> None:
    refused = check_musl.resolve(["numpy==2.3.1"], check_musl.PLATFORMS[0], CONSTRAINTS)

    assert refused.problem is not None
    assert "numpy" in refused.problem


def test_the_program_fails_when_a_requirement_does_not_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"requirements": ["ncnn", "onnxruntime"]}), encoding="utf-8")
    requirements = check_musl.manifest_requirements(manifest)
    monkeypatch.setattr(check_musl, "manifest_requirements", lambda: requirements)

    assert check_musl.main([]) == 1
    assert "onnxruntime" in capsys.readouterr().err
