"""`greenlight keys ...`: make, rotate, re-wrap, and drop the keys that wrap sealed keys."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from cyclopts import App

if TYPE_CHECKING:
    from bot.adapters.vault import Keyring
    from bot.keyring import KeySet
    from bot.settings import Settings

keys = App(name="keys", help="Encryption keys of the vault.")


@keys.command
def new() -> None:
    """Print a new key set for GREENLIGHT_ENCRYPTION_KEYS; keep it outside Redis and its backups."""
    from bot.adapters.vault import Keyring

    print(_one_line(Keyring.generate()))


@keys.command
def rotate(*, standby: bool = False) -> None:
    """Add a new primary key and re-wrap everything under it, while the bot runs.

    Parameters
    ----------
    standby
        Only add the key, for opening; `greenlight keys promote` makes it the primary. For several replicas
        that do not share the file.
    """
    from bot.keyring import keyring_of

    settings = _settings()
    _local_wraps(settings)
    held = keyring_of(settings)
    fresh = held.ring.with_standby() if standby else held.ring.with_new_primary()
    _put(settings, held, fresh, rewraps=not standby)


@keys.command
def promote() -> None:
    """Make the key that was added last the primary, and re-wrap everything under it."""
    from bot.keyring import keyring_of

    settings = _settings()
    held = keyring_of(settings)
    _put(settings, held, held.ring.promoted(), rewraps=True)


@keys.command
def rewrap() -> None:
    """Put every sealed key under the present primary key, while the bot runs."""
    asyncio.run(_rewrap(_settings()))


@keys.command
def prune() -> None:
    """Drop the old keys; refused while one of them still wraps something."""
    from bot.domain.errors import GreenlightError
    from bot.keyring import keyring_of

    settings = _settings()
    held = keyring_of(settings)
    used = asyncio.run(_used(settings)) & set(held.ring.ids[1:])
    if used:
        raise GreenlightError(f"{', '.join(sorted(used))} still wraps sealed keys: `greenlight keys rewrap`.")
    _put(settings, held, held.ring.primary_only(), rewraps=False)


@keys.command(name="list")
def list_keys() -> None:
    """The ids of the keys, and how many sealed keys each wraps; never the keys."""
    from bot.keyring import keyring_of

    settings = _settings()
    counts = asyncio.run(_counts(settings))
    ids = keyring_of(settings).ring.ids
    for one in dict.fromkeys((*ids, *counts)):
        print(f"{one}  wraps {counts.get(one, 0)}{'  (first of the key set)' if one == ids[0] else ''}")


def _settings() -> Settings:
    from bot.settings import settings_from_process

    return settings_from_process()


def _one_line(ring: Keyring) -> str:
    # without blanks: so it can stand unquoted in `.env`, in a shell and in a file of its own
    return ",".join(ring.dump().get_secret_value().split())


def _local_wraps(settings: Settings) -> None:
    from bot.domain.errors import GreenlightError

    first = settings.key_provider[0]
    if first != "local":
        raise GreenlightError(f"{first} wraps the keys: rotate there, then run `greenlight keys rewrap`.")


def _put(settings: Settings, held: KeySet, fresh: Keyring, *, rewraps: bool) -> None:
    """Write the set where it is kept, or print it for the operator to put where they keep it."""
    if held.replace(fresh):
        print(f"The key set is now {', '.join(fresh.ids)}; the first one wraps.")
        asyncio.run(_rewrap(settings) if rewraps else _note(settings, fresh))
        return
    print(_one_line(fresh))
    told = "Put this key set where GREENLIGHT_ENCRYPTION_KEYS comes from and restart every replica"
    then = "; then run `greenlight keys rewrap` with it." if rewraps else "."
    print(f"greenlight: {told}{then} Nothing was changed yet.", file=sys.stderr)


async def _rewrap(settings: Settings) -> None:
    from bot.clock import utc_now
    from bot.ground import ground
    from bot.rewrap import rewrap_all

    async with ground(settings) as base:
        done = await rewrap_all(base.store, base.vault)
        counts = {"moved": done.moved, "present": done.present, "gone": done.gone}
        facts = {"wraps": settings.key_provider[0], "key_set": list(base.keys.ring.ids)}
        await base.decisions.record("keys_rewrapped", None, utc_now(), facts | counts)
        print(
            f"{done.moved} sealed keys re-wrapped, {done.present} were right already, {done.gone} went away."
        )
        old = base.keys.ring.ids[1:]
    if old:
        print(f"When every replica has the new set, {', '.join(old)} can go: `greenlight keys prune`.")


async def _note(settings: Settings, fresh: Keyring) -> None:
    """Put a changed key set on record; a store that no bot has used yet has no record to put it on."""
    from bot.clock import utc_now
    from bot.domain.errors import GreenlightError
    from bot.ground import ground

    try:
        async with ground(settings) as base:
            await base.decisions.record("key_set_changed", None, utc_now(), {"key_set": list(fresh.ids)})
    except GreenlightError as error:
        print(f"greenlight: this was not put on record: {error}", file=sys.stderr)


async def _used(settings: Settings) -> set[str]:
    return set(await _counts(settings))


async def _counts(settings: Settings) -> dict[str, int]:
    from bot.ground import ground
    from bot.rewrap import wrapping_keys

    async with ground(settings) as base:
        return dict(await wrapping_keys(base.store, base.vault))
