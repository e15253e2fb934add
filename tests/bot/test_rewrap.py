"""Re-wrapping while the bot works, and the proof that no key outlives its request (threats 3 and 4)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from weakref import ref

import pytest
from pydantic import SecretStr

from bot.adapters.redis import RedisStore
from bot.adapters.redis_client import connect
from bot.adapters.vault import Keyring, Vault
from bot.domain.destination import Offer
from bot.domain.errors import TooNew, VaultError
from bot.domain.ids import new_request_id
from bot.domain.lifecycle import Terms
from bot.domain.policy import Actor
from bot.domain.request import Cancelled, Request
from bot.rewrap import leftovers, rewrap_all, wrapping_keys
from bot.service import Home, Service
from tests.factories import a_draft

KEY = "sk-proj-7f3a91Canary_0123456789"


@dataclass
class Installation:
    """A store with a service on it, and a key set that can be exchanged."""

    store: RedisStore
    ring: Keyring

    def service(self, ring: Keyring | None = None) -> Service:
        vault = Vault(ring or self.ring, self.ring.installation_secret)
        ids, home = count(1), Home("T0", "Acme", Offer(tenants=("https://acme.goskope.com",)), b"audit")
        return Service(
            self.store,
            vault,
            home,
            Terms(),
            lambda: datetime.now(UTC),
            lambda: new_request_id(next(ids).to_bytes(4)),
        )

    async def opened(self, number: int) -> list[Request]:
        service = self.service()
        drafts = [a_draft(workspace_id=f"f7f33107-5fb9-4ee1-8922-{i:012d}") for i in range(number)]
        return [
            (
                await service.open(
                    draft,
                    SecretStr(f"{KEY}{i}"),
                    Actor(id=f"U0ADMIN{i}", team="T0", admin=True),  # one each: a person may start a few only
                    admin_key=False,
                    idempotency=f"o{i}",
                )
            ).request
            for i, draft in enumerate(drafts)
        ]

    def vault(self, ring: Keyring) -> Vault:
        return Vault(ring, self.ring.installation_secret)


@pytest.fixture
async def installation(redis_url: str) -> AsyncIterator[Installation]:
    client, blocking = connect(redis_url), connect(redis_url, blocking=True)
    yield Installation(RedisStore(client, blocking, "T0"), Keyring.generate())
    await client.aclose()
    await blocking.aclose()


async def test_every_sealed_key_moves_to_the_new_primary_and_the_old_key_can_go(
    installation: Installation,
) -> None:
    requests = await installation.opened(12)
    rotated = installation.ring.with_new_primary()
    done = await rewrap_all(installation.store, installation.vault(rotated))
    assert (done.moved, done.present, done.gone) == (12, 0, 0)
    assert (await rewrap_all(installation.store, installation.vault(rotated))).present == 12
    assert dict(await wrapping_keys(installation.store, installation.vault(rotated))) == {
        rotated.primary_id: 12
    }
    later = installation.service(rotated.primary_only())
    assert (await later.key_of(requests[3])) == SecretStr(f"{KEY}3")
    with pytest.raises(VaultError, match="no longer holds key"):
        await installation.service().key_of(requests[3])


async def test_a_re_wrap_never_brings_a_destroyed_key_back(installation: Installation) -> None:
    requests = await installation.opened(20)
    service, rotated = installation.service(), installation.ring.with_new_primary()

    async def end(request: Request) -> None:
        await service.apply(request.id, Cancelled(by="U0ADMIN"))

    rewrapping = rewrap_all(installation.store, installation.vault(rotated))
    await asyncio.gather(rewrapping, *(end(request) for request in requests))
    assert await installation.store.sealed_ids() == []
    assert await installation.store.every_holder() == set()


async def test_a_destruction_is_on_record_in_the_entry_that_ended_the_request(
    installation: Installation,
) -> None:
    (request,) = await installation.opened(1)
    ended = (await installation.service().apply(request.id, Cancelled(by="U0ADMIN"))).request
    last = (await installation.store.entries(request.id))[-1]
    assert last.facts["key_destroyed"] is True
    assert ended.key_destroyed_at == last.at


async def census(installation: Installation, *, deep: bool = False) -> list[str]:
    return await leftovers(installation.store, every(installation.store), deep=deep)


async def every(store: RedisStore) -> AsyncIterator[tuple[str, Request | None]]:
    for one in [one async for ids in store.ids() for one in ids]:
        found = None
        with suppress(TooNew):
            found = (await store.load(one)).request
        yield one, found


async def test_the_key_of_a_request_that_cannot_be_read_is_told_as_that(installation: Installation) -> None:
    (request,) = await installation.opened(1)
    await installation.store._redis.hset(installation.store.keys.request(request.id), "doc", "{}")
    assert await census(installation) == [f"{request.id}: a key is stored, and its request cannot be read"]


async def test_what_was_looked_at_is_let_go_however_many_requests_there_are(
    installation: Installation,
) -> None:
    (request,) = await installation.opened(1)
    seen: list[ref[Request]] = []
    kept: list[int] = []

    async def many() -> AsyncIterator[tuple[str, Request | None]]:
        for number in range(200):
            one = request.model_copy(update={"id": f"GL-{number:06d}"})
            seen.append(ref(one))
            yield one.id, one
        kept.append(sum(one() is not None for one in seen))

    await leftovers(installation.store, many(), deep=False)
    assert kept[0] < 5


async def test_nothing_is_left_over_after_honest_ends(installation: Installation) -> None:
    first, second = await installation.opened(2)
    await installation.service().apply(first.id, Cancelled(by="U0ADMIN"))
    assert await census(installation, deep=True) == []
    assert await installation.store.sealed_ids() == [second.id]


async def test_a_key_that_came_back_behind_the_bots_back_is_found(installation: Installation) -> None:
    (request,) = await installation.opened(1)
    stolen = await installation.store.sealed_key(request.id)
    await installation.service().apply(request.id, Cancelled(by="U0ADMIN"))
    await installation.store._redis.set(installation.store.keys.vault(request.id), stolen)
    assert await census(installation) == [
        f"{request.id}: a key is stored, and the request is cancelled",
        f"{request.id}: a key is stored outside the index",
    ]


async def test_a_key_that_no_request_knows_is_found_by_the_deep_walk_only(installation: Installation) -> None:
    await installation.store._redis.set(installation.store.keys.vault("GL-STRAY1"), "x")
    assert await census(installation) == []
    assert "GL-STRAY1: a key is stored, and there is no such request" in await census(installation, deep=True)


async def test_a_lost_key_and_a_stale_index_are_named(installation: Installation) -> None:
    (request,) = await installation.opened(1)
    await installation.store._redis.delete(installation.store.keys.vault(request.id))
    assert await census(installation) == [
        f"{request.id}: indexed, and no key is stored",
        f"{request.id}: is checking, and its key is missing",
    ]
