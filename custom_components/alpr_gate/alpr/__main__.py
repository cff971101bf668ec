"""``python -m alpr``: read pictures, serve the reader, replay visits, measure.

Each command lives in a file of its own under ``commands``, which offers ``add_arguments`` and
``run``; it is imported only when it is asked for.
"""

from __future__ import annotations

import argparse
from importlib import import_module
import os
import sys

COMMANDS = {
    "read": "read the plates in photographs",
    "serve": "answer pictures over HTTP, on a Unix socket or on TCP with a token",
    "replay": "decide about recorded visits the way the gate would",
    "bench": "measure how fast this machine reads some photographs",
    "models": "list, check and download models",
}
"""Name and one line of help; the module of the same name under ``commands`` does the work."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    chosen = arguments[0] if arguments else None
    parser = argparse.ArgumentParser(prog="python -m alpr", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, help_text in COMMANDS.items():
        command = commands.add_parser(name, help=help_text, description=help_text)
        if name == chosen:
            module = import_module(f".commands.{name}", __package__)
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    options = parser.parse_args(arguments)
    status: int = options.run(options)
    return status


if __name__ == "__main__":
    # Read by Pillow when it is imported: keep the memory of two pictures instead of asking the
    # system for it again for every frame, which takes about a millisecond.
    os.environ.setdefault("PILLOW_BLOCKS_MAX", "2")
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output, `head` say, has gone: there is nobody left to tell.
        sys.stderr.close()
        sys.exit(0)
