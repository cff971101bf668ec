"""Pictures kept many to a file: a ``.npz`` of JPEG bytes and of what is known of each.

A shard is there whole or not at all, so that a run that was interrupted goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Known = npt.NDArray[Any]

QUALITY = 95


def write(path: Path, pictures: Sequence[Pixels], **known: Known) -> None:
    """Write pictures (RGB) at once; each of ``known`` has one entry for every picture."""
    encoded = [
        cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].ravel()
        for rgb in pictures
    ]
    fresh = path.with_suffix(".new.npz")
    ends = np.cumsum([len(each) for each in encoded])
    np.savez(fresh, allow_pickle=False, data=np.concatenate(encoded), ends=ends, **known)
    fresh.replace(path)


def read(path: Path) -> tuple[list[Pixels], dict[str, Known]]:
    """The pictures of one shard, decoded in about 0.1 ms each, and what is known of them."""
    with np.load(path) as shard:
        known = {name: shard[name] for name in shard.files}
    data, ends = known.pop("data"), known.pop("ends")
    starts = [0, *ends[:-1]]
    return [_decode(data[start:end]) for start, end in zip(starts, ends, strict=True)], known


def _decode(encoded: Pixels) -> Pixels:
    picture = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("a shard holds a picture that is none")
    return np.ascontiguousarray(picture[..., ::-1]).astype(np.uint8, copy=False)


def shards(folder: Path) -> list[Path]:
    """The finished shards of a folder, in order."""
    return sorted(path for path in folder.glob("*.npz") if ".new" not in path.name)


def missing(folder: Path, count: int, each: int) -> Iterator[tuple[int, Path]]:
    """Numbers and paths of the shards of ``each`` still to be made for ``count`` pictures."""
    for number in range(-(-count // each)):
        path = folder / f"{number:05d}.npz"
        if not path.exists():
            yield number, path
