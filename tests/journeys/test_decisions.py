"""One decision, however many press and however often Slack delivers."""

from __future__ import annotations

import asyncio

import redis.asyncio

from bot.domain.request import State
from bot.sandbox import local
from bot.sandbox.slack import text_of
from tests.journeys.conftest import Journey, Start


async def decisions(journey: Journey) -> list[tuple[str, str | None]]:
    entries = await journey.home.ground.store.entries((await journey.request()).id)
    return [(entry.event, entry.by) for entry in entries if entry.event in {"approved", "denied"}]


async def test_a_double_click_is_one_approval(journey: Journey):
    await journey.in_review()
    journey.world.slack.faults.double_deliveries()
    await journey.approve()
    await journey.stands(State.AWAITING_OPENAI)
    assert await decisions(journey) == [("approved", local.REVIEWER)]


async def test_two_clicks_of_one_reviewer_are_one_approval(journey: Journey):
    card = await journey.in_review()
    both = await asyncio.gather(journey.rita.click(card, "Approve"), journey.rita.click(card, "Approve"))
    assert all(click.acked for click in both)
    await journey.stands(State.AWAITING_OPENAI)
    assert await decisions(journey) == [("approved", local.REVIEWER)]


async def test_of_two_reviewers_at_once_one_decides_and_the_other_reads_who(journey: Journey):
    card = await journey.in_review()
    await asyncio.gather(journey.rita.click(card, "Approve"), journey.raj.click(card, "Approve"))
    await journey.stands(State.AWAITING_OPENAI)
    ((_, winner),) = await decisions(journey)
    second = journey.raj if winner == journey.rita.id else journey.rita
    await journey.told(second, f"@{winner} approved this", "Your click changed nothing")


async def test_approve_and_deny_at_once_are_one_decision(journey: Journey):
    card = await journey.in_review()
    await journey.raj.click(card, "Deny")
    await journey.raj.modal("Deny")
    await asyncio.gather(
        journey.rita.click(card, "Approve"), journey.raj.submit({"Reason": "Not this workspace."})
    )
    assert len(await decisions(journey)) == 1
    assert await journey.state() in {State.AWAITING_OPENAI, State.DENIED}


async def test_threat_11_fifty_reviewers_at_once_are_one_decision(begin: Start):
    many = [f"U0MANY{number:02d}" for number in range(50)]
    journey = await begin(GREENLIGHT_REVIEWERS=",".join(many))
    for user in many:
        journey.world.slack.world.add_user(user, channels=[local.CHANNEL])
    card = await journey.in_review()
    clicks = await asyncio.gather(*(journey.person(user).click(card, "Approve") for user in many))
    assert all(click.acked for click in clicks), [click.shown_error for click in clicks]
    await journey.stands(State.AWAITING_OPENAI)
    ((_, winner),) = await decisions(journey)
    for user in many:
        words = "Your approval is recorded" if user == winner else "Your click changed nothing"
        await journey.told(journey.person(user), words)
    assert len((await journey.request()).approvals) == 1


class TestRedelivered:
    async def test_the_same_payload_again_at_once_and_hours_later_changes_nothing(self, begin: Start):
        journey = await begin(GREENLIGHT_QUORUM="2")
        await journey.in_review()
        click = await journey.approve()
        await journey.card_says("Approvals: 1 of 2")
        for hours in (0, 5):
            await journey.hours_pass(hours)
            (again,) = await journey.world.slack.redeliver(click)
            assert again.outcome == "acked"
        assert await decisions(journey) == [("approved", local.REVIEWER)]

    async def test_even_when_the_ledger_has_forgotten_it(self, journey: Journey):
        await journey.in_review()
        click = await journey.approve()
        await journey.stands(State.AWAITING_OPENAI)
        async with redis.asyncio.Redis.from_url(journey.environment["REDIS_URL"]) as client:
            assert await client.delete(*[key async for key in client.scan_iter("gl:*:seen:*")])
        await journey.hours_pass(30)
        await journey.world.slack.redeliver(click)
        await journey.told(journey.rita, "Your click changed nothing")
        assert await decisions(journey) == [("approved", local.REVIEWER)]

    async def test_a_form_sent_twice_opens_one_request(self, journey: Journey):
        journey.new_key()
        await journey.open_form()
        journey.world.slack.faults.double_deliveries()
        answer = await journey.alice.submit(journey.form())
        await journey.stands(State.IN_REVIEW)
        assert len(await journey.home.ground.store.requests()) == 1
        assert "is open" in text_of(answer.view)
        assert len(journey.cards()) == 1
