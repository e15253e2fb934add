"""An aiohttp server on loopback with a start, an end, a clock and somebody to tell about changes."""

import asyncio
import time
from collections.abc import Callable
from typing import Self

from aiohttp import web

HOST = "127.0.0.1"


class Loopback:
    """Base of the simulated providers: subclasses add routes in `routes` and tell `changed`."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.on_change: list[Callable[[], None]] = []
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def origin(self) -> str:
        """Return ``http://127.0.0.1:PORT``; meaningful once started."""
        return f"http://{HOST}:{self._port}"

    def routes(self, app: web.Application) -> None:
        """Add the routes."""
        raise NotImplementedError

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; 0 takes a free port."""
        app = web.Application()
        self.routes(app)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Stop listening and let slow answers go."""
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def changed(self) -> None:
        """Tell everybody who asked that something is different now."""
        for tell in self.on_change:
            tell()

    async def linger(self, seconds: float) -> None:
        """Be slow, but not longer than this server lives."""
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return
