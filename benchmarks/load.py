"""Slack's side of HTTP: signed payloads, one at a time or at a rate, timed from the scheduled moment."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import random
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote_plus, urlencode

from benchmarks.slack import CHANNEL, TEAM
from bot.views import actions as a

SECRET = "bench-signing-secret"
ORGANIZATION = "org-p13k3klgno5cqxbf0q8hpgrk"


@dataclass(frozen=True)
class Click:
    """One payload; `token` is found again in the call to Slack that it causes."""

    body: bytes
    token: str


def command(text: str = "", *, person: int | None = None) -> Click:
    """A slash command, by somebody never seen unless it says by whom; without text it opens the form."""
    number = random.randrange(10**6) if person is None else person
    trigger = f"{random.getrandbits(48)}.{random.getrandbits(40)}.{uuid.uuid4().hex}"
    fields = {
        "token": "deprecated",
        "team_id": TEAM,
        "team_domain": "bench",
        "channel_id": CHANNEL,
        "channel_name": "security",
        "user_id": f"U0ADMIN{number}",
        "user_name": "rita",
        "command": a.COMMAND,
        "text": text,
        "api_app_id": "A0BENCH",
        "is_enterprise_install": "false",
        "response_url": "https://127.0.0.1/none",
        "trigger_id": trigger,
    }
    return Click(urlencode(fields).encode(), trigger)


def submission(key: str) -> Click:
    """The form, filled in for a workspace of its own."""
    workspace = str(uuid.uuid4())
    user = f"U0ADMIN{random.randrange(10**6)}"
    payload = {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "bench"},
        "user": {"id": user, "username": "rita", "name": "rita", "team_id": TEAM},
        "api_app_id": "A0BENCH",
        "token": "deprecated",
        "trigger_id": f"{random.getrandbits(48)}.{uuid.uuid4().hex}",
        "view": {
            "id": f"V{uuid.uuid4().hex[:10]}",
            "team_id": TEAM,
            "type": "modal",
            "callback_id": a.INTAKE,
            "private_metadata": "",
            "hash": f"1700000000.{uuid.uuid4().hex[:8]}",
            "state": {"values": _state(workspace, key)},
            "title": {"type": "plain_text", "text": "Connect ChatGPT"},
            "blocks": [],
        },
        "response_urls": [],
        "is_enterprise_install": False,
        "enterprise": None,
    }
    return Click(b"payload=" + quote_plus(json.dumps(payload)).encode(), workspace)


def _state(workspace: str, key: str) -> dict[str, object]:
    texts = {
        a.WORKSPACE_ID: workspace,
        a.ORGANIZATION_ID: ORGANIZATION,
        a.KEY: key,
        a.KEY_NAME: "netskope-casb",
        a.CREATED_BY: "Rita Example",
        a.ADMIN_EMAIL: "rita@example.com",
        a.INSTANCE_NAME: "chatgpt-enterprise",
    }
    chosen = {a.ROUTE: "support_email", a.SCOPE: "read"}
    values: dict[str, object] = {
        name: {name: {"type": "plain_text_input", "value": value}} for name, value in texts.items()
    }
    for name, value in chosen.items():
        values[name] = {name: {"type": "radio_buttons", "selected_option": {"value": value}}}
    return values


def api_key() -> str:
    """A key of the right form."""
    half = uuid.uuid4().hex + uuid.uuid4().hex[:26]
    return f"sk-proj-{half}T3BlbkFJ{half[::-1]}"


def signed(body: bytes) -> bytes:
    """The whole HTTP request as Slack sends it."""
    stamp = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        f"POST /slack/events HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={digest}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Answered(asyncio.Protocol):
    """One kept-alive connection, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(ConnectionError("closed"))

    @property
    def open(self) -> bool:
        """Whether it can be used again."""
        return self._transport is not None and not self._transport.is_closing()

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.close()

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send one request; status and body of the answer."""
        if self._transport is None:
            raise ConnectionError("closed")
        self._buffer = b""
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or self._waiting is None or self._waiting.done():
            return
        lowered = head.lower()
        at = lowered.find(b"content-length:")
        length = int(lowered[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(body) >= length:
            self._waiting.set_result((int(head[9:12]), body[:length]))


class Slacker:
    """Delivers clicks to one program over kept-alive connections."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[Answered] = []

    async def deliver(self, click: Click) -> tuple[int, bytes]:
        """Deliver one click; status and body."""
        connection = await self._connection()
        try:
            answer = await asyncio.wait_for(connection.ask(signed(click.body)), 30)
        except BaseException:
            connection.close()
            raise
        if connection.open:
            self._free.append(connection)
        return answer

    async def _connection(self) -> Answered:
        while self._free:
            if (kept := self._free.pop()).open:
                return kept
        loop = asyncio.get_running_loop()
        _, protocol = await loop.create_connection(Answered, "127.0.0.1", self._port)
        return protocol

    async def at_rate(self, make: Callable[[], Click], rate: float, seconds: float) -> list[float]:
        """Open loop, Poisson: seconds from the scheduled moment to the answer, of those that were acked."""
        loop, taken, jobs = asyncio.get_running_loop(), [], []
        moment, end = loop.time() + 0.05, loop.time() + 0.05 + seconds

        async def one(scheduled: float, click: Click) -> None:
            status, _ = await self.deliver(click)
            if status == 200:
                taken.append(loop.time() - scheduled)

        while moment < end:
            await asyncio.sleep(max(0.0, moment - loop.time()))
            jobs.append(asyncio.create_task(one(moment, make())))
            moment += random.expovariate(rate)
        await asyncio.gather(*jobs)
        return taken

    async def saturate(self, make: Callable[[], Click], seconds: float, hands: int = 16) -> list[float]:
        """Closed loop: how long each ack took that so many hands got that never rest."""
        end, taken = time.perf_counter() + seconds, list[float]()

        async def hand() -> None:
            while (began := time.perf_counter()) < end:
                status, _ = await self.deliver(make())
                if status == 200:
                    taken.append(time.perf_counter() - began)

        await asyncio.gather(*(hand() for _ in range(hands)))
        return taken

    async def close(self) -> None:
        """Hang up all lines."""
        for connection in self._free:
            connection.close()


async def settle(check: Callable[[], Awaitable[bool]], patience: float = 30.0) -> bool:
    """Wait until something holds."""
    end = time.perf_counter() + patience
    while time.perf_counter() < end:
        if await check():
            return True
        await asyncio.sleep(0.05)
    return False
