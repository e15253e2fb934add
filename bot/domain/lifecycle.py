"""The life of a request on one page: states, events, steps, the table, `advance`: the only way to change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain import request as r
from bot.domain.asking import needs_mail
from bot.domain.audit import Entry
from bot.domain.changes import facts_of, fold, rungs_changed
from bot.domain.diagnosis import NO_NEWS, Verdict
from bot.domain.errors import NotPossible, StepUpNeeded
from bot.domain.evidence import DEAD, Rung, recorded, shown, verified
from bot.domain.identity import is_risky
from bot.domain.pace import LOOK_PACE as LOOK_PACE  # noqa: PLC0414  # re-exported
from bot.domain.pace import PROBE_PACE as PROBE_PACE  # noqa: PLC0414  # re-exported
from bot.domain.request import Event, Request, Route, State
from bot.domain.terms import MIRRORS as MIRRORS  # noqa: PLC0414  # re-exported
from bot.domain.terms import PER_STAY as PER_STAY  # noqa: PLC0414  # re-exported
from bot.domain.terms import TIMERS as TIMERS  # noqa: PLC0414  # re-exported
from bot.domain.terms import Due as Due  # noqa: PLC0414  # re-exported
from bot.domain.terms import Step as Step  # noqa: PLC0414  # re-exported
from bot.domain.terms import Terms as Terms  # noqa: PLC0414  # re-exported
from bot.domain.timers import deadline_in, expiry_of, timers_after


@dataclass(frozen=True)
class Transition:
    """The decision: the new request, what to write down, what to do, what to forget."""

    request: Request
    entry: Entry
    due: tuple[Due, ...] = ()
    clear: frozenset[Step] = frozenset()
    destroys_key: bool = False


Choice = Callable[[Request, Terms], State]


@dataclass(frozen=True)
class Rule:
    """Where an event may lead, which one it is, and which messages it causes."""

    to: tuple[State, ...]
    choose: Choice | None = None
    says: frozenset[Step] = field(default_factory=frozenset)
    quiet: bool = False  # messages only when the state changes; a rung that changed is noted all the same

    def target(self, request: Request, terms: Terms) -> State:
        """The state after the event has been folded in."""
        chosen = self.choose(request, terms) if self.choose else self.to[0]
        if chosen not in self.to:
            raise AssertionError(f"{chosen} is not among {self.to}")
        return chosen


def after_review(request: Request, terms: Terms) -> State:
    """Enough yeses? Then OpenAI, or straight to Netskope when the scopes are proven already."""
    if terms.review and len(request.approvals) < terms.approvals_needed(request):
        return State.IN_REVIEW
    proven = shown(request.evidence, Rung.READ_GRANTED) or not request.product.grants
    return State.AWAITING_NETSKOPE if proven else State.AWAITING_OPENAI


def after_first_probe(request: Request, terms: Terms) -> State:
    """Accepted goes to review; what only the requester can mend goes back; no news stays."""
    log = request.probes
    if log.last is None or log.no_news_since or log.last.verdict == Verdict.BLOCKED:
        return State.CHECKING
    if log.last.verdict in DEAD:
        return State.NEEDS_CORRECTION
    if log.last.verdict == Verdict.UNCLEAR and log.same.count < 3:
        return State.CHECKING
    if (
        log.last.verdict not in {Verdict.GRANTED, Verdict.UNCLEAR}
        and request.draft.route == Route.SELF_SERVICE
    ):
        return State.NEEDS_CORRECTION
    return after_review(request, terms)


def in_review(request: Request, terms: Terms) -> State:
    """Missing scopes are expected here; a key that no grant can mend goes back to the requester."""
    return State.NEEDS_CORRECTION if _hopeless(request, terms) else State.IN_REVIEW


def while_waiting(request: Request, terms: Terms) -> State:
    """Proven scopes end the wait; a key that no grant can mend goes back to the requester."""
    if request.probes.proven(terms.scale):
        return State.AWAITING_NETSKOPE
    return State.NEEDS_CORRECTION if _hopeless(request, terms) else State.AWAITING_OPENAI


def _hopeless(request: Request, terms: Terms) -> bool:
    """Nobody grants scopes to a self-service key: there, missing ones are the requester's to mend."""
    log, self_service = request.probes, request.draft.route is Route.SELF_SERVICE
    return log.lost(terms.scale) if self_service else log.hopeless(terms.scale)


def once_corrected(request: Request, terms: Terms) -> State:
    """What the approval is bound to has changed? Then all begins again; else it goes on where it was."""
    kept = request.probes.last or (request.approvals or request.evidence or request.grant_pressed_at)
    return request.state if kept else begin_again(request, terms)


def begin_again(request: Request, terms: Terms) -> State:
    """The key is checked first; where OpenAI has nothing to grant, there is nothing to check."""
    return State.CHECKING if request.product.grants else after_review(request, terms)


def before_grant(request: Request, terms: Terms) -> State:
    """Scopes that were proven and are lost go back to the requester."""
    return State.NEEDS_CORRECTION if request.probes.lost(terms.scale) else State.AWAITING_NETSKOPE


def while_verifying(request: Request, terms: Terms) -> State:
    """A probe may find all that was wanting; lost scopes go back to the requester."""
    return State.NEEDS_CORRECTION if request.probes.lost(terms.scale) else when_verified(request, terms)


def in_tenant(request: Request, _terms: Terms) -> State:
    """The audit log shows the instance before anyone said so."""
    return State.VERIFYING if shown(request.evidence, Rung.INSTANCE_RECORDED) else State.AWAITING_NETSKOPE


def _settled(request: Request) -> bool:
    """Everything that this product needs for a connection is shown."""
    return verified(request.evidence) if request.product.grants else recorded(request.evidence)


def when_verified(request: Request, _terms: Terms) -> State:
    """'Verified' is said when E2 and (E3 or E4) hold, 'recorded' (where nothing is granted) without E2."""
    return State.CONNECTED if _settled(request) else State.VERIFYING


def when_watched(request: Request, _terms: Terms) -> State:
    """Connected while proven; attention as soon as proof is lost."""
    return State.CONNECTED if _settled(request) else State.ATTENTION


NOTE, TELL = frozenset({Step.NOTE}), frozenset({Step.TELL})
BOTH = NOTE | TELL
S = State
REMINDED = r.OPEN - {S.CHECKING} | {S.ATTENTION}
DAY = timedelta(days=1)
BLINDED = frozenset({S.CHECKING, S.AWAITING_OPENAI, S.CONNECTED})
"""Rests on the probes alone: an address that OpenAI refuses is then the requester's to have allowed."""

TABLE: dict[tuple[State, type[Event]], Rule] = {
    (S.CHECKING, r.KeyProbed): Rule(
        (S.IN_REVIEW, S.NEEDS_CORRECTION, S.CHECKING, S.AWAITING_OPENAI, S.AWAITING_NETSKOPE),
        after_first_probe,
        BOTH,
        quiet=True,
    ),
    (S.CHECKING, r.CheckAsked): Rule((S.CHECKING,)),
    (S.NEEDS_CORRECTION, r.Corrected): Rule((S.CHECKING,), says=NOTE),
    (S.NEEDS_CORRECTION, r.CheckAsked): Rule((S.CHECKING,)),
    (S.IN_REVIEW, r.KeyProbed): Rule((S.IN_REVIEW, S.NEEDS_CORRECTION), in_review, BOTH, quiet=True),
    (S.IN_REVIEW, r.CheckAsked): Rule((S.IN_REVIEW,)),
    (S.IN_REVIEW, r.Corrected): Rule((S.CHECKING, S.IN_REVIEW), begin_again, NOTE),
    (S.IN_REVIEW, r.Approved): Rule(
        (S.IN_REVIEW, S.AWAITING_OPENAI, S.AWAITING_NETSKOPE), after_review, BOTH
    ),
    (S.IN_REVIEW, r.Denied): Rule((S.DENIED,), says=BOTH),
    (S.AWAITING_OPENAI, r.EmailSent): Rule((S.AWAITING_OPENAI,), says=NOTE),
    (S.AWAITING_OPENAI, r.EmailRefused): Rule((S.AWAITING_OPENAI,), says=BOTH),
    (S.AWAITING_OPENAI, r.KeyProbed): Rule(
        (S.AWAITING_NETSKOPE, S.AWAITING_OPENAI, S.NEEDS_CORRECTION), while_waiting, BOTH, quiet=True
    ),
    (S.AWAITING_OPENAI, r.CheckAsked): Rule((S.AWAITING_OPENAI,)),
    (S.AWAITING_OPENAI, r.Corrected): Rule((S.CHECKING,), says=NOTE),
    **{(state, r.EmailSent): Rule((state,), says=NOTE) for state in r.GRANTED},  # was on its way
    (S.AWAITING_NETSKOPE, r.GrantPressed): Rule((S.VERIFYING,), says=BOTH),
    (S.AWAITING_NETSKOPE, r.TenantChecked): Rule(
        (S.VERIFYING, S.AWAITING_NETSKOPE), in_tenant, BOTH, quiet=True
    ),
    (S.AWAITING_NETSKOPE, r.KeyProbed): Rule(
        (S.AWAITING_NETSKOPE, S.NEEDS_CORRECTION), before_grant, BOTH, quiet=True
    ),
    (S.AWAITING_NETSKOPE, r.CheckAsked): Rule((S.AWAITING_NETSKOPE,)),
    (S.AWAITING_NETSKOPE, r.KeyShown): Rule((S.AWAITING_NETSKOPE,), says=NOTE),
    **{
        (state, r.Corrected): Rule(
            (S.CHECKING, S.IN_REVIEW, S.AWAITING_NETSKOPE, state), once_corrected, BOTH
        )
        for state in r.GRANTED
    },
    (S.VERIFYING, r.TenantChecked): Rule((S.CONNECTED, S.VERIFYING), when_verified, BOTH, quiet=True),
    (S.VERIFYING, r.GreenCheckSeen): Rule((S.CONNECTED, S.VERIFYING), when_verified, BOTH),
    (S.VERIFYING, r.KeyProbed): Rule(
        (S.VERIFYING, S.CONNECTED, S.NEEDS_CORRECTION), while_verifying, BOTH, quiet=True
    ),
    (S.VERIFYING, r.GrantPressed): Rule((S.VERIFYING,)),
    (S.VERIFYING, r.CheckAsked): Rule((S.VERIFYING,)),
    **{(state, r.CheckAsked): Rule((state,)) for state in (S.CONNECTED, S.ATTENTION)},
    **{
        (state, event): Rule((S.CONNECTED, S.ATTENTION), when_watched, BOTH, quiet=True)
        for state in (S.CONNECTED, S.ATTENTION)
        for event in (r.KeyProbed, r.TenantChecked)
    },
    (S.CONNECTED, r.GreenCheckSeen): Rule((S.CONNECTED,), says=NOTE),
    (S.ATTENTION, r.GreenCheckSeen): Rule((S.CONNECTED, S.ATTENTION), when_watched, NOTE),
    **{(state, r.Cancelled): Rule((S.CANCELLED,), says=BOTH) for state in r.OPEN},
    **{(state, r.DeadlinePassed): Rule((S.EXPIRED,), says=BOTH) for state in r.OPEN},
    **{(state, r.Cancelled): Rule((S.RETIRED,), says=BOTH) for state in r.WATCHED},
    **{(state, r.Reminded): Rule((state,), says=BOTH) for state in REMINDED},
    **{(state, r.Snoozed): Rule((state,)) for state in REMINDED},
    **{(state, r.Warned): Rule((state,), says=BOTH) for state in r.OPEN | r.WATCHED},
    (S.AWAITING_OPENAI, r.FollowUpAsked): Rule((S.AWAITING_OPENAI,)),
    (S.AWAITING_OPENAI, r.FollowedUp): Rule((S.AWAITING_OPENAI,), says=NOTE),
    **{(state, r.TookOver): Rule((state,), says=NOTE) for state in r.WATCHED},
    **{(state, r.Replaced): Rule((S.RETIRED,), says=BOTH) for state in r.WATCHED},
    (S.RETIRED, r.ChoreDone): Rule((S.RETIRED,), says=NOTE),
    **{(state, r.Announced): Rule((state,)) for state in State},
}


def opening(request: Request, terms: Terms) -> Transition:
    """The first transition: the request exists, its key is probed at once, its card is due.

    Where OpenAI has nothing to grant, the review comes at once, and the key is not kept.
    """
    at, event, grants = request.opened_at, r.Opened(by=request.requester), request.product.grants
    state = begin_again(request, terms)
    deadline = deadline_in(state, at, terms)
    begun = {"version": 1, "state": state, "deadline_at": deadline}
    begun |= {"next_probe_at": at} if grants else {"key_destroyed_at": at}
    opened = request.model_copy(update=begun)
    timers = (Due(Step.PROBE, at),) if grants else timers_after(opened, True, state, event, at, terms)
    due = (*timers, Due(Step.CARD, at), Due(Step.TELL, at, 1), *expiry_of(deadline, terms))
    entry = _entry(request, opened, event, at)
    return Transition(opened, entry, (*due, *_mirrors(opened, at, terms)), destroys_key=not grants)


def advance(request: Request, event: Event, at: datetime, terms: Terms) -> Transition:
    """Decide what an event does to a request; raise a `UserError` when it does nothing."""
    rule = TABLE.get((request.state, type(event)))
    if rule is None or _pointless(request, event, terms):
        raise NotPossible(request.state, event.__class__.__name__)
    folded = fold(event, request, at, terms.scale)
    if isinstance(event, r.Approved) and _unconfirmed(event, request, terms):
        raise StepUpNeeded
    state = request.state if _no_news(event) else rule.target(folded, terms)
    moved = state is not request.state
    deadline = deadline_in(state, at, terms) if moved else folded.deadline_at
    timers = (
        *timers_after(folded, moved, state, event, at, terms),
        *expiry_of(deadline if moved or deadline != request.deadline_at else None, terms),
    )
    probe = next((due.at for due in timers if due.step is Step.PROBE), None)
    changed = folded.model_copy(
        update={
            "version": request.version + 1,
            "state": state,
            "updated_at": at,
            "state_since": at if moved else request.state_since,
            "deadline_at": deadline,
            **(
                {"reminders": 0, "snoozed_until": None, "warned": _still_warned(folded, state)}
                if moved
                else {}
            ),
            "next_probe_at": None
            if state in r.FINAL
            else probe or (None if moved else request.next_probe_at),
            "blocked_told_at": _blocked_told(request, folded, state, at, terms),
            "key_destroyed_at": request.key_destroyed_at or (at if _ends_key(state, terms) else None),
        }
    )
    messages = _messages(rule, request, changed, event, at, terms)
    return Transition(
        changed,
        _entry(request, changed, event, at),
        (*timers, *messages, *_mirrors(changed, at, terms)),
        clear=PER_STAY - {due.step for due in (*timers, *messages)} if moved else frozenset(),
        destroys_key=_ends_key(state, terms),
    )


def _pointless(request: Request, event: Event, terms: Terms) -> bool:
    """Nothing to show, nothing to check: the table does not know what an installation and a product lack."""
    if isinstance(event, r.KeyShown):
        return not terms.handover or not request.product.grants
    if isinstance(event, r.FollowUpAsked):  # the button may be older than the setting
        return not terms.smtp
    checks = request.product.grants or (request.state in LOOK_PACE and terms.looks(request))
    return isinstance(event, r.CheckAsked) and not checks


def _still_warned(before: Request, state: State) -> tuple[r.Concern, ...]:
    """A key expires on its day, and misses who made it, whatever becomes of its request meanwhile."""
    kept = {r.Concern.CREATOR_LEFT}
    if {before.state, state} <= r.WATCHED:
        kept.add(r.Concern.KEY_EXPIRY)
    return tuple(concern for concern in before.warned if concern in kept)


def _blocked_told(
    before: Request, folded: Request, state: State, at: datetime, terms: Terms
) -> datetime | None:
    """When the requester heard last that our address is refused: once a day where it is so by turns only."""
    last = folded.blocked_told_at
    begins = state in BLINDED and folded.probes.blocked_since and not before.probes.blocked_since
    return at if begins and (last is None or at - last >= DAY * terms.scale) else last


def _ends_key(state: State, terms: Terms) -> bool:
    """The key is destroyed on every way out, and once connected where nobody keeps watching."""
    return state in r.FINAL or (state is S.CONNECTED and not terms.watch)


def _mirrors(after: Request, at: datetime, terms: Terms) -> tuple[Due, ...]:
    """Every entry also goes to the copies of the audit trail that this installation keeps."""
    return tuple(Due(step, at, after.version) for step in terms.mirrors)


def _unconfirmed(event: r.Approved, request: Request, terms: Terms) -> bool:
    return terms.step_up and not event.step_up and is_risky(request, terms.production)


def _entry(before: Request, after: Request, event: Event, at: datetime) -> Entry:
    return Entry(
        request=after.id,
        seq=after.version,
        at=at,
        event=event.kind,  # type: ignore[attr-defined]  # every concrete event has one
        by=getattr(event, "by", None),
        state_from=before.state if before.version else "",
        state_to=after.state,
        facts=facts_of(event, before, after),
    )


def _messages(
    rule: Rule, before: Request, after: Request, event: Event, at: datetime, terms: Terms
) -> tuple[Due, ...]:
    if isinstance(event, r.Announced):
        return (Due(Step.CARD, at),) if event.surface == "card" and event.place is None else ()
    moved = after.state is not before.state
    spoken = rule.says if moved or not rule.quiet else frozenset()
    if isinstance(event, r.Reminded):
        spoken = (TELL if event.to != "reviewers" else NOTE) | (NOTE if event.escalated else frozenset())
    if rungs_changed(before, after):
        spoken |= NOTE
    if after.blocked_told_at not in {None, before.blocked_told_at}:
        spoken |= TELL  # nothing moves, and yet it is somebody else's turn
    said = [Due(step, at, after.version) for step in (Step.NOTE, Step.TELL) if step in spoken]
    # Asked at every probe, as the one that answers "granted" is no reason to write, and the next may be.
    if (moved or isinstance(event, r.KeyProbed)) and needs_mail(after) and terms.smtp:
        said.append(Due(Step.MAIL, at))
    if moved and after.state is S.CONNECTED and after.draft.replaces and not after.took_over:
        said.append(Due(Step.SUCCEED, at))
    if isinstance(event, r.FollowUpAsked):
        said.append(Due(Step.FOLLOW_UP, at))
    return (Due(Step.CARD, at), *said)


def _no_news(event: Event) -> bool:
    """429, 5xx, HTML say something about the way to OpenAI, nothing about the key: never a move."""
    return isinstance(event, r.KeyProbed) and event.diagnosis.verdict in NO_NEWS
