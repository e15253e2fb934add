"""The page that shows the lifecycle is the lifecycle."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.drawing import COMMAND, document
from bot.domain.lifecycle import TABLE
from bot.domain.request import Announced, State
from tests.bot.domain.samples import one_of_each, reach, step

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "lifecycle.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == document(), f"docs/lifecycle.md is stale; run: {COMMAND}"


def test_the_named_command_prints_the_page() -> None:
    module = COMMAND.split(" > ")[0].removeprefix("python -m ")
    done = subprocess.run(
        [sys.executable, "-m", module], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == document()


def test_every_row_and_every_state_is_on_the_page() -> None:
    rows = [line for line in document().splitlines() if line.startswith("| `")]
    for state, event in TABLE:
        if event is not Announced:
            assert sum(row.startswith(f"| `{state}` | {event.__name__} |") for row in rows) == 1
    assert all(f"| `{state}` |" in document() for state in State)


def test_every_arrow_of_the_table_is_drawn_and_no_other() -> None:
    drawn = {
        tuple(line.split(":")[0].split(" --> "))
        for line in map(str.strip, document().splitlines())
        if " --> " in line and "[*]" not in line
    }
    assert drawn == {(state, to) for (state, _), rule in TABLE.items() for to in rule.to if to is not state}


@pytest.mark.parametrize("state", State)
def test_no_event_causes_a_step_that_its_row_does_not_show(state: State) -> None:
    request = reach(state)
    for kind, event in one_of_each(request).items():
        if (state, kind) in TABLE and kind is not Announced:
            row = next(line for line in document().splitlines() if f"| `{state}` | {kind.__name__} |" in line)
            caused = {f"`{due.step}`" for due in step(request, event, timedelta(days=90)).due}
            assert caused <= {cell.strip() for cell in row.replace(",", "|").split("|")}
