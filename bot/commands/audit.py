"""`greenlight audit ...`: check the chains, in the store or offline, and that no key outlived its request."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

if TYPE_CHECKING:
    from bot.adapters.redis import RedisStore
    from bot.domain.request import Request
    from bot.ports import Store
    from bot.views.pack import Pack

_WITHOUT_KEYS = (
    "Seals were not checked, and of an evidence pack only its chain: give the key set with --keys."
)
_UNREADABLE = "its document is missing, damaged, or written by a newer version"
audit = App(name="audit", help="Check the audit chain and the sealed keys.")


@audit.command
def verify(
    request_id: str | None = None,
    *,
    file: Path | None = None,
    keys: Path | None = None,
    against: Path | None = None,
) -> None:
    """Check hash chains and seals; exit code 1 when a flaw is found.

    Parameters
    ----------
    request_id
        Only this request; without it, all of them, and the chain of what concerns the whole workspace.
    file
        Check an export (.json or .html) or an audit mirror (.jsonl) instead of the store; needs nothing else.
    keys
        The key set of the installation, to check the seals of a file; without it only hashes and links are.
    against
        An audit mirror (.jsonl): what it holds must be in the store, unchanged.
    """
    from bot.offline import secret_of, verify_file

    if file:
        found = verify_file(file, secret_of(keys) if keys else None)
        if keys is None:
            print(_WITHOUT_KEYS, file=sys.stderr)
    else:
        found = asyncio.run(_flaws(request_id, against))
    for request, problems in found.items():
        print(f"{request}: {'intact' if not problems else '; '.join(problems)}")
    if not found:
        print("There is no request to check.", file=sys.stderr)
    sys.exit(any(found.values()))


async def _wanted(store: RedisStore, request_id: str) -> AsyncIterator[tuple[str, Request | None]]:
    """One request, or all of them, a page in memory at a time; None for one that cannot be read."""
    from bot.domain.errors import NotFound
    from bot.domain.request import State

    if request_id:
        found = (await store.load(request_id)).request
        if found is None:
            raise NotFound(f"No request {request_id}. `greenlight requests list` shows them.")
        yield request_id, found
        return
    met = set()
    async for request in store.each(frozenset(State), ""):
        met.add(request.id)
        yield request.id, request
    rest = {one async for ids in store.ids() for one in ids} - met
    for one in sorted(rest):  # they moved while their index was read, or are not as we wrote them
        yield one, await _read(store, one)


async def _read(store: Store, request_id: str) -> Request | None:
    from bot.domain.errors import TooNew

    try:
        return (await store.load(request_id)).request
    except TooNew:
        return None


async def _flaws(text: str | None, against: Path | None) -> dict[str, list[str]]:
    from bot.domain.audit import flaws
    from bot.domain.ids import parse_request_id
    from bot.domain.upkeep import CHAIN
    from bot.ground import ground
    from bot.offline import differences, read_mirror
    from bot.settings import settings_from_process

    copies = read_mirror(against) if against else {}
    async with ground(settings_from_process()) as base:
        found: dict[str, list[str]] = {}
        async for name, request in _wanted(base.store, parse_request_id(text) or text if text else ""):
            if request is None:
                found[name] = [_UNREADABLE]
                continue
            entries = (await base.store.entries(request.id))[: request.version]
            found[request.id] = flaws(entries, request.audit_head, base.audit_secret, request.version)
            found[request.id] += differences(entries, copies.get(request.id, []))
        if not text and (decided := await base.decisions.flaws()) is not None:
            stored = await base.decisions.entries()
            found[CHAIN] = decided + differences(stored, copies.get(CHAIN, []))
        unknown = set() if text else copies.keys() - found.keys()
        return found | {one: ["only the copy knows this chain"] for one in unknown}


@audit.command
def export(*, out: Path = Path()) -> None:
    """Write the chain of what concerns the whole workspace, as workspace.json for `audit verify --file`.

    Exit code 1 when the chain is broken; the file is written all the same.

    Parameters
    ----------
    out
        The folder for the file.
    """
    from bot.commands import private_file
    from bot.domain.upkeep import CHAIN

    pack, problems = asyncio.run(_decisions())
    if pack is None:
        print("Nothing was decided for the whole workspace yet.", file=sys.stderr)
    else:
        path = out / f"{CHAIN}.json"
        private_file.write(path, json.dumps(pack, indent=2, ensure_ascii=False) + "\n")
        print(path)
    for problem in problems:
        print(f"greenlight: {problem}", file=sys.stderr)
    sys.exit(bool(problems))


async def _decisions() -> tuple[Pack | None, list[str]]:
    from bot.clock import utc_now
    from bot.domain.audit import sealed_pack
    from bot.domain.upkeep import CHAIN
    from bot.ground import ground
    from bot.settings import settings_from_process
    from bot.views.pack import of_chain

    async with ground(settings_from_process()) as base:
        problems = await base.decisions.flaws()
        if problems is None:
            return None, []
        pack = of_chain(CHAIN, await base.decisions.chain(), utc_now())
        return sealed_pack(pack, base.audit_secret), problems


@audit.command(name="keys")
def sealed_keys(*, deep: bool = False) -> None:
    """Prove that no sealed key outlived its request; exit code 1 when one did, or one is missing.

    Parameters
    ----------
    deep
        Also walk the whole keyspace for keys that no index and no request knows.
    """
    problems, count = asyncio.run(_leftovers(deep=deep))
    for problem in problems:
        print(problem)
    where = "in the whole keyspace" if deep else "among all requests and the index"
    print(f"{count} sealed keys {where}: {f'{len(problems)} problems' if problems else 'none is left over'}.")
    sys.exit(bool(problems))


async def _leftovers(*, deep: bool) -> tuple[list[str], int]:
    from bot.ground import ground
    from bot.rewrap import leftovers
    from bot.settings import settings_from_process

    async with ground(settings_from_process()) as base:
        problems = await leftovers(base.store, _wanted(base.store, ""), deep=deep)
        return problems, len(await base.store.sealed_ids())
