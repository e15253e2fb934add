"""The Redis-protocol server, the key set, the disk, and the work that waits in the schedule."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.doctor.finding import Finding, Findings, failure, ok, unseen, warning
from bot.doctor.seen import StoreSeen, WorkSeen

OLDEST = {"redis": (7,), "valkey": (8,)}
SLOW_MS, TOO_SLOW_MS = 20.0, 250.0
CLI = 'redis-cli -u "$REDIS_URL"'
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
STUCK = timedelta(minutes=5)
GIB = 1024**3
ACL = (
    "ACL SETUSER greenlight on '>CHOOSE-A-PASSWORD' resetkeys '~gl:*' resetchannels "
    "-@all +@read +@write +@connection +@transaction +@scripting +ping +time +info "
    "'+config|get' '+acl|whoami' -flushall -flushdb -keys -swapdb"
)


_REFUSED = f"Look at the server's log and memory: `{CLI} INFO persistence`, `{CLI} INFO memory`"
_WRITES = {
    "ReadOnlyError": "It is a replica: put the address of its primary into REDIS_URL.",
    "OutOfMemoryError": f"It is full: give it more memory, or lift the limit: `{CLI} CONFIG SET maxmemory 0`",
}


def server(seen: StoreSeen) -> Findings:
    """Reachable, writable, new enough, near enough."""
    if seen.error:
        mend = f"Start the server, and check host, port, user and password in REDIS_URL: `{CLI} PING`"
        return [failure("redis", f"The server does not answer ({seen.error}).", mend)]
    found = [_version(seen), _latency(seen)]
    if seen.write_error:
        mend = _WRITES.get(seen.write_error, _REFUSED)
        found.append(failure("redis writes", f"The server refuses writes ({seen.write_error}).", mend))
    return found


def _version(seen: StoreSeen) -> Finding:
    text = f"{seen.product} {'.'.join(map(str, seen.version))}"
    oldest = OLDEST.get(seen.product)
    if oldest is None or not seen.version:
        return unseen("redis version", "The server does not say what it is.", f"Ask it: `{CLI} INFO server`")
    if seen.version < oldest:
        return failure("redis version", f"{text} is too old.", "Move to Redis 7 or Valkey 8, or newer.")
    return ok("redis version", f"{text}.")


def _latency(seen: StoreSeen) -> Finding:
    took = seen.milliseconds or 0.0
    why = f"A round trip takes {took:.1f} ms"
    mend = f"Put the bot near its server, and look for the cause: `{CLI} --latency-history`"
    if took > TOO_SLOW_MS:
        return failure("redis latency", f"{why}; a click has three seconds for about four of them.", mend)
    if took > SLOW_MS:
        return warning("redis latency", f"{why}.", mend)
    return ok("redis latency", f"{why}.")


def persistence(seen: StoreSeen) -> Finding:
    """Whether what was acknowledged survives a crash of the server."""
    name = "redis persistence"
    mend = f"`{CLI} CONFIG SET appendonly yes` now, and `appendonly yes` in its configuration file for good."
    if seen.aof is None:
        why = "The server does not say whether it keeps an append-only file."
        return unseen(name, why, "Ask its operator; a managed service has a switch for it.")
    if not seen.aof:
        return warning(name, "Without an append-only file, a restart of the server loses decisions.", mend)
    if seen.fsync == "no":
        better = f"`{CLI} CONFIG SET appendfsync everysec` now, and the same in its configuration file."
        return warning(name, "The append-only file is not flushed to disk (appendfsync no).", better)
    loses = {"always": "nothing that was acknowledged is lost", "everysec": "a crash loses at most a second"}
    return ok(name, f"Append-only file, {loses.get(seen.fsync or '', 'flushed as the server likes')}.")


def eviction(seen: StoreSeen) -> Finding:
    """Whether the server throws data away when memory runs out."""
    name = "redis eviction"
    if seen.policy is None:
        return unseen(
            name, "The server does not say its maxmemory-policy.", "Ask its operator for noeviction."
        )
    if seen.policy != "noeviction":
        why = f"With maxmemory-policy {seen.policy} the server may throw requests away."
        mend = f"`{CLI} CONFIG SET maxmemory-policy noeviction` now, and the same in its configuration file."
        return failure(name, why, mend)
    return ok(name, "noeviction: full memory refuses writes instead of forgetting.")


def transport(url: str | None) -> Finding:
    """TLS, where the way to the server leaves this machine; `url` is None for the embedded server."""
    name = "redis TLS"
    if url is None or url.startswith("unix://") or urlsplit(url).hostname in LOOPBACK:
        return ok(name, "The way to the server does not leave this machine.")
    if url.startswith("rediss"):
        return ok(name, "Encrypted.")
    why = "The way to the server is not encrypted."
    return warning(name, why, "Use a rediss:// address in REDIS_URL; inside one private network, know that.")


def account(seen: StoreSeen, *, embedded: bool) -> Finding:
    """The user this bot is on the server."""
    name = "redis user"
    if embedded:
        return ok(name, "The socket of the embedded server belongs to this user only.")
    if seen.user is None:
        return unseen(name, "The server does not say which user this is.")
    if seen.user != "default":
        return ok(name, f"{seen.user}.")
    why = "The bot is the all-powerful default user."
    return warning(name, why, f"`{CLI} {ACL}`, then put that user and password into REDIS_URL.")


def keys(
    error: str, *, ids: Collection[str] = (), primary: str = "", sealed_with: Collection[str] = ()
) -> Findings:
    """The key set: readable, working, and able to open what is stored (`sealed_with`: its key ids)."""
    name = "encryption keys"
    if error:
        mend = "Put the whole text that `greenlight keys new` printed into GREENLIGHT_ENCRYPTION_KEYS."
        return [failure(name, error, mend)]
    if strange := sorted(set(sealed_with) - set(ids)):
        why = f"Stored keys are sealed with {', '.join(strange)}, which the key set does not hold."
        mend = "Put the old key set back into GREENLIGHT_ENCRYPTION_KEYS; then `greenlight keys rotate`."
        return [failure(name, why, mend)]
    return [ok(name, f"{len(ids)} in the set, {primary} seals; everything stored can be opened.")]


def key_file(file: str, mode: int | None) -> Findings:
    """Who may read the key set's file; `mode` is None where it is not this user's business."""
    if mode is None or not mode & 0o077:
        return []
    why = f"Others on this machine can read {file} (mode {mode:03o})."
    return [warning("key file", why, f"`chmod 600 {file}`")]


def disk(free: int, folder: str) -> Finding:
    """Room for the embedded server's files; `free` in bytes."""
    why = f"{free / GIB:.1f} GiB free for {folder}."
    mend = f"Make room, or move the data: `df -h {folder}`, GREENLIGHT_DATA_DIR."
    if free < GIB // 10:
        return failure("disk", why, mend)
    return warning("disk", why, mend) if free < GIB else ok("disk", why)


def work(seen: WorkSeen, now: datetime) -> Findings:
    """Steps nobody performs, and steps that were given up."""
    found: Findings = []
    if seen.overdue and seen.oldest and now - seen.oldest > STUCK:
        late = int((now - seen.oldest).total_seconds() // 60)
        why = f"{seen.overdue} steps are due and nobody performs them, the first since {late} minutes."
        found.append(failure("schedule", why, "Start a bot, or look why none works: `greenlight run`"))
    else:
        found.append(ok("schedule", f"{seen.overdue} steps are due at this moment, none for long."))
    if seen.dead:
        reasons = "; ".join(seen.reasons)
        why = f"{seen.dead} steps were given up; the last: {reasons}"
        mend = "Mend the cause, then do them again: `greenlight steps retry`"
        found.append(warning("dead letters", why, mend))
    else:
        found.append(ok("dead letters", "No step was given up."))
    return found
