"""The clock of a rehearsal: the local world and the bot read it, and a person sets it forward."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class Timepiece:
    """The real time plus what was skipped; the bot, a process of its own, reads the skip from `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ahead = 0.0
        self._write()

    def __call__(self) -> float:
        """Seconds since the epoch, in the rehearsal."""
        return time.time() + self.ahead

    def skip(self, seconds: float) -> None:
        """Set the clock forward; it never goes back."""
        self.ahead += max(0.0, seconds)
        self._write()

    def _write(self) -> None:
        draft = self.path.with_suffix(".new")
        draft.write_text(f"{self.ahead:.3f}", encoding="ascii")
        draft.replace(self.path)  # whole or not at all: the bot may read at any moment


def until_morning(now: float) -> float:
    """How many seconds it is to the next late morning of a working day, where most of the cast live.

    Late: the security channel's office hours are those of UTC, and there it is two hours earlier in summer.
    """
    try:
        there = datetime.fromtimestamp(now, ZoneInfo("Europe/Berlin"))
    except ZoneInfoNotFoundError:  # a machine without time zone data
        there = datetime.fromtimestamp(now, UTC)
    morning = there.replace(hour=11, minute=30, second=0, microsecond=0)
    while morning <= there or morning.weekday() > 4:
        morning += timedelta(days=1)
    return morning.timestamp() - now
