"""Who is refused, what they hear, and that nobody else hears it and nothing changes."""

from __future__ import annotations

import pytest

from bot.domain.request import State
from bot.sandbox import local
from bot.sandbox.slack import text_of
from tests.journeys.conftest import Journey

STRANGERS = {
    "U0OUTSIDE": "Only reviewers of the security team",
    "U0ADMIN": "your own request",
    "U0GUEST": "Guests cannot",
    "U0BOT2": "Only people",
    "U0GONE": "deactivated",
    "U0FOREIGN": "not people from a connected one",
}
NOT_ADMINS = {
    "U0OUTSIDE": "Only administrators",
    "U0GUEST": "Guests cannot",
    "U0BOT2": "Only people",
    "U0GONE": "deactivated",
    "U0FOREIGN": "not people from a connected one",
}


def bring_in(journey: Journey, user: str) -> None:
    """Put somebody into the channel who is usually not there."""
    journey.world.slack.world.join(user, local.CHANNEL)
    journey.world.slack.world.join(user, "C0GENERAL")


@pytest.mark.parametrize("user", STRANGERS)
async def test_threat_05_who_may_not_decide_is_told_so_privately_and_nothing_changes(
    journey: Journey, user: str
):
    card = await journey.in_review()
    await journey.thread_says("can be reviewed now")
    bring_in(journey, user)
    before = await journey.substance()
    posted = len(journey.thread())
    person = journey.person(user)
    await person.click(card, "Approve")
    await journey.told(person, STRANGERS[user])
    others = [m for m in journey.world.slack.world.posted if STRANGERS[user] in text_of(m)]
    assert {m.ephemeral_to or m.channel for m in others} <= {user, f"D0{user.removeprefix('U0')}"}
    assert await journey.substance() == before
    assert len(journey.thread()) == posted


@pytest.mark.parametrize("user", STRANGERS)
async def test_nor_can_they_deny(journey: Journey, user: str):
    card = await journey.in_review()
    bring_in(journey, user)
    person = journey.person(user)
    await person.click(card, "Deny")
    await journey.modal_says(person, STRANGERS[user])
    assert await journey.state() is State.IN_REVIEW


@pytest.mark.parametrize("user", NOT_ADMINS)
async def test_who_may_not_ask_is_told_so_in_the_form(journey: Journey, user: str):
    person = journey.person(user)
    bring_in(journey, user)
    await person.slash("/greenlight")
    await journey.modal_says(person, NOT_ADMINS[user])
    assert person.top.submit is None
    assert await journey.home.ground.store.requests() == []


@pytest.mark.parametrize("user", ["U0OUTSIDE", "U0GUEST"])
@pytest.mark.parametrize("command", ["status", "verify", "cancel"])
async def test_others_neither_see_nor_touch_a_request(journey: Journey, user: str, command: str):
    await journey.in_review()
    before = await journey.substance()
    person = journey.person(user)
    await person.slash("/greenlight", f"{command} {before.id}")
    read = journey.modal_says if command == "cancel" else journey.told  # a window is open already then
    told = await read(person, STRANGERS[user] if user == "U0GUEST" else "not yours")
    assert local.WORKSPACE not in told
    assert await journey.substance() == before


async def test_only_its_requester_corrects_a_request_even_among_admins(journey: Journey):
    await journey.ask("revoked")
    await journey.stands(State.NEEDS_CORRECTION)
    button = await journey.dm_with("Correct", journey.alice)
    press = (await journey.alice.click(button, "Correct")).payload
    await journey.alice.close_modal()
    forged = press | {
        "user": press["user"] | {"id": journey.ben.id},
        "trigger_id": journey.world.slack.world.new_trigger(journey.ben.id),
    }
    await journey.world.slack.deliver("interactive", forged, journey.ben.id)
    await journey.modal_says(journey.ben, "not yours")
