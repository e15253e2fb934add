"""`make upgrade`: this version beside an older one; `--sample FILE` writes down what the older one stores."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.upgrade.run import Rehearsal, sample, unpack

MINUTES = 10


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--old", default="HEAD~1", help="a commit or tag")
    parser.add_argument("--journeys", type=int, default=24)
    parser.add_argument("--sample", type=Path)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="gl-upgrade-"))
    old = unpack(given.old, folder / "old")
    if given.sample:
        found = asyncio.run(asyncio.wait_for(sample(folder, old, given.old), MINUTES * 60))
        given.sample.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        print(f"{given.sample}: {', '.join(sorted(found['requests']))}")
        return 0
    print(f"{given.journeys} journeys; {given.old} beside this version", flush=True)
    rehearsal = Rehearsal(old, given.journeys, lambda text: print(text, flush=True))
    report = asyncio.run(asyncio.wait_for(rehearsal.play(folder), MINUTES * 60))
    print(f"\n{report.text()}")
    if report.is_good:
        shutil.rmtree(folder)
    else:
        print(f"\nNOT GOOD. The logs are in {folder}.")
    return not report.is_good


if __name__ == "__main__":
    sys.exit(main())
