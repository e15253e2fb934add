"""What Slack refuses in blocks and views, a row each, with the place that it names."""

from typing import Any

import pytest

from bot.sandbox.slack.blocks import message_problems, view_problems, with_ids
from tests.bot.sandbox.slack.tiny_bot import CARD, FORM, SECOND


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def button(**fields: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain("Go"), "action_id": "go"} | fields


def actions(*elements: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def option(text: str = "One", value: str = "one") -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def ask(element: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "input", "label": plain("Label"), "element": element} | fields


TEXT = {"type": "plain_text_input", "action_id": "a"}
SECTION = {"type": "section", "text": mrkdwn("x")}
CONFIRM = {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No")}

MESSAGES: list[tuple[Any, str, str]] = [
    ("text", "must be an array", "/blocks"),
    ([{"type": "nonsense"}], "unsupported type of block: nonsense", "/blocks/0/type"),
    ([{}], "unsupported type of block", "/blocks/0"),
    ([["list"]], "unsupported type of block", "/blocks/0"),
    ([SECTION] * 51, "no more than 50 items", "/blocks"),
    ([{"type": "section"}], "missing required field: text or fields", "/blocks/0"),
    ([{"type": "section", "text": mrkdwn("")}], "more than 0 characters", "/blocks/0/text/text"),
    ([{"type": "section", "text": mrkdwn("x" * 3001)}], "less than 3001", "/blocks/0/text/text"),
    ([{"type": "section", "text": "bare"}], "unsupported type of text object", "/blocks/0/text"),
    ([{"type": "section", "fields": [mrkdwn("x")] * 11}], "no more than 10", "/blocks/0/fields"),
    ([{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "less than 2001", "/blocks/0/fields/0/text"),
    ([SECTION | {"colour": "red"}], "invalid additional property: colour", "/blocks/0"),
    ([SECTION | {"block_id": "x" * 256}], "less than 256", "/blocks/0/block_id"),
    ([SECTION | {"accessory": TEXT}], "unsupported type of accessory", "/blocks/0/accessory/type"),
    ([{"type": "header", "text": plain("x" * 151)}], "less than 151", "/blocks/0/text/text"),
    ([{"type": "header", "text": mrkdwn("x")}], "must be a valid enum value", "/blocks/0/text/type"),
    ([{"type": "context", "elements": [mrkdwn("x")] * 11}], "no more than 10", "/blocks/0/elements"),
    ([{"type": "context", "elements": [button()]}], "unsupported type", "/blocks/0/elements/0/type"),
    ([actions()], "no fewer than 1", "/blocks/0/elements"),
    ([actions(*[button(action_id=str(i)) for i in range(26)])], "no more than 25", "/blocks/0/elements"),
    ([actions(button(text=plain("x" * 76)))], "less than 76", "/blocks/0/elements/0/text/text"),
    ([actions(button(text=mrkdwn("x")))], "must be a valid enum value", "/blocks/0/elements/0/text/type"),
    ([actions(button(value="x" * 2001))], "less than 2001", "/blocks/0/elements/0/value"),
    ([actions(button(value=7))], "must be a valid string", "/blocks/0/elements/0/value"),
    ([actions(button(style="default"))], "must be a valid enum value", "/blocks/0/elements/0/style"),
    ([actions(button(action_id="x" * 256))], "less than 256", "/blocks/0/elements/0/action_id"),
    (
        [actions(button(confirm=CONFIRM | {"title": plain("x" * 101)}))],
        "less than 101",
        "/confirm/title/text",
    ),
    ([actions(button(confirm=CONFIRM | {"text": plain("x" * 301)}))], "less than 301", "/confirm/text/text"),
    ([actions(button(confirm=CONFIRM | {"deny": plain("x" * 31)}))], "less than 31", "/confirm/deny/text"),
    ([actions(button(confirm={"title": plain("x")}))], "missing required field: text", "/elements/0/confirm"),
    ([actions(button(), button())], "action_id go already exists", "/blocks/0"),
    ([SECTION | {"block_id": "b"}] * 2, "block_id b already exists", "/blocks/1/block_id"),
    ([actions({"type": "overflow", "options": [option()] * 6})], "no more than 5", "/elements/0/options"),
    (
        [actions({"type": "static_select", "options": [option()] * 101})],
        "no more than 100",
        "/elements/0/options",
    ),
    ([actions({"type": "static_select"})], "exactly one of options, option_groups", "/elements/0"),
    (
        [actions({"type": "static_select", "options": [option("x" * 76)]})],
        "less than 76",
        "/options/0/text/text",
    ),
    (
        [actions({"type": "static_select", "options": [option()], "initial_option": option("Two", "two")})],
        "initial option must be one of the options",
        "/elements/0",
    ),
    (
        [actions({"type": "static_select", "options": [option()], "placeholder": plain("x" * 151)})],
        "less than 151",
        "/elements/0/placeholder/text",
    ),
    (
        [actions({"type": "radio_buttons", "options": [option()] * 11})],
        "no more than 10",
        "/elements/0/options",
    ),
    ([{"type": "markdown", "text": "x" * 12_001}], "less than 12001", "/blocks/0/text"),
    ([{"type": "image", "image_url": "https://x"}], "missing required field: alt_text", "/blocks/0"),
]


@pytest.mark.parametrize(
    ("blocks", "words", "place"), MESSAGES, ids=[f"{w}-{i}" for i, (_, w, _) in enumerate(MESSAGES)]
)
def test_a_message_is_refused_with_the_place_of_the_mistake(blocks: Any, words: str, place: str) -> None:
    problems = message_problems(blocks)
    assert any(words in problem and f"{place}]" in problem for problem in problems), problems


FOCUS = TEXT | {"focus_on_load": True}
VIEWS: list[tuple[dict[str, Any], str, str]] = [
    ({"title": plain("x" * 25)}, "less than 25", "/view/title/text"),
    ({"submit": plain("x" * 25)}, "less than 25", "/view/submit/text"),
    ({"close": plain("x" * 25)}, "less than 25", "/view/close/text"),
    ({"title": None}, "missing required field: title", "/view"),
    ({"type": "dialog"}, "unsupported type of view: dialog", "/view/type"),
    ({"private_metadata": "x" * 3001}, "less than 3001", "/view/private_metadata"),
    ({"callback_id": "x" * 256}, "less than 256", "/view/callback_id"),
    ({"external_id": "x" * 256}, "less than 256", "/view/external_id"),
    ({"blocks": [SECTION] * 101}, "no more than 100", "/view/blocks"),
    ({"submit": None}, "missing required field: submit", "/view"),
    ({"blocks": [ask(FOCUS), ask(FOCUS)]}, "only one element can have focus_on_load", "/view/blocks"),
    ({"blocks": [ask(TEXT | {"max_length": 3001})]}, "between 1 and 3000", "/element/max_length"),
    ({"blocks": [ask(TEXT | {"min_length": -1})]}, "between 0 and 3000", "/element/min_length"),
    ({"blocks": [ask(TEXT | {"initial_value": "x" * 3001})]}, "less than 3001", "/element/initial_value"),
    ({"blocks": [ask({"type": "password_input"})]}, "unsupported type of input element", "/element/type"),
    ({"blocks": [ask(button())]}, "unsupported type of input element", "/element/type"),
    ({"blocks": [ask(TEXT, label=plain("x" * 2001))]}, "less than 2001", "/label/text"),
    ({"blocks": [ask(TEXT, hint=plain("x" * 2001))]}, "less than 2001", "/hint/text"),
    ({"blocks": [ask(TEXT, label=mrkdwn("x"))]}, "must be a valid enum value", "/label/type"),
    ({"blocks": [ask(TEXT, optional="yes")]}, "must be a boolean", "/optional"),
    ({"blocks": [ask(TEXT, block_id="b"), SECTION | {"block_id": "b"}]}, "block_id b already", "/1/block_id"),
    ({"blocks": [{"type": "markdown", "text": "x"}]}, "unsupported type of block", "/view/blocks/0/type"),
    ({"hash": "1.x"}, "invalid additional property: hash", "/view"),
]


@pytest.mark.parametrize(
    ("change", "words", "place"), VIEWS, ids=[f"{w}-{i}" for i, (_, w, _) in enumerate(VIEWS)]
)
def test_a_modal_is_refused_with_the_place_of_the_mistake(
    change: dict[str, Any], words: str, place: str
) -> None:
    problems = view_problems(FORM | change)
    assert any(words in problem and f"{place}]" in problem for problem in problems), problems


def test_what_slack_accepts_is_accepted() -> None:
    assert message_problems(CARD) == []
    assert message_problems([SECTION] * 50) == []
    assert [view_problems(view) for view in (FORM, SECOND, {"type": "home", "blocks": CARD})] == [[], [], []]


def test_a_home_tab_has_neither_title_nor_submit() -> None:
    assert "title" in view_problems({"type": "home", "title": plain("x"), "blocks": []})[0]


def test_missing_ids_are_filled_in_and_given_ones_are_kept() -> None:
    numbers = iter("123456789")
    filled = with_ids([SECTION, actions(button()), ask({"type": "plain_text_input"})], lambda: next(numbers))
    assert [block["block_id"] for block in filled] == ["1", "2", "3"]
    assert filled[1]["elements"][0]["action_id"] == "go"
    assert filled[2]["element"]["action_id"] == "4"
    assert "block_id" not in SECTION
