import asyncio
import io
import json
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.sandbox.slack.delivery import signed_headers
from bot.transports import HttpTransport
from bot.transports.web import MAX_BODY_BYTES, is_signed

SECRET = "sandbox-signing-secret"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TYPED = "sk-proj-typed-by-a-person"
COMMAND = f"command=%2Fgreenlight&text={TYPED}&team_id=T0GREEN&user_id=U0ADMIN".encode()


async def ok(_request: web.Request) -> web.Response:
    return web.Response(text="fine")


@pytest.fixture
async def transport(app) -> AsyncIterator[HttpTransport]:
    transport = HttpTransport(
        app, SecretStr(SECRET), host="127.0.0.1", port=0, routes=[web.get("/healthz", ok)]
    )
    await transport.start()
    yield transport
    await transport.close()


async def post(transport: HttpTransport, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    url = f"http://127.0.0.1:{transport.port}/slack/events"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=io.BytesIO(body), headers=headers) as answer,
    ):
        return answer.status, await answer.text()


def signed(body: bytes, at: float | None = None) -> dict[str, str]:
    return FORM | signed_headers(SECRET, body, at or time.time())


class TestVerification:
    async def test_what_slack_signed_reaches_the_listener(self, transport):
        assert await post(transport, COMMAND, signed(COMMAND)) == (200, "hello")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"X-Slack-Signature": "v0=" + "0" * 64},
            {"X-Slack-Signature": ""},
            {"X-Slack-Signature": "v1=ü"},
            {"X-Slack-Request-Timestamp": "yesterday"},
            {"X-Slack-Request-Timestamp": ""},
            {"X-Slack-Request-Timestamp": "1e9"},
            {"X-Slack-Request-Timestamp": "٣"},
            {"X-Slack-Request-Timestamp": "9" * 30},
            {"X-Slack-Request-Timestamp": "-1"},
        ],
    )
    async def test_anything_else_is_401_and_its_body_is_not_logged(self, transport, wrong, caplog):
        with capture_logs() as logs:
            status, text = await post(transport, COMMAND, signed(COMMAND) | wrong)
        assert (status, text) == (401, "")
        assert [line["event"] for line in logs] == ["bad_signature"]
        assert TYPED not in json.dumps(logs) + caplog.text

    async def test_missing_headers_are_401(self, transport):
        assert (await post(transport, COMMAND, FORM))[0] == 401

    @pytest.mark.parametrize("seconds", [-301, 3600])  # what is signed for later comes nearer on the way
    async def test_a_signature_outside_the_window_is_401(self, transport, seconds):
        assert (await post(transport, COMMAND, signed(COMMAND, time.time() + seconds)))[0] == 401

    @pytest.mark.parametrize(("seconds", "held"), [(-301, False), (-300, True), (300, True), (301, False)])
    def test_the_window_is_five_minutes_either_way(self, seconds, held):
        now = 1_800_000_000.0
        headers = signed(COMMAND, now + seconds)
        assert is_signed(SecretStr(SECRET), headers, COMMAND, now) is held

    async def test_another_body_than_the_signed_one_is_401(self, transport):
        assert (await post(transport, COMMAND + b"&x=1", signed(COMMAND)))[0] == 401

    @given(st.text(max_size=80), st.text(max_size=80), st.binary(max_size=80))
    def test_no_header_makes_verification_raise(self, stamp, signature, body):
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}
        assert is_signed(SecretStr(SECRET), headers, body, 1_800_000_000.0) is False

    @pytest.mark.parametrize("stamp", ["²", "١٨", "1_800", " 1", "0x1"])
    def test_what_only_looks_like_a_number_is_none(self, stamp):
        assert not is_signed(SecretStr(SECRET), {"X-Slack-Request-Timestamp": stamp}, b"", 18.0)

    async def test_ssl_check_and_url_verification_work(self, transport):
        body = b"ssl_check=1&token=x"
        assert (await post(transport, body, signed(body)))[0] == 200
        body = json.dumps({"type": "url_verification", "challenge": "c4", "token": "x"}).encode()
        status, text = await post(transport, body, signed(body) | {"Content-Type": "application/json"})
        assert (status, json.loads(text)) == (200, {"challenge": "c4"})


class TestLimits:
    async def test_a_large_body_is_413(self, transport):
        body = b"x" * (MAX_BODY_BYTES + 1)
        assert (await post(transport, body, signed(body)))[0] == 413

    async def test_an_unsigned_large_body_is_refused_before_it_is_read(self, transport):
        assert (await post(transport, b"x" * (MAX_BODY_BYTES + 1), FORM))[0] == 401

    async def test_another_content_type_is_415(self, transport):
        assert (await post(transport, b"<a/>", signed(b"<a/>") | {"Content-Type": "text/xml"}))[0] == 415

    async def test_another_method_is_405(self, transport):
        url = f"http://127.0.0.1:{transport.port}/slack/events"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            assert answer.status == 405

    async def test_signed_bytes_that_are_no_text_are_400(self, transport):
        assert (await post(transport, b"\xff\xfe", signed(b"\xff\xfe")))[0] == 400

    @pytest.mark.parametrize("body", [b"payload=%7Bnot-json", b"payload=%5B%5D", b"[]", b"{", b""])
    async def test_signed_nonsense_is_answered(self, transport, body):
        kind = {"Content-Type": "application/json"} if body[:1] in (b"[", b"{") else {}
        assert (await post(transport, body, signed(body) | kind))[0] in (200, 404)


class TestStopping:
    async def test_other_routes_share_the_port(self, transport):
        url = f"http://127.0.0.1:{transport.port}/healthz"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            assert await answer.text() == "fine"

    async def test_what_is_being_answered_is_answered_although_the_door_closes(self, app, transport):
        entered, leave = asyncio.Event(), asyncio.Event()

        async def slow(ack):
            entered.set()
            await leave.wait()
            await ack("done")

        app.command("/slow")(slow)
        body = b"command=%2Fslow&team_id=T0GREEN&user_id=U0ADMIN"
        answer = asyncio.create_task(post(transport, body, signed(body)))
        await entered.wait()
        await transport.stop_receiving()
        assert not transport.ready
        with pytest.raises(aiohttp.ClientConnectorError):
            await post(transport, COMMAND, signed(COMMAND))
        leave.set()
        assert await answer == (200, "done")
