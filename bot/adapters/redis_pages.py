"""Reading long indexes a page at a time, and what a failing server is to the rest of the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
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
        low, skip, rows = "-inf", 0, [("", 0.0)] * page
        while len(rows) == page:
            async with translated():
                rows = await client.zrangebyscore(key, low, "+inf", start=skip, num=page, withscores=True)
            yield [row[0] for row in rows]
            top = str(rows[-1][1]) if rows else ""
            skip = sum(str(row[1]) == top for row in rows) + (skip if top == low else 0)
            low = top
