"""Claims have rungs: which observation shows what, and when a claim counts as lost (DESIGN section 5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from bot.domain.diagnosis import LOSING, NO_NEWS, Diagnosis, Verdict

# Two identical verdicts at least this far apart prove a grant; three losing ones over this long lose it
# (facts: OpenAI's API answers healthy keys with transient scope errors, community.openai.com/t/1378804).
PROOF_SPAN = timedelta(seconds=60)
LOSS_SPAN = timedelta(minutes=30)
LOSS_COUNT = 3


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
    """Base of every stored record: immutable, strict about unknown fields, silent about values in errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Evidence(Frozen):
    """A dated, sourced observation that supports a claim."""

    rung: Rung
    standing: Standing = Standing.SHOWN
    source: str
    at: datetime
    by: str | None = None
    detail: str = ""


class ProbeLog(Frozen):
    """What the probes have said so far, just enough to judge a run of verdicts."""

    last: Diagnosis | None = None
    last_at: datetime | None = None
    run: Verdict | None = None
    run_since: datetime | None = None
    run_count: int = 0
    losing_since: datetime | None = None
    losing_count: int = 0
    no_news_since: datetime | None = None
    probes: int = 0

    def add(self, diagnosis: Diagnosis, at: datetime) -> ProbeLog:
        """Fold one probe in; answers that are no news (429, 5xx, HTML) never touch the runs."""
        seen = {"last": diagnosis, "last_at": at, "probes": self.probes + 1}
        if diagnosis.verdict in NO_NEWS:
            return self.model_copy(update=seen | {"no_news_since": self.no_news_since or at})
        same = diagnosis.verdict == self.run
        losing = diagnosis.verdict in LOSING
        doubt = diagnosis.verdict == Verdict.UNCLEAR  # neither loses nor clears
        return self.model_copy(
            update=seen
            | {
                "no_news_since": None,
                "run": diagnosis.verdict,
                "run_since": self.run_since if same else at,
                "run_count": self.run_count + 1 if same else 1,
                "losing_since": (self.losing_since or at) if losing else self.losing_since if doubt else None,
                "losing_count": self.losing_count + 1 if losing else self.losing_count if doubt else 0,
            }
        )

    def proven(self, scale: float) -> bool:
        """Two identical granted verdicts at least 60 s apart (scaled)."""
        return (
            self.run == Verdict.GRANTED
            and self.run_count >= 2
            and self._span(self.run_since) >= PROOF_SPAN * scale
        )

    def lost(self, scale: float) -> bool:
        """Three losing verdicts over at least 30 minutes (scaled)."""
        return self.losing_count >= LOSS_COUNT and self._span(self.losing_since) >= LOSS_SPAN * scale

    def _span(self, since: datetime | None) -> timedelta:
        return self.last_at - since if since and self.last_at else timedelta(0)


def verified(evidence: dict[Rung, Evidence]) -> bool:
    """'Verified' may be said when E2 and (E3 or E4) hold."""
    return shown(evidence, Rung.READ_GRANTED) and (
        shown(evidence, Rung.INSTANCE_RECORDED) or shown(evidence, Rung.GREEN_CHECK_SEEN)
    )


def shown(evidence: dict[Rung, Evidence], rung: Rung) -> bool:
    """Whether this rung is shown right now."""
    found = evidence.get(rung)
    return found is not None and found.standing == Standing.SHOWN
