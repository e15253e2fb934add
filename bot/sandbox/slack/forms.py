"""What a person has typed and chosen on a surface, as the client keeps it and as Slack sends it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.sandbox.slack.blocks import elements, options_of
from bot.sandbox.slack.model import Json, Message, View

Human = str | Sequence[str]  # a text, the visible label of an option, or several labels
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")
URL = re.compile(r"^https?://[^\s/]+", re.IGNORECASE)

# element type -> (name of its state value, name of its initial value)
VALUES: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
STATELESS = {"button", "overflow"}


class NotOnScreen(LookupError):
    """The person was told to use something that is not there to be used."""


def key(block: Json, element: Json) -> str:
    """How a surface remembers one element."""
    return f"{block['block_id']} {element['action_id']}"


def initial(element: Json) -> Json:
    """The state value of an element nobody has touched."""
    name, given = VALUES[element["type"]]
    empty: Any = [] if name.endswith("s") else None
    return {"type": element["type"], name: element.get(given, empty)}


def value_of(element: Json, human: Human) -> Json:
    """The state value after a person typed a text or chose by visible label (or value)."""
    kind = element["type"]
    name = VALUES[kind][0]
    if name == "selected_option":
        return {"type": kind, name: _option(element, str(human))}
    if name == "selected_options":
        return {"type": kind, name: [_option(element, one) for one in _several(human)]}
    if name.endswith("s"):
        return {"type": kind, name: _several(human)}
    if name == "selected_date_time":
        return {"type": kind, name: int(str(human))}
    return {"type": kind, name: str(human) or None}


def _several(human: Human) -> list[str]:
    return ([human] if human else []) if isinstance(human, str) else list(human)


def _option(element: Json, label: str) -> Json:
    options = options_of(element)
    for option in options:
        if label in (option["text"]["text"], option["value"]):
            return option
    raise NotOnScreen(f"no option {label!r}; there are {[o['text']['text'] for o in options]}")


def inputs(view: View) -> Iterator[tuple[str, Json, Json]]:
    """Label, block and element of every input block."""
    for block, element in elements(view.blocks):
        if block["type"] == "input":
            yield block["label"]["text"], block, element


def find_input(view: View, label: str) -> tuple[Json, Json]:
    """The input with this visible label, block id or action id; `NotOnScreen` if absent or ambiguous."""
    found = list(inputs(view))
    for names in (
        lambda i: i[0].casefold() == label.casefold(),
        lambda i: label in (i[1]["block_id"], i[2]["action_id"]),
        lambda i: label.casefold() in i[0].casefold(),
    ):
        if len(matches := [i for i in found if names(i)]) == 1:
            return matches[0][1], matches[0][2]
    raise NotOnScreen(f"no input {label!r} in {view.title_text!r}; there are {[i[0] for i in found]}")


def current(surface: View | Message, block: Json, element: Json) -> Json:
    """What an element holds now."""
    touched = surface.typed if isinstance(surface, View) else surface.selected
    value = touched.get(key(block, element))
    # Slack keeps what was typed only while the element stays of the same kind
    return value if value and value["type"] == element["type"] else initial(element)


def state(surface: View | Message) -> dict[str, dict[str, Json]]:
    """The `state.values` of a view or message, as Slack builds it."""
    values: dict[str, dict[str, Json]] = {}
    for block, element in elements(surface.blocks):
        if element["type"] not in STATELESS:
            block_values = values.setdefault(block["block_id"], {})
            block_values[element["action_id"]] = current(surface, block, element)
    return values


def own_problems(view: View) -> dict[str, str]:
    """What the client itself refuses to send: block id -> words under the field."""
    problems = {}
    for _, block, element in inputs(view):
        value = current(view, block, element)
        if words := _problem(block, element, value[VALUES[element["type"]][0]]):
            problems[block["block_id"]] = words
    return problems


def _problem(block: Json, element: Json, value: Any) -> str | None:
    if value in (None, "", []):
        return None if block.get("optional") else "Please complete this required field."
    if element["type"] == "email_text_input" and not EMAIL.match(str(value)):
        return "Please enter a valid email address."
    if element["type"] == "url_text_input" and not URL.match(str(value)):
        return "Please enter a valid URL."
    return _length_problem(element, value) if element["type"] == "plain_text_input" else None


def _length_problem(element: Json, value: str) -> str | None:
    if len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Please enter no more than {element.get('max_length', 3000)} characters."
    return None


def by_label(view: View, errors: Mapping[str, str]) -> dict[str, str]:
    """Errors keyed by the visible label instead of the block id."""
    labels = {block["block_id"]: label for label, block, _ in inputs(view)}
    return {labels.get(block_id, block_id): words for block_id, words in errors.items()}
