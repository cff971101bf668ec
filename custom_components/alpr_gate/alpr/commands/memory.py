"""How much memory this process has taken."""

from __future__ import annotations

from pathlib import Path
import resource
import sys

_STATUS = Path("/proc/self/status")


def peak_megabytes() -> float:
    """The most that was resident at once, in MiB.

    Linux tells it for the program alone; ``getrusage`` also counts what the process held before it
    became this program, when it was still a copy of its parent.
    """
    if _STATUS.is_file():
        for line in _STATUS.read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1024 / (1024 if sys.platform == "darwin" else 1)
