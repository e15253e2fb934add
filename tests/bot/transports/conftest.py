from __future__ import annotations

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_start import SlackFacts
from bot.sandbox.slack import SlackSandbox
from bot.transports import bolt_app


@pytest.fixture
def app(slack: SlackSandbox, client: AsyncWebClient) -> AsyncApp:
    facts = SlackFacts(slack.team_id, "Acme", "acme", slack.bot_user_id, "B0GREENBOT")
    app = bolt_app(client, facts)

    async def hello(ack: Any) -> None:
        await ack("hello")

    async def silent(ack: Any, body: dict[str, Any]) -> None:
        await ack()

    app.command("/greenlight")(hello)
    app.event("app_home_opened")(silent)
    return app
