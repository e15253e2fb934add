"""Socket Mode over several sockets: a lost one is replaced at once, a dead one noticed within three seconds.

Why not slack_sdk's client: it closes the old socket before it opens the next, polls every few seconds for a
loss, and takes 14 s to notice a peer that is silently gone; meanwhile clicks fail for somebody.
Source of the frames: docs.slack.dev, "Using Socket Mode".
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Collection, Coroutine
from typing import Any

import aiohttp
import structlog
from pydantic import SecretStr
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.egress import Egress, GuardedConnector
from bot.adapters.slack_errors import SLACK, ask
from bot.adapters.slack_start import StartError
from bot.domain.errors import ProviderError, Refused, Transient
from bot.transports.app import delivered, dispatch
from bot.transports.named import NamedApp

SOCKETS = 2  # Slack allows ten; the other one listens while this one is replaced
HEARTBEAT_SECONDS = 1.6  # a pong may take half of it again: 2.4 s until a silent peer is given up
CONNECT_SECONDS = 10.0
START_SECONDS = 20.0
DRAIN_SECONDS = 3.5  # an envelope nobody answered for three seconds is lost anyway
LIVED_SECONDS = 3.0  # a socket that ended sooner is not replaced in haste
FIRST_WAIT, LONGEST_WAIT, REFUSED_WAIT = 0.05, 8.0, 30.0

Frame = dict[str, Any]
log = structlog.get_logger(__name__)


class SocketTransport:
    """Receives Slack's envelopes, hands them to Bolt, sends the answers back."""

    def __init__(
        self,
        app: NamedApp,
        client: AsyncWebClient,
        app_token: SecretStr,
        *,
        sockets: int = SOCKETS,
        heartbeat: float = HEARTBEAT_SECONDS,
        patience: float = START_SECONDS,
        private_hosts: Collection[str] = (),
    ) -> None:
        self._app = app
        self._client = client
        self._app_token = app_token
        self._slots = sockets
        self._heartbeat = heartbeat
        self._patience = patience
        self._egress = Egress(private_hosts)
        self._listening: set[aiohttp.ClientWebSocketResponse] = set()
        self._keepers: set[asyncio.Task[None]] = set()
        self._answering: set[asyncio.Task[None]] = set()
        self._heard = asyncio.Event()
        self._stopping = False
        self._session: aiohttp.ClientSession | None = None

    @property
    def ready(self) -> bool:
        """Whether Slack has said hello on at least one living socket."""
        return any(not socket.closed for socket in self._listening)

    def is_connected(self) -> bool:
        """The same, as a question."""
        return self.ready

    async def start(self) -> None:
        """Connect; raises `StartError` when Slack does not say hello in time."""
        # A session of its own: the shared one limits how long a call may take, and a socket lives for hours.
        self._session = aiohttp.ClientSession(
            connector=GuardedConnector(self._egress),  # Slack's answer names the address
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=4),
        )
        for _ in range(self._slots):
            self._keep(self._keep_connected())
        try:
            async with asyncio.timeout(self._patience):
                await self._heard.wait()
        except TimeoutError:
            await self.close()
            raise StartError("Slack did not accept a Socket Mode connection; is wss:// blocked?") from None

    async def stop_receiving(self) -> None:
        """Finish answering what has arrived, then leave; Slack redelivers events to another replica."""
        self._stopping = True
        if self._answering:
            await asyncio.wait(self._answering, timeout=DRAIN_SECONDS)
        for socket in list(self._listening):
            await socket.close()

    async def close(self) -> None:
        """Leave and release everything."""
        await self.stop_receiving()
        tasks = self._keepers | self._answering
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    # --- staying connected -------------------------------------------------------------------

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._keepers.add(task)
        task.add_done_callback(self._keepers.discard)

    async def _keep_connected(self, failures: int = 0) -> None:
        """Keep one slot filled; the slot moves on when its socket is told to leave."""
        while not self._stopping:
            began = time.monotonic()
            try:
                if failures:
                    await asyncio.sleep(_pause(failures))
                if await self._live():
                    return
                # A socket that lived is replaced at once; one that keeps ending is not chased.
                failures = 0 if time.monotonic() - began > LIVED_SECONDS else failures + 1
            except (ProviderError, aiohttp.ClientError, OSError) as error:
                log.warning("socket_failed", error=type(error).__name__, said=getattr(error, "said", ""))
                failures += 1
                await asyncio.sleep(_told(error))

    async def _live(self) -> bool:
        """Serve one socket until it ends; True when a successor has taken over the slot meanwhile."""
        socket = await self._connect()
        began, succeeded = time.monotonic(), False
        try:
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    break
                leave = self._read(socket, _parsed(message.data))
                if leave and not succeeded and not self._stopping:
                    succeeded = True
                    too_soon = time.monotonic() - began < LIVED_SECONDS
                    self._keep(self._keep_connected(int(too_soon)))
        finally:
            self._listening.discard(socket)
            await socket.close()
        if not succeeded and not self._stopping:
            log.info("socket_lost", code=socket.close_code)
        return succeeded

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        assert self._session is not None  # noqa: S101  # `start` made it
        token = self._app_token.get_secret_value()
        answer = await ask(self._client.apps_connections_open(app_token=token))
        if not isinstance(url := answer.get("url"), str):  # else nobody would fill this slot again
            raise Transient(SLACK, "no_url")
        async with asyncio.timeout(CONNECT_SECONDS):
            return await self._session.ws_connect(
                url,
                heartbeat=self._heartbeat,
                proxy=self._client.proxy,
                ssl=self._client.ssl or True,
                max_msg_size=0,
            )

    # --- frames ------------------------------------------------------------------------------

    def _read(self, socket: aiohttp.ClientWebSocketResponse, frame: Frame) -> bool:
        """Act on one frame; True when Slack wants this socket to be replaced."""
        kind = frame.get("type")
        if kind == "hello":
            self._listening.add(socket)
            self._heard.set()
        elif kind == "disconnect":
            log.info("socket_asked_to_leave", reason=str(frame.get("reason"))[:40])
            return str(frame.get("reason")) in {"warning", "refresh_requested"}
        elif frame.get("envelope_id"):
            task = asyncio.create_task(self._answer(socket, frame))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
        return False

    async def _answer(self, socket: aiohttp.ClientWebSocketResponse, frame: Frame) -> None:
        with delivered(_kind(frame)):
            response = await self._dispatch(frame)
            if response.status != 200:
                log.warning("envelope_refused", status=response.status)
                return
            await self._send(socket, {"envelope_id": frame["envelope_id"]} | _payload(response))

    async def _dispatch(self, frame: Frame) -> BoltResponse:
        payload = frame.get("payload")
        body = payload if isinstance(payload, dict) else {}
        return await dispatch(self._app, body, _retry(frame), "socket_mode")

    async def _send(self, socket: aiohttp.ClientWebSocketResponse, ack: Frame) -> None:
        """Answer on the socket that asked or, when that is gone, on another: the envelope id counts."""
        for candidate in (socket, *self._listening):
            try:
                await candidate.send_json(ack)
            except (aiohttp.ClientError, OSError):
                continue
            else:
                return
        log.warning("answer_lost")


def _pause(failures: int) -> float:
    """Seconds until the next try, spread so that replicas do not knock together."""
    wait: float = min(FIRST_WAIT * 2 ** min(failures - 1, 10), LONGEST_WAIT)
    return wait * random.uniform(0.5, 1.0)  # noqa: S311  # guards nothing


def _told(error: Exception) -> float:
    """Seconds that Slack asked for, or that a refused token is worth."""
    if isinstance(error, Refused):
        return REFUSED_WAIT
    return error.retry_after or 0.0 if isinstance(error, ProviderError) else 0.0


def _kind(frame: Frame) -> str:
    kind = frame.get("type")
    return kind if kind in {"events_api", "interactive", "slash_commands"} else "other"


def _parsed(text: str) -> Frame:
    try:
        frame = json.loads(text)
    except ValueError:
        return {}
    return frame if isinstance(frame, dict) else {}


def _retry(frame: Frame) -> dict[str, Any]:
    number = frame.get("retry_attempt")
    reason = frame.get("retry_reason")
    headers = {"x-slack-retry-num": str(number)} if number is not None else {}
    return headers | ({"x-slack-retry-reason": str(reason)} if reason else {})


def _payload(response: BoltResponse) -> Frame:
    if not response.body:
        return {}
    content_type = response.headers.get("content-type", [""])[0]
    if content_type.startswith("application/json"):
        return {"payload": json.loads(response.body)}
    return {"payload": {"text": response.body}}
