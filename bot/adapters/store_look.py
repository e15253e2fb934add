"""A look at the server and its schedule for operators: what `doctor` and `steps` read."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from redis.exceptions import RedisError

from bot.adapters.redis import Keys
from bot.adapters.redis_client import Client
from bot.doctor.seen import StoreSeen, WorkSeen
from bot.domain.errors import StoreUnavailable

PINGS = 5
PROOF = "gl:doctor"


async def look_at_server(client: Client) -> StoreSeen:
    """Ask the server about itself; what it does not tell (a managed service, an ACL) stays None."""
    redis: Any = client
    try:
        await redis.ping()
        info = await redis.info()
        took = [await _ping(redis) for _ in range(PINGS)]
    except (RedisError, OSError) as error:
        return StoreSeen(error=type(error).__name__)
    config = await _maybe(redis.config_get("appendfsync", "maxmemory-policy")) or {}
    return StoreSeen(
        **_product(info),
        aof=None if "aof_enabled" not in info else bool(int(info["aof_enabled"])),
        fsync=config.get("appendfsync"),
        policy=info.get("maxmemory_policy") or config.get("maxmemory-policy"),
        user=await _maybe(redis.acl_whoami()),
        milliseconds=min(took),
        write_error=await _write_error(redis),
    )


def _product(info: Mapping[str, Any]) -> dict[str, Any]:
    product = "valkey" if "valkey_version" in info else "redis"
    version = str(info.get(f"{product}_version", ""))
    return {"product": product, "version": tuple(int(part) for part in re.findall(r"\d+", version)[:3])}


async def _ping(redis: Any) -> float:
    began = time.perf_counter()
    await redis.ping()
    return (time.perf_counter() - began) * 1000


async def _maybe(call: Any) -> Any:
    try:
        return await call
    except (RedisError, OSError):
        return None


async def _write_error(redis: Any) -> str:
    try:
        await redis.set(PROOF, "1", px=1000)
    except (RedisError, OSError) as error:
        return type(error).__name__
    return ""


async def look_at_work(client: Client, team: str, now: datetime) -> WorkSeen:
    """Steps that are due and not leased, and the last dead letters; raises `StoreUnavailable`."""
    redis, keys = _any(client), Keys(team)
    at = round(now.timestamp() * 1000)
    try:
        pipe = redis.pipeline(transaction=False)
        pipe.zcount(keys.schedule[0], "-inf", at)
        pipe.zrange(keys.schedule[0], 0, 0, withscores=True)
        pipe.xlen(keys.dead)
        pipe.xrevrange(keys.dead, "+", "-", 3)
        overdue, first, dead, letters = await pipe.execute()
    except (RedisError, OSError) as error:
        raise StoreUnavailable(type(error).__name__) from error
    oldest = datetime.fromtimestamp(first[0][1] / 1000, UTC) if overdue and first else None
    reasons = tuple(f"{fields['step']}: {fields['why']}" for _, fields in letters)
    return WorkSeen(overdue, oldest, dead, reasons)


async def sealed_with(client: Client, team: str) -> frozenset[str]:
    """The ids of the keys that stored secrets are sealed with; nothing is opened."""
    redis, keys = _any(client), Keys(team)
    try:
        ids = await redis.smembers(keys.sealed)
        texts = [await redis.get(keys.vault(one)) for one in ids]
    except (RedisError, OSError) as error:
        raise StoreUnavailable(type(error).__name__) from error
    return frozenset(text.split(".")[2] for text in texts if text and text.count(".") >= 3)


async def dead_letters(client: Client, team: str) -> list[tuple[str, str, str]]:
    """Every step that was given up, oldest first: (entry id, request|step|ref, why)."""
    try:
        rows = await _any(client).xrange(Keys(team).dead)
    except (RedisError, OSError) as error:
        raise StoreUnavailable(type(error).__name__) from error
    return [(entry, fields["step"], fields["why"]) for entry, fields in rows]


async def retry_dead(client: Client, team: str, now: datetime) -> int:
    """Put every given-up step back into the schedule, due now; return how many."""
    keys, letters = Keys(team), await dead_letters(client, team)
    try:
        for entry, member, _ in letters:
            pipe = _any(client).pipeline(transaction=True)
            pipe.zadd(keys.schedule[0], {member: round(now.timestamp() * 1000)}, nx=True)
            pipe.xdel(keys.dead, entry)
            pipe.lpush(keys.wake, "1")
            pipe.ltrim(keys.wake, 0, 0)
            await pipe.execute()
    except (RedisError, OSError) as error:
        raise StoreUnavailable(type(error).__name__) from error
    return len(letters)


def _any(client: Client) -> Any:
    # redis-py types every reply of every protocol version at once
    return client
