"""A reviewer who is away names somebody to stand in: until when, and what that person may then do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.domain.evidence import Stored


class Delegation(Stored):
    """`delegate` may decide in the place of `reviewer` until `until`; `at` is when that was said."""

    reviewer: str
    delegate: str
    until: datetime
    at: datetime


def stood_in_for(user: str, delegations: Iterable[Delegation], at: datetime) -> tuple[str, ...]:
    """Return whom this person stands in for now, in a stable order."""
    found = {one.reviewer for one in delegations if one.delegate == user and one.at <= at < one.until}
    return tuple(sorted(found - {user}))
