"""A reviewer is away: somebody else decides in their place, under both names, for as long as was said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.request import State
from bot.sandbox import local
from bot.sandbox.slack import Person, text_of
from tests.journeys.conftest import Journey


async def away(journey: Journey, delegate: str, days: int = 3, person: Person | None = None):
    person = person or journey.rita
    await person.slash("/greenlight", "away")
    await person.modal("I am away")
    until = (journey.clock.now() + timedelta(days=days)).date()
    return await person.submit({"Who decides in your place": delegate, "delegate_until": str(until)})


async def test_a_delegate_decides_in_the_place_of_a_reviewer_and_the_record_says_so(journey: Journey):
    assert (await away(journey, "U0OUTSIDE")).closed
    await journey.told(journey.olga, "may decide in their place")
    said = [text_of(one) for one in journey.world.slack.world.messages(local.CHANNEL)]
    assert any("is away until" in text for text in said)
    await journey.ask()
    card = await journey.stands(State.IN_REVIEW)
    await journey.olga.click(card, "Approve")
    await journey.stands(State.AWAITING_OPENAI)
    await journey.thread_says("@U0OUTSIDE, in the place of @U0REVIEW1, approved")
    entries = await journey.home.ground.store.entries((await journey.request()).id)
    yes = next(entry for entry in entries if entry.event == "approved")
    assert (yes.by, yes.facts["on_behalf"]) == ("U0OUTSIDE", "U0REVIEW1")


async def test_a_delegate_never_decides_on_their_own_request(journey: Journey):
    await away(journey, "U0ADMIN")
    await journey.ask()
    card = await journey.stands(State.IN_REVIEW)
    await journey.alice.click(card, "Approve")
    await journey.told(journey.alice, "your own request")
    assert await journey.state() is State.IN_REVIEW


async def test_a_mandate_ends_with_its_day_or_when_the_reviewer_is_back(journey: Journey):
    await away(journey, "U0OUTSIDE")
    await journey.rita.slash("/greenlight", "back")
    await journey.told(journey.rita, "is back")
    await journey.ask()
    card = await journey.stands(State.IN_REVIEW)
    await journey.olga.click(card, "Approve")
    await journey.told(journey.olga, "Only reviewers")


async def test_who_was_never_away_is_told_so_and_the_channel_hears_nothing(journey: Journey):
    await journey.rita.slash("/greenlight", "back")
    await journey.told(journey.rita, "Nobody decides in your place")
    await journey.ask()
    await journey.stands(State.IN_REVIEW)
    said = [text_of(one) for one in journey.world.slack.world.messages(local.CHANNEL)]
    assert not [one for one in said if "is back" in one]


async def test_who_is_no_reviewer_names_nobody(journey: Journey):
    sent = await away(journey, "U0ADMIN", person=journey.olga)
    assert "Only reviewers" in text_of(sent.view)


@pytest.mark.parametrize("delegate", ["U0GUEST", "U0GONE", "U0BOT2", "U0FOREIGN"])
async def test_only_a_reviewer_names_and_only_a_full_member(journey: Journey, delegate: str):
    sent = await away(journey, delegate)
    assert list(sent.errors) == ["Who decides in your place"]
    assert "full member" in str(sent.errors)
    assert not sent.closed


async def test_a_day_that_is_over_and_oneself_are_refused_in_the_form(journey: Journey):
    sent = await away(journey, "U0REVIEW1", days=-1)
    assert "Choose somebody else." in sent.errors.values()
    assert "Choose a day that is not over." in sent.errors.values()
