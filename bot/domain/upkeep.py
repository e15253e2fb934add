"""What must be true of every request at any time, and the steps that make it true again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.domain.lifecycle import LOOK_PACE, PROBE_PACE, REMINDED, Due, Step, Terms
from bot.domain.pace import PATIENCE
from bot.domain.request import WATCHED, Request, State

TEAM = "team"  # whom the rounds are about, in place of a request
WATCH = "watch"  # what the round is about that looks at each request once a day
CHAIN = "workspace"  # what decisions of the whole workspace are about, and the name of their chain


def timers(state: State, terms: Terms) -> tuple[Step, ...]:
    """The steps that are always due, sooner or later, while a request is in this state."""
    wanted = {
        Step.EXPIRE: state in PATIENCE,
        Step.PROBE: state in PROBE_PACE and (terms.watch or state not in WATCHED),
        Step.LOOK: state in LOOK_PACE and terms.tenant_token,
        Step.REMIND: state in REMINDED and terms.patience.next_reminder(state, 0) is not None,
    }
    return tuple(step for step, is_wanted in wanted.items() if is_wanted)


def spared(request: Request, terms: Terms) -> frozenset[Step]:
    """The steps that this request never has: nothing to probe, or no records that can be read."""
    unlooked = frozenset() if terms.looks(request) else frozenset({Step.LOOK})
    return unlooked if request.product.grants else unlooked | {Step.PROBE}


def due_again(request: Request, steps: Iterable[Step], at: datetime) -> list[Due]:
    """When steps that got lost are due: the deadline when it is, everything else now."""
    deadline = request.deadline_at or at
    return [Due(step, deadline if step is Step.EXPIRE else at) for step in steps]
