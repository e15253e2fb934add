"""What became of it all: read from the store, from Slack and from the mailbox, and compared with the plan."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from bot.adapters.redis import RedisStore
from bot.adapters.redis_client import connect
from bot.adapters.vault import Keyring, derive
from bot.domain import request as r
from bot.domain.audit import Entry, flaws
from bot.domain.lifecycle import TABLE, Step
from bot.domain.request import Request, State
from bot.sandbox.slack.cast import TEAM_ID
from tests.chaos.world import Company, Journey, says_of

QUIET_SECONDS = 60.0
SPOKEN = {Step.CARD, Step.NOTE, Step.TELL, Step.MAIL}
EVENTS: dict[str, Any] = {event.model_fields["kind"].default: event for event in r.Event.__subclasses__()}


@dataclass
class Report:
    """Numbers, and a line for each thing that is not as it must be."""

    planned: int = 0
    ended: int = 0
    decisions: int = 0
    decisions_planned: int = 0
    duplicate_decisions: int = 0
    lost_steps: int = 0
    duplicate_cards: int = 0
    duplicate_notes: int = 0
    duplicate_dms: int = 0
    duplicate_emails: int = 0
    keys_left: int = 0
    late: list[str] = field(default_factory=list)
    chains_valid: int = 0
    wrong: list[str] = field(default_factory=list)

    def text(self) -> str:
        rows = (
            f"journeys ended as their people decided  {self.ended}/{self.planned}",
            f"decisions                               {self.decisions}/{self.decisions_planned}",
            f"duplicate decisions                     {self.duplicate_decisions}",
            f"lost steps                              {self.lost_steps}",
            f"duplicate cards                         {self.duplicate_cards}",
            f"duplicate notes                         {self.duplicate_notes}",
            f"duplicate direct messages (counted)     {self.duplicate_dms}",
            f"duplicate e-mails (counted)             {self.duplicate_emails}",
            f"keys left                               {self.keys_left}",
            f"forms that arrived after their journey  {len(self.late)}",
            f"audit chains valid                      {self.chains_valid}/{self.planned}",
        )
        return "\n".join([*rows, *self.wrong, *self.late])

    @property
    def is_good(self) -> bool:
        twice = self.duplicate_decisions + self.duplicate_cards + self.duplicate_notes
        lost = self.lost_steps + self.keys_left + len(self.wrong)
        complete = self.ended == self.chains_valid == self.planned
        return complete and self.decisions == self.decisions_planned and not (twice or lost)


async def quiet(store: RedisStore) -> list[str]:
    """Wait until nothing is left to be said; returns what still is."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + QUIET_SECONDS
    while True:
        try:
            due: list[str] = await store._redis.zrange(store.keys.schedule[0], 0, -1)
        except Exception:  # noqa: BLE001  # just restarted
            due = ["store|card|0"]
        left = [one for one in due if one.split("|")[1] in SPOKEN]
        if not left or loop.time() > deadline:
            return left
        await asyncio.sleep(0.1)


async def audit(company: Company, journeys: Sequence[Journey]) -> Report:
    """Compare what is with what was decided."""
    client, blocking = connect(company.redis_url), connect(company.redis_url, blocking=True)
    store = RedisStore(client, blocking, TEAM_ID)
    secret = derive(Keyring.parse(SecretStr(company.keys)).installation_secret, "audit")
    try:
        return await _audit(company, journeys, store, secret)
    finally:
        await client.aclose()
        await blocking.aclose()


async def _audit(company: Company, journeys: Sequence[Journey], store: RedisStore, secret: bytes) -> Report:
    report = Report(planned=len(journeys))
    left = await quiet(store)
    dead = [fields for _, fields in await store._redis.xrange(store.keys.dead)]
    report.lost_steps = len(left) + len(dead)
    report.wrong += [f"still due: {one}" for one in left[:5]] + [f"given up: {one}" for one in dead[:5]]
    marks = Counter(_mark(message) for message in company.world.slack.world.posted if not message.deleted)
    everything = sorted(await store.requests(limit=10**6), key=lambda one: one.opened_at)
    by_name: dict[str, Request] = {}
    late: set[str] = set()
    for one in everything:
        if by_name.setdefault(one.draft.instance_name, one) is not one:
            late.add(one.id)
            report.late.append(_late(one, by_name[one.draft.instance_name], company))
    # The keyspace itself is asked, not only the index, which a bug could leave behind as well.
    held = await store.every_holder() | set(await store.sealed_ids())
    report.keys_left = len(held - late)
    for journey in journeys:
        request = by_name.get(journey.instance)
        if request is None:
            report.wrong.append(f"{journey.instance}: no request")
            continue
        request, entries = await _chain(store, request.id)
        await _one(report, journey, request, entries, secret, marks)
    report.duplicate_notes = _extra(marks, "note:")
    report.duplicate_dms = _extra(marks, "tell:")
    letters = Counter(letter["Message-ID"] for letter in company.world.mailbox.messages)
    report.duplicate_emails = sum(letters.values()) - len(letters)
    return report


def _late(second: Request, first: Request, company: Company) -> str:
    """Describe a request that opened when the person thought the form had failed, and had sent another."""
    sent = [
        f"{attempt.outcome} {attempt.ms:.0f} ms" + (" repeated" if attempt.retry_num else "")
        for delivery in company.world.slack.deliveries
        if delivery.type == "view_submission" and second.draft.instance_name in str(delivery.payload)
        for attempt in delivery.attempts
    ]
    after = (second.opened_at - first.opened_at).total_seconds()
    return f"{second.id} opened {after:.1f} s after {first.id} ({first.state}); forms sent: {sent}"


async def _chain(store: RedisStore, request_id: str) -> tuple[Request, list[Entry]]:
    """A request and its entries as of one moment: what is watched goes on changing."""
    while True:
        request = (await store.load(request_id)).request
        entries = await store.entries(request_id)
        if request and len(entries) == request.version:
            return request, entries


async def _one(
    report: Report,
    journey: Journey,
    request: Request,
    entries: list[Entry],
    secret: bytes,
    marks: Counter[str],
) -> None:
    report.ended += request.state is journey.end
    if request.state is not journey.end:
        report.wrong.append(f"{request.id}: {request.state}, decided was {journey.end}")
    decided = [entry.event for entry in entries if entry.event in {"approved", "denied"}]
    report.decisions_planned += 1
    report.decisions += bool(decided)
    report.duplicate_decisions += max(0, len(decided) - 1)
    shown = [one for one in journey.cards() if request.id in one.text]
    report.duplicate_cards += max(0, len(shown) - 1)
    says = says_of(shown[-1]) if shown else None
    if says is not request.state:
        report.lost_steps += 1
        report.wrong.append(f"{request.id}: {request.state}, its card says {says}")
    for mark in sorted(_expected(request.id, entries) - set(marks)):
        report.lost_steps += 1
        report.wrong.append(f"never said: {mark}")
    found = flaws(entries, request.audit_head, secret)
    report.chains_valid += not found
    report.wrong += [f"{request.id}: {flaw}" for flaw in found]


def _expected(request_id: str, entries: list[Entry]) -> set[str]:
    """The messages that every move of this request must have caused."""
    said = {f"tell:{request_id}:1"}
    for entry in entries:
        rule = TABLE.get((State(entry.state_from), EVENTS[entry.event])) if entry.state_from else None
        if rule and entry.state_from != entry.state_to:
            said |= {f"{step}:{request_id}:{entry.seq}" for step in rule.says & {Step.NOTE, Step.TELL}}
    return said


def _mark(message: Any) -> str:
    return str(((message.metadata or {}).get("event_payload") or {}).get("mark", ""))


def _extra(marks: Counter[str], prefix: str) -> int:
    return sum(count - 1 for mark, count in marks.items() if mark.startswith(prefix))
