"""Nobody waits in silence: reminders, quiet on request, a second group, a follow-up, a notice, a digest."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from bot.adapters.people import RedisPeople
from bot.domain.evidence import Rung
from bot.domain.lifecycle import Step
from bot.domain.request import State
from bot.sandbox.slack import text_of
from tests.journeys.conftest import INSTANCE, SCALE, Clock, Journey, Start
from tests.wait import until

DAY = 24 * SCALE  # hours: what a day of the policies is in these rehearsals
LONG_DAY = 24 * 0.01  # expiry is never hurried more than that
ALWAYS = {"hours": [0, 24], "weekdays": "mon-sun"}


def policies(**other: object) -> dict[str, str]:
    return {"GREENLIGHT_PATIENCE": json.dumps(ALWAYS | other)}


async def reminders(journey: Journey) -> int:
    return (await journey.request()).reminders


async def test_a_review_nobody_does_is_reminded_of_and_then_escalated(begin: Start):
    table = {"in_review": {"escalate_after": 2}}
    journey = await begin(**policies(escalate_to=["U0ADMIN2"], states=table))
    await journey.in_review()
    await journey.hours_pass(DAY * 1.1)
    first = await journey.thread_says("Reminder", "@subteam^S0SECURITY")
    assert "@U0ADMIN2" not in first
    await journey.hours_pass(DAY * 2.1)
    await journey.thread_says("Nobody has acted for a while", "@U0ADMIN2")
    await journey.approve()
    await journey.stands(State.AWAITING_OPENAI)
    assert await reminders(journey) == 0
    assert not await reminded_of(journey.rita, "Reminder")  # the thread is told, not each reviewer


async def reminded_of(person: object, words: str) -> list[str]:
    return [text for one in person.dms() if words in (text := text_of(one))]  # type: ignore[attr-defined]


async def test_a_reminder_can_be_snoozed_and_comes_back(begin: Start):
    journey = await begin(**policies(snooze=4))
    await journey.at_netskope()
    await journey.hours_pass(DAY * 1.1)
    await journey.told(journey.alice, "Reminder", "Ready for Grant Access")
    await journey.press("Snooze")
    await journey.told(journey.alice, "Quiet for a while")
    before = await journey.request()
    assert before.snoozed_until
    await journey.hours_pass(DAY * 3)  # without the snooze the next one had been due after two
    await journey.press("Check now")
    await journey.until(lambda: journey.world.openai.calls, "a probe after the pause")
    assert await reminders(journey) == 1
    await journey.hours_pass(DAY * 1.2)
    await journey.until(lambda: len(journey_reminders(journey)) == 2, "the second reminder")
    assert (await journey.request()).snoozed_until is None


def journey_reminders(journey: Journey) -> list[str]:
    return [text for one in journey.alice.dms() if "Reminder: GL-" in (text := text_of(one))]


def _weekday(moment: datetime) -> str:
    return ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[moment.weekday()]


async def test_a_reminder_that_comes_due_outside_of_working_days_waits_for_one(begin: Start):
    clock = Clock.at_noon()
    the_only_one = _weekday(clock.now() + timedelta(days=2))
    table = {"hours": [0, 24], "weekdays": [the_only_one], "notice": 0}
    journey = await begin(GREENLIGHT_PATIENCE=json.dumps(table), scale=1, clock=clock)
    await journey.in_review()
    await journey.hours_pass(24.1)
    await until(lambda: put_off(journey), what="the reminder to be put off")
    assert await reminders(journey) == 0
    await journey.hours_pass(24)
    await journey.thread_says("Reminder")


async def put_off(journey: Journey) -> bool:
    """Whether the reminder is in the schedule, for later than now."""
    store = journey.home.ground.store
    member = f"{(await journey.request()).id}|{Step.REMIND}|0"
    due = await store._redis.zscore(store.keys.schedule[0], member)
    return due / 1000 > journey.clock.seconds() + 3600


async def test_openai_is_asked_again_in_the_thread_of_the_first_mail(begin: Start):
    journey = await begin(**policies(follow_up_after=5))
    await journey.at_openai()
    (first,) = await journey.until(lambda: journey.world.mailbox.messages, "the e-mail")
    await journey.thread_says("sent the e-mail")
    await journey.hours_pass(DAY * 5.5)
    draft = await journey.told(journey.alice, "Here is a follow-up for the same thread", "Re: Compliance API")
    assert journey.key not in draft
    await journey.press("Send the follow-up")
    second = (await journey.until(lambda: journey.world.mailbox.messages[1:], "the follow-up"))[0]
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert second["Subject"] == f"Re: {first['Subject']}"
    assert second["Message-ID"] != first["Message-ID"]
    await journey.thread_says("wrote to OpenAI Support again")
    await journey.press("Send the follow-up")
    await journey.told(journey.alice, "You said that already")
    assert len(journey.world.mailbox.messages) == 2


async def test_an_expiry_is_announced_before_it_comes(begin: Start):
    journey = await begin(**policies(notice=2))
    await journey.in_review()
    await journey.hours_pass(LONG_DAY * 12.1)
    await journey.thread_says("Nobody has moved this request", "expires")
    await journey.told(journey.alice, "Nobody has moved this request")
    assert await journey.state() is State.IN_REVIEW
    await journey.hours_pass(LONG_DAY * 2)
    await journey.stands(State.EXPIRED)
    assert await journey.key_is_destroyed()


@pytest.mark.parametrize("unknown", [0, 1000], ids=["in its notice", "at its deadline"])
async def test_what_expired_while_the_bot_was_away_is_announced_first(begin: Start, unknown: int):
    journey = await begin(**policies(notice=2))
    await journey.in_review()
    deadline = (await journey.request()).deadline_at
    if unknown:  # then the notice waits for Slack to say what time it is where she is, and the deadline comes
        journey.world.slack.faults.status("users.info", 503, times=unknown)
    await journey.hours_pass(LONG_DAY * 20)  # in one leap: no notice fell into working hours
    await journey.thread_says("Nobody has moved this request", "expires")
    await journey.told(journey.alice, "Nobody has moved this request")
    spared = await journey.request()
    assert spared.state is State.IN_REVIEW
    assert spared.deadline_at > deadline
    assert not await journey.key_is_destroyed()
    journey.world.slack.faults.clear()
    await journey.hours_pass(LONG_DAY * 1.1)
    await journey.stands(State.EXPIRED)
    assert await journey.key_is_destroyed()


async def test_a_digest_comes_once_a_morning_and_its_buttons_act(begin: Start):
    quiet = {"in_review": {"remind_after": 0}}
    journey = await begin(**policies(digest_hour=9, states=quiet), scale=1, clock=Clock.at_noon())
    await journey.in_review()
    await journey.hours_pass(24)
    digest = await journey.told(journey.rita, "1 request waits for you", INSTANCE)
    assert "[Approve]" in digest
    await journey.told(journey.raj, "1 request waits for you")
    assert not await reminded_of(journey.alice, "waits for you")
    assert not await reminded_of(journey.olga, "waits for you")
    await journey.hours_pass(0.6)
    await journey.press("Approve", journey.rita)
    await journey.stands(State.AWAITING_OPENAI)
    assert len(await reminded_of(journey.rita, "waits for you")) == 1
    await journey.hours_pass(24)
    await journey.until(lambda: journey.world.openai.calls, "work after the second morning")
    assert len(await reminded_of(journey.rita, "waits for you")) == 1


async def test_who_opened_a_request_has_digests_from_then_on(journey: Journey):
    ground = journey.home.ground
    people = RedisPeople(ground.store, ground.decisions)
    await journey.in_review()

    async def is_known() -> bool:
        return await people.askers(journey.home.service._clock()) == {journey.alice.id}

    await until(is_known, what="who asks to be remembered")


async def test_data_that_goes_quiet_is_a_warning_not_a_failure(begin: Start):
    journey = await begin(**policies())
    await journey.connected()
    journey.world.netskope.flow(INSTANCE)
    await journey.card_says("E5 · Data flows: shown")
    await journey.hours_pass(24.1)

    async def silence_was_read() -> bool:
        request = await journey.request()
        read, flowed = request.data_through, request.evidence[Rung.DATA_FLOWS].at
        return bool(read and read - flowed > timedelta(days=1))

    await until(silence_was_read, what="a day of silence to be read", timeout=30)  # unread time is no silence
    await journey.hours_pass(24.1)
    await journey.thread_says("No data since")
    assert await journey.state() is State.CONNECTED
