"""The page's own server: static files, a stream of screens, and one POST per human action; loopback only.

A page of another site could reach a port of this machine, so the `Host` must be ours, an `Origin` too, and
actions are JSON.
"""

from __future__ import annotations

import asyncio
import json
from importlib.resources import files
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox.page.actions import ACTIONS, Malformed
from bot.sandbox.page.rehearsal import PEOPLE, Rehearsal
from bot.sandbox.page.screen import screen

HOST = "127.0.0.1"
CALM_SECONDS = 0.04  # several changes at once become one screen
TICK_SECONDS = 1.0  # some things change by time alone, such as a green check
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class PageServer:
    """Serves one rehearsal."""

    def __init__(self, stage: Rehearsal, port: int = 0) -> None:
        self._stage = stage
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where to look; meaningful once started."""
        return f"http://{HOST}:{self._port}"

    async def start(self) -> None:
        """Listen; raises `OSError` when the port is taken."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/", self._file)
        app.router.add_get("/static/{name}", self._file)
        app.router.add_get("/screen", self._screen)
        app.router.add_get("/screens", self._screens)
        app.router.add_post("/do/{action}", self._act)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self._port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        ours = {f"{HOST}:{self._port}", f"localhost:{self._port}"}
        if request.host not in ours or (origin and urlsplit(origin).netloc not in ours):
            return web.Response(status=403, text="This page is for this machine only.")
        answer = await handler(request)
        if not answer.prepared:
            answer.headers.update(HEADERS)
        return answer

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info.get("name", "index.html")
        found = {item.name: item for item in files("bot.sandbox.page").joinpath("static").iterdir()}
        if name not in found:
            raise web.HTTPNotFound
        kind = TYPES.get(f".{name.rpartition('.')[2]}", "application/octet-stream")
        return web.Response(body=found[name].read_bytes(), content_type=kind, charset="utf-8")

    def _document(self, request: web.Request) -> str:
        user = request.query.get("as", "")
        if user not in PEOPLE:
            raise web.HTTPNotFound
        return json.dumps(screen(self._stage, user))

    async def _screen(self, request: web.Request) -> web.Response:
        return web.Response(text=self._document(request), content_type="application/json")

    async def _screens(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: the screen now, and again whenever it is different."""
        self._document(request)  # refuses a stranger before the stream begins
        stream = web.StreamResponse(headers=HEADERS | {"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        bell, last = self._stage.bell(), ""
        try:
            while True:
                bell.clear()
                if (now := self._document(request)) != last:
                    await stream.write(f"data: {now}\n\n".encode())
                else:
                    await stream.write(b":\n\n")  # fails when nobody is there any more
                last = now
                await _either(bell)
        except ConnectionError:
            return stream
        finally:
            self._stage.unhook(bell)

    async def _act(self, request: web.Request) -> web.Response:
        action = ACTIONS.get(request.match_info["action"])
        if action is None or request.content_type != "application/json":
            raise web.HTTPNotFound
        try:
            body = await request.json()
            if not isinstance(body, dict):
                raise Malformed("an action is a JSON object")
            return web.json_response(await action(self._stage, body))
        except (ValueError, LookupError, RuntimeError, OSError) as error:
            return web.json_response({"problem": str(error)[:500] or type(error).__name__}, status=409)


async def _either(bell: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(bell.wait(), TICK_SECONDS)
        await asyncio.sleep(CALM_SECONDS)
    except TimeoutError:
        return
