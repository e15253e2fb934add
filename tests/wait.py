"""Waiting for a condition instead of for an amount of time."""

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

_POLL_SECONDS = 0.01


async def until(predicate: Callable[[], Any | Awaitable[Any]], *, what: str, timeout: float = 60.0) -> Any:  # noqa: ASYNC109
    """Poll a plain or async predicate until it is true, and return what it returned.

    For things no event announces: processes, sockets, files. Fails with `what` after `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    while True:
        outcome = predicate()
        if inspect.isawaitable(outcome):
            outcome = await outcome
        if outcome:
            return outcome
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout:g} s in vain for: {what}")
        await asyncio.sleep(_POLL_SECONDS)


def until_now(predicate: Callable[[], Any], *, what: str, timeout: float = 60.0) -> Any:
    """Do the same without an event loop, for session fixtures."""
    deadline = time.monotonic() + timeout
    while not (outcome := predicate()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout:g} s in vain for: {what}")
        time.sleep(_POLL_SECONDS)
    return outcome


@asynccontextmanager
async def lived() -> AsyncIterator[Callable[[], float]]:
    """Count seconds as this event loop lives them, for what is promised to be quick.

    A machine that stands still adds next to nothing: a tick that comes late is one tick. Use it only where
    what is measured would otherwise wait for a timer.
    """
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            ticks += 1

    ticking = asyncio.create_task(tick())
    try:
        yield lambda: ticks * _POLL_SECONDS
    finally:
        ticking.cancel()
