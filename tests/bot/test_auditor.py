"""The auditor on a real server: what it notices, mends, tells and pings, and how little it asks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot import metrics
from bot.adapters.books import RedisBooks
from bot.adapters.decisions import RedisDecisions
from bot.adapters.redis import RedisStore, member
from bot.adapters.redis_client import connect
from bot.auditor import Auditor
from bot.connectors import netskope_project
from bot.domain.errors import Queued
from bot.domain.lifecycle import Step, Terms
from bot.domain.request import Cancelled, Place, Request, State
from bot.domain.upkeep import TEAM, timers
from bot.ports import Blocks
from tests.contracts.test_store import AT, a_request, moved, opened
from tests.wait import until

LATER = AT + timedelta(seconds=5)


class Channel:
    """A messenger that keeps what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.busy = False

    async def post(self, channel: str, text: str, blocks: Blocks, **_: Any) -> Place:
        if self.busy:
            raise Queued("slack", "waiting for its turn", retry_after=1.0)
        self.said.append(text)
        return Place(channel=channel, ts="1.1")


@dataclass
class Office:
    redis: Any
    store: RedisStore
    books: RedisBooks
    channel: Channel
    auditor: Auditor
    pings: list[int] = field(default_factory=list)

    async def due(self, request: Request, step: Step) -> float | None:
        score: float | None = await self.redis.zscore(
            self.store.keys.schedule[0], member(request.id, step, 0)
        )
        return score

    async def lose(self, request: Request, *steps: Step) -> None:
        await self.redis.zrem(self.store.keys.schedule[0], *(member(request.id, one, 0) for one in steps))

    async def give_up(self, at: datetime) -> None:
        await self.redis.xadd(self.store.keys.dead, {"step": "x"}, id=f"{at.timestamp() * 1000:.0f}-*")

    async def settled(self, number: int = 1) -> Request:
        """A request whose card is posted."""
        request = await opened(
            self.store, a_request(f"GL-{number:06d}", f"00000000-0000-4000-8000-{number:012d}")
        )
        await self.store.showed(request.id, request.state)
        await self.lose(request, Step.CARD)
        return request


@pytest.fixture
async def office(redis_url: str) -> AsyncIterator[Office]:
    client, blocking = connect(redis_url), connect(redis_url, blocking=True)
    store = RedisStore(client, blocking, "T0GREEN")
    books, channel, pings = RedisBooks(client, store), Channel(), list[int]()

    async def server_time() -> datetime:
        return LATER

    async def ping() -> None:
        pings.append(1)

    books.server_time = server_time  # type: ignore[method-assign]  # these tests live in the past
    auditor = Auditor(store, books, Terms(), lambda: LATER, channel, "C0SECURITY", ping=ping)  # type: ignore[arg-type]
    await store.plan(TEAM, Step.ROUND, AT + timedelta(minutes=30), AT)
    yield Office(client, store, books, channel, auditor, pings)
    await client.aclose()
    await blocking.aclose()


async def test_when_everything_holds_it_says_nothing_and_pings(office: Office) -> None:
    for number in range(3):
        await office.settled(number)
    assert await office.auditor.round() == {}
    assert (office.channel.said, office.pings) == ([], [1])


@pytest.mark.parametrize("lost", [Step.PROBE, Step.EXPIRE])
async def test_a_lost_timer_is_found_and_scheduled_again(office: Office, lost: Step) -> None:
    request = await office.settled()
    before = await office.due(request, lost)
    await office.lose(request, lost)
    assert await office.auditor.round() == {"idle": 1}
    after = await office.due(request, lost)
    assert after == (before if lost is Step.EXPIRE else LATER.timestamp() * 1000)
    assert await office.auditor.round() == {}


async def test_a_card_that_shows_an_older_state_is_scheduled_again(office: Office) -> None:
    request = await office.settled()
    ended = await moved(office.store, request, Cancelled(by="U1"), AT)
    assert await office.auditor.round() == {}  # its card is still due
    await office.lose(request, Step.CARD)
    assert await office.auditor.round() == {"unshown": 1}
    assert await office.due(ended, Step.CARD)


async def test_threat_04_a_key_of_an_ended_request_is_destroyed_and_that_is_on_record(office: Office) -> None:
    request = await office.settled()
    ended = await moved(office.store, request, Cancelled(by="U1"), AT)
    await office.store.showed(ended.id, ended.state)
    await office.redis.set(office.store.keys.vault(ended.id), "sealed")
    await office.redis.sadd(office.store.keys.sealed, ended.id, "GL-NOBODY")
    office.auditor._decisions = decisions = RedisDecisions(office.store, b"s" * 32)
    assert (await office.auditor.round())["keys"] == 2
    (entry,) = await decisions.entries()
    assert (entry.event, set(entry.facts["requests"])) == ("keys_destroyed", {ended.id, "GL-NOBODY"})
    assert (await office.auditor.round())["keys"] == 0
    assert len(await decisions.entries()) == 1
    assert await office.store.sealed_key(ended.id) is None
    assert await office.store.sealed_ids() == []


async def test_a_record_whose_end_is_damaged_keeps_no_key_alive_and_is_told_itself(office: Office) -> None:
    office.auditor._decisions = decisions = RedisDecisions(office.store, b"s" * 32)
    await decisions.record("delegated", "U1", AT, {})
    await office.redis.lset(office.store.keys.named("decisions"), -1, "torn")
    await office.redis.sadd(office.store.keys.sealed, "GL-NOBODY")
    await office.redis.set(office.store.keys.vault("GL-NOBODY"), "sealed")
    with capture_logs() as logged:
        found = await office.auditor.round()
    assert (found["keys"], found["chain"] > 0) == (1, True)
    assert await office.store.sealed_key("GL-NOBODY") is None
    assert [one["requests"] for one in logged if one["event"] == "audit_not_recorded"] == [["GL-NOBODY"]]
    assert "work on the key set" in office.channel.said[0]


async def test_a_key_in_use_is_left_alone(office: Office) -> None:
    request = await office.settled()
    await office.auditor.round()
    assert await office.store.sealed_key(request.id) == "sealed"


async def test_rounds_that_were_given_up_go_on(office: Office) -> None:
    at = AT + timedelta(minutes=30)
    (claimed,) = (await office.store.claim(at, 1, 30)).steps
    assert await office.auditor.round() == {}  # while somebody performs it
    await office.store.bury(claimed, "KeyError after 12 attempts")
    assert (await office.auditor.round())["rounds"] == 1
    (revived,) = (await office.store.claim(LATER, 1, 30)).steps
    assert (revived.request_id, revived.step, revived.attempts) == (TEAM, Step.ROUND, 1)
    assert "rounds" not in await office.auditor.round()


async def test_what_a_request_never_has_is_not_missed_and_the_request_is_read_for_that_once(
    office: Office,
) -> None:
    never_probed = a_request().model_copy(update={"connector": netskope_project.CONNECTOR.id})
    request = await opened(office.store, never_probed)
    await office.store.showed(request.id, request.state)
    await office.lose(request, Step.CARD, Step.PROBE)
    assert await office.auditor.round() == {}
    await office.redis.config_resetstat()
    assert await office.auditor.round() == {}
    assert "cmdstat_hget" not in await office.redis.info("commandstats")
    await office.lose(request, Step.EXPIRE)
    assert await office.auditor.round() == {"idle": 1}
    assert await office.due(request, Step.PROBE) is None


async def test_overdue_steps_and_dead_letters_stop_the_heartbeat(office: Office) -> None:
    request = await office.settled()
    long_ago = (LATER - timedelta(minutes=6)).timestamp() * 1000
    await office.redis.zadd(office.store.keys.schedule[0], {member(request.id, Step.PROBE, 0): long_ago})
    await office.give_up(LATER)
    assert await office.auditor.round() == {"overdue": 1, "dead": 1}
    assert office.pings == []


async def test_a_dead_letter_is_told_of_once_however_long_ago_it_came_and_whenever_the_channel_takes_it(
    office: Office,
) -> None:
    await office.give_up(LATER - timedelta(hours=9))  # nobody was here since
    office.channel.busy = True
    assert await office.auditor.round() == {"dead": 1}
    office.channel.busy = False
    assert await office.auditor.round() == {"dead": 1}
    (said,) = office.channel.said
    assert "given up" in said
    assert await office.auditor.round() == {}
    assert office.pings == [1]


async def test_the_channel_hears_at_most_once_a_day(office: Office) -> None:
    for number in range(2):
        request = await office.settled(number)
        await office.lose(request, Step.PROBE)
        await office.auditor.round()
    (said,) = office.channel.said
    assert "no step due" in said


async def test_trouble_of_another_kind_on_the_same_day_is_told_and_each_kind_is_counted(
    office: Office,
) -> None:
    def counted(kind: str) -> float:
        return metrics.TROUBLES.labels(kind)._value.get()

    before = {kind: counted(kind) for kind in ("idle", "dead")}
    await office.lose(await office.settled(1), Step.PROBE)
    await office.auditor.round()
    await office.give_up(LATER)
    await office.auditor.round()
    first, second = office.channel.said
    assert ("no step due" in first, "given up" in second) == (True, True)
    assert {kind: counted(kind) - before[kind] for kind in before} == {"idle": 1, "dead": 1}
    await office.lose(await office.settled(2), Step.PROBE)
    await office.give_up(LATER)
    assert (await office.auditor.round()).keys() == {"idle", "dead"}
    assert len(office.channel.said) == 2  # both were told today


async def test_what_could_not_be_said_in_one_round_is_said_in_the_next(office: Office) -> None:
    office.channel.busy = True
    await office.lose(await office.settled(1), Step.PROBE)
    await office.auditor.round()
    office.channel.busy = False
    await office.lose(await office.settled(2), Step.PROBE)
    await office.auditor.round()
    assert len(office.channel.said) == 1


async def test_a_thousand_requests_are_checked_with_a_handful_of_commands(office: Office) -> None:
    pipe = office.redis.pipeline(transaction=False)
    for number in range(3000):
        request_id = f"GL-{number:06d}"
        pipe.zadd(office.store.keys.state(State.IN_REVIEW), {request_id: number})
        due = {member(request_id, step, 0): 9e12 for step in timers(State.IN_REVIEW, Terms())}
        pipe.zadd(office.store.keys.schedule[0], due)
        pipe.hset(office.store.keys.shown, request_id, State.IN_REVIEW)
    await pipe.execute()
    await office.redis.config_resetstat()
    assert await office.auditor.round() == {}
    stats = await office.redis.info("commandstats")
    assert sum(row["calls"] for row in stats.values()) < 40


async def test_the_census_counts_without_scanning(office: Office) -> None:
    await office.settled(1)
    ended = await moved(office.store, await office.settled(2), Cancelled(by="U1"), AT)
    census = await office.books.census()
    assert (census.states[State.CHECKING], census.states[State.CANCELLED]) == (1, 1)
    assert census.outbox > 2
    assert census.dead == 0
    assert ended.state is State.CANCELLED


async def test_a_defect_costs_one_round_and_not_the_auditor(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    class Torn(RedisBooks):
        failed = 0

        async def overdue(self, before: datetime) -> int:
            if self.failed < 2:
                self.failed += 1
                raise ValueError("nobody foresaw this")
            return await super().overdue(before)

    books, pings = Torn(office.redis, office.store), list[int]()

    async def ping() -> None:
        pings.append(1)

    terms, clock = Terms(), office.auditor._clock
    auditor = Auditor(
        office.store, books, terms, clock, office.channel, "C0", ping=ping, scale=1e-4, check_clock=False
    )  # type: ignore[arg-type]
    running = asyncio.create_task(auditor.run())
    try:
        await until(lambda: pings, what="a round that ends")
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_document_of_a_newer_version_is_left_to_it_and_hides_no_other(office: Office) -> None:
    newer, other = await office.settled(1), await office.settled(2)
    key = office.store.keys.request(newer.id)
    document = json.loads(await office.redis.hget(key, "doc"))
    await office.redis.hset(key, "doc", json.dumps(document | {"warned": ["full_moon"]}))
    for request in (newer, other):
        await office.lose(request, Step.PROBE)
    assert await office.auditor.round() == {"idle": 1}
    assert await office.due(newer, Step.PROBE) is None
    assert await office.due(other, Step.PROBE)


async def test_threat_14_a_broken_chain_of_the_workspace_is_found_and_told(office: Office) -> None:
    decisions = RedisDecisions(office.store, b"s" * 32)
    office.auditor._decisions = decisions
    for user in ("U1", "U2"):
        await decisions.record("delegated", user, AT + timedelta(days=1), {})
    assert await office.auditor.round() == {}
    await office.redis.rpop(office.store.keys.named("decisions"))
    assert await office.auditor.round() == {"chain": 2}
    assert "work on the key set" in office.channel.said[0]
    assert len(office.pings) == 1
