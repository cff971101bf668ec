"""The account of an opening: written before the gate moves, or the gate does not move.

What is handed to the disk is written even when nobody waits for it any more. So whoever stops
waiting hands over at once that it came to nothing: the disk keeps the order.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from .alpr.types import Reason
from .audit import AuditAction, AuditError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .alpr.gate.policy import Decision
    from .archive import Archive

LONGEST_WAIT_SECONDS: Final = 1.0
"""A disk that takes longer counts as one that cannot be written: nobody waits at a gate for it."""


class OpeningAccount:
    """Writes down that a gate is about to be opened, and when that came to nothing."""

    def __init__(self, archive: Archive, changed: Callable[[], None]) -> None:
        """``changed()`` is called when something could not be written, or can be again."""
        self._archive = archive
        self._changed = changed

    async def about_to_open(self, decision: Decision) -> bool:
        """Whether the opening is accounted for, safely on disk, so that it may happen."""
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                await self._archive.account(
                    AuditAction.OPENED,
                    gate=decision.gate,
                    vehicle=decision.vehicle,
                    visit=decision.visit,
                    looks=decision.looks,
                    list_revision=decision.register_revision,
                    settings=decision.settings_digest,
                )
        except AuditError:
            return False
        except TimeoutError:
            await self.came_to_nothing(decision, Reason.NOT_RECORDED)
            return False
        except asyncio.CancelledError:
            await self.came_to_nothing(decision, Reason.DECISION_EXPIRED)
            raise
        finally:
            self._changed()
        return True

    async def came_to_nothing(self, decision: Decision, reason: Reason) -> None:
        """What was accounted for did not happen, or nobody knows whether it did."""
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                await self._archive.account(
                    AuditAction.CAME_TO_NOTHING, visit=decision.visit, reason=reason.value
                )
        except AuditError, TimeoutError:
            self._changed()
