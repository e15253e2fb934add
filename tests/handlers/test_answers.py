"""Every word that may follow a press is said by a listener."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bot.views import words

HANDLERS = Path(__file__).parents[2] / "handlers"


def said() -> set[str]:
    """The keys of `words.DONE` that the listeners name."""
    nodes = [node for path in HANDLERS.glob("*.py") for node in ast.walk(ast.parse(path.read_text()))]
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@pytest.mark.parametrize("event", words.DONE)
def test_no_answer_is_written_that_nobody_says(event: str) -> None:
    assert event in said()
