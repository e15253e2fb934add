"""One entry per thing that happened, chained by hash and sealed: tampering, truncation, reordering show."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from bot.domain.evidence import Stored


class Entry(Stored):
    """One audit entry; `seq` is the request's version after it, `facts` are the event's own fields."""

    request: str
    seq: int
    at: datetime
    event: str
    by: str | None
    state_from: str
    state_to: str
    facts: dict[str, Any]
    prev: str = ""
    hash: str = ""
    seal: str = ""

    def body(self) -> bytes:
        """What is hashed: every field but the hash and its seal, canonical JSON."""
        fields = self.model_dump(mode="json", exclude={"hash", "seal"})
        return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


class Chain(NamedTuple):
    """All entries, and where they end: how many there are, the last hash, and the seal of both."""

    entries: Sequence[Entry]
    length: int
    head: str
    seal: str


def link(entry: Entry, prev: str, secret: bytes) -> Entry:
    """Chain the entry to `prev` and seal it with the installation's audit key."""
    chained = entry.model_copy(update={"prev": prev})
    digest = hashlib.sha256(chained.body()).hexdigest()
    return chained.model_copy(update={"hash": digest, "seal": seal(digest, secret)})


def seal(digest: str, secret: bytes) -> str:
    """HMAC-SHA256 of a hash: without the key, a rewritten chain cannot be sealed again."""
    return hmac.new(secret, digest.encode(), hashlib.sha256).hexdigest()


def end_seal(request: str, length: int, head: str, secret: bytes) -> str:
    """Seal where a chain ends, so that an export cannot lose its last entries unnoticed."""
    return seal(f"{request}|{length}|{head}", secret)


def pack_seal(pack: dict[str, Any], secret: bytes) -> str:
    """Seal everything an evidence pack says, also around its chain; its layout as JSON does not matter."""
    said = {name: value for name, value in pack.items() if name != "seal"}
    return seal(f"pack|{json.dumps(said, sort_keys=True, separators=(',', ':'))}", secret)


def sealed_pack(pack: dict[str, Any], secret: bytes) -> dict[str, Any]:
    """Return the pack with its seal in it."""
    return pack | {"seal": pack_seal(pack, secret)}


def page_seal(page: str, secret: bytes) -> str:
    """Seal a page as people see it."""
    return seal(f"page|{page}", secret)


def flaws(entries: list[Entry], head: str, secret: bytes | None, length: int | None = None) -> list[str]:
    """List what is wrong with a chain, each with its place; empty means intact.

    `head` is the hash stored in the request and `length` its version; without `secret` the seals are not
    checked.
    """
    found, prev = [], ""
    for position, entry in enumerate(entries, start=1):
        if entry.seq != position:
            found.append(f"entry {position}: sequence number {entry.seq}")
        if entry.prev != prev:
            found.append(f"entry {position}: does not follow the entry before it")
        if hashlib.sha256(entry.body()).hexdigest() != entry.hash:
            found.append(f"entry {position}: content was changed")
        if secret is not None and not hmac.compare_digest(
            seal(entry.hash, secret).encode(), entry.seal.encode()
        ):
            found.append(f"entry {position}: seal does not match")
        prev = entry.hash
    if length is not None and len(entries) < length:
        found.append(f"entries are missing: {len(entries)} of {length} are there")
    if prev != head:
        found.append("the end of the chain is not the head the request remembers")
    return found
