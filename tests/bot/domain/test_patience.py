"""Nobody waits in silence, and nobody is woken at night: the table of policies and its calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain import request as r
from bot.domain.errors import AlreadySaid, NotPossible
from bot.domain.evidence import Rung
from bot.domain.lifecycle import REMINDED, Step, advance
from bot.domain.patience import (
    Blocker,
    Patience,
    Waiting,
    blocker,
    business_days_later,
    hour_of_today,
    next_business_moment,
    read,
)
from bot.domain.policy import Actor
from bot.domain.request import OPEN, State
from bot.domain.terms import Terms
from bot.domain.timers import notice_until
from bot.domain.waiting import waits_for
from bot.patience_file import _table
from tests.bot.domain.samples import MINUTE, REQUESTER, REVIEWER, T0, TERMS, approved, play, reach, step

P = Patience()
NEW_YORK, BERLIN, KATHMANDU = "America/New_York", "Europe/Berlin", "Asia/Kathmandu"
MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: T0 + timedelta(minutes=minutes))
ZONES = st.sampled_from([NEW_YORK, BERLIN, KATHMANDU, "Pacific/Apia", "UTC", "", "Not/AZone"])


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "tz", "moment"),
    [
        ("2026-11-23 12:00", "UTC", "2026-11-23 12:00"),  # Monday noon: now
        ("2026-11-23 03:00", "UTC", "2026-11-23 09:00"),
        ("2026-11-23 17:00", "UTC", "2026-11-24 09:00"),  # five o'clock is too late
        ("2026-11-27 17:01", "UTC", "2026-11-30 09:00"),  # Friday evening: Monday
        ("2026-11-28 12:00", "UTC", "2026-11-30 09:00"),
        ("2026-11-23 12:00", NEW_YORK, "2026-11-23 14:00"),  # 07:00 there
        ("2026-11-23 12:00", KATHMANDU, "2026-11-24 03:15"),  # 17:45 there
        ("2026-03-27 17:30", BERLIN, "2026-03-30 07:00"),  # the clocks change over this weekend
        ("2026-11-23 08:30", "Not/AZone", "2026-11-23 09:00"),
    ],
)
def test_a_reminder_waits_for_business_hours_where_the_person_is(at: str, tz: str, moment: str) -> None:
    assert next_business_moment(utc(at), tz, P) == utc(moment)


@settings(deadline=None)
@given(MOMENTS, ZONES)
def test_a_business_moment_is_never_before_and_never_outside(at: datetime, tz: str) -> None:
    moment = next_business_moment(at, tz, P)
    assert at <= moment <= at + timedelta(days=4)
    assert next_business_moment(moment, tz, P) == moment


def test_business_days_skip_the_weekend_and_a_fraction_is_plain_time() -> None:
    thursday = utc("2026-11-26 10:00")
    assert business_days_later(thursday, 2, "UTC", P) == utc("2026-11-30 10:00")
    assert business_days_later(thursday, 5, "UTC", P) == utc("2026-12-03 10:00")
    assert business_days_later(thursday, 0.02, "UTC", P) == thursday + timedelta(days=0.02)


@settings(max_examples=20, deadline=None)
@given(MOMENTS, st.sampled_from([KATHMANDU, "UTC", "Not/AZone"]))  # where no clock is ever changed
def test_a_week_has_five_mornings_however_the_rounds_fall(at: datetime, tz: str) -> None:
    rounds = [at + timedelta(minutes=30) * number for number in range(7 * 48)]
    mornings = {hour_of_today(now, 9, tz, P) for now in rounds} - {None}
    assert len(mornings) in {5, 6}  # the first round may fall between the sixth and its midnight
    assert len([morning for morning in mornings if morning and morning >= at]) in {4, 5}


def test_the_morning_is_there_from_its_minute_to_midnight_of_a_working_day() -> None:
    nine = utc("2026-11-23 09:00")
    for now in ("2026-11-23 09:00", "2026-11-23 15:00", "2026-11-23 23:59"):
        assert hour_of_today(utc(now), 9, "UTC", P) == nine
    for never in ("2026-11-23 08:59", "2026-11-22 12:00"):  # too early, and a Sunday
        assert hour_of_today(utc(never), 9, "UTC", P) is None


def test_reminders_come_more_and_more_seldom() -> None:
    days = [P.next_reminder(State.IN_REVIEW, count) for count in range(6)]
    assert days == [timedelta(days=n) for n in (1, 2, 4, 7, 7, 7)]
    assert P.next_reminder(State.CHECKING, 0) is None


def test_the_second_group_hears_of_it_only_when_there_is_one_and_after_three_reminders() -> None:
    table = Patience(escalate_to=("S0LEADS",))
    assert [table.escalates(State.IN_REVIEW, number) for number in (1, 2, 3, 4)] == [False, False, True, True]
    assert not P.escalates(State.IN_REVIEW, 9)


@pytest.mark.parametrize(
    "text",
    [
        'escalate_to = ["S0LEADS"]\nweekdays = "sun-thu"\n[states.in_review]\nremind_after = 0.5',
        '{"escalate_to": ["S0LEADS"], "weekdays": "mon", "states": {"in_review": {"remind_after": 0.5}}}',
    ],
    ids=["toml", "json"],
)
def test_a_table_changes_only_what_it_names(text: str, tmp_path: Path) -> None:
    if "sun-thu" in text:
        with pytest.raises(ValueError):
            read(text)  # a range runs from Monday on
        text = text.replace('"sun-thu"', '["sun", "mon"]')
    table = read(text)
    assert table.escalate_to == ("S0LEADS",)
    assert table.states[State.IN_REVIEW].remind_after == 0.5
    assert table.states[State.IN_REVIEW].at_most == P.states[State.IN_REVIEW].at_most
    assert table.states[State.VERIFYING] == P.states[State.VERIFYING]
    file = tmp_path / "patience"
    file.write_text(text)
    assert _table(str(file)) == _table(text) == table


@pytest.mark.parametrize(
    "text",
    [
        "hours = [17, 9]",
        "hours = [9]",
        'timezone = "Not/AZone"',
        "snooze = -1",
        "snooze = 0",
        "remind = 3",
        "weekdays = []",
        'escalate_to = ["everybody"]',
        "[states.connected]\nremind_after = 1",
        "[states.in_review]\nfactor = 0",
        "{",
        "not a table",
        "",
    ],
)
def test_a_table_that_makes_no_sense_is_refused(text: str) -> None:
    if text:
        with pytest.raises((ValueError, ValidationError)):
            _table(text) if text != "not a table" else _table("no such file")
    else:
        assert read(text) == P


def test_expiry_comes_from_the_same_table() -> None:
    table = read("[states.in_review]\nexpires_after = 3")
    request = reach(State.CHECKING)
    moved = step(
        request, r.KeyProbed(diagnosis={"verdict": "missing", "row": "4"}), terms=Terms(patience=table)
    )
    assert moved.request.deadline_at == moved.request.updated_at + timedelta(days=3)
    times = {due.step: due.at for due in moved.due}
    assert times[Step.WARN] == moved.request.deadline_at - timedelta(days=2)


@pytest.mark.parametrize("state", sorted(REMINDED))
def test_who_waits_is_reminded_again_and_again_until_they_act(state: State) -> None:
    request, at = reach(state), None
    for number, days in ((1, 2), (2, 4), (3, 7)):
        event = r.Reminded(to="requester", number=number)
        moved = step(request, event)
        request, at = moved.request, moved.request.updated_at
        assert {due.step: due.at for due in moved.due}[Step.REMIND] == at + timedelta(days=days)
    until = request.updated_at + timedelta(days=30)
    quiet = step(request, r.Snoozed(by=REQUESTER, until=until))
    assert {due.step: due.at for due in quiet.due}[Step.REMIND] == until
    assert {due.step for due in quiet.due} <= {Step.REMIND, Step.CARD}


def test_a_step_forward_starts_the_patience_anew() -> None:
    request = reach(State.IN_REVIEW)
    request = play(request, (MINUTE, r.Reminded(to="reviewers", number=1)))
    moved = step(request, approved(request))
    assert (request.reminders, moved.request.reminders) == (1, 0)
    assert {due.step: due.at for due in moved.due}[Step.REMIND] == moved.request.updated_at + timedelta(
        days=1
    )


def test_a_reminder_goes_where_it_is_read() -> None:
    def said(**event: object) -> set[Step]:
        moved = step(reach(State.IN_REVIEW), r.Reminded(number=1, **event))
        return {due.step for due in moved.due} & {Step.NOTE, Step.TELL}

    assert said(to="reviewers") == {Step.NOTE}
    assert said(to="requester") == said(to="openai") == {Step.TELL}
    assert said(to="requester", escalated=True) == {Step.NOTE, Step.TELL}


def test_every_state_names_its_blocker() -> None:
    found = {state: blocker(reach(state), smtp=True) for state in State}
    assert found[State.IN_REVIEW] is Blocker.REVIEWERS
    assert found[State.AWAITING_OPENAI] is Blocker.NOBODY  # the mail is being sent by the bot
    assert blocker(reach(State.AWAITING_OPENAI), smtp=False) is Blocker.REQUESTER
    mailed = play(reach(State.AWAITING_OPENAI), (MINUTE, r.EmailSent(by=REQUESTER)))
    assert blocker(mailed, smtp=True) is Blocker.OPENAI
    refused = r.KeyProbed(diagnosis={"verdict": "blocked", "row": "13"})
    assert blocker(play(mailed, (MINUTE, refused)), smtp=True) is Blocker.REQUESTER  # as the card says
    assert {state for state in OPEN if found[state] is Blocker.REQUESTER} == {
        State.NEEDS_CORRECTION,
        State.AWAITING_NETSKOPE,
        State.VERIFYING,
    }


def test_a_review_waits_for_those_who_may_decide_and_have_not() -> None:
    request = reach(State.IN_REVIEW)
    bob, ada = Actor(id=REVIEWER, reviewer=True), Actor(id=REQUESTER, reviewer=True, admin=True)
    assert waits_for(bob, request, smtp=True)
    assert not waits_for(ada, request, smtp=True)
    half = step(request, approved(request), terms=Terms(quorum=2)).request
    assert not waits_for(bob, half, smtp=True)
    assert waits_for(Actor(id="U-CY", reviewer=True), half, smtp=True)
    assert waits_for(ada, reach(State.VERIFYING), smtp=True)
    assert not waits_for(bob, reach(State.VERIFYING), smtp=True)


def test_two_impatient_people_cause_one_mail() -> None:
    request = play(reach(State.AWAITING_OPENAI), (MINUTE, r.EmailSent(by="greenlight", message_id="<1@x.y>")))
    with pytest.raises(AlreadySaid):
        step(request, r.FollowUpAsked(by=REQUESTER))
    asked = step(request, r.FollowUpAsked(by=REQUESTER), timedelta(days=6), TERMS)
    assert Step.FOLLOW_UP in {due.step for due in asked.due}
    followed = play(asked.request, (MINUTE, r.FollowedUp(by="greenlight", message_id="<2@x.y>")))
    assert [mail.message_id for mail in followed.follow_ups] == ["<2@x.y>"]
    assert followed.mail.message_id == "<1@x.y>"
    with pytest.raises(AlreadySaid):
        step(followed, r.FollowUpAsked(by=REQUESTER), timedelta(hours=11))


@given(late=st.floats(-30, 30), notice=st.sampled_from([0.5, 2, 7]))
def test_who_is_told_late_has_half_of_the_notice_at_least(late: float, notice: float) -> None:
    terms = Terms(patience=Patience(notice=notice))
    request = reach(State.IN_REVIEW)
    at = request.deadline_at + timedelta(days=late)
    until = notice_until(request, at, terms)
    assert until == max(request.deadline_at, at + timedelta(days=notice / 2))
    told = advance(request, r.Warned(about=r.Concern.EXPIRY, since=until), at, terms)
    assert told.request.deadline_at == until
    planned = [due.at for due in told.due if due.step is Step.EXPIRE]
    assert planned == ([until] if until > request.deadline_at else [])
    assert notice_until(told.request, until, terms) is None


def test_a_notice_longer_than_a_state_may_last_makes_it_last_no_longer() -> None:
    terms = Terms(patience=Patience(notice=30, states={State.IN_REVIEW: Waiting(expires_after=4)}))
    at, days = T0, timedelta(days=1)
    request = reach(State.IN_REVIEW).model_copy(update={"deadline_at": at + 4 * days})
    assert notice_until(request, at, terms) == request.deadline_at
    assert notice_until(request, at + 20 * days, terms) == at + 22 * days


def test_where_nobody_is_ever_told_nobody_has_more_time() -> None:
    request = reach(State.IN_REVIEW)
    assert notice_until(request, request.deadline_at, Terms(patience=Patience(notice=0))) is None
    told = play(request, (MINUTE, r.Warned(about=r.Concern.QUIET, since=T0 + timedelta(days=90))))
    assert told.deadline_at == request.deadline_at


def test_a_warning_is_given_once_per_stay() -> None:
    request = reach(State.IN_REVIEW)
    notice = r.Warned(about=r.Concern.EXPIRY, since=request.deadline_at)
    warned = play(request, (MINUTE, notice))
    assert warned.warned == (r.Concern.EXPIRY,)
    with pytest.raises(AlreadySaid):
        step(warned, notice)
    with pytest.raises(NotPossible):  # it was meant for the state that was left meanwhile
        step(reach(State.AWAITING_OPENAI), notice)
    assert play(warned, (MINUTE, approved(warned))).warned == ()
    assert Rung.READ_GRANTED not in warned.evidence
