"""The process may be killed at any moment and goes on; told to leave, it leaves in order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
import redis.asyncio

from bot.adapters.vault import Keyring
from bot.domain.audit import Entry
from bot.domain.evidence import Rung
from bot.domain.request import State
from tests.journeys.conftest import INSTANCE, Apart, Start
from tests.wait import until


@pytest.fixture
def shared(redis_url: str) -> dict[str, str]:
    """A server that outlives the bot, as in production."""
    keys = Keyring.generate().dump().get_secret_value()
    return {"REDIS_URL": redis_url, "GREENLIGHT_ENCRYPTION_KEYS": keys}


async def entries(journey: Apart) -> list[Entry]:
    async with redis.asyncio.Redis.from_url(journey.store_url, decode_responses=True) as client:
        (key,) = [key async for key in client.scan_iter("gl:*:audit:*")]
        return [Entry.model_validate_json(row) for row in await client.lrange(key, 0, -1)]


async def card_is_known(journey: Apart) -> bool:
    return any(entry.facts.get("surface") == "card" for entry in await entries(journey))


def said_twice(journey: Apart) -> list[str]:
    """Messages that were posted more than once: each carries a mark of its own."""
    marks = [
        message.metadata["event_payload"]["mark"]
        for message in journey.world.slack.world.posted
        if message.metadata
    ]
    return [mark for mark in set(marks) if marks.count(mark) > 1]


async def test_killed_at_each_state_the_journey_completes_and_no_step_is_lost(
    apart: Start, shared: dict[str, str]
):
    journey = await apart(**shared)
    ways: dict[State, Callable[[], Awaitable[object]]] = {
        State.CHECKING: lambda: journey.ask("outage"),
        State.NEEDS_CORRECTION: lambda: _let(journey, "revoked"),
        State.IN_REVIEW: lambda: journey.correct(API_key=journey.new_key()),
        State.AWAITING_OPENAI: journey.approve,
        State.AWAITING_NETSKOPE: lambda: _let(journey, "read_delete"),
        State.VERIFYING: lambda: journey.press("I pressed Grant Access"),
        State.CONNECTED: lambda: journey.press("I see the green check"),
    }
    for state, go in ways.items():
        await go()
        await journey.stands(state)
        await until(lambda: card_is_known(journey), what="the place of the card to be saved")
        await journey.kill_and_restart()
        await journey.stands(state)
    journey.create_instance()
    await journey.shows(Rung.INSTANCE_RECORDED)
    journey.world.netskope.flow(INSTANCE)
    await journey.shows(*Rung)
    assert len(journey.cards()) == 1
    assert len(journey.world.mailbox.messages) == 1
    chain = await entries(journey)
    assert [entry.seq for entry in chain] == list(range(1, len(chain) + 1))
    moved = [entry.state_to for entry in chain if entry.state_from != entry.state_to]
    assert moved == [State.CHECKING, *list(ways)[1:2], State.CHECKING, *list(ways)[2:]]
    assert await journey.running.stop() == 0


async def _let(journey: Apart, state: str) -> None:
    journey.openai_grants(state)


async def test_killed_while_openai_is_being_asked_it_asks_again(apart: Start, shared: dict[str, str]):
    journey = await apart(**shared)
    await journey.ask("slow")
    await until(lambda: journey.world.openai.keys[journey.key].calls, what="a probe under way")
    await until(lambda: card_is_known(journey), what="the place of the card to be saved")
    journey.openai_grants("pending")
    await journey.kill_and_restart()
    await journey.stands(State.IN_REVIEW)
    assert len(journey.cards()) == 1


async def test_killed_right_after_an_answer_nothing_that_was_answered_is_lost(
    apart: Start, shared: dict[str, str]
):
    journey = await apart(**shared)
    await journey.in_review()
    await until(lambda: card_is_known(journey), what="the place of the card to be saved")
    await journey.approve()
    await journey.kill_and_restart()
    await journey.stands(State.AWAITING_OPENAI)
    await journey.told(journey.alice, "Waiting for OpenAI")
    await journey.thread_says("approved (1 of 1)")
    await journey.until(lambda: journey.world.mailbox.messages, "the e-mail")
    assert len(journey.cards()) == 1
    assert [mark for mark in said_twice(journey) if mark.startswith("card")] == []


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_told_to_leave_it_finishes_what_is_under_way_within_ten_seconds(apart: Start, transport: str):
    journey = await apart(transport)
    card = await journey.in_review()
    faults = journey.world.slack.faults
    faults.slow("users.info", seconds=0.5)
    clicking = asyncio.create_task(journey.rita.click(card, "Approve"))
    await journey.until(lambda: not faults.queue, "the click to be looked into")
    began = time.monotonic()
    code = await journey.running.stop()
    assert (code, time.monotonic() - began < 10) == (0, True)
    assert (await clicking).acked
    await journey.running.start()
    await journey.stands(State.AWAITING_OPENAI)
    await journey.told(journey.alice, "Waiting for OpenAI")


async def test_told_to_leave_while_openai_is_slow_it_does_not_wait_for_it(apart: Start):
    journey = await apart()
    await journey.ask("slow")
    await until(lambda: journey.world.openai.keys[journey.key].calls, what="a probe under way")
    began = time.monotonic()
    assert await journey.running.stop() == 0
    assert time.monotonic() - began < 10
