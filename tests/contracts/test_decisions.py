"""What was decided for the whole workspace is in a chain: nothing is changed, moved or cut off unseen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import redis

from bot import rounds
from bot.adapters.decisions import RedisDecisions
from bot.adapters.people import RedisPeople
from bot.adapters.redis import RedisStore
from bot.adapters.redis_client import connect
from bot.domain.audit import Entry
from bot.domain.delegation import Delegation
from bot.domain.errors import Transient
from bot.domain.lifecycle import Step, Terms
from bot.steps import Ports, performers

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SECRET = b"s" * 32
LIST, END = "gl:{T0GREEN}:decisions", "gl:{T0GREEN}:decisions:end"
Tamper = Callable[[redis.Redis], object]


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[RedisStore]:
    client, blocking = connect(redis_url, turn=60), connect(redis_url, blocking=True)
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
    "unreadable": (lambda r: r.lset(LIST, 1, b"{}"), "1 entries cannot be read; entry 2"),
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


class Copy:
    """A copy that takes entries, unless it is down."""

    def __init__(self) -> None:
        self.taken: list[int] = []
        self.down = False

    async def keep(self, entry: Entry) -> None:
        if self.down:
            raise Transient("audit collector", "HTTP 503")
        self.taken.append(entry.seq)


class Copies:
    """A worker's part in it: performs the copying that is due, for a file and a collector."""

    def __init__(self, store: RedisStore, decisions: RedisDecisions) -> None:
        self.file, self.url = Copy(), Copy()
        mirrors = {Step.MIRROR_FILE: self.file, Step.MIRROR_URL: self.url}
        service = SimpleNamespace(terms=Terms())
        nobody: Any = None
        self.ports = Ports(
            service, store, nobody, nobody, nobody, lambda: AT, "C0",  # type: ignore[arg-type]
            mirrors=mirrors, decisions=decisions,
        )  # fmt: skip
        self.store = store

    async def perform(self) -> int:
        """Perform what is due; what fails is put off by a minute. Returns how many steps were due."""
        claims = await self.store.claim(AT, 10, 30)
        for claimed in claims.steps:
            try:
                await performers(self.ports)[claimed.step](claimed)
            except Transient:
                await self.store.postpone(claimed, AT + timedelta(minutes=1), counts=True)
            else:
                await self.store.done(claimed)
        return len(claims.steps)


async def test_threat_14_a_decision_reaches_each_copy_in_order_and_waits_for_one_that_is_down(
    store: RedisStore, decisions: RedisDecisions
) -> None:
    copies = Copies(store, decisions)
    copies.url.down = True
    for number in range(5):
        await decisions.record("delegated", f"U{number}", AT, {})
    while await copies.perform():
        pass
    assert (copies.file.taken, copies.url.taken) == ([1, 2, 3, 4, 5], [])
    copies.url.down = False
    claims = await store.claim(AT + timedelta(minutes=1), 10, 30)
    assert [(one.request_id, one.step) for one in claims.steps] == [("workspace", Step.MIRROR_URL)]
    await store.postpone(claims.steps[0], AT, counts=False)
    while await copies.perform():
        pass
    assert copies.url.taken == [1, 2, 3, 4, 5]


async def test_a_decision_whose_copying_was_lost_is_copied_by_the_next_round(
    store: RedisStore, decisions: RedisDecisions, redis_url: str
) -> None:
    copies = Copies(store, decisions)
    await decisions.record("delegated", "U1", AT, {})
    with redis.Redis.from_url(redis_url) as crash:
        crash.delete(*store.keys.schedule)
    assert await copies.perform() == 0
    await rounds.copy_decisions(AT, copies.ports)
    while await copies.perform():
        pass
    assert (copies.file.taken, copies.url.taken) == ([1], [1])
