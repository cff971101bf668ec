"""Nothing that ships, tests or builds this floats."""

from __future__ import annotations

from pathlib import Path
import re

import pytest
import yaml

from scripts import check_musl

from .tracked import ROOT

EXACT_PIN = re.compile(r"^[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^\s;*]+(\s*;.+)?$")
LOCKS = sorted(ROOT.glob("requirements_*.txt"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def requirement_lines(lock: Path) -> list[str]:
    lines = (line.strip() for line in lock.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_package_of_an_environment_has_one_version(lock: Path) -> None:
    lines = requirement_lines(lock)

    assert len(lines) > 50
    assert [line for line in lines if not EXACT_PIN.match(line)] == []


def test_the_environments_have_what_the_manifest_asks_for() -> None:
    assert len(LOCKS) == 2
    for lock in LOCKS:
        pins = {line.split(";")[0].strip() for line in requirement_lines(lock)}
        assert set(check_musl.manifest_requirements()) <= pins


def test_the_image_in_the_documents_installs_what_the_manifest_asks_for() -> None:
    document = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
    (installed,) = re.findall(r"^RUN pip install (.+)$", document, re.MULTILINE)
    assert set(check_musl.manifest_requirements()) <= set(installed.split())


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_of_a_workflow_is_pinned_to_a_commit(workflow: Path) -> None:
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    used = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]

    assert used
    assert [action for action in used if not re.search(r"@[0-9a-f]{40}$", action)] == []
