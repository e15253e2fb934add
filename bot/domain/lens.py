"""What a person looks at in their Home tab: a filter and a page, as the few characters Slack keeps for us."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from bot.domain.request import FINAL, OPEN, WATCHED, State


class Filter(StrEnum):
    """Which requests are listed below what waits for the person."""

    OPEN = "open"
    MINE = "mine"
    CONNECTED = "connected"
    RECENT = "recent"

    @property
    def states(self) -> frozenset[State]:
        """The states that are listed."""
        return _STATES[self]


_STATES = {
    Filter.OPEN: OPEN | {State.ATTENTION},  # a connection that lost its proof is open again
    Filter.MINE: OPEN | WATCHED,
    Filter.CONNECTED: WATCHED,
    Filter.RECENT: FINAL,
}
_TEXT = re.compile(r"(open|mine|connected|recent):(\d{1,4})", re.ASCII)


class Lens(NamedTuple):
    """A filter and a page; the first page is 0."""

    filter: Filter = Filter.OPEN
    page: int = 0

    @property
    def text(self) -> str:
        """As kept in the view's private metadata: ``open:0``."""
        return f"{self.filter}:{self.page}"


def lens(text: str) -> Lens:
    """Read it back; anything that is none is the first page of what is open."""
    found = _TEXT.fullmatch(text)
    return Lens(Filter(found[1]), int(found[2])) if found else Lens()
