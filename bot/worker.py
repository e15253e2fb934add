"""Claims due steps and performs them: polling, retries, posts and reminders are all this one loop."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog

from bot import metrics, tracing
from bot.domain.errors import (
    AlreadySaid,
    Conflict,
    NotFound,
    NotPossible,
    ProviderError,
    Queued,
    Refused,
    Stale,
    StoreUnavailable,
)
from bot.domain.lifecycle import Step
from bot.ports import Claimed, Claims, Clock, NotYet, Store
from bot.service import until_saved

Performer = Callable[[Claimed], Awaitable[None]]

LEASE = 30.0
SETTLING = 1 / 6  # of the lease, kept for writing down that a step is done
CONCURRENCY = 16
IDLE = 20.0
ATTEMPTS = 12
FIRST_RETRY = timedelta(seconds=2)
LAST_RETRY = timedelta(minutes=5)
OF_PEOPLE = frozenset({Step.DIGEST, Step.HOME})

log = structlog.get_logger(__name__)


class Worker:
    """Leases due steps from the store, performs each within its lease, gives failures back with a delay."""

    def __init__(
        self,
        store: Store,
        perform: Mapping[Step, Performer],
        clock: Clock,
        *,
        lease: float = LEASE,
        idle: float = IDLE,
        last_retry: timedelta = LAST_RETRY,
    ) -> None:
        self._store = store
        self._perform = perform
        self._clock = clock
        self._lease = lease
        self._idle = idle
        self._last_retry = last_retry
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._claiming = False
        self._claimed_last = asyncio.Event()

    async def run(self, first: Callable[[], Awaitable[None]] | None = None) -> None:
        """Do what comes `first`, then work until `stop`; an absent store is waited for with jitter."""
        self._claiming = True
        try:
            await self._rounds(first or self._round)
        finally:
            self._claimed_last.set()

    async def _rounds(self, do: Callable[[], Awaitable[None]]) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                await do()
                do, failures = self._round, 0
            except StoreUnavailable:
                failures += 1
                metrics.STORE_FAILURES.inc()
                await self._pause(min(5.0, 0.1 * 2**failures) * random.uniform(0.5, 1.0))  # noqa: S311

    async def stop(self, patience: float = 8.0) -> None:
        """Claim nothing more and let running steps finish; what does not finish comes back by its lease."""
        self._stopping.set()
        deadline = asyncio.get_running_loop().time() + patience
        if self._claiming:  # a claim that is under way may still start steps
            await self._within(patience, self._claimed_last.wait())
        if self._running:
            left = max(0.0, deadline - asyncio.get_running_loop().time())
            await asyncio.wait(self._running, timeout=left)
        given_up = list(self._running)
        for task in given_up:
            task.cancel()
        await asyncio.gather(*given_up, return_exceptions=True)

    async def _round(self) -> None:
        free = CONCURRENCY - len(self._running)
        if not free:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            return
        claims = await self._store.claim(self._clock(), free, self._lease)
        for claimed in claims.steps:
            self._start(claimed)
        if len(claims.steps) < free:  # nothing else was due: what becomes due wakes us
            await self._wait(claims)

    def _start(self, claimed: Claimed) -> None:
        metrics.STEP_LAG.observe(max(0.0, (self._clock() - claimed.due).total_seconds()))
        task = asyncio.create_task(self._settle(claimed), name=f"{claimed.step} {claimed.request_id}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _wait(self, claims: Claims) -> None:
        seconds = self._idle
        if claims.next_due:
            seconds = min(self._idle, max(0.0, (claims.next_due - self._clock()).total_seconds()))
        waiting = asyncio.create_task(self._store.wait(seconds))
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        await ended(stopping)
        await ended(waiting)
        if not waiting.cancelled() and (error := waiting.exception()):
            raise error

    async def _pause(self, seconds: float) -> None:
        await self._within(seconds, self._stopping.wait())

    @staticmethod
    async def _within(seconds: float, waiting: Awaitable[Any]) -> None:
        try:
            await asyncio.wait_for(waiting, seconds)
        except TimeoutError:
            return

    async def _settle(self, claimed: Claimed) -> None:
        try:
            outcome = await self._attempt(claimed)
        except (StoreUnavailable, TimeoutError):
            outcome = "store_away"  # the lease brings it back
        except asyncio.CancelledError:
            await self._give_back(claimed)
            raise
        metrics.STEPS.labels(claimed.step, outcome).inc()

    async def _give_back(self, claimed: Claimed) -> None:
        """We are leaving: somebody else may have it now, without waiting for the lease."""
        with suppress(StoreUnavailable, TimeoutError):
            async with asyncio.timeout(1):
                await self._store.postpone(claimed, self._clock(), counts=False)

    async def _attempt(self, claimed: Claimed) -> str:
        about = _about(claimed)
        context = {**about, "ref": claimed.ref}
        try:
            with tracing.span(f"step {claimed.step}", about.get("request", ""), attempt=claimed.attempts):
                async with asyncio.timeout(self._lease * (1 - SETTLING)):
                    await self._perform[claimed.step](claimed)
        except (NotPossible, NotFound, AlreadySaid, Stale) as moved_on:
            log.info("step_moot", why=type(moved_on).__name__, **context)
        except Refused as error:
            log.warning("step_refused", said=error.said, provider=error.provider, **context)
            await self._store.bury(claimed, str(error))
            return "buried"
        except Queued as error:
            turn = self._clock() + timedelta(seconds=error.retry_after or 0)
            await self._store.postpone(claimed, turn, counts=False)
            return "queued"
        except (ProviderError, Conflict, TimeoutError, NotYet) as error:
            return await self._later(claimed, error)
        except StoreUnavailable:
            raise
        except Exception as error:  # a defect in one step must not stop the others
            log.exception("step_failed", error=type(error).__name__, **context)
            return await self._later(claimed, error)
        async with asyncio.timeout(self._lease * SETTLING):
            await until_saved(lambda: self._store.done(claimed))
        return "done"

    async def _later(self, claimed: Claimed, error: Exception) -> str:
        told = getattr(error, "retry_after", None)
        if claimed.attempts >= ATTEMPTS and not told and not isinstance(error, ProviderError):
            await self._store.bury(claimed, f"{type(error).__name__} after {claimed.attempts} attempts")
            return "buried"
        wait = min(self._last_retry, FIRST_RETRY * 2 ** min(claimed.attempts - 1, 10))
        pause = timedelta(seconds=told) if told else wait * random.uniform(0.5, 1.0)  # noqa: S311
        log.info("step_later", **_about(claimed), why=str(error)[:200])
        await self._store.postpone(claimed, self._clock() + pause, counts=told is None)
        return "later"


def _about(claimed: Claimed) -> dict[str, str]:
    """What a line or a span says of a step: its request; of one about a person not even Slack's id."""
    about = {} if claimed.step in OF_PEOPLE else {"request": claimed.request_id}
    return about | {"step": claimed.step}


async def ended(task: asyncio.Task[Any]) -> None:
    """Cancel until it is over: a client that is connecting may swallow one cancellation (seen: no exit)."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=0.05)
