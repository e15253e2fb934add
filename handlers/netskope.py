"""What a person says they did outside of Slack, and "look again"."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import NotPossible
from bot.domain.policy import Action
from bot.domain.request import (
    GRANTED,
    WATCHED,
    CheckAsked,
    Chore,
    ChoreDone,
    EmailSent,
    Event,
    GrantPressed,
    GreenCheckSeen,
    Request,
    State,
)
from bot.views import actions as a
from bot.views import naming, status
from handlers.actor import visit
from handlers.doorstep import Doorstep
from handlers.errors import Complaints


def _chore_done(chore: Chore, by: str, _shown: str) -> Event:
    return ChoreDone(by=by, chore=chore)


# What each button means: who may press it, and the fact it states under their name about what was on screen.
BUTTONS: dict[str, tuple[Action, Callable[[str, str], Event]]] = {
    a.EMAIL_SENT: (Action.CONFIRM, lambda by, shown: EmailSent(by=by, fingerprint=shown)),
    a.CHECK_NOW: (Action.CHECK, lambda by, _shown: CheckAsked(by=by)),
    a.GRANT_PRESSED: (Action.CONFIRM, lambda by, shown: GrantPressed(by=by, fingerprint=shown)),
    a.GREEN_CHECK: (Action.CONFIRM, lambda by, shown: GreenCheckSeen(by=by, fingerprint=shown)),
}
BUTTONS |= {chore.value: (Action.CONFIRM, partial(_chore_done, chore)) for chore in Chore}
DONE = {
    a.EMAIL_SENT: "email_sent",
    a.CHECK_NOW: "check_asked",
    a.GRANT_PRESSED: "grant_pressed",
    a.GREEN_CHECK: "green_check_seen",
    a.KEY_DELETED: "key_deleted",
    a.INSTANCE_DELETED: "instance_deleted",
}
# Where what a button says is proven already, by the bot itself: no reason to complain.
OVERTAKEN: dict[str, frozenset[State]] = {a.EMAIL_SENT: GRANTED | WATCHED, a.GRANT_PRESSED: WATCHED}


class Netskope:
    """Listeners of the guide's buttons."""

    def __init__(self, doorstep: Doorstep, complaints: Complaints) -> None:
        self._doorstep = doorstep
        self._complaints = complaints

    def register(self, app: AsyncApp) -> None:
        """Listen to the buttons of the guide, and to those that only open an address."""
        for action_id in BUTTONS:
            app.action(action_id)(self.press)
        for action_id in sorted(a.LINKS):
            app.action(action_id)(self.follow)

    async def press(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Record what was said, then say that it was."""
        guest, pressed = visit(body), body["actions"][0]["action_id"]
        allowed, event = BUTTONS[pressed]
        try:
            shown = guest.pressed.fingerprint
            outcome = await self._doorstep.apply(guest, allowed, lambda actor: event(actor.id, shown))
            told = status.said(naming.done(DONE[pressed], outcome.request))
        except NotPossible as late:
            if late.state not in OVERTAKEN.get(pressed, ()):
                raise
            told = status.overtaken(await self._read(guest.request_id), self._doorstep.terms)
        await ack()
        self._doorstep.inflight.spawn(self._complaints.tell(guest, told))

    async def _read(self, request_id: str) -> Request:
        async with self._doorstep.in_time():
            return await self._doorstep.service.get(request_id)

    async def follow(self, ack: AsyncAck) -> None:
        """Let the browser do it; Slack only wants to hear that we know."""
        await ack()
