"""Requests, events and journeys for the tests of the pure core."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain import request as r
from bot.domain.asking import letter_of
from bot.domain.casb import CasbReport, Sighting
from bot.domain.diagnosis import Diagnosis, Verdict
from bot.domain.evidence import Evidence, Rung
from bot.domain.lifecycle import Terms, Transition, advance, opening
from bot.domain.request import Draft, Event, KeyFacts, Place, Request, Route, Scope, State

T0 = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TERMS = Terms(tenant_token=True, smtp=True, handover=True)
DRAFT = Draft(
    route=Route.SUPPORT_EMAIL,
    workspace_id="0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9",
    organization_id="org-Example1234",
    key_name="netskope",
    created_by="Ada",
    scope=Scope.READ,
    admin_email="ada@example.com",
    instance_name="chatgpt-prod",
)
KEY = KeyFacts(last4="9xYz", fingerprint="f" * 16)
NEW_KEY = KeyFacts(last4="0aBc", fingerprint="e" * 16)
REQUESTER, REVIEWER, SECOND, THIRD = "U-ADA", "U-BOB", "U-CY", "U-DEE"


def fresh(**changes: object) -> Request:
    """A request nobody has opened yet."""
    fields = {
        "id": "GL-7K3M9Q",
        "team": "T1",
        "company": "Acme",
        "tenant": "acme.goskope.com",
        "requester": REQUESTER,
        "draft": DRAFT,
        "key": KEY,
        "opened_at": T0,
        "updated_at": T0,
        "state_since": T0,
    }
    return Request(**(fields | changes))


def opened(terms: Terms = TERMS, **changes: object) -> Request:
    return opening(fresh(**changes), terms).request


def probed(verdict: Verdict, retry_after: float | None = None, subject: str = "") -> r.KeyProbed:
    return r.KeyProbed(
        diagnosis=Diagnosis(verdict=verdict, row="1", retry_after=retry_after), subject=subject
    )


def approved(request: Request, by: str = REVIEWER) -> r.Approved:
    return r.Approved(by=by, fingerprint=request.fingerprint)


def corrected(**changes: object) -> r.Corrected:
    return r.Corrected(by=REQUESTER, draft=DRAFT.model_copy(update=changes), key=NEW_KEY)


def sighted(at: datetime, *, named: bool = True) -> Sighting:
    return Sighting(at=at, what="Next Gen CASB API instance created", by="ada", named=named)


def looked(at: datetime | None = None, deleted_at: datetime | None = None) -> r.TenantChecked:
    instance = sighted(at) if at else None
    deleted = Sighting(at=deleted_at, what="instance deleted") if deleted_at else None
    return r.TenantChecked(report=CasbReport(instance=instance, deleted=deleted))


def play(request: Request, *events: tuple[timedelta, Event], terms: Terms = TERMS) -> Request:
    """Apply events, each so long after the request's last change."""
    for later, event in events:
        request = advance(request, event, request.updated_at + later, terms).request
    return request


def proof(request: Request, terms: Terms = TERMS) -> Request:
    """Two granted verdicts 61 s apart."""
    granted = probed(Verdict.GRANTED)
    return play(request, (MINUTE, granted), (timedelta(seconds=61), granted), terms=terms)


def loss(request: Request, verdict: Verdict, terms: Terms = TERMS) -> Request:
    """Three verdicts over half an hour."""
    losing = probed(verdict)
    return play(request, *[(15 * MINUTE, losing)] * 3, terms=terms)


def _in_review() -> Request:
    return play(opened(), (MINUTE, probed(Verdict.MISSING)))


def _awaiting_openai() -> Request:
    request = _in_review()
    return play(request, (MINUTE, approved(request)))


def _awaiting_netskope() -> Request:
    return proof(_awaiting_openai())


def _verifying() -> Request:
    return play(_awaiting_netskope(), (MINUTE, r.GrantPressed(by=REQUESTER)))


def _connected() -> Request:
    return play(_verifying(), (MINUTE, r.GreenCheckSeen(by=REQUESTER)))


def reach(state: State) -> Request:
    """A request in this state, brought there by events alone, starting from CHECKING."""
    cancel = (MINUTE, r.Cancelled(by=REQUESTER))
    return {
        State.CHECKING: opened,
        State.NEEDS_CORRECTION: lambda: play(opened(), (MINUTE, probed(Verdict.REJECTED))),
        State.IN_REVIEW: _in_review,
        State.AWAITING_OPENAI: _awaiting_openai,
        State.AWAITING_NETSKOPE: _awaiting_netskope,
        State.VERIFYING: _verifying,
        State.CONNECTED: _connected,
        State.ATTENTION: lambda: loss(_connected(), Verdict.MISSING),
        State.DENIED: lambda: play(_in_review(), (MINUTE, r.Denied(by=REVIEWER, reason="no"))),
        State.CANCELLED: lambda: play(opened(), cancel),
        State.EXPIRED: lambda: play(opened(), (timedelta(days=8), r.DeadlinePassed())),
        State.RETIRED: lambda: play(_connected(), cancel),
    }[state]()


def _mailed(request: Request) -> Event:
    """After the grant, only the letter that was on its way can still be reported."""
    if request.state in r.GRANTED:
        return r.EmailSent(by="greenlight", message_id="<1@example.com>", letter=letter_of(request))
    return r.EmailSent(by=REQUESTER)


def one_of_each(request: Request) -> dict[type[Event], Event]:
    """One event of every kind, as it would be made for this request."""
    return {
        r.Opened: r.Opened(by=REQUESTER),
        r.KeyProbed: probed(Verdict.GRANTED),
        r.Corrected: corrected(),
        r.CheckAsked: r.CheckAsked(by=REQUESTER),
        r.Approved: approved(request, by=THIRD),
        r.Denied: r.Denied(by=REVIEWER, reason="not ours"),
        r.EmailSent: _mailed(request),
        r.EmailRefused: r.EmailRefused(said="550 no such user"),
        r.GrantPressed: r.GrantPressed(by=REQUESTER),
        r.TenantChecked: looked(request.updated_at),
        r.GreenCheckSeen: r.GreenCheckSeen(by=REQUESTER),
        r.KeyShown: r.KeyShown(by=REQUESTER),
        r.Cancelled: r.Cancelled(by=REQUESTER),
        r.DeadlinePassed: r.DeadlinePassed(),
        r.Reminded: r.Reminded(to="requester", number=request.reminders + 1),
        r.Snoozed: r.Snoozed(by=REQUESTER, until=request.updated_at + timedelta(days=3)),
        r.Warned: r.Warned(about=r.Concern.EXPIRY, since=request.deadline_at),
        r.FollowUpAsked: r.FollowUpAsked(by=REQUESTER),
        r.FollowedUp: r.FollowedUp(by="greenlight", message_id="<2@example.com>"),
        r.TookOver: r.TookOver(replaced=request.draft.replaces),
        r.Replaced: r.Replaced(successor="GL-AAAAAA"),
        r.ChoreDone: r.ChoreDone(by=REQUESTER, chore=r.Chore.KEY_DELETED),
        r.Announced: r.Announced(surface="card", place=Place(channel="C1", ts="1.2")),
    }


def evidence(*rungs: Rung, at: datetime = T0) -> dict[Rung, Evidence]:
    return {rung: Evidence(rung=rung, source="test", at=at) for rung in rungs}


def step(request: Request, event: Event, later: timedelta = MINUTE, terms: Terms = TERMS) -> Transition:
    return advance(request, event, request.updated_at + later, terms)
