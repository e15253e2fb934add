"""Every link of a document leads somewhere, and the index of docs/ names every page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [doc for doc in DOCS if doc.parent != ROOT and doc.name != "README.md"]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
ELSEWHERE = ("https://", "mailto:")


def links(doc: Path) -> list[str]:
    """What a document links to in this repository."""
    prose = CODE.sub("", doc.read_text(encoding="utf-8"))
    return [one for one in LINK.findall(prose) if not one.startswith(ELSEWHERE)]


def anchors(doc: Path) -> set[str]:
    """The names that GitHub gives to the headings of a document."""
    prose = re.sub(r"^```.*?^```", "", doc.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", one) for one in HEADING.findall(prose))
    return {re.sub(r"[^\w\- ]", "", one.strip().lower()).replace(" ", "-") for one in plain}


def leads_nowhere(doc: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (doc.parent / path).resolve() if path else doc
    if not target.exists() or ROOT not in [target, *target.parents]:
        return True
    return bool(anchor) and anchor not in anchors(target)


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.relative_to(ROOT).as_posix())
def test_every_link_of_a_document_leads_somewhere(doc: Path) -> None:
    assert [link for link in links(doc) if leads_nowhere(doc, link)] == []


def test_a_link_to_a_missing_page_or_heading_is_noticed(tmp_path: Path) -> None:
    index = ROOT / "docs" / "README.md"
    assert leads_nowhere(index, "how-to/no-such-page.md")
    assert leads_nowhere(index, "how-to/install.md#no-such-heading")
    assert leads_nowhere(index, str(tmp_path))
    assert not leads_nowhere(index, "how-to/install.md#where-to-type-greenlight")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT / "docs").as_posix())
def test_the_index_leads_to_every_page(page: Path) -> None:
    index = ROOT / "docs" / "README.md"
    reached = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    assert page in reached or page.parent in reached  # decisions are listed by their folder
