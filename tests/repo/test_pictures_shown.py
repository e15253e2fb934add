"""Every picture that a document shows is there, says in words what it shows, and loads quickly."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

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
