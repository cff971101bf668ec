"""How hard the machines hunt: `HYPOTHESIS_PROFILE=nightly scripts/test` hunts far longer."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
import pytest

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "default")

settings.register_profile(
    "default", max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("nightly", settings.get_profile("default"), max_examples=10_000)
settings.load_profile(PROFILE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests come first; a hunt through the night is not taken for one that hangs."""
    items.sort(key=lambda item: "e2e" not in item.path.parts)
    if PROFILE == "nightly":
        for item in items:
            item.add_marker(pytest.mark.timeout(0), append=False)
