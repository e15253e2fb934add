"""The Home tab: what waits for me, who blocks what, filters, pages, and it is true while one looks."""

from __future__ import annotations

from bot.domain.request import State
from bot.sandbox.slack import Person, text_of
from tests.journeys.conftest import INSTANCE, Journey


async def home(journey: Journey, person: Person, *words: str) -> str:
    def shown() -> str | None:
        text = text_of(person.home) if person.home else ""
        return text if all(word in text for word in words) else None

    try:
        return await journey.until(shown, f"the Home tab of {person.id} to say {words}")
    except TimeoutError as error:
        raise AssertionError(f"{error}:\n{text_of(person.home) if person.home else 'nothing'}") from None


async def opened(journey: Journey, person: Person, *words: str) -> str:
    await person.open_home()
    return await home(journey, person, *words)


async def test_a_reviewer_decides_in_the_home_tab_and_everybody_who_looks_sees_it(journey: Journey):
    await opened(journey, journey.rita, "Waits for you: 0", "Nothing to review.", "Open requests: 0")
    await journey.in_review()
    await home(journey, journey.rita, "Waits for you: 1", INSTANCE, "waits for the reviewers")
    await opened(journey, journey.alice, "Waits for you: 0", "Open requests: 1")
    await journey.rita.click_home("Approve")
    await home(
        journey, journey.rita, "Your approval is recorded.", "Waits for you: 0", "waits for OpenAI Support"
    )
    assert "recorded" not in "".join(text_of(one) for one in journey.rita.dms())
    await home(journey, journey.alice, "Waiting for OpenAI")
    journey.openai_grants()
    await home(journey, journey.alice, "Waits for you: 1", "[I pressed Grant Access]")
    await home(journey, journey.rita, "waits for @U0ADMIN")


async def test_the_filter_stays_while_things_change_and_connections_show_their_health(journey: Journey):
    await opened(journey, journey.rita, "Open requests: 0")
    await journey.rita.choose(journey.rita.home, "home_filter", "Connected workspaces")
    await home(journey, journey.rita, "Connected workspaces: 0")
    await journey.connected()
    text = await home(journey, journey.rita, "Connected workspaces: 1", "Verified", "[Rotate key]")
    assert "E2 shown" in text
    await journey.rita.click_home("Retire")
    await journey.rita.modal("Retire")
    await journey.rita.submit({"Reason": "no longer wanted"})
    await home(journey, journey.rita, "Connected workspaces: 0")
    await journey.rita.choose(journey.rita.home, "home_filter", "Recently closed")
    await home(journey, journey.rita, "Recently closed: 1", "Retired")


async def test_a_request_is_shown_in_a_window_over_the_home_tab(journey: Journey):
    await journey.in_review()
    await opened(journey, journey.alice, "Open requests: 1")
    await journey.alice.click_home("Show")
    request = await journey.request()
    await journey.modal_says(journey.alice, "E1 ·")
    assert request.draft.workspace_id in text_of(journey.alice.top)
    assert not journey.alice.ephemerals()


async def test_who_may_see_nothing_sees_nothing_and_cannot_begin(journey: Journey):
    await journey.in_review()
    text = await opened(
        journey, journey.olga, "Nothing to do.", "An administrator begins it", "Open requests: 0"
    )
    assert INSTANCE not in text
    assert "[Connect ChatGPT]" not in text


async def test_a_home_tab_is_not_refreshed_for_nothing(journey: Journey):
    await journey.in_review()
    await journey.approve()
    await journey.stands(State.AWAITING_OPENAI)
    assert not [call for call in journey.world.slack.calls if call.method == "views.publish"]
