"""A very small real Bolt app, run over both transports: the sandbox must deliver what Bolt understands."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.blocks import with_ids

FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Connect ChatGPT"},
    "submit": {"type": "plain_text", "text": "Send"},
    "close": {"type": "plain_text", "text": "Never mind"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "workspace",
            "label": {"type": "plain_text", "text": "Workspace ID"},
            "element": {"type": "plain_text_input", "action_id": "value"},
        },
        {
            "type": "input",
            "block_id": "email",
            "label": {"type": "plain_text", "text": "Administrator email"},
            "optional": True,
            "element": {"type": "email_text_input", "action_id": "value"},
        },
        {
            "type": "input",
            "block_id": "scope",
            "label": {"type": "plain_text", "text": "Requested scope"},
            "element": {
                "type": "radio_buttons",
                "action_id": "value",
                "options": [
                    {"text": {"type": "plain_text", "text": "Read"}, "value": "read"},
                    {"text": {"type": "plain_text", "text": "Both"}, "value": "both"},
                ],
            },
        },
        {
            "type": "actions",
            "block_id": "more",
            "elements": [
                {"type": "button", "action_id": "explain", "text": {"type": "plain_text", "text": "Explain"}}
            ],
        },
    ],
}
SECOND: dict[str, Any] = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Checking"},
    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "One moment"}}],
}
CARD: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*A request*"}},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            {
                "type": "button",
                "action_id": "approve",
                "value": "GL-1",
                "text": {"type": "plain_text", "text": "Approve"},
            },
            {
                "type": "overflow",
                "action_id": "more",
                "options": [{"text": {"type": "plain_text", "text": "Details"}, "value": "details"}],
            },
        ],
    },
]
CARD_WITH_IDS = with_ids(CARD, lambda: "generated")


def build(slack: SlackSandbox) -> tuple[AsyncApp, list[tuple[str, dict[str, Any]]]]:
    """The app and the list of what its listeners were called with."""
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.url)
    app = AsyncApp(client=client, signing_secret=slack.signing_secret)
    seen: list[tuple[str, dict[str, Any]]] = []

    @app.command("/tiny")
    async def command(ack: Any, body: dict[str, Any], client: AsyncWebClient, respond: Any) -> None:
        seen.append(("command", body))
        match body["text"]:
            case "silent":
                return
            case "crash":
                raise RuntimeError("crash")
            case "hello":
                await ack("Hello there")
            case "blocks":
                await ack(text="A card", blocks=CARD)
            case "respond":
                await ack()
                await respond("By response_url")
            case "post":
                await ack()
                await client.chat_postMessage(channel="C0SECURITY", text="A request", blocks=CARD)
            case _:
                await ack()
                await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.shortcut("tiny_shortcut")
    async def shortcut(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        seen.append(("shortcut", body))
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.view("form")
    async def submitted(ack: Any, body: dict[str, Any]) -> None:
        seen.append(("submitted", body))
        match body["view"]["state"]["values"]["workspace"]["value"]["value"]:
            case "wrong":
                await ack(response_action="errors", errors={"workspace": "That is not a workspace ID"})
            case "alien":
                await ack(response_action="errors", errors={"no_such_block": "lost"})
            case "update":
                await ack(response_action="update", view=SECOND)
            case "push":
                await ack(response_action="push", view=SECOND)
            case "clear":
                await ack(response_action="clear")
            case "broken":
                await ack(response_action="update", view=SECOND | {"blocks": [{"type": "nonsense"}]})
            case _:
                await ack()

    @app.view_closed("form")
    async def closed(ack: Any, body: dict[str, Any]) -> None:
        seen.append(("closed", body))
        await ack()

    @app.action("explain")
    async def explain(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        seen.append(("explain", body))
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=SECOND)

    @app.action("approve")
    async def approve(ack: Any, body: dict[str, Any], respond: Any) -> None:
        seen.append(("approve", body))
        await ack()
        if body["container"]["type"] == "message":
            await respond(text="Approved", replace_original=True)

    @app.action("more")
    async def more(ack: Any, body: dict[str, Any]) -> None:
        seen.append(("more", body))
        await ack()

    @app.event("app_home_opened")
    async def home(body: dict[str, Any], event: dict[str, Any], client: AsyncWebClient) -> None:
        seen.append(("home", body))
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": CARD})

    return app, seen


@contextlib.asynccontextmanager
async def by_socket(
    slack: SlackSandbox, app: AsyncApp, ping_interval: float = 60
) -> AsyncIterator[AsyncSocketModeHandler]:
    """The app connected by Socket Mode; it gives a socket up after four intervals without a pong."""
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=ping_interval)
    handler.client.web_client.base_url = slack.url
    await handler.connect_async()
    try:
        await slack.wait_for_socket()
        yield handler
    finally:
        await handler.close_async()


@contextlib.asynccontextmanager
async def by_http(slack: SlackSandbox, app: AsyncApp) -> AsyncIterator[None]:
    """The app behind a Request URL."""
    runner = web.AppRunner(app.web_app("/slack/events"), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.use_http(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        yield
    finally:
        await asyncio.shield(runner.cleanup())
