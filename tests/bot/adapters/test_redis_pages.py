"""Long indexes page by page: nothing is left out, also where many changed in one millisecond."""

from __future__ import annotations

import pytest
import redis.asyncio

from bot.adapters.redis_pages import members, newest


@pytest.mark.parametrize("page", [1, 2, 3, 7, 100])
async def test_every_member_is_read_once_in_order_whatever_scores_they_share(
    redis_url: str, page: int
) -> None:
    scores = {"a": 1, "b": 5, "c": 5, "d": 5, "e": 5, "f": 5, "g": 8, "h": 1_763_942_400_123}
    async with redis.asyncio.Redis.from_url(redis_url, decode_responses=True) as client:
        await client.zadd("first", scores)
        await client.zadd("second", {"z": 1})
        pages = [one async for one in members(client, ["first", "absent", "second"], page)]
    assert [one for ids in pages for one in ids] == [*scores, "z"]
    assert max(map(len, pages)) <= page


@pytest.mark.parametrize("page", [1, 2, 3, 7])
async def test_who_leaves_while_it_is_read_takes_nobody_along_who_has_the_same_score(
    redis_url: str, page: int
) -> None:
    scores = dict.fromkeys("abcdefghijklmnop", 5)
    async with redis.asyncio.Redis.from_url(redis_url, decode_responses=True) as client:
        await client.zadd("first", scores)
        found = []
        async for ids in members(client, ["first"], page):
            found += ids
            await client.zadd("first", dict.fromkeys(ids, 9) | {"p": 9})  # they changed, and go to the end
    assert {*found} == {*scores}
    assert len(found) <= 2 * len(scores)  # seen again, and not for ever


@pytest.mark.parametrize("page", [1, 2, 3, 100])
async def test_the_newest_come_first_and_the_oldest_is_not_forgotten(redis_url: str, page: int) -> None:
    async with redis.asyncio.Redis.from_url(redis_url, decode_responses=True) as client:
        await client.zadd("mine", {"a": 1, "b": 5, "c": 5, "d": 7})
        pages = [one async for one in newest(client, "mine", page)]
    assert [one for ids in pages for one in ids] == ["d", "c", "b", "a"]
