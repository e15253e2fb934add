"""What one-time links are about, in the same server as the requests; each entry dies by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from redis.exceptions import RedisError

from bot.adapters import scripts
from bot.adapters.redis import Keys
from bot.adapters.redis_client import Client
from bot.domain.errors import StoreUnavailable


class RedisTickets:
    """The `Tickets` port over redis-py."""

    def __init__(self, client: Client, team: str) -> None:
        self._redis: Any = client
        self._keys = Keys(team)

    async def keep(self, ticket_id: str, text: str, seconds: float) -> None:
        """Remember what a link is about."""
        async with _translated():
            await self._redis.set(self._keys.ticket(ticket_id), text, px=round(seconds * 1000))

    async def read(self, ticket_id: str) -> str | None:
        """What it is about, or None."""
        async with _translated():
            found: str | None = await self._redis.get(self._keys.ticket(ticket_id))
            return found

    async def take(self, ticket_id: str) -> str | None:
        """The same, and use it up."""
        async with _translated():
            found: str | None = await self._redis.getdel(self._keys.ticket(ticket_id))
            return found

    async def count(self, name: str, seconds: float) -> int:
        """Count once more in a window that begins with the first."""
        async with _translated():
            key = self._keys.count(name)
            return int(await self._redis.eval(scripts.COUNT, 1, key, round(seconds * 1000)))

    async def pin(self, user: str, subject: str) -> bool:
        """Bind a subject and a Slack user for good; False when either is bound to another."""
        async with _translated():
            return bool(await self._redis.eval(scripts.PIN, 2, *self._keys.pins, user, subject))


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise StoreUnavailable(type(error).__name__) from error
