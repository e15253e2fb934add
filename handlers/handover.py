"""The hand-over of the key to its requester: off unless the operator switched it on."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import AlreadySaid, GreenlightError, ProviderError
from bot.views import actions as a
from bot.views import handover, intake
from bot.views.language import say
from handlers.actor import Visit, visit
from handlers.doorstep import Doorstep, View
from handlers.errors import Complaints, sentence
from handlers.intake import replace


class Handover:
    """Listener of the one button."""

    def __init__(self, doorstep: Doorstep, complaints: Complaints) -> None:
        self._doorstep = doorstep
        self._complaints = complaints

    def register(self, app: AsyncApp) -> None:
        """Listen to the button."""
        app.action(a.SHOW_KEY)(self.show)

    async def show(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Answer at once; the key is fetched only for a modal that is open."""
        guest = visit(body)
        await ack()
        self._doorstep.inflight.spawn(self._show(guest))

    async def _show(self, guest: Visit) -> None:
        try:
            view_id, view_hash = await self._doorstep.screens.open(guest.trigger_id, handover.waiting())
        except ProviderError as error:
            await self._complaints.later(error, guest)
            return
        if view_id:  # without one there is nowhere to show it, and the one time is not spent
            await replace(self._doorstep, view_id, await self._view(guest), view_hash)

    async def _view(self, guest: Visit) -> View:
        try:
            async with self._doorstep.in_time():
                actor = await self._doorstep.actor(guest)
                request, key = await self._doorstep.service.show_key(
                    guest.request_id, actor, idempotency=guest.key
                )
        except AlreadySaid:
            return intake.refused(say(handover.ALREADY))
        except GreenlightError as error:
            return intake.refused(sentence(error))
        return handover.once(request, key.get_secret_value()) if key else intake.refused(say(handover.GONE))
