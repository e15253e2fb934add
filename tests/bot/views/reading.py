"""What the tests of the views share: Slack's own strictness, all texts of a message, texts nobody expects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from bot.sandbox.slack.blocks import message_problems, too_large, view_problems
from bot.views.blocks import MAX_FALLBACK, Message

HOSTILE = (
    "<!channel> <@U1|x> & *b* _i_ ~s~ `c` ```d``` :fire: "
    "<https://evil.example|click>\r\nBcc: x@evil.example\u202e"
)
texts = st.one_of(
    st.text(max_size=400),
    st.text(alphabet="<>&`*_~!@|:\n\r\u200b\u202e", max_size=400),
    st.sampled_from([HOSTILE, HOSTILE * 30, "&" * 3000, "`" * 200, "😀" * 900]),
)


def fits(message: Message) -> None:
    """Hold a message against the strict reader, and a view likewise."""
    assert message_problems(list(message.blocks)) == []
    assert 0 < len(message.text) <= MAX_FALLBACK


def view_fits(view: dict[str, Any]) -> None:
    assert view_problems(view) == []
    assert not too_large(view)


def markup(node: Any) -> Iterator[str]:
    """Every text in which Slack interprets markup."""
    if isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            yield node["text"]
        for value in node.values():
            yield from markup(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from markup(value)


def buttons(blocks: Any) -> dict[str, dict[str, Any]]:
    """Every button by its action id."""
    rows = [block for block in blocks if block["type"] == "actions"]
    return {button["action_id"]: button for row in rows for button in row["elements"]}


def everything(message: Message) -> str:
    """All a person can read."""
    return message.text + "\n" + "\n".join(markup(list(message.blocks)))
