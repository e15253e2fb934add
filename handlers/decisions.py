"""Approve, deny, cancel: one decision per request, however many press and however often Slack delivers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import GreenlightError, NotAllowed, NotPossible, ProviderError, StepUpNeeded
from bot.domain.policy import Action, Actor, Refusal, may
from bot.domain.request import Approved, Cancelled, Denied, Event
from bot.views import actions as a
from bot.views import intake, reasons, status, step_up, words
from bot.views.actions import Target
from bot.views.blocks import Message
from bot.views.language import current
from handlers.actor import Visit, visit
from handlers.doorstep import Doorstep, View
from handlers.errors import Complaints
from handlers.intake import replace


class Decisions:
    """Listeners of the card's decisions."""

    def __init__(self, doorstep: Doorstep, complaints: Complaints) -> None:
        self._doorstep = doorstep
        self._complaints = complaints

    def register(self, app: AsyncApp) -> None:
        """Listen to the three buttons and the two forms that ask why."""
        app.action(a.APPROVE)(self.approve)
        app.action(a.DENY)(self.ask_why_deny)
        app.action(a.CANCEL)(self.ask_why_cancel)
        app.action(a.RETIRE)(self.ask_why_cancel)
        app.view(a.DENIAL)(self.deny)
        app.view(a.CANCELLATION)(self.cancel)

    async def approve(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Say yes to what this very card showed."""
        guest = visit(body)
        pressed = guest.pressed
        try:
            await self._must_be_private(guest)
            await self._doorstep.apply(
                guest,
                Action.APPROVE,
                lambda actor: Approved(by=actor.id, fingerprint=pressed.fingerprint),
            )
            told = status.said(words.DONE["approved"])
        except StepUpNeeded:
            told = await self._ask_to_sign_in(guest)
        except NotPossible:
            told = await self._decided_already(guest)
        await ack()
        self._doorstep.inflight.spawn(self._complaints.tell(guest, told))

    async def _must_be_private(self, guest: Visit) -> None:
        """Refuse where people of another organization could have pressed, or seen what is approved.

        Who presses is looked up meanwhile, and remembered: two slow answers of Slack's after each other would
        be one too many for its three seconds.
        """
        channel, directory = self._doorstep.channel, self._doorstep.directory
        if channel is None:
            return
        async with self._doorstep.in_time():
            who = directory.person(guest.user_id, guest.team_id)
            is_shared, _ = await asyncio.gather(channel.is_shared(), who)
        if is_shared:
            raise NotAllowed(Refusal.SHARED_CHANNEL)

    async def _ask_to_sign_in(self, guest: Visit) -> Message:
        """Answer with the link that only this reviewer sees; nothing is approved yet."""
        if self._doorstep.step_up is None:
            raise StepUpNeeded
        async with self._doorstep.in_time():
            actor, pressed = await self._doorstep.actor(guest), guest.pressed
            link = await self._doorstep.step_up.begin(actor, *pressed, click=guest.key)
        return step_up.asked(pressed.request_id, link)

    async def _decided_already(self, guest: Visit) -> Message:
        """Say who was first; the second reviewer is not left to guess."""
        async with self._doorstep.in_time():
            actor = await self._doorstep.actor(guest)
            return status.decided_already(await self._doorstep.service.get(guest.request_id, actor))

    async def ask_why_deny(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Open the form that asks for the reason."""
        guest = visit(body)
        form = partial(reasons.denial, guest.pressed)
        await ack()
        self._doorstep.inflight.spawn(self._ask(guest, form, Action.DENY))

    async def ask_why_cancel(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Open the form that asks whether there is a reason."""
        guest = visit(body)
        pressed = guest.pressed
        await ack()
        self.start_cancelling(guest, pressed)

    def start_cancelling(self, guest: Visit, target: Target) -> None:
        """Open the same form, from a button or a command."""
        self._doorstep.inflight.spawn(
            self._ask(guest, partial(reasons.cancellation, target), Action.CANCEL, target.request_id)
        )

    async def _ask(
        self, guest: Visit, form: Callable[[], View], action: Action, request_id: str | None = None
    ) -> None:
        spoken = current()
        try:
            view_id, view_hash = await self._doorstep.screens.open(guest.trigger_id, form())
        except ProviderError as error:
            await self._complaints.later(error, guest)
            return
        refusal = await self._refusal(guest, action, request_id or guest.request_id)
        if refusal and view_id:
            await replace(self._doorstep, view_id, intake.refused(refusal), view_hash)
        elif view_id and current() != spoken:  # met for the first time: now in their language
            await replace(self._doorstep, view_id, form(), view_hash)

    async def _refusal(self, guest: Visit, action: Action, request_id: str) -> str:
        """Look up, while the form is being read, whether sending it can lead anywhere."""
        try:
            actor = await self._doorstep.actor(guest)
            found = may(actor, action, await self._doorstep.service.get(request_id))
        except GreenlightError:
            return ""
        return words.error(NotAllowed(found)) if found else ""

    async def deny(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Say no, with the reason the requester will read."""
        await self._end(ack, body, Action.DENY, required=True)

    async def cancel(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Withdraw the request, or retire the connection."""
        await self._end(ack, body, Action.CANCEL, required=False)

    async def _end(self, ack: AsyncAck, body: dict[str, Any], action: Action, *, required: bool) -> None:
        guest = visit(body)
        reason = reasons.parse(guest.values)
        if problems := reasons.problems(reason, required=required):
            await ack(response_action="errors", errors=problems)
            return

        def event(actor: Actor) -> Event:
            return (Denied if action is Action.DENY else Cancelled)(by=actor.id, reason=reason)

        try:
            await self._doorstep.apply(guest, action, event)
        except NotPossible:
            told = await self._decided_already(guest)
            await ack(response_action="update", view=intake.refused(told.text))
            return
        await ack(response_action="clear")
