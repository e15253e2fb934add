"""The store as the auditor and the metrics read it: by index and by page, never by scanning the key space."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.adapters.redis import RedisStore, member, milliseconds
from bot.adapters.redis_pages import translated
from bot.domain.lifecycle import Step
from bot.domain.request import FINAL, State
from bot.ports import Census, Position

STREAM_PAGE = 100


class RedisBooks:
    """The `Books` port over the keys of a `RedisStore`."""

    def __init__(self, client: Any, store: RedisStore) -> None:
        self._redis = client
        self._keys = store.keys

    async def census(self) -> Census:
        """Count everything in one round trip."""
        states = list(State)
        async with translated():
            pipe = self._redis.pipeline(transaction=False)
            for state in states:
                pipe.zcard(self._keys.state(state))
            pipe.zcard(self._keys.schedule[0])
            pipe.xlen(self._keys.dead)
            *counts, outbox, dead = await pipe.execute()
        return Census(dict(zip(states, counts, strict=True)), outbox, dead)

    async def position(self) -> Position:
        """Where the last round ended."""
        async with translated():
            kept = await self._redis.get(self._keys.named("audit-position"))
        state, rank, keys = (int(part) for part in (kept or "0 0 0").split())
        return Position(state, rank, keys)

    async def remember(self, position: Position) -> None:
        """Keep where this round ended."""
        text = f"{position.state} {position.rank} {position.keys}"
        async with translated():
            await self._redis.set(self._keys.named("audit-position"), text)

    async def ids(self, state: State, rank: int, count: int, *, since: datetime | None) -> list[str]:
        """Requests of one state from this rank on, longest unchanged first; or only those changed since."""
        key = self._keys.state(state)
        async with translated():
            if since is None:
                return list(await self._redis.zrange(key, rank, rank + count - 1))
            lowest = milliseconds(since)
            return list(await self._redis.zrangebyscore(key, lowest, "+inf", start=rank, num=count))

    async def lacking(
        self, ids: Sequence[str], state: State, timers: Sequence[Step]
    ) -> dict[str, tuple[Step, ...]]:
        """Which of these have no such timer, or a card that shows another state and is not due.

        The schedule is read before the cards: a card that was done in between is then seen as shown.
        """
        if not ids:
            return {}
        steps = [*timers, Step.CARD]
        async with translated():
            pipe = self._redis.pipeline(transaction=False)
            for step in steps:
                pipe.zmscore(self._keys.schedule[0], [member(one, step, 0) for one in ids])
            pipe.hmget(self._keys.shown, ids)
            *scores, shown = await pipe.execute()
        found: dict[str, list[Step]] = {}
        for step, column in zip(steps, scores, strict=True):
            for request_id, score, showing in zip(ids, column, shown, strict=True):
                if score is None and (step is not Step.CARD or showing != state):
                    found.setdefault(request_id, []).append(step)
        return {request_id: tuple(lost) for request_id, lost in found.items()}

    async def is_scheduled(self, subject: str, step: Step) -> bool:
        """Whether this step is in the schedule; one that is performed stays there."""
        async with translated():
            score = await self._redis.zscore(self._keys.schedule[0], member(subject, step, 0))
        return score is not None

    async def overdue(self, before: datetime) -> int:
        """How many steps should have been done before this."""
        async with translated():
            return int(await self._redis.zcount(self._keys.schedule[0], "-inf", milliseconds(before)))

    async def given_up(self) -> tuple[int, str]:
        """How many dead letters (at most a hundred) came after the last told of, and which is the last."""
        async with translated():
            told = await self._redis.get(self._keys.named("audit-letter")) or "0-0"
            rows = await self._redis.xrevrange(self._keys.dead, "+", f"({told}", count=STREAM_PAGE)
        return len(rows), rows[0][0] if rows else told

    async def told_of(self, letter: str) -> None:
        """Keep that all dead letters up to this one were told of."""
        async with translated():
            await self._redis.set(self._keys.named("audit-letter"), letter)

    async def stray_keys(self, cursor: int, count: int) -> tuple[list[str], int]:
        """Sealed keys whose request has ended or is unknown, and where to go on."""
        async with translated():
            following, ids = await self._redis.sscan(self._keys.sealed, cursor=cursor, count=count)
            if not ids:
                return [], int(following)
            pipe = self._redis.pipeline(transaction=False)
            pipe.zmscore(self._keys.recent, ids)
            for state in sorted(FINAL):
                pipe.zmscore(self._keys.state(state), ids)
            known, *ended = await pipe.execute()
        return [
            request_id
            for position, request_id in enumerate(ids)
            if known[position] is None or any(column[position] is not None for column in ended)
        ], int(following)

    async def destroy(self, ids: Iterable[str]) -> None:
        """Destroy the sealed keys of these requests."""
        for request_id in ids:
            async with translated():
                pipe = self._redis.pipeline(transaction=False)
                pipe.delete(self._keys.vault(request_id))
                pipe.srem(self._keys.sealed, request_id)
                await pipe.execute()

    async def server_time(self) -> datetime:
        """The server's clock."""
        async with translated():
            reply = await self._redis.time()
        seconds, micro = next(iter(reply.values())) if isinstance(reply, dict) else reply
        return datetime.fromtimestamp(int(seconds) + int(micro) / 1e6, UTC)
