"""Decisions of the whole workspace, in a hash chain of their own: delegations, work on the key set.

An entry and what it is about are one write, on the length of the chain it was decided on. The chain's end is
kept beside it under a seal, so that a chain cut short shows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.adapters.redis import RedisStore
from bot.domain.audit import Entry, end_seal, flaws, link
from bot.domain.errors import Conflict

CHAIN = "workspace"
TRIES = 50

RECORD = """
-- KEYS decisions end about | ARGV length entry end field text
if redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[1]) then return 0 end
if ARGV[4] ~= '' then
  if ARGV[5] ~= '' then redis.call('HSET', KEYS[3], ARGV[4], ARGV[5])
  elseif redis.call('HDEL', KEYS[3], ARGV[4]) == 0 then return 2 end
end
redis.call('RPUSH', KEYS[1], ARGV[2]); redis.call('SET', KEYS[2], ARGV[3])
return 1
"""

READ = """
-- KEYS decisions end | ARGV first
local last = redis.call('LRANGE', KEYS[1], ARGV[1], -1)
return {last, redis.call('LLEN', KEYS[1]), redis.call('GET', KEYS[2]) or ''}
"""


class RedisDecisions:
    """The chain of one Slack team; `secret` is the installation's audit key."""

    def __init__(self, store: RedisStore, secret: bytes) -> None:
        self._store = store
        self._secret = secret
        self._keys = [store.keys.named("decisions"), store.keys.named("decisions:end")]

    async def record(
        self,
        event: str,
        by: str | None,
        at: datetime,
        facts: Mapping[str, Any],
        *,
        about: tuple[str, str, str] | None = None,
    ) -> bool:
        """Add an entry and, in the same write, set `about` (key, field, text; an empty text deletes it).

        False when there was nothing to delete: then nothing was recorded. Raises `Conflict`,
        `StoreUnavailable`.
        """
        key, field, text = about or (self._keys[0], "", "")
        for _ in range(TRIES):
            last, length, _ = await self._read(first=-1)
            entry = Entry(
                request=CHAIN,
                seq=length + 1,
                at=at,
                event=event,
                by=by,
                state_from="",
                state_to="",
                facts=dict(facts),
            )
            linked = link(entry, last[-1].hash if last else "", self._secret)
            args = [length, linked.model_dump_json(), self._end(linked), field, text]
            outcome = await self._store.run(RECORD, [*self._keys, key], args)
            if outcome:
                return bool(outcome == 1)
        raise Conflict

    def _end(self, last: Entry) -> str:
        seal = end_seal(CHAIN, last.seq, last.hash, self._secret)
        return json.dumps({"length": last.seq, "head": last.hash, "seal": seal})

    async def entries(self) -> list[Entry]:
        """All entries, the oldest first."""
        return (await self._read(first=0))[0]

    async def flaws(self) -> list[str] | None:
        """What is wrong with the chain, each with its place; None when nothing was ever decided."""
        entries, _, end = await self._read(first=0)
        if not entries and not end:
            return None
        try:
            found = json.loads(end)
            length, head, seal = int(found["length"]), str(found["head"]), str(found["seal"])
        except (ValueError, KeyError, TypeError):
            return [
                "where the chain ends is missing",
                *flaws(entries, entries[-1].hash if entries else "", self._secret),
            ]
        wrong = flaws(entries, head, self._secret, length)
        if seal != end_seal(CHAIN, length, head, self._secret):
            wrong.append("the seal of the end does not match: the last entries may be missing")
        return wrong

    async def _read(self, *, first: int) -> tuple[list[Entry], int, str]:
        texts, length, end = await self._store.run(READ, self._keys, [first])
        return [Entry.model_validate_json(text) for text in texts], int(length), end
