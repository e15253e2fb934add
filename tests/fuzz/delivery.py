"""The whole way of a hostile payload: signed HTTP or a socket's frame, Bolt, our listeners, the store, Slack.

Two real bots (one of each transport) in the local world. What its Slack really sent during a short journey is
the start of every variation. What the bots log, answer and call is handed to the judge.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import logging
import shutil
import subprocess
import tempfile
import time
import uuid
import zlib
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import aiohttp
import redis
import structlog

from bot.adapters.embedded import find_server
from bot.adapters.vault import Keyring
from bot.domain import errors
from bot.log import SafeFilter, redact
from bot.main import Bot, build
from bot.sandbox import local
from bot.sandbox.local import LocalWorld
from bot.sandbox.openai import KeyState
from bot.sandbox.process import free_port
from bot.sandbox.slack.delivery import Attempt, Delivery, signed_headers
from bot.settings import load_settings
from tests.fuzz.mutate import SECRET
from tests.security.conftest import FORM
from tests.wait import until, until_now

STATUSES = frozenset({200, 400, 413, 415})
FORESEEN = frozenset(
    name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Exception)
) | {"TooSlow"}
# What a person wrote goes back to Slack under these names only to say which message, form or person is meant.
REFERENCES = frozenset(
    {"trigger_id", "view_id", "hash", "user_id", "user", "users", "channel", "ts", "usergroup"}
)


class Rig:
    """Two bots and their world in a loop of their own, which stands still between two deliveries."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._lost)
        self._stack, self._crashes = AsyncExitStack(), list[str]()
        self._folder = Path(tempfile.mkdtemp(prefix="gl-"))
        self._bots: dict[str, Bot] = {}
        self._running: list[asyncio.Task[None]] = []
        self._records = _Records()
        self.recorded: list[Any] = []
        atexit.register(self.close)
        self._store = self._start_store()
        self._loop.run_until_complete(self._start())

    def _start_store(self) -> subprocess.Popen[bytes]:
        socket = self._folder / "s"
        options = ["--port", "0", "--unixsocket", str(socket), "--dir", str(self._folder), "--save", ""]
        server = subprocess.Popen([str(find_server()), *options], stdout=subprocess.DEVNULL)

        def answers() -> bool:
            with redis.Redis(unix_socket_path=str(socket), retry=None) as client:
                try:
                    return bool(client.ping())
                except redis.RedisError:
                    return False

        until_now(answers, what="the store")
        return server

    async def _start(self) -> None:
        self.world = await self._stack.enter_async_context(LocalWorld(clock=time.time))
        self.world.openai.add_key(SECRET, KeyState.PENDING, local.WORKSPACE, local.ORGANIZATION)
        self._http = await self._stack.enter_async_context(aiohttp.ClientSession())
        keys = Keyring.generate().dump().get_secret_value()
        for transport in ("socket", "http"):
            environ = self.world.environment(self._folder, transport=transport, port=free_port())
            environ |= {"REDIS_URL": f"unix://{self._folder / 's'}", "GREENLIGHT_ENCRYPTION_KEYS": keys}
            bot = await self._stack.enter_async_context(build(load_settings(environ)))
            self._bots[transport] = bot
            self._running.append(asyncio.create_task(bot.run()))
        await self.world.slack.wait_for_socket()
        await until(lambda: self._bots["http"].transport.ready, what="the bot to listen")
        await self._journey()
        self.recorded = [one.payload for one in self.world.slack.deliveries]

    async def _journey(self) -> None:
        """One of everything that people and Slack send."""
        slack = self.world.slack
        alice, rita = slack.person(local.ADMIN), slack.person(local.REVIEWER)
        for text in ("help", "status", "status GL-000000", "list", "doctor"):
            await alice.slash("/greenlight", text)
        await alice.slash("/greenlight")
        await alice.modal("Connect ChatGPT")
        await alice.submit(FORM | {"API key": SECRET})
        posted = slack.world.messages
        await slack.until(
            lambda: bool(posted(local.CHANNEL)) and "Approve" in str(posted(local.CHANNEL)[-1].blocks),
            what="a card to approve",
        )
        await rita.click(posted(local.CHANNEL)[-1], "Deny")
        await rita.modal("Deny")
        await rita.close_modal()
        await rita.click(posted(local.CHANNEL)[-1], "Approve")
        await alice.open_home()
        await slack.until(lambda: alice.home is not None, what="a tab that the next event brings along")
        await alice.open_home()
        await alice.shortcut("connect_chatgpt")
        await slack.event({"type": "subteam_members_changed", "subteam_id": "S0SECURITY"})

    # --- one input ---------------------------------------------------------------------------

    def deliver(self, value: Any) -> list[str]:
        """Deliver one payload; what came of it. Raises `AssertionError` for what nobody foresaw."""
        by_socket = zlib.crc32(repr(value).encode(errors="replace")) & 1
        with structlog.testing.capture_logs() as logged, self._records:
            calls = len(self.world.slack.calls)
            work = (
                self._by_socket(kind_of(value), value) if by_socket else self._by_http(kind_of(value), value)
            )
            answer = self._loop.run_until_complete(work)
        self._hold(logged)
        told = [redact(str(one)) for one in logged] + self._records.take()
        return [*told, answer, *(_said(one.method, one.args) for one in self.world.slack.calls[calls:])]

    async def _by_http(self, kind: str, payload: Any) -> str:
        content_type, body = _encoded(kind, payload)
        headers = signed_headers(self.world.slack.signing_secret, body, time.time())
        url = f"http://127.0.0.1:{self._bots['http'].http_port}/slack/events"
        headers |= {"Content-Type": content_type}
        async with self._http.post(url, data=body, headers=headers) as answer:
            text = await answer.text()
        assert answer.status in STATUSES, f"status {answer.status}"
        await self._settle("http")
        return text

    async def _by_socket(self, kind: str, payload: Any) -> str:
        for _ in range(3):  # while the loop stood still a socket may have been given up
            await self.world.slack.wait_for_socket()
            delivery = Delivery(str(uuid.uuid4()), kind, kind, payload, "", 0.0)  # type: ignore[arg-type]
            attempt = Attempt(0.0)
            await self.world.slack.sockets.send(delivery, attempt)
            if attempt.outcome == "acked":
                break
        assert attempt.outcome == "acked", f"no answer to an envelope: {attempt.outcome}"
        await self._settle("socket")
        return json.dumps(attempt.body)

    async def _settle(self, transport: str) -> None:
        given_up = await self._bots[transport].inflight.drain(60)
        assert not given_up, "work after the answer did not end"

    def _hold(self, logged: list[Any]) -> None:
        """Hold what happened against what was foreseen."""
        crashes, self._crashes = self._crashes, []
        assert not crashes, crashes[0]
        for line in logged:
            event, error = line.get("event"), line.get("error")
            assert event not in {"unforeseen", "work_after_answer_failed"}, f"nobody foresaw this: {line}"
            if event in {"visit_failed", "unreadable_payload"}:
                at = str(line.get("at", ""))
                ours = at.startswith(("bot.", "handlers."))
                assert error in FORESEEN or (event == "unreadable_payload" and not ours), f"foreign: {line}"

    def _lost(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self._crashes.append(f"{context.get('message')}: {context.get('exception')!r}")

    def close(self) -> None:
        """Stop the bots, the world and the store."""
        if self._loop.is_closed():
            return
        for bot in self._bots.values():
            bot.stopping.set()
        self._loop.run_until_complete(self._end())
        self._loop.close()
        self._store.kill()
        self._store.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _end(self) -> None:
        await asyncio.wait(self._running, timeout=60)
        await self._stack.aclose()


def kind_of(payload: Any) -> str:
    """How Slack would send this."""
    if isinstance(payload, Mapping) and payload.get("type") == "event_callback":
        return "events_api"
    return "slash_commands" if isinstance(payload, Mapping) and "command" in payload else "interactive"


class _Records(logging.Handler):
    """What libraries log while it is entered, filtered and redacted as in production."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.addFilter(SafeFilter())
        self._texts: list[str] = []

    def __enter__(self) -> None:
        logging.getLogger().addHandler(self)

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        text = redact(record.getMessage())
        assert record.levelno < logging.ERROR, f"a library met an error: {text}"
        self._texts.append(text)

    def take(self) -> list[str]:
        texts, self._texts = self._texts, []
        return texts


def _encoded(kind: str, payload: Any) -> tuple[str, bytes]:
    if kind == "events_api":
        return "application/json", json.dumps(payload).encode()
    fields = payload if kind == "slash_commands" and isinstance(payload, Mapping) else None
    pairs = fields.items() if fields is not None else [("payload", json.dumps(payload))]
    made = [
        f"{_form(str(name))}={_form(text if isinstance(text, str) else str(text))}" for name, text in pairs
    ]
    return "application/x-www-form-urlencoded", "&".join(made).encode()


def _form(text: str) -> str:
    return quote_plus(text, errors="surrogatepass")


def _said(method: str, args: Any) -> str:
    """What a call to Slack says to anybody; references to things of Slack's are not sayings."""
    if not isinstance(args, Mapping):
        return f"{method} {args}"
    return f"{method} { {name: text for name, text in args.items() if name not in REFERENCES} }"


_RIG: list[Rig] = []


def rig() -> Rig:
    """The one of this process, started when it is first needed."""
    if not _RIG:
        _RIG.append(Rig())
    return _RIG[0]


def deliver(value: Any) -> list[str]:
    """Deliver one input on its way."""
    return rig().deliver(value)


def close() -> None:
    """End it before the process does."""
    with contextlib.suppress(IndexError):
        _RIG.pop().close()
