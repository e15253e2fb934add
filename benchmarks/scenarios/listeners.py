"""Plain Bolt and our way into Bolt, each with many listeners, for one click."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.load import command
from bot.adapters.slack_start import SlackFacts
from bot.transports.app import bolt_app
from bot.transports.app import dispatch as our_dispatch

Dispatch = Callable[[str], Awaitable[object]]
HEADERS = {"content-type": "application/x-www-form-urlencoded"}


async def _ignored(ack: AsyncAck) -> None:
    await ack()


def _register(app: AsyncApp, others: int) -> None:
    for number in range(others - 1):
        app.command(f"/other{number}")(_ignored)
    app.command("/greenlight")(_ignored)


def plain(others: int) -> Dispatch:
    """Bolt as documented, without signature and token checks."""
    client = AsyncWebClient(token="xoxb-bench", base_url="http://127.0.0.1:9/api/")

    async def authorize() -> object:
        return _INSTALLATION

    app = AsyncApp(
        client=client, authorize=authorize, request_verification_enabled=False, process_before_response=True
    )
    _register(app, others)

    async def deliver(body: str) -> object:
        return await app.async_dispatch(AsyncBoltRequest(body=body, headers=dict(HEADERS), mode="http"))

    return deliver


def ours(others: int) -> Dispatch:
    """The way both transports go."""
    client = AsyncWebClient(token="xoxb-bench", base_url="http://127.0.0.1:9/api/")
    app = bolt_app(client, SlackFacts("T0BENCH", "Bench", "bench", "U0BOT", "B0BENCH"))
    _register(app, others)

    async def deliver(body: str) -> object:
        return await our_dispatch(app, body, dict(HEADERS), "http")

    return deliver


async def time_of(deliver: Dispatch, count: int) -> float:
    """Seconds per click."""
    bodies = [command("help").body.decode() for _ in range(count)]
    for body in bodies[:20]:
        await deliver(body)
    began = time.perf_counter()
    for body in bodies:
        await deliver(body)
    return (time.perf_counter() - began) / count


def _installation() -> object:
    from slack_bolt.authorization import AuthorizeResult  # noqa: PLC0415

    return AuthorizeResult(
        enterprise_id=None, team_id="T0BENCH", bot_user_id="U0BOT", bot_id="B0BENCH", bot_token="xoxb-bench"
    )


_INSTALLATION = _installation()
