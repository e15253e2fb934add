"""A local Slack, and a client of the kind the bot uses, for every test below that asks for them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import slack_client
from bot.sandbox.slack import SlackSandbox


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    async with SlackSandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def client(slack: SlackSandbox) -> AsyncIterator[AsyncWebClient]:
    patience = slack.world.patience
    async with slack_client(SecretStr(slack.bot_token), slack.url, patience=patience) as client:
        yield client
