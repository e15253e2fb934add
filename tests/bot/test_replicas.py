"""Processes that are killed, stopped and idle: who takes over, how soon, and what it costs to wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import redis.asyncio

from bot.adapters.redis import Keys, member
from bot.adapters.vault import Keyring
from bot.domain.lifecycle import Terms
from bot.domain.request import State
from bot.domain.upkeep import timers
from bot.sandbox import local
from bot.sandbox.local import LocalWorld
from bot.sandbox.process import BotProcess, free_port
from bot.sandbox.slack import Message
from bot.sandbox.slack.cast import TEAM_ID
from bot.sandbox.slack.faults import Fault
from bot.views.words import STATES
from bot.worker import LEASE
from tests.wait import lived, until

SCALE = 0.004
WINDOW = 21  # seconds; longer than the worker's blocking wait, so that every kind of command occurs
FORM = {
    "Workspace ID": local.WORKSPACE,
    "Organization ID": local.ORGANIZATION,
    "Key name": "netskope",
    "Created by": "Alice",
    "Requested scope": "Both",
    "Administrator email": "alice@acme.example",
    "Instance name": "ChatGPT Acme",
}


@dataclass
class House:
    world: LocalWorld
    redis_url: str
    new_bot: Callable[..., BotProcess]

    def cards(self) -> list[Message]:
        return self.world.slack.world.messages(local.CHANNEL)

    async def ask(self) -> None:
        alice = self.world.slack.person(local.ADMIN)
        await alice.slash("/greenlight")
        await alice.modal()
        sent = await alice.submit(FORM | {"API key": self.world.new_key()})
        assert not sent.errors
        assert sent.shown_error is None

    async def stands(self, state: State) -> Message:
        def there() -> Message | None:
            return next((one for one in self.cards() if f": {STATES[state]} since" in one.text), None)

        return await self.world.slack.until(there, what=f"a card that says {state}")


@asynccontextmanager
async def a_house(folder: Path, redis_url: str, **world: Any) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        outside = await stack.enter_async_context(LocalWorld(**world))
        keys = Keyring.generate().dump().get_secret_value()
        bots: list[BotProcess] = []

        def new_bot(scale: float = SCALE, transport: str = "socket") -> BotProcess:
            port = free_port()
            environment = outside.environment(folder, transport=transport, port=port, scale=scale)
            environment |= {"REDIS_URL": redis_url, "GREENLIGHT_ENCRYPTION_KEYS": keys}
            bot = BotProcess(environment, folder / f"{len(bots)}.log", folder=Path.cwd())
            bots.append(bot)
            return bot

        async def end() -> None:
            await asyncio.gather(*(bot.kill() for bot in bots), return_exceptions=True)

        stack.push_async_callback(end)
        yield House(outside, redis_url, new_bot)


async def post_and_die(house: House) -> None:
    """Slack takes the card and says nothing; then the bot is killed before it can save where the card is."""
    fault = Fault("hang", after=True, channel=local.CHANNEL, seconds=60)
    house.world.slack.faults.add("chat.postMessage", fault)
    bot = house.new_bot()
    await bot.start()
    await house.ask()
    await house.world.slack.until(house.cards, what="a card that nobody remembers")
    await bot.kill()


async def test_a_kill_between_slacks_answer_and_our_save_leaves_one_card(
    tmp_path: Path, redis_url: str
) -> None:
    async with a_house(tmp_path, redis_url) as house:
        await post_and_die(house)
        await house.new_bot().start()
        await house.stands(State.IN_REVIEW)
        assert len(house.cards()) == 1


async def test_without_the_history_scopes_a_click_on_the_second_card_takes_it_away(
    tmp_path: Path, redis_url: str
) -> None:
    async with a_house(tmp_path, redis_url, history=False) as house:
        await post_and_die(house)
        orphan = house.cards()[0]
        await house.new_bot().start()
        await house.stands(State.IN_REVIEW)
        assert len(house.cards()) == 2
        await house.world.slack.person(local.ADMIN).click(orphan, "Check now")
        await house.world.slack.until(lambda: len(house.cards()) == 1, what="one card")
        assert orphan.deleted


async def test_what_a_replica_held_is_done_by_another_within_the_lease(
    tmp_path: Path, redis_url: str
) -> None:
    assert LEASE <= 30
    async with a_house(tmp_path, redis_url) as house:
        house.world.slack.faults.timeout("chat.postMessage", seconds=60)
        first = house.new_bot(scale=0.2, transport="http")  # a lease of six seconds
        await first.start()
        house.world.slack.use_http(
            f"http://127.0.0.1:{first._environment['GREENLIGHT_HTTP_PORT']}/slack/events"
        )
        await house.ask()
        await house.world.slack.until(
            lambda: not house.world.slack.faults.queue, what="the first post to hang"
        )
        await house.new_bot(scale=0.2, transport="http").start()
        async with lived() as seconds:
            await first.kill()
            await house.world.slack.until(house.cards, what="the card")
            assert seconds() < 6 + 9
        assert len(house.cards()) == 1


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_a_stop_is_quick_says_so_first_and_leaves_nothing_to_a_lease(
    transport: str, tmp_path: Path, redis_url: str
) -> None:
    async with a_house(tmp_path, redis_url) as house:
        house.world.slack.faults.timeout("chat.postMessage", seconds=60)
        # a lease of thirty seconds: nobody waits for it here
        first = house.new_bot(scale=1, transport=transport)
        await first.start()
        base = f"http://127.0.0.1:{first._environment['GREENLIGHT_HTTP_PORT']}"
        if transport == "http":
            house.world.slack.use_http(f"{base}/slack/events")
        ready = f"{base}/readyz"
        await house.ask()
        await house.world.slack.until(lambda: not house.world.slack.faults.queue, what="a post under way")
        async with lived() as seconds:
            stopping = asyncio.create_task(first.stop())
            async with aiohttp.ClientSession() as session:
                await _until_not_ready(session, ready)
            clicked = await house.world.slack.person(local.ADMIN).slash("/greenlight", "help")
            assert clicked.acked  # the sockets go last
            assert await stopping == 0
            assert seconds() < 15
        await house.new_bot(scale=1, transport=transport).start()
        async with lived() as seconds:
            await house.world.slack.until(house.cards, what="the card")
            assert seconds() < 15


async def _until_not_ready(session: aiohttp.ClientSession, url: str) -> None:
    async def refuses() -> bool:
        async with session.get(url) as answer:
            return answer.status == 503

    await until(refuses, what="readiness to go off")


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_three_replicas_share_the_work_and_do_each_thing_once(
    transport: str, tmp_path: Path, redis_url: str
) -> None:
    async with a_house(tmp_path, redis_url) as house:
        bots = [house.new_bot(transport=transport) for _ in range(3)]
        await asyncio.gather(*(bot.start() for bot in bots))
        if transport == "http":
            ports = [bot._environment["GREENLIGHT_HTTP_PORT"] for bot in bots]
            house.world.slack.use_http(*(f"http://127.0.0.1:{port}/slack/events" for port in ports))
        house.world.slack.faults.double_deliveries(50)
        await house.ask()
        card = await house.stands(State.IN_REVIEW)
        people = [house.world.slack.person(one) for one in (local.REVIEWER, local.REVIEWER2)]
        await asyncio.gather(*(person.click(card, "Approve") for person in people))
        await house.stands(State.AWAITING_OPENAI)
        await house.world.slack.until(lambda: house.world.mailbox.messages, what="the mail")
        marks = [one.metadata for one in house.world.slack.world.posted if one.metadata]
        assert len(marks) == len({str(mark) for mark in marks})
        assert len(house.cards()) == len(house.world.mailbox.messages) == 1


async def test_a_hundred_thousand_waiting_requests_cost_next_to_nothing(
    tmp_path: Path, redis_url: str
) -> None:
    keys, state = Keys(TEAM_ID), State.NEEDS_CORRECTION
    async with redis.asyncio.Redis.from_url(redis_url, decode_responses=True) as client:
        for first in range(0, 100_000, 10_000):
            ids = [f"GL-{number:06d}" for number in range(first, first + 10_000)]
            pipe = client.pipeline(transaction=False)
            pipe.zadd(keys.state(state), dict.fromkeys(ids, first))
            pipe.zadd(keys.schedule[0], {member(i, s, 0): 9e12 for i in ids for s in timers(state, Terms())})
            pipe.hset(keys.shown, mapping=dict.fromkeys(ids, str(state)))
            await pipe.execute()
        async with a_house(tmp_path, redis_url) as house:
            bot = house.new_bot(scale=1)
            await bot.start()
            await house.world.slack.until(
                lambda: any(call.method == "auth.test" for call in house.world.slack.calls), what="warmth"
            )
            position = keys.named("audit-position")
            await until(lambda: client.get(position), what="the first audit")
            await until(lambda: is_idle(client), what="the end of that audit")
            before, began = await commands(client), time.monotonic()
            await asyncio.sleep(WINDOW)  # the measure itself, not a wait
            asked, took = await commands(client) - before, time.monotonic() - began
            assert 0 < asked / took <= 0.5, f"{asked} commands in {took} s"
            assert "audit_mends" not in bot.output


async def is_idle(client: redis.asyncio.Redis) -> bool:
    before = await commands(client)
    await asyncio.sleep(2.0)  # a pause that no audit makes, however busy the machine is
    return await commands(client) == before


async def commands(client: redis.asyncio.Redis) -> int:
    """Commands the server has processed, those inside scripts included, without this question."""
    stats = await client.info("commandstats")
    return sum(row["calls"] for name, row in stats.items() if name not in {"cmdstat_info", "cmdstat_get"})
