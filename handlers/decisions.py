"""Approve, deny, cancel: one decision per request, however many press and however often Slack delivers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import GreenlightError, NotAllowed, NotPossible, ProviderError, StepUpNeeded
from bot.domain.policy import Action, Actor, Refusal, may
from bot.domain.request import FINAL, WATCHED, Approved, Cancelled, Denied, Event, Request
from bot.views import actions as a
from bot.views import intake, reasons, status, step_up, words
from bot.views.actions import Target
from bot.views.blocks import Message
from handlers.actor import Visit, visit
from handlers.doorstep import Doorstep, View
from handlers.errors import Complaints
from handlers.intake import fill, replace


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
        app.view(a.RETIREMENT)(self.cancel)

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
        target = guest.pressed
        await ack()
        self._doorstep.inflight.spawn(self._ask(guest, lambda _request: reasons.denial(target), Action.DENY))

    async def ask_why_cancel(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Open the form that asks whether there is a reason."""
        guest = visit(body)
        target, button = guest.pressed, body["actions"][0]["action_id"]
        await ack()

        def form(request: Request | None) -> View:
            return _ending(target, button == a.RETIRE if request is None else request.state in WATCHED)

        self._doorstep.inflight.spawn(self._ask(guest, form, Action.CANCEL))

    def start_cancelling(self, guest: Visit, request_id: str) -> None:
        """Open the same form from a command: first a window, for only the request tells which form it is."""
        filled = partial(self._typed, guest, request_id)
        self._doorstep.inflight.spawn(fill(self._doorstep, self._complaints, guest, filled))

    async def _typed(self, guest: Visit, request_id: str) -> View:
        try:
            actor = await self._doorstep.actor(guest)
            request = await self._doorstep.service.get(request_id, actor)
        except GreenlightError as error:
            return intake.refused(words.error(error))
        if refusal := may(actor, Action.CANCEL, request):
            return intake.refused(words.error(NotAllowed(refusal)))
        if request.state in FINAL:  # there is nothing left to end, and no key to destroy
            return intake.refused(words.error(NotPossible(request.state, "Cancelled")))
        return _ending(Target(request.id, request.fingerprint), request.state in WATCHED)

    async def _ask(self, guest: Visit, form: Callable[[Request | None], View], action: Action) -> None:
        """Open the form at once; then see whether it is the right one, for this person and as things are."""
        shown = form(None)
        try:
            view_id, view_hash = await self._doorstep.screens.open(guest.trigger_id, shown)
        except ProviderError as error:
            await self._complaints.later(error, guest)
            return
        refusal, request = await self._looked(guest, action)
        # Another one for who is met for the first time (now in their language), or once it is a connection.
        right = intake.refused(refusal) if refusal else form(request)
        if view_id and right != shown:
            await replace(self._doorstep, view_id, right, view_hash)

    async def _looked(self, guest: Visit, action: Action) -> tuple[str, Request | None]:
        """Look up, while the form is being read, whether sending it can lead anywhere."""
        try:
            actor = await self._doorstep.actor(guest)
            request = await self._doorstep.service.get(guest.request_id)
        except GreenlightError:
            return "", None
        found = may(actor, action, request)
        return words.error(NotAllowed(found)) if found else "", request

    async def deny(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Say no to what this very form showed, with the reason the requester will read."""
        await self._end(ack, body, Action.DENY, required=True)

    async def cancel(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Withdraw the request, or retire the connection, whichever the form spoke of."""
        await self._end(ack, body, Action.CANCEL, required=False)

    async def _end(self, ack: AsyncAck, body: dict[str, Any], action: Action, *, required: bool) -> None:
        guest = visit(body)
        reason = reasons.parse(guest.values)
        if problems := reasons.problems(reason, required=required):
            await ack(response_action="errors", errors=problems)
            return

        def event(actor: Actor) -> Event:
            if action is Action.DENY:
                return Denied(by=actor.id, reason=reason, fingerprint=guest.pressed.fingerprint)
            return Cancelled(by=actor.id, reason=reason, retires=guest.form == a.RETIREMENT)

        try:
            await self._doorstep.apply(guest, action, event)
        except NotPossible:
            told = await self._decided_already(guest)
            await ack(response_action="update", view=intake.refused(told.text))
            return
        await ack(response_action="clear")


def _ending(target: Target, is_connection: bool) -> View:
    return reasons.retirement(target) if is_connection else reasons.cancellation(target)
