"""Actions for admins only; whoever else tries is refused, and that is accounted for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser

from .audit import AuditAction
from .const import DOMAIN
from .sealed import problem_of_ids

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from homeassistant.auth.models import User
    from homeassistant.core import ServiceResponse
    from homeassistant.helpers.typing import VolSchemaType

    from .runtime import AlprGateConfigEntry

type Handler = Callable[[ServiceCall], Awaitable[ServiceResponse]]
type MayToo = Callable[[HomeAssistant, User], bool]


@callback
def async_register_admin_action(
    hass: HomeAssistant,
    name: str,
    handler: Handler,
    schema: VolSchemaType,
    response: SupportsResponse,
    *,
    may_too: MayToo | None = None,
) -> None:
    """Register an action for admins, and for whom ``may_too`` lets in besides."""
    hass.services.async_register(
        DOMAIN, name, partial(_guarded, hass, handler, may_too), schema, response
    )


async def _guarded(
    hass: HomeAssistant, handler: Handler, may_too: MayToo | None, call: ServiceCall
) -> ServiceResponse:
    """Let an admin, or Home Assistant itself, through; account for everybody else's attempt.

    What is no id goes no further: it may be a plate.
    """
    if call.context.user_id:
        user = await hass.auth.async_get_user(call.context.user_id)
        if user is None:
            raise UnknownUser(context=call.context)
        if not user.is_admin and not (may_too is not None and may_too(hass, user)):
            for entry in hass.config_entries.async_loaded_entries(DOMAIN):
                await entry.runtime_data.privacy.account_anyway(
                    AuditAction.DENIED, user=user.id, called=call.service
                )
            raise Unauthorized(context=call.context)
    problem = problem_of_ids(call.data)
    if problem is not None:
        raise refusal(problem)
    return await handler(call)


def loaded_entry(hass: HomeAssistant) -> AlprGateConfigEntry:
    """The one entry, while it runs; raises ServiceValidationError."""
    entries: list[AlprGateConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    if not entries:
        raise refusal("not_loaded")
    return entries[0]


def refusal(key: str, **placeholders: str) -> ServiceValidationError:
    """The caller asked for something that cannot be."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders or None,
    )
