"""The one way out over HTTP: short, bounded, never redirected; httpx's errors end here."""

import asyncio
import ipaddress
import logging
import ssl
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies

import httpcore
import httpx

from bot import tracing
from bot.adapters.egress import Egress, GuardedBackend
from bot.domain.diagnosis import Failure

READ_LIMIT = 64 * 1024
"""Bytes read of any body; a longer one is cut and cannot be parsed, so it is reported as malformed."""

_TIMEOUT = httpx.Timeout(15.0, connect=5.0)
CALL_SECONDS = 30.0
TOGETHER = 20.0
"""Seconds for all calls of one step: less than a step is given, so that slowness is an answer."""

_LIMITS = httpx.Limits(max_connections=20, max_keepalive_connections=5, keepalive_expiry=30.0)
_LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")

FAILURES: tuple[tuple[type[BaseException], Failure], ...] = (
    (httpx.TimeoutException, "timeout"),
    (TimeoutError, "timeout"),
    (httpx.HTTPError, "connect"),
    (httpx.InvalidURL, "connect"),
    (httpx.StreamError, "connect"),
)
"""First match wins; a TLS failure is recognised by its cause, because httpx calls it a connection error."""


class UnsafeUrlError(ValueError):
    """A configured base URL is not one the bot may send a secret to; the text never repeats the value."""


@dataclass(frozen=True)
class Reply:
    """One answer; `body` is None when it was deliberately not read."""

    status: int
    content_type: str
    retry_after: str | None
    challenged: bool
    body: bytes | None


class _Guarded(httpx.AsyncHTTPTransport):
    """httpx's transport over a pool that looks at every address before it dials."""

    def __init__(self, egress: Egress) -> None:
        super().__init__(limits=_LIMITS)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=_LIMITS.max_connections,
            max_keepalive_connections=_LIMITS.max_keepalive_connections,
            keepalive_expiry=_LIMITS.keepalive_expiry,
            network_backend=GuardedBackend(egress),
        )


def open_client(
    version: str, *, timeout: httpx.Timeout = _TIMEOUT, private_hosts: Collection[str] = ()
) -> httpx.AsyncClient:
    """Return a client that reuses connections, follows no redirect, says who it is; the caller closes it.

    It dials no private address, except for `private_hosts` and this machine; through a company proxy the
    proxy decides, and so it does for hosts that NO_PROXY lists.
    """
    for name in ("httpx", "httpcore"):  # they log every URL at INFO
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpx.AsyncClient(
        timeout=timeout,
        limits=_LIMITS,
        follow_redirects=False,
        # A company proxy is for the outside, never for loopback.
        mounts=_direct(private_hosts) | dict.fromkeys(_LOOPBACK),
        headers={
            "User-Agent": f"Greenlight/{version} (+compliance-connection-check; contact: security team)",
            "Accept": "application/json",
            "Accept-Encoding": "identity",  # a bounded body stays bounded
        },
    )


def _direct(private_hosts: Collection[str]) -> dict[str, httpx.AsyncBaseTransport | None]:
    """Return the way out for everything no proxy is set for."""
    return {} if "all" in getproxies() else {"all://": _Guarded(Egress(private_hosts))}


def check_base_url(name: str, url: str) -> str:
    """Return `url` without trailing slash; raise `UnsafeUrlError` unless it is https, or http on loopback."""
    parts = split_url(name, url)
    if parts.username or parts.password or parts.query or parts.fragment or not parts.hostname:
        raise UnsafeUrlError(f"{name} must be a plain base URL such as https://host/path")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        raise UnsafeUrlError(f"{name} must start with https:// (http:// only on loopback)")
    return url.strip().rstrip("/")


def split_url(name: str, url: str) -> SplitResult:
    """Return the parts of a configured URL; raise `UnsafeUrlError` where Python would repeat it."""
    try:
        parts = urlsplit(url.strip())
        parts.port  # noqa: B018 - raises for a port that is no number
    except ValueError:
        raise UnsafeUrlError(f"{name} is not a URL") from None
    return parts


def is_loopback(host: str) -> bool:
    """Return whether `host` is this machine, by name or address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def fetch(
    client: httpx.AsyncClient,
    url: str,
    *,
    params: Mapping[str, str],
    headers: Mapping[str, str],
    wants_body: Callable[[int], bool] = lambda _: True,
    deadline: float = CALL_SECONDS,
    read_limit: int = READ_LIMIT,
    content: bytes | None = None,
) -> Reply | Failure:
    """GET `url`, or POST `content` to it; read at most `read_limit` bytes.

    Nothing is read when `wants_body(status)` is False.

    `deadline` bounds the whole exchange in seconds, so that a dripping answer cannot hold the caller.
    """
    try:
        with tracing.span("http", host=urlsplit(url).hostname or ""):
            async with (
                asyncio.timeout(deadline),
                client.stream(
                    "GET" if content is None else "POST", url, params=params, headers=headers, content=content
                ) as response,
            ):
                return Reply(
                    status=response.status_code,
                    content_type=response.headers.get("content-type", ""),
                    retry_after=_wait(response),
                    challenged="cf-mitigated" in response.headers,
                    body=await _read(response, read_limit) if wants_body(response.status_code) else None,
                )
    except tuple(kind for kind, _ in FAILURES) as error:
        return failure_of(error)


async def reach(client: httpx.AsyncClient, url: str) -> Reply | Failure:
    """Ask for `url` without any credential, only to see whether the host answers; the body is not read."""
    return await fetch(client, url, params={}, headers={}, wants_body=lambda _: False, deadline=10.0)


def failure_of(error: BaseException) -> Failure:
    """Return our name for an error of httpx."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return next(name for kind, name in FAILURES if isinstance(error, kind))


def _wait(response: httpx.Response) -> str | None:
    names = ("retry-after", "ratelimit-reset") if response.status_code == 429 else ("retry-after",)
    return next((response.headers[name] for name in names if name in response.headers), None)


async def _read(response: httpx.Response, limit: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > limit:
            break
    return bytes(body[:limit])
