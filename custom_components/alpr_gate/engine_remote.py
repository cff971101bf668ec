"""An engine of the owner's own, somewhere else: nothing to start, but watched all the same."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import aiohttp
from homeassistant.helpers.aiohttp_client import async_create_clientsession

from .alpr.engine.client import EngineClient
from .alpr.engine.errors import EngineError, EngineProblem
from .alpr.engine.protocol import EngineStatus
from .engine_state import Engine, EngineState, load_error

if TYPE_CHECKING:
    from homeassistant.core import HomeAssistant

_POLL_SECONDS: Final = 30.0
_FIRST_PAUSE_SECONDS: Final = 2.0
_LONGEST_PAUSE_SECONDS: Final = 300.0


class RemoteEngine(Engine):
    """An engine at an address, asked with a token.

    Reads are let through while it fails, so that the first picture after a repair is read.
    """

    def __init__(self, hass: HomeAssistant, url: str, token: str | None) -> None:
        super().__init__()
        self._hass = hass
        self._url = url
        self._token = token
        self._session: aiohttp.ClientSession | None = None
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to ask for its health, in the background."""
        self._change(EngineState.STARTING)
        self._session = async_create_clientsession(
            self._hass, auto_cleanup=False, cookie_jar=aiohttp.DummyCookieJar()
        )
        self._client = EngineClient(self._session, self._url, self._token)
        self._watching = self._hass.async_create_background_task(
            self._watch(self._client), "alpr_gate remote engine"
        )

    async def stop(self) -> None:
        """Ask no more."""
        self._client = None
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])
            self._watching = None
        if self._session is not None:
            self._session.detach()
            self._session = None
        if self.state is not EngineState.STOPPED:
            self._change(EngineState.STOPPED)

    async def _watch(self, client: EngineClient) -> None:
        while True:
            try:
                await self._check(client)
            except EngineError as error:
                self._failed(error)
            else:
                self._is_well()
            await asyncio.sleep(self._pause())

    async def _check(self, client: EngineClient) -> None:
        """Ask for its health; raises EngineError unless it is ready to read."""
        self.health = await client.health()
        if self.health.status is EngineStatus.LOADING:
            raise EngineError(EngineProblem.LOADING)
        if self.health.status is EngineStatus.REFUSED:
            raise load_error(self.health)

    def _is_well(self) -> None:
        if self._read_failed:
            return
        if self.failures or self.state is not EngineState.READY:
            self.failures = 0
            self._change(EngineState.READY)

    def _pause(self) -> float:
        if self.state is EngineState.READY:
            return _POLL_SECONDS
        return min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2.0 ** min(self.failures, 30))
