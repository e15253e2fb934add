"""Every picture that a document shows is there, says in words what it shows, and loads quickly.

And every picture that the docs owe is shown: the journey, each state of the card, what comes by itself.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.request import State
from bot.views.words import STATES

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
MOST_BYTES = 2_000_000


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_the_pictures_of_a_document_are_there_and_have_words(doc: Path) -> None:
    for words, target in SHOWN.findall(doc.read_text(encoding="utf-8")):
        assert words.strip(), target
        assert 0 < (doc.parent / target).stat().st_size < MOST_BYTES


def test_no_picture_is_left_that_no_document_shows() -> None:
    shown = {
        (doc.parent / target).resolve()
        for doc in DOCS
        for _, target in SHOWN.findall(doc.read_text(encoding="utf-8"))
    }
    assert set((ROOT / "docs" / "images").iterdir()) <= shown


def shown_by(doc: str) -> dict[str, str]:
    """The words of each picture of a document, by the picture's name."""
    text = (ROOT / doc).read_text(encoding="utf-8")
    return {Path(target).name: words for words, target in SHOWN.findall(text)}


@pytest.mark.parametrize("doc", ["README.md", "docs/demo.md"])
def test_the_card_is_shown_in_each_state_with_that_states_name(doc: str) -> None:
    found = shown_by(doc)
    for state in State:
        assert found[f"card-{state}.png"].startswith(STATES[state].partition(":")[0])


def test_the_readme_shows_the_journey_moving_the_form_the_guide_and_app_home() -> None:
    assert {"journey.gif", "modal.png", "guide.png", "home.png"} <= set(shown_by("README.md"))
    with Image.open(ROOT / "docs" / "images" / "journey.gif") as film:
        assert getattr(film, "n_frames", 1) >= 10, "it moves"


def test_what_comes_by_itself_and_what_is_proven_is_shown_in_the_docs() -> None:
    found = {name for doc in DOCS for name in shown_by(str(doc.relative_to(ROOT)))}
    assert {"home.png", "digest.png", "reminder.png", "card-attention.png", "evidence-pack.png"} <= found
