"""The reader's network: a patch stem, dense convolutions, wide context, ten questions.

Each of the ten questions (one a character position) attends to the place where its character stands
and says which it is. A CTC head on the features before the context is trained beside it:
it learns several times faster and makes the features good early, and later never loses count in
long texts.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from training.schedule import mean_weights

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
PAD = ALPHABET.index("_")
SLOTS = 10
HEIGHT, WIDTH = 64, 128
COLUMNS = 32
"""Steps of the CTC head from left to right."""


class Conv(nn.Sequential):
    """3 x 3 convolution, batch normalisation, SiLU."""

    def __init__(self, inputs: int, outputs: int, stride: tuple[int, int] = (1, 1)) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.SiLU(inplace=True),
        )


class Residual(nn.Module):
    """Two convolutions beside a straight line."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = Conv(channels, channels)
        self.second = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.act = nn.SiLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        out: Tensor = self.act(x + self.norm(self.second(self.first(x))))
        return out


class Context(nn.Module):
    """A wide, flat depthwise convolution: what stands left and right."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.wide = nn.Conv2d(
            channels, channels, (3, width), padding=(1, width // 2), groups=channels, bias=False
        )
        self.norm = nn.BatchNorm2d(channels)
        self.mix = nn.Conv2d(channels, channels, 1)
        self.act = nn.SiLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """Same shape."""
        out: Tensor = x + self.mix(self.act(self.norm(self.wide(x))))
        return out


class Questions(nn.Module):
    """Ten learned questions that attend to the feature map."""

    def __init__(self, channels: int, cells: int, size: int = 96) -> None:
        super().__init__()
        self.keys = nn.Conv2d(channels, size, 1)
        self.values = nn.Conv2d(channels, 2 * size, 1)
        self.place = nn.Parameter(torch.randn(1, size, cells) * 0.02)
        self.ask = nn.Parameter(torch.randn(1, SLOTS, size) * 0.1)
        self.answer = nn.Sequential(
            nn.Linear(2 * size, 2 * size), nn.SiLU(inplace=True), nn.Linear(2 * size, len(ALPHABET))
        )
        self.sharpness = size**-0.5

    def forward(self, x: Tensor) -> Tensor:
        """Features N x C x 4 x 32 to logits N x 10 x 37."""
        keys = self.keys(x).flatten(2) + self.place
        values = self.values(x).flatten(2).transpose(1, 2)
        weights = torch.softmax(torch.matmul(self.ask * self.sharpness, keys), dim=-1)
        out: Tensor = self.answer(torch.matmul(weights, values))
        return out


class Reader(nn.Module):
    """Pictures N x 3 x 64 x 128, RGB 0..255, to logits N x 10 x 37 (and CTC logits N x 32 x 37)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 32, (8, 4), (4, 2), (2, 1), bias=False), nn.BatchNorm2d(32), nn.SiLU()
        )
        self.body = nn.Sequential(
            Conv(32, 48),
            Conv(48, 64, (2, 2)),
            Residual(64),
            Residual(64),
            Conv(64, 96, (2, 1)),
            Residual(96),
            Residual(96),
        )
        self.context = nn.Sequential(Context(96, 9), Context(96, 13), Context(96, 13))
        self.questions = Questions(96, 4 * COLUMNS)
        self.columns = nn.Conv2d(96, len(ALPHABET), (4, 1))

    def features(self, x: Tensor) -> Tensor:
        """N x 96 x 4 x 32."""
        out: Tensor = self.body(self.stem(x * (1 / 127.5) - 1.0))
        return out

    def forward(self, x: Tensor) -> Tensor:
        """Logits of the ten positions."""
        out: Tensor = self.questions(self.context(self.features(x)))
        return out

    def both(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of the positions, and of the columns for CTC (32 x N x 37)."""
        features = self.features(x)
        columns = self.columns(features).squeeze(2).permute(2, 0, 1)
        return self.questions(self.context(features)), columns


def trained(checkpoint: Path) -> Reader:
    """A reader with the averaged weights of a checkpoint, ready to run."""
    net = Reader()
    net.load_state_dict(mean_weights(checkpoint))
    return net.eval()


def encode(text: str) -> list[int]:
    """Indices of a text, padded to ten positions."""
    return [ALPHABET.index(letter) for letter in text] + [PAD] * (SLOTS - len(text))


def decode(indices: list[int]) -> str:
    """The text of ten indices."""
    return "".join(ALPHABET[index] for index in indices if index != PAD)
