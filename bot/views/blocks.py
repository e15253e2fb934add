"""Block Kit in our words: builders that keep Slack's limits, and the escaping of every text we did not write.

Limits: docs.slack.dev reference of blocks, elements and composition objects. `verbatim` everywhere: Slack
then turns nothing into a link or a mention that is not written as one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bot.views.language import say

Block = dict[str, Any]
Style = Literal["primary", "danger"]

MAX_TEXT = 3000
MAX_FIELD = 2000
MAX_HEADER = 150
MAX_BUTTON = 75
MAX_MESSAGE_BLOCKS = 50
MAX_VIEW_BLOCKS = 100
MAX_FALLBACK = 3900  # a message's `text`; Slack cuts at 40 000 and advises 4 000
VALUE = 300  # an untrusted value in a sentence; escaping makes at most five characters of one

NOT_GIVEN = "not given"

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LAYOUT = str.maketrans({"`": "'", "*": "∗", "~": "∼"})
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_EMOJI = re.compile(r":(?=[a-z0-9_+'-]+:)", re.IGNORECASE)
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_USER = re.compile(r"[UW][A-Z0-9]{1,30}")
_DANGLING = re.compile(r"&[a-z]{0,4}$|<[^>]*$")


@dataclass(frozen=True)
class Message:
    """What Slack posts: `text` says it all for screen readers and notifications, `blocks` is the layout."""

    text: str
    blocks: tuple[Block, ...]


def visible(text: str) -> str:
    """Return the text on one line without control, format and other hidden characters."""
    if text.isprintable():  # nearly always; it knows the same categories, and takes a hundredth of the time
        return " ".join(text.split())
    shown = "".join(" " if unicodedata.category(c) in _HIDDEN and c.isspace() else c for c in text)
    return " ".join("".join(c for c in shown if unicodedata.category(c) not in _HIDDEN).split())


def clip(text: str, limit: int) -> str:
    """Cut a plain text to `limit` characters, the last one an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def esc(text: str, limit: int = VALUE) -> str:
    """Make an untrusted text safe inside mrkdwn: no mention, link, emoji, emphasis or line break survives."""
    plain = clip(visible(text), limit).translate(_LAYOUT)
    plain = _EMOJI.sub("∶", _EDGE_UNDERSCORE.sub("ˍ", plain))
    return _entities(plain)


def code(text: str, limit: int = VALUE) -> str:
    """Show an untrusted value unchanged in a code span, to be copied; nothing in it is interpreted."""
    plain = clip(visible(text).replace("`", "'"), limit)
    return f"`{_entities(plain)}`" if plain else say(NOT_GIVEN)


def block_code(text: str, limit: int = MAX_TEXT - 10) -> str:
    """Show our own multi-line text, with untrusted values in it, as a block that can be copied."""
    inner = _entities(text.replace("```", "'''"))
    return f"```{_safe_cut(inner, limit)}```"


def _entities(text: str) -> str:
    return text.translate(_ENTITIES)


def mention(user_id: str) -> str:
    """Mention a person by the id Slack gave us; anything else is shown as text."""
    return f"<@{user_id}>" if _USER.fullmatch(user_id) else code(user_id)


def date(at: datetime) -> str:
    """Show a time in the reader's zone, with UTC as fallback."""
    # Slack fills in the reader's date and time, in their zone.
    return f"<!date^{int(at.timestamp())}^{say('{date_short} at {time}')}|{utc(at)}>"


def utc(at: datetime) -> str:
    """Show a time where Slack does not translate it: ``2026-11-23 14:05 UTC``."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def link(url: str, words: str) -> str:
    """A labelled link to an address of ours; `url` must not hold ``|`` or ``>`` (percent-encode them)."""
    return f"<{_entities(url)}|{esc(words)}>"


def _safe_cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    cut = _DANGLING.sub("", text[: limit - 2])
    return cut + ("`…" if cut.count("`") % 2 else "…")


def mrkdwn(text: str, limit: int = MAX_TEXT) -> Block:
    """A mrkdwn text object, cut at the limit without breaking an entity, a link or a code span."""
    return {"type": "mrkdwn", "text": _safe_cut(text, limit) or "-", "verbatim": True}


def plain(text: str, limit: int) -> Block:
    """A plain_text object without emoji shortcodes; shown as typed, so it needs no escaping."""
    return {"type": "plain_text", "text": clip(visible(text), limit) or "-", "emoji": False}


def header(text: str) -> Block:
    """A headline."""
    return {"type": "header", "text": plain(text, MAX_HEADER)}


def section(text: str) -> Block:
    """A paragraph of mrkdwn."""
    return {"type": "section", "text": mrkdwn(text)}


def fields(pairs: Sequence[tuple[str, str]]) -> list[Block]:
    """Label and value pairs in two columns; values are mrkdwn, ready escaped; ten to a block."""
    texts = [mrkdwn(f"*{label}*\n{value}", MAX_FIELD) for label, value in pairs]
    return [{"type": "section", "fields": texts[i : i + 10]} for i in range(0, len(texts), 10)]


def context(*texts: str) -> Block:
    """Small print."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[:10]]}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def actions(buttons: Iterable[Block], block_id: str = "") -> list[Block]:
    """A row of buttons; no block at all when there is none."""
    found = list(buttons)[:25]
    row: Block = {"type": "actions", "elements": found}
    return [row | ({"block_id": block_id} if block_id else {})] if found else []


def confirm(title: str, text: str, yes: str, no: str = "", style: Style = "primary") -> Block:
    """The question Slack asks before a click counts; `text` is mrkdwn, ready escaped."""
    return {
        "title": plain(title, 100),
        "text": mrkdwn(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no or say("Go back"), 30),
        "style": style,
    }


def button(
    words: str,
    action_id: str,
    value: str = "",
    *,
    label: str = "",
    style: Style | None = None,
    ask: Block | None = None,
    url: str = "",
) -> Block:
    """A button; `label` is what a screen reader says (it should name the request)."""
    made: Block = {"type": "button", "text": plain(words, MAX_BUTTON), "action_id": action_id}
    made |= {"accessibility_label": clip(visible(label or words), MAX_BUTTON)}
    extra = {"value": value[:2000], "style": style, "confirm": ask, "url": url[:3000]}
    return made | {name: item for name, item in extra.items() if item}


def select(action_id: str, hint: str, options: Iterable[tuple[str, str]], chosen: str) -> Block:
    """A menu for a row of buttons; options are (value, words), and one of them is chosen."""
    made = {value: {"text": plain(words, 75), "value": value} for value, words in options}
    found: Block = {"type": "static_select", "action_id": action_id, "placeholder": plain(hint, 150)}
    return found | {"options": list(made.values()), "initial_option": made[chosen]}


def menu(
    field: str, label: str, options: Iterable[tuple[str, str]], chosen: str = "", hint: str = ""
) -> Block:
    """A choice of one of many `(value, words)`, as an input."""
    made = {value: {"text": plain(words, 75), "value": value} for value, words in options}
    element: Block = {"type": "static_select", "action_id": field, "options": list(made.values())}
    return _input(
        field, label, element | ({"initial_option": made[chosen]} if chosen in made else {}), hint, False
    )


def text_input(
    field: str,
    label: str,
    *,
    hint: str = "",
    placeholder: str = "",
    initial: str = "",
    limit: int = 200,
    optional: bool = False,
    kind: str = "plain_text_input",
    multiline: bool = False,
) -> Block:
    """A field to type in; its block id and action id are both `field`."""
    element: Block = {"type": kind, "action_id": field}
    if kind == "plain_text_input":
        element |= {"max_length": limit, "multiline": multiline}
    if placeholder:
        element["placeholder"] = plain(placeholder, 150)
    if initial:
        element["initial_value"] = initial[:limit]
    return _input(field, label, element, hint, optional)


def radio(
    field: str, label: str, choices: Sequence[tuple[str, str, str]], *, chosen: str = "", hint: str = ""
) -> Block:
    """One of a few `(value, words, explanation)`; both texts at most 75 characters."""
    options = [
        {"text": plain(words, 75), "value": value, "description": plain(more, 75)}
        for value, words, more in choices
    ]
    element: Block = {"type": "radio_buttons", "action_id": field, "options": options}
    initial = [option for option in options if option["value"] == chosen]
    return _input(field, label, element | ({"initial_option": initial[0]} if initial else {}), hint, False)


def chooser(field: str, label: str, kind: str) -> Block:
    """A choice that Slack fills: `users_select` or `datepicker`."""
    return _input(field, label, {"type": kind, "action_id": field}, "", False)


def _input(field: str, label: str, element: Block, hint: str, optional: bool) -> Block:
    block: Block = {"type": "input", "block_id": field, "label": plain(label, 2000), "element": element}
    return block | {"optional": optional} | ({"hint": plain(hint, 2000)} if hint else {})


def modal(title: str, blocks: Sequence[Block], **more: str) -> Block:
    """A modal view; `submit`, `close`, `callback_id`, `private_metadata` by name."""
    view: Block = {"type": "modal", "title": plain(title, 24), "blocks": list(blocks)[:MAX_VIEW_BLOCKS]}
    for name, text in more.items():
        if text:
            view[name] = plain(text, 24) if name in ("submit", "close") else text
    return view


def message(text: str, blocks: Iterable[Block]) -> Message:
    """A message whose text and number of blocks fit."""
    return Message(_safe_cut(text, MAX_FALLBACK), tuple(blocks)[:MAX_MESSAGE_BLOCKS])
