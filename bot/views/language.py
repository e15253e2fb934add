"""Which language a text is said in: English templates are looked up in the catalogue of the language spoken.

The language is the context's, not a parameter: every view stays a pure function of the domain and of the
language spoken around it, and no signature has to hand a locale down to the last button. `speaking` sets it
for one rendering; `speak` for the rest of a task, at the doorstep, where a task is one visit of one person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from bot.views.german import GERMAN

ENGLISH = "en"
CATALOGUES: dict[str, Mapping[str, str]] = {ENGLISH: {}, "de": GERMAN}
SLOT = re.compile(r"\{(\w+)\}")

_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)

Key = TypeVar("Key")
Said = TypeVar("Said")
Given = ParamSpec("Given")


def language_of(locale: str, otherwise: str = ENGLISH) -> str:
    """Return the language for a locale such as ``de-DE``; `otherwise` where we do not speak it."""
    primary = locale.replace("_", "-").partition("-")[0].lower()
    return primary if primary in CATALOGUES else otherwise


def current() -> str:
    """Return the language spoken now: ``en`` or ``de``."""
    return _spoken.get()


def speak(locale: str, otherwise: str = ENGLISH) -> None:
    """Speak this locale's language until the end of the task."""
    _spoken.set(language_of(locale, otherwise))


@contextmanager
def speaking(locale: str, otherwise: str = ENGLISH) -> Iterator[None]:
    """Speak this locale's language inside the block."""
    before = _spoken.set(language_of(locale, otherwise))
    try:
        yield
    finally:
        _spoken.reset(before)


def say(template: str, /, **values: object) -> str:
    """Return an English template in the language spoken now, its ``{slots}`` filled.

    What the catalogue lacks is said in English. A value that looks like a slot stays as it is.
    """
    text = CATALOGUES[_spoken.get()].get(template, template)
    if not values:
        return text
    return SLOT.sub(lambda slot: str(values.get(slot[1], slot[0])), text)


def kept(view: Callable[Given, Said]) -> Callable[Given, Said]:
    """Render once per language and arguments; nobody may change what is returned."""

    @lru_cache(maxsize=64)
    def render(_language: str, *args: Given.args, **named: Given.kwargs) -> Said:
        return view(*args, **named)

    @wraps(view)
    def shown(*args: Given.args, **named: Given.kwargs) -> Said:
        return render(_spoken.get(), *args, **named)  # type: ignore[arg-type]  # hashable or a TypeError

    return shown


class Spoken(Mapping[Key, str]):
    """A table of English templates that is translated when it is read, not when it is made."""

    def __init__(self, templates: Mapping[Key, str]) -> None:
        self.templates = dict(templates)

    def __getitem__(self, key: Key) -> str:
        return say(self.templates[key])

    def __iter__(self) -> Iterator[Key]:
        return iter(self.templates)

    def __len__(self) -> int:
        return len(self.templates)
