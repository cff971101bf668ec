"""How finely the networks compute while they are trained."""

from __future__ import annotations

import torch


def quick() -> torch.autocast:
    """In 16 bits (bfloat16) on processors that can; elsewhere in 32.

    A processor that must make up for what it lacks takes fifteen times as long for a step.
    """
    can = any(has and name.endswith("bf16") for name, has in torch.cpu.get_capabilities().items())
    return torch.autocast("cpu", torch.bfloat16, enabled=can)
