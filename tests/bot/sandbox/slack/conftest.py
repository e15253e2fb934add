from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackSandbox


@pytest.fixture
def patience() -> float:
    """Seconds for which an ack is waited; a test in which none comes overrides it with few."""
    return 60.0


@pytest.fixture
async def slack(patience: float) -> AsyncIterator[SlackSandbox]:
    async with SlackSandbox(patience=patience) as sandbox:
        yield sandbox


@pytest.fixture
def client(slack: SlackSandbox) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.url)
