"""Which texts may cross a boundary: what an engine sends, and what a manifest of models says."""

from __future__ import annotations

import re

NAME = re.compile(r"[!-~](?:[ -~]{0,126}[!-~])?", re.ASCII)
"""Of a model, a backend or a version: printable ASCII, at most 128 characters."""
LETTER = re.compile(r"[A-Z0-9]", re.ASCII)
"""One character of a plate."""
REGION = re.compile(r"[^\W\d_](?:[\w .'()-]{0,62}[\w.')])?")
"""A country or state: letters of any script to begin with, at most 64 characters."""


def is_alphabet(alphabet: str, pad: str) -> bool:
    """Whether all that a reader answers with this alphabet are characters of plates.

    Each of its letters once, ``pad``, which stands for none, among them.
    """
    letters = alphabet.replace(pad, "", 1) if len(pad) == 1 else ""
    return (
        bool(letters)
        and len(set(alphabet)) == len(alphabet) == len(letters) + 1
        and all(map(LETTER.fullmatch, letters))
    )
