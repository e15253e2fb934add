"""What every listener may use, and the work that goes on after an answer was given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from bot.delegates import Delegates
from bot.domain.destination import Offer
from bot.domain.errors import GreenlightError, ProviderError, UserError
from bot.domain.lifecycle import Terms
from bot.domain.pace import ANSWERING, SLACK_SECONDS
from bot.domain.policy import Action, Actor
from bot.domain.request import Event, Place
from bot.home_tab import HomeTab
from bot.key_page import KeyPage
from bot.ports import Blocks, Clock, Messenger, People, Roster
from bot.service import Outcome, Service
from bot.step_up import StepUp, Watched
from bot.views.blocks import Message
from bot.views.language import speak
from handlers.actor import Visit

View = dict[str, Any]
_answer_by: ContextVar[float | None] = ContextVar("answer_by", default=None)  # the event loop's time

log = structlog.get_logger(__name__)


class Screens(Protocol):
    """Slack as something to look at; raises `Transient` or `Refused` (Slack's error)."""

    async def open(self, trigger_id: str, view: View) -> tuple[str, str]:
        """Open a modal and return its id and hash; the id is empty when it was opened before."""

    async def update(self, view_id: str, view: View, view_hash: str | None = None) -> None:
        """Replace an open modal, unless it changed since `view_hash`."""

    async def publish(self, user_id: str, view: View) -> None:
        """Set a person's Home tab."""

    async def whisper(self, response_url: str, text: str, blocks: Blocks = ()) -> None:
        """Say something that only the person who clicked sees."""


class Uploads(Protocol):
    """Files for one person's direct message; raises `Transient` or `Refused` (Slack's error)."""

    async def names(self, ids: Sequence[str]) -> Mapping[str, str]:
        """How these people are called, as far as Slack says it now."""

    async def share(self, user_id: str, files: Mapping[str, bytes], said: str) -> None:
        """Put the files, by name, into this person's direct message under one sentence."""


class TooSlow(GreenlightError):
    """The time for an answer ran out while something was being saved: nobody knows whether it was."""


class InFlight:
    """Work that goes on after the answer: kept alive, waited for at the end, failures logged by kind."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Start work that handles its own failures; Slack has its answer, so that deadline is over."""
        context = copy_context()
        context.run(_answer_by.set, None)
        task = asyncio.create_task(work, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    async def drain(self, timeout: float) -> int:  # noqa: ASYNC109  # the caller's budget, not a cancellation
        """Wait for everything that was started; return how much was given up after `timeout` seconds."""
        deadline = asyncio.get_running_loop().time() + timeout
        while self._tasks and (left := deadline - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(self._tasks, timeout=left)
        given_up = list(self._tasks)
        for task in given_up:
            task.cancel()
        await asyncio.gather(*given_up, return_exceptions=True)
        return len(given_up)

    def __len__(self) -> int:
        return len(self._tasks)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("work_after_answer_failed", error=type(error).__name__, task=task.get_name())


@dataclass
class Doorstep:
    """Everything a listener needs; made once by the composition root."""

    service: Service
    directory: Roster
    messenger: Messenger
    screens: Screens
    clock: Clock
    offer: Offer = field(default_factory=Offer)
    permalink_base: str = ""
    checkup: Callable[[], Awaitable[Message]] | None = None
    save_seconds: float = SLACK_SECONDS * ANSWERING
    key_page: KeyPage | None = None  # where the key is typed; None: in the modal
    step_up: StepUp | None = None  # where risky approvals are confirmed
    people: People | None = None
    departed: Callable[[str], Coroutine[Any, Any, None]] | None = None  # somebody's account is gone
    channel: Watched | None = None  # the security channel: nothing is approved while it is shared
    delegates: Delegates | None = None
    channel_id: str = ""
    uploads: Uploads | None = None  # None: the token lacks the optional scope files:write
    inflight: InFlight = field(default_factory=InFlight)

    @property
    def tab(self) -> HomeTab:
        """The Home tab."""
        return HomeTab(self.service, self.directory, self.screens, self.clock, self.people)

    @property
    def terms(self) -> Terms:
        """What this installation decided."""
        return self.service.terms

    def greet(self, user_id: str) -> None:
        """Speak the person's language for the rest of this task, as far as it is known without asking."""
        speak(self.directory.locale(user_id) or "", self.terms.language)

    async def actor(self, visit: Visit) -> Actor:
        """Describe who clicked, as Slack knows them now, and go on in their language."""
        found = await self.directory.actor(visit.user_id, visit.team_id)
        speak(found.locale, self.terms.language)
        return found

    async def person(self, visit: Visit) -> Actor:
        """Describe them for a decision in which nobody can stand in for anybody; the store is not asked."""
        found = await self.directory.person(visit.user_id, visit.team_id)
        speak(found.locale, self.terms.language)
        return found

    async def meet(self, visit: Visit) -> None:
        """Find out the person's language where nothing else matters; ask Slack only about strangers."""
        if self.directory.locale(visit.user_id) is not None:
            return  # greeted in it already
        with suppress(ProviderError, TooSlow):
            async with self.in_time():
                speak(await self.directory.meet(visit.user_id), self.terms.language)

    def arrived(self) -> None:
        """Begin to count: whatever this visit waits for until its answer shares one deadline."""
        _answer_by.set(asyncio.get_running_loop().time() + self.save_seconds)

    @asynccontextmanager
    async def in_time(self) -> AsyncIterator[None]:
        """Give up before Slack does, counted from the arrival; raises `TooSlow`."""
        until = _answer_by.get() or asyncio.get_running_loop().time() + self.save_seconds
        try:
            async with asyncio.timeout_at(until):
                yield
        except TimeoutError:
            raise TooSlow from None

    async def apply(
        self, visit: Visit, action: Action, event: Callable[[Actor], Event], request_id: str | None = None
    ) -> Outcome:
        """Let what was pressed happen: who, may they, save; once per click, however often it is delivered."""
        subject = request_id or visit.request_id
        try:
            async with self.in_time():
                actor = await self.actor(visit)
                outcome = await self.service.apply(
                    subject, event(actor), actor=actor, action=action, idempotency=visit.key
                )
        except UserError:
            self._look_for_orphan(visit, subject)
            raise
        self._look_for_orphan(visit, subject)
        return outcome

    def _look_for_orphan(self, visit: Visit, request_id: str) -> None:
        if visit.message and self.service.card_of(request_id) != visit.message:
            self.inflight.spawn(self._remove_orphan(visit.message, request_id))

    async def _remove_orphan(self, pressed: Place, request_id: str) -> None:
        """Take away a second card, left behind by a crash between Slack's answer and our save."""
        try:
            card = (await self.service.get(request_id)).card
            if card and card.channel == pressed.channel and card != pressed:
                log.warning("orphan_card_removed", request=request_id)
                await self.messenger.remove(pressed)
        except GreenlightError as error:
            log.warning("orphan_card_stays", request=request_id, why=type(error).__name__)

    def permalink(self, channel: str, ts: str) -> str:
        """Link to a message; empty when the workspace's address is unknown."""
        return f"{self.permalink_base}{channel}/p{ts.replace('.', '')}" if self.permalink_base else ""
