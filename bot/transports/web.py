"""Signed HTTP: every request is verified here, before Bolt sees it and logs a body that it does not trust.

Source: docs.slack.dev, "Verifying requests from Slack".
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Iterable, Mapping

import structlog
from aiohttp import web
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.transports.app import dispatch

EVENTS_PATH = "/slack/events"
MAX_BODY_BYTES = 1024**2
WINDOW_SECONDS = 300
DRAIN_SECONDS = 5.0
CONTENT_TYPES = frozenset({"application/x-www-form-urlencoded", "application/json"})

log = structlog.get_logger(__name__)


def is_signed(secret: SecretStr, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether Slack signed this very body in the last five minutes; strange headers are just not signed."""
    stamp = headers.get("X-Slack-Request-Timestamp", "")
    if not _is_recent(stamp, now):
        return False
    digest = hmac.new(
        secret.get_secret_value().encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256
    ).hexdigest()
    given = headers.get("X-Slack-Signature", "")
    return hmac.compare_digest(f"v0={digest}".encode(), given.encode(errors="surrogateescape"))


def _is_recent(stamp: str, now: float) -> bool:
    is_number = stamp.isascii() and stamp.isdigit() and len(stamp) <= 12
    return is_number and abs(now - int(stamp)) <= WINDOW_SECONDS


class HttpTransport:
    """Serves `/slack/events`, and whatever else listens on the same port (health, metrics)."""

    def __init__(
        self,
        app: AsyncApp,
        secret: SecretStr,
        *,
        host: str,
        port: int,
        routes: Iterable[web.RouteDef] = (),
        now: Callable[[], float] = time.time,
    ) -> None:
        self._app = app
        self._secret = secret
        self._host = host
        self._port = port
        self._routes = tuple(routes)
        self._now = now
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    @property
    def ready(self) -> bool:
        """Whether it listens."""
        return self._site is not None

    @property
    def port(self) -> int:
        """The port it listens on, also when the system chose it."""
        return self._port

    async def start(self) -> None:
        """Listen; raises `OSError` when the address is taken."""
        application = web.Application(client_max_size=MAX_BODY_BYTES)
        application.add_routes([web.post(EVENTS_PATH, self._events), *self._routes])
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=DRAIN_SECONDS)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._site = site
        self._port = self._runner.addresses[0][1]

    async def stop_receiving(self) -> None:
        """Accept no more connections; requests that are being answered go on."""
        site, self._site = self._site, None
        if site is not None:
            await site.stop()

    async def close(self) -> None:
        """Answer what is under way, then close."""
        await self.stop_receiving()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _events(self, request: web.Request) -> web.Response:
        if request.content_type not in CONTENT_TYPES:
            return web.Response(status=415)
        if not _is_recent(request.headers.get("X-Slack-Request-Timestamp", ""), self._now()):
            return _unsigned()  # without reading a body that nobody vouches for
        body = await request.read()
        if not is_signed(self._secret, request.headers, body, self._now()):
            return _unsigned()
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return web.Response(status=400)
        return _answer(await self._dispatch(request, text))

    async def _dispatch(self, request: web.Request, body: str) -> BoltResponse:
        wanted = ("Content-Type", "X-Slack-Retry-Num", "X-Slack-Retry-Reason")
        headers = {name: request.headers[name] for name in wanted if name in request.headers}
        return await dispatch(self._app, body, dict(headers), "http")


def _unsigned() -> web.Response:
    log.warning("bad_signature")
    return web.Response(status=401)


def _answer(response: BoltResponse) -> web.Response:
    content_type = response.headers.get("content-type", ["text/plain"])[0].partition(";")[0]
    return web.Response(status=response.status, text=response.body or "", content_type=content_type)
