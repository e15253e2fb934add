"""SECURITY.md names tests as its proof: each of them has to exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))
ROWS = {int(row[0]): row for row in re.findall(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$", TEXT, re.MULTILINE)}


@cache
def names_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


@pytest.mark.parametrize(("path", "name"), NAMED, ids=[name for _, name in NAMED])
def test_every_test_the_page_names_exists(path: str, name: str) -> None:
    assert name in names_in(ROOT / path)


def test_each_of_the_fifteen_threats_has_something_against_it_and_a_test() -> None:
    assert sorted(ROWS) == list(range(1, 16))
    for number, row in ROWS.items():
        assert f"::test_threat_{number:02}_" in row[3], f"no test carries the number of threat {number}"


def test_a_test_that_carries_a_threats_number_stands_in_that_threats_row() -> None:
    for path in (ROOT / "tests").rglob("test_*.py"):
        for name in names_in(path):
            if found := re.match(r"test_threat_(\d+)_", name):
                assert name in ROWS[int(found[1])][3], name
