"""What a process that reads pictures gives up, so that whatever goes wrong stays in it.

Each of these is as much as the system allows: none is needed for reading, so none is insisted on.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from pathlib import Path
import resource
import signal
import sys
from typing import Final

NICENESS: Final = 10
"""Added to the priority number: reading yields to whatever else runs, Home Assistant first."""
OOM_SCORE: Final = 500
"""Of 1000: when memory runs out the kernel ends this process before anything that matters."""
ADDRESS_SPACE: Final = 2 * 1024**3
"""Bytes. Both backends stay under 1.1 GiB with pictures of the largest size that is accepted."""
_PR_SET_PDEATHSIG: Final = 1


def yield_to_others() -> None:
    """Be the first to wait for a processor and the first to go when memory runs out."""
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE), encoding="ascii")


def limit_memory() -> None:
    """Let an allocation beyond reason fail here instead of starving the machine; leave no core."""
    _limit(resource.RLIMIT_AS, ADDRESS_SPACE)
    _limit(resource.RLIMIT_CORE, 0)


def write_no_files() -> None:
    """Be unable to put anything into a file from now on, so no picture can be kept."""
    _limit(resource.RLIMIT_FSIZE, 0)


def die_with_parent() -> None:
    """Be ended by the kernel when the process that started this one ends (Linux)."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _limit(kind: int, most: int) -> None:
    """Lower a limit for good, unless it is lower already."""
    with contextlib.suppress(OSError, ValueError):
        _, hard = resource.getrlimit(kind)
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(kind, (most, most))
