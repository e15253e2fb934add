import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackSandbox
from tests.bot.sandbox.slack import tiny_bot


class Wire:
    """A bot that speaks Socket Mode by hand: it says exactly what a test tells it to say."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws

    async def next(self) -> Any:
        return await self.ws.receive_json(timeout=60)

    async def ack(self, envelope: Any, **payload: Any) -> None:
        await self.ws.send_str(json.dumps({"envelope_id": envelope["envelope_id"], **payload}))


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def open_url(slack: SlackSandbox) -> str:
    client = AsyncWebClient(base_url=slack.url)
    return str((await client.apps_connections_open(app_token=slack.app_token))["url"])


@contextlib.asynccontextmanager
async def wire(slack: SlackSandbox, session: aiohttp.ClientSession) -> AsyncIterator[Wire]:
    async with session.ws_connect(await open_url(slack), autoping=False) as ws:
        yield Wire(ws)


async def test_hello_comes_first_and_counts_the_connections(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    async with wire(slack, session) as one, wire(slack, session) as two:
        assert (await one.next())["type"] == "hello"
        assert (await two.next())["num_connections"] == 2


async def test_a_ticket_opens_one_connection_only(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    url = await open_url(slack)
    async with session.ws_connect(url):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_an_envelope_is_acked_by_its_id_and_may_answer(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    async with wire(slack, session) as bot:
        await bot.next()
        typing = asyncio.create_task(slack.person("U0ADMIN").slash("/tiny", "x"))
        envelope = await bot.next()
        assert envelope["type"] == "slash_commands"
        assert envelope["accepts_response_payload"] is True
        await bot.ack({"envelope_id": "another"})
        await bot.ack(envelope, payload={"text": "hi"})
        delivery = await typing
    assert delivery.ack == {"text": "hi"}
    assert [message.text for message in slack.person("U0ADMIN").ephemerals()] == ["hi"]


@pytest.mark.parametrize("patience", [1.0])
async def test_a_late_ack_is_counted_but_changes_nothing(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    async with wire(slack, session) as bot:
        await bot.next()
        typing = asyncio.create_task(slack.person("U0ADMIN").slash("/tiny", "x"))
        envelope = await bot.next()
        delivery = await typing
        assert delivery.shown_error == "operation_timeout"
        await bot.ack(envelope, payload={"text": "late"})
        await slack.until(lambda: delivery.late_acks, what="the late ack")
    assert slack.person("U0ADMIN").ephemerals() == []


async def test_deliveries_take_turns_between_connections(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    async with wire(slack, session) as one, wire(slack, session) as two:
        for bot in (one, two):
            await bot.next()
        typing = [asyncio.create_task(slack.person("U0ADMIN").slash("/tiny", str(i))) for i in range(4)]
        for bot in (one, two, one, two):
            await bot.ack(await bot.next())
        assert all([(await delivery).acked for delivery in typing])


async def test_the_eleventh_connection_is_told_to_leave(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        bots = [await stack.enter_async_context(wire(slack, session)) for _ in range(11)]
        assert (await bots[-1].next())["reason"] == "too_many_websockets"


@pytest.mark.parametrize("reason", ["refresh_requested", "warning", "link_disabled"])
async def test_a_disconnect_is_announced_with_its_reason(
    slack: SlackSandbox, session: aiohttp.ClientSession, reason: str
) -> None:
    async with wire(slack, session) as bot:
        await bot.next()
        await slack.drop_sockets("disconnect", reason)
        assert await bot.next() == {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
        assert bool(slack.sockets.ready) == (reason == "warning")


@pytest.mark.parametrize("patience", [1.0])
async def test_a_half_open_connection_swallows_everything(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    async with wire(slack, session) as bot:
        await bot.next()
        await slack.drop_sockets("half_open")
        await bot.ws.ping(b"are you there")
        delivery = await slack.person("U0ADMIN").slash("/tiny")
        assert delivery.shown_error == "operation_timeout"
        with pytest.raises(TimeoutError):
            await bot.ws.receive(timeout=0.05)
        with pytest.raises(TimeoutError, match="a Socket Mode connection"):
            await slack.wait_for_socket(timeout=0.05)


async def test_losing_the_connection_before_the_ack_fails_the_delivery_at_once(
    slack: SlackSandbox, session: aiohttp.ClientSession
) -> None:
    async with wire(slack, session) as bot:
        await bot.next()
        typing = asyncio.create_task(slack.person("U0ADMIN").slash("/tiny"))
        await bot.next()
        await slack.drop_sockets("reset")
        assert (await typing).shown_error == "dispatch_failed"
        assert (await bot.ws.receive()).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


@pytest.mark.parametrize("how", ["disconnect", "close", "reset", "half_open"])
async def test_the_real_client_comes_back_after_every_kind_of_loss(slack: SlackSandbox, how: Any) -> None:
    app, seen = tiny_bot.build(slack)
    async with tiny_bot.by_socket(slack, app, ping_interval=1):
        before = {connection.id for connection in slack.sockets.connections}
        await slack.drop_sockets(how)
        await slack.until(
            lambda: {connection.id for connection in slack.sockets.hearing} - before,
            what="a new connection",
        )
        await slack.until(lambda: len(slack.sockets.ready) == 1, what="the old one to be gone")
        assert (await slack.person("U0ADMIN").slash("/tiny", "hello")).acked
    assert len(seen) == 1
