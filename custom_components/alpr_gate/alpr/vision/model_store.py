"""Known models on disk: downloaded once, resumed when interrupted, used only with their hash."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
import errno
import os
from typing import IO, TYPE_CHECKING

import aiohttp

from .catalog import KNOWN_MODELS, ModelSpec
from .errors import ModelProblem, ModelRefused
from .model_files import MOST_MODEL_BYTES, FoundModel, file_hash

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .catalog import ModelFile

    type OnProgress = Callable[[Progress], None]

__all__ = ["KNOWN_MODELS", "ModelProblem", "ModelRefused", "ModelSpec", "Progress", "Store"]

ATTEMPTS = 4
"""How often a broken connection is taken up again before giving up."""
FIRST_PAUSE = 1.0
"""Seconds before the second attempt; doubles each time."""
TIMEOUT = aiohttp.ClientTimeout(total=30 * 60, connect=30, sock_read=60)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is."""

    file: str
    done: int
    """Bytes on disk."""
    total: int


class Store:
    """A folder of model files, by the names the catalogue gives them."""

    def __init__(
        self,
        folder: Path,
        *,
        known: tuple[ModelSpec, ...] = KNOWN_MODELS,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        """``folder`` is made by the first download."""
        self.folder = folder
        self._known = {spec.name: spec for spec in known}
        self._first_pause = first_pause
        self._one_at_a_time = asyncio.Lock()

    def locate(self, name: str) -> FoundModel:
        """A known model whose files are all here with the right hash.

        Raises:
            ModelRefused: UNKNOWN for a name the catalogue does not have, MISSING, WRONG_HASH.
        """
        found = FoundModel(self._spec(name), self.folder)
        found.verified()
        return found

    async def fetch(
        self, name: str, session: aiohttp.ClientSession, on_progress: OnProgress | None = None
    ) -> FoundModel:
        """Download what is missing of a known model.

        Files with the right hash are left alone. A file appears under its name only complete and
        with the right hash; until then it grows under another name, from which the next attempt, in
        this call or a later one, goes on.

        Raises:
            ModelRefused: UNKNOWN, MISSING when it is published nowhere, DOWNLOAD_FAILED, TOO_LARGE,
                WRONG_HASH.
        """
        spec = self._spec(name)
        async with self._one_at_a_time:
            for file in spec.files:
                if not await asyncio.to_thread(_is_here, self.folder / file.name, file):
                    await self._fetch_file(file, session, on_progress)
        return FoundModel(spec, self.folder)

    def _spec(self, name: str) -> ModelSpec:
        if name not in self._known:
            raise ModelRefused(
                ModelProblem.UNKNOWN,
                f"there is no known model {name}; `python -m alpr models` lists them",
            )
        return self._known[name]

    async def _fetch_file(
        self, file: ModelFile, session: aiohttp.ClientSession, on_progress: OnProgress | None
    ) -> None:
        if file.url is None:
            raise ModelRefused(
                ModelProblem.MISSING,
                f"{file.name} cannot be downloaded: copy it into {self.folder} by hand",
            )
        if file.size > MOST_MODEL_BYTES:
            raise ModelRefused(ModelProblem.TOO_LARGE, f"{file.name} has {file.size} bytes")
        part = self.folder / f"{file.name}.{file.sha256[:16]}.part"
        pause = self._first_pause
        for attempts_left in reversed(range(ATTEMPTS)):
            try:
                await _continue_download(file, part, session, on_progress)
                await asyncio.to_thread(_accept, part, self.folder / file.name, file)
            except (aiohttp.ClientError, TimeoutError) as error:
                if not attempts_left or _is_final(error):
                    raise ModelRefused(
                        ModelProblem.DOWNLOAD_FAILED,
                        f"{file.name} cannot be downloaded ({_in_words(error)}); check the"
                        " connection to the internet, or copy the file by hand",
                    ) from None
            except OSError as error:
                raise ModelRefused(
                    ModelProblem.DOWNLOAD_FAILED,
                    f"{file.name} cannot be written to {self.folder}: {error.strerror}",
                ) from None
            else:
                return
            await asyncio.sleep(pause)
            pause *= 2


async def _continue_download(
    file: ModelFile, part: Path, session: aiohttp.ClientSession, on_progress: OnProgress | None
) -> None:
    """Append to ``part`` what is missing; returns when it has all its bytes."""
    done = await asyncio.to_thread(_bytes_so_far, part, file)
    if done == file.size:
        return
    headers = {"Accept-Encoding": "identity"}
    if done:
        headers["Range"] = f"bytes={done}-"
    async with session.get(file.url or "", headers=headers, timeout=TIMEOUT) as response:
        response.raise_for_status()
        if response.status != 206 or not _continues_at(response, done):
            done = 0
        # Unbuffered: what has arrived is on disk, whatever ends this.
        mode = "r+b" if done else "wb"
        with await asyncio.to_thread(part.open, mode, buffering=0) as target:
            target.seek(done)
            async for piece in response.content.iter_any():
                done += len(piece)
                if done > file.size:
                    await asyncio.to_thread(part.unlink)
                    raise ModelRefused(
                        ModelProblem.TOO_LARGE, f"{file.name} is larger than it should be"
                    )
                await asyncio.to_thread(_write, target, piece)
                if on_progress is not None:
                    on_progress(Progress(file.name, done, file.size))
    if done < file.size:
        raise aiohttp.ClientPayloadError("the connection ended early")


def _write(target: IO[bytes], piece: bytes) -> None:
    """Write all of it; an unbuffered file may take less when the disk is almost full."""
    if target.write(piece) != len(piece):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _continues_at(response: aiohttp.ClientResponse, position: int) -> bool:
    """Tell whether a partial answer begins where it was asked to."""
    return response.headers.get("Content-Range", "").startswith(f"bytes {position}-")


def _bytes_so_far(part: Path, file: ModelFile) -> int:
    part.parent.mkdir(parents=True, exist_ok=True)
    if not part.exists():
        return 0
    size = part.stat().st_size
    if size <= file.size:
        return size
    part.unlink()
    return 0


def _accept(part: Path, target: Path, file: ModelFile) -> None:
    """Give a complete download its name.

    Raises:
        ModelRefused: WRONG_HASH, and the download is gone.
    """
    if file_hash(part) != file.sha256:
        part.unlink()
        raise ModelRefused(
            ModelProblem.WRONG_HASH,
            f"what was downloaded as {file.name} is not that file; it was thrown away",
        )
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(target)


def _is_here(path: Path, file: ModelFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size and file_hash(path) == file.sha256


def _is_final(error: Exception) -> bool:
    """True where asking again cannot help: there is no such thing, or not for us."""
    return isinstance(error, aiohttp.ClientResponseError) and 400 <= error.status < 500


def _in_words(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientResponseError):
        return f"the server answered {error.status}"
    return "time ran out" if isinstance(error, TimeoutError) else str(error) or "no connection"
