"""One thread through which everything goes that the integration keeps on disk."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class DiskWorker:
    """Runs blocking work in order, one piece at a time, beside the event loop."""

    def __init__(self) -> None:
        """Start no thread yet: the first piece of work does."""
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="alpr_gate_disk")

    async def run[**P, T](self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work(*args, **kwargs)`` after everything asked for before; raises what it raises.

        Work that has been handed over is done even when the caller is cancelled.
        """
        future = asyncio.get_running_loop().run_in_executor(
            self._executor, lambda: work(*args, **kwargs)
        )
        return await asyncio.shield(future)

    async def stop(self) -> None:
        """Finish what was handed over and end the thread."""
        await asyncio.get_running_loop().run_in_executor(None, self._executor.shutdown)
