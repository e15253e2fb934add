"""What waits for whom: one answer for reminders, the digest and the Home tab."""

from __future__ import annotations

from bot.domain.patience import Blocker, blocker
from bot.domain.policy import Action, Actor, may
from bot.domain.request import Request


def waits_for(actor: Actor, request: Request, *, smtp: bool) -> bool:
    """Whether this person can make the next move; a reviewer who said yes already cannot."""
    who = blocker(request, smtp=smtp)
    if who is Blocker.REVIEWERS:
        said = any(approval.by == actor.id for approval in request.approvals)
        return not said and may(actor, Action.APPROVE, request) is None
    return who is Blocker.REQUESTER and request.requester == actor.id
