"""What must be true of the server before a bot trusts it with requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from redis.exceptions import RedisError

from bot.adapters.redis_pages import translated
from bot.domain.errors import GreenlightError, StoreUnavailable

LEAST_MAJOR = 7
TEAM_KEY = "gl:team"


async def check_server(client: Any) -> list[str]:
    """Return warnings for the operator, a sentence each.

    Raises `GreenlightError` for a server that may throw requests away, `StoreUnavailable` when it is away.
    INFO is asked, not CONFIG: many managed servers forbid the latter.
    """
    try:
        answer = await client.info()
    except (RedisError, OSError) as error:
        raise StoreUnavailable(type(error).__name__) from error
    warnings: list[str] = []
    for facts in _nodes(answer):
        policy = facts.get("maxmemory_policy", "noeviction")
        if policy != "noeviction":
            raise GreenlightError(
                f"The store may evict requests when memory runs out (maxmemory-policy {policy}): "
                "set maxmemory-policy to noeviction, then start again."
            )
        warnings += _warnings(facts)
    return sorted(set(warnings))


def _nodes(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """INFO of a Cluster is one answer per node."""
    per_node = [one for one in answer.values() if isinstance(one, Mapping) and "redis_version" in one]
    return per_node or [answer]


def _warnings(facts: Mapping[str, Any]) -> list[str]:
    found = []
    if not int(facts.get("aof_enabled", 0)):
        found.append(
            "The store keeps no append-only file: a crash of the server loses what was saved lately. "
            "Set appendonly to yes."
        )
    major = str(facts.get("redis_version", "")).partition(".")[0]
    if major.isdigit() and int(major) < LEAST_MAJOR:
        found.append(f"The store speaks version {facts['redis_version']}; 7 or newer is supported.")
    return found


async def serve_team(client: Any, team: str) -> None:
    """Remember which Slack team this store serves; raises `StoreUnavailable`."""
    async with translated():
        await client.set(TEAM_KEY, team)


async def team_served(client: Any) -> str | None:
    """The Slack team that a bot last served from this store; raises `StoreUnavailable`."""
    async with translated():
        team: str | None = await client.get(TEAM_KEY)
        return team or None
