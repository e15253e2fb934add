"""Care for sealed keys: re-wrap them online, and prove that none outlived its request."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

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


class Known(NamedTuple):
    """What is kept of a request while all are looked at: its state, and why it should have no key."""

    state: str
    why_not: str


async def leftovers(
    store: Census, requests: AsyncIterable[tuple[str, Request | None]], *, deep: bool
) -> list[str]:
    """What is wrong with the set of sealed keys, one sentence each: none may outlive its request.

    Compares three sources: what requests say (None: it cannot be read), the index, the entries themselves
    (`deep`: of any name).
    """
    known = {one: _known(request) async for one, request in requests}
    indexed = set(await store.sealed_ids())
    held = await store.holding(known.keys() | indexed)
    held |= await store.every_holder() if deep else set()
    stray = Known("", "there is no such request")
    found = [
        f"{one}: a key is stored, and {why}" for one in sorted(held) if (why := known.get(one, stray).why_not)
    ]
    found += [f"{one}: a key is stored outside the index" for one in sorted(held - indexed)]
    found += [f"{one}: indexed, and no key is stored" for one in sorted(indexed - held)]
    wanting = (one for one, request in known.items() if one not in held and not request.why_not)
    return found + [f"{one}: is {known[one].state}, and its key is missing" for one in sorted(wanting)]


def _known(request: Request | None) -> Known:
    if request is None:
        return Known("", "its request cannot be read")
    if request.state in FINAL:
        return Known(request.state, f"the request is {request.state}")
    return Known(request.state, "its destruction is on record" if request.key_destroyed_at else "")
