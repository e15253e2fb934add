"""The one place where exceptions become words for the person who clicked; nobody else hears them."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.error import BoltUnhandledRequestError

from bot.domain.errors import (
    AlreadyOpen,
    Busy,
    Conflict,
    GreenlightError,
    NoSuccessor,
    NotAllowed,
    ProviderError,
    Refused,
    StoreUnavailable,
    TooMany,
    Transient,
    UserError,
)
from bot.domain.lens import Lens, lens
from bot.domain.request import FINAL
from bot.log import place
from bot.views import actions as a
from bot.views import blocks as b
from bot.views import intake, status, words
from bot.views.blocks import Message
from bot.views.language import say
from handlers.actor import Visit, visit
from handlers.doorstep import Doorstep, TooSlow, View

# Nothing was saved and trying again may help: the form stays as it was typed, with the words under a field.
AGAIN = (StoreUnavailable, Transient, Conflict, TooSlow, Busy)
LAST_INPUT = {
    a.INTAKE: a.INSTANCE_NAME,
    a.CORRECTION: a.INSTANCE_NAME,
    a.ROTATION: a.INSTANCE_NAME,
    a.DENIAL: a.REASON,
    a.CANCELLATION: a.REASON,
    a.RETIREMENT: a.REASON,
}
PATIENCE = (0.5, 2.0, 4.0)  # seconds between tries to say something; the bot leaves within ten
LONGEST_PATIENCE = 30.0  # seconds; a Slack that asks for more hears no more of it
EXPIRED = frozenset({"expired_trigger_id", "invalid_trigger_id", "trigger_expired"})

log = structlog.get_logger(__name__)


def sentence(error: Exception, guest: Visit | None = None) -> str:
    """Say what went wrong, and to a `guest` what to do again.

    What nobody foresaw gets a reference that stands in the log as well.
    """
    if isinstance(error, TooSlow):
        return say(words.TOO_SLOW)
    if isinstance(error, Refused) and error.said in EXPIRED:
        return _expired(guest)
    if isinstance(error, GreenlightError):
        return words.error(error)
    reference = secrets.token_hex(4)
    # The class and the place, never the text: an exception of a library may quote what was typed.
    log.error("unforeseen", reference=reference, error=type(error).__name__, at=place(error))
    found = say("(Reference: {reference})", reference=reference)
    return f"{words.error(GreenlightError())} {found}"


def _expired(guest: Visit | None) -> str:
    if guest and guest.kind == "block_actions":
        return say(words.EXPIRED_BUTTON)
    if guest and guest.kind in {"shortcut", "message_action"}:
        return say(words.EXPIRED_SHORTCUT)
    typed = f"{a.COMMAND} {guest.text if guest else ''}".strip()
    return say(words.EXPIRED_TRIGGER, command=b.esc(typed, 60))


class Complaints:
    """Answers for listeners that raised, and for work that failed after its answer."""

    def __init__(self, doorstep: Doorstep) -> None:
        self._doorstep = doorstep

    async def listener(self, error: Exception, body: dict[str, Any]) -> BoltResponse:
        """Bolt's error handler: the answer that Slack gets instead of the listener's."""
        if isinstance(error, BoltUnhandledRequestError):
            return self._unknown(body)
        try:
            guest = visit(body)
        except NotAllowed:
            log.warning("strange_payload", type=str(body.get("type"))[:40])
            return BoltResponse(status=200)
        self._note(error, guest)
        if guest.kind == "view_submission":
            return _json(await self._in_form(error, guest))
        if guest.kind == "command":
            return _json({"response_type": "ephemeral", "text": sentence(error)})
        self._doorstep.inflight.spawn(self.tell(guest, status.said(sentence(error, guest))))
        return BoltResponse(status=200)

    async def later(self, error: Exception, guest: Visit) -> None:
        """Say privately what failed after the answer was given."""
        self._note(error, guest)
        await self.tell(guest, status.said(sentence(error, guest)))

    async def tell(self, guest: Visit, told: Message) -> None:
        """Say something to one person: beside what they clicked, or in their direct message.

        Slack took the click, so it shows no error of its own: a Slack that fails is tried again.
        """
        try:
            if guest.home is not None:
                await self._on_the_tab(guest, lens(guest.home), told)
            elif not await self._whispered(guest, told) and guest.user_id:
                await self._post(guest, told)
        except ProviderError as error:
            log.warning("words_lost", said=error.said, user=guest.user_id)
        except StoreUnavailable:
            log.warning("words_lost", said="the store is away", user=guest.user_id)

    async def _post(self, guest: Visit, told: Message) -> None:
        await _patiently(lambda: self._doorstep.messenger.post(guest.user_id, told.text, told.blocks))

    async def _on_the_tab(self, guest: Visit, seen: Lens, told: Message) -> None:
        """A tab has room for a sentence; what holds a button or a private link goes to the direct message."""
        notice = told.text
        if any(block["type"] == "actions" for block in told.blocks):
            await self._post(guest, told)
            notice = say("I sent you a direct message: the answer has a button, which this tab cannot show.")
        await _patiently(lambda: self._doorstep.tab.opened(guest.user_id, guest.team_id, seen, notice))

    async def _whispered(self, guest: Visit, told: Message) -> bool:
        """Say it beside what they clicked; a click delivered late has a response_url that is used up."""
        if not guest.response_url:
            return False
        try:
            await self._doorstep.screens.whisper(guest.response_url, told.text, told.blocks)
        except ProviderError as error:
            log.info("whisper_failed", said=error.said)
            return False
        return True

    async def _in_form(self, error: Exception, guest: Visit) -> dict[str, Any]:
        block = LAST_INPUT.get(guest.form)
        if isinstance(error, AGAIN) and block:
            return {"response_action": "errors", "errors": {block: _flat(sentence(error))}}
        if isinstance(error, AlreadyOpen):
            return _answer("push", await self._first(error.request_id, guest))
        # What may be tried again, or mended in the form, leaves the form with all that was typed below it.
        final = isinstance(error, UserError) and not isinstance(error, TooMany | NoSuccessor)
        return _answer("update" if final else "push", intake.refused(sentence(error)))

    async def _first(self, request_id: str, guest: Visit) -> View:
        """Say which request was first, with a link to its card for those who may view it."""
        try:
            async with self._doorstep.in_time():
                actor = await self._doorstep.actor(guest)
                request = await self._doorstep.service.get(request_id, actor)
        except GreenlightError:
            return intake.already_open(request_id)
        if request.state in FINAL:  # this form was refused before that ended, and stays refused
            return intake.already_ended(request_id)
        card = request.card
        return intake.already_open(
            request_id, self._doorstep.permalink(card.channel, card.ts) if card else ""
        )

    def _unknown(self, body: Mapping[str, Any]) -> BoltResponse:
        """Answer what no listener is for: two versions of the bot may run beside each other for a while."""
        kind = str(body.get("type"))[:40]
        log.warning("unknown_payload", type=kind)
        try:
            guest = visit(body)
        except NotAllowed:
            log.warning("strange_payload", type=kind)
            return BoltResponse(status=200)
        told = say(words.OUTDATED, command=f"`{a.COMMAND}`")
        if guest.kind == "view_submission":  # an empty answer would close it as if it had been saved
            form = say(words.OUTDATED_FORM, command=f"`{a.COMMAND}`")
            return _json(_answer("update", intake.refused(form)))
        if guest.kind == "command":
            return _json({"response_type": "ephemeral", "text": told})
        if guest.kind in {"block_actions", "shortcut", "message_action"}:
            self._doorstep.inflight.spawn(self.tell(guest, status.said(told)))
        return BoltResponse(status=200)

    def _note(self, error: Exception, guest: Visit) -> None:
        if not isinstance(error, UserError):
            said = error.said if isinstance(error, ProviderError) else ""
            log.warning("visit_failed", error=type(error).__name__, said=said, user=guest.user_id)


async def _patiently(call: Callable[[], Awaitable[object]]) -> None:
    """Have one thing said; a Slack that fails is tried again, one that names a time not before that."""
    for wait in PATIENCE:
        try:
            await call()
        except Transient as error:
            told = error.retry_after or 0.0
            if told > LONGEST_PATIENCE:
                raise
            await asyncio.sleep(max(wait, told))
        else:
            return
    await call()


def _answer(action: str, view: View) -> dict[str, Any]:
    return {"response_action": action, "view": view}


def _flat(text: str) -> str:
    """Drop mrkdwn marks: under a field Slack shows plain text."""
    return text.replace("*", "").replace("`", "")


def _json(body: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(body), headers={"content-type": "application/json"})
