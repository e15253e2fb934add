import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackSandbox
from tests.wait import until

SAY = {"channel": "C0SECURITY", "text": "hi"}


@pytest.fixture
async def plain(slack: SlackSandbox) -> AsyncIterator[AsyncWebClient]:
    """A client that never retries by itself."""
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=slack.bot_token, base_url=slack.url, session=session, retry_handlers=[])


def texts(slack: SlackSandbox) -> list[str]:
    return [message.text for message in slack.world.messages("C0SECURITY")]


async def test_a_rate_limit_says_how_long_to_wait_and_then_ends(slack: SlackSandbox, plain: Any) -> None:
    slack.faults.rate_limited("chat.postMessage", retry_after=7, channel="C0SECURITY")
    await plain.auth_test()
    with pytest.raises(SlackApiError) as caught:
        await plain.chat_postMessage(**SAY)
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    await plain.chat_postMessage(**SAY)
    assert texts(slack) == ["hi"]
    assert [(call.status, call.fault) for call in slack.calls[1:]] == [(429, "status"), (200, None)]


async def test_a_server_error_may_come_before_or_after_the_effect(slack: SlackSandbox, plain: Any) -> None:
    for after, expected in ((False, []), (True, ["hi"])):
        slack.faults.status("chat.postMessage", 503, after=after)
        with pytest.raises(SlackApiError):
            await plain.chat_postMessage(**SAY)
        assert texts(slack) == expected


@pytest.mark.parametrize("after", [False, True])
async def test_silence_may_hide_an_accepted_message(slack: SlackSandbox, plain: Any, after: bool) -> None:
    slack.faults.timeout("chat.postMessage", after=after)
    saying = asyncio.create_task(plain.chat_postMessage(**SAY))
    await until(lambda: not slack.faults.queue, what="Slack to hear it")
    assert await asyncio.wait({saying}, timeout=0.3) == (set(), {saying})
    assert texts(slack) == (["hi"] if after else [])
    saying.cancel()


@pytest.mark.parametrize("after", [False, True])
async def test_a_reset_connection_may_hide_an_accepted_message(
    slack: SlackSandbox, plain: Any, after: bool
) -> None:
    slack.faults.reset("chat.postMessage", after=after)
    with pytest.raises(aiohttp.ClientConnectionError):
        await plain.chat_postMessage(**SAY)
    assert texts(slack) == (["hi"] if after else [])


@pytest.mark.parametrize("error", ["invalid_auth", "not_in_channel", "is_archived", "message_not_found"])
async def test_any_documented_error_can_be_injected(slack: SlackSandbox, plain: Any, error: str) -> None:
    slack.faults.error("*", error, times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError, match=error):
            await plain.chat_postMessage(**SAY)
    await plain.chat_postMessage(**SAY)


async def test_a_slow_answer_is_still_correct(slack: SlackSandbox, plain: Any) -> None:
    slack.faults.slow("chat.postMessage", seconds=0.1)
    began = time.monotonic()
    assert (await plain.chat_postMessage(**SAY))["ok"]
    assert time.monotonic() - began >= 0.1


async def test_a_waiting_call_does_not_keep_the_sandbox_from_closing() -> None:
    async with asyncio.timeout(60), SlackSandbox() as slack, aiohttp.ClientSession() as session:
        slack.faults.timeout("chat.postMessage", after=True)  # two minutes
        said = session.post(f"{slack.url}chat.postMessage", data=SAY | {"token": slack.bot_token})
        waiting = asyncio.create_task(said)
        await slack.until(lambda: texts(slack), what="the call to be accepted")
        await slack.close()
        await asyncio.gather(waiting, return_exceptions=True)


async def test_real_rate_limits_let_a_burst_of_three_into_a_channel() -> None:
    async with SlackSandbox(
        rate_limits=0.001
    ) as slack:  # its second lasts long: no stall earns a fourth post
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.url, retry_handlers=[])
        for _ in range(3):
            await client.chat_postMessage(**SAY)
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(**SAY)
        assert caught.value.response["error"] == "ratelimited"
        assert caught.value.response.headers["Retry-After"] == "1"
        await client.chat_postMessage(channel="U0ADMIN", text="another channel has its own limit")
        assert len(texts(slack)) == 3
