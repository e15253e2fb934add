from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import slack_client
from bot.adapters.slack_start import SlackFacts
from bot.sandbox.slack import SlackSandbox
from bot.transports import bolt_app


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    async with SlackSandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def client(slack: SlackSandbox) -> AsyncIterator[AsyncWebClient]:
    async with slack_client(SecretStr(slack.bot_token), slack.url) as client:
        yield client


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
