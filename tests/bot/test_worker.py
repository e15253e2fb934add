"""The worker's promise to the other replicas: what it holds, it holds no longer than its lease."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.adapters.redis import RedisStore
from bot.adapters.redis_client import connect
from bot.domain.errors import StoreUnavailable
from bot.domain.lifecycle import Due, Step
from bot.ports import Claimed
from bot.worker import LEASE, Worker
from tests.wait import until


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[RedisStore]:
    client, blocking = connect(redis_url), connect(redis_url, blocking=True)
    yield RedisStore(client, blocking, "T0GREEN")
    await client.aclose()
    await blocking.aclose()


def now() -> datetime:
    return datetime.now(UTC)


def test_a_lease_is_half_a_minute_at_most() -> None:
    assert LEASE <= 30


async def test_a_step_that_hangs_is_stopped_before_its_lease_ends_and_tried_again(store: RedisStore) -> None:
    tries, when_stopped = list[int](), list[int]()

    async def hang(claimed: Claimed) -> None:
        tries.append(claimed.attempts)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            when_stopped.append(len(tries))
            raise

    await store.schedule("GL-AAAAAA", [Due(Step.NOTE, now(), 1)])
    worker = Worker(store, {Step.NOTE: hang}, now, lease=1.5)
    running = asyncio.create_task(worker.run())
    await until(lambda: when_stopped, what="the step to be stopped")
    assert when_stopped == [1]  # before anybody could have claimed it a second time
    await until(lambda: len(tries) == 2, what="the step to be tried again")
    assert tries == [1, 2]
    await worker.stop(0)
    await running


class Away:
    """A store that is away for a moment when a step has just been performed."""

    def __init__(self, store: RedisStore, times: int) -> None:
        self._store = store
        self.left = times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def done(self, claimed: Claimed) -> None:
        if self.left:
            self.left -= 1
            raise StoreUnavailable("ConnectionError")
        await self._store.done(claimed)


async def test_what_was_done_is_written_down_as_soon_as_the_store_is_back_and_not_done_again(
    store: RedisStore,
) -> None:
    tries = list[int]()

    async def say(claimed: Claimed) -> None:
        tries.append(claimed.attempts)

    async def is_over() -> bool:
        return not await store._redis.zcard(store.keys.schedule[0])

    await store.schedule("GL-AAAAAA", [Due(Step.TELL, now(), 1)])
    worker = Worker(Away(store, 3), {Step.TELL: say}, now, lease=6)  # type: ignore[arg-type]
    running = asyncio.create_task(worker.run())
    await until(is_over, what="the step to be over")
    assert tries == [1]
    await worker.stop(0)
    await running
