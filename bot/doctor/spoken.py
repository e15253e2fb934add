"""The doctor's findings in the language spoken now; what has no translation stays as it is.

Findings are made in English and stay so for scripts (`--json`) and terminals. For a person in Slack the
finished sentence is recognised by its template, and said again.
"""

from __future__ import annotations

import re
from functools import cache

from bot.views.german import doctor, doctor_outside
from bot.views.language import current

TEXTS = {**doctor.TEXTS, **doctor_outside.TEXTS}
_SLOT = re.compile(r"\{(\d)\}")


def in_words(text: str) -> str:
    """A sentence of a finding."""
    if current() != "de":
        return text
    for pattern, german in _patterns():
        if found := pattern.fullmatch(text):
            values = found.groups()
            return _SLOT.sub(lambda slot, values=values: values[int(slot[1])], german)  # type: ignore[misc]
    return text


def standing(name: str) -> str:
    """How a finding stands, in a word."""
    return doctor.STANDINGS[name] if current() == "de" else name


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The most telling first: of two that fit, the one with more words of its own."""
    ordered = sorted(TEXTS, key=lambda english: -len(_SLOT.sub("", english)))
    return tuple((_pattern(english), TEXTS[english]) for english in ordered)


def _pattern(english: str) -> re.Pattern[str]:
    """What varies is no sentence of its own: it holds no colon with a space, but for the last word."""
    last, parts = english.endswith("}"), _SLOT.split(english)
    inner = r"((?:(?!: (?!View)).)+?)"  # a right is called "Alerts: View"
    slots = [inner if at < len(parts) - 2 or not last else "(.+)" for at in range(len(parts))]
    text = "".join(re.escape(part) if at % 2 == 0 else slots[at] for at, part in enumerate(parts))
    return re.compile(text, re.DOTALL)
