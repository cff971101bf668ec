"""The refiner's network: whether a rough cut shows a plate, and where its four corners are.

About 0.02 GFLOP. The place of a corner is the mean of all cells, weighted by the softmax of its map
(soft-argmax: Luvizon et al., "Human Pose Regression by Combining Indirect Part Detection and
Contextual Information", 2019): far finer than a cell.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.detector.net import Conv, Wide

COLUMNS, ROWS = 32, 16
"""Cells of the maps."""
DEEP = COLUMNS * ROWS // 16
"""Cells of what is deepest in the network."""


class Refiner(nn.Module):
    """Pictures N x 3 x 64 x 128, RGB 0..1, to corners N x 4 x 2, from 0 to 1 across and down.

    And to the logit N x 1 of being a plate at all.
    """

    def __init__(self) -> None:
        super().__init__()
        self.quarter = nn.Sequential(
            nn.Conv2d(3, 24, 4, 4, bias=False),
            nn.BatchNorm2d(24),
            nn.SiLU(inplace=True),
            Conv(24, 24),
        )
        self.eighth = nn.Sequential(Conv(24, 40, stride=2), Conv(40, 40))
        self.deep = nn.Sequential(Conv(40, 64, stride=2), Wide(64), Wide(64), Wide(64))
        self.from_deep = nn.Sequential(nn.Conv2d(64, 40, 1), nn.Upsample(scale_factor=2.0))
        self.from_eighth = nn.Sequential(
            Wide(40), nn.Conv2d(40, 24, 1), nn.Upsample(scale_factor=2.0)
        )
        self.judge = nn.Sequential(
            nn.Conv2d(64, 16, 1),
            nn.SiLU(inplace=True),
            nn.Flatten(),
            nn.Linear(16 * DEEP, 48),
            nn.SiLU(inplace=True),
            nn.Linear(48, 1),
        )
        self.maps = nn.Sequential(Conv(24, 24), nn.Conv2d(24, 4, 1))
        across = (torch.arange(COLUMNS) + 0.5) / COLUMNS
        down = (torch.arange(ROWS) + 0.5) / ROWS
        cells = torch.stack(
            [across.repeat(ROWS), down.repeat_interleave(COLUMNS)], dim=1
        )  # rows x columns, flattened
        self.register_buffer("cells", cells)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Corners N x 4 x 2, clockwise from the upper left, and the logit N x 1."""
        quarter = self.quarter(x * 2.0 - 1.0)
        eighth = self.eighth(quarter)
        deep = self.deep(eighth)
        eighth = eighth + self.from_deep(deep)
        maps = self.maps(quarter + self.from_eighth(eighth))
        weights = torch.softmax(maps.flatten(2), dim=-1)
        return torch.matmul(weights, self.cells), self.judge(deep)


class Exported(nn.Module):
    """The network as it is used: with the probability 0..1 of being a plate."""

    def __init__(self, net: Refiner) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Corners N x 4 x 2 and probability N x 1."""
        corners, logit = self.net(x)
        return corners, torch.sigmoid(logit)
