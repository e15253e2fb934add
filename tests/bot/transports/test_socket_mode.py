import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.adapters.slack import slack_client
from bot.adapters.slack_start import StartError
from bot.transports import SocketTransport
from tests.wait import lived, until


@pytest.fixture
async def transport(app, client, slack) -> AsyncIterator[SocketTransport]:
    transport = SocketTransport(app, client, SecretStr(slack.app_token))
    await transport.start()
    await slack.until(lambda: len(slack.sockets.hearing) == 2, what="both sockets")
    yield transport
    await transport.close()


async def says_hello(slack) -> bool:
    delivery = await slack.person("U0ADMIN").slash("/greenlight")
    return delivery.ack == {"text": "hello"}


async def renewed(slack, old) -> float:
    """Seconds until a socket that was not there before reaches the bot, those of a stall left out."""
    fresh = lambda: [one for one in slack.sockets.hearing if one not in old]  # noqa: E731
    async with lived() as seconds:
        await slack.until(fresh, what="a new socket")
        return seconds()


class TestReceiving:
    async def test_every_socket_answers(self, transport, slack):
        assert [await says_hello(slack) for _ in range(4)] == [True] * 4

    async def test_an_answer_takes_no_polling(self, transport, slack):
        async def quick():
            return (await slack.person("U0ADMIN").slash("/greenlight")).ack_ms < 8

        await until(
            quick, what="an answer for which Bolt's own runner never needs less than ten milliseconds"
        )

    async def test_a_slow_listener_does_not_hold_up_others(self, app, transport, slack):
        leave = asyncio.Event()

        async def slow(ack):
            await leave.wait()
            await ack()

        app.command("/slow")(slow)
        waiting = asyncio.create_task(slack.person("U0ADMIN").slash("/slow"))
        assert await says_hello(slack)
        assert await says_hello(slack)
        leave.set()
        assert (await waiting).acked

    async def test_the_same_envelope_twice_is_answered_twice(self, transport, slack):
        delivery = await slack.person("U0ADMIN").slash("/greenlight")
        attempts = await slack.redeliver(delivery, twice_at_once=True)
        assert [attempt.outcome for attempt in attempts] == ["acked", "acked"]

    async def test_events_are_answered_without_a_payload(self, transport, slack):
        assert (await slack.person("U0ADMIN").open_home()).acked


class TestStayingConnected:
    @pytest.mark.parametrize("how", ["disconnect", "close", "reset"])
    async def test_a_lost_socket_is_replaced_at_once(self, transport, slack, how):
        old = list(slack.sockets.connections)
        await slack.drop_sockets(how)
        assert await renewed(slack, old) < 1
        assert await says_hello(slack)

    async def test_a_peer_that_is_silently_gone_is_noticed_within_three_seconds(self, transport, slack):
        old = list(slack.sockets.connections)
        await slack.drop_sockets("half_open")
        assert await renewed(slack, old) < 3

    async def test_asked_to_leave_it_listens_anew_before_it_leaves(self, transport, slack):
        old = list(slack.sockets.connections)
        await slack.drop_sockets("disconnect", "warning")
        await renewed(slack, old)
        assert all(not one.ws.closed for one in old)
        assert await says_hello(slack)

    async def test_a_slack_that_answers_with_errors_is_asked_again(self, transport, slack):
        slack.faults.status("apps.connections.open", 503, times=2)
        old = list(slack.sockets.connections)
        await slack.drop_sockets("reset")
        await renewed(slack, old)
        await until(lambda: transport.ready, what="the transport to hear hello")

    async def test_the_answer_to_a_lost_socket_goes_over_another(self, app, transport, slack):
        entered, leave = asyncio.Event(), asyncio.Event()

        async def slow(ack):
            entered.set()
            await leave.wait()
            await ack("done")

        app.command("/slow")(slow)
        with capture_logs() as logs:
            waiting = asyncio.create_task(slack.person("U0ADMIN").slash("/slow"))
            await entered.wait()
            old = list(slack.sockets.connections)
            await slack.drop_sockets("reset")
            await renewed(slack, old)
            await until(lambda: transport.ready, what="the transport to hear hello")
            leave.set()
            assert not (await waiting).acked  # this Slack has forgotten it; the bot must not stumble
            await until(lambda: not transport._answering, what="the answer to be sent")
        assert "answer_lost" not in [line["event"] for line in logs]
        assert await says_hello(slack)

    @pytest.mark.parametrize("answer", [{"ok": True}, {"ok": True, "url": 7}, {"ok": True, "url": "wss://["}])
    async def test_an_answer_that_names_no_address_is_asked_for_again(self, app, slack, answer):
        async def strange(_request):
            asked.append(1)
            return web.json_response(answer)

        asked, server = [], web.Application()
        server.router.add_route("*", "/api/apps.connections.open", strange)
        async with (
            TestServer(server, host="127.0.0.1") as host,
            slack_client(SecretStr("xoxb-x"), str(host.make_url("/api/"))) as elsewhere,
        ):
            transport = SocketTransport(app, elsewhere, SecretStr("xapp-x"), sockets=1, patience=30.0)
            starting = asyncio.create_task(transport.start())
            await until(lambda: len(asked) > 2, what="a third question")
            elsewhere.base_url = slack.url
            transport._app_token = SecretStr(slack.app_token)
            await starting
            await transport.close()

    async def test_it_says_when_it_is_deaf(self, transport, slack):
        slack.faults.error("apps.connections.open", "invalid_auth", times=100)
        await slack.drop_sockets("reset")
        await until(lambda: not transport.ready, what="the transport to know")


class TestStartAndStop:
    async def test_it_fails_in_one_sentence_when_slack_never_says_hello(self, app, client, slack):
        slack.faults.error("apps.connections.open", "internal_error", times=1000)
        transport = SocketTransport(app, client, SecretStr(slack.app_token), patience=0.3)
        with pytest.raises(StartError, match="Socket Mode"):
            await transport.start()

    @pytest.mark.parametrize("inside", ["169.254.169.254", "10.0.0.7", "[::ffff:10.0.0.7]"])
    async def test_an_address_inside_is_not_dialled_whoever_names_it(self, app, inside):
        async def answer(_: web.Request) -> web.Response:
            return web.json_response({"ok": True, "url": f"ws://{inside}:9/link"})

        imposter = web.Application()
        imposter.router.add_post("/api/apps.connections.open", answer)
        async with (
            TestServer(imposter) as server,
            slack_client(None, str(server.make_url("/api/"))) as client,
        ):
            transport = SocketTransport(app, client, SecretStr("xapp-1-test"), patience=0.3)
            with capture_logs() as logs, pytest.raises(StartError, match="Socket Mode"):
                await transport.start()
        assert {"event": "private_address_refused", "log_level": "warning"}.items() <= logs[0].items()

    async def test_what_has_arrived_is_answered_before_it_leaves(self, app, transport, slack):
        entered, leave = asyncio.Event(), asyncio.Event()

        async def slow(ack):
            entered.set()
            await leave.wait()
            await ack("done")

        app.command("/slow")(slow)
        waiting = asyncio.create_task(slack.person("U0ADMIN").slash("/slow"))
        await entered.wait()
        stopping = asyncio.create_task(transport.stop_receiving())
        for _ in range(20):  # turns of the loop, not time: it waits for some seconds only
            await asyncio.sleep(0)
        assert not stopping.done()
        leave.set()
        await stopping
        assert (await waiting).ack == {"text": "done"}
        await slack.until(lambda: not slack.sockets.connections, what="the sockets to close")

    async def test_after_the_end_it_does_not_come_back(self, app, client, slack):
        transport = SocketTransport(app, client, SecretStr(slack.app_token))
        await transport.start()
        await transport.close()
        calls = len(slack.calls)
        assert not transport.ready
        await slack.until(lambda: not slack.sockets.connections, what="the sockets to close")
        assert len(slack.calls) == calls
