from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.slack import NotOnScreen, SlackSandbox
from tests.bot.sandbox.slack import tiny_bot

Seen = list[tuple[str, dict[str, Any]]]


@pytest.fixture(params=["socket", "http"])
async def seen(request: pytest.FixtureRequest, slack: SlackSandbox) -> AsyncIterator[Seen]:
    app, seen = tiny_bot.build(slack)
    transport = tiny_bot.by_socket if request.param == "socket" else tiny_bot.by_http
    async with transport(slack, app):
        yield seen


async def posted(slack: SlackSandbox) -> Any:
    await slack.person("U0ADMIN").slash("/tiny", "post")
    return await slack.until(lambda: slack.world.messages("C0SECURITY"), what="the card")


async def test_a_slash_command_opens_a_modal_and_the_answer_closes_it(
    slack: SlackSandbox, seen: Seen
) -> None:
    alice = slack.person("U0ADMIN")
    delivery = await alice.slash("/tiny")
    assert (delivery.shown_error, delivery.ack) == (None, None)
    await alice.modal("Connect ChatGPT")

    result = await alice.submit({"Workspace ID": "w-1", "Requested scope": "Both"})

    assert result.closed
    assert alice.top is None
    values = seen[-1][1]["view"]["state"]["values"]
    assert values["workspace"]["value"] == {"type": "plain_text_input", "value": "w-1"}
    assert values["email"]["value"] == {"type": "email_text_input", "value": None}
    assert values["scope"]["value"]["selected_option"]["value"] == "both"


async def test_a_shortcut_opens_the_same_modal(slack: SlackSandbox, seen: Seen) -> None:
    await slack.person("U0ADMIN").shortcut("tiny_shortcut")
    assert await slack.person("U0ADMIN").modal("Connect")


async def test_errors_stand_under_their_fields_and_nothing_typed_is_lost(
    slack: SlackSandbox, seen: Seen
) -> None:
    alice = slack.person("U0ADMIN")
    await alice.slash("/tiny")
    await alice.modal()
    result = await alice.submit({"Workspace ID": "wrong", "Requested scope": "Read"})
    assert result.errors == {"Workspace ID": "That is not a workspace ID"}
    assert not result.closed
    assert (await alice.submit({"Workspace ID": "right"})).closed  # the scope is still chosen


async def test_the_client_itself_refuses_empty_and_malformed_fields(slack: SlackSandbox, seen: Seen) -> None:
    alice = slack.person("U0ADMIN")
    await alice.slash("/tiny")
    await alice.modal()
    result = await alice.submit({"Administrator email": "nobody"})
    assert result.delivery is None
    assert set(result.errors) == {"Workspace ID", "Requested scope", "Administrator email"}


@pytest.mark.parametrize(
    ("typed", "stack"),
    [("update", ["Checking"]), ("push", ["Connect ChatGPT", "Checking"]), ("clear", []), ("done", [])],
)
async def test_the_answer_to_a_submission_moves_the_stack(
    slack: SlackSandbox, seen: Seen, typed: str, stack: list[str]
) -> None:
    alice = slack.person("U0ADMIN")
    await alice.slash("/tiny")
    await alice.modal()
    await alice.submit({"Workspace ID": typed, "Requested scope": "Read"})
    assert [view.title_text for view in slack.world.stack("U0ADMIN")] == stack


@pytest.mark.parametrize("typed", ["alien", "broken"])
async def test_a_malformed_answer_to_a_submission_is_shown_as_an_error(
    slack: SlackSandbox, seen: Seen, typed: str
) -> None:
    alice = slack.person("U0ADMIN")
    await alice.slash("/tiny")
    await alice.modal()
    result = await alice.submit({"Workspace ID": typed, "Requested scope": "Read"})
    assert "invalid view_submission response" in (result.shown_error or "")
    assert not result.closed


async def test_a_button_in_a_modal_can_push_and_closing_is_told(slack: SlackSandbox, seen: Seen) -> None:
    alice = slack.person("U0ADMIN")
    await alice.slash("/tiny")
    await alice.modal()
    await alice.click_modal("Explain")
    await alice.modal("Checking")
    assert await alice.close_modal() is None  # this one did not ask to be told
    assert await alice.close_modal() is not None
    assert [name for name, _ in seen] == ["command", "explain", "closed"]


async def test_a_button_in_a_channel_works_once_and_is_gone_after_the_edit(
    slack: SlackSandbox, seen: Seen
) -> None:
    card = (await posted(slack))[0]
    rita = slack.person("U0REVIEW1")
    await rita.click(card, "Approve")
    await slack.until(lambda: card.text == "Approved", what="the edited card")
    body = seen[-1][1]
    assert body["user"]["id"] == "U0REVIEW1"
    assert body["actions"][0]["value"] == "GL-1"
    assert body["container"] == {
        "type": "message",
        "message_ts": card.ts,
        "channel_id": "C0SECURITY",
        "is_ephemeral": False,
    }
    with pytest.raises(NotOnScreen):
        await rita.click(card, "Approve")


async def test_an_overflow_tells_the_option(slack: SlackSandbox, seen: Seen) -> None:
    card = (await posted(slack))[0]
    await slack.person("U0REVIEW1").choose(card, "more", "Details")
    assert seen[-1][1]["actions"][0]["selected_option"]["value"] == "details"


async def test_the_home_tab_is_published_and_its_buttons_work(slack: SlackSandbox, seen: Seen) -> None:
    olga = slack.person("U0OUTSIDE")
    await olga.open_home()
    await slack.until(lambda: olga.home, what="Olga's home")
    await olga.click_home("Approve")
    assert seen[-1][1]["container"]["type"] == "view"


@pytest.mark.parametrize(("text", "shown"), [("hello", "Hello there"), ("respond", "By response_url")])
async def test_an_answer_to_a_command_is_seen_by_its_author_only(
    slack: SlackSandbox, seen: Seen, text: str, shown: str
) -> None:
    alice = slack.person("U0ADMIN")
    await alice.slash("/tiny", text)
    await slack.until(alice.ephemerals, what="the private answer")
    assert [message.text for message in alice.ephemerals()] == [shown]
    assert slack.person("U0REVIEW1").ephemerals() == []


async def test_an_ephemeral_button_works_and_can_be_replaced(slack: SlackSandbox, seen: Seen) -> None:
    alice = slack.person("U0ADMIN")
    await alice.slash("/tiny", "blocks")
    message = alice.ephemerals()[0]
    with pytest.raises(NotOnScreen):
        await slack.person("U0REVIEW1").click(message, "Approve")
    await alice.click(message, "Approve")
    await slack.until(lambda: message.text == "Approved", what="the replaced answer")
    assert seen[-1][1]["container"]["is_ephemeral"]
    assert "message" not in seen[-1][1]
