"""Requests, schedule, audit, indexes, ledger and sealed keys in one Redis-protocol server."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from redis.exceptions import NoScriptError

from bot.adapters import documents, scripts
from bot.adapters.redis_client import BLOCK_SECONDS, Client
from bot.adapters.redis_pages import fields, members, newest, translated
from bot.domain.audit import Entry
from bot.domain.errors import AlreadyOpen, Conflict, LinkUsed
from bot.domain.lifecycle import Due, Step
from bot.domain.request import FINAL, Request, State
from bot.ports import Claimed, Claims, Loaded, Save

LEDGER_SECONDS = 24 * 3600
UNKNOWN_STEP_MS = 2000  # how long a kind of work that only a newer version knows is left to that version
PARSED = 64  # documents of a kilobyte or two each
PAGE = 200  # documents of some kilobytes each
IDS = 2000
REFUSED = "open:"  # in the ledger: this delivery was refused, because of that request


def milliseconds(at: datetime) -> int:
    """A time as the store keeps it."""
    return round(at.timestamp() * 1000)


def _when(ms: str | float) -> datetime:
    return datetime.fromtimestamp(float(ms) / 1000, UTC)


def member(request_id: str, step: Step, ref: int) -> str:
    """A step as the schedule keeps it."""
    return f"{request_id}|{step}|{ref}"


class Keys:
    """Every key name, in one place; one hash tag per Slack team keeps a script on one Cluster node."""

    def __init__(self, team: str) -> None:
        self._prefix = f"gl:{{{team}}}:"
        self.schedule = [self._prefix + name for name in ("due", "claims", "tries", "again")]
        self.wake = self._prefix + "wake"
        self.open = self._prefix + "open"
        self.recent = self._prefix + "recent"
        self.sealed = self._prefix + "sealed"
        self.dead = self._prefix + "dead"
        self.pins = [self._prefix + name for name in ("subject_of", "user_of")]
        self.shown = self._prefix + "shown"

    def named(self, name: str) -> str:
        """A key of another part, on the same Cluster node."""
        return self._prefix + name

    def request(self, request_id: str) -> str:
        """The request document, its version and last operation."""
        return f"{self._prefix}req:{request_id}"

    def audit(self, request_id: str) -> str:
        """The audit entries of one request, by their number."""
        return f"{self._prefix}audit:{request_id}"

    def vault(self, request_id: str) -> str:
        """The sealed key of one request."""
        return f"{self._prefix}vault:{request_id}"

    def seen(self, key: str | None) -> str:
        """The idempotency ledger's record of one delivery."""
        return f"{self._prefix}seen:{key or '-'}"

    def ticket(self, ticket_id: str | None) -> str:
        """What one one-time link is about."""
        return f"{self._prefix}ticket:{ticket_id or '-'}"

    def count(self, name: str) -> str:
        """A counter with a window."""
        return f"{self._prefix}count:{name}"

    def mine(self, requester: str) -> str:
        """Requests by requester."""
        return f"{self._prefix}by:{requester}"

    def state(self, state: State | None) -> str:
        """Requests by state."""
        return f"{self._prefix}state:{state or '-'}"


class RedisStore:
    """The `Store` port over redis-py; `blocking` is a second client for the blocking wait."""

    def __init__(self, client: Client, blocking: Client, team: str) -> None:
        # redis-py types every reply of every protocol version at once; ours are decoded and checked here
        self._redis: Any = client
        self._blocking: Any = blocking
        self.keys = Keys(team)
        self._parsed: OrderedDict[str, Request] = OrderedDict()

    async def load(self, request_id: str, idempotency: str | None = None) -> Loaded:
        """Read one request and the ledger in one round trip."""
        if idempotency is None:
            async with translated():
                doc = await self._redis.hget(self.keys.request(request_id), "doc")
            return Loaded(self._read(doc))
        async with translated():
            pipe = self._redis.pipeline(transaction=False)
            pipe.hget(self.keys.request(request_id), "doc")
            pipe.get(self.keys.seen(idempotency))
            doc, seen = await pipe.execute()
        request = self._read(doc)
        happened = seen if idempotency and not str(seen).startswith(REFUSED) else None
        return Loaded(request, happened)

    def _read(self, doc: str | None) -> Request | None:
        """Parse a document; the very text that was parsed lately is the same request again."""
        if not doc:
            return None
        found = self._parsed.pop(doc, None) or documents.read(doc)
        self._parsed[doc] = found
        if len(self._parsed) > PARSED:
            self._parsed.popitem(last=False)
        return found

    async def save(self, change: Save) -> str | None:
        """Write one change by one script; see `scripts.SAVE`."""
        reply = await self.run(scripts.SAVE, self._save_keys(change), self._save_args(change))
        verdict = reply[0]
        if verdict == "conflict":
            raise Conflict(change.request.id)
        if verdict == "open":
            raise AlreadyOpen(reply[1])
        if verdict == "used":
            raise LinkUsed
        return str(reply[1]) if verdict == "seen" else None

    def _save_keys(self, change: Save) -> list[str]:
        keys, request = self.keys, change.request
        return [
            keys.request(request.id),
            *keys.schedule,
            keys.audit(request.id),
            keys.seen(change.idempotency),
            keys.open,
            keys.recent,
            keys.mine(request.requester),
            keys.vault(request.id),
            keys.sealed,
            keys.wake,
            keys.state(change.state_from),
            keys.state(request.state),
            keys.ticket(change.ticket),
        ]

    def _save_args(self, change: Save) -> list[str | int]:
        request = change.request
        due: list[str | int] = []
        for item in change.due:
            due += [member(request.id, item.step, item.ref), milliseconds(item.at)]
        return [
            change.expected,
            request.version,
            documents.written(request),
            change.entry.model_dump_json(),
            secrets.token_hex(8),
            LEDGER_SECONDS if change.idempotency else 0,
            json.dumps(due),
            json.dumps([member(request.id, step, 0) for step in change.clear]),
            change.sealed or "",
            int(change.destroys_key),
            request.connection,
            int(request.state not in FINAL),
            request.id,
            milliseconds(request.updated_at),
            change.connection_before or "",
            int(change.ticket is not None),
            change.entry.prev,
            request.audit_head,
        ]

    async def sealed_key(self, request_id: str) -> str | None:
        """The sealed key, or None when it was destroyed."""
        async with translated():
            sealed: str | None = await self._redis.get(self.keys.vault(request_id))
            return sealed

    async def replace_sealed(self, request_id: str, old: str, new: str) -> bool:
        """Swap a re-wrapped key in, unless it changed or was destroyed meanwhile."""
        return bool(await self.run(scripts.SWAP, [self.keys.vault(request_id)], [old, new]))

    async def sealed_ids(self) -> list[str]:
        """Ids of requests that still have a sealed key."""
        async with translated():
            return sorted(await self._redis.smembers(self.keys.sealed))

    async def holding(self, ids: Iterable[str]) -> set[str]:
        """Which of these requests have a sealed key, whatever the index says."""
        wanted = sorted(ids)
        async with translated():
            pipe = self._redis.pipeline(transaction=False)
            for one in wanted:
                pipe.exists(self.keys.vault(one))
            found = await pipe.execute() if wanted else []
        return {one for one, there in zip(wanted, found, strict=True) if there}

    async def every_holder(self) -> set[str]:
        """Ids of all sealed keys, found by walking the whole keyspace."""
        prefix = self.keys.vault("")
        async with translated():
            keys = [key async for key in self._redis.scan_iter(match=f"{prefix}*", count=1000)]
        return {key.removeprefix(prefix) for key in keys}

    async def entries(self, request_id: str) -> list[Entry]:
        """The whole audit chain, oldest first; what cannot be read has its place in it."""
        return documents.chain(await self._rows(request_id, 0, -1))

    async def entry(self, request_id: str, seq: int) -> Entry | None:
        """One audit entry."""
        found = await self._rows(request_id, seq - 1, seq - 1) if seq > 0 else []
        return Entry.model_validate_json(found[0]) if found else None

    async def _rows(self, request_id: str, first: int, last: int) -> list[str]:
        # A list, not a stream: a stream reserves 4 kB for its first entries, whatever their number.
        async with translated():
            return list(await self._redis.lrange(self.keys.audit(request_id), first, last))

    async def requests(
        self, *, states: frozenset[State] | None = None, requester: str | None = None, limit: int = 50
    ) -> list[Request]:
        """Requests by state or requester, latest change first."""
        if requester and states is not None:
            return await self._own(requester, states, limit)
        keys = (
            [self.keys.mine(requester)] if requester else [self.keys.state(state) for state in states or ()]
        )
        async with translated():
            pipe = self._redis.pipeline(transaction=False)
            for key in keys or [self.keys.recent]:
                pipe.zrevrange(key, 0, limit - 1, withscores=True)
            found = {pair[0]: pair[1] for rows in await pipe.execute() for pair in rows}
        ids = sorted(found, key=lambda one: -found[one])[:limit]
        return await (self._readable(ids) if states is None else self._still(states, ids))

    async def _own(self, requester: str, states: frozenset[State], limit: int) -> list[Request]:
        """Theirs in these states, however many in others are newer: their index knows no state."""
        found: dict[str, Request] = {}
        async for ids in newest(self._redis, self.keys.mine(requester), PAGE):
            found |= {request.id: request for request in await self._still(states, ids)}
            if len(found) >= limit:
                break
        return list(found.values())[:limit]

    async def each(self, states: frozenset[State], after: str | None = None) -> AsyncIterator[Request]:
        """Every request, state by state, the longest unchanged first, or all by id from `after` on."""
        if after is None:
            async for ids in self.ids(states, PAGE):
                for request in await self._still(states, ids):
                    yield request
            return
        rest = sorted({one async for ids in self.ids(states) for one in ids if one > after})
        for first in range(0, len(rest), PAGE):
            for request in await self._still(states, rest[first : first + PAGE]):
                yield request

    def ids(self, states: frozenset[State] | None = None, page: int = IDS) -> AsyncIterator[list[str]]:
        """Ids by page; without `states` of all requests, and none is left out that changes meanwhile."""
        keys = [self.keys.recent] if states is None else [self.keys.state(state) for state in sorted(states)]
        return members(self._redis, keys, page)

    async def _still(self, states: frozenset[State], ids: Sequence[str]) -> list[Request]:
        return [request for request in await self._readable(ids) if request.state in states]

    async def _readable(self, ids: Sequence[str]) -> list[Request]:
        return documents.readable(await fields(self._redis, map(self.keys.request, ids), "doc"))

    async def claim(self, now: datetime, limit: int, lease: float) -> Claims:
        """Lease due steps for `lease` seconds."""
        token = secrets.token_hex(8)
        args: list[Any] = [milliseconds(now), limit, round(lease * 1000), token]
        rows, following = await self.run(scripts.CLAIM, self.keys.schedule, args)
        found = [row.rsplit(" ", 2) for row in rows.split("\n")] if rows else []
        steps = [_claimed(token, *row) for row in found if _is_ours(row[0])]
        for strange in (row[0] for row in found if not _is_ours(row[0])):  # a newer replica will take it
            await self._give_back(strange, token, milliseconds(now) + UNKNOWN_STEP_MS)
        return Claims(tuple(steps), _when(following) if following else None)

    async def done(self, claimed: Claimed) -> None:
        """Forget a performed step, unless it was scheduled anew meanwhile."""
        await self._settle(claimed, "", counts=True)

    async def postpone(self, claimed: Claimed, until: datetime, *, counts: bool) -> None:
        """Give a step back to the schedule."""
        await self._settle(claimed, milliseconds(until), counts=counts)

    async def _settle(self, claimed: Claimed, until: str | int, *, counts: bool) -> None:
        named = member(claimed.request_id, claimed.step, claimed.ref)
        await self._give_back(named, claimed.token, until, counts=counts)

    async def _give_back(self, named: str, token: str, until: str | int, *, counts: bool = False) -> None:
        keys = [*self.keys.schedule, self.keys.wake]
        await self.run(scripts.SETTLE, keys, [named, token, until, int(counts)])

    async def bury(self, claimed: Claimed, why: str) -> None:
        """Move a step to the dead letters, written there first: a crash in between repeats it."""
        letter = {"step": member(claimed.request_id, claimed.step, claimed.ref), "why": why[:500]}
        async with translated():
            await self._redis.xadd(self.keys.dead, letter, maxlen=10_000)
        await self.done(claimed)

    async def schedule(self, request_id: str, due: Sequence[Due]) -> None:
        """Make sure these steps are due no later than said; what is due earlier stays."""
        now = round(time.time() * 1000)
        rows = [[member(request_id, item.step, item.ref), milliseconds(item.at)] for item in due]
        await self.run(scripts.SCHEDULE, [*self.keys.schedule, self.keys.wake], [now, json.dumps(rows)])

    async def due(self, request_id: str, step: Step) -> datetime | None:
        """When this step is due; None when it is not scheduled, or somebody performs it now."""
        one = member(request_id, step, 0)
        async with translated():
            pipe = self._redis.pipeline(transaction=False)
            score, is_held = (
                await pipe.zscore(self.keys.schedule[0], one).hexists(self.keys.schedule[1], one).execute()
            )
        return None if score is None or is_held else _when(score)

    async def showed(self, request_id: str, state: State) -> None:
        """Remember which state the card shows."""
        async with translated():
            await self._redis.hset(self.keys.shown, request_id, state)

    async def wait(self, seconds: float) -> None:
        """Block until somebody schedules something earlier, at most `seconds` (and BLOCK_SECONDS)."""
        async with translated():
            await self._blocking.blpop([self.keys.wake], timeout=max(0.01, min(seconds, BLOCK_SECONDS)))

    async def plan(self, subject: str, step: Step, at: datetime, now: datetime) -> None:
        """Schedule a step that is about a person or the team, unless it is scheduled already."""
        due, claims, _, again = self.keys.schedule
        args = [member(subject, step, 0), milliseconds(at), milliseconds(now)]
        await self.run(scripts.PLAN, [due, claims, again, self.keys.wake], args)

    async def permit(self, name: str, visit: str, limit: int, seconds: float) -> float:
        """Count this visit once in a sliding window of the server's clock."""
        key = self.keys.named(f"permit:{name}")
        wait = await self.run(scripts.PERMIT, [key], [visit, limit, round(seconds * 1000)])
        return int(wait) / 1000

    async def remember_once(self, key: str, seconds: float) -> bool:
        """Whether this key is new; it is remembered for `seconds`."""
        args = [secrets.token_hex(8), round(seconds * 1000)]
        return bool(await self.run(scripts.ONCE, [self.keys.seen(key)], args))

    async def keep(self, key: str, seconds: float) -> None:
        """Remember this key for so long from now on."""
        async with translated():
            await self._redis.set(self.keys.seen(key), "1", px=round(seconds * 1000))

    async def forget(self, key: str) -> None:
        """Take `remember_once` back."""
        async with translated():
            await self._redis.delete(self.keys.seen(key))

    async def ping(self) -> None:
        """Raise `StoreUnavailable` unless the server answers."""
        async with translated():
            await self._redis.ping()

    async def run(self, script: str, keys: list[str], args: list[Any]) -> Any:
        """Run a script by its digest; raises `StoreUnavailable`."""
        async with translated():
            digest = _digest(script)
            try:
                return await self._redis.evalsha(digest, len(keys), *keys, *args)
            except NoScriptError:  # the server restarted or its script cache was flushed
                return await self._redis.eval(script, len(keys), *keys, *args)


@cache
def _digest(script: str) -> str:
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()


def _is_ours(named: str) -> bool:
    return documents.is_known(named.split("|")[1])


def _claimed(token: str, member: str, due: str, tries: str) -> Claimed:
    request_id, step, ref = member.split("|")
    return Claimed(request_id, Step(step), int(ref), _when(due), int(tries), token)
