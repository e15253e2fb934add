"""Where the bot may connect to: the address is looked at when it is dialled, not when the name was typed.

A public name that leads to a private address (DNS rebinding, a mistyped internal host, a cloud's metadata
service) is refused, unless the operator listed the host. This machine by its own name is always meant.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

import aiohttp
import httpcore
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the IPv4 address is in its last 32 bits
# Local NAT64 (RFC 8215) and the old "IPv4-compatible" form: nothing public is there.
NEVER = (ipaddress.IPv6Network("64:ff9b:1::/48"), ipaddress.IPv6Network("::/96"))
log = structlog.get_logger()


class PrivateAddressError(OSError):
    """This host leads to an address inside; the text names neither."""

    def __init__(self) -> None:
        super().__init__("private address")


def is_public(address: str) -> bool:
    """Whether an address belongs to the internet; what is no address does not."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _inside_of(found) if isinstance(found, ipaddress.IPv6Address) else found
    return inner is not None and bool(inner.is_global and not inner.is_multicast and found.is_global)


def _inside_of(found: ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IPv4 address that an IPv6 one leads to; itself where it leads to none, None where it never may."""
    if found.is_site_local or any(found in net for net in NEVER):
        return None
    if found in NAT64:
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or found


class Egress:
    """Which hosts may lead inside: this machine, and those the operator listed."""

    def __init__(self, private_hosts: Collection[str] = ()) -> None:
        self._inside = LOCAL | {host.lower() for host in private_hosts}

    def mean(self, host: str) -> None:
        """Let this host lead inside from now on: the operator named it elsewhere."""
        self._inside |= {host.lower().strip("[]").rstrip(".")}

    def check(self, host: str, addresses: Iterable[str]) -> None:
        """Raise `PrivateAddressError` unless every address may be dialled for this host."""
        if host.lower().strip("[]").rstrip(".") in self._inside:
            return
        if not all(map(is_public, addresses)):
            log.warning("private_address_refused", host=host[:100])
            raise PrivateAddressError


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """httpcore's way out: look the name up, check every address, dial exactly one that was checked."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect, or raise `httpcore.ConnectError`."""
        try:
            async with asyncio.timeout(timeout):
                addresses = await _addresses(host, port)
            self._egress.check(host, addresses)
        except TimeoutError:
            raise httpcore.ConnectTimeout from None
        except OSError as error:
            raise httpcore.ConnectError(type(error).__name__) from None
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                failure = error
        raise failure

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._inner.sleep(seconds)


async def _addresses(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class GuardedConnector(aiohttp.TCPConnector):
    """aiohttp's way out: an address that is written as one is dialled without asking any resolver."""

    def __init__(self, egress: Egress, **more: Any) -> None:
        super().__init__(resolver=GuardedResolver(egress), **more)
        self._guard = egress

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Any],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  # aiohttp's signature
    ) -> Connection:
        """Connect, or raise `aiohttp.ClientConnectorError`; a proxy dials, and decides, by itself."""
        host = req.url.host or ""
        if req.proxy:
            self._guard.mean(req.proxy.host or "")  # HTTPS_PROXY names it, and it is inside as a rule
        elif _is_address(host):
            try:
                self._guard.check(host, [host])
            except PrivateAddressError as error:
                raise aiohttp.ClientConnectorDNSError(req.connection_key, error) from None
        return await super().connect(req, traces, timeout)


@lru_cache(maxsize=256)
def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


class GuardedResolver(AbstractResolver):
    """aiohttp's way out for names: the connector dials only what this returns."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Look a name up and check every address."""
        found = await self._inner.resolve(host, port, family)
        self._egress.check(host, (one["host"] for one in found))
        return found

    async def close(self) -> None:
        """Release nothing."""
        await self._inner.close()
