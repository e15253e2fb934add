"""The reference pages are what the code says, and the guides name only what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import metrics
from bot.doctor import store
from bot.domain.diagnosis import TABLE
from bot.domain.request import Event, State
from bot.pages import FOLDER, pages
from bot.reference import env_example
from bot.settings import REFERENCE

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "docs" / "how-to").glob("*.md"))
PAGES = pages()
EVENTS = Event.__subclasses__()


def line_of(event: str) -> str:
    return next(line for line in PAGES["events.md"].splitlines() if line.startswith(f"| `{event}` |"))


def of_the_workspace() -> set[str]:
    """Every event that the code writes into the chain of the workspace."""
    sources = (path.read_text() for path in (ROOT / "bot").rglob("*.py"))
    found = {name for text in sources for name in re.findall(r"\.record\(\s*\"(\w+)\"", text)}
    assert "delegated" in found
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_what_the_code_says(name: str) -> None:
    assert (ROOT / FOLDER / name).read_text() == PAGES[name], "run `make reference`"


def test_no_page_is_left_over() -> None:
    assert {one.name for one in (ROOT / FOLDER).glob("*.md")} >= set(PAGES)


def test_the_example_environment_is_written_by_the_same_command() -> None:
    assert (ROOT / ".env.example").read_text() == env_example()


def test_each_page_is_complete() -> None:
    assert all(f"`{row.name}`" in PAGES["settings.md"] for row in REFERENCE)
    assert all(f"`{metric.describe()[0].name}" in PAGES["metrics.md"] for metric in metrics.ALL)
    assert all(f"`{state}`" in PAGES["states.md"] for state in State)
    assert all(f"| `{kind.model_fields['kind'].default}` |" in PAGES["events.md"] for kind in EVENTS)
    assert "| a person (Slack's id) | `in_review` |" in line_of("approved")
    assert "| Greenlight |" in line_of("deadline_passed")
    assert all(f"`{name}`" in PAGES["events.md"] for name in of_the_workspace())
    assert all(f"| {row.id} | `{row.verdict}` |" in PAGES["verdicts.md"] for row in TABLE)
    for command in ("run", "doctor [--json] [--hello HELLO]", "requests show REQUEST-ID", "keys new"):
        assert f"`greenlight {command}`" in PAGES["commands.md"]
    assert "`/greenlight doctor`" in PAGES["commands.md"]


def test_every_table_row_has_as_many_cells_as_its_head() -> None:
    for text in PAGES.values():
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            counts = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
            assert len(counts) == 1, table.splitlines()[0]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda one: one.name)
def test_a_guide_links_to_what_exists(guide: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", guide.read_text()):
        assert (guide.parent / target).exists(), target


@pytest.mark.parametrize("guide", GUIDES, ids=lambda one: one.name)
def test_a_guide_names_commands_settings_and_metrics_that_exist(guide: Path) -> None:
    text = guide.read_text()
    known = set(re.findall(r"`greenlight ([a-z]+(?: [a-z]+)?)", PAGES["commands.md"]))
    firsts = {one.split()[0] for one in known}
    for typed in re.findall(r"(?:^|`)greenlight ([a-z]+(?: [a-z]+)?)", text, re.MULTILINE):
        group = {one for one in known if one.startswith(f"{typed.split()[0]} ")}
        assert typed in known or (typed.split()[0] in firsts and not group), typed
    names = {row.name for row in REFERENCE} | {f"{row.name}_FILE" for row in REFERENCE if row.secret}
    assert set(re.findall(r"\bGREENLIGHT_[A-Z_]+\b", text)) <= names


def test_the_guide_shows_the_very_acl_that_the_doctor_tells() -> None:
    assert store.ACL in (ROOT / "docs" / "how-to" / "configure.md").read_text()
