"""Talks to a Home Assistant as its web page does: HTTP and WebSocket, with an owner's log-in."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

type Json = dict[str, Any]

USER = "demo"
PASSWORD = "demo-gate"  # noqa: S105 - printed for the person at the screen
REQUEST_TIMEOUT = 60.0


class HubError(Exception):
    """Home Assistant refused a request; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Change:
    """One new state of one entity."""

    entity_id: str
    state: str
    attributes: Json
    before: str | None


class Hub:
    """One logged-in connection to Home Assistant."""

    def __init__(self, url: str) -> None:
        """Prepare to talk to the Home Assistant at ``url``."""
        self._url = url
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=REQUEST_TIMEOUT))
        self._token = ""
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._listener: asyncio.Task[None] | None = None
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._watchers: list[Callable[[Change], None]] = []
        self._last_id = 0

    async def __aenter__(self) -> Self:
        """Nothing is sent yet: `onboard` or `log_in` does that."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close both connections."""
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
        if self._socket is not None:
            await self._socket.close()
        await self._session.close()

    # ------------------------------------------------------------------ log-in

    async def onboard(self) -> None:
        """Make the owner, as the first page of a new Home Assistant does, and log in."""
        made = await self._post(
            "/api/onboarding/users",
            {
                "name": "Demo owner",
                "username": USER,
                "password": PASSWORD,
                "client_id": f"{self._url}/",
                "language": "en",
            },
        )
        await self._exchange(made["auth_code"])

    async def log_in(self) -> None:
        """Log in with the owner's name and password, as the log-in page does."""
        flow = await self._post(
            "/auth/login_flow",
            {
                "client_id": f"{self._url}/",
                "handler": ["homeassistant", None],
                "redirect_uri": f"{self._url}/",
            },
        )
        done = await self._post(
            f"/auth/login_flow/{flow['flow_id']}",
            {"client_id": f"{self._url}/", "username": USER, "password": PASSWORD},
        )
        await self._exchange(done["result"])

    async def _exchange(self, code: str) -> None:
        form = {"grant_type": "authorization_code", "code": code, "client_id": f"{self._url}/"}
        async with self._session.post(f"{self._url}/auth/token", data=form) as answer:
            self._token = (await self._checked(answer, "/auth/token"))["access_token"]
        await self._connect()

    # ------------------------------------------------------------------ HTTP

    async def _post(self, path: str, body: Json) -> Json:
        async with self._session.post(
            f"{self._url}{path}", json=body, headers=self._headers
        ) as answer:
            return await self._checked(answer, path)

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    @staticmethod
    async def _checked(answer: aiohttp.ClientResponse, path: str) -> Json:
        if answer.status >= 400:
            raise HubError(f"{path} answered {answer.status}: {(await answer.text())[:500]}")
        result: Json = await answer.json()
        return result

    async def config_flow(self, handler: str) -> Json:
        """Start a config flow; the answer is its first step."""
        return await self._post("/api/config/config_entries/flow", {"handler": handler})

    async def subentry_flow(self, entry_id: str, kind: str) -> Json:
        """Start a subentry flow; the answer is its first step."""
        return await self._post(
            "/api/config/config_entries/subentries/flow", {"handler": [entry_id, kind]}
        )

    async def answer_flow(self, step: Json, body: Json, *, subentry: bool = False) -> Json:
        """Fill in one step of a flow; the answer is the next step or the result."""
        kind = "subentries/flow" if subentry else "flow"
        return await self._post(f"/api/config/config_entries/{kind}/{step['flow_id']}", body)

    async def action(self, domain: str, action: str, data: Json, *, answers: bool = False) -> Json:
        """Run an action; with ``answers`` its response is returned, else an empty dict."""
        path = f"/api/services/{domain}/{action}"
        if answers:
            return dict((await self._post(f"{path}?return_response", data))["service_response"])
        await self._post(path, data)
        return {}

    async def picture(self, path: str) -> bytes:
        """The bytes behind ``path``, which must be a path of this Home Assistant."""
        async with self._session.get(f"{self._url}{path}", headers=self._headers) as answer:
            if answer.status >= 400:
                raise HubError(f"{path} answered {answer.status}")
            return await answer.read()

    # ------------------------------------------------------------------ WebSocket

    async def _connect(self) -> None:
        self._socket = await self._session.ws_connect(f"{self._url}/api/websocket")
        await self._socket.receive_json()
        await self._socket.send_json({"type": "auth", "access_token": self._token})
        welcome = await self._socket.receive_json()
        if welcome["type"] != "auth_ok":
            raise HubError(f"Log-in refused: {welcome.get('message', welcome['type'])}")
        self._listener = asyncio.create_task(self._listen(self._socket))
        await self.command("subscribe_events", event_type="state_changed")

    async def command(self, kind: str, **fields: object) -> Any:
        """Send one WebSocket command and return its result."""
        assert self._socket is not None
        self._last_id += 1
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[self._last_id] = answer
        await self._socket.send_json({"id": self._last_id, "type": kind, **fields})
        async with asyncio.timeout(REQUEST_TIMEOUT):
            return await answer

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            data = message.json()
            if data["type"] == "result":
                self._settle(data)
            elif data["type"] == "event":
                self._publish(data["event"]["data"])

    def _settle(self, data: Json) -> None:
        answer = self._answers.pop(data["id"], None)
        if answer is None or answer.done():
            return
        if data["success"]:
            answer.set_result(data["result"])
        else:
            answer.set_exception(HubError(data["error"]["message"]))

    def _publish(self, data: Json) -> None:
        new, old = data["new_state"], data["old_state"]
        if new is None:
            return
        change = Change(
            data["entity_id"], new["state"], new["attributes"], old and str(old["state"])
        )
        for watcher in tuple(self._watchers):
            watcher(change)

    def watch(self, watcher: Callable[[Change], None]) -> Callable[[], None]:
        """Call ``watcher`` with every change of a state until the returned function is called."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    async def running(self) -> None:
        """Wait until Home Assistant has finished starting; raises TimeoutError."""
        async with asyncio.timeout(REQUEST_TIMEOUT):
            while (await self.command("get_config"))["state"] != "RUNNING":  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        await self._confirm_address()

    async def _confirm_address(self) -> None:
        """Say that Home Assistant answers at the address it was given.

        From 2026.11 on it goes back to another one, and restarts, when nobody does in five minutes.
        """
        with contextlib.suppress(HubError):
            await self.command("http/config/promote")

    async def states(self) -> dict[str, Json]:
        """Every entity's state, by entity id."""
        return {state["entity_id"]: state for state in await self.command("get_states")}

    async def until(self, entity_id: str, *wanted: str, seconds: float = 20.0) -> str:
        """Wait until the entity's state is one of ``wanted`` and return it; raises TimeoutError."""
        seen: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def look(change: Change) -> None:
            if change.entity_id == entity_id and change.state in wanted and not seen.done():
                seen.set_result(change.state)

        forget = self.watch(look)
        try:
            now = (await self.states()).get(entity_id)
            if now is not None and now["state"] in wanted:
                return str(now["state"])
            async with asyncio.timeout(seconds):
                return await seen
        finally:
            forget()
