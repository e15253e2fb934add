"""`/greenlight away` and `/greenlight back`: a reviewer names who decides in their place."""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import NotAllowed, ProviderError, UnfitDelegate
from bot.domain.policy import Refusal
from bot.views import actions as a
from bot.views import away, words
from bot.views.blocks import Message
from bot.views.language import speaking
from handlers.actor import Visit, visit
from handlers.doorstep import Doorstep
from handlers.errors import Complaints

log = structlog.get_logger(__name__)


class Away:
    """Listeners of delegation."""

    def __init__(self, doorstep: Doorstep, complaints: Complaints) -> None:
        self._doorstep = doorstep
        self._complaints = complaints

    def register(self, app: AsyncApp) -> None:
        """Listen to the form."""
        app.view(a.AWAY)(self.name)

    async def begin(self, guest: Visit, _rest: str) -> None:
        """Open the form after the answer."""
        self._doorstep.inflight.spawn(self._open(guest))

    async def _open(self, guest: Visit) -> None:
        try:
            await self._doorstep.screens.open(guest.trigger_id, away.build())
        except ProviderError as error:
            await self._complaints.later(error, guest)

    async def name(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Save who decides in this reviewer's place, then tell the channel and that person."""
        guest = visit(body)
        user, until = away.parse(guest.values)
        problems = away.problems(user, until, guest.user_id, self._doorstep.clock())
        if problems or until is None or self._doorstep.delegates is None:
            await ack(response_action="errors", errors=problems)
            return
        try:
            async with self._doorstep.in_time():
                actor = await self._doorstep.actor(guest)
                delegation = await self._doorstep.delegates.name(actor, user, until)
        except UnfitDelegate as error:
            await ack(response_action="errors", errors={a.DELEGATE: words.error(error)})
            return
        log.info("delegated")  # by whom and to whom is on record in the workspace's chain
        await ack(response_action="clear")
        with speaking(self._doorstep.terms.language):  # the channel reads it, not who sent the form
            told = away.announced(delegation)
        self._doorstep.inflight.spawn(self._tell(told, delegation.delegate))

    async def back(self, guest: Visit, _rest: str) -> Message:
        """End the delegation; answers the reviewer with what the channel is told."""
        if self._doorstep.delegates is None:
            raise NotAllowed(Refusal.NOT_REVIEWER)
        async with self._doorstep.in_time():
            actor = await self._doorstep.actor(guest)
            if not actor.reviewer:
                raise NotAllowed(Refusal.NOT_REVIEWER)
            ended = await self._doorstep.delegates.back(actor)
        if not ended:
            return away.not_away()
        log.info("delegation_ended")
        with speaking(self._doorstep.terms.language):
            self._doorstep.inflight.spawn(self._tell(away.back(actor.id)))
        return away.back(actor.id)

    async def _tell(self, told: Message, person: str = "") -> None:
        for where in filter(None, (self._doorstep.channel_id, person)):
            try:
                await self._doorstep.messenger.post(where, told.text, told.blocks)
            except ProviderError as error:
                log.warning("words_lost", said=error.said, user=where)
