"""The clock can be set forward in a rehearsal, and only there; a waiting worker notices."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import CLOCK_FILE, ShiftedClock, clock_of, idle_of, utc_now
from bot.domain.errors import GreenlightError
from bot.domain.lifecycle import Due, Step
from bot.ports import Claimed
from bot.worker import Worker
from tests.twins.store import StoreTwin

LOCAL = "http://127.0.0.1:3000/api/"


def is_ahead(clock: ShiftedClock, seconds: float) -> bool:
    """Whether it shows the time in so many seconds, however long this machine takes to look twice."""
    before, shown, after = utc_now(), clock(), utc_now()
    return before <= shown - timedelta(seconds=seconds) <= after


def test_without_the_file_the_clock_is_the_real_one() -> None:
    assert clock_of({}, LOCAL) is utc_now
    assert clock_of({}, "https://slack.com/api/") is utc_now


def test_the_clock_follows_its_file(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    clock = clock_of({CLOCK_FILE: str(path)}, LOCAL)
    for seconds in ("0", "3600", "604800.5"):
        path.write_text(seconds)
        assert is_ahead(clock, float(seconds))


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "-5", "1e12"])
def test_a_file_that_makes_no_sense_shifts_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "clock").write_text(text)
    assert is_ahead(ShiftedClock(tmp_path / "clock"), 0)


def test_an_absent_file_shifts_nothing(tmp_path: Path) -> None:
    assert is_ahead(ShiftedClock(tmp_path / "clock"), 0)


def test_a_real_installation_never_lives_in_another_time(tmp_path: Path) -> None:
    with pytest.raises(GreenlightError, match="SLACK_API_URL on this machine"):
        clock_of({CLOCK_FILE: str(tmp_path / "clock")}, "https://slack.com/api/")


async def test_a_worker_that_waits_notices_that_the_clock_was_set(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    clock, store, done = ShiftedClock(path), StoreTwin(), asyncio.Event()

    async def perform(_: Claimed) -> None:
        done.set()

    await store.schedule("GL-7K3M9Q", [Due(step=Step.PROBE, at=clock() + timedelta(hours=1))])
    worker = Worker(store, {Step.PROBE: perform}, clock, idle=idle_of(clock))
    working = asyncio.create_task(worker.run())
    try:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(done.wait(), 0.2)
        path.write_text("3600")
        await asyncio.wait_for(done.wait(), 60)
    finally:
        await worker.stop()
        await working


def test_with_the_real_clock_a_worker_waits_long() -> None:
    assert idle_of(utc_now) >= 10
