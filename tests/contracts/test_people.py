"""What the store remembers about people, on the real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import redis

from bot.adapters.decisions import RedisDecisions
from bot.adapters.people import ASKER_LIFETIME, DAY_AND_MORE, HOME_LIFETIME, HOMES_AT_MOST, RedisPeople
from bot.adapters.redis import RedisStore
from bot.adapters.redis_client import connect
from bot.domain.delegation import Delegation

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
async def people(redis_url: str) -> AsyncIterator[RedisPeople]:
    client, blocking = connect(redis_url), connect(redis_url, blocking=True)
    store = RedisStore(client, blocking, "T0GREEN")
    yield RedisPeople(store, RedisDecisions(store, b"s" * 32))
    await client.aclose()
    await blocking.aclose()


async def test_an_open_home_is_remembered_with_what_it_shows_until_it_is_old(people: RedisPeople) -> None:
    assert await people.open_homes(AT) == {}
    await people.opened_home("U1", "open:0", AT)
    await people.opened_home("U2", "mine:3", AT + timedelta(hours=1))
    await people.opened_home("U1", "recent:1", AT + timedelta(hours=2))
    assert await people.open_homes(AT + timedelta(hours=2)) == {"U1": "recent:1", "U2": "mine:3"}
    assert await people.open_homes(AT + timedelta(hours=1, seconds=1) + HOME_LIFETIME) == {"U1": "recent:1"}


async def test_only_so_many_homes_are_kept_up_to_date(people: RedisPeople) -> None:
    for number in range(HOMES_AT_MOST + 3):
        await people.opened_home(f"U{number}", "open:0", AT + timedelta(seconds=number))
    found = await people.open_homes(AT)
    assert len(found) == HOMES_AT_MOST
    assert "U2" not in found
    assert "U3" in found


async def test_a_delegation_is_kept_replaced_and_ended(people: RedisPeople) -> None:
    first = Delegation(reviewer="U1", delegate="U2", until=AT + timedelta(days=1), at=AT)
    await people.delegate(first)
    second = first.model_copy(update={"delegate": "U3"})
    await people.delegate(second)
    assert await people.delegations() == [second]
    await people.end_delegation("U1", AT)
    assert await people.delegations() == []


async def test_who_has_the_address_of_a_keys_maker_is_remembered_and_replaced(people: RedisPeople) -> None:
    assert await people.key_makers() == {}
    await people.made_key("gwen@acme.example", "U1")
    await people.made_key("gwen@acme.example", "U2")
    await people.made_key("gus@acme.example", "U3")
    assert await people.key_makers() == {"gwen@acme.example": "U2", "gus@acme.example": "U3"}


async def test_the_watch_of_a_day_goes_on_where_it_was_and_each_day_anew(people: RedisPeople) -> None:
    assert await people.watched_to("2026-11-23") == ""
    await people.watched("2026-11-23", "GL-000001", "")
    assert await people.watched_to("2026-11-23") == "GL-000001"
    await people.watched_all("2026-11-23")
    assert await people.watched_to("2026-11-23") is None
    assert await people.watched_to("2026-11-24") == ""


async def test_makers_whom_no_watched_request_needs_are_forgotten_and_nothing_else_is_left(
    people: RedisPeople, redis_url: str
) -> None:
    await people.made_key("gwen@acme.example", "U1")
    await people.made_key("gus@acme.example", "U2")
    await people.watched("2026-11-23", "GL-000001", "gwen@acme.example")
    await people.watched("2026-11-23", "GL-000002", "")
    assert len(await people.key_makers()) == 2  # not before all were watched
    await people.watched_all("2026-11-23")
    assert await people.key_makers() == {"gwen@acme.example": "U1"}
    with redis.Redis.from_url(redis_url) as server:
        left = {key.decode(): server.pttl(key) for key in server.scan_iter("*watch*")}
    assert left.keys() == {"gl:{T0GREEN}:watch:2026-11-23"}
    assert 0 < left["gl:{T0GREEN}:watch:2026-11-23"] <= DAY_AND_MORE


async def test_who_asks_is_remembered_as_long_as_they_are_seen_to(people: RedisPeople) -> None:
    await people.asks("U1", AT)
    await people.asks("U2", AT)
    assert await people.askers(AT) == {"U1", "U2"}
    await people.asks("U2", AT + timedelta(days=1))
    assert await people.askers(AT + ASKER_LIFETIME + timedelta(hours=1)) == {"U2"}
