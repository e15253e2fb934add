"""Small checks that the Block Kit tables are made of; each notes what Slack would say about one value."""

from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[["Notes", Any, str], None]
Fields = Mapping[str, Check]


class Notes:
    """What is wrong, in Slack's words and with a JSON pointer each."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def add(self, words: str, pointer: str) -> None:
        """Note one refusal."""
        self.messages.append(f"[ERROR] {words} [json-pointer:{pointer or '/'}]")


def string(most: int, least: int = 0) -> Check:
    """A string of `least` to `most` characters."""

    def check(notes: Notes, value: Any, at: str) -> None:
        if not isinstance(value, str):
            notes.add("must be a valid string", at)
        elif len(value) > most:
            notes.add(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            notes.add(f"must be more than {least - 1} characters", at)

    return check


def one_of(*choices: Any) -> Check:
    """One of a few values."""

    def check(notes: Notes, value: Any, at: str) -> None:
        if value not in choices:
            notes.add(f"must be a valid enum value, one of {', '.join(map(str, choices))}", at)

    return check


def flag(notes: Notes, value: Any, at: str) -> None:
    """A boolean."""
    if not isinstance(value, bool):
        notes.add("must be a boolean", at)


def number(least: int, most: int) -> Check:
    """A whole number within limits."""

    def check(notes: Notes, value: Any, at: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            notes.add(f"must be a number between {least} and {most}", at)

    return check


def anything(notes: Notes, value: Any, at: str) -> None:
    """Whatever it is, it is fine."""


def fields(required: Fields, optional: Fields) -> Check:
    """An object with these fields and no others."""

    def check(notes: Notes, value: Any, at: str) -> None:
        if not isinstance(value, dict):
            notes.add("must provide an object", at)
            return
        for name in required:
            if value.get(name) is None:
                notes.add(f"missing required field: {name}", at)
        for name, item in value.items():
            if one := required.get(name) or optional.get(name):
                if item is not None:
                    one(notes, item, f"{at}/{name}")
            else:
                notes.add(f"invalid additional property: {name}", at)

    return check


def listed(item: Check, most: int, least: int = 1) -> Check:
    """A list of `least` to `most` items."""

    def check(notes: Notes, value: Any, at: str) -> None:
        if not isinstance(value, list):
            notes.add("must be an array", at)
            return
        if len(value) > most:
            notes.add(f"no more than {most} items allowed [{len(value)}]", at)
        if len(value) < least:
            notes.add(f"no fewer than {least} items allowed [{len(value)}]", at)
        for index, one in enumerate(value):
            item(notes, one, f"{at}/{index}")

    return check


def typed(table: Mapping[str, Check], kind: str) -> Check:
    """An object whose `type` says which row of the table it must satisfy."""

    def check(notes: Notes, value: Any, at: str) -> None:
        name = value.get("type") if isinstance(value, dict) else None
        if isinstance(name, str) and name in table:
            table[name](notes, value, at)
        else:
            notes.add(f"unsupported type of {kind}: {name}", f"{at}/type" if name else at)

    return check


def plain(most: int) -> Check:
    """A plain_text object."""
    return fields({"type": one_of("plain_text"), "text": string(most, 1)}, {"emoji": flag})


def text(most: int) -> Check:
    """A plain_text or mrkdwn object."""
    mrkdwn = fields({"type": anything, "text": string(most, 1)}, {"verbatim": flag})
    return typed({"plain_text": plain(most), "mrkdwn": mrkdwn}, "text object")
