"""A real `hass` process in a config folder of its own."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
import json
import os
from pathlib import Path
import shutil
import signal
import socket
import sys
from typing import TYPE_CHECKING, Self

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
INTEGRATION = ROOT / "custom_components" / "alpr_gate"
CONFIGURATION = Path(__file__).with_name("configuration.yaml")
WITHOUT_VOICE = Path(__file__).with_name("without_voice")
START_TIMEOUT = 150.0
STOP_TIMEOUT = 30.0


class HouseError(Exception):
    """Home Assistant did not start or died; the message says where its log is."""


@dataclass(frozen=True, slots=True)
class House:
    """Where the demonstration house lives."""

    config: Path
    port: int

    @property
    def url(self) -> str:
        """Address of Home Assistant."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def street(self) -> Path:
        """The folder of the picture that the street camera shows."""
        return self.config / "street"

    @property
    def picture(self) -> Path:
        """The picture that the street camera shows now."""
        return self.street / "street.jpg"

    @property
    def log(self) -> Path:
        """Everything that `hass` prints."""
        return self.config / "hass.log"

    def show(self, picture: bytes) -> None:
        """Put ``picture`` (JPEG) before the camera, all at once: no half of it is ever read."""
        fresh = self.picture.with_suffix(".new")
        fresh.write_bytes(picture)
        fresh.replace(self.picture)


def free_port(preferred: int = 8123) -> int:
    """``preferred`` if nothing listens there, else any free port of this machine."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise HouseError("No free port on this machine: stop another server and try again.")


def furnish(config: Path, port: int, first_picture: bytes) -> House:
    """Write the configuration of a new house into the folder ``config`` and return it.

    The integration is linked, not copied, so that what runs is what is in the working tree. The
    onboarding's questions about location and analytics count as answered; the owner is to come.
    """
    house = House(config, port)
    house.street.mkdir(parents=True, exist_ok=True)
    house.show(first_picture)
    (config / "configuration.yaml").write_text(
        CONFIGURATION.read_text().format(port=port, street=house.street)
    )
    components = config / "custom_components"
    components.mkdir(exist_ok=True)
    link = components / INTEGRATION.name
    if not link.exists():
        link.symlink_to(INTEGRATION, target_is_directory=True)
    storage = config / ".storage"
    storage.mkdir(exist_ok=True)
    onboarding = storage / "onboarding"
    if not onboarding.exists():
        answered = ["core_config", "analytics", "integration"]
        onboarding.write_text(
            json.dumps(
                {"version": 4, "minor_version": 1, "key": "onboarding", "data": {"done": answered}}
            )
        )
    return house


def _environment() -> dict[str, str]:
    """What `hass` finds besides our own environment: stand-ins for what must be compiled."""
    paths = [str(WITHOUT_VOICE), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.pathsep.join(paths)}


class HassProcess:
    """Runs `hass` on a house: start on entry, stop on exit."""

    def __init__(
        self,
        house: House,
        *,
        python: Path | None = None,
        module: str = "homeassistant",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare to run Home Assistant in ``house``: by this Python, unless told otherwise."""
        self.house = house
        self._command = str(python or sys.executable), "-m", module
        self._environment = dict(environment or {})
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """Process id of `hass`; raises HouseError when it does not run."""
        if self._process is None:
            raise HouseError("Home Assistant is not running.")
        return self._process.pid

    async def start(self) -> None:
        """Start `hass` and wait until it answers; raises HouseError."""
        with self.house.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                "--config",
                str(self.house.config),
                "--skip-pip",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env=os.environ | _environment() | self._environment,
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await self._answering()
        except TimeoutError:
            await self.stop()
            raise HouseError(
                f"Home Assistant did not answer within {START_TIMEOUT:.0f} s: see {self.house.log}"
            ) from None

    async def _answering(self) -> None:
        assert self._process is not None
        async with aiohttp.ClientSession() as session:
            while True:
                if self._process.returncode is not None:
                    raise HouseError(
                        f"Home Assistant stopped with {self._process.returncode}:"
                        f" see {self.house.log}"
                    )
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{self.house.url}/manifest.json") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.2)

    async def stop(self) -> None:
        """Ask `hass` to stop, insist after a while, and leave nothing running."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_TIMEOUT):
                await process.wait()
        except TimeoutError:
            self._kill_group(process.pid)
            await process.wait()

    async def kill(self) -> None:
        """Kill `hass` without warning, as a power cut does."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            self._kill_group(process.pid)
            await process.wait()

    @staticmethod
    def _kill_group(pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()


def demolish(house: House) -> None:
    """Remove the house's folder."""
    shutil.rmtree(house.config, ignore_errors=True)
