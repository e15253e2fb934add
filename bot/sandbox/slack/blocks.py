"""The strict Block Kit reader: what the real Slack refuses in blocks and views is refused here.

Limits: docs.slack.dev reference of blocks, block elements, composition objects and views.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from bot.sandbox.slack.checks import (
    Check,
    Notes,
    anything,
    fields,
    flag,
    listed,
    number,
    one_of,
    plain,
    string,
    text,
    typed,
)
from bot.sandbox.slack.model import Json

MAX_VIEW_BYTES = 250_000
MAX_BLOCKS = {"message": 50, "modal": 100, "home": 100}

ID = string(255, 1)
CONFIRM = fields(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


def _option(words: Callable[[int], Check], **more: Check) -> Check:
    return fields({"text": words(75), "value": string(150, 1)}, {"description": words(75), **more})


OPTION = _option(plain)
RICH_OPTION = _option(text)
OVERFLOW_OPTION = _option(plain, url=string(3000))
GROUP = fields({"label": plain(75), "options": listed(OPTION, 100)}, {})
FOCUS: dict[str, Check] = {"focus_on_load": flag, "action_id": ID}
PICK: dict[str, Check] = FOCUS | {"placeholder": plain(150), "confirm": CONFIRM}
MULTI: dict[str, Check] = PICK | {"max_selected_items": number(1, 1000)}
TYPED: dict[str, Check] = FOCUS | {
    "placeholder": plain(150),
    "initial_value": string(3000),
    "dispatch_action_config": fields({}, {"trigger_actions_on": anything}),
}


def _element(required: dict[str, Check] | None = None, optional: dict[str, Check] | None = None) -> Check:
    return fields({"type": anything, **(required or {})}, optional or {})


def _static(optional: dict[str, Check]) -> Check:
    inner = _element({}, {"options": listed(OPTION, 100), "option_groups": listed(GROUP, 100), **optional})

    def check(notes: Notes, value: Any, at: str) -> None:
        if ("options" in value) == ("option_groups" in value):
            notes.add("must provide exactly one of options, option_groups", at)
        _checked_then_initial(notes, value, at, inner)

    return check


def _choices(option: Check, optional: dict[str, Check]) -> Check:
    inner = _element({"options": listed(option, 10)}, optional)

    def check(notes: Notes, value: Any, at: str) -> None:
        _checked_then_initial(notes, value, at, inner)

    return check


def _checked_then_initial(notes: Notes, element: Json, at: str, inner: Check) -> None:
    before = len(notes.messages)
    inner(notes, element, at)
    if len(notes.messages) > before:
        return
    known = options_of(element)
    initial = [*(element.get("initial_options") or []), *filter(None, [element.get("initial_option")])]
    if any(option not in known for option in initial):
        notes.add("initial option must be one of the options", at)


def options_of(element: Json) -> list[Json]:
    """All options of a select, in groups or not."""
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(o for group in groups for o in group.get("options", []))]


CONVERSATION = {"default_to_current_conversation": flag, "filter": anything, "response_url_enabled": flag}
SELECTS: dict[str, Check] = {
    "static_select": _static(PICK | {"initial_option": OPTION}),
    "users_select": _element({}, PICK | {"initial_user": ID}),
    "conversations_select": _element({}, PICK | CONVERSATION | {"initial_conversation": ID}),
    "channels_select": _element({}, PICK | {"initial_channel": ID, "response_url_enabled": flag}),
    "external_select": _element({}, PICK | {"initial_option": OPTION, "min_query_length": number(0, 100)}),
}
MULTI_SELECTS: dict[str, Check] = {
    "multi_static_select": _static(MULTI | {"initial_options": listed(OPTION, 100)}),
    "multi_users_select": _element({}, MULTI | {"initial_users": listed(ID, 100)}),
    "multi_conversations_select": _element(
        {}, MULTI | CONVERSATION | {"initial_conversations": listed(ID, 100)}
    ),
    "multi_channels_select": _element({}, MULTI | {"initial_channels": listed(ID, 100)}),
    "multi_external_select": _element({}, MULTI | {"initial_options": listed(OPTION, 100)}),
}
CHOICES: dict[str, Check] = {
    "radio_buttons": _choices(RICH_OPTION, FOCUS | {"confirm": CONFIRM, "initial_option": RICH_OPTION}),
    "checkboxes": _choices(
        RICH_OPTION, FOCUS | {"confirm": CONFIRM, "initial_options": listed(RICH_OPTION, 10)}
    ),
}
DATES: dict[str, Check] = {
    "datepicker": _element({}, PICK | {"initial_date": string(10)}),
    "timepicker": _element({}, PICK | {"initial_time": string(5), "timezone": string(100)}),
    "datetimepicker": _element({}, FOCUS | {"confirm": CONFIRM, "initial_date_time": number(1, 9999999999)}),
}
BUTTON = _element(
    {"text": plain(75)},
    {
        "action_id": ID,
        "url": string(3000),
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
OVERFLOW = _element({"options": listed(OVERFLOW_OPTION, 5)}, {"action_id": ID, "confirm": CONFIRM})
IMAGE = _element({"alt_text": string(2000)}, {"image_url": string(3000), "slack_file": anything})
TEXT_INPUTS: dict[str, Check] = {
    "plain_text_input": _element(
        {}, TYPED | {"multiline": flag, "min_length": number(0, 3000), "max_length": number(1, 3000)}
    ),
    "email_text_input": _element({}, TYPED),
    "url_text_input": _element({}, TYPED),
    "number_input": _element(
        {"is_decimal_allowed": flag}, TYPED | {"min_value": anything, "max_value": anything}
    ),
}
SHARED = {"button": BUTTON, "overflow": OVERFLOW} | SELECTS | CHOICES | DATES
ACCESSORIES = SHARED | MULTI_SELECTS | {"image": IMAGE}
INPUTS = TEXT_INPUTS | SELECTS | MULTI_SELECTS | CHOICES | DATES

BLOCK: dict[str, Check] = {"type": anything, "block_id": ID}


def _block(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return fields({"type": anything, **required}, {"block_id": ID, **(optional or {})})


_SECTION = _block(
    {},
    {
        "text": text(3000),
        "fields": listed(text(2000), 10),
        "accessory": typed(ACCESSORIES, "accessory"),
        "expand": flag,
    },
)


def _section(notes: Notes, value: Any, at: str) -> None:
    _SECTION(notes, value, at)
    if value.get("text") is None and value.get("fields") is None:
        notes.add("missing required field: text or fields", at)


_CONTEXT = {"plain_text": text(3000), "mrkdwn": text(3000), "image": IMAGE}
BLOCKS: dict[str, Check] = {
    "section": _section,
    "header": _block({"text": plain(150)}),
    "divider": _block({}),
    "context": _block({"elements": listed(typed(_CONTEXT, "context element"), 10)}),
    "actions": _block({"elements": listed(typed(SHARED, "element in actions"), 25)}),
    "input": _block(
        {"label": plain(2000), "element": typed(INPUTS, "input element")},
        {"hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "image": _block(
        {"alt_text": string(2000)}, {"image_url": string(3000), "slack_file": anything, "title": plain(2000)}
    ),
    "rich_text": _block({"elements": listed(anything, 100)}),
}
MESSAGE_BLOCKS = BLOCKS | {"markdown": _block({"text": string(12_000, 1)})}

_COMMON: dict[str, Check] = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_BUTTONS: dict[str, Check] = {"submit": plain(24), "close": plain(24)}
_FLAGS: dict[str, Check] = {"clear_on_close": flag, "notify_on_close": flag, "submit_disabled": flag}
VIEWS: dict[str, Check] = {
    "modal": fields(
        {
            "type": anything,
            "title": plain(24),
            "blocks": listed(typed(BLOCKS, "block"), MAX_BLOCKS["modal"], 0),
        },
        _COMMON | _BUTTONS | _FLAGS,
    ),
    "home": fields(
        {"type": anything, "blocks": listed(typed(BLOCKS, "block"), MAX_BLOCKS["home"], 0)}, _COMMON
    ),
}


def message_problems(blocks: Any) -> list[str]:
    """What Slack would refuse in the blocks of a message; empty = nothing."""
    notes = Notes()
    listed(typed(MESSAGE_BLOCKS, "block"), MAX_BLOCKS["message"], 0)(notes, blocks, "/blocks")
    if not notes.messages:
        _unique_ids(notes, blocks, "/blocks")
    return notes.messages


def view_problems(view: Any) -> list[str]:
    """What Slack would refuse in a view; empty = nothing."""
    notes = Notes()
    typed(VIEWS, "view")(notes, view, "/view")
    if not notes.messages:
        _unique_ids(notes, view["blocks"], "/view/blocks")
        _whole_view(notes, view)
    return notes.messages


def _whole_view(notes: Notes, view: Json) -> None:
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_input and not view.get("submit"):
        notes.add("missing required field: submit (the view has an input block)", "/view")
    if sum(bool(element.get("focus_on_load")) for _, element in elements(view["blocks"])) > 1:
        notes.add("only one element can have focus_on_load", "/view/blocks")


def too_large(view: Any) -> bool:
    """Whether a view is over 250 kB."""
    return len(json.dumps(view, ensure_ascii=False).encode()) > MAX_VIEW_BYTES


def _unique_ids(notes: Notes, blocks: list[Json], at: str) -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        if (block_id := block.get("block_id")) and block_id in seen:
            notes.add(f"block_id {block_id} already exists", f"{at}/{index}/block_id")
        seen.add(block_id or "")
        actions = [e["action_id"] for e in _elements_of(block) if e.get("action_id")]
        for action_id in {a for a in actions if actions.count(a) > 1}:
            notes.add(f"action_id {action_id} already exists in this block", f"{at}/{index}")


def _elements_of(block: Json) -> list[Json]:
    if block["type"] == "actions":
        return list(block["elements"])
    single = block.get("accessory") if block["type"] == "section" else block.get("element")
    return [single] if single and single["type"] != "image" else []


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with its block, from top to bottom."""
    for block in blocks:
        for element in _elements_of(block):
            yield block, element


def with_ids(blocks: list[Json], new_id: Callable[[], str]) -> list[Json]:
    """A copy of the blocks in which every block_id and action_id is filled in, as Slack does."""
    copy: list[Json] = json.loads(json.dumps(blocks))
    for block in copy:
        block["block_id"] = block.get("block_id") or new_id()
    for _, element in elements(copy):
        element["action_id"] = element.get("action_id") or new_id()
    return copy
