"""Example requests, made by the real `opening` and `advance`: only states that the table can reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain import request as r
from bot.domain.audit import Entry
from bot.domain.casb import CasbReport, Sighting
from bot.domain.diagnosis import Diagnosis, Verdict
from bot.domain.lifecycle import Terms, advance, opening
from bot.domain.request import Draft, Event, KeyFacts, Request, Route, Scope, State

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
REQUESTER, REVIEWER, SECOND_REVIEWER = "U0REQUESTER", "U0REVIEWER", "U0SECOND"
WORKSPACE = "f7f33107-5fb9-4ee1-8922-3eae76b5b5a0"
ORGANIZATION = "org-p13k3klgno5cqxbf0q8hpgrk"
TERMS = Terms(tenant_token=True)

ROWS = {
    Verdict.GRANTED: "1",
    Verdict.LOGS_ONLY: "2",
    Verdict.PARTIAL: "3",
    Verdict.MISSING: "4",
    Verdict.NOT_FOR_WORKSPACE: "5",
    Verdict.REJECTED: "7",
    Verdict.REVOKED: "8",
    Verdict.WRONG_WORKSPACE: "9",
    Verdict.WRONG_ORGANIZATION: "10",
    Verdict.BLOCKED: "13",
    Verdict.EDGE: "14",
    Verdict.LIMITED: "15",
    Verdict.OUTAGE: "16",
    Verdict.UNCLEAR: "unknown",
}


def a_draft(**changes: Any) -> Draft:
    typed = {
        "route": Route.SUPPORT_EMAIL,
        "workspace_id": WORKSPACE,
        "organization_id": ORGANIZATION,
        "key_name": "netskope-casb",
        "created_by": "Rita Example",
        "scope": Scope.BOTH,
        "admin_email": "rita@example.com",
        "instance_name": "chatgpt-enterprise",
    }
    return Draft(**(typed | changes))


def a_request(**changes: Any) -> Request:
    """A request that nobody has opened yet; fields of the draft can be given directly."""
    of_draft = {name: changes.pop(name) for name in list(changes) if name in Draft.model_fields}
    given = {
        "id": "GL-7K3M9Q",
        "team": "T0TEAM",
        "company": "Acme Corp",
        "tenant": "https://acme.goskope.com",
        "requester": REQUESTER,
        "draft": a_draft(**of_draft),
        "key": KeyFacts(last4="WXYZ", fingerprint="0123456789abcdef0123456789abcdef"),
        "opened_at": NOW,
        "updated_at": NOW,
        "state_since": NOW,
    }
    return Request(**(given | changes))


def a_diagnosis(verdict: Verdict = Verdict.GRANTED, **changes: Any) -> Diagnosis:
    return Diagnosis(**({"verdict": verdict, "row": ROWS[verdict]} | changes))


def probed(verdict: Verdict) -> Event:
    return r.KeyProbed(diagnosis=a_diagnosis(verdict))


@dataclass
class Story:
    """A request and its audit entries as they happen, one event every ten minutes."""

    request: Request
    terms: Terms
    entries: list[Entry]
    at: datetime

    @property
    def last(self) -> Entry:
        return self.entries[-1]

    def then(self, *events: Event | Callable[[Request], Event]) -> Story:
        for event in events:
            self.at += timedelta(minutes=10)
            happened = event(self.request) if callable(event) else event
            if isinstance(happened, r.DeadlinePassed) and self.request.deadline_at:
                self.at = max(self.at, self.request.deadline_at)
            step = advance(self.request, happened, self.at, self.terms)
            self.request = step.request
            self.entries.append(step.entry)
        return self


def begin(terms: Terms = TERMS, **changes: Any) -> Story:
    first = opening(a_request(**changes), terms)
    return Story(first.request, terms, [first.entry], first.request.opened_at)


def yes(by: str) -> Callable[[Request], Event]:
    return lambda request: r.Approved(by=by, fingerprint=request.fingerprint)


def _yeses(terms: Terms) -> list[Callable[[Request], Event]]:
    people = [REVIEWER, SECOND_REVIEWER, "U0THIRD", "U0FOURTH"]
    return [yes(person) for person in people[: terms.quorum]] if terms.review else []


LOST = (probed(Verdict.REJECTED),) * 4
GREEN = r.GreenCheckSeen(by=REQUESTER)
PRESSED = r.GrantPressed(by=REQUESTER)
CANCELLED = r.Cancelled(by=REQUESTER, reason="not needed any more")


def recorded(at: datetime = NOW) -> Event:
    seen = Sighting(at=at, what="Next Gen CASB API instance created", detail="chatgpt-enterprise", by="rita")
    return r.TenantChecked(report=CasbReport(instance=seen))


def flowing(at: datetime = NOW) -> Event:
    return r.TenantChecked(report=CasbReport(data=Sighting(at=at, what="application event")))


def deleted(request: Request) -> Event:
    gone = Sighting(at=request.updated_at, what="Next Gen CASB API instance deleted", detail="by its menu")
    return r.TenantChecked(report=CasbReport(deleted=gone))


def story(state: State, terms: Terms = TERMS, **changes: Any) -> Story:
    """A story that ends in `state`."""
    told = begin(terms, **changes)
    review = [probed(Verdict.MISSING)]
    openai = [*review, *_yeses(terms)]
    netskope = [*openai, probed(Verdict.GRANTED), probed(Verdict.GRANTED)]
    verifying = [*netskope, PRESSED]
    connected = [*verifying, GREEN]
    lost: list[Any] = list(LOST)
    if not told.request.product.grants:  # nothing is ever probed, so only its records can be lost
        review, openai, netskope, verifying, connected = (
            [one for one in path if not isinstance(one, r.KeyProbed)]
            for path in (review, openai, netskope, verifying, connected)
        )
        lost = [deleted]
    paths: dict[State, list[Any]] = {
        State.CHECKING: [],
        State.NEEDS_CORRECTION: [probed(Verdict.REJECTED)],
        State.IN_REVIEW: review,
        State.AWAITING_OPENAI: openai,
        State.AWAITING_NETSKOPE: netskope,
        State.VERIFYING: verifying,
        State.CONNECTED: connected,
        State.ATTENTION: [*connected, *lost],
        State.DENIED: [*review, r.Denied(by=REVIEWER, reason="the key is shared with another tool")],
        State.CANCELLED: [CANCELLED],
        State.EXPIRED: [*review, r.DeadlinePassed()],
        State.RETIRED: [*connected, CANCELLED],
    }
    told.then(*paths[state])
    assert told.request.state is state
    return told


def in_state(state: State, terms: Terms = TERMS, **changes: Any) -> Request:
    """A request in this state, reached by real events."""
    return story(state, terms, **changes).request
