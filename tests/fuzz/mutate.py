"""Variations of an input, as a sender with time and ill will would try them; seeded, so that each repeats."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

# Planted: whatever a parser says, raises or logs must not hold it.
SECRET = "sk-proj-PLANTEDcanary0123456789abcdefghijT3BlbkFJplantedPLANTEDcanary0123456789"

JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**70,
    1e308,
    float("nan"),
    "",
    " ",
    "\x00",
    "\ud800",
    "\u202e\u2066",
    "a\r\nBcc: x@y.zz",
    "<!channel> <@U0ADMIN> *x* `y` :z:",
    "=cmd|' /C calc'!A0",
    "٣٤٥",
    "x" * 5000,
    SECRET,
    f"{SECRET}\n",
    f"https://example.com/?k={SECRET}",
    [],
    {},
    [[]],
    {"value": {"value": {}}},
    [SECRET],
    {"id": SECRET},
    {SECRET: SECRET},
)
SCRAPS = (*(one for one in JUNK if isinstance(one, str)), "|", ".", ":", "@", "-", "GL-", "{", "}", "[", '"')


def deep(levels: int) -> Any:
    """A list in a list in a list."""
    made: Any = []
    for _ in range(levels):
        made = [made]
    return made


def tree(value: Any, dice: random.Random) -> Any:
    """The same structure with one place changed, dropped, doubled or replaced."""
    if isinstance(value, dict) and value and dice.random() < 0.85:
        name = dice.choice(list(value))
        fate = dice.random()
        if fate < 0.12:
            return {key: one for key, one in value.items() if key != name}
        if fate < 0.2:
            return {**value, dice.choice(SCRAPS): dice.choice(JUNK)}
        return {**value, name: tree(value[name], dice)}
    if isinstance(value, list) and value and dice.random() < 0.85:
        place = dice.randrange(len(value))
        if dice.random() < 0.15:
            return value + value
        return [*value[:place], tree(value[place], dice), *value[place + 1 :]]
    if isinstance(value, str) and dice.random() < 0.5:
        return text(value, dice)
    return deep(dice.choice((3, 60, 400))) if dice.random() < 0.03 else dice.choice(JUNK)


def text(value: str, dice: random.Random) -> str:
    """The same text with something cut, inserted, doubled or swapped."""
    at, to = sorted((dice.randint(0, len(value)), dice.randint(0, len(value))))
    match dice.randrange(6):
        case 0:
            return value[:at] + value[to:]
        case 1:
            return value[:at] + dice.choice(SCRAPS) + value[at:]
        case 2:
            return value[:to] + value[at:]
        case 3:
            return (
                value[:at]
                + chr(dice.choice((0, 10, 13, 0x130, 0x3000, 0x1F600, dice.randrange(32, 127))))
                + value[to:]
            )
        case 4:
            return value.swapcase()
        case _:
            return value[::-1] if dice.random() < 0.2 else dice.choice(SCRAPS)


def data(value: bytes, dice: random.Random) -> bytes:
    """The same bytes with something cut, inserted, doubled or flipped."""
    at, to = sorted((dice.randint(0, len(value)), dice.randint(0, len(value))))
    match dice.randrange(5):
        case 0:
            return value[:at] + value[to:]
        case 1:
            return value[:at] + dice.choice(SCRAPS).encode(errors="surrogatepass") + value[at:]
        case 2:
            return value[:to] + value[at:]
        case 3:
            return value[:at] + bytes((dice.randrange(256),)) + value[at + 1 :]
        case _:
            return dice.choice((b"\xff\xfe", b"\xef\xbb\xbf", b"[" * 3000, b"\x00")) + value


def vary(value: Any, dice: random.Random) -> Any:
    """Change a text, some bytes or a structure, once or a few times."""
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        if isinstance(value, str):
            value = text(value, dice)
        elif isinstance(value, bytes):
            value = data(value, dice)
        else:
            value = tree(value, dice)
    return value


def each_place(value: Any, odd: Any) -> Iterator[Any]:
    """The structure again and again, each time with something odd in another of its places."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from ({**value, name: changed} for changed in (odd, *each_place(part, odd)))
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from ([*value[:at], changed, *value[at + 1 :]] for changed in (odd, *each_place(part, odd)))
