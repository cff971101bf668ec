"""Stands in for a package that must be compiled: the demonstration house hears nothing.

Home Assistant imports it for its voice assistant, and its page does not load when that fails.
"""

from __future__ import annotations


class MicroVad:
    """Hears no voice."""

    def Process10ms(self, _audio: bytes) -> float:  # noqa: N802 - the package's own name
        """Probability of speech in ten milliseconds of sound."""
        return 0.0
