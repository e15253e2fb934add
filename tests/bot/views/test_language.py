"""Which language a text is said in: by locale, by context, with English where nothing else is known."""

from __future__ import annotations

import asyncio

import pytest

from bot.views.language import current, language_of, say, speak, speaking


@pytest.mark.parametrize(
    ("locale", "otherwise", "language"),
    [
        ("de-DE", "en", "de"),
        ("de_AT", "en", "de"),
        ("DE", "en", "de"),
        ("en-US", "de", "en"),
        ("fr-FR", "en", "en"),
        ("fr-FR", "de", "de"),
        ("", "de", "de"),
        ("den-x", "en", "en"),
    ],
)
def test_a_locale_names_its_language_or_the_installations_where_we_do_not_speak_it(
    locale: str, otherwise: str, language: str
) -> None:
    assert language_of(locale, otherwise) == language


def test_a_text_is_said_in_the_language_spoken_around_it_and_english_comes_back_after() -> None:
    with speaking("de-DE"):
        assert say("{count} days", count=3) == "3 Tagen"
        with speaking("en-GB"):
            assert say("{count} days", count=3) == "3 days"
        assert current() == "de"
    assert say("{count} days", count=3) == "3 days"


def test_what_the_catalogue_lacks_is_said_in_english_rather_than_not_at_all() -> None:
    with speaking("de-DE"):
        assert say("A new sentence about {what}.", what="keys") == "A new sentence about keys."


def test_a_value_that_looks_like_a_slot_stays_what_it_is() -> None:
    assert say("For: {names}", names="{names} {count}") == "For: {names} {count}"


async def test_two_visits_at_once_do_not_hear_each_others_language() -> None:
    both = asyncio.Barrier(2)

    async def visit(locale: str) -> str:
        speak(locale)
        await both.wait()
        return say("Approve")

    assert await asyncio.gather(visit("de-DE"), visit("en-US")) == ["Genehmigen", "Approve"]
