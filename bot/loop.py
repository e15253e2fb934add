"""The event loop that the bot runs on, uvloop's where it is installed, and what has to go on for ever on it.

uvloop is the extra `fast`. On the delivery path, most of what Python's loop costs is its TLS and its timers,
both written in Python; the figures are in docs/adr/0040-uvloop-where-it-is-installed.md.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

import structlog

AGAIN_AFTER = 60.0  # seconds
log = structlog.get_logger(__name__)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run this to its end on the fastest loop there is, as `asyncio.run` does."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(work)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        from uvloop import new_event_loop  # noqa: PLC0415  # an extra, and not there on Windows
    except ImportError:
        return None
    return new_event_loop


def settle() -> None:
    """Take what was made while starting, which stays until the end, out of the collector's sight."""
    gc.freeze()
    gc.enable()


async def kept_up(
    what: str, work: Callable[[], Awaitable[None]], died: Callable[[], None], *, pause: float = AGAIN_AFTER
) -> None:
    """Have this done until we are cancelled: whenever it ends, count that, say why, and begin again."""
    while True:
        found: BaseException | None = None
        try:
            await work()
        except asyncio.CancelledError as error:
            if _is_cancelled():
                raise
            found = error  # of something it waited for
        except Exception as error:  # noqa: BLE001  # whatever it is, it is counted and said
            found = error
        died()
        with suppress(Exception):  # what it died of may be the log itself
            log.error("begins_again", what=what, why=type(found).__name__, seconds=pause, exc_info=found)
        await asyncio.sleep(pause)


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
