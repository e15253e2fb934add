"""Whose turn it is to speak, kept in the store for all replicas together (`bot.ports.Pacer`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bot.adapters.redis import RedisStore, milliseconds
from bot.ports import Clock, Lane, Turn

REMEMBERED_SECONDS = 24 * 3600
LONGEST_HOLD = 3600.0  # whatever a Retry-After says: nobody is silent for longer

# The server's clock decides, so replicas whose clocks differ still take turns. A reservation that a later
# Retry-After overtook is replaced. Generic cell rate: `tat` is when the lane would be empty again.
TURN = """
-- KEYS mark lane... | ARGV once remembered longest (every burst)... now ('' = by this server's clock)
local t = redis.call('TIME')
local now = tonumber(ARGV[#ARGV]) or t[1] * 1000 + math.floor(t[2] / 1000)
local kept = redis.call('HMGET', KEYS[1], 'slot', 'tried')
local lanes, held = {}, 0
for i = 2, #KEYS do
  local lane = redis.call('HMGET', KEYS[i], 'tat', 'hold')
  local tat, hold = tonumber(lane[1] or '0') or 0, tonumber(lane[2] or '0') or 0
  if hold > now + tonumber(ARGV[3]) then tat, hold = 0, 0 end  -- an older version believed any Retry-After
  lanes[i] = tat
  held = math.max(held, hold)
end
local slot = tonumber(kept[1] or '')
if not slot or slot < held then
  slot = math.max(now, held)
  for i = 2, #KEYS do
    local every, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    slot = math.max(slot, lanes[i] - every * (burst - 1))
  end
  for i = 2, #KEYS do
    local tat = math.max(lanes[i], slot) + tonumber(ARGV[2 * i])
    redis.call('HSET', KEYS[i], 'tat', string.format('%.0f', tat))
    redis.call('PEXPIRE', KEYS[i], math.ceil(math.max(tat, held) - now) + 60000)
  end
end
if slot > now then
  redis.call('HSET', KEYS[1], 'slot', string.format('%.0f', slot))
  redis.call('PEXPIRE', KEYS[1], math.max(math.ceil(slot - now) + 600000, redis.call('PTTL', KEYS[1])))
  return {slot - now, kept[2] or ''}
end
redis.call('HDEL', KEYS[1], 'slot')
if ARGV[1] == '1' then
  redis.call('HSETNX', KEYS[1], 'tried', string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return {0, kept[2] or ''}
"""

DECLINED = """
-- KEYS mark lane | ARGV wait every burst now
redis.call('HDEL', KEYS[1], 'tried')
local wait = tonumber(ARGV[1])
if wait <= 0 then return 0 end
local t = redis.call('TIME')
local open_again = (tonumber(ARGV[4]) or t[1] * 1000 + math.floor(t[2] / 1000)) + wait
local hold = tonumber(redis.call('HGET', KEYS[2], 'hold') or '0')
if open_again <= hold then return 0 end
local tat = open_again + tonumber(ARGV[2]) * (tonumber(ARGV[3]) - 1)
redis.call('HSET', KEYS[2], 'hold', string.format('%.0f', open_again), 'tat', string.format('%.0f', tat))
redis.call('PEXPIRE', KEYS[2], math.ceil(wait) + 60000)
return 1
"""


class RedisPacer:
    """Turns by one script each; `clock` stands in for the server's own in rehearsals."""

    def __init__(self, store: RedisStore, clock: Clock | None = None) -> None:
        self._store = store
        self._clock = clock

    async def turn(self, mark: str, lanes: Sequence[Lane], *, once: bool) -> Turn:
        """Take or reserve the next place in all lanes; with `once`, remember that this mark was sent."""
        keys = [self._mark(mark), *(self._lane(lane) for lane in lanes)]
        args: list[Any] = [int(once and bool(mark)), REMEMBERED_SECONDS * 1000, round(LONGEST_HOLD * 1000)]
        for lane in lanes:
            args += [round(lane.every * 1000), lane.burst]
        args.append(self._now())
        wait, tried = await self._store.run(TURN, keys, args)
        since = datetime.fromtimestamp(float(tried) / 1000, UTC) if tried and mark else None
        return Turn(int(wait) / 1000, since)

    async def declined(self, mark: str, lane: Lane, seconds: float) -> None:
        """Slack did not take it: forget that it was sent; keep the lane quiet for `seconds`, up to 3600."""
        args: list[Any] = [
            round(min(seconds, LONGEST_HOLD) * 1000),
            round(lane.every * 1000),
            lane.burst,
            self._now(),
        ]
        await self._store.run(DECLINED, [self._mark(mark), self._lane(lane)], args)

    def _now(self) -> str | int:
        return milliseconds(self._clock()) if self._clock else ""

    def _mark(self, mark: str) -> str:
        return self._store.keys.named(f"mark:{mark}")

    def _lane(self, lane: Lane) -> str:
        return self._store.keys.named(f"lane:{lane.name}")
