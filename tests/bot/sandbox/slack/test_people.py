import json
from typing import Any

import pytest

from bot.sandbox.slack import NotOnScreen, SlackSandbox
from bot.sandbox.slack.forms import state
from tests.bot.sandbox.slack.tiny_bot import CARD_WITH_IDS, FORM


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def option(label: str) -> dict[str, Any]:
    return {"text": plain(label), "value": label.lower()}


def form(element: dict[str, Any], **fields: Any) -> dict[str, Any]:
    block = {
        "type": "input",
        "block_id": "b",
        "label": plain("Field"),
        "element": {"action_id": "a", **element},
        **fields,
    }
    return FORM | {"blocks": [block]}


OPTIONS = [option("One"), option("Two")]
ONE, TWO = OPTIONS


@pytest.mark.parametrize(
    ("element", "human", "value"),
    [
        ({"type": "plain_text_input"}, "x", {"value": "x"}),
        ({"type": "plain_text_input", "initial_value": "old"}, None, {"value": "old"}),
        ({"type": "plain_text_input"}, "", {"value": None}),
        ({"type": "email_text_input"}, "a@b.example", {"value": "a@b.example"}),
        ({"type": "url_text_input"}, "https://b.example", {"value": "https://b.example"}),
        ({"type": "number_input", "is_decimal_allowed": False}, "7", {"value": "7"}),
        ({"type": "static_select", "options": OPTIONS}, "Two", {"selected_option": TWO}),
        ({"type": "static_select", "options": OPTIONS}, None, {"selected_option": None}),
        (
            {"type": "static_select", "options": OPTIONS, "initial_option": ONE},
            None,
            {"selected_option": ONE},
        ),
        ({"type": "radio_buttons", "options": OPTIONS}, "One", {"selected_option": ONE}),
        ({"type": "checkboxes", "options": OPTIONS}, ["One", "Two"], {"selected_options": OPTIONS}),
        ({"type": "checkboxes", "options": OPTIONS}, None, {"selected_options": []}),
        ({"type": "multi_static_select", "options": OPTIONS}, "Two", {"selected_options": [TWO]}),
        ({"type": "users_select"}, "U0ADMIN", {"selected_user": "U0ADMIN"}),
        ({"type": "multi_users_select"}, ["U0ADMIN"], {"selected_users": ["U0ADMIN"]}),
        ({"type": "datepicker"}, "2027-01-15", {"selected_date": "2027-01-15"}),
    ],
)
async def test_each_input_holds_what_slack_would_send(
    slack: SlackSandbox, element: dict[str, Any], human: Any, value: dict[str, Any]
) -> None:
    view = slack.world.open_view("U0ADMIN", form(element))
    if human is not None:
        slack.person("U0ADMIN").fill({"Field": human})
    assert state(view) == {"b": {"a": {"type": element["type"], **value}}}


@pytest.mark.parametrize(
    ("element", "human", "words"),
    [
        ({"type": "plain_text_input"}, "", "complete this required field"),
        ({"type": "plain_text_input", "min_length": 3}, "xx", "at least 3"),
        ({"type": "plain_text_input", "max_length": 3}, "xxxx", "no more than 3"),
        ({"type": "email_text_input"}, "a@b", "valid email"),
        ({"type": "url_text_input"}, "b.example", "valid URL"),
        ({"type": "checkboxes", "options": OPTIONS}, [], "complete this required field"),
    ],
)
async def test_the_client_refuses_before_the_app_hears_of_it(
    slack: SlackSandbox, element: dict[str, Any], human: Any, words: str
) -> None:
    slack.world.open_view("U0ADMIN", form(element))
    result = await slack.person("U0ADMIN").submit({"Field": human})
    assert words in result.errors["Field"]
    assert slack.deliveries == []


async def test_an_optional_field_may_stay_empty(slack: SlackSandbox) -> None:
    slack.world.open_view("U0ADMIN", form({"type": "plain_text_input"}, optional=True))
    result = await slack.person("U0ADMIN").submit()
    assert result.errors == {}
    assert result.shown_error == "dispatch_failed"  # sent, though nobody listens here


async def test_only_what_is_on_the_screen_can_be_used(slack: SlackSandbox) -> None:
    alice, olga = slack.person("U0ADMIN"), slack.person("U0OUTSIDE")
    private = slack.world.add_channel("C0PRIVATE", "board", [slack.bot_user_id, "U0ADMIN"], is_private=True)
    card = slack.world.post(private.id, slack.bot_user_id, "x", blocks=CARD_WITH_IDS)
    dm = slack.world.post(slack.world.im("U0ADMIN").id, slack.bot_user_id, "x", blocks=CARD_WITH_IDS)
    for message in (card, dm):
        with pytest.raises(NotOnScreen, match="does not see"):
            await olga.click(message, "Approve")
    with pytest.raises(NotOnScreen, match="0 buttons 'Deny'"):
        await alice.click(card, "Deny")
    with pytest.raises(NotOnScreen, match="no option 'Nothing'"):
        await alice.choose(card, "more", "Nothing")
    with pytest.raises(NotOnScreen, match="no modal"):
        alice.fill({"Field": "x"})
    with pytest.raises(NotOnScreen, match="Home tab"):
        await alice.click_home("Approve")
    slack.world.open_view("U0ADMIN", FORM)
    with pytest.raises(NotOnScreen, match="no input 'Shoe size'"):
        alice.fill({"Shoe size": "43"})
    slack.world.delete(card)
    with pytest.raises(NotOnScreen, match="does not see"):
        await alice.click(card, "Approve")
    assert slack.deliveries == []


async def test_a_guest_sees_public_channels_only_as_a_member(slack: SlackSandbox) -> None:
    open_to_all = slack.world.add_channel("C0OPEN", "open", [slack.bot_user_id])
    message = slack.world.post(open_to_all.id, slack.bot_user_id, "x")
    assert slack.person("U0OUTSIDE").can_see(message)
    assert not slack.person("U0GUEST").can_see(message)
    slack.world.join("U0GUEST", "C0OPEN")
    assert slack.person("U0GUEST").can_see(message)


async def test_an_input_tells_the_app_at_once_only_if_it_asked_for_that(slack: SlackSandbox) -> None:
    alice = slack.person("U0ADMIN")
    select = {"type": "static_select", "options": OPTIONS}
    quiet = slack.world.open_view("U0ADMIN", form(select))
    assert await alice.choose(quiet, "Field", "One") is None
    loud = slack.world.open_view("U0ADMIN", form(select, dispatch_action=True))
    delivery = await alice.choose(loud, "Field", "One")
    assert delivery is not None
    assert delivery.payload["actions"][0]["selected_option"] == ONE


async def test_the_world_can_be_shown_as_json(slack: SlackSandbox) -> None:
    slack.world.open_view("U0ADMIN", FORM)
    slack.world.publish_home("U0ADMIN", {"type": "home", "blocks": CARD_WITH_IDS})
    slack.person("U0ADMIN").say("C0SECURITY", "hello")
    shown = json.loads(json.dumps(slack.world.snapshot()))
    assert shown["messages"][0]["text"] == "hello"
    assert shown["modals"]["U0ADMIN"][0]["title"]["text"] == "Connect ChatGPT"


async def test_nothing_secret_is_in_a_repr(slack: SlackSandbox) -> None:
    slack.world.open_view("U0ADMIN", form({"type": "plain_text_input"}))
    result = await slack.person("U0ADMIN").submit({"Field": "sk-canary"})
    assert result.delivery is not None
    assert "sk-canary" in json.dumps(result.delivery.payload)
    assert "sk-canary" not in repr((result, slack.deliveries, slack.calls, result.view))


async def test_a_payload_stays_as_it_was_when_the_person_acted(slack: SlackSandbox) -> None:
    card = slack.world.post(
        "C0SECURITY", slack.bot_user_id, "x", blocks=json.loads(json.dumps(CARD_WITH_IDS))
    )
    delivery = await slack.person("U0REVIEW1").click(card, "Approve")
    card.blocks[0]["text"]["text"] = "changed since"
    assert delivery.payload["message"]["blocks"] == CARD_WITH_IDS
