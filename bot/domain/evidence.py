"""Claims have rungs: which observation shows what, and when a claim counts as lost (DESIGN section 5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from bot.domain.diagnosis import LOSING, NEEDS_CORRECTION, NO_NEWS, Diagnosis, Verdict

# Two identical verdicts at least this far apart prove a grant; three losing ones over this long lose it
# (facts: OpenAI's API answers healthy keys with transient scope errors, community.openai.com/t/1378804).
PROOF_SPAN = timedelta(seconds=60)
PROOF_COUNT = 2
LOSS_SPAN = timedelta(minutes=30)
LOSS_COUNT = 3

DEAD = NEEDS_CORRECTION | {Verdict.REVOKED}
"""About the key itself: no grant of OpenAI's will mend it; only the requester can."""


class Rung(StrEnum):
    """One claim each; the order is the ladder's."""

    KEY_ALIVE = "E1"
    READ_GRANTED = "E2"
    INSTANCE_RECORDED = "E3"
    GREEN_CHECK_SEEN = "E4"
    DATA_FLOWS = "E5"


class Standing(StrEnum):
    """Where a rung stands; a rung without any evidence is 'not shown'."""

    SHOWN = "shown"
    LOST = "lost"


class Frozen(BaseModel):
    """Base of every record: immutable, strict about unknown fields, silent about values in errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Stored(Frozen):
    """Base of what the store keeps: fields that only a newer version knows are kept, and written back."""

    model_config = ConfigDict(extra="allow")


class Evidence(Stored):
    """A dated, sourced observation that supports a claim."""

    rung: Rung
    standing: Standing = Standing.SHOWN
    source: str
    at: datetime
    by: str | None = None
    detail: str = ""


class Streak(Stored):
    """Verdicts of one sort in a row: how many, from when until when; only those verdicts move `until`."""

    count: int = 0
    since: datetime | None = None
    until: datetime | None = None

    def add(self, at: datetime) -> Streak:
        """Count one more."""
        return Streak(count=self.count + 1, since=self.since or at, until=at)

    def reaches(self, count: int, span: timedelta) -> bool:
        """Whether there are this many, and the last is at least this long after the first."""
        long = self.until - self.since if self.since and self.until else timedelta(0)
        return self.count >= count and long >= span


class ProbeLog(Stored):
    """What the probes have said so far, just enough to judge a run of verdicts."""

    last: Diagnosis | None = None
    last_at: datetime | None = None
    run: Verdict | None = None
    same: Streak = Streak()
    losing: Streak = Streak()
    dead: Streak = Streak()
    no_news_since: datetime | None = None
    probes: int = 0

    def add(self, diagnosis: Diagnosis, at: datetime) -> ProbeLog:
        """Fold one probe in; answers that are no news (429, 5xx, HTML) never touch the streaks."""
        verdict = diagnosis.verdict
        seen = {"last": diagnosis, "last_at": at, "probes": self.probes + 1}
        if verdict in NO_NEWS:
            return self.model_copy(update=seen | {"no_news_since": self.no_news_since or at})
        streaks = {
            "run": verdict,
            "same": (self.same if verdict == self.run else Streak()).add(at),
            "losing": _continue(self.losing, verdict, LOSING, at),
            "dead": _continue(self.dead, verdict, DEAD, at),
        }
        return self.model_copy(update=seen | streaks | {"no_news_since": None})

    @property
    def blocked_since(self) -> datetime | None:
        """Since when our network address is refused, so that the key cannot be watched."""
        return self.same.since if self.run is Verdict.BLOCKED else None

    def proven(self, scale: float) -> bool:
        """Two identical granted verdicts at least 60 s apart (scaled)."""
        return self.run == Verdict.GRANTED and self.same.reaches(PROOF_COUNT, PROOF_SPAN * scale)

    def lost(self, scale: float) -> bool:
        """Three losing verdicts over at least 30 minutes (scaled): what was granted no longer is."""
        return self.losing.reaches(LOSS_COUNT, LOSS_SPAN * scale)

    def hopeless(self, scale: float) -> bool:
        """As many verdicts over as long that waiting for OpenAI does not mend; 'missing' is not one."""
        return self.dead.reaches(LOSS_COUNT, LOSS_SPAN * scale)


def _continue(streak: Streak, verdict: Verdict, sort: frozenset[Verdict], at: datetime) -> Streak:
    if verdict in {Verdict.UNCLEAR, Verdict.BLOCKED}:
        return streak  # neither adds nor ends
    return streak.add(at) if verdict in sort else Streak()


def verified(evidence: dict[Rung, Evidence]) -> bool:
    """'Verified' may be said when E2 and (E3 or E4) hold."""
    return shown(evidence, Rung.READ_GRANTED) and recorded(evidence)


def recorded(evidence: dict[Rung, Evidence]) -> bool:
    """'Recorded' may be said when E3 or E4 holds: of a product for which OpenAI has nothing to grant."""
    return shown(evidence, Rung.INSTANCE_RECORDED) or shown(evidence, Rung.GREEN_CHECK_SEEN)


def shown(evidence: dict[Rung, Evidence], rung: Rung) -> bool:
    """Whether this rung is shown right now."""
    found = evidence.get(rung)
    return found is not None and found.standing == Standing.SHOWN
