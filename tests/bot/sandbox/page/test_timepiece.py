"""The clock of a rehearsal: where a skip to the morning ends."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox.page.timepiece import until_morning

THERE = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-24T01:20", "2026-11-24T11:30"),
        ("2026-11-24T11:30", "2026-11-25T11:30"),
        ("2026-11-27T18:00", "2026-11-30T11:30"),
        ("2026-11-28T04:00", "2026-11-30T11:30"),
        ("2026-10-23T12:00", "2026-10-26T11:30"),  # the clocks of Berlin go back in between
    ],
    ids=["at night", "in the morning", "on Friday evening", "on Saturday", "over a change of the clocks"],
)
def test_a_skip_to_the_morning_ends_in_the_late_morning_of_a_working_day(now: str, then: str) -> None:
    start = datetime.fromisoformat(now).replace(tzinfo=THERE).timestamp()
    there = datetime.fromtimestamp(start + until_morning(start), THERE)
    assert there.strftime("%Y-%m-%dT%H:%M") == then
