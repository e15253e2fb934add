"""Messages and views as plain text, as a person would read them aloud: `[Button]`, `Label: ____`."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from functools import partial

from bot.sandbox.slack.forms import VALUES, current
from bot.sandbox.slack.model import Json, Message, View

BLANK = "____"
EMOJI = {
    "white_check_mark": "✅",
    "heavy_check_mark": "✔",
    "x": "❌",
    "no_entry": "⛔",
    "warning": "⚠",
    "hourglass_flowing_sand": "⏳",
    "hourglass": "⌛",
    "lock": "🔒",
    "key": "🔑",
    "link": "🔗",
    "mag": "🔍",
    "bell": "🔔",
    "email": "✉",
    "eyes": "👀",
    "tada": "🎉",
    "large_green_circle": "🟢",
    "large_yellow_circle": "🟡",
    "red_circle": "🔴",
    "white_circle": "⚪",
    "information_source": "ℹ",
}
Names = Mapping[str, str]


def text_of(what: Message | View, names: Names | None = None) -> str:
    """The whole surface as text; `names` turns user and channel ids into what a person sees."""
    names = names or {}
    if isinstance(what, View):
        return "\n".join(_view(what, names))
    if not what.blocks:
        return plain(what.text, names)
    return "\n".join(_blocks(what.blocks, what, names))


def plain(mrkdwn: str, names: Names | None = None) -> str:
    """mrkdwn without its marks: links as `label (url)`, mentions by name, emoji as characters."""
    names = names or {}
    text = re.sub(r"<([^<>]+)>", partial(_link, names), mrkdwn)
    for mark in ("*", "_", "~"):
        text = re.sub(
            rf"(?<![\w{mark}]){re.escape(mark)}(\S(?:[^\n]*?\S)?){re.escape(mark)}(?!\w)", r"\1", text
        )
    text = re.sub(r":([a-z0-9_+-]+):", lambda found: EMOJI.get(found[1], found[0]), text)
    return html.unescape(text)


def _link(names: Names, found: re.Match[str]) -> str:
    target, _, label = found[1].partition("|")
    if target[0] in "@#":
        sigil, name = target[0], label or names.get(target[1:], target[1:])
        return f"{sigil}{name}"
    if target.startswith("!"):
        return label or f"@{target[1:]}"
    if not label or label == target:
        return target.removeprefix("mailto:")
    return label if target == f"mailto:{label}" else f"{label} ({_short(target)})"


def _short(url: str, most: int = 120) -> str:
    return url if len(url) <= most else f"{url[:most]}..."


def _view(view: View, names: Names) -> Iterator[str]:
    if view.title:
        yield f"== {view.title_text} =="
    yield from _blocks(view.blocks, view, names)
    buttons = [f"[{button['text']}]" for button in (view.close, view.submit) if button]
    if buttons:
        yield " ".join(buttons)


def _blocks(blocks: list[Json], where: View | Message, names: Names) -> Iterator[str]:
    for block in blocks:
        yield from _block(block, where, names)


def _block(block: Json, where: View | Message, names: Names) -> Iterator[str]:
    match block["type"]:
        case "header":
            yield f"# {_said(block['text'], names)}"
        case "divider":
            yield "-" * 40
        case "section":
            yield from _section(block, names)
        case "context":
            yield _context(block, names)
        case "actions":
            yield " ".join(_element(element) for element in block["elements"])
        case "input":
            yield from _input(block, where, names)
        case "image":
            yield f"(image: {block['alt_text']})"
        case "markdown":
            yield block["text"]
        case _:
            yield json.dumps(block, ensure_ascii=False)


def _said(text: Json, names: Names) -> str:
    return plain(text["text"], names) if text["type"] == "mrkdwn" else plain_text(text["text"])


def plain_text(text: str) -> str:
    """A plain_text object as text: only emoji names mean anything in it."""
    return re.sub(r":([a-z0-9_+-]+):", lambda found: EMOJI.get(found[1], found[0]), text)


def _section(block: Json, names: Names) -> Iterator[str]:
    if block.get("text"):
        yield _said(block["text"], names)
    for field in block.get("fields") or []:
        yield "  " + _said(field, names).replace("\n", ": ", 1).replace("::", ":")
    if accessory := block.get("accessory"):
        yield _element(accessory)


def _context(block: Json, names: Names) -> str:
    words = [e["alt_text"] if e["type"] == "image" else _said(e, names) for e in block["elements"]]
    return f"  ({' · '.join(words)})"


def _element(element: Json) -> str:
    if element["type"] == "button":
        return f"[{plain_text(element['text']['text'])}]"
    if element["type"] == "image":
        return f"(image: {element['alt_text']})"
    if options := element.get("options"):
        return f"[{' | '.join(option['text']['text'] for option in options)}]"
    return f"[{(element.get('placeholder') or {}).get('text', element['type'])}]"


def _input(block: Json, where: View | Message, names: Names) -> Iterator[str]:
    optional = " (optional)" if block.get("optional") else ""
    value = _value(block, where)
    options = [option["text"]["text"] for option in block["element"].get("options") or []]
    choices = f"  [{' | '.join(options)}]" if options and value == BLANK else ""
    yield f"{block['label']['text']}{optional}: {value}{choices}"
    if block.get("hint"):
        yield f"    {_said(block['hint'], names)}"
    if isinstance(where, View) and (words := where.errors.get(block["block_id"])):
        yield f"    ! {words}"


def _value(block: Json, where: View | Message) -> str:
    element = block["element"]
    value = current(where, block, element)[VALUES[element["type"]][0]]
    several = value if isinstance(value, list) else [value] if value else []
    words = [one["text"]["text"] if isinstance(one, dict) else str(one) for one in several]
    return ", ".join(words) or BLANK
