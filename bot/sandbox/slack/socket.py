"""Socket Mode: tickets, hello, envelopes, acks, several connections, and all the ways to lose one."""

import asyncio
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import WSMsgType, web

from bot.sandbox.slack.delivery import Attempt, Delivery
from bot.sandbox.slack.model import Json
from bot.sandbox.slack.web import abort
from bot.sandbox.slack.world import World

MAX_CONNECTIONS = 10
TICKET_SECONDS = 30
GRACE_SECONDS = 10.0

How = Literal["disconnect", "close", "reset", "half_open"]


class Lost(ConnectionError):
    """The connection ended before the ack."""


@dataclass(eq=False)
class Connection:
    """One WebSocket of the bot; `half_open` = Slack's side is gone but nobody told the bot."""

    id: str
    ws: web.WebSocketResponse
    request: web.Request
    leaving: bool = False
    half_open: bool = False
    waiting: dict[str, list[asyncio.Future[Any]]] = field(default_factory=dict)
    unanswered: dict[str, Delivery] = field(default_factory=dict)

    async def send(self, body: Json) -> None:
        """Send one frame, or lose it silently when half open."""
        if not self.half_open:
            await self.ws.send_str(json.dumps(body))

    def expect(self, envelope_id: str) -> asyncio.Future[Any]:
        """The future that the next ack of this envelope resolves."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(envelope_id, []).append(future)
        return future

    def take_ack(self, envelope_id: str, payload: Any) -> Delivery | None:
        """Resolve the oldest waiting send of this envelope; the delivery when the ack is too late for it."""
        for future in self.waiting.get(envelope_id, []):
            if not future.done():
                future.set_result(payload)
                return None
        return self.unanswered.pop(envelope_id, None)

    def forget(self, envelope_id: str, future: asyncio.Future[Any]) -> None:
        """Stop waiting for one ack; a later one counts as late."""
        futures = self.waiting.get(envelope_id, [])
        futures.remove(future)
        if not futures:
            self.waiting.pop(envelope_id, None)

    def lose(self) -> None:
        """Fail everything that still waits for an ack."""
        for futures in self.waiting.values():
            for future in futures:
                if not future.done():
                    future.set_exception(Lost())


class SocketMode:
    """The WebSocket side; a transport for deliveries, each going to one connection in turn."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.base = ""
        self.connections: list[Connection] = []
        self._tickets: dict[str, float] = {}
        self._turn = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        """What the server listens to."""
        return [web.get("/link/", self._link)]

    def open_url(self) -> str:
        """A WebSocket URL with a ticket for one connection."""
        ticket = secrets.token_hex(16)
        self._tickets[ticket] = time.monotonic()
        return f"{self.base.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={self.world.app_id}"

    @property
    def ready(self) -> list[Connection]:
        """The connections that deliveries may go to."""
        return [one for one in self.connections if not one.leaving and not one.ws.closed]

    @property
    def hearing(self) -> list[Connection]:
        """The connections that really reach the bot."""
        return [one for one in self.ready if not one.half_open]

    async def _link(self, request: web.Request) -> web.StreamResponse:
        issued = self._tickets.pop(request.query.get("ticket", ""), None)
        if issued is None or time.monotonic() - issued > TICKET_SECONDS:
            return web.Response(status=403, text="invalid or used ticket")
        ws = web.WebSocketResponse(autoping=False, max_msg_size=0)
        await ws.prepare(request)
        if len(self.ready) >= MAX_CONNECTIONS:
            await ws.send_str(json.dumps(_disconnect("too_many_websockets")))
            await ws.close()
            return ws
        connection = Connection(self.world.new_id("conn"), ws, request)
        await self._serve(connection)
        return ws

    async def _serve(self, connection: Connection) -> None:
        self.connections.append(connection)
        try:
            await connection.send(self._hello())
            self._announce("open", connection)
            async for frame in connection.ws:
                if not connection.half_open:
                    await self._frame(connection, frame.type, frame.data)
        except ConnectionError:
            pass  # the bot is gone; what waited for it is failed below
        finally:
            self.connections.remove(connection)
            connection.lose()
            self._announce("closed", connection)

    async def _frame(self, connection: Connection, kind: WSMsgType, data: Any) -> None:
        if kind is WSMsgType.PING:
            await connection.ws.pong(data)
        elif kind is WSMsgType.TEXT:
            body = json.loads(data)
            late = connection.take_ack(str(body.get("envelope_id")), body.get("payload"))
            if late is not None:
                late.late_acks += 1
                self.world.changes.announce("delivery", id=late.id, type=late.type, user=late.user, late=True)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.ready),
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self.world.app_id},
        }

    # --- deliveries --------------------------------------------------------------------------

    async def send(self, delivery: Delivery, attempt: Attempt) -> None:
        """Send one envelope to the connection whose turn it is and wait for its ack."""
        if not (ready := self.ready):
            return
        self._turn += 1
        connection = ready[self._turn % len(ready)]
        acked = connection.expect(delivery.id)
        try:
            async with asyncio.timeout(self.world.patience):
                await connection.send(_envelope(delivery, attempt))
                payload = await acked
        except TimeoutError:
            connection.unanswered[delivery.id] = delivery
            attempt.outcome = "timeout"
            return
        except ConnectionError:
            attempt.outcome = "unreachable"
            return
        finally:
            connection.forget(delivery.id, acked)
        attempt.outcome, attempt.status = "acked", 200
        attempt.body = None if delivery.kind == "events_api" else payload

    # --- losing connections ------------------------------------------------------------------

    async def drop(self, how: How, reason: str = "refresh_requested") -> None:
        """Lose all connections: told to leave, closed, reset, or dead without a word."""
        for connection in list(self.connections):
            await self._drop(connection, how, reason)

    async def _drop(self, connection: Connection, how: How, reason: str) -> None:
        if how == "half_open":
            connection.half_open = True
        elif how == "reset" and connection.request.transport:
            abort(connection.request.transport)
        elif how == "close":
            connection.leaving = True
            self._later(self._close(connection, 0))
        elif how == "disconnect":
            await connection.send(_disconnect(reason))
            connection.leaving = reason != "warning"
            self._later(self._close(connection, GRACE_SECONDS))
        self._announce(how, connection)

    async def _close(self, connection: Connection, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await connection.ws.close()

    async def close(self) -> None:
        """Cut all connections; used when the sandbox ends."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in list(self.connections):
            if connection.request.transport:
                abort(connection.request.transport)

    def _later(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _announce(self, what: str, connection: Connection) -> None:
        self.world.changes.announce("socket", id=connection.id, what=what, connections=len(self.ready))


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}


def _envelope(delivery: Delivery, attempt: Attempt) -> Json:
    body: Json = {
        "envelope_id": delivery.id,
        "type": delivery.kind,
        "payload": delivery.payload,
        "accepts_response_payload": delivery.kind != "events_api",
    }
    if delivery.kind == "events_api" or attempt.retry_num is not None:
        body |= {"retry_attempt": attempt.retry_num or 0, "retry_reason": attempt.retry_reason or ""}
    return body
