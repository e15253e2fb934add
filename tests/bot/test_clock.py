"""The clock can be set forward in a rehearsal, and only there.

That a waiting worker notices is played in tests/browser/test_world.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.clock import CLOCK_FILE, ShiftedClock, clock_of, utc_now
from bot.domain.errors import GreenlightError

LOCAL = "http://127.0.0.1:3000/api/"


def ahead(path: Path) -> float:
    return (ShiftedClock(path)() - utc_now()).total_seconds()


def test_without_the_file_the_clock_is_the_real_one() -> None:
    assert clock_of({}, LOCAL) is utc_now
    assert clock_of({}, "https://slack.com/api/") is utc_now


def test_the_clock_follows_its_file(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    clock = clock_of({CLOCK_FILE: str(path)}, LOCAL)
    for seconds in ("0", "3600", "604800.5"):
        path.write_text(seconds)
        assert abs((clock() - utc_now()).total_seconds() - float(seconds)) < 1


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "-5", "1e12"])
def test_a_file_that_makes_no_sense_shifts_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "clock").write_text(text)
    assert abs(ahead(tmp_path / "clock")) < 1


def test_an_absent_file_shifts_nothing(tmp_path: Path) -> None:
    assert abs(ahead(tmp_path / "clock")) < 1


def test_a_real_installation_never_lives_in_another_time(tmp_path: Path) -> None:
    with pytest.raises(GreenlightError, match="SLACK_API_URL on this machine"):
        clock_of({CLOCK_FILE: str(tmp_path / "clock")}, "https://slack.com/api/")
