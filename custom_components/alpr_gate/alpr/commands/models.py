"""``models``: which models there are, whether those in a folder are whole, and fetching them."""

from __future__ import annotations

import asyncio
from pathlib import Path
import sys
from typing import TYPE_CHECKING

import aiohttp

from ..vision.catalog import KNOWN_MODELS
from ..vision.errors import ModelRefused
from ..vision.model_files import models_in
from ..vision.model_store import Store

if TYPE_CHECKING:
    import argparse

    from ..vision.model_store import Progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "--check", type=Path, metavar="DIR", help="hash every model in a folder and say what it is"
    )
    parser.add_argument(
        "--fetch", nargs=2, metavar=("NAME", "DIR"), help="download a known model into a folder"
    )


def run(options: argparse.Namespace) -> int:
    """List, check or fetch; returns the exit status."""
    try:
        if options.check:
            _check(options.check)
        elif options.fetch:
            name, folder = options.fetch
            asyncio.run(_fetch(name, Path(folder)))
        else:
            _list()
    except ModelRefused as refused:
        sys.stderr.write(f"{refused.detail}\n")
        return 1
    return 0


def _list() -> None:
    for spec in KNOWN_MODELS:
        megabytes = sum(file.size for file in spec.files) / 1e6
        where = "" if spec.files[0].url else "  (not published: only recognised)"
        sys.stdout.write(
            f"{spec.name}\n"
            f"  {spec.role.value}, {spec.format.value}, {megabytes:.1f} MB{where}\n"
            f"  licence: {spec.licence}\n"
        )


def _check(folder: Path) -> None:
    for model in models_in(folder):
        model.verified()
        sys.stdout.write(
            f"{model.spec.name}: {model.spec.role.value}, {model.spec.format.value}, whole\n"
        )


async def _fetch(name: str, folder: Path) -> None:
    async with aiohttp.ClientSession() as session:
        await Store(folder).fetch(name, session, _show)
    sys.stderr.write("\n")


def _show(progress: Progress) -> None:
    share = progress.done / progress.total
    sys.stderr.write(f"\r{progress.file}  {share:4.0%} of {progress.total / 1e6:.1f} MB")
    sys.stderr.flush()
