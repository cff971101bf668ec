"""Who fills a form in, for the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.helpers.http import current_request

if TYPE_CHECKING:
    from homeassistant.auth.models import User


def form_user_id() -> str | None:
    """The id of whoever fills in the form that is answered just now; None when nobody is known."""
    request = current_request.get()
    user: User | None = None if request is None else request.get(KEY_HASS_USER)
    return None if user is None else user.id
