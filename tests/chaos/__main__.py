"""`make chaos`: 3 replicas, a store that dies, 200 journeys; `make chaos SEED=7` plays the same again."""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.run import Run

MINUTES = 20


def wishes(words: Sequence[str]) -> argparse.Namespace:
    """What the words of a command ask for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", default="")
    parser.add_argument("--journeys", type=int, default=200)
    parser.add_argument("--transport", choices=("socket", "http"), default="socket")
    return parser.parse_args(words)


def main() -> int:
    given = wishes(sys.argv[1:])
    seed = int(given.seed) if given.seed else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}: {given.journeys} journeys, 3 replicas, {given.transport}", flush=True)
    run, began = Run(seed, given.journeys, transport=given.transport), time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="gl-chaos-"))
    report = asyncio.run(asyncio.wait_for(run.play(folder, _say), MINUTES * 60))
    print("\nwhat went wrong on purpose")
    for what, count in sorted(run.troubles.items()):
        print(f"  {count:5} {what}")
    print(f"\n{report.text()}\n\n{time.monotonic() - began:.0f} s")
    if report.is_good:
        shutil.rmtree(folder)
    else:
        print(f"\nThe logs are in {folder}.")
        print(f"\nNOT GOOD. Again: {run.again}")
    return not report.is_good


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
