"""The table, row by row, and what no row may ever do."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

import pytest

from bot.domain import request as r
from bot.domain.asking import letter_of
from bot.domain.casb import CasbReport, Trouble, TroubleKind
from bot.domain.diagnosis import NEEDS_CORRECTION, NO_NEWS, Verdict
from bot.domain.errors import AlreadySaid, NotPossible, Stale
from bot.domain.evidence import Rung, Standing, shown
from bot.domain.lifecycle import (
    LOOK_PACE,
    PER_STAY,
    PROBE_PACE,
    REMINDED,
    TABLE,
    TIMERS,
    Step,
    Terms,
    Transition,
    advance,
    opening,
)
from bot.domain.pace import PATIENCE, WAITING
from bot.domain.request import FINAL, OPEN, WATCHED, Event, Route, State
from tests.bot.domain.samples import (
    DRAFT,
    MINUTE,
    REQUESTER,
    REVIEWER,
    SECOND,
    T0,
    TERMS,
    THIRD,
    approved,
    corrected,
    fresh,
    looked,
    loss,
    one_of_each,
    opened,
    play,
    probed,
    proof,
    reach,
    sighted,
    step,
)

EVENTS = get_args(get_args(r.AnyEvent)[0])
LIVE = sorted(OPEN | WATCHED)
SECONDS_59, SECONDS_60 = timedelta(seconds=59), timedelta(seconds=60)
SELF_SERVICE = DRAFT.model_copy(update={"route": Route.SELF_SERVICE})

# What happens to one event of each kind (samples.one_of_each), long after every deadline; not said = refused.
MOVES: dict[State, dict[type[Event], State]] = {
    State.CHECKING: {
        r.KeyProbed: State.IN_REVIEW,
        r.CheckAsked: State.CHECKING,
        r.Cancelled: State.CANCELLED,
        r.DeadlinePassed: State.EXPIRED,
    },
    State.NEEDS_CORRECTION: {
        r.Corrected: State.CHECKING,
        r.CheckAsked: State.CHECKING,
        r.Cancelled: State.CANCELLED,
        r.DeadlinePassed: State.EXPIRED,
    },
    State.IN_REVIEW: {
        r.KeyProbed: State.IN_REVIEW,
        r.CheckAsked: State.IN_REVIEW,
        r.Corrected: State.CHECKING,
        r.Approved: State.AWAITING_OPENAI,
        r.Denied: State.DENIED,
        r.Cancelled: State.CANCELLED,
        r.DeadlinePassed: State.EXPIRED,
    },
    State.AWAITING_OPENAI: {
        r.KeyProbed: State.AWAITING_OPENAI,
        r.CheckAsked: State.AWAITING_OPENAI,
        r.Corrected: State.CHECKING,
        r.EmailSent: State.AWAITING_OPENAI,
        r.EmailRefused: State.AWAITING_OPENAI,
        r.Cancelled: State.CANCELLED,
        r.DeadlinePassed: State.EXPIRED,
    },
    State.AWAITING_NETSKOPE: {
        r.KeyProbed: State.AWAITING_NETSKOPE,
        r.CheckAsked: State.AWAITING_NETSKOPE,
        r.EmailSent: State.AWAITING_NETSKOPE,
        r.GrantPressed: State.VERIFYING,
        r.KeyShown: State.AWAITING_NETSKOPE,
        r.Corrected: State.CHECKING,
        r.TenantChecked: State.VERIFYING,
        r.Cancelled: State.CANCELLED,
        r.DeadlinePassed: State.EXPIRED,
    },
    State.VERIFYING: {
        r.EmailSent: State.VERIFYING,
        r.KeyProbed: State.VERIFYING,
        r.CheckAsked: State.VERIFYING,
        r.GrantPressed: State.VERIFYING,
        r.Corrected: State.CHECKING,
        r.TenantChecked: State.CONNECTED,
        r.GreenCheckSeen: State.CONNECTED,
        r.Cancelled: State.CANCELLED,
        r.DeadlinePassed: State.EXPIRED,
    },
    State.CONNECTED: {
        r.KeyProbed: State.CONNECTED,
        r.CheckAsked: State.CONNECTED,
        r.TenantChecked: State.CONNECTED,
        r.GreenCheckSeen: State.CONNECTED,
        r.Cancelled: State.RETIRED,
    },
    State.ATTENTION: {
        r.KeyProbed: State.ATTENTION,
        r.CheckAsked: State.ATTENTION,
        r.TenantChecked: State.ATTENTION,
        r.GreenCheckSeen: State.ATTENTION,
        r.Cancelled: State.RETIRED,
    },
    State.DENIED: {},
    State.CANCELLED: {},
    State.EXPIRED: {},
    State.RETIRED: {},
}

for _state in OPEN | WATCHED:
    MOVES[_state][r.Warned] = _state
for _state in WATCHED:
    MOVES[_state] |= {r.TookOver: _state, r.Replaced: State.RETIRED}
MOVES[State.RETIRED][r.ChoreDone] = State.RETIRED
for _state in REMINDED:
    MOVES[_state] |= {r.Reminded: _state, r.Snoozed: _state}
MOVES[State.AWAITING_OPENAI] |= dict.fromkeys((r.FollowUpAsked, r.FollowedUp), State.AWAITING_OPENAI)


def due(transition: Transition) -> dict[Step, datetime]:
    return {item.step: item.at for item in transition.due}


def on_the_brink(state: State) -> list[r.Request]:
    """The state as reached, one granted verdict before proof, one losing verdict before loss."""
    request = reach(state)
    found = [request]
    if state in PROBE_PACE:
        for verdict, times in ((Verdict.GRANTED, 1), (Verdict.REVOKED, 2), (Verdict.MISSING, 2)):
            near = request
            for _ in range(times):
                near = play(near, (15 * MINUTE, probed(verdict))) if near.state is state else near
            found.append(near)
    return found


class TestTheTable:
    @pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
    @pytest.mark.parametrize("state", State)
    def test_every_pair_moves_as_said_or_is_refused(self, state: State, event: type[Event]) -> None:
        request = reach(state)
        happened = one_of_each(request)[event]
        expected = state if event is r.Announced else MOVES[state].get(event)

        if expected is None:
            with pytest.raises(NotPossible):
                step(request, happened, timedelta(days=90))
            assert (state, event) not in TABLE
        else:
            transition = step(request, happened, timedelta(days=90))
            assert transition.request.state is expected
            assert transition.request.state in TABLE[state, event].to
            assert transition.request.version == request.version + 1

    @pytest.mark.parametrize("state", State)
    def test_events_alone_lead_to_every_state(self, state: State) -> None:
        assert reach(state).state is state

    def test_the_rows_lead_from_checking_to_every_state(self) -> None:
        seen, queue = {State.CHECKING}, deque([State.CHECKING])
        while queue:
            state = queue.popleft()
            onward = {to for (source, _), rule in TABLE.items() if source is state for to in rule.to} - seen
            seen |= onward
            queue.extend(onward)
        assert seen == set(State)

    def test_a_rule_that_names_an_unlisted_state_is_a_defect(self) -> None:
        rule = replace(TABLE[State.CHECKING, r.KeyProbed], to=(State.DENIED,))
        with pytest.raises(AssertionError, match="is not among"):
            rule.target(reach(State.IN_REVIEW), TERMS)

    @pytest.mark.parametrize("state", sorted(OPEN))
    def test_every_open_state_can_be_cancelled_and_can_expire(self, state: State) -> None:
        assert TABLE[state, r.Cancelled].to == (State.CANCELLED,)
        assert TABLE[state, r.DeadlinePassed].to == (State.EXPIRED,)

    @pytest.mark.parametrize("state", sorted(WATCHED))
    def test_every_watched_state_can_be_retired_and_never_expires(self, state: State) -> None:
        assert TABLE[state, r.Cancelled].to == (State.RETIRED,)
        assert (state, r.DeadlinePassed) not in TABLE

    @pytest.mark.parametrize("state", LIVE)
    def test_every_state_with_a_timer_understands_what_the_timer_reports(self, state: State) -> None:
        assert (state in PROBE_PACE) == ((state, r.KeyProbed) in TABLE)
        assert (state in LOOK_PACE) == ((state, r.TenantChecked) in TABLE)
        assert (state in PATIENCE) == ((state, r.DeadlinePassed) in TABLE)

    @pytest.mark.parametrize("state", sorted(FINAL))
    def test_a_final_state_only_remembers_its_messages_and_what_was_done_elsewhere(
        self, state: State
    ) -> None:
        chores = {r.ChoreDone} if state is State.RETIRED else set()
        assert {event for source, event in TABLE if source is state} == {r.Announced} | chores

    def test_the_same_input_gives_the_same_transition(self) -> None:
        for state in State:
            request = reach(state)
            for event in one_of_each(request).values():
                if (state, type(event)) in TABLE:
                    first, second = (
                        step(request, event, timedelta(days=90)),
                        step(request, event, timedelta(days=90)),
                    )
                    assert first == second


class TestTheWayOut:
    @pytest.mark.parametrize("state", LIVE)
    def test_leaving_destroys_the_key_and_clears_all_timers(self, state: State) -> None:
        request = reach(state)
        left = 0
        for event in one_of_each(request).values():
            if (state, type(event)) not in TABLE:
                continue
            transition = step(request, event, timedelta(days=90))
            if transition.request.state in FINAL:
                left += 1
                assert transition.destroys_key
                assert transition.clear == PER_STAY
                assert not TIMERS & due(transition).keys()
                assert transition.request.next_probe_at is None
                assert transition.request.deadline_at is None
            else:
                assert not transition.destroys_key
        assert left

    @pytest.mark.parametrize("late", [probed(Verdict.GRANTED), looked(T0), r.GreenCheckSeen(by=REQUESTER)])
    def test_a_late_event_after_a_cancel_is_refused(self, late: Event) -> None:
        with pytest.raises(NotPossible):
            step(reach(State.CANCELLED), late)

    def test_without_watching_a_connection_keeps_no_key_and_probes_no_more(self) -> None:
        terms = replace(TERMS, watch=False)
        transition = step(reach(State.VERIFYING), r.GreenCheckSeen(by=REQUESTER), terms=terms)
        assert transition.request.state is State.CONNECTED
        assert transition.destroys_key
        assert Step.PROBE in transition.clear
        assert Step.PROBE not in due(step(transition.request, r.CheckAsked(by=REQUESTER), terms=terms))

    def test_with_watching_a_connection_keeps_its_key(self) -> None:
        assert not step(reach(State.VERIFYING), r.GreenCheckSeen(by=REQUESTER)).destroys_key


class TestNoRequestIsForgotten:
    @pytest.mark.parametrize("state", LIVE)
    def test_whoever_comes_into_a_state_has_its_timers(self, state: State) -> None:
        """Every way in, found by trying every event in every state, also on the brink of proof and loss."""
        ways_in = 0
        for request in [request for source in LIVE for request in on_the_brink(source)]:
            for event in [*one_of_each(request).values(), *map(probed, Verdict)]:
                if request.state is state or (request.state, type(event)) not in TABLE:
                    continue
                transition = step(request, event, timedelta(days=90))
                if transition.request.state is state:
                    ways_in += 1
                    assert (Step.PROBE in due(transition)) == (state in PROBE_PACE)
                    assert (Step.LOOK in due(transition)) == (state in LOOK_PACE)
                    assert (Step.EXPIRE in due(transition)) == (state in OPEN)
                    assert transition.clear == PER_STAY - due(transition).keys()
        assert ways_in

    def test_opening_probes_at_once_shows_a_card_and_sets_the_deadline(self) -> None:
        transition = opening(fresh(), TERMS)
        assert due(transition) == {
            Step.PROBE: T0,
            Step.CARD: T0,
            Step.TELL: T0,
            Step.WARN: T0 + PATIENCE[State.CHECKING] - timedelta(days=2),
            Step.EXPIRE: T0 + PATIENCE[State.CHECKING],
        }
        assert transition.request.version == 1
        assert transition.request.next_probe_at == T0
        assert transition.request.deadline_at == due(transition)[Step.EXPIRE]
        assert (transition.entry.seq, transition.entry.state_from) == (1, "")

    @pytest.mark.parametrize("state", sorted(set(PROBE_PACE)))
    @pytest.mark.parametrize("verdict", Verdict)
    def test_a_probe_that_stays_where_it_was_probes_again(self, state: State, verdict: Verdict) -> None:
        transition = step(reach(state), probed(verdict))
        if transition.request.state in PROBE_PACE:
            assert due(transition)[Step.PROBE] > transition.request.updated_at
            assert transition.request.next_probe_at == due(transition)[Step.PROBE]

    @pytest.mark.parametrize("state", sorted(OPEN))
    def test_the_timer_of_a_state_that_was_left_cannot_end_the_next_one(self, state: State) -> None:
        request = reach(state)
        assert request.deadline_at == request.state_since + PATIENCE[state]
        with pytest.raises(NotPossible):
            advance(request, r.DeadlinePassed(), request.deadline_at - timedelta(seconds=2), TERMS)
        almost = request.deadline_at - timedelta(milliseconds=1)  # a schedule keeps milliseconds
        assert advance(request, r.DeadlinePassed(), almost, TERMS).request.state is State.EXPIRED

    @pytest.mark.parametrize("state", sorted(PROBE_PACE))
    def test_staying_in_a_state_does_not_start_its_time_anew(self, state: State) -> None:
        request = reach(state)
        later = play(request, (MINUTE, r.CheckAsked(by=REQUESTER)), (MINUTE, probed(Verdict.UNCLEAR)))
        assert later.state is state
        assert (later.state_since, later.deadline_at) == (request.state_since, request.deadline_at)

    def test_everything_but_a_message_being_posted_refreshes_the_card(self) -> None:
        for state in State:
            request = reach(state)
            for event in one_of_each(request).values():
                if (state, type(event)) in TABLE:
                    steps = due(step(request, event, timedelta(days=90)))
                    assert (Step.CARD in steps) is not isinstance(event, r.Announced)

    def test_a_card_that_is_forgotten_is_posted_anew(self) -> None:
        request = reach(State.IN_REVIEW)
        transition = step(request, r.Announced(surface="card", place=None))
        assert (transition.request.card, set(due(transition))) == (None, {Step.CARD})

    def test_cards_are_counted_so_that_each_has_a_mark_of_its_own(self) -> None:
        request = reach(State.IN_REVIEW)
        place = r.Place(channel="C1", ts="1.2")
        once = step(request, r.Announced(surface="card", place=place)).request
        again = step(once, r.Announced(surface="card", place=place)).request
        assert (request.cards, once.cards, again.cards) == (0, 1, 2)


class TestReview:
    @pytest.mark.parametrize("quorum", [1, 2, 3])
    def test_the_last_of_the_quorum_decides(self, quorum: int) -> None:
        terms, request = replace(TERMS, quorum=quorum), reach(State.IN_REVIEW)
        for by in [REVIEWER, SECOND, THIRD][:quorum]:
            assert request.state is State.IN_REVIEW
            request = play(request, (MINUTE, approved(request, by)), terms=terms)
        assert request.state is State.AWAITING_OPENAI
        assert len(request.approvals) == quorum

    @pytest.mark.parametrize(("scope", "needed"), [("read", 1), ("write", 2), ("both", 2)])
    def test_threat_15_deleting_may_need_a_second_reviewer(self, scope: str, needed: int) -> None:
        terms, request = replace(TERMS, quorum_delete=2), reach(State.IN_REVIEW)
        draft = request.draft.model_copy(update={"scope": r.Scope(scope)})
        request = request.model_copy(update={"draft": draft})
        for by in [REVIEWER, SECOND][:needed]:
            assert request.state is State.IN_REVIEW
            request = play(request, (MINUTE, approved(request, by)), terms=terms)
        assert request.state is State.AWAITING_OPENAI

    def test_the_same_reviewer_counts_once(self) -> None:
        terms = replace(TERMS, quorum=2)
        request = reach(State.IN_REVIEW)
        request = play(request, (MINUTE, approved(request)), terms=terms)
        with pytest.raises(AlreadySaid):
            step(request, approved(request), terms=terms)

    def test_a_yes_to_something_else_is_stale(self) -> None:
        request = reach(State.IN_REVIEW)
        with pytest.raises(Stale):
            step(request, r.Approved(by=REVIEWER, fingerprint="0" * 16))

    @pytest.mark.parametrize("state", [State.IN_REVIEW, State.AWAITING_OPENAI])
    def test_a_correction_voids_approvals_and_everything_the_old_key_showed(self, state: State) -> None:
        terms, request = replace(TERMS, quorum=2), reach(State.IN_REVIEW)
        before = approved(request, SECOND)
        request = play(request, (MINUTE, approved(request)), terms=terms)
        if state is State.AWAITING_OPENAI:
            request = play(request, (MINUTE, before), (MINUTE, r.EmailSent(by=REQUESTER)), terms=terms)
        assert request.state is state

        request = play(request, (MINUTE, corrected()), terms=terms)

        assert (request.state, request.approvals, request.mail) == (State.CHECKING, (), None)
        assert not request.evidence
        assert request.probes.probes == 0
        request = play(request, (MINUTE, probed(Verdict.MISSING)), terms=terms)
        with pytest.raises(Stale):
            step(request, before, terms=terms)

    @pytest.mark.parametrize("state", [State.AWAITING_NETSKOPE, State.VERIFYING])
    def test_a_late_correction_of_what_was_approved_begins_again(self, state: State) -> None:
        request = reach(state)
        changed = corrected(instance_name="other").model_copy(update={"key": request.key})
        after = step(request, changed).request
        assert (after.state, after.approvals, after.evidence) == (State.CHECKING, (), {})
        assert (after.grant_pressed_at, after.probes.probes) == (None, 0)
        assert not step(request, changed).destroys_key

    @pytest.mark.parametrize("state", [State.AWAITING_NETSKOPE, State.VERIFYING])
    def test_a_late_correction_of_what_nobody_approved_changes_nothing_else(self, state: State) -> None:
        request = reach(state)
        changed = corrected(admin_email="other@example.com").model_copy(update={"key": request.key})
        done = step(request, changed)
        after = done.request
        assert (after.state, after.approvals, after.probes) == (state, request.approvals, request.probes)
        assert (after.evidence, after.deadline_at) == (request.evidence, request.deadline_at)
        assert after.draft.admin_email == "other@example.com"
        assert {Step.CARD, Step.NOTE, Step.TELL} <= set(due(done))
        assert not done.clear

    @pytest.mark.parametrize(
        "change",
        [
            {"workspace_id": "other"},
            {"organization_id": "org-other"},
            {"scope": r.Scope.BOTH},
            {"route": Route.SELF_SERVICE},
            {"instance_name": "other"},
        ],
        ids=str,
    )
    def test_threat_09_an_approval_is_bound_to_what_was_typed(self, change: dict[str, object]) -> None:
        draft = DRAFT.model_copy(update=change)
        assert fresh(draft=draft).fingerprint != fresh().fingerprint

    @pytest.mark.parametrize("change", [{"tenant": "x"}, {"requester": "U-X"}, {"key": corrected().key}])
    def test_an_approval_is_bound_to_tenant_requester_and_key(self, change: dict[str, object]) -> None:
        assert fresh(**change).fingerprint != fresh().fingerprint

    def test_a_new_key_inherits_nothing_the_old_one_showed(self) -> None:
        request = proof(opened())
        assert shown(request.evidence, Rung.READ_GRANTED)
        request = play(request, (MINUTE, corrected()), (MINUTE, probed(Verdict.MISSING)))
        assert play(request, (MINUTE, approved(request))).state is State.AWAITING_OPENAI

    def test_with_review_off_nobody_is_asked(self) -> None:
        terms = replace(TERMS, review=False)
        assert step(opened(), probed(Verdict.MISSING), terms=terms).request.state is State.AWAITING_OPENAI

    def test_scopes_proven_before_the_approval_skip_the_wait(self) -> None:
        request = proof(opened())
        assert request.state is State.IN_REVIEW
        transition = step(request, approved(request))
        assert transition.request.state is State.AWAITING_NETSKOPE
        assert Step.MAIL not in due(transition)

    def test_with_review_off_proven_scopes_go_straight_to_netskope(self) -> None:
        assert proof(opened(), replace(TERMS, review=False)).state is State.AWAITING_NETSKOPE

    def test_two_decisions_cannot_both_happen(self) -> None:
        request = reach(State.IN_REVIEW)
        denied = r.Denied(by=SECOND, reason="no")
        with pytest.raises(NotPossible):
            play(request, (MINUTE, approved(request)), (MINUTE, denied))
        with pytest.raises(NotPossible):
            play(request, (MINUTE, denied), (MINUTE, approved(request)))

    def test_a_denial_of_what_has_changed_since_is_stale(self) -> None:
        request = reach(State.IN_REVIEW)
        seen = r.Denied(by=SECOND, reason="no", fingerprint=request.fingerprint)
        assert step(request, seen).request.state is State.DENIED
        with pytest.raises(Stale):
            step(request, r.Denied(by=SECOND, reason="no", fingerprint="0" * 16))

    @pytest.mark.parametrize("state", [State.VERIFYING, State.CONNECTED, State.ATTENTION])
    def test_what_was_meant_as_a_cancellation_never_retires_and_the_other_way_round(
        self, state: State
    ) -> None:
        request, watched = reach(state), state in r.WATCHED
        ended = step(request, r.Cancelled(by=REQUESTER, retires=watched)).request.state
        assert ended is (State.RETIRED if watched else State.CANCELLED)
        with pytest.raises(NotPossible):
            step(request, r.Cancelled(by=REQUESTER, retires=not watched))

    def test_a_follow_up_that_nobody_can_send_is_not_noted(self) -> None:
        request = reach(State.AWAITING_OPENAI)
        later = request.updated_at + timedelta(days=3)
        with pytest.raises(NotPossible):
            advance(request, r.FollowUpAsked(by=REQUESTER), later, replace(TERMS, smtp=False))
        assert Step.FOLLOW_UP in due(advance(request, r.FollowUpAsked(by=REQUESTER), later, TERMS))


class TestTheEmail:
    def test_support_is_asked_when_the_approval_starts_the_wait(self) -> None:
        request = reach(State.IN_REVIEW)
        transition = step(request, approved(request))
        assert Step.MAIL in due(transition)

    def test_a_grant_that_is_not_confirmed_is_asked_for_after_all(self) -> None:
        request = play(opened(), (MINUTE, probed(Verdict.GRANTED)))
        request = play(request, (MINUTE, approved(request)), (MINUTE, probed(Verdict.OUTAGE)))
        transition = step(request, probed(Verdict.MISSING))
        assert transition.request.state is State.AWAITING_OPENAI
        assert Step.MAIL in due(transition)

    def test_one_that_got_lost_is_due_again_with_the_next_probe_until_it_is_sent_or_refused(self) -> None:
        request = reach(State.AWAITING_OPENAI)
        assert Step.MAIL in due(step(request, probed(Verdict.MISSING)))
        for answered in (r.EmailSent(by="greenlight", message_id="<a@b>"), r.EmailRefused(said="550")):
            later = step(play(request, (MINUTE, answered)), probed(Verdict.MISSING))
            assert Step.MAIL not in due(later)

    def test_a_move_takes_back_what_was_not_sent_yet(self) -> None:
        transition = step(reach(State.AWAITING_OPENAI), corrected())
        assert {Step.MAIL, Step.FOLLOW_UP} <= transition.clear

    def test_a_letter_that_was_on_its_way_during_a_correction_is_not_taken_for_the_one_wanted_now(
        self,
    ) -> None:
        first = reach(State.AWAITING_OPENAI)
        sent = r.EmailSent(by="greenlight", message_id="<a@b>", letter=letter_of(first))
        refused = r.EmailRefused(said="550", letter=letter_of(first))
        request = play(first, (MINUTE, corrected()), (MINUTE, probed(Verdict.MISSING)))
        request = play(request, (MINUTE, approved(request)))
        for late in (sent, refused):
            with pytest.raises(Stale):
                step(request, late)
            assert step(first, late)

    def test_a_letter_that_was_on_its_way_when_openai_granted_is_remembered(self) -> None:
        waiting = reach(State.AWAITING_OPENAI)
        sent = r.EmailSent(by="greenlight", message_id="<a@b>", letter=letter_of(waiting))
        granted = proof(waiting)
        assert granted.state is State.AWAITING_NETSKOPE
        transition = step(granted, sent)
        assert transition.request.mail is not None
        assert (transition.request.state, transition.entry.event) == (granted.state, "email_sent")
        with pytest.raises(NotPossible):  # by hand there is nothing more to send
            step(granted, r.EmailSent(by=REQUESTER))
        with pytest.raises(NotPossible):
            step(transition.request, sent)

    def test_not_without_a_mail_server(self) -> None:
        request = reach(State.IN_REVIEW)
        assert Step.MAIL not in due(step(request, approved(request), terms=replace(TERMS, smtp=False)))

    def test_not_for_a_self_service_key(self) -> None:
        request = play(
            opened(draft=SELF_SERVICE), (MINUTE, probed(Verdict.UNCLEAR)), (MINUTE, probed(Verdict.UNCLEAR))
        )
        request = play(request, (MINUTE, probed(Verdict.UNCLEAR)))
        transition = step(request, approved(request))
        assert transition.request.state is State.AWAITING_OPENAI
        assert Step.MAIL not in due(transition)

    def test_not_while_a_grant_is_only_being_confirmed(self) -> None:
        request = play(opened(), (MINUTE, probed(Verdict.GRANTED)))
        transition = step(request, approved(request))
        assert transition.request.state is State.AWAITING_OPENAI
        assert Step.MAIL not in due(transition)

    def test_once_per_key_even_when_the_request_comes_around_again(self) -> None:
        request = play(
            reach(State.AWAITING_OPENAI), (MINUTE, r.EmailSent(by="greenlight", message_id="<a@b>"))
        )
        request = loss(request, Verdict.REJECTED)
        assert request.state is State.NEEDS_CORRECTION
        request = play(request, (MINUTE, r.CheckAsked(by=REQUESTER)))
        transition = step(request, probed(Verdict.MISSING))
        assert transition.request.state is State.AWAITING_OPENAI
        assert Step.MAIL not in due(transition)

    def test_sent_by_hand_is_remembered(self) -> None:
        mail = play(reach(State.AWAITING_OPENAI), (MINUTE, r.EmailSent(by=REQUESTER))).mail
        assert mail is not None
        assert (mail.by, mail.message_id) == (REQUESTER, None)


class TestNoNews:
    """429, 5xx and HTML answers say something about the way to OpenAI, nothing about the key."""

    @pytest.mark.parametrize("verdict", sorted(NO_NEWS))
    @pytest.mark.parametrize("state", sorted(PROBE_PACE))
    def test_never_moves_a_state(self, state: State, verdict: Verdict) -> None:
        request = reach(state)
        later = play(request, *[(40 * MINUTE, probed(verdict))] * 5)
        assert later.state is state
        assert later.evidence == request.evidence
        assert later.probes.no_news_since == request.updated_at + 40 * MINUTE

    @pytest.mark.parametrize("verdict", [*sorted(NO_NEWS), Verdict.UNCLEAR])
    @pytest.mark.parametrize("state", sorted(PROBE_PACE))
    def test_does_not_complete_a_loss(self, state: State, verdict: Verdict) -> None:
        losing = probed(Verdict.MISSING if state in WATCHED else Verdict.REJECTED)
        if state is State.CHECKING:
            losing = probed(Verdict.BLOCKED)  # anything worse moves at once
        request = play(reach(state), *[(MINUTE, losing)] * 3)
        assert play(request, (60 * MINUTE, probed(verdict))).state is state

    @pytest.mark.parametrize("verdict", [*sorted(NO_NEWS), Verdict.UNCLEAR])
    def test_does_not_complete_a_proof(self, verdict: Verdict) -> None:
        granted, soon = probed(Verdict.GRANTED), timedelta(seconds=5)
        request = play(
            reach(State.AWAITING_OPENAI), (MINUTE, granted), (soon, granted), (MINUTE, probed(verdict))
        )
        assert request.state is State.AWAITING_OPENAI
        assert not shown(request.evidence, Rung.READ_GRANTED)

    @pytest.mark.parametrize("verdict", sorted(NO_NEWS))
    def test_does_not_interrupt_a_proof_either(self, verdict: Verdict) -> None:
        granted = probed(Verdict.GRANTED)
        request = play(
            reach(State.AWAITING_OPENAI), (MINUTE, granted), (MINUTE, probed(verdict)), (MINUTE, granted)
        )
        assert request.state is State.AWAITING_NETSKOPE

    @pytest.mark.parametrize("verdict", sorted(NO_NEWS))
    def test_does_not_say_connected_either_when_all_is_shown_already(self, verdict: Verdict) -> None:
        request = play(reach(State.AWAITING_NETSKOPE), (MINUTE, looked(T0)))
        assert play(request, (MINUTE, probed(verdict))).state is State.VERIFYING

    @pytest.mark.parametrize("verdict", sorted(NO_NEWS))
    def test_does_not_redate_evidence(self, verdict: Verdict) -> None:
        request = reach(State.CONNECTED)
        later = play(request, (MINUTE, probed(verdict)))
        assert later.evidence[Rung.READ_GRANTED].at == request.evidence[Rung.READ_GRANTED].at

    def test_ends_with_the_next_real_answer(self) -> None:
        request = play(
            reach(State.AWAITING_OPENAI), (MINUTE, probed(Verdict.OUTAGE)), (MINUTE, probed(Verdict.MISSING))
        )
        assert request.probes.no_news_since is None

    def test_unclear_is_looked_at_three_times_before_reviewers_are_asked(self) -> None:
        unclear = probed(Verdict.UNCLEAR)
        request = play(opened(), (MINUTE, unclear), (MINUTE, unclear))
        assert request.state is State.CHECKING
        assert play(request, (MINUTE, unclear)).state is State.IN_REVIEW

    @pytest.mark.parametrize("state", sorted(set(PROBE_PACE) - {State.CHECKING}))
    def test_unclear_moves_nothing_after_that(self, state: State) -> None:
        assert play(reach(state), *[(40 * MINUTE, probed(Verdict.UNCLEAR))] * 5).state is state

    def test_unclear_neither_loses_nor_clears(self) -> None:
        losing, unclear = probed(Verdict.MISSING), probed(Verdict.UNCLEAR)
        request = play(
            reach(State.CONNECTED),
            (MINUTE, losing),
            (MINUTE, unclear),
            (15 * MINUTE, losing),
            (MINUTE, unclear),
        )
        assert request.state is State.CONNECTED
        assert play(request, (15 * MINUTE, losing)).state is State.ATTENTION

    @pytest.mark.parametrize("state", [State.CHECKING, State.AWAITING_OPENAI, State.CONNECTED])
    def test_a_blocked_address_is_the_requesters_turn_and_told_once(self, state: State) -> None:
        first = advance(reach(state), probed(Verdict.BLOCKED), T0 + 9 * MINUTE, TERMS)
        assert Step.TELL in {due.step for due in first.due}
        outage = advance(first.request, probed(Verdict.OUTAGE), T0 + 20 * MINUTE, TERMS)
        again = advance(outage.request, probed(Verdict.BLOCKED), T0 + 30 * MINUTE, TERMS)
        assert Step.TELL not in {due.step for one in (outage, again) for due in one.due}

    def test_an_address_that_is_refused_by_turns_is_told_once_a_day(self) -> None:
        request, told = reach(State.AWAITING_OPENAI), []
        for minute in range(10, 3 * 24 * 60, 15):  # as with two replicas, one of them behind another address
            verdict = Verdict.BLOCKED if minute // 15 % 2 else Verdict.MISSING
            moved = advance(request, probed(verdict), T0 + minute * MINUTE, TERMS)
            told += [moved.request.updated_at for due in moved.due if due.step is Step.TELL]
            request = moved.request
        assert len(told) == 3

    def test_a_blocked_address_stays_in_checking(self) -> None:
        assert play(opened(), *[(40 * MINUTE, probed(Verdict.BLOCKED))] * 4).state is State.CHECKING


class TestFirstProbe:
    @pytest.mark.parametrize("verdict", sorted(NEEDS_CORRECTION | {Verdict.REVOKED}))
    def test_what_only_the_requester_can_mend_goes_back(self, verdict: Verdict) -> None:
        transition = step(opened(), probed(verdict))
        assert transition.request.state is State.NEEDS_CORRECTION
        assert Step.PROBE in transition.clear
        assert {Step.NOTE, Step.TELL} <= due(transition).keys()

    @pytest.mark.parametrize("verdict", [Verdict.MISSING, Verdict.LOGS_ONLY, Verdict.PARTIAL])
    def test_missing_scopes_are_openais_business_on_the_support_route_only(self, verdict: Verdict) -> None:
        assert step(opened(), probed(verdict)).request.state is State.IN_REVIEW
        own = opened(draft=SELF_SERVICE)
        assert step(own, probed(verdict)).request.state is State.NEEDS_CORRECTION

    def test_a_verdict_about_the_key_before_the_correction_is_stale(self) -> None:
        before = reach(State.IN_REVIEW)
        request = play(before, (MINUTE, corrected()))
        with pytest.raises(Stale):
            step(request, probed(Verdict.REJECTED, subject=before.fingerprint))
        assert step(request, probed(Verdict.REJECTED, subject=request.fingerprint))


class TestProof:
    @pytest.mark.parametrize(
        ("apart", "state"), [(SECONDS_59, State.AWAITING_OPENAI), (SECONDS_60, State.AWAITING_NETSKOPE)]
    )
    def test_two_granted_verdicts_a_minute_apart_prove_the_grant(
        self, apart: timedelta, state: State
    ) -> None:
        granted = probed(Verdict.GRANTED)
        assert play(reach(State.AWAITING_OPENAI), (MINUTE, granted), (apart, granted)).state is state

    def test_a_different_verdict_in_between_starts_anew(self) -> None:
        granted, missing = probed(Verdict.GRANTED), probed(Verdict.MISSING)
        request = play(reach(State.AWAITING_OPENAI), (MINUTE, granted), (MINUTE, missing), (MINUTE, granted))
        assert request.state is State.AWAITING_OPENAI

    def test_scale_shortens_the_proof(self) -> None:
        granted, terms = probed(Verdict.GRANTED), replace(TERMS, scale=0.01)
        tenth = timedelta(milliseconds=600)
        request = play(reach(State.AWAITING_OPENAI), (tenth, granted), (tenth, granted), terms=terms)
        assert request.state is State.AWAITING_NETSKOPE

    @pytest.mark.parametrize(
        "verdict", [Verdict.MISSING, Verdict.NOT_FOR_WORKSPACE, Verdict.PARTIAL, Verdict.BLOCKED]
    )
    def test_waiting_for_openai_is_no_loss_however_long(self, verdict: Verdict) -> None:
        for state in (State.IN_REVIEW, State.AWAITING_OPENAI):
            assert play(reach(state), *[(60 * MINUTE, probed(verdict))] * 10).state is state

    @pytest.mark.parametrize("state", [State.IN_REVIEW, State.AWAITING_OPENAI])
    @pytest.mark.parametrize("verdict", sorted(NEEDS_CORRECTION | {Verdict.REVOKED}))
    def test_a_dead_key_goes_back_after_three_verdicts_over_half_an_hour(
        self, state: State, verdict: Verdict
    ) -> None:
        dead = probed(verdict)
        request = play(reach(state), (MINUTE, dead), (15 * MINUTE, dead))
        assert request.state is state
        assert play(request, (14 * MINUTE, dead)).state is state
        assert play(request, (15 * MINUTE, dead)).state is State.NEEDS_CORRECTION

    @pytest.mark.parametrize("state", [State.AWAITING_NETSKOPE, State.VERIFYING])
    def test_proven_scopes_that_are_lost_go_back_to_the_requester(self, state: State) -> None:
        request = loss(reach(state), Verdict.MISSING)
        assert request.state is State.NEEDS_CORRECTION
        assert request.evidence[Rung.READ_GRANTED].standing is Standing.LOST

    def test_a_self_service_key_without_scopes_goes_back_from_review(self) -> None:
        request = play(opened(draft=SELF_SERVICE), (MINUTE, probed(Verdict.GRANTED)))
        assert request.state is State.IN_REVIEW
        assert loss(request, Verdict.MISSING).state is State.NEEDS_CORRECTION

    def test_a_connection_is_lost_after_three_verdicts_over_half_an_hour(self) -> None:
        losing = probed(Verdict.MISSING)
        request = play(reach(State.CONNECTED), (MINUTE, losing), (15 * MINUTE, losing))
        assert play(request, (14 * MINUTE, losing)).state is State.CONNECTED
        lost = play(request, (15 * MINUTE, losing))
        assert lost.state is State.ATTENTION
        assert lost.evidence[Rung.READ_GRANTED].standing is Standing.LOST
        assert lost.evidence[Rung.KEY_ALIVE].standing is Standing.SHOWN  # it answers, it lacks scopes

    @pytest.mark.parametrize("state", [State.AWAITING_NETSKOPE, State.VERIFYING, State.CONNECTED])
    def test_a_blocked_address_loses_nothing(self, state: State) -> None:
        request = loss(loss(reach(state), Verdict.BLOCKED), Verdict.BLOCKED)
        assert request.state is state
        assert shown(request.evidence, Rung.READ_GRANTED)

    def test_loss_keeps_the_time_it_was_noticed(self) -> None:
        request = reach(State.ATTENTION)
        later = play(request, (60 * MINUTE, probed(Verdict.MISSING)))
        assert later.evidence[Rung.READ_GRANTED] == request.evidence[Rung.READ_GRANTED]

    def test_proof_brings_a_connection_back(self) -> None:
        assert proof(reach(State.ATTENTION)).state is State.CONNECTED

    def test_a_dead_key_loses_its_life_as_well(self) -> None:
        request = loss(reach(State.CONNECTED), Verdict.REVOKED)
        assert request.evidence[Rung.KEY_ALIVE].standing is Standing.LOST


class TestWhatWasOnScreen:
    SAID = (
        (State.AWAITING_OPENAI, r.EmailSent),
        (State.AWAITING_NETSKOPE, r.GrantPressed),
        (State.VERIFYING, r.GreenCheckSeen),
        (State.ATTENTION, r.GreenCheckSeen),
    )

    @pytest.mark.parametrize(("state", "kind"), SAID)
    def test_a_word_about_what_was_there_before_a_correction_is_refused(
        self, state: State, kind: type[Event]
    ) -> None:
        request = reach(state)
        with pytest.raises(Stale):
            step(request, kind(by=REQUESTER, fingerprint="0" * 16))
        step(request, kind(by=REQUESTER, fingerprint=request.fingerprint))
        step(request, kind(by=REQUESTER))  # the button of an older version, or no button at all


class TestVerified:
    def test_the_green_check_completes_it(self) -> None:
        request = reach(State.CONNECTED)
        assert request.evidence[Rung.GREEN_CHECK_SEEN].by == REQUESTER

    def test_the_audit_log_completes_it_without_anyone_saying_so(self) -> None:
        request = reach(State.AWAITING_NETSKOPE)
        found = looked(request.updated_at)
        assert play(request, (MINUTE, found)).state is State.VERIFYING
        assert play(request, (MINUTE, found), (MINUTE, found)).state is State.CONNECTED

    def test_a_probe_completes_it_when_the_tenant_cannot_be_read_any_more(self) -> None:
        request = play(reach(State.AWAITING_NETSKOPE), (MINUTE, looked(T0)))
        assert play(request, (MINUTE, probed(Verdict.GRANTED))).state is State.CONNECTED

    def test_a_record_that_does_not_name_ours_is_a_hint_not_evidence(self) -> None:
        request = reach(State.VERIFYING)
        report = r.CasbReport(instance=sighted(T0, named=False))
        request = play(request, (MINUTE, r.TenantChecked(report=report)))
        assert request.state is State.VERIFYING
        assert request.hint == "Next Gen CASB API instance created by ada at 2026-01-05 09:00 UTC"

    def test_pressing_grant_access_alone_shows_nothing(self) -> None:
        request = reach(State.VERIFYING)
        assert request.grant_pressed_at is not None
        assert play(request, (MINUTE, probed(Verdict.GRANTED))).state is State.VERIFYING

    def test_a_deleted_instance_needs_attention(self) -> None:
        request = reach(State.CONNECTED)
        request = play(request, (MINUTE, looked(T0, deleted_at=request.updated_at)))
        assert request.state is State.ATTENTION
        assert request.evidence[Rung.GREEN_CHECK_SEEN].standing is Standing.LOST

    def test_a_deletion_that_does_not_name_ours_loses_nothing(self) -> None:
        request = reach(State.CONNECTED)
        gone = sighted(request.updated_at, named=False)
        report = r.CasbReport(deleted=gone)
        assert play(request, (MINUTE, r.TenantChecked(report=report))).state is State.CONNECTED

    @pytest.mark.parametrize("how", ["recorded", "seen"])
    def test_a_new_instance_or_a_new_green_check_heals_a_deletion(self, how: str) -> None:
        request = reach(State.CONNECTED)
        gone_at = request.updated_at
        request = play(request, (MINUTE, looked(T0, deleted_at=gone_at)))
        again = (
            looked(gone_at + MINUTE, deleted_at=gone_at)
            if how == "recorded"
            else r.GreenCheckSeen(by=REQUESTER)
        )
        assert play(request, (5 * MINUTE, again)).state is State.CONNECTED

    def test_a_new_green_check_outlives_the_old_deletion_record(self) -> None:
        request = reach(State.CONNECTED)
        old = looked(T0, deleted_at=request.updated_at)
        request = play(request, (MINUTE, old), (MINUTE, r.GreenCheckSeen(by=REQUESTER)), (MINUTE, old))
        assert request.state is State.CONNECTED


class TestPace:
    def test_five_percent_of_the_time_waited(self) -> None:
        assert WAITING.after(timedelta(hours=2), 1, 0) == 6 * MINUTE

    @pytest.mark.parametrize("jitter", [-1, -0.5, 0, 0.5, 1])
    def test_never_under_half_a_minute_nor_over_half_an_hour(self, jitter: float) -> None:
        assert WAITING.after(timedelta(0), 1, jitter) == timedelta(seconds=30)
        assert WAITING.after(timedelta(days=50), 1, jitter) == 30 * MINUTE

    @pytest.mark.parametrize("jitter", [-1, -0.3, 0.7, 1])
    def test_jitter_moves_it_by_a_tenth_at_most(self, jitter: float) -> None:
        wait = WAITING.after(timedelta(hours=2), 1, jitter)
        assert abs(wait - 6 * MINUTE) == pytest.approx(
            6 * MINUTE * 0.1 * abs(jitter), abs=timedelta(microseconds=2)
        )

    def test_requests_do_not_march_in_step(self) -> None:
        waits = set()
        for number in range(20):
            request = reach(State.AWAITING_OPENAI).model_copy(update={"id": f"GL-{number}"})
            waits.add(due(step(request, probed(Verdict.MISSING), timedelta(hours=2)))[Step.PROBE])
        assert len(waits) > 15

    def test_a_waiting_request_is_probed_by_that_pace(self) -> None:
        request = reach(State.AWAITING_OPENAI)
        transition = step(request, probed(Verdict.MISSING), timedelta(hours=2))
        wait = due(transition)[Step.PROBE] - transition.request.updated_at
        assert 5.4 * MINUTE <= wait <= 6.6 * MINUTE

    @pytest.mark.parametrize("state", sorted(PROBE_PACE))
    def test_retry_after_is_honoured(self, state: State) -> None:
        transition = step(reach(state), probed(Verdict.LIMITED, retry_after=36_000))
        assert due(transition)[Step.PROBE] - transition.request.updated_at == timedelta(hours=10)

    @pytest.mark.parametrize("absurd", [1e18, float("inf"), float("nan"), -5.0])
    def test_an_absurd_retry_after_neither_breaks_nor_stops_the_clock(self, absurd: float) -> None:
        transition = step(reach(State.AWAITING_OPENAI), probed(Verdict.LIMITED, retry_after=absurd))
        wait = due(transition)[Step.PROBE] - transition.request.updated_at
        assert timedelta(seconds=30) <= wait <= timedelta(days=1)

    @pytest.mark.parametrize("state", sorted(PROBE_PACE))
    def test_scale_multiplies(self, state: State) -> None:
        request, later = reach(state), timedelta(0)
        waits = []
        for scale in (1.0, 0.5):
            transition = step(request, probed(Verdict.UNCLEAR), later, replace(TERMS, scale=scale))
            waits.append(due(transition)[Step.PROBE] - transition.request.updated_at)
        assert waits[1] == waits[0] / 2

    def test_scale_multiplies_deadlines_but_never_to_nothing(self) -> None:
        for scale, expected in ((0.5, timedelta(days=3.5)), (1e-6, timedelta(days=0.07))):
            transition = opening(fresh(), replace(TERMS, scale=scale))
            assert due(transition)[Step.EXPIRE] - T0 == expected

    @pytest.mark.parametrize("state", sorted(PROBE_PACE))
    def test_check_now_means_now(self, state: State) -> None:
        transition = step(reach(state), r.CheckAsked(by=REQUESTER))
        assert due(transition)[Step.PROBE] == transition.request.updated_at
        assert due(transition).get(Step.LOOK) == (
            transition.request.updated_at if state in LOOK_PACE else None
        )

    @pytest.mark.parametrize("state", sorted(PROBE_PACE))
    def test_check_now_waits_as_long_as_openai_asked_for(self, state: State) -> None:
        told = step(reach(state), probed(Verdict.LIMITED, retry_after=600)).request
        transition = step(told, r.CheckAsked(by=REQUESTER))
        assert due(transition)[Step.PROBE] - told.updated_at == 10 * MINUTE
        assert transition.request.next_probe_at == due(transition)[Step.PROBE]

    @pytest.mark.parametrize("shown_already", [(), (Rung.DATA_FLOWS,), (Rung.INSTANCE_RECORDED,)])
    def test_a_connection_is_looked_at_often_until_every_rung_of_the_tenant_is_shown(
        self, shown_already: tuple[Rung, ...]
    ) -> None:
        request = reach(State.CONNECTED)
        seen = sighted(request.updated_at)
        report = r.CasbReport(
            data=seen if Rung.DATA_FLOWS in shown_already else None,
            instance=seen if Rung.INSTANCE_RECORDED in shown_already else None,
        )
        transition = step(request, r.TenantChecked(report=report))
        assert due(transition)[Step.LOOK] - transition.request.updated_at < 5 * MINUTE
        both = r.TenantChecked(report=r.CasbReport(data=seen, instance=seen))
        transition = step(transition.request, both)
        assert due(transition)[Step.LOOK] - transition.request.updated_at >= timedelta(hours=1)

    def test_a_first_granted_is_confirmed_as_soon_as_it_can_be(self) -> None:
        for state in sorted(set(PROBE_PACE) - {State.CONNECTED}):
            request = reach(state)
            if shown(request.evidence, Rung.READ_GRANTED):
                continue
            transition = step(request, probed(Verdict.GRANTED))
            wait = due(transition)[Step.PROBE] - transition.request.updated_at
            assert SECONDS_60 <= wait <= timedelta(seconds=75)

    def test_doubt_is_settled_within_the_half_hour(self) -> None:
        request = reach(State.CONNECTED)
        transition = step(request, probed(Verdict.MISSING))
        first = transition.request.updated_at
        for _ in range(2):
            at = due(transition)[Step.PROBE]
            transition = advance(transition.request, probed(Verdict.MISSING), at, TERMS)
        assert transition.request.state is State.ATTENTION
        assert transition.request.updated_at - first == 30 * MINUTE

    def test_missing_scopes_under_review_are_no_reason_to_hurry(self) -> None:
        transition = step(reach(State.IN_REVIEW), probed(Verdict.MISSING))
        assert due(transition)[Step.PROBE] - transition.request.updated_at >= timedelta(hours=1)

    def test_without_a_tenant_token_nothing_is_looked_up(self) -> None:
        terms = replace(TERMS, tenant_token=False)
        request = reach(State.AWAITING_NETSKOPE)
        assert Step.LOOK not in due(step(request, r.GrantPressed(by=REQUESTER), terms=terms))

    def test_a_tenant_that_asks_for_patience_gets_it(self) -> None:
        trouble = {"endpoint": "audit", "kind": "limited", "retry_after": 7200}
        report = r.CasbReport.model_validate({"troubles": [trouble]})
        transition = step(reach(State.VERIFYING), r.TenantChecked(report=report))
        assert due(transition)[Step.LOOK] - transition.request.updated_at == timedelta(hours=2)
        assert transition.request.tenant_troubles == ("audit limited",)

    def test_a_tenant_that_cannot_be_read_is_known_since_the_first_look_in_a_row(self) -> None:
        def looked(*kinds: str) -> r.TenantChecked:
            troubles = [{"endpoint": "audit", "kind": kind} for kind in kinds]
            return r.TenantChecked(report=r.CasbReport.model_validate({"troubles": troubles}))

        first = step(reach(State.VERIFYING), looked("outage")).request
        again = advance(first, looked("malformed", "bad_token"), first.updated_at + MINUTE, TERMS).request
        assert again.tenant_troubled_since == first.updated_at
        assert again.tenant_trouble == "bad_token"  # what a person can mend comes first
        well = step(again, looked()).request
        assert (well.tenant_troubled_since, well.tenant_trouble) == (None, None)
        anew = step(well, looked("outage")).request
        assert anew.tenant_troubled_since == anew.updated_at
        # An older replica that could read in between empties the one field that it knows.
        theirs = again.model_copy(update={"tenant_troubles": ()})
        anew = step(theirs, looked("outage")).request
        assert anew.tenant_troubled_since == anew.updated_at


class TestWhatIsSaid:
    def test_quiet_events_speak_only_when_the_state_changes(self) -> None:
        stays = step(reach(State.AWAITING_OPENAI), probed(Verdict.MISSING))
        assert not {Step.NOTE, Step.TELL} & due(stays).keys()
        request = play(reach(State.AWAITING_OPENAI), (MINUTE, probed(Verdict.GRANTED)))
        moves = step(request, probed(Verdict.GRANTED), 2 * MINUTE)
        assert {Step.NOTE, Step.TELL} <= due(moves).keys()

    def test_messages_speak_about_their_version(self) -> None:
        request = reach(State.IN_REVIEW)
        transition = step(request, approved(request))
        refs = {item.step: item.ref for item in transition.due}
        assert refs[Step.NOTE] == refs[Step.TELL] == transition.request.version
        assert refs[Step.CARD] == refs[Step.PROBE] == refs[Step.EXPIRE] == 0

    def test_where_a_message_is_is_remembered_and_says_nothing(self) -> None:
        place = r.Place(channel="C1", ts="1.2")
        transition = step(reach(State.IN_REVIEW), r.Announced(surface="dm", place=place))
        assert transition.request.dm == place
        assert transition.due == ()
        assert transition.clear == frozenset()

    def test_the_audit_entry_names_who_what_and_which_rungs(self) -> None:
        entry = step(reach(State.VERIFYING), r.GreenCheckSeen(by=SECOND)).entry
        assert (entry.event, entry.by) == ("green_check_seen", SECOND)
        assert (entry.state_from, entry.state_to) == ("verifying", "connected")
        assert entry.facts == {"rungs": {"E4": "shown"}}


def test_terms_default_to_the_careful_choice() -> None:
    assert (Terms().review, Terms().quorum, Terms().watch) == (True, 1, True)


def test_that_a_key_expires_is_said_once_however_often_its_connection_is_lost_and_found() -> None:
    expiring = DRAFT.model_copy(update={"expires_on": (T0 + timedelta(days=400)).date()})
    warning = r.Warned(about=r.Concern.KEY_EXPIRY)
    request = play(reach(State.CONNECTED).model_copy(update={"draft": expiring}), (MINUTE, warning))
    request = play(request, (MINUTE, r.Warned(about=r.Concern.REQUESTER_LEFT)))
    lost = loss(request, Verdict.MISSING)
    assert lost.state is State.ATTENTION
    assert lost.warned == (r.Concern.KEY_EXPIRY,)
    with pytest.raises(AlreadySaid):
        step(lost, warning)


class TestCheckNow:
    """Whoever asks is answered soon; how often somebody presses costs OpenAI and the tenant nothing more."""

    SECOND = timedelta(seconds=1)

    @pytest.mark.parametrize("state", [State.AWAITING_OPENAI, State.VERIFYING, State.CONNECTED])
    def test_presses_in_a_row_ask_openai_every_ten_seconds_at_most(self, state: State) -> None:
        request = step(reach(state), probed(Verdict.GRANTED)).request
        asked = request.updated_at
        for _ in range(30):
            pressed = step(request, r.CheckAsked(by=REQUESTER), self.SECOND)
            request = pressed.request
            wanted = max(asked + timedelta(seconds=10), request.updated_at)
            assert due(pressed)[Step.PROBE] == wanted

    def test_presses_in_a_row_ask_the_tenant_every_ten_seconds_at_most(self) -> None:
        request = step(reach(State.VERIFYING), r.TenantChecked(report=CasbReport())).request
        pressed = step(request, r.CheckAsked(by=REQUESTER), self.SECOND)
        assert due(pressed)[Step.LOOK] == request.updated_at + timedelta(seconds=10)
        assert due(step(request, r.CheckAsked(by=REQUESTER)))[Step.LOOK] == request.updated_at + MINUTE

    def test_a_tenant_that_wants_to_be_left_alone_is(self) -> None:
        limited = Trouble(endpoint="audit", kind=TroubleKind.LIMITED, retry_after=3600)
        busy = r.TenantChecked(report=CasbReport(troubles=(limited,)))
        told = step(reach(State.AWAITING_NETSKOPE), busy)
        until = told.request.updated_at + timedelta(hours=1)
        assert due(told)[Step.LOOK] == until
        for event in (r.CheckAsked(by=REQUESTER), r.GrantPressed(by=REQUESTER)):
            assert due(step(told.request, event))[Step.LOOK] == until
        quiet = step(told.request, r.TenantChecked(report=CasbReport()), timedelta(hours=1)).request
        assert due(step(quiet, r.CheckAsked(by=REQUESTER)))[Step.LOOK] == quiet.updated_at + MINUTE


@pytest.mark.parametrize("state", State)
def test_no_key_is_shown_where_the_operator_did_not_switch_that_on(state: State) -> None:
    off = replace(TERMS, handover=False)
    assert not Terms().handover
    with pytest.raises(NotPossible):
        step(reach(state), r.KeyShown(by=REQUESTER), terms=off)


@pytest.mark.parametrize("state", State)
def test_a_key_can_be_shown_while_netskope_waits_for_it_and_at_no_other_time(state: State) -> None:
    terms = replace(TERMS, handover=True)
    if state is State.AWAITING_NETSKOPE:
        assert step(reach(state), r.KeyShown(by=REQUESTER), terms=terms).request.key_shown_at
        return
    with pytest.raises(NotPossible):
        step(reach(state), r.KeyShown(by=REQUESTER), terms=terms)


def test_the_showing_of_a_key_is_spent_for_that_key_alone() -> None:
    terms = replace(TERMS, handover=True)
    seen = step(reach(State.AWAITING_NETSKOPE), r.KeyShown(by=REQUESTER), terms=terms).request
    assert seen.key_shown_at
    with pytest.raises(AlreadySaid):
        step(seen, r.KeyShown(by=REQUESTER), terms=terms)
    named = seen.draft.model_copy(update={"workspace_id": "f7f33107-5fb9-4ee1-8922-000000000002"})
    for key, again in ((seen.key, seen.key_shown_at), (corrected().key, None)):
        event = r.Corrected(by=REQUESTER, draft=named, key=key)
        assert step(seen, event, terms=terms).request.key_shown_at == again
