"""The HTTP face of the local Slack: Web API with tokens, scopes, faults and rate limits; response_urls."""

import asyncio
import json
import math
import socket
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.sandbox.slack import chat, files
from bot.sandbox.slack.api import Args, Caller, Method, Refusal, invalid, truthy
from bot.sandbox.slack.faults import Fault, Faults, RateLimits
from bot.sandbox.slack.methods import METHODS
from bot.sandbox.slack.model import Json, ResponseUrl
from bot.sandbox.slack.world import World

RESPONSE_URL_USES = 5
RESPONSE_URL_SECONDS = 1800


@dataclass
class Call:
    """One Web API call (or one use of a response_url); the token is never among `args`."""

    method: str
    args: Json = field(repr=False)
    at: float
    ok: bool
    error: str | None
    status: int
    fault: str | None = None
    ms: float = 0.0


@dataclass(frozen=True)
class Tokens:
    """The only two tokens this Slack knows."""

    bot: str = field(repr=False)
    app: str = field(repr=False)


class WebApi:
    """Answers `/api/<method>`, `/<commands|actions>/<team>/<token>` and `/upload/v1/<token>`."""

    def __init__(
        self,
        world: World,
        faults: Faults,
        tokens: Tokens,
        scopes: frozenset[str],
        open_socket: Callable[[], str],
        limits: RateLimits | None,
    ) -> None:
        self.world = world
        self.faults = faults
        self.tokens = tokens
        self.scopes = scopes
        self.limits = limits
        self.calls: list[Call] = []
        self._methods = METHODS | {
            "apps.connections.open": Method(lambda *_: {"url": open_socket()}, app_token=True)
        }
        self._released = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        """What the server listens to."""
        return [
            web.route("*", "/api/{method}", self._web_api),
            web.post("/{kind:commands|actions}/{team}/{token}", self._response_url),
            web.post("/upload/v1/{token}", self._upload),
        ]

    def release(self) -> None:
        """End every fault that keeps a caller waiting."""
        self._released.set()
        self._released = asyncio.Event()

    # --- Web API -----------------------------------------------------------------------------

    async def _web_api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        args, token = await self._arguments(request, self._methods.get(name))
        return await self._faulty(request, name, args, lambda: self._call(name, args, token))

    async def _faulty(
        self, request: web.Request, name: str, args: Args, perform: Callable[[], web.Response]
    ) -> web.StreamResponse:
        began = time.monotonic()
        fault = self.faults.take(name, args)
        answer = perform() if fault is None or fault.after else None
        if fault is not None:
            answer = await self._suffer(fault, perform)
        self._record(name, args, answer, fault, began)
        if answer is None:
            _reset(request)
            answer = web.Response(status=500)
        return answer

    async def _suffer(
        self,
        fault: Fault,
        perform: Callable[[], web.Response],
    ) -> web.Response | None:
        if fault.kind in ("hang", "slow"):
            await self._wait(fault.seconds)
            return perform() if fault.kind == "slow" else None
        if fault.kind == "error":
            return web.json_response({"ok": False, "error": fault.error})
        if fault.kind == "reset":
            return None
        if fault.status == 429:
            return _too_many(fault.seconds)
        return web.Response(status=fault.status, text="Internal Server Error")

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._released.wait()
        except TimeoutError:
            return

    def _call(self, name: str, args: Args, token: str) -> web.Response:
        headers = {
            "x-oauth-scopes": ",".join(sorted(self.scopes)),
            "x-slack-req-id": self.world.new_id("req"),
        }
        try:
            body = self._answer(name, args, token, headers)
            return web.json_response({"ok": True, **body}, headers=headers)
        except _TooMany as too_many:
            return _too_many(too_many.seconds)
        except Refusal as refusal:
            return web.json_response({"ok": False, "error": refusal.error, **refusal.extra}, headers=headers)

    def _answer(self, name: str, args: Args, token: str, headers: dict[str, str]) -> Json:
        method = self._methods.get(name)
        if method is None:
            raise Refusal("unknown_method", req_method=name)
        self._authenticate(method, token)
        if method.scopes:
            headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
        wait = self.limits.wait_for(name, str(args.get("channel", ""))) if self.limits else None
        if wait is not None:
            raise _TooMany(wait)
        caller = Caller(self.world, self.scopes)
        caller.require(*method.scopes)
        if missing := [arg for arg in method.required if not args.get(arg)]:
            raise invalid("invalid_arguments", [f"[ERROR] missing required field: {arg}" for arg in missing])
        return method.handler(caller, args)

    def _authenticate(self, method: Method, token: str) -> None:
        if not token:
            raise Refusal("not_authed")
        if token not in (self.tokens.bot, self.tokens.app):
            raise Refusal("invalid_auth")
        if token != (self.tokens.app if method.app_token else self.tokens.bot):
            raise Refusal("not_allowed_token_type")

    async def _arguments(self, request: web.Request, method: Method | None) -> tuple[Json, str]:
        args: Json = dict(request.query)
        body = await request.text()
        if request.content_type == "application/json":
            args |= _json_object(body) if method is None or method.takes_json else {}
        elif body:
            args |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        header = request.headers.get("Authorization", "")
        token = header.removeprefix("Bearer ").strip() or str(args.get("token") or "")
        args.pop("token", None)
        return args, token

    def _record(
        self, name: str, args: Args, answer: web.Response | None, fault: Fault | None, began: float
    ) -> None:
        body = _json_object(answer.text or "") if answer is not None else {}
        ok = bool(body.get("ok"))
        error = None if ok else str(body.get("error") or (fault.kind if fault else "http_error"))
        status = answer.status if answer is not None else 0
        kind = f"{fault.kind}{' after' if fault.after else ''}" if fault else None
        ms = (time.monotonic() - began) * 1000
        self.calls.append(Call(name, dict(args), self.world.clock(), ok, error, status, kind, ms))
        self.world.changes.announce("call", method=name, ok=ok, error=error, status=status, fault=kind)

    # --- files -------------------------------------------------------------------------------

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        token, body = request.match_info["token"], await request.read()
        return await self._faulty(request, "upload", {"length": len(body)}, lambda: self._take(token, body))

    def _take(self, token: str, body: bytes) -> web.Response:
        try:
            files.receive(self.world, token, body)
        except Refusal as refusal:
            return web.json_response({"ok": False, "error": refusal.error}, status=400)
        return web.json_response({"ok": True})

    # --- response_url ------------------------------------------------------------------------

    async def _response_url(self, request: web.Request) -> web.StreamResponse:
        url = self.world.response_urls.get(request.match_info["token"])
        args = _json_object(await request.text())
        return await self._faulty(request, "response_url", args, lambda: self._respond(url, args))

    def _respond(self, url: ResponseUrl | None, args: Json) -> web.Response:
        try:
            self._use(url, args)
        except Refusal as refusal:
            status = 404 if refusal.error in ("expired_url", "used_url", "no_url") else 400
            return web.json_response({"ok": False, "error": refusal.error, **refusal.extra}, status=status)
        return web.json_response({"ok": True})

    def _use(self, url: ResponseUrl | None, args: Json) -> None:
        if url is None:
            raise Refusal("no_url")
        if self.world.clock() - url.issued_at > RESPONSE_URL_SECONDS:
            raise Refusal("expired_url")
        if url.uses >= RESPONSE_URL_USES:
            raise Refusal("used_url")
        respond(self.world, url, args, self.scopes)
        url.uses += 1


def respond(world: World, url: ResponseUrl, args: Mapping[str, Any], scopes: frozenset[str]) -> None:
    """Do what a post to a response_url (or the body of a slash command's ack) asks for."""
    target = world.message(url.channel, url.message_ts) if url.message_ts else None
    if truthy(args, "delete_original"):
        if target is None:
            raise Refusal("message_not_found")
        world.delete(target)
        return
    said = chat.content(Caller(world, scopes), args)
    if truthy(args, "replace_original") and target is not None:
        world.edit(target, text=said["text"], blocks=said["blocks"])
        return
    reader = None if args.get("response_type") == "in_channel" else url.user
    thread_ts = args.get("thread_ts")
    message = world.post(url.channel, world.bot_user_id, ephemeral_to=reader, thread_ts=thread_ts, **said)
    if truthy(args, "replace_original"):
        url.message_ts = message.ts


class _TooMany(Exception):
    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def _too_many(seconds: float) -> web.Response:
    headers = {"Retry-After": str(max(1, math.ceil(seconds)))}
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)


def _json_object(text: str) -> Json:
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _reset(request: web.Request) -> None:
    if request.transport is not None:
        abort(request.transport)


def abort(transport: asyncio.BaseTransport) -> None:
    """Reset a TCP connection (RST, not FIN)."""
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
