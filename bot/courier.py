"""The way to Slack for everything that is due: in turn, once, and with a policy for each refusal.

Slack takes about one message a second and channel, with small bursts, and about fifty edits a minute and
workspace; edits of one card are kept 1.5 s apart. A message that has no turn yet goes back to the schedule.
Source of the limits: docs.slack.dev, rate limits of chat.postMessage and chat.update.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog

from bot import metrics
from bot.domain.errors import ProviderError, Queued, Refused, Transient
from bot.domain.fates import Fate, fate_of
from bot.domain.request import Place
from bot.ports import Blocks, Lane, Messenger, Pacer, Store, Turn

SLACK = "slack"
RATE_LIMITED = frozenset({"ratelimited", "rate_limited", "http_429"})
POST, UPDATE = "chat.postMessage", "chat.update"
POST_EVERY, POST_BURST = 1.03, 3  # a little slower than Slack: it counts arrivals, and the way there varies
EDIT_EVERY = 1.5
EDITS_EVERY, EDITS_BURST = 1.2, 25
HOLD_SECONDS = 300.0
PLAIN_CHARACTERS = 3000
TELLING_SECONDS = 60.0  # nobody else tells it meanwhile
SKEW = timedelta(minutes=1)  # between our clock and Slack's

Alarm = Callable[[str], Awaitable[None]]
Call = Callable[[str, Blocks], Awaitable[Place]]

log = structlog.get_logger(__name__)


class Courier:
    """A `Messenger` that waits its turn, never sends one mark twice where it can look, and knows the fates.

    `scale` multiplies Slack's limits and the patience with a broken installation; anything but 1 is for a
    local Slack. `alarm` is told Slack's error when a person has to mend something.
    """

    def __init__(self, inner: Messenger, pacer: Pacer, alarm: Alarm, *, scale: float = 1.0) -> None:
        self._inner = inner
        self._pacer = pacer
        self._alarm = alarm
        self._scale = scale

    async def post(
        self, channel: str, text: str, blocks: Blocks, *, thread: Place | None = None, mark: str = ""
    ) -> Place:
        """Post in turn; a message that an earlier attempt may have left behind is looked for first.

        One without a mark belongs to no step that could wait: it goes at once, and is lost if Slack is busy.
        Raises `Queued`, `Transient`, or `Refused` where the caller has to decide (ANEW, DROP, BURY).
        """
        lane = Lane(f"say:{channel}", POST_EVERY * self._scale, POST_BURST)
        turn = await self._pacer.turn(mark, [lane], once=True) if mark else Turn(0)
        _wait_for(turn.wait)
        if turn.tried and (left := await self._left_behind(channel, mark, turn.tried - SKEW, thread)):
            return await self._adopt(left, text, blocks, thread)

        async def call(text: str, blocks: Blocks) -> Place:
            return await self._inner.post(channel, text, blocks, thread=thread, mark=mark)

        return await self._send(POST, call, text, blocks, mark, lane)

    async def update(self, place: Place, text: str, blocks: Blocks) -> None:
        """Edit in turn; what is edited again meanwhile is edited once, to the last state."""
        mark = f"edit:{place.channel}:{place.ts}"
        lanes = [Lane(mark, EDIT_EVERY * self._scale), self._edits()]
        turn = await self._pacer.turn(mark, lanes, once=False)
        _wait_for(turn.wait)
        await self._edit(place, text, blocks, mark)

    def _edits(self) -> Lane:
        return Lane("edits", EDITS_EVERY * self._scale, EDITS_BURST)

    async def _edit(self, place: Place, text: str, blocks: Blocks, mark: str) -> None:
        async def call(text: str, blocks: Blocks) -> Place:
            await self._inner.update(place, text, blocks)
            return place

        await self._send(UPDATE, call, text, blocks, mark, self._edits())

    async def find(self, channel: str, mark: str, *, since: datetime, thread: Place | None) -> Place | None:
        """Look for a message; not paced."""
        return await self._inner.find(channel, mark, since=since, thread=thread)

    async def remove(self, place: Place) -> None:
        """Delete a message; not paced."""
        await self._inner.remove(place)

    async def _left_behind(
        self, channel: str, mark: str, since: datetime, thread: Place | None
    ) -> Place | None:
        found = await self.find(channel, mark, since=since, thread=thread)
        metrics.RESENT.labels("found" if found else "not_found").inc()
        return found

    async def _adopt(self, place: Place, text: str, blocks: Blocks, thread: Place | None) -> Place:
        """Take over what a crashed attempt posted; a card has to show the present state."""
        if thread is None:  # whatever Slack says to this, the message stays known as sent
            await self._edit(place, text, blocks, "")
        return place

    async def _send(self, method: str, call: Call, text: str, blocks: Blocks, mark: str, lane: Lane) -> Place:
        try:
            return await call(text, blocks)
        except ProviderError as error:
            failure = error
        if isinstance(failure, Transient):
            await self._limited(failure, mark, lane)
            raise failure
        fate = fate_of(failure.said, direct=lane.name.startswith(("say:U", "say:W", "say:D")))
        if fate is Fate.PLAIN and blocks:  # the mark stays: a crash may come after Slack took this one
            log.error("said_plainly", method=method, said=failure.said)
            return await self._send(method, call, text[:PLAIN_CHARACTERS], (), mark, lane)
        await self._pacer.declined(mark, lane, 0)
        if fate is Fate.HOLD:
            await self._alarm(failure.said)
            raise Transient(SLACK, failure.said, retry_after=HOLD_SECONDS * self._scale)
        raise failure

    async def _limited(self, error: Transient, mark: str, lane: Lane) -> None:
        """Honour Retry-After for the whole lane: everybody in it would hear the same.

        Only a 429 proves that Slack did not take the message; a 5xx may come after it did.
        """
        if error.said in RATE_LIMITED:
            wait = error.retry_after or 1.0
            await self._pacer.declined(mark, lane, wait)
            raise Queued(SLACK, error.said, retry_after=wait)


def _wait_for(seconds: float) -> None:
    if seconds > 0:
        raise Queued(SLACK, "waiting for its turn", retry_after=seconds)


@asynccontextmanager
async def told_once(store: Store, what: str, seconds: float) -> AsyncIterator[bool]:
    """Whether to tell this now, once in so many seconds; what could not be told may be told again.

    It is remembered when it was told: after a crash in between it is told once more, not left out.
    """
    is_new = await store.remember_once(what, min(seconds, TELLING_SECONDS))
    try:
        yield is_new
    except BaseException:
        if is_new:
            await store.forget(what)
        raise
    if is_new:
        await store.keep(what, seconds)


def is_refused_with(error: ProviderError, fate: Fate, *, direct: bool = False) -> bool:
    """Whether this is a refusal with that policy."""
    return isinstance(error, Refused) and fate_of(error.said, direct=direct) is fate
