"""A light Slack for measuring: TLS, canned answers at once, every call with the moment it arrived.

The strict local Slack of `bot.sandbox` plays the journeys; this one only has to cost little and keep time.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from bot.manifest import ASKED_SCOPES

TEAM, CHANNEL, BOT = "T0BENCH", "C0BENCH", "U0BOT"
SCOPES = ",".join(ASKED_SCOPES)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class Call:
    """One Web API call."""

    method: str
    at: float
    args: dict[str, Any] = field(repr=False)
    ok: bool = True


@dataclass(frozen=True)
class Posted:
    """A message that Slack took, as history gives it back."""

    channel: str
    ts: str
    thread: str | None
    metadata: Any


@dataclass
class Bucket:
    """Slack's limit on messages to one channel: so many a second, and a small burst."""

    rate: float = 1.0
    burst: float = 3.0
    level: float = 3.0
    at: float = 0.0

    def take(self, now: float) -> bool:
        """Whether one more message may pass."""
        self.level = min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


class BenchSlack:
    """Answers `/api/<method>`; wakes whoever waits for a call."""

    def __init__(self) -> None:
        self.calls: deque[Call] = deque(maxlen=400_000)
        self.delays: dict[str, float] = {}
        self.limit: dict[str, Bucket] | None = None
        self.port = 0
        self._posted: deque[Posted] = deque(maxlen=20_000)
        self._waiting: dict[tuple[str, str], asyncio.Future[float]] = {}
        self._runner: web.AppRunner | None = None
        self._counter = 0

    async def start(self, tls: ssl.SSLContext | None) -> None:
        """Listen on loopback."""
        app = web.Application(client_max_size=4 * 1024**2)
        app.router.add_route("*", "/api/{method}", self._answer)
        app.router.add_post("/respond", self._respond)
        self._runner = web.AppRunner(app, access_log=None, keepalive_timeout=3600, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=tls).start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Stop listening."""
        if self._runner:
            await self._runner.cleanup()

    def expect(self, method: str, token: str) -> asyncio.Future[float]:
        """The moment the first call of this method arrives that carries `token` (a trigger or a UUID)."""
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting[method, token] = future
        return future

    async def _respond(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def _answer(self, request: web.Request) -> web.Response:
        arrived, method = time.perf_counter(), request.match_info["method"]
        raw = (await request.read()).decode()
        self._wake(method, raw, arrived)
        args = _arguments(request, raw)
        call = Call(method, arrived, args)
        self.calls.append(call)
        if self.limit is not None and method == "chat.postMessage":
            bucket = self.limit.setdefault(str(args.get("channel")), Bucket(at=arrived))
            if not bucket.take(arrived):
                call.ok = False
                body = {"ok": False, "error": "ratelimited"}
                return web.json_response(body, status=429, headers={"Retry-After": "1"})
        body = self._body(method, args)  # from here on Slack has it, whoever hears of that
        if delay := self.delays.get(method):
            await asyncio.sleep(delay)
        return web.json_response(body, headers={"x-oauth-scopes": SCOPES})

    def _wake(self, method: str, raw: str, arrived: float) -> None:
        if not self._waiting:
            return
        names = _UUID.findall(raw)
        found = re.search(r"trigger_id[\"=: ]+([0-9A-Za-z.]+)", raw)
        for name in [*names, *([found.group(1)] if found else [])]:
            future = self._waiting.pop((method, name), None)
            if future and not future.done():
                future.set_result(arrived)

    def _history(self, args: dict[str, Any]) -> list[dict[str, Any]]:
        """What was posted to a channel or thread since, newest first, each with its metadata."""
        asked = (str(args.get("channel")), args.get("ts"))
        return [
            {"ts": one.ts, "metadata": _parsed(one.metadata)}
            for one in reversed(self._posted)
            if (one.channel, one.thread) == asked and float(one.ts) >= float(args.get("oldest") or 0)
        ]

    def _body(self, method: str, args: dict[str, Any]) -> dict[str, Any]:
        self._counter += 1
        ts = f"{time.time():.4f}{self._counter % 100:02}"
        match method:
            case "auth.test":
                who = {"team_id": TEAM, "team": "Bench", "user_id": BOT, "bot_id": "B0BENCH", "user": "bot"}
                return {"ok": True, "url": "https://bench.slack.com/", **who}
            case "conversations.info":
                return {"ok": True, "channel": {"id": CHANNEL, "name": "security", "is_member": True}}
            case "conversations.open":
                return {"ok": True, "channel": {"id": "D" + str(args.get("users"))[1:]}}
            case "users.info":
                person = {"id": args.get("user"), "team_id": TEAM, "is_admin": True, "locale": "en-US"}
                return {"ok": True, "user": person}
            case "chat.postMessage":
                self._posted.append(
                    Posted(str(args.get("channel")), ts, args.get("thread_ts"), args.get("metadata"))
                )
                return {"ok": True, "channel": args.get("channel"), "ts": ts}
            case "chat.update":
                return {"ok": True, "channel": args.get("channel"), "ts": args.get("ts")}
            case "conversations.history" | "conversations.replies":
                return {"ok": True, "messages": self._history(args), "has_more": False}
            case "views.open" | "views.update":
                return {"ok": True, "view": {"id": f"V{self._counter}", "hash": f"h{self._counter}"}}
            case _:
                return {"ok": True}


def _parsed(metadata: Any) -> Any:
    return json.loads(metadata) if isinstance(metadata, str) else metadata


def _arguments(request: web.Request, raw: str) -> dict[str, Any]:
    if request.content_type == "application/json":
        found = json.loads(raw or "{}")
        return found if isinstance(found, dict) else {}
    return {**request.query, **dict(parse_qsl(raw))}
