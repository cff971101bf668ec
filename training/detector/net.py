"""The detector's network: where plates are, their boxes and their corners, in one look.

At its default size of 512 x 320 it takes about 0.53 GFLOP (two a multiplication and addition).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

WIDTH, HEIGHT = 512, 320
STRIDE = 8
CHANNELS = 13
"""Score, distances to left, top, right and bottom, and four corners as dx, dy."""


class Conv(nn.Sequential):
    """Convolution, batch normalisation, SiLU."""

    def __init__(self, inputs: int, outputs: int, size: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False),
            nn.BatchNorm2d(outputs),
            nn.SiLU(inplace=True),
        )


class Wide(nn.Module):
    """What stands around: a 5 x 5 depthwise convolution beside a straight line."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.wide = nn.Conv2d(channels, channels, 5, padding=2, groups=channels, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.mix = nn.Conv2d(channels, channels, 1)
        self.act = nn.SiLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        out: Tensor = x + self.mix(self.act(self.norm(self.wide(x))))
        return out


class Detector(nn.Module):
    """Pictures N x 3 x H x W, RGB 0..1, to N x 13 x H/8 x W/8.

    `forward` gives logits and raw numbers for training; `Exported` gives what is used.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 32, 4, 4, bias=False), nn.BatchNorm2d(32), nn.SiLU(inplace=True)
        )
        self.eighth = nn.Sequential(Conv(32, 40, stride=2), Conv(40, 40))
        self.sixteenth = nn.Sequential(Conv(40, 96, stride=2), Conv(96, 96))
        self.deep = nn.Sequential(Conv(96, 128, stride=2), Conv(128, 128), Wide(128), Wide(128))
        self.from_deep = Conv(128, 96, 1)
        self.join = nn.Sequential(Wide(96), Conv(96, 40, 1))
        self.head = nn.Sequential(Conv(40, 40), nn.Conv2d(40, CHANNELS, 1))
        self.up = nn.Upsample(scale_factor=2.0, mode="nearest")
        last = self.head[1]
        assert isinstance(last, nn.Conv2d)
        assert last.bias is not None
        with torch.no_grad():
            last.weight.mul_(0.1)
            last.bias.zero_()
            last.bias[0] = -4.0
            last.bias[1:5] = 1.0

    def forward(self, x: Tensor) -> Tensor:
        """Score logits, distances in strides (before softplus), corners in strides."""
        eighth = self.eighth(self.stem(x * 2.0 - 1.0))
        sixteenth = self.sixteenth(eighth)
        sixteenth = sixteenth + self.up(self.from_deep(self.deep(sixteenth)))
        out: Tensor = self.head(eighth + self.up(self.join(sixteenth)))
        return out


def activate(raw: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Score logits N x H x W, distances N x 4 x H x W and corners N x 8 x H x W in pixels."""
    distances = nn.functional.softplus(raw[:, 1:5]) * STRIDE
    return raw[:, 0], distances, raw[:, 5:] * STRIDE


class Exported(nn.Module):
    """The network as it is used: everything activated, distances and corners in pixels."""

    def __init__(self, net: Detector) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        """N x 13 x H/8 x W/8: score 0..1, left, top, right, bottom, then four corners dx, dy."""
        raw = self.net(x)
        score = torch.sigmoid(raw[:, 0:1])
        distances = nn.functional.softplus(raw[:, 1:5]) * float(STRIDE)
        return torch.cat([score, distances, raw[:, 5:13] * float(STRIDE)], dim=1)
