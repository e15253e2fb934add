"""Any order of clicks, retries, verdicts, reports, restarts: what must hold holds after each of them.

The model keeps a schedule as the store does: timers and the card once per request, messages once per version;
a claim leaves the step in place, finishing removes it unless it was scheduled anew meanwhile.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.connectors import CONNECTORS
from bot.domain import request as r
from bot.domain.asking import letter_of, needs_mail
from bot.domain.audit import Entry, flaws, link
from bot.domain.casb import CasbReport, Sighting, Trouble, TroubleKind
from bot.domain.diagnosis import Verdict
from bot.domain.errors import UserError
from bot.domain.evidence import Rung, shown
from bot.domain.lifecycle import (
    LOOK_PACE,
    PROBE_PACE,
    REMINDED,
    TIMERS,
    Step,
    Terms,
    Transition,
    advance,
    opening,
)
from bot.domain.policy import Action, Actor, may
from bot.domain.request import FINAL, OPEN, WATCHED, Event, Request, State
from bot.domain.upkeep import spared
from bot.domain.windows import records_from
from tests.bot.domain.samples import DRAFT, KEY, NEW_KEY, REQUESTER, T0, fresh

SECRET = b"audit secret of this installation"
PEOPLE = [
    Actor(id=REQUESTER, admin=True, reviewer=True),  # may do nearly everything, but never approve their own
    *(Actor(id=f"U-REVIEWER-{number}", reviewer=True) for number in range(3)),
    Actor(id="U-ADMIN", admin=True),
    Actor(id="U-GUEST", admin=True, reviewer=True, guest=True),
]
MOVES = (r.CheckAsked, r.GrantPressed, r.GreenCheckSeen, r.EmailSent, r.Cancelled, r.Denied, r.Approved)
ACTIONS = {
    r.CheckAsked: Action.CHECK,
    r.GrantPressed: Action.CONFIRM,
    r.GreenCheckSeen: Action.CONFIRM,
    r.EmailSent: Action.CONFIRM,
    r.Cancelled: Action.CANCEL,
    r.Denied: Action.DENY,
    r.Approved: Action.APPROVE,
    r.Corrected: Action.CORRECT,
    r.Snoozed: Action.CHECK,
    r.FollowUpAsked: Action.CONFIRM,
}
Slot = tuple[Step, int]


def letter_for(request: Request) -> str:
    """A Message-ID that says what was asked for."""
    return f"<{request.fingerprint}@example.com>"


@dataclass(frozen=True)
class Held:
    """A step a worker holds: what it saw when it took it."""

    slot: Slot
    token: int
    seen: Request


class Life(RuleBasedStateMachine):
    """One request, a schedule, people, a fickle OpenAI and a fickle tenant."""

    def __init__(self) -> None:
        super().__init__()
        self.now = T0
        self.tokens = itertools.count()
        self.schedule: dict[Slot, tuple[datetime, int]] = {}
        self.held: list[Held] = []
        self.entries: list[Entry] = []
        self.decisions: list[str] = []
        self.key = True
        self.decided_version = self.shown_version = 0
        self.verdict = Verdict.MISSING
        self.report = CasbReport()
        self.last_event: Event | None = None

    @initialize(
        quorum=st.integers(1, 3),
        review=st.booleans(),
        tenant=st.booleans(),
        smtp=st.booleans(),
        watch=st.booleans(),
        connector=st.sampled_from(sorted(CONNECTORS)),
        chapters=st.integers(0, 5),
    )
    def open(
        self,
        quorum: int,
        review: bool,
        tenant: bool,
        smtp: bool,
        watch: bool,
        connector: str,
        chapters: int,
    ) -> None:
        self.terms = Terms(quorum=quorum, review=review, tenant_token=tenant, smtp=smtp, watch=watch)
        self.stored = ""
        self._save(opening(fresh(connector=connector), self.terms), announced=False)
        for chapter in (self._to_review, self._to_openai, self._to_netskope, self._press, self._see)[
            :chapters
        ]:
            chapter()

    def _to_review(self) -> None:
        self.work(steps=4)

    def _to_openai(self) -> None:
        self.everyone_approves()

    def _to_netskope(self) -> None:
        self.verdict = Verdict.GRANTED
        self.work(steps=12)

    def _press(self) -> None:
        self._apply(r.GrantPressed(by=REQUESTER))

    def _see(self) -> None:
        self._apply(r.GreenCheckSeen(by=REQUESTER))

    # --- the store -------------------------------------------------------------------------

    def _load(self) -> Request:
        return Request.model_validate_json(self.stored)

    def _save(self, transition: Transition, *, announced: bool) -> None:
        entry = link(transition.entry, self.entries[-1].hash if self.entries else "", SECRET)
        request = transition.request.model_copy(update={"audit_head": entry.hash})
        assert Request.model_validate_json(request.model_dump_json()) == request
        assert Entry.model_validate_json(entry.model_dump_json()).body() == entry.body()
        self.stored = request.model_dump_json()
        self.entries.append(Entry.model_validate_json(entry.model_dump_json()))
        for slot in [slot for slot in self.schedule if slot[0] in transition.clear]:
            del self.schedule[slot]
        for due in transition.due:
            self.schedule[due.step, due.ref] = (due.at, next(self.tokens))
        self.key = self.key and not transition.destroys_key
        if not announced:
            self.decided_version = request.version
            assert self.schedule[Step.CARD, 0][0] <= self.now

    def _apply(self, event: Event) -> None:
        request = self._load()
        try:
            transition = advance(request, event, self.now, self.terms)
        except UserError:
            assert self.stored == request.model_dump_json()
            return
        assert transition == advance(request, event, self.now, self.terms)
        assert transition.request.version == request.version + 1 == transition.entry.seq
        self._note_decision(event, request.state, transition.request)
        self._save(transition, announced=isinstance(event, r.Announced))
        self.last_event = event

    def _note_decision(self, event: Event, before: State, after: Request) -> None:
        if isinstance(event, r.Corrected) and after.state in {State.CHECKING, State.IN_REVIEW}:
            self.decisions.clear()
            self.key = after.product.grants
        if before is State.IN_REVIEW and after.state is State.DENIED:
            self.decisions.append("denied")
        if isinstance(event, r.Approved) and after.state is not State.IN_REVIEW:
            self.decisions.append("approved")

    # --- people ----------------------------------------------------------------------------

    def _click(self, actor: Actor, event: Event) -> None:
        if may(actor, ACTIONS[type(event)], self._load()) is None:
            self._apply(event)

    @rule(actor=st.sampled_from(PEOPLE), kind=st.sampled_from(MOVES), stale=st.booleans())
    def click(self, actor: Actor, kind: type[Event], stale: bool) -> None:
        fields = {"by": actor.id}
        if kind in {r.Approved, r.EmailSent, r.GrantPressed, r.GreenCheckSeen}:
            fields["fingerprint"] = "0" * 16 if stale else self._load().fingerprint
        if kind is r.Denied:
            fields["reason"] = "no"
        if kind is not r.Cancelled or stale:  # a cancellation ends the story: not at every other click
            self._click(actor, kind(**fields))

    @rule()
    def everyone_approves(self) -> None:
        for actor in PEOPLE:
            self._click(actor, r.Approved(by=actor.id, fingerprint=self._load().fingerprint))

    @rule(
        actor=st.sampled_from(PEOPLE),
        new_key=st.booleans(),
        name=st.sampled_from([DRAFT.instance_name, "b"]),
        email=st.sampled_from([DRAFT.admin_email, "b@example.com"]),
    )
    def correct(self, actor: Actor, new_key: bool, name: str, email: str) -> None:
        draft = DRAFT.model_copy(update={"instance_name": name, "admin_email": email})
        self._click(actor, r.Corrected(by=actor.id, draft=draft, key=NEW_KEY if new_key else KEY))

    @precondition(lambda self: self._load().state in r.GRANTED)
    @rule(recorded=st.sampled_from(["instance", "data", "nothing"]))
    def correct_and_come_back(self, recorded: str) -> None:
        """All the way with another key, past whatever the tenant had recorded of the first."""
        self.the_tenant_changes(recorded)
        self.now += timedelta(minutes=1)
        self._apply(r.Corrected(by=REQUESTER, draft=DRAFT, key=NEW_KEY))
        for chapter in (self._to_review, self._to_review, self._to_openai, self._to_netskope):
            chapter()

    @rule(actor=st.sampled_from(PEOPLE), days=st.integers(1, 30))
    def snooze(self, actor: Actor, days: int) -> None:
        self._click(actor, r.Snoozed(by=actor.id, until=self.now + timedelta(days=days)))

    @rule(actor=st.sampled_from(PEOPLE))
    def follow_up(self, actor: Actor) -> None:
        self._click(actor, r.FollowUpAsked(by=actor.id))

    @precondition(lambda self: self.last_event is not None)
    @rule()
    def deliver_again(self) -> None:
        """The ledger catches most duplicates; the core must survive the one it does not."""
        self._apply(self.last_event)

    # --- the outside world -----------------------------------------------------------------

    @rule(verdict=st.sampled_from([*Verdict, *[Verdict.GRANTED] * 8]))
    def openai_changes_its_mind(self, verdict: Verdict) -> None:
        self.verdict = verdict

    @rule(what=st.sampled_from(["instance", "hint", "deleted", "data", "trouble", "nothing"]))
    def the_tenant_changes(self, what: str) -> None:
        sighting = Sighting(at=self.now, what=what, named=what != "hint")
        trouble = Trouble(endpoint="audit", kind=TroubleKind.OUTAGE, retry_after=60)
        update = {
            "instance": {"instance": sighting},
            "hint": {"instance": sighting},
            "deleted": {"deleted": sighting},
            "data": {"data": sighting},
            "trouble": {"troubles": (trouble,)},
            "nothing": dict.fromkeys(("instance", "deleted", "data")) | {"troubles": ()},
        }[what]
        self.report = self.report.model_copy(update=update)

    @rule(minutes=st.sampled_from([0.2, 1, 2, 16, 120, 60 * 24 * 10]))
    def time_passes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    # --- the worker ------------------------------------------------------------------------

    def _due(self) -> list[Slot]:
        return sorted(slot for slot, (at, _) in self.schedule.items() if at <= self.now)

    @precondition(lambda self: self._due())
    @rule(data=st.data())
    def take(self, data: st.DataObject) -> None:
        """Any due step, in any order, even one another worker holds (its lease ran out)."""
        slot = data.draw(st.sampled_from(self._due()))
        self.held.append(Held(slot, self.schedule[slot][1], self._load()))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        held = data.draw(st.sampled_from(self.held))
        self.held.remove(held)
        self._perform(held)

    def _perform(self, held: Held) -> None:
        event = self._report(held)
        if event:
            self._apply(event)
        if held.slot[0] is Step.CARD:
            self.shown_version = max(self.shown_version, held.seen.version)
        if self.schedule.get(held.slot, (None, None))[1] == held.token:
            del self.schedule[held.slot]

    def _report(self, held: Held) -> Event | None:
        """What `bot.steps` reports for this step."""
        step, state = held.slot[0], held.seen.state
        if step is Step.PROBE and state in PROBE_PACE:
            assert self.key or self._load().state is not state, "a probe without a key"
            diagnosis = {"verdict": self.verdict, "row": "1"}
            return r.KeyProbed.model_validate({"diagnosis": diagnosis, "subject": held.seen.fingerprint})
        if step is Step.LOOK and state in LOOK_PACE:
            assert self.terms.looks(held.seen), "a look for what keeps no records"
            read = {"through": self.now, "data_through": self.now}
            report = self.report.model_copy(update={} if self.report.troubles else read)
            return r.TenantChecked(report=report, subject=held.seen.fingerprint)
        if step is Step.EXPIRE:
            return r.DeadlinePassed()
        if step is Step.REMIND and state in REMINDED:
            return r.Reminded(to="requester", number=held.seen.reminders + 1)
        if step is Step.WARN:
            return r.Warned(about=r.Concern.EXPIRY, since=held.seen.deadline_at)
        if step is Step.FOLLOW_UP and state is State.AWAITING_OPENAI:
            return r.FollowedUp(by="greenlight", message_id="<f@example.com>", letter=letter_of(held.seen))
        if step is Step.MAIL and needs_mail(held.seen):
            return r.EmailSent(by="greenlight", message_id=letter_for(held.seen), letter=letter_of(held.seen))
        if step is Step.CARD and held.seen.card is None:
            return r.Announced(surface="card", place=r.Place(channel="C1", ts="1.1"))
        return None

    @rule(steps=st.integers(1, 12))
    def work(self, steps: int) -> None:
        """A healthy worker for a while: always the earliest step, on time."""
        for _ in range(steps):
            ready = [(at, slot) for slot, (at, _) in self.schedule.items() if slot[0] is not Step.EXPIRE]
            if not ready:
                return
            at, slot = min(ready)
            self.now = max(self.now, at)
            self._perform(Held(slot, self.schedule[slot][1], self._load()))

    @rule()
    def crash(self) -> None:
        """Whatever was held is not held any more; the schedule and the request are what Redis has."""
        self.held.clear()

    # --- what must hold --------------------------------------------------------------------

    @invariant()
    def no_step_is_lost(self) -> None:
        state, timers = self._load().state, {step for step, _ in self.schedule}
        if self._load().product.grants and state in PROBE_PACE and (self.terms.watch or state not in WATCHED):
            assert Step.PROBE in timers
        if state in LOOK_PACE:
            assert (Step.LOOK in timers) == self.terms.looks(self._load())
        assert not spared(self._load(), self.terms) & timers
        if state in REMINDED:
            assert Step.REMIND in timers
        if state in OPEN:
            assert Step.EXPIRE in timers
            assert self.schedule[Step.EXPIRE, 0][0] == self._load().deadline_at

    @invariant()
    def what_was_decided_is_shown_or_due(self) -> None:
        assert (Step.CARD, 0) in self.schedule or self.shown_version >= self.decided_version

    @invariant()
    def a_letter_that_is_wanted_is_due_and_only_once(self) -> None:
        request, mails = self._load(), [slot for slot in self.schedule if slot[0] is Step.MAIL]
        assert len(mails) <= 1
        news = request.probes.no_news_since is None
        if self.terms.smtp and needs_mail(request) and news:
            assert mails

    @invariant()
    def the_letter_that_counts_as_sent_is_about_this_very_key(self) -> None:
        request = self._load()
        if request.mail and request.mail.message_id:
            assert request.mail.message_id == letter_for(request)

    @invariant()
    def an_end_is_an_end(self) -> None:
        if self._load().state in FINAL:
            assert not self.key
            assert not TIMERS & {step for step, _ in self.schedule}

    @invariant()
    def a_key_is_there_while_it_is_needed(self) -> None:
        request = self._load()
        if request.state in OPEN:
            assert self.key == request.product.grants

    @invariant()
    def connected_is_never_said_without_proof(self) -> None:
        request = self._load()
        if request.state is State.CONNECTED:
            assert shown(request.evidence, Rung.READ_GRANTED) or not request.product.grants
            assert shown(request.evidence, Rung.INSTANCE_RECORDED) or shown(
                request.evidence, Rung.GREEN_CHECK_SEEN
            )

    @invariant()
    def no_rung_is_shown_that_the_product_cannot_show(self) -> None:
        request = self._load()
        assert set(request.evidence) <= request.product.rungs

    @invariant()
    def what_the_tenant_recorded_is_about_what_is_approved(self) -> None:
        """Not about the key, workspace or name of before the last correction, nor about data of before."""
        request = self._load()
        found = {rung: one for rung, one in request.evidence.items() if shown(request.evidence, rung)}
        recorded, flows = found.get(Rung.INSTANCE_RECORDED), found.get(Rung.DATA_FLOWS)
        assert recorded is None or recorded.at >= records_from(request)
        assert flows is None or recorded or request.grant_pressed_at
        assert flows is None or flows.at >= records_from(request)
        if request.looked_through and request.tenant_looked_at:
            assert request.looked_through <= request.tenant_looked_at

    @invariant()
    def there_are_never_two_decisions(self) -> None:
        request = self._load()
        assert len(self.decisions) <= 1
        voices = [approval.by for approval in request.approvals]
        assert len(voices) == len(set(voices)) <= self.terms.quorum
        assert not {REQUESTER, "U-GUEST", "U-ADMIN"} & set(voices)
        assert all(approval.fingerprint == request.fingerprint for approval in request.approvals)
        if self.terms.review and request.state in {State.AWAITING_OPENAI, State.AWAITING_NETSKOPE} | WATCHED:
            assert len(voices) == self.terms.quorum

    @invariant()
    def the_audit_chain_is_whole(self) -> None:
        request = self._load()
        assert flaws(self.entries, request.audit_head, SECRET) == []
        assert [entry.seq for entry in self.entries] == list(range(1, request.version + 1))
        assert self.entries[-1].state_to == request.state


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=120,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
