"""Serves one evidence picture to the one person it was opened for, once.

The action `view_evidence` answers with a link, not with the picture: answers of actions end up in
the traces of scripts, which Home Assistant writes to disk.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aiohttp import web
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from .const import DOMAIN
from .evidence_tickets import TICKET_SECONDS

if TYPE_CHECKING:
    from homeassistant.auth.models import User
    from homeassistant.core import HomeAssistant

    from .runtime import AlprGateConfigEntry

URL: Final = f"/api/{DOMAIN}/evidence"


def evidence_link(hass: HomeAssistant, ticket: str, user: User) -> str:
    """The path under which ``user`` sees the picture, signed with a log-in of theirs if any."""
    path = f"{URL}/{ticket}"
    log_in = next(iter(user.refresh_tokens), None)
    if log_in is None:
        return path
    return async_sign_path(hass, path, timedelta(seconds=TICKET_SECONDS), refresh_token_id=log_in)


class EvidenceView(HomeAssistantView):
    """Where the link leads."""

    url = URL + "/{ticket}"
    name = f"api:{DOMAIN}:evidence"

    async def get(self, request: web.Request, ticket: str) -> web.Response:
        """Answer with the picture, or 404: a ticket works once, in time, for its own user."""
        hass = request.app[KEY_HASS]
        entries: list[AlprGateConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
        if not entries:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        desk = entries[0].runtime_data.privacy
        user: User = request[KEY_HASS_USER]
        mark = desk.tickets.take(ticket, user.id, hass.loop.time())
        picture = None if mark is None else await desk.archive.picture(mark)
        if picture is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        return web.Response(
            body=picture, content_type="image/jpeg", headers={"Cache-Control": "no-store"}
        )
