"""Copies of the audit trail outside the store: a file, an HTTPS collector, a syslog server over TLS.

Each keeps one entry per call and says `Transient` until it is kept; the schedule then brings the entry
again, for as long as it takes. Twice is possible, never is not: readers tell by request and `seq`.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from bot.adapters.http import Reply, fetch
from bot.domain.audit import Entry
from bot.domain.errors import Transient
from bot.ports import AuditMirror

DEADLINE = 10.0
SYSLOG_PRIORITY = 13 * 8 + 5  # facility 13 "log audit", severity 5 "notice" (RFC 5424, tables 1 and 2)


class FileMirror:
    """One JSON line per entry, appended and flushed to the disk; opened anew each time: it may be rotated."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def keep(self, entry: Entry) -> None:
        """Append one line; raises `Transient` while the disk refuses or is too slow."""
        try:
            async with asyncio.timeout(DEADLINE):
                await asyncio.to_thread(_append, self._path, entry.model_dump_json().encode() + b"\n")
        except OSError as error:  # TimeoutError is one
            raise Transient("audit file", type(error).__name__) from None


def _append(path: Path, line: bytes) -> None:
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        if _torn(file):  # a full disk or a crash cut a line short: ours starts on a line of its own
            line = b"\n" + line
        if os.write(file, line) != len(line):
            raise OSError("short write")
        os.fsync(file)
    finally:
        os.close(file)


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
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"{entry.request}:{entry.seq}"}
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
