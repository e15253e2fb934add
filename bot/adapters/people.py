"""What is remembered about people: open Home tabs, who stands in for whom, who made a key."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.adapters.decisions import RedisDecisions
from bot.adapters.redis import RedisStore, milliseconds
from bot.domain.delegation import Delegation

HOME_LIFETIME = timedelta(hours=8)  # Slack never says that a tab was closed
HOMES_AT_MOST = 50
ASKER_LIFETIME = timedelta(days=30)  # the longest holidays, in which nobody is watched
DAY_AND_MORE = 26 * 3600 * 1000  # milliseconds; the longest day of a year, and the shift of a clock
OVER = "~"  # after every id

OPENED = """
-- KEYS homes lenses | ARGV user lens at oldest ttl
for _, user in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[4])) do
  redis.call('HDEL', KEYS[2], user)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[4])
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[5]); redis.call('PEXPIRE', KEYS[2], ARGV[5])
return 1
"""

HOMES = """
-- KEYS homes lenses | ARGV oldest most
local out = {}
for _, user in ipairs(redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', ARGV[1], 'LIMIT', 0, ARGV[2])) do
  out[#out + 1] = user
  out[#out + 1] = redis.call('HGET', KEYS[2], user) or ''
end
return out
"""

AWAY = """
-- KEYS away
return redis.call('HVALS', KEYS[1])
"""

MAKERS = """
-- KEYS makers | ARGV address user
if ARGV[1] ~= '' then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
return redis.call('HGETALL', KEYS[1])
"""

ASKS = """
-- KEYS askers | ARGV user at oldest
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return 1
"""

ASKERS = """
-- KEYS askers | ARGV oldest
return redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[1], '+inf')
"""

WATCHED = """
-- KEYS cursor needed | ARGV id address ttl
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
if ARGV[2] ~= '' then redis.call('SADD', KEYS[2], ARGV[2]); redis.call('PEXPIRE', KEYS[2], ARGV[3]) end
return 1
"""

WATCHED_ALL = """
-- KEYS cursor needed makers | ARGV end ttl
for _, address in ipairs(redis.call('HKEYS', KEYS[3])) do
  if redis.call('SISMEMBER', KEYS[2], address) == 0 then redis.call('HDEL', KEYS[3], address) end
end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""

WATCHED_TO = """
-- KEYS cursor
return redis.call('GET', KEYS[1]) or ''
"""


class RedisPeople:
    """The `People` port beside the requests, in the same server."""

    def __init__(self, store: RedisStore, decisions: RedisDecisions) -> None:
        self._store = store
        self._decisions = decisions
        self._homes = [store.keys.named("homes"), store.keys.named("lenses")]
        self._away = (store.keys.named("away"),)
        self._makers = [store.keys.named("makers")]
        self._askers = [store.keys.named("askers")]

    async def opened_home(self, user: str, lens: str, at: datetime) -> None:
        """Remember that this person looks at their Home tab, and at what of it."""
        lifetime = round(HOME_LIFETIME.total_seconds() * 1000)
        args = [user, lens, milliseconds(at), milliseconds(at) - lifetime, lifetime]
        await self._store.run(OPENED, self._homes, args)

    async def open_homes(self, at: datetime) -> dict[str, str]:
        """Who may still have it open, the latest first, with what they look at."""
        oldest = milliseconds(at - HOME_LIFETIME)
        found = await self._store.run(HOMES, self._homes, [oldest, HOMES_AT_MOST])
        return dict(zip(found[::2], found[1::2], strict=True))

    async def delegate(self, delegation: Delegation) -> None:
        """Remember who stands in for whom; a later one replaces an earlier one of the same person."""
        facts = delegation.model_dump(mode="json", include={"until"}) | {"to": delegation.delegate}
        about = (*self._away, delegation.reviewer, delegation.model_dump_json())
        await self._decisions.record("delegated", delegation.reviewer, delegation.at, facts, about=about)

    async def end_delegation(self, reviewer: str, at: datetime) -> None:
        """Forget it: the reviewer is back."""
        about = (*self._away, reviewer, "")
        await self._decisions.record("delegation_ended", reviewer, at, {}, about=about)

    async def delegations(self) -> list[Delegation]:
        """All that are remembered, over or not."""
        return [
            Delegation.model_validate_json(text) for text in await self._store.run(AWAY, [*self._away], [])
        ]

    async def made_key(self, address: str, user: str) -> None:
        """Remember which Slack user has the e-mail address of somebody who made a key."""
        await self._store.run(MAKERS, self._makers, [address, user])

    async def key_makers(self) -> dict[str, str]:
        """Slack users by e-mail address."""
        found = await self._store.run(MAKERS, self._makers, ["", ""])
        return dict(zip(found[::2], found[1::2], strict=True))

    async def asks(self, user: str, at: datetime) -> None:
        """Remember that this person has an open request; the day's watch says so again."""
        oldest = milliseconds(at - ASKER_LIFETIME)
        await self._store.run(ASKS, self._askers, [user, milliseconds(at), oldest])

    async def askers(self, at: datetime) -> set[str]:
        """Who had an open request when they were looked at lately."""
        return set(await self._store.run(ASKERS, self._askers, [milliseconds(at - ASKER_LIFETIME)]))

    async def watched_to(self, look: str) -> str | None:
        """The request or person up to which this look got: empty before the first, None after all."""
        found = str(await self._store.run(WATCHED_TO, self._watch(look)[:1], []))
        return None if found == OVER else found

    async def watched(self, look: str, last: str, address: str) -> None:
        """Remember that this look got here, and that this maker's address (if any) is needed still."""
        await self._store.run(WATCHED, self._watch(look), [last, address, DAY_AND_MORE])

    async def watched_all(self, day: str) -> None:
        """Remember that this day's watch is over; forget the makers whom no request of it needs."""
        await self._store.run(WATCHED_ALL, [*self._watch(day), *self._makers], [OVER, DAY_AND_MORE])

    def _watch(self, look: str) -> list[str]:
        return [self._store.keys.named(f"watch:{look}"), self._store.keys.named(f"watch:{look}:makers")]
