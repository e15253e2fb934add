"""Cards for a channel that Slack does not describe: somebody hears of what only a person can mend."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from bot.adapters.pacing import RedisPacer
from bot.adapters.redis import RedisStore
from bot.adapters.redis_client import connect
from bot.adapters.slack import SlackMessenger, slack_client
from bot.adapters.slack_channel import ChannelWatch, PrivateMessenger
from bot.courier import Courier
from bot.domain.errors import Transient
from bot.sandbox.slack import SlackSandbox

CHANNEL = "C0SECURITY"


class Desk:
    def __init__(self, slack: SlackSandbox, client: Any, store: RedisStore) -> None:
        self.slack, self.alarms = slack, list[str]()
        self.watch = ChannelWatch(client, CHANNEL, patience=20)
        private = PrivateMessenger(SlackMessenger(client), self.watch)
        self.courier = Courier(private, RedisPacer(store), self._alarm, scale=0.01)

    async def _alarm(self, said: str) -> None:
        self.alarms.append(said)


@pytest.fixture
async def desk(redis_url: str) -> AsyncIterator[Desk]:
    redis, blocking = connect(redis_url), connect(redis_url, blocking=True)
    store = RedisStore(redis, blocking, "T0GREEN")
    async with (
        SlackSandbox() as slack,
        slack_client(SecretStr(slack.bot_token), slack.url, patience=20) as client,
    ):
        yield Desk(slack, client, store)
    await redis.aclose()
    await blocking.aclose()


@pytest.mark.parametrize("said", ["channel_not_found", "token_revoked", "invalid_auth", "missing_scope"])
async def test_a_channel_the_bot_lost_rings_the_alarm_and_the_card_waits(desk: Desk, said: str) -> None:
    desk.slack.faults.error("conversations.info", said, times=1)
    with pytest.raises(Transient, match=said) as held:
        await desk.courier.post(CHANNEL, "hello", (), mark="card:GL-7K3M9Q:0")
    assert desk.alarms == [said]
    assert held.value.retry_after == 300 * 0.01
    await desk.courier.post(CHANNEL, "hello", (), mark="card:GL-7K3M9Q:0")
    assert [message.text for message in desk.slack.world.posted] == ["hello"]


async def test_an_answer_nobody_foresaw_is_tried_again_and_rings_nothing(desk: Desk) -> None:
    desk.slack.faults.error("conversations.info", "method_not_supported_for_channel_type", times=1)
    with pytest.raises(Transient):
        await desk.courier.post(CHANNEL, "hello", (), mark="card:GL-7K3M9Q:0")
    assert desk.alarms == []


async def test_an_approval_is_told_that_slack_cannot_say(desk: Desk) -> None:
    desk.slack.faults.error("conversations.info", "missing_scope", times=1)
    with pytest.raises(Transient, match="missing_scope"):
        await desk.watch.is_shared()
