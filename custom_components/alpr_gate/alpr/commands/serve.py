"""``serve``: the reader as an HTTP service, for Home Assistant here or elsewhere."""

from __future__ import annotations

import asyncio
from functools import partial
import logging
import os
from pathlib import Path
import sys
from typing import TYPE_CHECKING, Final

from ..engine import confine
from ..engine.hosting import ListeningError, TcpAddress, UnixAddress, serve
from ..engine.protocol import TOKEN_SHAPE
from ..engine.server import make_app

if TYPE_CHECKING:
    import argparse

    from ..engine.server import Recogniser

TOKEN_VARIABLE: Final = "ALPR_TOKEN"  # noqa: S105 - the name of a variable
"""Environment variable with the token: command lines can be read by every user of a machine."""
SHORTEST_TOKEN: Final = 16
BACKENDS: Final = ("ncnn", "fast_plate_ocr")
"""The values of ``vision.load.Backend``; naming them here loads no vision library yet."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument(
        "--socket", type=Path, metavar="FILE", help="Unix socket, in a folder of mode 700"
    )
    where.add_argument(
        "--listen", metavar="HOST:PORT", help="TCP address, such as 0.0.0.0:8765 or [::]:8765"
    )
    token = parser.add_mutually_exclusive_group()
    token.add_argument(
        "--token-file", type=Path, metavar="FILE", help=f"holds the token; else {TOKEN_VARIABLE}"
    )
    token.add_argument(
        "--no-token", action="store_true", help="let everybody who reaches the TCP address use it"
    )
    parser.add_argument("--backend", choices=BACKENDS, default="ncnn", help="what reads")
    parser.add_argument(
        "--models", type=Path, metavar="DIR", help="a folder of models (default: the built-in ones)"
    )
    parser.add_argument(
        "--threads", type=int, default=1, help="for each network (default: %(default)s)"
    )
    parser.add_argument(
        "--supervised",
        action="store_true",
        help="end with the parent process, yield to other processes, and accept limits",
    )


def run(options: argparse.Namespace) -> int:
    """Serve until told to end; returns the exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # The HTTP library quotes the request that it cannot understand.
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL + 1)
    try:
        address = _address(options)
        token = _token(options)
    except (ListeningError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return os.EX_USAGE
    if options.supervised:
        confine.die_with_parent()
        confine.yield_to_others()
        confine.limit_memory()
    app = make_app(partial(_load, options), token)
    try:
        status = asyncio.run(serve(app, address, until_parent_ends=options.supervised))
    except (ListeningError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        status = os.EX_CANTCREAT
    sys.stderr.flush()
    # A picture may still be in work in a thread that cannot be ended; nobody waits for it.
    os._exit(status)


def _load(options: argparse.Namespace) -> Recogniser:
    """Load the models; the vision libraries take their time, so they are imported only here."""
    from ..vision.load import Backend, load_recogniser  # noqa: PLC0415

    recogniser = load_recogniser(
        Backend(options.backend), models=options.models, threads=options.threads
    )
    if options.supervised:
        confine.write_no_files()
    return recogniser


def _address(options: argparse.Namespace) -> UnixAddress | TcpAddress:
    if options.socket is not None:
        return UnixAddress(options.socket)
    host, _, port = str(options.listen).rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ListeningError("Name the address as HOST:PORT, such as 0.0.0.0:8765.")
    return TcpAddress(host.strip("[]"), int(port))


def _token(options: argparse.Namespace) -> str | None:
    """The token; none on a Unix socket, which its folder protects."""
    if options.socket is not None or options.no_token:
        return None
    if options.token_file is not None:
        token = Path(options.token_file).read_text(encoding="utf-8").strip()
    else:
        token = os.environ.pop(TOKEN_VARIABLE, "").strip()
    if len(token) < SHORTEST_TOKEN or TOKEN_SHAPE.fullmatch(token) is None:
        raise ListeningError(
            f"Give a token of {SHORTEST_TOKEN} or more characters, none of them a space, in"
            f" {TOKEN_VARIABLE} or with --token-file, or say --no-token where only you can reach"
            " the address."
        )
    return token
