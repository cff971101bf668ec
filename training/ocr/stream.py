"""An endless stream of photographs for training, and fixed sets for validation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from training.ocr.conditions import EVERYDAY, Conditions
from training.ocr.net import encode
from training.ocr.photograph import photograph
from training.ocr.samples import Sample, read_shard
from training.ocr.teachers import Belief, Teachers
from training.shards import shards

TWO_LINE_TIMES = 2
LONG_TIMES = 4
LONG = 9
"""Characters from which on a text is long: few countries have such plates."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Pictures N x 64 x 128 x 3 (uint8), indices N x 10, and which have one line only."""

    pictures: Tensor
    texts: Tensor
    one_line: Tensor
    belief: Belief | None = None
    """What the teachers say, where there are any."""


class Photographs(IterableDataset[Batch]):
    """Every plate of every shard there is, each time photographed anew, for ever."""

    def __init__(
        self, folder: Path, batch: int, seed: int, teachers: Teachers | None = None
    ) -> None:
        self.folder, self.batch, self.seed, self.teachers = folder, batch, seed, teachers

    def __iter__(self) -> Iterator[Batch]:
        """Read the shards in random order; those that are still being made join later."""
        rng = np.random.default_rng(self.seed)
        while True:
            for path in rng.permutation(np.array(shards(self.folder), dtype=object)):
                samples = read_shard(path)
                order = rng.permutation(_drawn_from(samples))
                for start in range(0, len(order) - self.batch + 1, self.batch):
                    chosen = [samples[i] for i in order[start : start + self.batch]]
                    yield self._taught(make_batch(rng, chosen))

    def _taught(self, batch: Batch) -> Batch:
        if self.teachers is None:
            return batch
        return replace(batch, belief=self.teachers.believe(batch.pictures))


def _drawn_from(samples: list[Sample]) -> list[int]:
    """Places of the samples; the rarer plates, long or with two lines, are there more often."""
    return [place for place, sample in enumerate(samples) for _ in range(_times(sample))]


def _times(sample: Sample) -> int:
    if len(sample.text) >= LONG:
        return LONG_TIMES
    return TWO_LINE_TIMES if sample.two_line else 1


def make_batch(
    rng: np.random.Generator, samples: list[Sample], conditions: Conditions = EVERYDAY
) -> Batch:
    """Photograph each plate once."""
    pictures = [
        photograph(
            rng, sample.rgb, len(sample.text), two_line=sample.two_line, conditions=conditions
        )
        for sample in samples
    ]
    return Batch(
        torch.from_numpy(np.stack(pictures)),
        torch.tensor([encode(sample.text) for sample in samples]),
        torch.tensor([not sample.two_line for sample in samples]),
    )


def loader(
    folder: Path, batch: int, seed: int, teachers: Teachers | None = None
) -> DataLoader[Batch]:
    """The stream, made in a process of its own; the teachers are asked there too."""
    photographs = Photographs(folder, batch, seed, teachers)
    return DataLoader(photographs, batch_size=None, num_workers=1, prefetch_factor=8)
