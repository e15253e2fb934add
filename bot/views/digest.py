"""One message a day instead of many: what waits for this person, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.lifecycle import Terms
from bot.domain.request import Request, State
from bot.views import blocks as b
from bot.views import buttons, words
from bot.views.blocks import Message

LISTED = 12


def digest(requests: Sequence[Request], reader: str, at: datetime, terms: Terms) -> Message:
    """Return the digest for one person; `requests` are those they can move."""
    oldest_first = sorted(requests, key=lambda request: request.state_since)
    count = "1 request waits" if len(requests) == 1 else f"{len(requests)} requests wait"
    lead = f"*Good morning. {count} for you.*"
    shown = [block for request in oldest_first[:LISTED] for block in _row(request, reader, at, terms)]
    left = len(oldest_first) - LISTED
    more = f" {left} more are in my Home tab." if left > 0 else ""
    small = b.context(f"You get this once a day, and only when something waits.{more}")
    names = ", ".join(request.id for request in oldest_first[:LISTED])
    return b.message(f"{count} for you: {names}.", [b.section(lead), *shown, small])


def _row(request: Request, reader: str, at: datetime, terms: Terms) -> list[b.Block]:
    turn = words.turn(request, terms, reader=reader)
    told = (
        f"*{b.esc(request.id)}* {b.code(request.draft.instance_name, 64)}: {words.STATES[request.state]}, "
        f"for {age(request.state_since, at)}\n{turn.sentence}"
    )
    decides = request.state is State.IN_REVIEW and reader != request.requester
    row = buttons.card_row(request) if decides else buttons.requester_row(request, terms)
    return [b.section(told), *b.actions([*row[:3], buttons.show(request)])]


def age(since: datetime, at: datetime) -> str:
    """Return how long ago something was, in the largest whole unit."""
    seconds = max(0, int((at - since).total_seconds()))
    for name, unit in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= unit:
            count = seconds // unit
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "less than a minute"
