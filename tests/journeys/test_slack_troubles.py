"""Slack is not as it was: a card deleted, the bot put out, a channel archived, a person unreachable."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.domain.request import State
from bot.sandbox import local
from tests.journeys.conftest import Journey, Start


async def test_a_deleted_card_comes_back_with_its_thread(journey: Journey) -> None:
    card = await journey.in_review()
    journey.world.slack.world.delete(card)
    await journey.home.service.refresh_card((await journey.request()).id)
    again = await journey.stands(State.IN_REVIEW)
    assert again.ts != card.ts
    await journey.approve()
    await journey.stands(State.AWAITING_OPENAI)
    await journey.thread_says("approved")
    assert len(journey.cards()) == 1


async def test_a_note_for_a_deleted_card_brings_the_card_back_first(journey: Journey) -> None:
    card = await journey.in_review()
    await journey.rita.click(card, "Deny")
    await journey.rita.modal("Deny")
    journey.world.slack.world.delete(card)
    await journey.rita.submit({"Reason": "Not this tenant"})
    await journey.stands(State.DENIED)
    await journey.thread_says("Not this tenant")
    assert len(journey.cards()) == 1


async def test_a_bot_put_out_of_the_channel_tells_the_reviewers_and_catches_up_when_invited(
    journey: Journey,
) -> None:
    channel = journey.world.slack.world.channels[local.CHANNEL]
    channel.members.remove(journey.world.slack.bot_user_id)
    await journey.ask()
    await journey.told(journey.rita, "not_in_channel", "/invite")
    await journey.told(journey.raj, "Nothing is lost")
    assert journey.cards() == []
    channel.members.append(journey.world.slack.bot_user_id)
    await journey.stands(State.IN_REVIEW)
    assert len([one for one in journey.rita.dms() if "not_in_channel" in one.text]) == 1


async def test_a_renamed_channel_changes_nothing(journey: Journey) -> None:
    card = await journey.in_review()
    journey.world.slack.world.rename(local.CHANNEL, "casb-approvals")
    await journey.approve()
    again = await journey.stands(State.AWAITING_OPENAI)
    assert again.ts == card.ts
    await journey.thread_says("approved")


async def test_an_archived_channel_holds_up_nothing_but_its_messages(journey: Journey) -> None:
    await journey.in_review()
    channel = journey.world.slack.world.channels[local.CHANNEL]
    channel.is_archived = True
    await journey.approve()
    await journey.told(journey.rita, "Unarchive")
    assert await journey.state() is State.AWAITING_OPENAI
    channel.is_archived = False
    await journey.stands(State.AWAITING_OPENAI)
    await journey.thread_says("approved")


async def test_a_person_who_takes_no_direct_messages_is_told_in_the_thread_once(journey: Journey) -> None:
    journey.world.slack.world.messages_tab_enabled = False
    await journey.in_review()
    await journey.approve()
    await journey.stands(State.AWAITING_OPENAI)
    await journey.thread_says("could not send you a direct message")
    said = [text for text in journey.thread() if "could not send you" in text]
    assert len(said) == 1


async def test_requests_repair_posts_the_card_anew(apart: Start, tmp_path: Path) -> None:
    journey = await apart()
    card = await journey.in_review()
    request_id = card.text.partition(",")[0]
    command = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "requests",
        "repair",
        request_id,
        env=journey.running._environment,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await command.communicate()
    assert command.returncode == 0
    assert request_id in said.decode()
    await journey.until(lambda: card.deleted and journey.cards(), "a new card")
    assert len(journey.cards()) == 1
    assert journey.cards()[0].ts != card.ts
