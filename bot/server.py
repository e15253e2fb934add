"""The listening side of HTTP, bounded in every direction: time to ask, time to answer, sizes, connections.

A connection on which no whole request head arrives within QUIET_SECONDS is closed, however it drips: aiohttp
does it, when its keep-alive time is set to something sensible (its default is an hour).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import structlog
from aiohttp import web

MAX_BODY_BYTES = 1024**2
MAX_LINE = MAX_FIELD = 8 * 1024
MOST_CONNECTIONS = 2048  # a thousand clicks in one moment, each on a connection of its own, and room to spare
QUIET_SECONDS = 15.0
BODY_SECONDS = 10.0
DRAIN_SECONDS = 5.0

log = structlog.get_logger()


class _Turned(asyncio.Protocol):
    """A connection too many: closed before anything is read from it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


class Server:
    """An aiohttp application behind a listener of its own; started, drained and closed by its owner."""

    def __init__(
        self,
        routes: Iterable[web.RouteDef],
        *,
        host: str,
        port: int,
        most: int = MOST_CONNECTIONS,
        quiet: float = QUIET_SECONDS,
    ) -> None:
        application = web.Application(client_max_size=MAX_BODY_BYTES)
        application.add_routes(routes)
        application.on_response_prepare.append(_say_no_version)
        self._runner = web.AppRunner(
            application,
            access_log=None,
            shutdown_timeout=DRAIN_SECONDS,
            keepalive_timeout=quiet,
            max_line_size=MAX_LINE,
            max_field_size=MAX_FIELD,
        )
        self._host = host
        self._port = port
        self._most = most
        self._open: set[web.RequestHandler] = set()
        self._server: asyncio.Server | None = None

    @property
    def listening(self) -> bool:
        """Whether it accepts connections."""
        return self._server is not None

    @property
    def port(self) -> int:
        """The port it listens on, also when the system chose it."""
        return self._port

    @property
    def addresses(self) -> list[str]:
        """Where it listens; empty before the start and after the end."""
        return [one.getsockname()[0] for one in self._server.sockets] if self._server else []

    async def start(self) -> None:
        """Listen; raises `OSError` when the address is taken."""
        await self._runner.setup()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._admit, self._host, self._port, backlog=256)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop_receiving(self) -> None:
        """Accept no more connections; requests that are being answered go on."""
        server, self._server = self._server, None
        if server is not None:
            server.close()

    async def close(self) -> None:
        """Answer what is under way, then close; calling it twice, or without a start, is fine."""
        await self.stop_receiving()
        await self._runner.cleanup()

    def _admit(self) -> asyncio.Protocol:
        if len(self._open) >= self._most:
            self._open = {one for one in self._open if one.transport is not None}
        if self._runner.server is None or len(self._open) >= self._most:
            log.warning("too_many_connections", most=self._most)
            return _Turned()
        protocol = self._runner.server()
        self._open.add(protocol)
        return protocol


async def _say_no_version(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = "Greenlight"


async def read_body(
    request: web.Request, limit: int = MAX_BODY_BYTES, *, seconds: float = BODY_SECONDS
) -> bytes | None:
    """Return the body, or None when it does not come in time or is larger than `limit`."""
    if (request.content_length or 0) > limit:
        return None
    try:
        # A body that came along with its head, as Slack's do, needs no clock to be waited for by.
        async with asyncio.timeout(None if request.content.is_eof() else seconds):
            body = await request.read()
    except (TimeoutError, web.HTTPRequestEntityTooLarge):
        return None
    return body if len(body) <= limit else None
