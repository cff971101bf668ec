"""What the street camera sees: a picture that lives, as a real camera's does, until it hangs."""

from __future__ import annotations

import asyncio
import contextlib
import io
from typing import TYPE_CHECKING, Self

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray

    from .house import House

FRAME_SECONDS = 0.25
"""The camera gives four pictures a second."""
QUALITY = 90
NOISE = 2.0
"""Standard deviation of the sensor's noise, in levels of 255: no two pictures are the same."""


class Street:
    """The camera's picture, renewed until told to hang."""

    def __init__(self, house: House, empty: NDArray[np.uint8], seed: int) -> None:
        """Show ``empty`` (height x width x 3, RGB) in the camera of ``house``."""
        self._house = house
        self._empty = self._pixels = empty
        self._rng = np.random.default_rng(seed)
        self._hangs = False
        self._writing = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to renew the picture."""
        self._renewing = asyncio.create_task(self._renew())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        if self._renewing is not None:
            self._renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._renewing

    async def show(self, pixels: NDArray[np.uint8], *, hangs: bool = False) -> None:
        """Show another picture from now on; with ``hangs``, the same bytes again and again."""
        async with self._writing:
            self._pixels, self._hangs = pixels, hangs
            await self._write()

    async def clear(self) -> None:
        """Nobody is there."""
        await self.show(self._empty)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(FRAME_SECONDS)
            async with self._writing:
                if not self._hangs:
                    await self._write()

    async def _write(self) -> None:
        noise = self._rng.normal(0.0, NOISE, self._pixels.shape[:2])[..., None]
        await asyncio.to_thread(self._house.show, jpeg(self._pixels + noise))


def jpeg(pixels: NDArray[np.uint8] | NDArray[np.float64]) -> bytes:
    """Encode RGB ``pixels`` (height x width x 3, 0 to 255) as a camera would."""
    buffer = io.BytesIO()
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    image.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()
