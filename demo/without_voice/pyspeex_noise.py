"""Stands in for a package that must be compiled: the demonstration house hears nothing.

Home Assistant imports it for its voice assistant, and its page does not load when that fails.
"""

from __future__ import annotations


class AudioProcessor:
    """Leaves sound as it is."""

    def __init__(self, _auto_gain: float, _noise_suppression: int) -> None:
        """Take the package's arguments."""

    def Process10ms(self, audio: bytes) -> AudioProcessor:  # noqa: N802 - the package's own name
        """Process ten milliseconds of sound."""
        self.audio = audio
        return self
