"""The command: `python -m benchmarks [--quick] [name ...]`; results go to docs/benchmarks.md."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from benchmarks import report
from benchmarks.figures import Findings
from benchmarks.lab import FULL, QUICK, TINY, Lab, Size, machine
from benchmarks.programs import ROOT
from benchmarks.scenarios import acks, crash, felt, grants, keeping, notices, sockets

Scenario = Callable[[Lab], Awaitable[Findings]]

SCENARIOS: dict[str, Scenario] = {
    "quiet": felt.quiet,
    "acks": acks.measure,
    "storm": acks.storm,
    "dispatch": acks.dispatch,
    "sending": felt.sending,
    "starting": felt.starting,
    "due": keeping.due,
    "trips": keeping.trips,
    "idle": keeping.idle,
    "memory": keeping.memory,
    "notices": notices.measure,
    "grants": grants.measure,
    "sockets": sockets.measure,
    "crash": crash.measure,
}


async def run(names: list[str], size: Size, folder: Path) -> int:
    """Measure these, one after the other; writes what was found after each."""
    for name in names:
        began, on = time.perf_counter(), machine()
        async with Lab(size) as lab:
            found = await SCENARIOS[name](lab)
        found.at, found.quick, found.machine = time.strftime("%Y-%m-%d %H:%M"), size.quick, on
        report.keep(folder, name, found)
        print(report.said(name, found, time.perf_counter() - began), flush=True)
    report.write(folder, list(SCENARIOS))
    return 0


def main() -> int:
    """Read the arguments."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which ones: {', '.join(SCENARIOS)}")
    parser.add_argument("--quick", action="store_true", help="under 90 seconds, rough")
    parser.add_argument("--tiny", action="store_true", help="only that it runs")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="where the results go")
    wanted = parser.parse_args()
    unknown = set(wanted.names) - set(SCENARIOS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    size = TINY if wanted.tiny else QUICK if wanted.quick else FULL
    # What is filled in from here would tell of every change, thousands of lines among the figures.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    return asyncio.run(run(wanted.names or list(SCENARIOS), size, wanted.out))


if __name__ == "__main__":
    sys.exit(main())
