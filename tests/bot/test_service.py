"""One round trip per change, and what an old document never does: decide."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from bot.adapters.redis import RedisStore
from bot.adapters.redis_client import connect
from bot.adapters.vault import Keyring, Vault
from bot.domain import request as r
from bot.domain.destination import Offer
from bot.domain.diagnosis import Verdict
from bot.domain.errors import AlreadySaid, NotPossible, StoreUnavailable
from bot.domain.ids import new_request_id
from bot.domain.lifecycle import Step, Terms
from bot.domain.policy import Action, Actor
from bot.domain.request import Request, State
from bot.ports import Claimed, Save
from bot.service import Home, Service
from bot.steps import bound
from tests.factories import NOW, a_diagnosis, a_draft

ADMIN = Actor(id="U0ADMIN", team="T0GREEN", admin=True)
RITA = Actor(id="U0RITA", team="T0GREEN", reviewer=True)
RAJ = Actor(id="U0RAJ", team="T0GREEN", reviewer=True)


@dataclass
class Replicas:
    redis: Any
    one: Service
    two: Service

    async def in_review(self) -> Request:
        request = (
            await self.one.open(a_draft(), SecretStr("sk-x"), ADMIN, admin_key=False, idempotency="o")
        ).request
        event = r.KeyProbed(subject=request.fingerprint, diagnosis=a_diagnosis(Verdict.MISSING))
        return (await self.one.apply(request.id, event)).request

    async def reads(self) -> int:
        """How often the server has read from a client: a round trip each, whatever a script does inside."""
        return int((await self.redis.info("stats"))["total_reads_processed"])


@pytest.fixture
async def replicas(redis_url: str) -> AsyncIterator[Replicas]:
    client, blocking = connect(redis_url), connect(redis_url, blocking=True)
    keyring, numbers = Keyring.generate(), itertools.count(1)

    def replica() -> Service:
        store = RedisStore(client, blocking, "T0GREEN")
        vault = Vault(keyring, keyring.installation_secret)
        home = Home("T0GREEN", "Acme", Offer(tenants=("https://acme.goskope.com",)), b"audit")
        terms = Terms(quorum=2)
        return Service(
            store, vault, home, terms, lambda: NOW, lambda: new_request_id(next(numbers).to_bytes(4))
        )

    yield Replicas(client, replica(), replica())
    await client.aclose()
    await blocking.aclose()


def yes(request: Request, by: Actor) -> r.Event:
    return r.Approved(by=by.id, fingerprint=request.fingerprint)


async def approve(service: Service, request: Request, by: Actor, click: str) -> Any:
    return await service.apply(
        request.id, yes(request, by), actor=by, action=Action.APPROVE, idempotency=click
    )


async def test_a_change_of_a_request_seen_lately_is_one_round_trip(replicas: Replicas) -> None:
    request = await replicas.in_review()
    before = await replicas.reads()
    await approve(replicas.one, request, RITA, "click-1")
    assert await replicas.reads() - before == 2  # the change, and this question itself


async def test_a_replica_with_an_old_document_decides_on_the_new_one(replicas: Replicas) -> None:
    request = await replicas.in_review()
    await replicas.two.get(request.id)
    await approve(replicas.one, request, RITA, "click-1")
    after = (await approve(replicas.two, request, RAJ, "click-2")).request
    assert (after.state, len(after.approvals)) == (State.AWAITING_OPENAI, 2)


async def test_what_an_old_document_forbids_may_be_allowed_by_the_new_one(replicas: Replicas) -> None:
    request = await replicas.in_review()
    await replicas.two.get(request.id)
    for by, click in ((RITA, "1"), (RAJ, "2")):
        await approve(replicas.one, request, by, click)
    assert (await replicas.two.apply(request.id, r.EmailSent(by="U0ADMIN"))).request.mail


async def test_what_an_old_document_allows_may_be_forbidden_by_the_new_one(replicas: Replicas) -> None:
    request = await replicas.in_review()
    await replicas.two.get(request.id)
    await replicas.one.apply(request.id, r.Cancelled(by="U0ADMIN"))
    with pytest.raises(NotPossible):
        await approve(replicas.two, request, RITA, "click-1")


@pytest.mark.parametrize("again", ["one", "two"])
async def test_a_click_that_is_delivered_again_anywhere_is_recognised_not_refused(
    replicas: Replicas, again: str
) -> None:
    request = await replicas.in_review()
    await replicas.two.get(request.id)
    await approve(replicas.one, request, RITA, "click-1")
    outcome = await approve(getattr(replicas, again), request, RITA, "click-1")
    assert outcome.duplicate
    with pytest.raises(AlreadySaid):
        await approve(getattr(replicas, again), request, RITA, "click-2")
    assert len((await replicas.one.get(request.id)).approvals) == 1


@pytest.mark.parametrize("again", ["one", "two"])
async def test_threat_01_the_click_that_showed_the_key_shows_it_to_nobody_who_delivers_it_again(
    replicas: Replicas, again: str
) -> None:
    for service in (replicas.one, replicas.two):
        service.terms = Terms(quorum=2, handover=True)
    request = await replicas.in_review()
    for by, click in ((RITA, "1"), (RAJ, "2")):
        await approve(replicas.one, request, by, click)
    for minutes in (10, 20):
        replicas.one._clock = lambda minutes=minutes: NOW + timedelta(minutes=minutes)
        event = r.KeyProbed(subject=request.fingerprint, diagnosis=a_diagnosis(Verdict.GRANTED))
        await replicas.one.apply(request.id, event)
    _, key = await replicas.one.show_key(request.id, ADMIN, idempotency="click")
    assert key
    assert key.get_secret_value() == "sk-x"
    with pytest.raises(AlreadySaid):
        await getattr(replicas, again).show_key(request.id, ADMIN, idempotency="click")


async def test_who_has_become_a_guest_is_shown_not_even_what_they_asked_for(replicas: Replicas) -> None:
    request = await replicas.in_review()
    assert [one.id for one in await replicas.one.visible(Actor(id="U0ADMIN"))] == [request.id]
    for trait in ("guest", "deactivated", "other_team", "bot"):
        assert await replicas.one.visible(Actor(id="U0ADMIN").model_copy(update={trait: True})) == []


async def test_fifty_approvers_on_two_replicas_make_one_decision(replicas: Replicas) -> None:
    request = await replicas.in_review()
    people = [Actor(id=f"U{n}", team="T0GREEN", reviewer=True) for n in range(50)]
    services = itertools.cycle((replicas.one, replicas.two))
    results = await asyncio.gather(
        *(approve(next(services), request, person, f"click-{person.id}") for person in people),
        return_exceptions=True,
    )
    after = await replicas.one.get(request.id)
    assert len(after.approvals) == 2
    assert sum(not isinstance(result, BaseException) for result in results) == 2
    assert {type(result) for result in results if isinstance(result, BaseException)} == {NotPossible}


class Forgetful:
    """A store whose answer to one save gets lost on the way."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.loses_an_answer = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def save(self, change: Save) -> str | None:
        said: str | None = await self._store.save(change)
        if self.loses_an_answer:
            self.loses_an_answer = False
            raise StoreUnavailable("ConnectionError")
        return said


async def test_one_probe_counts_once_when_the_answer_to_its_save_got_lost(replicas: Replicas) -> None:
    request = await replicas.in_review()
    service = replicas.one
    service._store = Forgetful(service._store)

    async def work(found: Request, _claimed: Claimed, _ports: Any) -> r.Event:
        return r.KeyProbed(subject=found.fingerprint, diagnosis=a_diagnosis(Verdict.MISSING))

    ports: Any = SimpleNamespace(service=service)
    claimed = Claimed(request.id, Step.PROBE, 0, NOW, 1, "token")
    await bound(work, ports)(claimed)
    assert (await service.get(request.id)).probes.probes == request.probes.probes + 1
    await bound(work, ports)(replace(claimed, token="another"))
    assert (await service.get(request.id)).probes.probes == request.probes.probes + 2
