import asyncio
import logging
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.request.payload_utils import to_event

from bot.sandbox.slack import SlackSandbox
from tests.bot.sandbox.slack import tiny_bot


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("transport", "text", "shown", "patience"),
    [
        (tiny_bot.by_socket, "silent", "operation_timeout", 1.0),
        (tiny_bot.by_socket, "crash", "operation_timeout", 1.0),
        (tiny_bot.by_http, "silent", "operation_timeout", 1.0),
        (tiny_bot.by_http, "crash", "dispatch_failed", 60.0),
    ],
)
async def test_a_person_is_told_when_no_ack_comes(
    slack: SlackSandbox, caplog: pytest.LogCaptureFixture, transport: Any, text: str, shown: str
) -> None:
    app, _ = tiny_bot.build(slack)
    caplog.set_level(logging.CRITICAL)
    async with transport(slack, app):
        delivery = await slack.person("U0ADMIN").slash("/tiny", text)
    assert delivery.shown_error == shown
    assert not delivery.acked


async def test_without_a_bot_the_person_reads_dispatch_failed_at_once(slack: SlackSandbox) -> None:
    assert (await slack.person("U0ADMIN").slash("/tiny")).shown_error == "dispatch_failed"
    slack.use_http("http://127.0.0.1:9/slack/events")
    assert (await slack.person("U0ADMIN").slash("/tiny")).shown_error == "dispatch_failed"


@pytest.mark.parametrize("transport", [tiny_bot.by_socket, tiny_bot.by_http])
async def test_a_redelivery_is_the_very_same_payload(slack: SlackSandbox, transport: Any) -> None:
    app, seen = tiny_bot.build(slack)
    async with transport(slack, app):
        delivery = await slack.person("U0ADMIN").slash("/tiny", "hello")
        attempts = await slack.redeliver(delivery)
        twice = await slack.redeliver(delivery, twice_at_once=True)
    assert [attempt.outcome for attempt in (*attempts, *twice)] == ["acked"] * 3
    assert [attempt.retry_num for attempt in delivery.attempts] == [None, 1, 2, 3]
    assert [body for _, body in seen] == [seen[0][1]] * 4
    assert len(slack.person("U0ADMIN").ephemerals()) == 1  # only the first answer is shown


async def test_a_redelivery_carries_its_number_and_reason_in_headers(slack: SlackSandbox) -> None:
    heard: list[dict[str, str]] = []

    async def listen(request: web.Request) -> web.Response:
        heard.append({name.lower(): value for name, value in request.headers.items()})
        return web.Response()

    app = web.Application()
    app.router.add_post("/", listen)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.use_http(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    delivery = await slack.person("U0ADMIN").slash("/tiny")
    await slack.redeliver(delivery, reason="http_error")
    await runner.cleanup()
    assert "x-slack-retry-num" not in heard[0]
    assert (heard[1]["x-slack-retry-num"], heard[1]["x-slack-retry-reason"]) == ("1", "http_error")
    assert heard[0]["x-slack-signature"].startswith("v0=")


async def test_an_interaction_can_arrive_twice_at_the_same_moment(slack: SlackSandbox) -> None:
    app, seen = tiny_bot.build(slack)
    async with tiny_bot.by_socket(slack, app):
        slack.faults.double_deliveries()
        delivery = await slack.person("U0ADMIN").slash("/tiny", "hello")
        await slack.person("U0ADMIN").slash("/tiny", "hello")
    assert len(delivery.attempts) == 2
    assert len(seen) == 3


async def test_an_event_that_is_not_acked_is_retried_with_its_reason(slack: SlackSandbox) -> None:
    app, seen = tiny_bot.build(slack)
    slack.deliverer.event_retry_seconds = (0.0, 0.0, 0.0)
    await slack.person("U0ADMIN").open_home()  # nobody hears the first attempts
    delivery = slack.deliveries[-1]
    await slack.until(lambda: len(delivery.attempts) == 4, what="three retries")
    assert [attempt.retry_reason for attempt in delivery.attempts[1:]] == ["connection_failed"] * 3
    async with tiny_bot.by_socket(slack, app):
        await slack.redeliver(delivery)
        await slack.until(lambda: seen, what="the event")
    assert to_event(seen[0][1]) == delivery.payload["event"]


async def test_a_response_url_has_five_uses(slack: SlackSandbox) -> None:
    url = (await slack.person("U0ADMIN").slash("/tiny")).payload["response_url"]
    async with aiohttp.ClientSession() as session:
        statuses = [(await session.post(url, json={"text": str(i)})).status for i in range(6)]
    assert statuses == [200] * 5 + [404]
    assert len(slack.person("U0ADMIN").ephemerals()) == 5
    assert slack.calls[-1].error == "used_url"


async def test_a_response_url_lives_thirty_minutes_and_a_trigger_three_seconds() -> None:
    clock = Clock()
    async with SlackSandbox(clock=clock) as slack:
        payload = (await slack.person("U0ADMIN").slash("/tiny")).payload
        clock.now += 1799
        async with aiohttp.ClientSession() as session:
            assert (await session.post(payload["response_url"], json={"text": "x"})).status == 200
            clock.now += 2
            assert (await session.post(payload["response_url"], json={"text": "x"})).status == 404
    assert slack.calls[-1].error == "expired_url"


async def test_a_response_url_can_speak_to_the_channel_and_replace_and_delete(slack: SlackSandbox) -> None:
    card = slack.world.post("C0SECURITY", slack.bot_user_id, "card", blocks=tiny_bot.CARD_WITH_IDS)
    url = (await slack.person("U0REVIEW1").click(card, "Approve")).payload["response_url"]
    async with aiohttp.ClientSession() as session:
        await session.post(url, json={"text": "said", "response_type": "in_channel"})
        await session.post(url, json={"text": "replaced", "replace_original": True})
        assert [m.text for m in slack.world.messages("C0SECURITY")] == ["replaced", "said"]
        await session.post(url, json={"delete_original": True})
        assert [m.text for m in slack.world.messages("C0SECURITY")] == ["said"]
        answer = await session.post(url, json={"text": "x", "blocks": [{"type": "nonsense"}]})
        assert (await answer.json())["error"] == "invalid_blocks"


async def test_a_subscriber_hears_of_every_change(slack: SlackSandbox) -> None:
    async def listen() -> list[str]:
        return [change.kind async for change in slack.subscribe()]

    listener = asyncio.create_task(listen())
    await asyncio.sleep(0)
    slack.person("U0ADMIN").say("C0SECURITY", "hello")
    slack.world.rename("C0SECURITY", "safety")
    await slack.close()
    assert await listener == ["message", "channel"]


async def test_a_wait_that_is_in_vain_names_what_it_waited_for(slack: SlackSandbox) -> None:
    with pytest.raises(TimeoutError, match="for a miracle"):
        await slack.until(lambda: None, what="a miracle", timeout=0.05)
