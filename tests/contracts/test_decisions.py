"""What was decided for the whole workspace is in a chain: nothing is changed, moved or cut off unseen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
import redis

from bot.adapters.decisions import RedisDecisions
from bot.adapters.people import RedisPeople
from bot.adapters.redis import RedisStore
from bot.adapters.redis_client import connect
from bot.domain.delegation import Delegation

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SECRET = b"s" * 32
LIST, END = "gl:{T0GREEN}:decisions", "gl:{T0GREEN}:decisions:end"
Tamper = Callable[[redis.Redis], object]


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[RedisStore]:
    client, blocking = connect(redis_url), connect(redis_url, blocking=True)
    yield RedisStore(client, blocking, "T0GREEN")
    await client.aclose()
    await blocking.aclose()


@pytest.fixture
def decisions(store: RedisStore) -> RedisDecisions:
    return RedisDecisions(store, SECRET)


def stands_in(delegate: str) -> Delegation:
    return Delegation(reviewer="U1", delegate=delegate, until=AT + timedelta(days=1), at=AT)


async def test_threat_14_a_delegation_and_its_end_are_on_record_in_the_same_write(
    store: RedisStore, decisions: RedisDecisions
) -> None:
    people = RedisPeople(store, decisions)
    assert await decisions.flaws() is None
    await people.delegate(stands_in("U2"))
    await people.end_delegation("U1", AT + timedelta(hours=1))
    await people.end_delegation("U1", AT + timedelta(hours=2))  # nothing to end, nothing to record
    entries = await decisions.entries()
    assert [(one.seq, one.event, one.by) for one in entries] == [
        (1, "delegated", "U1"),
        (2, "delegation_ended", "U1"),
    ]
    assert entries[0].facts == {"to": "U2", "until": "2026-11-24T09:00:00Z"}
    assert await decisions.flaws() == []
    assert await people.delegations() == []


async def test_of_many_at_once_none_is_lost_and_none_counts_twice(decisions: RedisDecisions) -> None:
    await asyncio.gather(*(decisions.record("delegated", f"U{n}", AT, {}) for n in range(12)))
    assert {one.by for one in await decisions.entries()} == {f"U{n}" for n in range(12)}
    assert await decisions.flaws() == []


TAMPERS: dict[str, tuple[Tamper, str]] = {
    "changed": (
        lambda r: r.lset(LIST, 1, r.lindex(LIST, 1).replace(b"U1", b"U9")),
        "entry 2: content was changed",
    ),
    "removed": (lambda r: r.lrem(LIST, 1, r.lindex(LIST, 1)), "entry 2"),
    "cut off": (lambda r: r.rpop(LIST), "entries are missing: 2 of 3"),
    "all gone": (lambda r: r.delete(LIST), "entries are missing: 0 of 3"),
    "its end gone": (lambda r: r.delete(END), "where the chain ends is missing"),
    "cut off with its end": (
        lambda r: (r.rpop(LIST), r.set(END, r.get(END).replace(b'"length": 3', b'"length": 2'))),
        "the seal of the end does not match",
    ),
}


@pytest.mark.parametrize("tamper", TAMPERS.values(), ids=TAMPERS)
async def test_what_was_done_to_the_chain_is_found(
    decisions: RedisDecisions, redis_url: str, tamper: tuple[Tamper, str]
) -> None:
    for number in range(3):
        await decisions.record("delegated", f"U{number}", AT, {"to": "U5"})
    does, says = tamper
    with redis.Redis.from_url(redis_url) as insider:
        does(insider)
    assert says in "; ".join(await decisions.flaws() or [])
