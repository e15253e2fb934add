"""Decisions of the whole workspace, in a hash chain of their own: delegations, work on the key set.

An entry and what it is about are one write, on the length of the chain it was decided on. The chain's end is
kept beside it under a seal, so that a chain cut short shows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from bot.adapters.redis import RedisStore
from bot.domain.audit import Chain, Entry, end_seal, flaws, link
from bot.domain.errors import Conflict, StoreUnavailable
from bot.domain.lifecycle import MIRRORS, Step
from bot.domain.upkeep import CHAIN

TRIES = 50
COPIED_AT_ONCE = 2  # a copy may take ten seconds of the 25 that a step has

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

UNCOPIED = """
-- KEYS decisions copied | ARGV step count
local copied = tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or '0')
return redis.call('LRANGE', KEYS[1], copied, copied + ARGV[2] - 1)
"""

COPIED = """
-- KEYS copied | ARGV step seq
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
"""


class RedisDecisions:
    """The chain of one Slack team; `secret` is the installation's audit key."""

    def __init__(self, store: RedisStore, secret: bytes) -> None:
        self._store = store
        self._secret = secret
        self._keys = [store.keys.named("decisions"), store.keys.named("decisions:end")]
        self._copied = store.keys.named("decisions:copied")

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
            last, length = await self._last()
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
            linked = link(entry, last.hash if last else "", self._secret)
            args = [length, linked.model_dump_json(), self._end(linked), field, text]
            outcome = await self._store.run(RECORD, [*self._keys, key], args)
            if outcome:
                await self._have_it_copied(at)
                return bool(outcome == 1)
        raise Conflict

    async def _have_it_copied(self, at: datetime) -> None:
        with suppress(StoreUnavailable):  # it is on record; the next round of the bot has it copied
            for step in MIRRORS:
                await self._store.plan(CHAIN, step, at, at)

    async def uncopied(self, step: Step) -> list[Entry]:
        """The first few entries that this kind of copy lacks, the oldest first."""
        texts = await self._store.run(UNCOPIED, [self._keys[0], self._copied], [step, COPIED_AT_ONCE])
        return [Entry.model_validate_json(text) for text in texts]

    async def copied(self, step: Step, seq: int) -> None:
        """Remember that this kind of copy has everything up to here."""
        await self._store.run(COPIED, [self._copied], [step, seq])

    def _end(self, last: Entry) -> str:
        seal = end_seal(CHAIN, last.seq, last.hash, self._secret)
        return json.dumps({"length": last.seq, "head": last.hash, "seal": seal})

    async def entries(self) -> list[Entry]:
        """All entries, the oldest first."""
        return list((await self.chain()).entries)

    async def chain(self) -> Chain:
        """Everything that can be read, for an export; length 0 where the end is missing."""
        texts, _, end = await self._store.run(READ, self._keys, [0])
        return Chain(_readable(texts), *(_read_end(end) or (0, "", "")))

    async def flaws(self) -> list[str] | None:
        """What is wrong with the chain, each with its place; None when nothing was ever decided."""
        texts, _, end = await self._store.run(READ, self._keys, [0])
        if not texts and not end:
            return None
        entries, known = _readable(texts), _read_end(end)
        wrong = [f"{len(texts) - len(entries)} entries cannot be read"] if len(texts) > len(entries) else []
        if known is None:
            head = entries[-1].hash if entries else ""
            return [*wrong, "where the chain ends is missing", *flaws(entries, head, self._secret)]
        length, head, seal = known
        wrong += flaws(entries, head, self._secret, length)
        if seal != end_seal(CHAIN, length, head, self._secret):
            wrong.append("the seal of the end does not match: the last entries may be missing")
        return wrong

    async def _last(self) -> tuple[Entry | None, int]:
        texts, length, _ = await self._store.run(READ, self._keys, [-1])
        return (Entry.model_validate_json(texts[0]) if texts else None), int(length)


def _readable(texts: list[str]) -> list[Entry]:
    found = []
    for text in texts:
        with suppress(ValidationError):
            found.append(Entry.model_validate_json(text))
    return found


def _read_end(text: str) -> tuple[int, str, str] | None:
    """Where a chain ends: its length, head and seal; None when that cannot be read."""
    try:
        found = json.loads(text)
        return int(found["length"]), str(found["head"]), str(found["seal"])
    except (ValueError, KeyError, TypeError):
        return None
