"""Whether the security channel is still this organization's alone: it may become shared any day.

No event tells it without another scope, so Slack is asked when it matters, at most once a minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_directory import Kept
from bot.adapters.slack_errors import SLACK, ask
from bot.domain.errors import Refused, Transient
from bot.domain.fates import Fate, fate_of
from bot.domain.pace import ASKING, SLACK_SECONDS
from bot.domain.request import Place
from bot.ports import Blocks, Messenger

KEPT_SECONDS = 60.0
SHARED = "channel_is_shared"  # in Slack's style, but our own: `bot.domain.fates` holds what it touches
_FLAGS = ("is_ext_shared", "is_pending_ext_shared", "pending_shared", "pending_connected_team_ids")


class ChannelWatch:
    """Asks `conversations.info`; what Slack cannot say counts as an outage, never as "not shared"."""

    def __init__(
        self,
        client: AsyncWebClient,
        channel: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        seconds: float = KEPT_SECONDS,
        patience: float = SLACK_SECONDS,
    ) -> None:
        self._within = patience * ASKING
        self.channel = channel
        self._client = client
        self._kept: Kept[bool] = Kept(self._look, clock, seconds)

    async def is_shared(self) -> bool:
        """Whether people of another organization see the channel, or are about to; raises `Transient`."""
        try:
            return await self.seen_shared()
        except Refused as error:
            raise Transient(SLACK, error.said) from None

    async def seen_shared(self) -> bool:
        """The same, but what Slack refuses for good stays `Refused`: somebody has to hear of it."""
        return await self._kept.get(self.channel)

    def forget(self) -> None:
        """Ask anew next time."""
        self._kept.forget(self.channel)

    async def _look(self, channel: str) -> bool:
        answer = await ask(self._client.conversations_info(channel=channel), within=self._within)
        found: Any = answer.get("channel")
        if not isinstance(found, dict) or found.get("id") != channel:
            raise Transient(SLACK, "malformed_channel")
        return any(found.get(flag) for flag in _FLAGS)


class PrivateMessenger:
    """A `Messenger` that posts nothing into the security channel while it is shared; raises `Refused`."""

    def __init__(self, inner: Messenger, watch: ChannelWatch) -> None:
        self._inner = inner
        self._watch = watch

    async def post(
        self, channel: str, text: str, blocks: Blocks, *, thread: Place | None = None, mark: str = ""
    ) -> Place:
        """Post, unless strangers would read it."""
        await self._must_be_private(channel)
        return await self._inner.post(channel, text, blocks, thread=thread, mark=mark)

    async def update(self, place: Place, text: str, blocks: Blocks) -> None:
        """Edit, unless strangers would read it."""
        await self._must_be_private(place.channel)
        await self._inner.update(place, text, blocks)

    async def find(self, channel: str, mark: str, *, since: datetime, thread: Place | None) -> Place | None:
        """Look for a message of ours."""
        return await self._inner.find(channel, mark, since=since, thread=thread)

    async def remove(self, place: Place) -> None:
        """Delete a message of ours, wherever it is."""
        await self._inner.remove(place)

    async def _must_be_private(self, channel: str) -> None:
        if channel != self._watch.channel:
            return
        try:
            shared = await self._watch.seen_shared()
        except Refused as error:
            if fate_of(error.said) is Fate.HOLD:  # the bot was removed, its token or a scope is gone
                raise
            raise Transient(SLACK, error.said) from None
        if shared:
            raise Refused(SLACK, SHARED)
