"""What is taken for a number in an engine's answer."""

from __future__ import annotations

import math

import pytest

from custom_components.alpr_gate.alpr.engine.checks import as_number
from custom_components.alpr_gate.alpr.engine.errors import ProtocolError


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, -(10**400), 1.5, "1"])
def test_what_is_no_number_in_range_is_refused_however_large(value: object) -> None:
    with pytest.raises(ProtocolError):
        as_number(value, "brightness")
