"""The evidence pack for reviewers: what it says, and where the file comes from.

Uploading a file would need one more scope (`files:write`) for every installation; the summary with the
chain's head is enough to check a file that the operator hands over.
"""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.views import actions as a
from bot.views import status
from handlers.actor import visit
from handlers.doorstep import Doorstep
from handlers.errors import Complaints


class Evidence:
    """Listener of the button."""

    def __init__(self, doorstep: Doorstep, complaints: Complaints) -> None:
        self._doorstep = doorstep
        self._complaints = complaints

    def register(self, app: AsyncApp) -> None:
        """Listen to the button."""
        app.action(a.EVIDENCE)(self.summarise)

    async def summarise(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Check the chain now, and say privately what the pack will say."""
        guest = visit(body)
        async with self._doorstep.in_time():
            actor = await self._doorstep.actor(guest)
            found = await self._doorstep.service.pack(guest.request_id, actor)
        await ack()
        told = status.evidence(found.request, len(found.entries), found.flaws, self._doorstep.terms)
        self._doorstep.inflight.spawn(self._complaints.tell(guest, told))
