"""Care for sealed keys: re-wrap them online, and prove that none outlived its request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from bot.domain.request import FINAL, Request
from bot.ports import Store
from bot.service import KEY_FIELD

ATTEMPTS = 5


class Rewrapper(Protocol):
    """The side of the vault that changes the wrapping and never sees the secret."""

    async def rewrap(self, sealed: str, *, request: str, field: str) -> str:
        """Wrap under the present primary key."""

    def needs_rewrap(self, sealed: str) -> bool:
        """Whether another key wraps it."""

    def wrapped_by(self, sealed: str) -> str:
        """The id of the key that wraps it."""


class Census(Store, Protocol):
    """A store that can count its sealed keys without its own index."""

    async def holding(self, ids: Iterable[str]) -> set[str]:
        """Which of these requests have a sealed key, whatever the index says."""

    async def every_holder(self) -> set[str]:
        """Ids of all sealed keys, found by walking the whole keyspace."""


@dataclass(frozen=True)
class Rewrapped:
    """How many sealed keys were moved, were right already, or went away meanwhile."""

    moved: int = 0
    present: int = 0
    gone: int = 0


async def rewrap_all(store: Store, vault: Rewrapper) -> Rewrapped:
    """Put every sealed key under the present primary key, while the bot goes on working with them."""
    found = Counter([await _rewrap(store, vault, one) for one in await store.sealed_ids()])
    return Rewrapped(found["moved"], found["present"], found["gone"])


async def _rewrap(store: Store, vault: Rewrapper, request_id: str) -> str:
    for _ in range(ATTEMPTS):
        sealed = await store.sealed_key(request_id)
        if sealed is None:
            return "gone"
        if not vault.needs_rewrap(sealed):
            return "present"
        fresh = await vault.rewrap(sealed, request=request_id, field=KEY_FIELD)
        if await store.replace_sealed(request_id, sealed, fresh):
            return "moved"
    return "gone"  # corrected again and again: whatever is there now was sealed a moment ago


async def wrapping_keys(store: Store, vault: Rewrapper) -> Counter[str]:
    """How many sealed keys each wrapping key holds."""
    texts = [await store.sealed_key(one) for one in await store.sealed_ids()]
    return Counter(vault.wrapped_by(text) for text in texts if text)


async def leftovers(store: Census, requests: list[Request], *, deep: bool) -> list[str]:
    """What is wrong with the set of sealed keys, one sentence each: none may outlive its request.

    Compares three sources: what requests say, the index, the entries themselves (`deep`: of any name).
    """
    by_id = {request.id: request for request in requests}
    indexed = set(await store.sealed_ids())
    held = await store.holding(by_id.keys() | indexed)
    held |= await store.every_holder() if deep else set()
    found = [
        f"{one}: a key is stored, and {why}" for one in sorted(held) if (why := _why_not(by_id.get(one)))
    ]
    found += [f"{one}: a key is stored outside the index" for one in sorted(held - indexed)]
    found += [f"{one}: indexed, and no key is stored" for one in sorted(indexed - held)]
    wanting = (one for one, request in by_id.items() if one not in held and not _ended(request))
    return found + [f"{one}: is {by_id[one].state}, and its key is missing" for one in sorted(wanting)]


def _ended(request: Request) -> bool:
    return request.state in FINAL or request.key_destroyed_at is not None


def _why_not(request: Request | None) -> str:
    if request is None:
        return "there is no such request"
    if request.state in FINAL:
        return f"the request is {request.state}"
    return "its destruction is on record" if request.key_destroyed_at else ""
