"""One message a day instead of many: what waits for this person, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.lifecycle import Terms
from bot.domain.request import Request, State
from bot.views import blocks as b
from bot.views import buttons, naming, words
from bot.views.blocks import Message
from bot.views.language import say

LISTED = 12


def digest(
    requests: Sequence[Request], reader: str, at: datetime, terms: Terms, *, more: bool = False
) -> Message:
    """Return the digest for one person; `requests` are those they can move, `more`: perhaps not all."""
    oldest_first = sorted(requests, key=lambda request: request.state_since)
    one = len(requests) == 1
    count = (
        say("1 request waits for you") if one else say("{count} requests wait for you", count=len(requests))
    )
    if more and not one:
        count = say("At least {count} requests wait for you", count=len(requests))
    lead = f"*{say('Good morning.')} {count}.*"
    shown = [block for request in oldest_first[:LISTED] for block in _row(request, reader, at, terms)]
    left = len(oldest_first) - LISTED
    rest = say(" {left} more are in my Home tab.", left=left) if left > 0 else ""
    small = b.context(say("You get this once a day, and only when something waits.{more}", more=rest))
    names = ", ".join(request.id for request in oldest_first[:LISTED])
    return b.message(f"{count}: {names}.", [b.section(lead), *shown, small])


def _row(request: Request, reader: str, at: datetime, terms: Terms) -> list[b.Block]:
    turn = words.turn(request, terms, reader=reader)
    told = say(
        "*{id}* {name}: {state}, for {age}",
        id=b.esc(request.id),
        name=b.code(request.draft.instance_name, 64),
        state=naming.title(request),
        age=age(request.state_since, at),
    )
    told += f"\n{turn.sentence}"
    decides = request.state is State.IN_REVIEW and reader != request.requester
    row = buttons.card_row(request) if decides else buttons.requester_row(request, terms)
    return [b.section(told), *b.actions([*row[:3], buttons.show(request)])]


def age(since: datetime, at: datetime) -> str:
    """Return how long ago something was, in the largest whole unit."""
    seconds = max(0, int((at - since).total_seconds()))
    for unit, one, many in UNITS:
        if seconds >= unit:
            count = seconds // unit
            return say(one) if count == 1 else say(many, count=count)
    return say("less than a minute")


UNITS = (
    (86_400, "1 day", "{count} days"),
    (3600, "1 hour", "{count} hours"),
    (60, "1 minute", "{count} minutes"),
)
"""Seconds, and how one and many of them are said."""
