"""The event loop that the bot runs on: uvloop's where it is installed, Python's own otherwise.

uvloop is the extra `fast`. On the delivery path, most of what Python's loop costs is its TLS and its timers,
both written in Python; the figures are in docs/adr/0040-uvloop-where-it-is-installed.md.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any


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
