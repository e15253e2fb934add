"""Copies of the audit trail outside the store: a file, an HTTPS collector, a syslog server over TLS.

Each keeps one entry per call and says `Transient` until it is kept; the schedule then brings the entry
again, for as long as it takes. Twice is possible, never is not: readers tell by request and `seq`.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import ssl
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from bot.adapters.http import Reply, failure_of, fetch
from bot.doctor.seen import CopySeen, CopyTrouble
from bot.domain.audit import Entry
from bot.domain.errors import Transient
from bot.ports import AuditMirror

DEADLINE = 10.0
LOCK_SECONDS, LOCK_AGAIN = 5.0, 0.02  # for a lock, which the others hold while they write one line
SYSLOG_PRIORITY = 13 * 8 + 5  # facility 13 "log audit", severity 5 "notice" (RFC 5424, tables 1 and 2)


class FileMirror:
    """One JSON line per entry, appended and flushed to the disk; opened anew each time: it may be rotated."""

    def __init__(self, path: Path, *, patience: float = LOCK_SECONDS) -> None:
        self._path = path
        self._patience = patience

    async def keep(self, entry: Entry) -> None:
        """Append one line; raises `Transient` while the disk refuses or is slow, or the file is locked."""
        line = entry.model_dump_json().encode() + b"\n"
        try:
            async with asyncio.timeout(DEADLINE):
                await asyncio.to_thread(_append, self._path, line, self._patience)
        except OSError as error:  # TimeoutError is one
            raise Transient("audit file", type(error).__name__) from None


def _append(path: Path, line: bytes, patience: float) -> None:
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        _lock(file, patience)
        if _torn(file):  # a full disk or a crash cut a line short: ours starts on a line of its own
            line = b"\n" + line
        if os.write(file, line) != len(line):
            raise OSError("short write")
        os.fsync(file)
    finally:
        os.close(file)


def _lock(file: int, patience: float) -> None:
    """Else the line that another is just writing looks torn; raises OSError where it is kept locked.

    A thread that waited for ever would be one of the few that also look names up.
    """
    until = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise
            time.sleep(LOCK_AGAIN)


def _torn(file: int) -> bool:
    size = os.fstat(file).st_size
    return size > 0 and os.pread(file, 1, size - 1) != b"\n"


class HttpMirror:
    """Posts one entry as JSON; only a 2xx answer counts as kept."""

    def __init__(self, url: str, token: SecretStr | None, http: httpx.AsyncClient) -> None:
        self._url = url
        self._token = token
        self._http = http

    async def keep(self, entry: Entry) -> None:
        """Post one entry; raises `Transient`, whatever the collector says instead of 2xx."""
        # Of the chain of a workspace every installation has an entry 1; the seal is this installation's.
        key = f"{entry.request}:{entry.seq}:{entry.seal[:16]}"
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        reply = await fetch(
            self._http,
            self._url,
            params={},
            headers=headers,
            deadline=DEADLINE,
            wants_body=lambda _: False,
            content=entry.model_dump_json().encode(),
        )
        if not isinstance(reply, Reply):
            raise Transient("audit collector", reply)
        if not 200 <= reply.status < 300:
            raise Transient("audit collector", f"HTTP {reply.status}")


class SyslogMirror:
    """Sends one entry as an RFC 5424 message, counted in octets over TLS (RFC 5425).

    Syslog has no acknowledgement: kept means that the server took the bytes and closed in order.
    """

    def __init__(self, url: str, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        tls = parts.scheme == "syslog+tls"
        self._host, self._port = parts.hostname or "", parts.port or (6514 if tls else 601)
        self._context = (context or ssl.create_default_context()) if tls else None

    async def keep(self, entry: Entry) -> None:
        """Send one entry over a connection of its own; raises `Transient` unless it went out in order."""
        try:
            async with asyncio.timeout(DEADLINE):
                await self._send(_frame(entry))
        except (OSError, asyncio.IncompleteReadError) as error:  # ssl.SSLError and TimeoutError are OSErrors
            raise Transient("audit collector", type(error).__name__) from None

    async def greet(self) -> None:
        """Connect, encrypt and leave without a message; raises `OSError`, of which `ssl.SSLError` is one."""
        async with asyncio.timeout(DEADLINE):
            await self._send(b"")

    async def _send(self, frame: bytes) -> None:
        reader, writer = await asyncio.open_connection(self._host, self._port, ssl=self._context)
        try:
            writer.write(frame)
            await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()
                await reader.read()  # the server's own end: it has read everything before it
        finally:
            writer.close()
            await writer.wait_closed()


def _frame(entry: Entry) -> bytes:
    stamp = entry.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    head = f"<{SYSLOG_PRIORITY}>1 {stamp} - greenlight - {entry.event} -"
    message = f"{head} {entry.model_dump_json()}".encode()
    return f"{len(message)} ".encode() + message


def remote_mirror(url: str, token: SecretStr | None, http: httpx.AsyncClient) -> AuditMirror:
    """The collector that a URL means: syslog by its scheme, HTTP otherwise."""
    return SyslogMirror(url) if url.startswith("syslog+") else HttpMirror(url, token, http)


def look_at_file(path: Path) -> CopySeen:
    """Whether an entry could be appended; leaves the file as it is, and makes none."""
    where = str(path)
    if not path.parent.is_dir():
        return CopySeen(where, CopyTrouble.NO_FOLDER)
    if path.is_symlink() or (path.exists() and not path.is_file()):
        return CopySeen(where, CopyTrouble.NOT_A_FILE)
    try:
        if path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC))
        else:
            with tempfile.TemporaryFile(dir=path.parent):
                pass
    except OSError:
        return CopySeen(where, CopyTrouble.REFUSED, str(os.geteuid()))
    return CopySeen(where)


async def look_at_collector(url: str, token: SecretStr | None, http: httpx.AsyncClient) -> CopySeen:
    """Whether the collector is there and knows the token; no entry is sent."""
    if url.startswith("syslog+"):
        return await _look_at_syslog(url)
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    reply = await fetch(http, url, params={}, headers=headers, wants_body=lambda _: False, deadline=DEADLINE)
    if not isinstance(reply, Reply):
        return CopySeen(url, CopyTrouble.AWAY, reply)
    if reply.status in {401, 403}:
        return CopySeen(url, CopyTrouble.REFUSED, str(reply.status))
    return CopySeen(url, CopyTrouble.ILL if reply.status >= 500 else None, str(reply.status))


async def _look_at_syslog(url: str) -> CopySeen:
    try:
        await SyslogMirror(url).greet()
    except OSError as error:
        return CopySeen(url, CopyTrouble.AWAY, failure_of(error) if _is_known(error) else "connect")
    return CopySeen(url)


def _is_known(error: OSError) -> bool:
    return isinstance(error, ssl.SSLError | TimeoutError)
