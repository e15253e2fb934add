"""Buttons of reminders: quiet for a while, and asking OpenAI again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import NotPossible
from bot.domain.policy import Action, Actor
from bot.domain.request import Event, FollowedUp, FollowUpAsked, Snoozed
from bot.views import actions as a
from bot.views import follow_up, status, words
from bot.views.language import say
from handlers.actor import visit
from handlers.doorstep import Doorstep
from handlers.errors import Complaints


class Waiting:
    """Listeners of the reminders' buttons."""

    def __init__(self, doorstep: Doorstep, complaints: Complaints) -> None:
        self._doorstep = doorstep
        self._complaints = complaints

    def register(self, app: AsyncApp) -> None:
        """Listen to the three buttons."""
        app.action(a.SNOOZE)(self.snooze)
        app.action(a.FOLLOW_UP)(self.follow_up)
        app.action(a.FOLLOWED_UP)(self.followed_up)

    async def snooze(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Be quiet about this request for as long as the policies say."""
        terms = self._doorstep.terms
        until = self._doorstep.clock() + timedelta(days=terms.patience.snooze) * terms.scale
        await self._say(ack, body, Action.CHECK, "snoozed", lambda actor: Snoozed(by=actor.id, until=until))

    async def follow_up(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Have the bot send the follow-up; a button may be older than a mail server that is gone."""
        try:
            await self._say(
                ack, body, Action.CONFIRM, "follow_up_asked", lambda actor: FollowUpAsked(by=actor.id)
            )
        except NotPossible:
            if self._doorstep.terms.smtp:
                raise
            await ack()
            told = status.said(say(follow_up.NO_MAIL))
            self._doorstep.inflight.spawn(self._complaints.tell(visit(body), told))

    async def followed_up(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Take a person's word that they sent it."""
        await self._say(ack, body, Action.CONFIRM, "followed_up", lambda actor: FollowedUp(by=actor.id))

    async def _say(
        self, ack: AsyncAck, body: dict[str, Any], action: Action, done: str, event: Callable[[Actor], Event]
    ) -> None:
        guest = visit(body)
        await self._doorstep.apply(guest, action, event)
        await ack()
        self._doorstep.inflight.spawn(self._complaints.tell(guest, status.said(words.DONE[done])))
