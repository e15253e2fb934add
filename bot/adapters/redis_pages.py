"""Reading long indexes a page at a time, and what a failing server is to the rest of the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from redis.exceptions import RedisError

from bot.domain.errors import StoreUnavailable


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Turn every failure of the server or the way to it into `StoreUnavailable`."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise StoreUnavailable(type(error).__name__) from error


async def members(client: Any, keys: Sequence[str], page: int) -> AsyncIterator[list[str]]:
    """Members of sorted sets, one set after the other, the lowest scores first.

    An answer about a hundred thousand at once would keep every click waiting while it is read (1.5 s).
    """
    for key in keys:
        # A page begins with the end of the one before: it shows where that is after others have left.
        low, last, skip, read = "-inf", "", 0, 0
        while True:
            most = page + read - skip
            async with translated():
                rows = await client.zrangebyscore(key, low, "+inf", start=skip, num=most, withscores=True)
            fresh = [row for row in rows if str(row[1]) != low or row[0] > last][:page]
            yield [row[0] for row in fresh]
            if len(rows) < most and (not fresh or fresh[-1] == rows[-1]):
                break
            end = rows.index(fresh[-1]) + 1 if fresh else len(rows)
            last, top = fresh[-1] if fresh else (last, low)
            read = skip + end if str(top) == low else sum(row[1] == top for row in rows[:end])
            low, skip = str(top), max(0, read - page)


async def newest(client: Any, key: str, page: int) -> AsyncIterator[list[str]]:
    """Members of one sorted set, the highest scores first; one that changes meanwhile may come twice."""
    for first in count(0, page):
        async with translated():
            found: list[str] = await client.zrevrange(key, first, first + page - 1)
        yield found
        if len(found) < page:
            return


async def fields(client: Any, keys: Iterable[str], field: str) -> list[str | None]:
    """One field of many hashes, in one round trip."""
    async with translated():
        pipe, wanted = client.pipeline(transaction=False), list(keys)
        for key in wanted:
            pipe.hget(key, field)
        return list(await pipe.execute()) if wanted else []
