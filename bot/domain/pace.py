"""How often outside systems are asked, and how long each state may last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.evidence import LOSS_SPAN, PROOF_SPAN
from bot.domain.request import State

SLACK_SECONDS = 3.0  # for an answer to a click, and the life of its trigger id
ANSWERING = 5 / 6  # the share of them after which we give up, before Slack does
ASKING = 2 / 3  # the share after which a question on the way to the answer is given up


@dataclass(frozen=True)
class Pace:
    """When the next probe or look is due: a share of the time already waited, within bounds (issue 2)."""

    share: float = 0.05
    least: timedelta = timedelta(seconds=30)
    most: timedelta = timedelta(minutes=30)

    def after(self, waited: timedelta, scale: float, jitter: float) -> timedelta:
        """The wait before the next try, scaled; `jitter` in -1..1 moves it by a tenth, within the bounds."""
        wait = waited * self.share * (1 + 0.1 * jitter)
        return min(max(wait, self.least * scale), self.most * scale)


WAITING = Pace()
WATCHING = Pace(least=timedelta(hours=1), most=timedelta(hours=6))
DOUBTING = Pace(share=0, least=LOSS_SPAN / 2, most=LOSS_SPAN / 2)
CONFIRMING = Pace(share=0, least=PROOF_SPAN * 1.1, most=PROOF_SPAN * 1.1)

PROBE_PACE = {
    State.CHECKING: WAITING,
    State.IN_REVIEW: WATCHING,
    State.AWAITING_OPENAI: WAITING,
    State.AWAITING_NETSKOPE: WATCHING,
    State.VERIFYING: WATCHING,
    State.CONNECTED: WATCHING,
    State.ATTENTION: WAITING,
}
LOOK_PACE = {
    State.AWAITING_NETSKOPE: WAITING,
    State.VERIFYING: WAITING,
    State.CONNECTED: WATCHING,
    State.ATTENTION: WATCHING,
}
PATIENCE = {
    State.CHECKING: timedelta(days=7),
    State.NEEDS_CORRECTION: timedelta(days=14),
    State.IN_REVIEW: timedelta(days=14),
    State.AWAITING_OPENAI: timedelta(days=60),
    State.AWAITING_NETSKOPE: timedelta(days=30),
    State.VERIFYING: timedelta(days=30),
}


def told_wait(seconds: float | None) -> timedelta:
    """What Retry-After said, at most a day: an absurd number must neither stop the clock nor break it."""
    return timedelta(seconds=min(seconds, 86_400.0)) if seconds and seconds > 0 else timedelta(0)
