"""Health and metrics over HTTP: `/healthz`, `/readyz`, `/metrics`, on loopback unless told otherwise."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.server import Server

Readiness = Callable[[], Awaitable[Mapping[str, bool]]]

Refresh = Callable[[], Awaitable[None]]

PATIENCE = 2.0  # seconds; a probe that waits longer has its answer


async def _nothing() -> None:
    return


def routes(
    readiness: Readiness, registry: CollectorRegistry, refresh: Refresh = _nothing
) -> list[web.RouteDef]:
    """The three routes, for an application of one's own.

    `readiness` names each thing the bot needs and says whether it is there; its errors count as "no".
    `refresh` sets the gauges, at scrape time only.
    """

    async def healthz(_request: web.Request) -> web.Response:
        # That this runs at all is the proof: the event loop turns.
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        checks = await _checks(readiness)
        is_ready = all(checks.values())
        return web.json_response({"ready": is_ready, "checks": checks}, status=200 if is_ready else 503)

    async def metrics(_request: web.Request) -> web.Response:
        await refresh()
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]


async def _checks(readiness: Readiness) -> dict[str, bool]:
    try:
        async with asyncio.timeout(PATIENCE):
            return dict(await readiness())
    except Exception:  # noqa: BLE001  # whatever a check raises, the answer is "not ready", and no details
        return {"answer": False}


class HealthServer:
    """Serves the routes on a port of its own, for the socket transport."""

    def __init__(
        self,
        readiness: Readiness,
        registry: CollectorRegistry,
        *,
        refresh: Refresh = _nothing,
        host: str = "127.0.0.1",
        port: int = 3000,
        more: Iterable[web.RouteDef] = (),
    ) -> None:
        self._server = Server([*routes(readiness, registry, refresh), *more], host=host, port=port)

    @property
    def port(self) -> int:
        """The port it listens on, also when the system chose it."""
        return self._server.port

    @property
    def addresses(self) -> list[str]:
        """Where it listens; empty before the start."""
        return self._server.addresses

    async def start(self) -> None:
        """Listen; raises `OSError` when the address is taken."""
        await self._server.start()

    async def close(self) -> None:
        """Stop listening; calling it twice, or without a start, is fine."""
        await self._server.close()
