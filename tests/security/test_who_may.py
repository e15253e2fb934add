"""Threats 5 and 6: strangers, guests, bots, shared channels, a Slack that cannot say who somebody is."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox import local
from bot.sandbox.slack import text_of
from tests.security.conftest import FORM, Site, Start

STRANGERS = {
    "U0FOREIGN": "Only members of this Slack workspace",
    "U0GUEST": "Guests cannot",
    "U0GONE": "deactivated",
    "U0BOT2": "not bots",
    "U0OUTSIDE": "Only reviewers",
    local.ADMIN: "your own request",
}


@pytest.fixture(params=["socket", "http"])
async def site(request: pytest.FixtureRequest, start: Start) -> Site:
    made: Site = await start(str(request.param))
    return made


async def reviewed(site: Site) -> Any:
    await site.alice.slash("/greenlight")
    await site.alice.modal("Connect ChatGPT")
    sent = await site.alice.submit(FORM | {"API key": site.world.new_key()})
    assert not sent.errors, sent.errors
    await site.card("Waiting for review")
    return (await site.requests())[0]


async def approvals(site: Site) -> int:
    return sum(len(request.approvals) for request in await site.requests())


async def test_threat_06_nobody_but_a_reviewer_can_approve_whatever_the_transport(site: Site):
    await reviewed(site)
    channel = site.world.slack.world.channels[local.CHANNEL]
    card = await site.card()
    for user, words in STRANGERS.items():
        channel.members.append(user)
        person = site.person(user)
        await person.click(card, "Approve")
        await site.told(person, words)
        assert await approvals(site) == 0
    await site.rita.click(card, "Approve")
    await site.card("Waiting for OpenAI")


async def test_when_slack_cannot_say_who_or_which_group_nothing_is_approved(site: Site):
    await reviewed(site)
    card = await site.card()
    for method in ("users.info", "usergroups.users.list"):
        for fault in (503, 429):
            site.bot.directory.invalidate_person(local.REVIEWER)
            site.bot.directory.invalidate("S0SECURITY")
            site.world.slack.faults.status(method, fault, times=2)
            await site.rita.click(card, "Approve")
            assert await approvals(site) == 0
            site.world.slack.faults.clear()
    site.bot.directory.invalidate("S0SECURITY")
    await site.rita.click(card, "Approve")
    await site.card("Waiting for OpenAI")


@pytest.mark.parametrize("flag", ["is_ext_shared", "is_pending_ext_shared"])
async def test_a_channel_that_becomes_shared_later_stops_approvals_and_cards(start: Start, flag: str):
    site: Site = await start("http")
    await reviewed(site)
    card = await site.card()
    channel = site.world.slack.world.channels[local.CHANNEL]
    before = len(site.world.slack.world.messages(local.CHANNEL))
    setattr(channel, flag, True)
    site.bot.channel.forget()
    await site.rita.click(card, "Approve")
    await site.told(site.rita, "shared with another organization")
    assert await approvals(site) == 0
    await site.alice.slash("/greenlight")
    await site.alice.modal("Connect ChatGPT")
    other = "f7f33107-5fb9-4ee1-8922-000000000002"
    key = site.world.new_key(workspace=other)
    await site.alice.submit(FORM | {"API key": key, "Workspace ID": other})
    await site.told(site.rita, "GREENLIGHT_CHANNEL")
    assert len(site.world.slack.world.messages(local.CHANNEL)) == before
    assert other not in str([text_of(one) for one in site.world.slack.world.messages(local.CHANNEL)])
    setattr(channel, flag, False)
    site.bot.channel.forget()
    await site.rita.click(card, "Approve")
    assert await approvals(site) == 1


async def test_a_channel_that_slack_cannot_describe_counts_as_not_private(start: Start):
    site: Site = await start("socket")
    await reviewed(site)
    site.bot.channel.forget()
    site.world.slack.faults.error("conversations.info", "missing_scope", times=50)
    await site.rita.click(await site.card(), "Approve")
    await site.told(site.rita, "Nothing was changed")
    assert await approvals(site) == 0
