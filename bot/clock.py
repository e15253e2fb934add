"""The only clock of the product, and a way to set it forward in a rehearsal.

`GREENLIGHT_CLOCK_FILE` names a file that holds how many seconds the clock is ahead. It counts only where
Slack itself is on this machine's loopback, so no real installation can live in the wrong time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from bot.addresses import is_loopback
from bot.domain.errors import GreenlightError
from bot.ports import Clock
from bot.worker import IDLE

CLOCK_FILE = "GREENLIGHT_CLOCK_FILE"
REHEARSAL_IDLE = 0.5  # seconds


def utc_now() -> datetime:
    """The real time."""
    return datetime.now(UTC)


class ShiftedClock:
    """The real time plus the seconds in a file, read at each look; an unreadable file shifts nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> datetime:
        """The time in the rehearsal."""
        return utc_now() + timedelta(seconds=self._ahead())

    def _ahead(self) -> float:
        try:
            ahead = float(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0.0
        return ahead if math.isfinite(ahead) and 0 <= ahead < 10**9 else 0.0


def clock_of(environ: Mapping[str, str], slack_api_url: str) -> Clock:
    """The clock to run by; raises `GreenlightError` where a shifted one is asked for in earnest."""
    path = environ.get(CLOCK_FILE)
    if not path:
        return utc_now
    if not is_loopback(urlsplit(slack_api_url).hostname):
        raise GreenlightError(f"{CLOCK_FILE} is for rehearsals: it needs SLACK_API_URL on this machine.")
    return ShiftedClock(Path(path))


def idle_of(clock: Clock) -> float:
    """How many seconds a worker may wait without a look at the clock: few where it may be set meanwhile."""
    return IDLE if clock is utc_now else REHEARSAL_IDLE
