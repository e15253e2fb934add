"""`/greenlight` and its words, the shortcut, the Home tab: every door to the same house."""

from __future__ import annotations

import pytest

from bot.domain.request import State
from bot.sandbox import local
from bot.sandbox.slack import NotOnScreen, text_of
from tests.journeys.conftest import Journey


@pytest.mark.parametrize("text", ["", "connect", "CONNECT", " connect "])
async def test_the_command_opens_the_form(journey: Journey, text: str):
    await journey.alice.slash("/greenlight", text)
    await journey.alice.modal("Connect ChatGPT")


async def test_so_does_the_shortcut(journey: Journey):
    await journey.alice.shortcut("connect_chatgpt")
    await journey.alice.modal("Connect ChatGPT")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("help", "keep proving the connection"),
        ("make me a sandwich", "I do not know"),
        ("status GL-000000", "I know no request"),
        ("status nonsense", "I know no request"),
        ("verify", "Say which request"),
        ("verify GL-ZZZZZZ", "I know no request"),
    ],
)
async def test_help_and_what_nobody_understands_are_answered_privately(
    journey: Journey, typed: str, words: str
):
    before = len(journey.world.slack.world.posted)
    await journey.alice.slash("/greenlight", typed)
    assert "/greenlight list" in await journey.told(journey.alice, words)
    posted = journey.world.slack.world.posted[before:]
    assert [message.ephemeral_to for message in posted] == [local.ADMIN]


async def test_status_list_verify_and_cancel_speak_about_one_request(journey: Journey):
    await journey.at_openai()
    request = await journey.request()
    for typed in (f"status {request.id}", request.id.lower(), f"status `{request.id}`"):
        await journey.alice.slash("/greenlight", typed)
        assert "Evidence" in text_of(journey.alice.ephemerals()[-1])
        assert "Waiting for OpenAI" in text_of(journey.alice.ephemerals()[-1])
    await journey.alice.slash("/greenlight", "list")
    assert f"{request.id} ChatGPT Acme: Waiting for OpenAI" in text_of(
        journey.alice.ephemerals()[-1]
    ).replace("`", "")
    await journey.alice.slash("/greenlight", f"verify {request.id}")
    await journey.told(journey.alice, "I am checking now")
    await journey.cancel("Enough.")
    await journey.stands(State.CANCELLED)
    await journey.alice.slash("/greenlight", f"cancel {request.id}")
    await journey.modal_says(journey.alice, "It now stands at: Cancelled")
    assert "I stop checking" not in text_of(journey.alice.top)


async def test_the_buttons_of_a_private_status_work(journey: Journey):
    await journey.verifying()
    await journey.alice.slash("/greenlight", "status")
    request = await journey.request()
    await journey.alice.slash("/greenlight", f"status {request.id}")
    await journey.alice.click(journey.alice.ephemerals()[-1], "I see the green check")
    await journey.stands(State.CONNECTED)


async def test_an_outsider_is_told_neither_that_nothing_exists_nor_to_open_one(journey: Journey):
    await journey.in_review()
    await journey.olga.slash("/greenlight", "list")
    await journey.told(journey.olga, "no requests that you may see. An administrator opens one")
    await journey.olga.slash("/greenlight", "doctor")
    assert "This request" not in await journey.told(journey.olga, "not yours to see")


class TestHome:
    async def test_it_shows_each_person_what_they_may_do(self, journey: Journey):
        await journey.in_review()
        request = await journey.request()
        for person in (journey.alice, journey.rita, journey.olga):
            await person.open_home()
            await journey.until(lambda person=person: person.home, "the Home tab")
        assert request.id in text_of(journey.alice.home)
        assert request.id in text_of(journey.rita.home)
        assert request.id not in text_of(journey.olga.home)

    async def test_an_admin_begins_there(self, journey: Journey):
        await journey.alice.open_home()
        home = await journey.until(lambda: journey.alice.home, "the Home tab")
        label = next(line for line in text_of(home).split("[") if "]" in line).partition("]")[0]
        await journey.alice.click_home(label)
        await journey.alice.modal("Connect ChatGPT")
        await journey.olga.open_home()
        await journey.until(lambda: journey.olga.home, "the Home tab")
        with pytest.raises(NotOnScreen):
            await journey.olga.click_home(label)


class TestTooLate:
    async def test_a_trigger_that_ran_out_is_answered_with_a_friendly_retry(self, journey: Journey):
        journey.world.slack.faults.error("views.open", "expired_trigger_id")
        await journey.alice.slash("/greenlight")
        await journey.told(journey.alice, "took too long to open the form", "/greenlight again")
        await journey.open_form()

    async def test_also_when_slack_itself_is_too_slow(self, journey: Journey):
        journey.world.slack.faults.status("views.open", 503)
        await journey.alice.slash("/greenlight")
        await journey.told(journey.alice, "Nothing was changed")
        await journey.open_form()
