"""Operators hear of a broken Slack: each of them, once a day, and not less than once."""

from __future__ import annotations

from typing import Any

from bot.alarm import Alarm
from bot.domain.errors import ProviderError, Refused, Transient
from bot.domain.request import Place
from bot.ports import Blocks
from tests.twins.store import StoreTwin


class Desk:
    """A messenger that cannot reach some people."""

    def __init__(self, **unreachable: ProviderError) -> None:
        self.unreachable = unreachable
        self.told: list[str] = []

    async def post(self, channel: str, text: str, blocks: Blocks, **_: Any) -> Place:
        if channel in self.unreachable:
            raise self.unreachable[channel]
        self.told.append(channel)
        return Place(channel=channel, ts="1.1")


async def reviewers() -> list[str]:
    return ["U1", "U2", "U3"]


async def test_one_reviewer_who_takes_no_messages_does_not_keep_it_from_the_others() -> None:
    desk = Desk(U1=Refused("slack", "cannot_dm_bot"))
    alarm = Alarm(StoreTwin(), desk, reviewers)  # type: ignore[arg-type]
    await alarm("not_in_channel")
    await alarm("not_in_channel")
    assert desk.told == ["U2", "U3"]


async def test_when_nobody_could_be_reached_it_is_tried_again() -> None:
    away = Transient("slack", "unreachable")
    desk = Desk(U1=away, U2=away, U3=away)
    alarm = Alarm(StoreTwin(), desk, reviewers)  # type: ignore[arg-type]
    await alarm("not_in_channel")
    desk.unreachable = {}
    await alarm("not_in_channel")
    await alarm("not_in_channel")
    assert desk.told == ["U1", "U2", "U3"]


async def test_a_token_that_slack_does_not_take_any_more_is_not_used_to_say_so() -> None:
    desk = Desk()
    await Alarm(StoreTwin(), desk, reviewers)("token_revoked")  # type: ignore[arg-type]
    assert desk.told == []
