"""`make fuzz`: a million inputs for every parser that meets the outside, on all cores, in bounded time."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from tests.fuzz.run import Report, plan, share

CHUNK = 5000


def main() -> int:
    """Run it; 0 only when nothing crashed, nothing leaked, and all inputs were tried in time."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inputs", type=int, default=1_000_000)
    options.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    options.add_argument("--seconds", type=float, default=2400.0)
    options.add_argument("--seed", type=int, default=20261123)
    chosen = options.parse_args()
    logging.disable(logging.CRITICAL)
    began, totals = time.monotonic(), dict[str, Report]()
    with ProcessPoolExecutor(chosen.jobs, mp_context=get_context("spawn")) as pool:
        work = [pool.submit(share, *one) for one in plan(chosen.inputs, chosen.seed, CHUNK)]
        try:
            for done in as_completed(work, timeout=chosen.seconds):
                totals.setdefault(done.result().target, Report(done.result().target)).add(done.result())
        except (TimeoutError, BrokenProcessPool) as error:  # a process that died is a crash as well
            sys.stdout.write(f"stopped early: {type(error).__name__}\n")
            pool.shutdown(wait=False, cancel_futures=True)
    return _tell(totals, chosen.inputs, time.monotonic() - began)


def _tell(totals: dict[str, Report], wanted: int, seconds: float) -> int:
    write = sys.stdout.write
    write(f"{'parser':<20}{'inputs':>10}{'answered':>10}{'refused':>10}{'failures':>10}\n")
    for name, one in totals.items():
        write(f"{name:<20}{one.inputs:>10}{one.answered:>10}{one.refused:>10}{len(one.failures):>10}\n")
    inputs = sum(one.inputs for one in totals.values())
    failures = [failure for one in totals.values() for failure in one.failures]
    write(f"{'all':<20}{inputs:>10}{'':>20}{len(failures):>10}   in {seconds:.0f} s\n")
    for failure in failures:
        write(f"\n{failure}\n")
    return 0 if inputs >= wanted and not failures else 1


if __name__ == "__main__":
    sys.exit(main())
