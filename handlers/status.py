"""`/greenlight` and what follows it: answers for one person, in the answer to the command itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import GreenlightError, NotAllowed, NotFound
from bot.domain.ids import parse_request_id
from bot.domain.policy import Action, may
from bot.domain.request import CheckAsked
from bot.views import actions as a
from bot.views import intake, status, words
from bot.views.blocks import Message
from bot.views.language import say
from bot.views.mistakes import SECRET
from handlers.actor import Visit, visit
from handlers.away import Away
from handlers.decisions import Decisions
from handlers.doorstep import Doorstep
from handlers.errors import Complaints
from handlers.intake import Intake, replace

QUOTES = "`'\"<>*_ "  # what comes along when an id is copied out of a message
Answer = Callable[[Visit, str], Awaitable[Message | None]]


class Status:
    """The command and its subcommands."""

    def __init__(
        self, doorstep: Doorstep, complaints: Complaints, intake: Intake, decisions: Decisions, away: Away
    ) -> None:
        self._doorstep = doorstep
        self._complaints = complaints
        self._intake = intake
        self._decisions = decisions
        self._subcommands: dict[str, Answer] = {
            "": self._connect,
            "connect": self._connect,
            "status": self._status,
            "list": self._list,
            "verify": self._verify,
            "cancel": self._cancel,
            "doctor": self._doctor,
            "rotate": self._rotate,
            "away": away.begin,
            "back": away.back,
            "help": self._help,
        }

    def register(self, app: AsyncApp) -> None:
        """Listen to the command and to the button that asks the same."""
        app.command(a.COMMAND)(self.command)
        app.action(a.STATUS)(self.show)

    async def command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Do what was typed; an unknown word gets the help, privately."""
        guest = visit(body)
        if SECRET.search(guest.text):
            await self._doorstep.meet(guest)
            await ack(text=status.exposed().text, response_type="ephemeral")
            return
        word, _, rest = guest.text.strip().partition(" ")
        answer = self._subcommands.get(word.lower())
        told = await (answer(guest, rest.strip()) if answer else self._other(guest, guest.text))
        if told is None:
            await ack()
        else:
            await ack(text=told.text, blocks=list(told.blocks), response_type="ephemeral")

    async def show(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Show where one request stands, beside the button."""
        guest = visit(body)
        if guest.home is not None:
            await ack()
            self._doorstep.inflight.spawn(self._show_over_home(guest))
            return
        told = await self._where(guest, guest.request_id)
        await ack()
        self._doorstep.inflight.spawn(self._complaints.tell(guest, told))

    async def _show_over_home(self, guest: Visit) -> None:
        """Open a window over the Home tab first, for the trigger lives three seconds; then fill it."""
        try:
            view_id, view_hash = await self._doorstep.screens.open(guest.trigger_id, intake.opening())
            told = await self._where(guest, guest.request_id)
        except GreenlightError as error:
            await self._complaints.later(error, guest)
            return
        if view_id:
            await replace(self._doorstep, view_id, status.window(told, guest.request_id), view_hash)

    async def _connect(self, guest: Visit, _rest: str) -> None:
        self._intake.start(guest)

    async def _other(self, guest: Visit, text: str) -> Message:
        """Take a bare id for a question about it, anything else for a question about the command."""
        bare = text.strip(QUOTES)
        request_id = parse_request_id(bare) if bare.upper().startswith("GL") else None
        if request_id:
            return await self._where(guest, request_id)
        await self._doorstep.meet(guest)
        return status.unknown(text)

    async def _status(self, guest: Visit, rest: str) -> Message:
        return await self._where(guest, _named(rest)) if rest else await self._list(guest, rest)

    async def _where(self, guest: Visit, request_id: str) -> Message:
        async with self._doorstep.in_time():
            actor = await self._doorstep.actor(guest)
            request = await self._doorstep.service.get(request_id, actor)
        return status.status(request, self._doorstep.clock(), self._doorstep.terms)

    async def _list(self, guest: Visit, _rest: str) -> Message:
        async with self._doorstep.in_time():
            actor = await self._doorstep.actor(guest)
            found = await self._doorstep.service.visible(actor)
        return status.listing(found, self._doorstep.clock())

    async def _verify(self, guest: Visit, rest: str) -> Message:
        await self._doorstep.apply(
            guest, Action.CHECK, lambda actor: CheckAsked(by=actor.id), request_id=_named(rest)
        )
        return status.said(words.DONE["check_asked"])

    async def _cancel(self, guest: Visit, rest: str) -> None:
        self._decisions.start_cancelling(guest, _named(rest))

    async def _doctor(self, guest: Visit, _rest: str) -> Message:
        """Look at the installation, for those who run it; the findings come after this answer."""
        async with self._doorstep.in_time():
            refusal = may(await self._doorstep.actor(guest), Action.VIEW)
        if refusal:
            raise NotAllowed(refusal)
        if self._doorstep.checkup is None:
            return status.said(say(words.NO_DOCTOR))
        self._doorstep.inflight.spawn(self._examine(guest, self._doorstep.checkup))
        return status.said(say(words.EXAMINING))

    async def _examine(self, guest: Visit, checkup: Callable[[], Awaitable[Message]]) -> None:
        try:
            await self._complaints.tell(guest, await checkup())
        except Exception as error:  # noqa: BLE001  # whatever it was, the person hears of it
            await self._complaints.later(error, guest)

    async def _rotate(self, guest: Visit, rest: str) -> None:
        self._intake.start_rotation(guest, _named(rest))

    async def _help(self, guest: Visit, _rest: str) -> Message:
        await self._doorstep.meet(guest)
        return status.help_message()


def _named(text: str) -> str:
    """Read the id that was typed; raises `NotFound` with what was typed, shortened."""
    request_id = parse_request_id(text.strip(QUOTES))
    if request_id is None:
        raise NotFound(text[:20])
    return request_id
