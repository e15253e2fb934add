"""In turn, once, and with a policy per refusal: the courier on a real server and a strict local Slack."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from bot.adapters.pacing import RedisPacer
from bot.adapters.redis import RedisStore
from bot.adapters.redis_client import connect
from bot.adapters.slack import SlackMessenger, slack_client
from bot.courier import Courier, told_once
from bot.domain.errors import Queued, Refused, Transient
from bot.domain.lifecycle import Due, Step
from bot.ports import Claimed, Clock, Lane
from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.faults import Fault, RateLimits
from bot.sandbox.slack.methods import HISTORY
from bot.sandbox.slack.server import DEFAULT_SCOPES
from bot.worker import Worker
from tests.wait import until

CHANNEL, PERSON = "C0SECURITY", "U0ADMIN"
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "*hi*"}}]
FAST = 0.01


@dataclass
class Desk:
    slack: SlackSandbox
    store: RedisStore
    courier: Courier
    alarms: list[str] = field(default_factory=list)

    def posts(self, method: str = "chat.postMessage") -> list[Any]:
        return [call for call in self.slack.calls if call.method == method]

    def texts(self) -> list[str]:
        return [message.text for message in self.slack.world.posted if not message.deleted]


@dataclass
class Wrist:
    """The one clock of a rehearsal: the workers', the pacer's and Slack's."""

    now: datetime = datetime(2026, 11, 23, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    async def until_all_is_done(self, desk: Desk, perform: Callable[[Claimed], Awaitable[Any]]) -> None:
        """Perform whatever is due; when nothing is, it becomes the time at which something is."""

        async def settle(claimed: Claimed) -> None:
            try:
                await perform(claimed)
            except Queued as queued:
                turn = self.now + timedelta(seconds=queued.retry_after or 0)
                await desk.store.postpone(claimed, turn, counts=False)
            else:
                await desk.store.done(claimed)

        while True:
            claims = await desk.store.claim(self.now, 16, 30)
            await asyncio.gather(*map(settle, claims.steps))
            if not claims.steps:
                if claims.next_due is None:
                    return
                self.now = claims.next_due


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[RedisStore]:
    client, blocking = connect(redis_url), connect(redis_url, blocking=True)
    yield RedisStore(client, blocking, "T0GREEN")
    await client.aclose()
    await blocking.aclose()


async def a_desk(
    slack: SlackSandbox, store: RedisStore, client: Any, scale: float, clock: Clock | None = None
) -> Desk:
    alarms: list[str] = []

    async def alarm(said: str) -> None:
        alarms.append(said)

    courier = Courier(SlackMessenger(client), RedisPacer(store, clock), alarm, scale=scale)
    return Desk(slack, store, courier, alarms)


@pytest.fixture(params=[True])
async def desk(store: RedisStore, request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    scopes = [scope for scope in DEFAULT_SCOPES if request.param or scope not in HISTORY]
    async with (
        SlackSandbox(scopes=scopes) as slack,
        slack_client(SecretStr(slack.bot_token), slack.url, patience=20) as client,
    ):
        yield await a_desk(slack, store, client, FAST)


class TestTurns:
    async def test_after_a_burst_each_message_waits_one_interval_longer(self, store: RedisStore) -> None:
        pacer, lane = RedisPacer(store), Lane("say:C1", 60, 3)
        waits = [(await pacer.turn(f"m{n}", [lane], once=True)).wait for n in range(6)]
        assert waits[:3] == [0, 0, 0]
        assert [round(wait / 60) for wait in waits[3:]] == [1, 2, 3]

    @pytest.mark.parametrize("seconds", [1.8e9, 1e15])
    async def test_whatever_a_retry_after_says_nobody_is_silent_for_more_than_an_hour(
        self, store: RedisStore, seconds: float
    ) -> None:
        wrist, lane = Wrist(), Lane("say:C1", 1)
        pacer = RedisPacer(store, wrist)
        await pacer.declined("first", lane, seconds)
        assert (await pacer.turn("first", [lane], once=True)).wait <= 3600
        key = store.keys.named("lane:say:C1")
        forever = round((wrist.seconds() + 1.8e9) * 1000)  # as an older version kept it
        await store._redis.hset(key, mapping={"hold": forever, "tat": forever})
        assert (await pacer.turn("second", [lane], once=True)).wait == 0

    async def test_a_reserved_turn_is_kept_however_often_it_is_asked_for(self, store: RedisStore) -> None:
        pacer, lane = RedisPacer(store, Wrist()), Lane("say:C1", 60)
        await pacer.turn("first", [lane], once=True)
        asked = [(await pacer.turn("second", [lane], once=True)).wait for _ in range(5)]
        assert asked == [60] * 5
        assert (await pacer.turn("third", [lane], once=True)).wait == 120

    async def test_lanes_do_not_wait_for_each_other_but_one_message_waits_for_all_of_its_lanes(
        self, store: RedisStore
    ) -> None:
        pacer, one, two = RedisPacer(store), Lane("one", 60), Lane("two", 120)
        await pacer.turn("a", [one], once=True)
        assert (await pacer.turn("b", [two], once=True)).wait == 0
        assert 100 < (await pacer.turn("c", [one, two], once=True)).wait <= 120

    async def test_a_retry_after_quiets_the_whole_lane_and_replaces_earlier_reservations(
        self, store: RedisStore
    ) -> None:
        pacer, lane = RedisPacer(store, Wrist()), Lane("say:C1", 1)
        await pacer.turn("first", [lane], once=True)
        assert (await pacer.turn("second", [lane], once=True)).wait == 1
        await pacer.declined("first", lane, 600)
        waits = [(await pacer.turn(mark, [lane], once=True)).wait for mark in ("second", "first")]
        assert waits == [600, 601]

    async def test_a_mark_remembers_that_it_was_sent_until_slack_declines_it(self, store: RedisStore) -> None:
        pacer, lane = RedisPacer(store), Lane("say:C1", 0.001)
        assert (await pacer.turn("m", [lane], once=True)).tried is None
        tried = (await pacer.turn("m", [lane], once=True)).tried
        assert tried is not None
        assert abs((datetime.now(UTC) - tried).total_seconds()) < 30
        await pacer.declined("m", lane, 0)
        assert (await pacer.turn("m", [lane], once=True)).tried is None


class TestABurst:
    async def test_twenty_notices_arrive_at_the_pace_slack_allows_with_one_call_each(
        self, store: RedisStore
    ) -> None:
        clock = Wrist()
        began = clock.now
        async with (
            SlackSandbox() as slack,
            slack_client(SecretStr(slack.bot_token), slack.url, patience=20) as client,
        ):
            slack._api.limits = RateLimits(clock.seconds)
            desk = await a_desk(slack, store, client, 1.0, clock)
            await store.schedule("GL-AAAAAA", [Due(Step.NOTE, began, n) for n in range(1, 21)])
            await clock.until_all_is_done(
                desk, lambda one: desk.courier.post(CHANNEL, f"notice {one.ref}", BLOCKS, mark=f"n{one.ref}")
            )
        assert sorted(desk.texts()) == sorted(f"notice {n}" for n in range(1, 21))
        assert len(desk.posts()) == 20
        assert 17 <= (clock.now - began).total_seconds() <= 17 * 1.05

    async def test_edits_of_one_card_are_kept_apart(self, desk: Desk) -> None:
        place = await desk.courier.post(CHANNEL, "card", BLOCKS, mark="card")
        slow = Courier(
            SlackMessenger(desk.courier._inner._client), RedisPacer(desk.store, Wrist()), desk.courier._alarm
        )
        await slow.update(place, "one", BLOCKS)
        with pytest.raises(Queued) as queued:
            await slow.update(place, "two", BLOCKS)
        assert queued.value.retry_after == 1.5
        assert len(desk.posts("chat.update")) == 1

    async def test_what_slack_limits_is_not_asked_again_by_anybody_before_its_time(self, desk: Desk) -> None:
        desk.slack.faults.rate_limited("chat.postMessage", retry_after=30)
        for mark in ("a", "b", "c"):
            with pytest.raises(Queued):
                await desk.courier.post(CHANNEL, mark, BLOCKS, mark=mark)
        assert len(desk.posts()) == 1


class TestOnce:
    @pytest.mark.parametrize("how", ["reset", "timeout", "status"])
    async def test_what_slack_took_without_saying_so_is_found_not_posted_twice(
        self, desk: Desk, how: str
    ) -> None:
        fault = {"seconds": 0.1} if how == "timeout" else {}
        getattr(desk.slack.faults, how)("chat.postMessage", after=True, **fault)
        with pytest.raises(Transient):
            await desk.courier.post(CHANNEL, "card", BLOCKS, mark="card:GL-1:0")
        place = await desk.courier.post(CHANNEL, "card, newer", BLOCKS, mark="card:GL-1:0")
        assert desk.texts() == ["card, newer"]
        assert desk.slack.world.message(place.channel, place.ts) is not None

    async def test_a_server_error_may_have_come_after_slack_took_it(self, desk: Desk) -> None:
        desk.slack.faults.add("chat.postMessage", Fault("status", "", 503, after=True))
        with pytest.raises(Transient):
            await desk.courier.post(CHANNEL, "card", BLOCKS, mark="card")
        desk.slack.faults.rate_limited("chat.postMessage", retry_after=1)
        await desk.courier.post(CHANNEL, "card", BLOCKS, mark="card")
        assert desk.texts() == ["card"]

    async def test_a_message_of_no_step_goes_at_once(self, desk: Desk) -> None:
        for _ in range(10):
            await desk.courier.post(CHANNEL, "hello", BLOCKS)
        assert len(desk.texts()) == 10

    async def test_a_note_in_a_thread_is_found_there(self, desk: Desk) -> None:
        card = await desk.courier.post(CHANNEL, "card", BLOCKS, mark="card")
        desk.slack.faults.reset("chat.postMessage", after=True)
        with pytest.raises(Transient):
            await desk.courier.post(CHANNEL, "note", BLOCKS, thread=card, mark="note:1")
        await desk.courier.post(CHANNEL, "note", BLOCKS, thread=card, mark="note:1")
        assert desk.texts() == ["card", "note"]

    async def test_what_never_arrived_is_posted(self, desk: Desk) -> None:
        desk.slack.faults.reset("chat.postMessage")
        with pytest.raises(Transient):
            await desk.courier.post(CHANNEL, "card", BLOCKS, mark="card")
        await desk.courier.post(CHANNEL, "card", BLOCKS, mark="card")
        assert desk.texts() == ["card"]

    async def test_it_is_found_behind_pages_of_other_messages(self, desk: Desk) -> None:
        desk.slack.faults.reset("chat.postMessage", after=True)
        with pytest.raises(Transient):
            await desk.courier.post(CHANNEL, "card", BLOCKS, mark="card")
        for n in range(450):
            desk.slack.person(PERSON).say(CHANNEL, f"chatter {n}")
        await desk.courier.post(CHANNEL, "card", BLOCKS, mark="card")
        assert desk.texts().count("card") == 1

    @pytest.mark.parametrize("desk", [False], indirect=True)
    async def test_without_the_history_scopes_it_is_posted_again_rather_than_never(self, desk: Desk) -> None:
        desk.slack.faults.reset("chat.postMessage", after=True)
        for _ in range(2):
            try:
                await desk.courier.post(CHANNEL, "card", BLOCKS, mark="card")
            except Transient:
                continue
        assert desk.texts() == ["card", "card"]


class TestFates:
    @pytest.mark.parametrize("said", ["not_in_channel", "is_archived", "channel_not_found", "token_revoked"])
    async def test_a_broken_installation_keeps_the_message_and_calls_the_operators(
        self, desk: Desk, said: str
    ) -> None:
        desk.slack.faults.error("chat.postMessage", said)
        with pytest.raises(Transient) as kept:
            await desk.courier.post(CHANNEL, "card", BLOCKS, mark="card")
        assert kept.value.retry_after == pytest.approx(300 * FAST)
        assert desk.alarms == [said]
        await desk.courier.post(CHANNEL, "card", BLOCKS, mark="card")
        assert desk.texts() == ["card"]

    @pytest.mark.parametrize("said", ["invalid_blocks", "msg_too_long"])
    async def test_a_form_slack_dislikes_is_said_plainly(self, desk: Desk, said: str) -> None:
        desk.slack.faults.error("chat.postMessage", said)
        await desk.courier.post(CHANNEL, "x" * 5000, BLOCKS, mark="card")
        (message,) = desk.slack.world.posted
        assert (message.text, message.blocks) == ("x" * 3000, [])

    async def test_what_slack_took_plainly_without_saying_so_is_not_posted_twice(self, desk: Desk) -> None:
        desk.slack.faults.error("chat.postMessage", "invalid_blocks")
        desk.slack.faults.reset("chat.postMessage", after=True)
        with pytest.raises(Transient):
            await desk.courier.post(CHANNEL, "card", BLOCKS, mark="card")
        desk.slack.faults.error("chat.update", "invalid_blocks")  # and it likes the form no better now
        await desk.courier.post(CHANNEL, "card", BLOCKS, mark="card")
        assert desk.texts() == ["card"]

    @pytest.mark.parametrize("said", ["ratelimited", "not_in_channel"])
    async def test_what_was_found_stays_found_when_it_cannot_be_edited_at_once(
        self, desk: Desk, said: str
    ) -> None:
        desk.slack.faults.reset("chat.postMessage", after=True)
        desk.slack.faults.error("chat.update", said)
        for _ in range(2):
            with pytest.raises(Transient):
                await desk.courier.post(CHANNEL, "card", BLOCKS, mark="card")
        await desk.courier.post(CHANNEL, "card", BLOCKS, mark="card")
        assert desk.texts() == ["card"]

    @pytest.mark.parametrize(
        ("channel", "said"),
        [(PERSON, "messages_tab_disabled"), (PERSON, "channel_not_found"), (CHANNEL, "odd")],
    )
    async def test_who_cannot_be_reached_and_what_nobody_foresaw_is_for_the_caller(
        self, desk: Desk, channel: str, said: str
    ) -> None:
        desk.slack.faults.error("chat.postMessage", said)
        with pytest.raises(Refused, match=said):
            await desk.courier.post(channel, "hi", BLOCKS, mark="m")
        assert desk.alarms == []


async def test_a_step_without_a_turn_goes_back_to_its_turn_without_counting(store: RedisStore) -> None:
    async def perform(claimed: Claimed) -> None:
        raise Queued("slack", "later", retry_after=3600)

    await store.schedule("GL-AAAAAA", [Due(Step.NOTE, datetime.now(UTC), 1)])
    worker = Worker(store, {Step.NOTE: perform}, lambda: datetime.now(UTC))
    running = asyncio.create_task(worker.run())

    async def next_due() -> datetime | None:
        return (await store.claim(datetime.now(UTC) - timedelta(days=1), 1, 1)).next_due

    async def back() -> bool:
        due = await next_due()
        return due is not None and 3500 < (due - datetime.now(UTC)).total_seconds() < 3601

    await until(back, what="the step to be back at its turn")
    (claimed,) = (await store.claim(datetime.now(UTC) + timedelta(hours=2), 1, 1)).steps
    assert claimed.attempts == 1
    await worker.stop()
    await running


async def test_what_is_told_once_a_day_is_remembered_for_long_only_when_it_was_told(
    store: RedisStore,
) -> None:
    async def left() -> int:
        return int(await store._redis.pttl(store.keys.seen("digest")))

    async with told_once(store, "digest", 86_400) as is_new:
        assert is_new
        assert 0 < await left() <= 60_000  # as long as a crash here would keep it from being told
        async with told_once(store, "digest", 86_400) as also:
            assert not also
    assert await left() > 86_000_000
    async with told_once(store, "digest", 86_400) as again:
        assert not again
    assert await left() > 86_000_000
