"""The form of a reviewer who goes away, and what is said about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.domain.delegation import Delegation
from bot.views import actions as a
from bot.views import blocks as b
from bot.views.blocks import Message
from bot.views.language import say

View = dict[str, Any]


def build() -> View:
    """Return the form: who decides in my place, and until when."""
    told = say(
        "While you are away somebody else may approve and deny in your place: never their own requests, "
        "never yours. Each decision is recorded with both names, and the channel is told."
    )
    return b.modal(
        say("I am away"),
        [
            b.section(told),
            b.chooser(a.DELEGATE, say("Who decides in your place"), "users_select"),
            b.chooser(a.UNTIL, say("Until (the end of that day, at most 90 days)"), "datepicker"),
        ],
        submit=say("Let them decide"),
        close=say("Cancel"),
        callback_id=a.AWAY,
    )


def parse(values: object) -> tuple[str, datetime | None]:
    """Read who and until when; the end of the day is the day's end in UTC. Never raises."""
    user, day = _read(values, a.DELEGATE, "selected_user"), _read(values, a.UNTIL, "selected_date")
    try:
        return user, datetime.combine(date.fromisoformat(day), time(), UTC) + timedelta(days=1)
    except ValueError:
        return user, None


def _read(values: object, block_id: str, field: str) -> str:
    block = values.get(block_id) if isinstance(values, Mapping) else None
    element = block.get(block_id) if isinstance(block, Mapping) else None
    value = element.get(field) if isinstance(element, Mapping) else None
    return value if isinstance(value, str) else ""


def problems(user: str, until: datetime | None, me: str, at: datetime) -> dict[str, str]:
    """Return block id -> what is wrong."""
    found = {}
    if not user or user == me:
        found[a.DELEGATE] = say("Choose somebody else.")
    if until is None or until <= at:
        found[a.UNTIL] = say("Choose a day that is not over.")
    return found


def announced(delegation: Delegation) -> Message:
    """Return what the channel and the delegate are told."""
    told = say(
        "{reviewer} is away until {until}. Until then {delegate} may decide in their place.",
        reviewer=b.mention(delegation.reviewer),
        until=b.date(delegation.until),
        delegate=b.mention(delegation.delegate),
    )
    return b.message(told, [b.section(told)])


def not_away() -> Message:
    """Return the answer to a reviewer who comes back without having been away."""
    told = say("Nobody decides in your place at the moment, so nothing was changed.")
    return b.message(told, [b.section(told)])


def back(reviewer: str) -> Message:
    """Return what the channel is told when the reviewer is back."""
    told = say("{reviewer} is back and decides for themselves again.", reviewer=b.mention(reviewer))
    return b.message(told, [b.section(told)])
