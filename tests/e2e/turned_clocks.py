"""Runs `hass` with archive clocks that a test can turn: `python -m tests.e2e.turned_clocks …`.

The file that ``ALPR_GATE_TEST_CLOCKS`` names holds by how many seconds the wall and the monotonic
clock of the archive are ahead of the machine's own. Nothing else of Home Assistant is changed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
import sys
import time

from homeassistant.__main__ import main

from custom_components.alpr_gate import privacy_desk
from custom_components.alpr_gate.archive_status import Clocks

VARIABLE = "ALPR_GATE_TEST_CLOCKS"


def turned_clocks() -> Clocks:
    """The machine's clocks, turned as the file says at every look."""
    file = Path(os.environ[VARIABLE])

    def ahead(clock: str) -> float:
        return float(json.loads(file.read_text())[clock])

    return Clocks(
        lambda: time.time() + ahead("wall"), lambda: time.monotonic() + ahead("monotonic")
    )


if __name__ == "__main__":
    privacy_desk.system_clocks = turned_clocks
    sys.exit(main())
