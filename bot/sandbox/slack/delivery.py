"""Bringing interactions and events to the bot: one record each, by sockets or signed HTTP, once or again."""

import asyncio
import contextlib
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

import aiohttp

from bot.sandbox.slack.changes import Changes
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.model import Json

EVENT_RETRY_SECONDS = (0.0, 60.0, 300.0)

Kind = Literal["slash_commands", "interactive", "events_api"]
Outcome = Literal["acked", "http_error", "timeout", "unreachable"]
SHOWN: dict[Outcome, str | None] = {
    "acked": None,
    "timeout": "operation_timeout",
    "http_error": "dispatch_failed",
    "unreachable": "dispatch_failed",
}
RETRY_REASONS: dict[Outcome, str] = {
    "timeout": "http_timeout",
    "http_error": "http_error",
    "unreachable": "connection_failed",
}


@dataclass
class Attempt:
    """One try to hand a delivery over, and the bot's answer; `ms` until it came or Slack gave up."""

    at: float
    outcome: Outcome = "unreachable"
    status: int = 0
    body: Any = None
    retry_num: int | None = None
    retry_reason: str | None = None
    no_retry: bool = False
    ms: float = 0.0


@dataclass
class Delivery:
    """One interaction or event with its attempts; `shown_error` is what the person reads instead."""

    id: str
    kind: Kind
    type: str
    payload: Json = field(repr=False)
    user: str
    at: float
    attempts: list[Attempt] = field(default_factory=list)
    ack: Any = None
    shown_error: str | None = None
    late_acks: int = 0

    @property
    def acked(self) -> bool:
        """Whether any attempt was acknowledged in time."""
        return any(attempt.outcome == "acked" for attempt in self.attempts)

    @property
    def ack_ms(self) -> float:
        """How long the first attempt took, in milliseconds."""
        return self.attempts[0].ms if self.attempts else 0.0


class Transport(Protocol):
    """A way to hand a delivery to the bot; fills in the attempt."""

    async def send(self, delivery: Delivery, attempt: Attempt) -> None:
        """Send once and wait no longer than the ack deadline."""


class SignedHttp:
    """Deliveries as signed HTTP posts to a Request URL; several URLs take turns."""

    def __init__(self, urls: Sequence[str], signing_secret: str, patience: float) -> None:
        self._patience = patience
        self._urls = itertools.cycle(urls)
        self._secret = signing_secret
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def send(self, delivery: Delivery, attempt: Attempt) -> None:
        """Post the payload; 200 is an ack, its body the answer."""
        content_type, body = encode(delivery)
        headers = signed_headers(self._secret, body, time.time()) | {"Content-Type": content_type}
        if attempt.retry_num is not None:
            headers["X-Slack-Retry-Num"] = str(attempt.retry_num)
            headers["X-Slack-Retry-Reason"] = attempt.retry_reason or ""
        self._session = session = self._session or aiohttp.ClientSession()
        try:
            async with (
                asyncio.timeout(self._patience),
                session.post(next(self._urls), data=body, headers=headers, allow_redirects=False) as answer,
            ):
                await _read(answer, attempt)
        except TimeoutError:
            attempt.outcome = "timeout"
        except (aiohttp.ClientError, OSError):
            attempt.outcome = "unreachable"


async def _read(answer: aiohttp.ClientResponse, attempt: Attempt) -> None:
    text = await answer.text()
    attempt.status = answer.status
    attempt.no_retry = answer.headers.get("X-Slack-No-Retry") == "1"
    attempt.outcome = "acked" if answer.status == 200 else "http_error"
    if answer.status == 200 and text:
        attempt.body = json.loads(text) if answer.content_type == "application/json" else {"text": text}


def encode(delivery: Delivery) -> tuple[str, bytes]:
    """Content type and raw body of a delivery over HTTP."""
    if delivery.kind == "events_api":
        return "application/json", json.dumps(delivery.payload).encode()
    fields = delivery.payload
    if delivery.kind == "interactive":
        fields = {"payload": json.dumps(delivery.payload)}
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


def signed_headers(secret: str, body: bytes, at: float) -> dict[str, str]:
    """Timestamp and v0 signature over a raw body."""
    stamp = str(int(at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    }


class Deliverer:
    """Keeps the record of all deliveries and hands them to the present transport."""

    def __init__(
        self, transport: Transport, changes: Changes, faults: Faults, clock: Callable[[], float]
    ) -> None:
        self.transport = transport
        self.deliveries: list[Delivery] = []
        self.event_retry_seconds: tuple[float, ...] = EVENT_RETRY_SECONDS
        self._changes = changes
        self._faults = faults
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    async def deliver(self, new_id: str, kind: Kind, payload: Json, user: str) -> Delivery:
        """Deliver something new and wait for the first answer; events are retried by themselves."""
        payload = json.loads(json.dumps(payload))  # later changes of the world do not reach into it
        kind_of = str(payload.get("type") or payload.get("command"))
        delivery = Delivery(new_id, kind, kind_of, payload, user, self._clock())
        self.deliveries.append(delivery)
        if kind != "events_api" and self._faults.take_doubled():
            first, _ = await asyncio.gather(self._attempt(delivery), self._attempt(delivery))
        else:
            first = await self._attempt(delivery)
        delivery.ack, delivery.shown_error = first.body, SHOWN[first.outcome]
        self._announce(delivery)
        if kind == "events_api" and first.outcome != "acked":
            self._later(self._retry_event(delivery, first))
        return delivery

    async def redeliver(
        self, delivery: Delivery, *, twice_at_once: bool = False, reason: str
    ) -> list[Attempt]:
        """Send the very same payload again, now; the answers are recorded but change nothing on screen."""
        count = 2 if twice_at_once else 1
        first = len(delivery.attempts)
        tries = [self._attempt(delivery, max(1, first) + i, reason) for i in range(count)]
        return list(await asyncio.gather(*tries))

    async def close(self) -> None:
        """Give up all retries that wait."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _attempt(
        self, delivery: Delivery, retry: int | None = None, reason: str | None = None
    ) -> Attempt:
        attempt = Attempt(self._clock(), retry_num=retry, retry_reason=reason)
        delivery.attempts.append(attempt)
        began = time.monotonic()
        await self.transport.send(delivery, attempt)
        attempt.ms = (time.monotonic() - began) * 1000
        self._announce(delivery)
        return attempt

    def _announce(self, delivery: Delivery) -> None:
        tries = len(delivery.attempts)
        self._changes.announce(
            "delivery", id=delivery.id, type=delivery.type, user=delivery.user, attempts=tries
        )

    def _later(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _retry_event(self, delivery: Delivery, last: Attempt) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            for number, seconds in enumerate(self.event_retry_seconds, 1):
                if last.no_retry:
                    return
                await asyncio.sleep(seconds)
                last = await self._attempt(delivery, number, RETRY_REASONS[last.outcome])
                if last.outcome == "acked":
                    return
