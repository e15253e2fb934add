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
from slack_bolt.response import BoltResponse

from bot.server import MAX_BODY_BYTES, Server, read_body
from bot.transports.app import delivered, dispatch
from bot.transports.named import NamedApp

__all__ = ["EVENTS_PATH", "MAX_BODY_BYTES", "HttpTransport", "is_signed"]

EVENTS_PATH = "/slack/events"
WINDOW_SECONDS = 300
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
        app: NamedApp,
        secret: SecretStr,
        *,
        host: str,
        port: int,
        routes: Iterable[web.RouteDef] = (),
        now: Callable[[], float] = time.time,
    ) -> None:
        self._app = app
        self._secret = secret
        self._now = now
        self._server = Server([web.post(EVENTS_PATH, self._events), *routes], host=host, port=port)

    @property
    def ready(self) -> bool:
        """Whether it listens."""
        return self._server.listening

    @property
    def port(self) -> int:
        """The port it listens on, also when the system chose it."""
        return self._server.port

    async def start(self) -> None:
        """Listen; raises `OSError` when the address is taken."""
        await self._server.start()

    async def stop_receiving(self) -> None:
        """Accept no more connections; requests that are being answered go on."""
        await self._server.stop_receiving()

    async def close(self) -> None:
        """Answer what is under way, then close."""
        await self._server.close()

    async def _events(self, request: web.Request) -> web.Response:
        if request.content_type not in CONTENT_TYPES:
            return web.Response(status=415)
        if not _is_recent(request.headers.get("X-Slack-Request-Timestamp", ""), self._now()):
            return _unsigned()  # without reading a body that nobody vouches for
        body = await read_body(request)
        if body is None:
            return web.Response(status=413)
        if not is_signed(self._secret, request.headers, body, self._now()):
            return _unsigned()
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return web.Response(status=400)
        with delivered(_kind(request.content_type, text)):
            return _answer(await self._dispatch(request, text))

    async def _dispatch(self, request: web.Request, body: str) -> BoltResponse:
        wanted = ("Content-Type", "X-Slack-Retry-Num", "X-Slack-Retry-Reason")
        headers = {name: request.headers[name] for name in wanted if name in request.headers}
        return await dispatch(self._app, body, dict(headers), "http")


def _kind(content_type: str, body: str) -> str:
    """Name the delivery as Socket Mode does."""
    if content_type == "application/json":
        return "events_api"
    return "interactive" if body.startswith("payload=") else "slash_commands"


def _unsigned() -> web.Response:
    log.warning("bad_signature")
    return web.Response(status=401)


def _answer(response: BoltResponse) -> web.Response:
    content_type = response.headers.get("content-type", ["text/plain"])[0].partition(";")[0]
    return web.Response(status=response.status, text=response.body or "", content_type=content_type)
