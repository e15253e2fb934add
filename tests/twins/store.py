"""The Store port in plain memory: the same promises, held to them by tests/contracts/test_store.py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.audit import Entry
from bot.domain.errors import AlreadyOpen, Conflict, LinkUsed
from bot.domain.lifecycle import Due, Step
from bot.domain.request import FINAL, Request, State
from bot.ports import Claimed, Claims, Loaded, Save

Name = tuple[str, Step, int]


@dataclass
class _Slot:
    due: datetime
    token: str = ""
    tries: int = 0
    again: datetime | None = None


@dataclass
class StoreTwin:
    """Everything a Redis server would hold."""

    docs: dict[str, str] = field(default_factory=dict)
    audit: dict[str, list[str]] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    once: set[str] = field(default_factory=set)
    refused: dict[tuple[str | None, str], str] = field(default_factory=dict)
    open_by_connection: dict[str, str] = field(default_factory=dict)
    sealed: dict[str, str] = field(default_factory=dict)
    slots: dict[Name, _Slot] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    tickets: dict[str, str] = field(default_factory=dict)
    shown: dict[str, State] = field(default_factory=dict)
    permitted: dict[str, list[str]] = field(default_factory=dict)
    _tokens: int = 0
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def load(self, request_id: str, idempotency: str | None = None) -> Loaded:
        doc = self.docs.get(request_id)
        seen = self.seen.get(idempotency) if idempotency else None
        return Loaded(Request.model_validate_json(doc) if doc else None, seen)

    async def save(self, change: Save) -> str | None:
        request = change.request
        form = (change.idempotency, request.connection)
        if form in self.refused:
            raise AlreadyOpen(self.refused[form])
        if change.idempotency and change.idempotency in self.seen:
            return self.seen[change.idempotency]
        if change.ticket and change.ticket not in self.tickets:
            raise LinkUsed
        stored = (await self.load(request.id)).request
        if (stored.version if stored else 0) != change.expected:
            raise Conflict(request.id)
        holder = self.open_by_connection.get(request.connection)
        held = request.state not in FINAL
        if held and holder not in {None, request.id}:
            if change.idempotency:
                self.refused[form] = str(holder)
            raise AlreadyOpen(str(holder))
        self.tickets.pop(change.ticket or "", None)
        self._index(change, held)
        self._schedule(change)
        return None

    def _index(self, change: Save, held: bool) -> None:
        request = change.request
        self.docs[request.id] = request.model_dump_json()
        self.audit.setdefault(request.id, []).append(change.entry.model_dump_json())
        if change.idempotency:
            self.seen[change.idempotency] = request.id
        for connection in {change.connection_before, request.connection}:
            if connection and self.open_by_connection.get(connection) == request.id:
                del self.open_by_connection[connection]
        if held:
            self.open_by_connection[request.connection] = request.id
        if change.sealed:
            self.sealed[request.id] = change.sealed
        if change.destroys_key:
            self.sealed.pop(request.id, None)

    def _schedule(self, change: Save) -> None:
        request = change.request
        for step in change.clear:
            self.slots.pop((request.id, step, 0), None)
        for due in change.due:
            name = (request.id, due.step, due.ref)
            slot = self.slots.get(name)
            if slot and slot.token and slot.due > request.updated_at:
                appointment = due.step in {Step.EXPIRE, Step.REMIND, Step.WARN}
                slot.again = due.at if appointment else min(due.at, slot.again or due.at)
            else:
                self.slots[name] = _Slot(due.at)
        self._wake.set()

    async def sealed_key(self, request_id: str) -> str | None:
        return self.sealed.get(request_id)

    async def replace_sealed(self, request_id: str, old: str, new: str) -> bool:
        if self.sealed.get(request_id) != old:
            return False
        self.sealed[request_id] = new
        return True

    async def sealed_ids(self) -> list[str]:
        return sorted(self.sealed)

    async def entries(self, request_id: str) -> list[Entry]:
        return [Entry.model_validate_json(text) for text in self.audit.get(request_id, [])]

    async def entry(self, request_id: str, seq: int) -> Entry | None:
        return next((entry for entry in await self.entries(request_id) if entry.seq == seq), None)

    async def requests(
        self, *, states: frozenset[State] | None = None, requester: str | None = None, limit: int = 50
    ) -> list[Request]:
        found = [Request.model_validate_json(doc) for doc in self.docs.values()]
        found.sort(key=lambda request: request.updated_at, reverse=True)
        return [
            request
            for request in found
            if (states is None or request.state in states) and requester in {None, request.requester}
        ][:limit]

    async def claim(self, now: datetime, limit: int, lease: float) -> Claims:
        self._tokens += 1
        due = sorted((name for name, slot in self.slots.items() if slot.due <= now), key=self._due)[:limit]
        steps = []
        for name in due:
            slot = self.slots[name]
            steps.append(Claimed(*name, slot.due, slot.tries + 1, str(self._tokens)))
            wish = slot.again if slot.again and slot.again > now else None
            leased_until = now + timedelta(seconds=lease)
            self.slots[name] = _Slot(leased_until, str(self._tokens), slot.tries + 1, wish)
        return Claims(tuple(steps), min((slot.due for slot in self.slots.values()), default=None))

    def _due(self, name: Name) -> datetime:
        return self.slots[name].due

    def _mine(self, claimed: Claimed) -> tuple[Name, _Slot] | None:
        name = (claimed.request_id, claimed.step, claimed.ref)
        slot = self.slots.get(name)
        return (name, slot) if slot and slot.token == claimed.token else None

    async def done(self, claimed: Claimed) -> None:
        if mine := self._mine(claimed):
            name, slot = mine
            del self.slots[name]
            if slot.again:
                self.slots[name] = _Slot(slot.again)
            self._wake.set()

    async def postpone(self, claimed: Claimed, until: datetime, *, counts: bool) -> None:
        if mine := self._mine(claimed):
            name, slot = mine
            wish = slot.again if slot.again and slot.again > until else None
            at = min(until, slot.again or until)
            self.slots[name] = _Slot(at, tries=slot.tries - (not counts), again=wish)
            self._wake.set()

    async def bury(self, claimed: Claimed, why: str) -> None:
        self.dead.append(f"{claimed.request_id}|{claimed.step}|{claimed.ref}: {why}")
        await self.done(claimed)

    async def schedule(self, request_id: str, due: Sequence[Due]) -> None:
        for item in due:
            name = (request_id, item.step, item.ref)
            slot = self.slots.get(name)
            if slot and slot.token:
                slot.again = min(item.at, slot.again or item.at)
            elif slot is None or slot.due > item.at:
                self.slots[name] = _Slot(item.at)
        self._wake.set()

    async def showed(self, request_id: str, state: State) -> None:
        self.shown[request_id] = state

    async def wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return
        finally:
            self._wake.clear()

    async def plan(self, subject: str, step: Step, at: datetime, now: datetime) -> None:
        slot = self.slots.get((subject, step, 0))
        if slot is None:
            self.slots[subject, step, 0] = _Slot(at)
            self._wake.set()
        elif slot.token and slot.due > now:
            slot.again = slot.again or at

    async def permit(self, name: str, visit: str, limit: int, seconds: float) -> float:
        visits = self.permitted.setdefault(name, [])
        if visit in visits:
            return 0
        if len(visits) >= limit:
            return seconds
        visits.append(visit)
        return 0

    async def remember_once(self, key: str, seconds: float) -> bool:
        new = key not in self.once
        self.once.add(key)
        return new

    async def keep(self, key: str, seconds: float) -> None:
        self.once.add(key)

    async def due(self, request_id: str, step: Step) -> datetime | None:
        slot = self.slots.get((request_id, step, 0))
        return None if slot is None or slot.token else slot.due

    async def each(self, states: frozenset[State], after: str | None = None) -> AsyncIterator[Request]:
        requests = [Request.model_validate_json(doc) for doc in self.docs.values()]
        for request in sorted(requests, key=lambda one: one.updated_at if after is None else one.id):
            if request.state in states and (after is None or request.id > after):
                yield request

    async def forget(self, key: str) -> None:
        self.once.discard(key)

    async def ping(self) -> None:
        return None
