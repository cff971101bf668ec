"""Where training keeps what it makes."""

from __future__ import annotations

import os
from pathlib import Path

WORK = Path(os.environ.get("ALPR_TRAINING_WORK") or Path(__file__).parent / "work")
"""Fonts, plates, scenes, checkpoints and logs; can be deleted at any time."""
PLATES, HELD_OUT_PLATES = WORK / "plates", WORK / "plates-val"
"""Flat plates to learn from; and with fonts that none of those has, to measure with."""
MODELS = (
    Path(__file__).parents[1] / "custom_components" / "alpr_gate" / "alpr" / "vision" / "models"
)
"""The models that are shipped."""
