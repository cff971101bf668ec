"""`scripts/demo`: watch a real Home Assistant open a gate for a listed car, and only for it."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
import signal
import sys
import tempfile

from .arrivals import PhotosError, Play, photo_play, rendered_play
from .house import HassProcess, House, HouseError, demolish, free_port, furnish
from .hub import PASSWORD, USER, Hub, HubError
from .owner import (
    PAGE,
    add_camera,
    add_gate,
    add_integration,
    add_vehicle,
    arrange_dashboard,
    find_entities,
)
from .street import Street, jpeg
from .timeline import Stage, play_all


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument(
        "--once", action="store_true", help="stop at the end; exit 0 only if all three went right"
    )
    parser.add_argument(
        "--photos", type=Path, metavar="DIR", help="play photographs from a folder with a truth.csv"
    )
    parser.add_argument(
        "--config", type=Path, metavar="DIR", help="keep Home Assistant's folder here (must be new)"
    )
    parser.add_argument("--port", type=int, default=8123, help="port of Home Assistant (8123)")
    parser.add_argument("--seed", type=int, default=7, help="which cars come (7)")
    return parser.parse_args()


def _play(arguments: argparse.Namespace) -> Play:
    if arguments.photos is not None:
        return photo_play(arguments.photos, arguments.seed)
    return rendered_play(arguments.seed)


async def _run(arguments: argparse.Namespace, house: House, play: Play) -> bool:
    this = asyncio.current_task()
    assert this is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, this.cancel)
    print("Starting Home Assistant …", flush=True)
    async with HassProcess(house), Hub(house.url) as hub:
        await hub.onboard()
        await hub.running()
        print(f"Home Assistant runs at {house.url}   (user {USER}, password {PASSWORD})")
        await add_camera(hub, house.picture)
        entry_id = await add_integration(hub, {"engine": "built_in"})
        await add_gate(hub, entry_id)
        await add_vehicle(hub, "Demo car", play.known.plate)
        entities = await find_entities(hub)
        await arrange_dashboard(hub, entities)
        print("Camera, gate, integration and one listed car are set up.\n")
        async with Street(house, play.empty, arguments.seed) as street:
            went_right = await play_all(Stage(hub, street, entities), play)
            if not arguments.once:
                page = f"{house.url}/{PAGE}"
                print(f"\nLook around at {page} (user {USER}, password {PASSWORD}).", end=" ")
                print("Ctrl-C stops.", flush=True)
                await asyncio.Event().wait()
    return went_right


def main() -> int:
    """Run the demonstration; returns the exit status."""
    arguments = _arguments()
    config = arguments.config or Path(tempfile.mkdtemp(prefix="alpr-gate-demo-"))
    if (config / "configuration.yaml").exists():
        print(f"{config} holds a Home Assistant already: name a new folder.", file=sys.stderr)
        return 2
    config.mkdir(parents=True, exist_ok=True)
    try:
        play = _play(arguments)
        house = furnish(config.resolve(), free_port(arguments.port), jpeg(play.empty))
    except (PhotosError, HouseError) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        return 0 if asyncio.run(_run(arguments, house, play)) else 1
    except (HouseError, HubError, TimeoutError) as error:
        print(f"The demonstration failed: {error}", file=sys.stderr)
        if house.log.exists():
            print(house.log.read_text(errors="replace")[-4000:], file=sys.stderr)
        return 1
    except asyncio.CancelledError:
        return 0 if not arguments.once else 1
    finally:
        if arguments.config is None:
            demolish(house)


if __name__ == "__main__":
    sys.exit(main())
