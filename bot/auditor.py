"""Every few minutes: is each request looked after, each card true, each key still needed? Mend, report, ping.

One replica at a time, in bounded pages over the indexes: a sweep over 100,000 requests takes several rounds,
so that an idle bot stays at a fraction of a command per second.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta

import structlog

from bot import metrics
from bot.courier import told_once
from bot.domain.errors import Conflict, ProviderError, StoreUnavailable, TooNew
from bot.domain.lifecycle import Due, Step, Terms
from bot.domain.request import FINAL, Request, State
from bot.domain.upkeep import TEAM, due_again, spared, timers
from bot.ports import Books, Clock, Decisions, Messenger, Position, Store
from bot.views import operators

EVERY = 300.0
PAGE = 2000
AT_ONCE = 20_000
MENDED_AT_ONCE = 100
OVERDUE = timedelta(minutes=5)  # ten leases
RECENT = timedelta(hours=1)
SKEW = timedelta(seconds=10)
DAY = 24 * 3600.0

Ping = Callable[[], Awaitable[None]]
SPARED = frozenset({Step.LOOK, Step.PROBE})
SPARED_AT_MOST = 100_000  # ids; some ten megabytes
log = structlog.get_logger(__name__)


class Auditor:
    """Checks the invariants, mends what can be mended and tells about all of it.

    `scale` multiplies the interval and the patience with overdue steps; `ping` is the dead man's switch,
    called only when everything holds. `check_clock` is off in rehearsals that set the clock forward.
    """

    def __init__(
        self,
        store: Store,
        books: Books,
        terms: Terms,
        clock: Clock,
        messenger: Messenger,
        channel: str,
        *,
        decisions: Decisions | None = None,
        ping: Ping | None = None,
        scale: float = 1.0,
        check_clock: bool = True,
    ) -> None:
        self._store = store
        self._books = books
        self._terms = terms
        self._clock = clock
        self._messenger = messenger
        self._channel = channel
        self._decisions = decisions
        self._ping = ping
        self._scale = scale
        self._check_clock = check_clock
        self._spared: dict[str, frozenset[Step]] = {}

    async def run(self) -> None:
        """Audit for ever; whichever replica comes first does the round for all."""
        every = EVERY * self._scale
        while True:
            try:
                if await self._store.remember_once("audit", every * 0.9):
                    await self.round()
            except StoreUnavailable as error:
                log.warning("audit_put_off", why=str(error))
            except Exception as error:  # a replica that never audits again would say nothing at all
                metrics.AUDITS.labels("failed").inc()
                log.exception("audit_failed", error=type(error).__name__)
            await asyncio.sleep(every)

    async def round(self) -> Counter[str]:
        """Check and mend once; returns how much was wrong, by kind."""
        found = await self._walk()
        found += await self._rounds()
        found += await self._counts()
        found += await self._chain()
        found["dead"], letter = await self._books.given_up()
        found = +found
        for kind, count in found.items():
            metrics.TROUBLES.labels(kind).inc(count)
        try:
            await self._tell(found)
            await self._books.told_of(letter)
        except ProviderError as error:
            log.warning("audit_not_told", said=error.said)
        return found

    async def _tell(self, found: Counter[str]) -> None:
        metrics.AUDITS.labels("wrong" if found else "right").inc()
        if found:
            log.error("audit_found", **found)
            async with AsyncExitStack() as stack:
                # what is found later in the day, and is of another kind, is news
                once = [told_once(self._store, f"audit-told:{kind}", DAY * self._scale) for kind in found]
                if any([await stack.enter_async_context(kind) for kind in once]):
                    message = operators.found_wrong(found)
                    await self._messenger.post(self._channel, message.text, message.blocks)
        elif self._ping:
            await self._ping()

    async def _walk(self) -> Counter[str]:
        """Go on where the last round ended, over at most AT_ONCE requests and one page of keys."""
        found: Counter[str] = Counter()
        at = await self._books.position()
        states, left = list(State), AT_ONCE
        while left > 0 and at.state < len(states):
            state = states[at.state]
            since = self._clock() - RECENT if state in FINAL else None
            ids = await self._books.ids(state, at.rank, PAGE, since=since)
            found += await self._check(ids, state)
            left -= len(ids)
            at = at.next(len(ids), PAGE)
        if at.state >= len(states):
            at = Position(0, 0, at.keys)
        strays, cursor = await self._books.stray_keys(at.keys, PAGE)
        await self._destroy(strays)
        found["keys"] += len(strays)
        await self._books.remember(Position(at.state, at.rank, cursor))
        return found

    async def _destroy(self, strays: list[str]) -> None:
        """Destroy keys that nobody needs, on record first: a crash in between records it once more.

        A record that cannot go on (its end is damaged, which `_chain` tells) keeps no key alive.
        """
        if strays and self._decisions:
            try:
                await self._decisions.record("keys_destroyed", None, self._clock(), {"requests": strays})
            except (Conflict, ValueError) as error:
                log.exception("audit_not_recorded", error=type(error).__name__, requests=strays)
        await self._books.destroy(strays)

    async def _check(self, ids: list[str], state: State) -> Counter[str]:
        found: Counter[str] = Counter()
        wanted = timers(state, self._terms)
        doubtful = await self._books.lacking(ids, state, wanted)
        well = [
            one for one, lost in doubtful.items() if set(lost) <= SPARED and await self._spares(one, lost)
        ]
        doubtful = {one: lost for one, lost in doubtful.items() if one not in well}
        for request_id in list(doubtful)[:MENDED_AT_ONCE]:
            found += await self._mend(request_id, state, wanted)
        found["idle"] += max(0, len(doubtful) - MENDED_AT_ONCE)
        return found

    async def _spares(self, request_id: str, lost: tuple[Step, ...]) -> bool:
        """Return whether this request never has these steps; the page is read by state alone.

        Where a request goes never changes, so it is read for this once and not in every round.
        """
        if request_id not in self._spared:
            request = await self._load(request_id)
            if request is None:
                return False
            if len(self._spared) >= SPARED_AT_MOST:
                self._spared.clear()
            self._spared[request_id] = spared(request, self._terms)
        return set(lost) <= self._spared[request_id]

    async def _load(self, request_id: str) -> Request | None:
        """Read a document; one that a newer version wrote is that version's to look after."""
        try:
            return (await self._store.load(request_id)).request
        except TooNew:
            log.warning("audit_leaves_to_newer", request=request_id)
            return None

    async def _mend(self, request_id: str, state: State, wanted: tuple[Step, ...]) -> Counter[str]:
        """Look again at this one by itself: it may have moved on since the page was read."""
        request = await self._load(request_id)
        if request is None or request.state is not state:
            return Counter()
        lacking = (await self._books.lacking([request_id], state, wanted)).get(request_id, ())
        if not lacking:
            return Counter()
        log.warning("audit_mends", request=request_id, steps=list(lacking))
        lacking = tuple(step for step in lacking if step not in spared(request, self._terms))
        timers_lost = [step for step in lacking if step is not Step.CARD]
        due = due_again(request, timers_lost, self._clock())
        if Step.CARD in lacking:
            due.append(Due(Step.CARD, self._clock()))
        await self._store.schedule(request_id, due)
        return Counter(idle=int(bool(timers_lost)), unshown=int(Step.CARD in lacking))

    async def _rounds(self) -> Counter[str]:
        """The rounds schedule themselves again; one that was given up has to be revived."""
        if await self._books.is_scheduled(TEAM, Step.ROUND):
            return Counter()
        log.warning("audit_mends_rounds")
        now = self._clock()
        await self._store.plan(TEAM, Step.ROUND, now, now)
        return Counter(rounds=1)

    async def _chain(self) -> Counter[str]:
        """Check the chain of the whole workspace, which nobody reads by chance as they read a request."""
        flaws = (await self._decisions.flaws() or []) if self._decisions else []
        if flaws:
            log.error("audit_chain_broken", flaws=flaws[:20])
        return Counter(chain=len(flaws))

    async def _counts(self) -> Counter[str]:
        now = self._clock()
        overdue = await self._books.overdue(now - max(OVERDUE * self._scale, timedelta(seconds=10)))
        skew = self._check_clock and abs(await self._books.server_time() - now) > SKEW
        return Counter(overdue=overdue, clock=int(skew))
