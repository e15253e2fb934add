"""Which time the tenant's records must be of to count, and from where on they are still to be read.

What is older than the correction, the record or the press is about something else: another key, another
instance, the connection that a rotation replaces.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.evidence import Evidence, Rung, Standing, shown
from bot.domain.request import Request
from bot.domain.terms import Terms

AUDIT_LATENCY = timedelta(minutes=30)  # the audit log was seen 5 minutes late; look back generously


def records_from(request: Request) -> datetime:
    """Return since when a record of the instance can be about what was approved."""
    since = request.evidence_from or request.opened_at
    return since.replace(microsecond=0)  # the tenant's records know whole seconds only


def data_from(request: Request, evidence: dict[Rung, Evidence]) -> datetime | None:
    """Return since when data can have come through this key; None: not at all, by what is known."""
    recorded, seen = evidence.get(Rung.INSTANCE_RECORDED), evidence.get(Rung.GREEN_CHECK_SEEN)
    times = [request.grant_pressed_at, recorded.at if recorded else None]
    if recorded and recorded.standing is Standing.LOST:  # deleted: only a person saw what came after it
        if not shown(evidence, Rung.GREEN_CHECK_SEEN):
            return None
        times.append(seen.at if seen else None)
    since = max((time for time in times if time), default=None)
    return since.replace(microsecond=0) if since else None


def still_flows(request: Request, terms: Terms, at: datetime) -> bool:
    """Whether "data flows" may be said in the present tense; older data were only seen once."""
    flows, quiet = request.evidence.get(Rung.DATA_FLOWS), timedelta(days=terms.patience.quiet_after)
    return flows is not None and flows.standing is Standing.SHOWN and at - flows.at <= quiet * terms.scale


def read_from(request: Request) -> datetime:
    """Return from where on the audit log is to be read now."""
    start, through = records_from(request), request.looked_through
    return max(start, through - AUDIT_LATENCY) if through else start


def read_data_from(request: Request) -> datetime | None:
    """Return from where on events are to be read now; None: no event could count."""
    start, through = data_from(request, request.evidence), request.data_through
    return max(start, through - AUDIT_LATENCY) if start and through else start
