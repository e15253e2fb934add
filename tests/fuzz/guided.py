"""`make fuzz-atheris`: the targets of `make fuzz`, with inputs that follow our code's coverage.

libFuzzer decides over the bytes that Hypothesis draws from, and over every dice of the variations: an input
that reaches a new line is kept and changed further. atheris exists for Linux and some Pythons only; it is no
dependency of the tests (docs/security-testing.md).
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

JUDGED = re.compile(r"^judged (\d+)$", re.MULTILINE)
COVERED = re.compile(r"cov: (\d+) ft: (\d+)")
MOST_BYTES = 4096  # of one input
TOLD = 100  # inputs between two counts: the account is at most this much too low


@dataclass(frozen=True)
class Outcome:
    """What became of one target: inputs, edges reached, and what was found (empty: nothing)."""

    target: str
    inputs: int
    edges: int
    found: str = ""


def feed(name: str, options: list[str]) -> None:
    """Feed one target in this process; libFuzzer ends it."""
    import atheris  # an optional engine

    with atheris.instrument_imports(include=["bot", "handlers"]):
        import bot.main  # noqa: F401  # everything of ours, so that every line counts
        from tests.fuzz.targets import TARGETS

    import logging

    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    from tests.fuzz.mutate import vary
    from tests.fuzz.run import Report, judge

    logging.disable(logging.CRITICAL)
    target, judged = TARGETS[name], count(1)

    @settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(target.inputs, st.booleans(), st.randoms(use_true_random=False))
    def one(value: object, changed: bool, dice: object) -> None:
        report = Report(name)
        if (so_far := next(judged)) % TOLD == 0:  # libFuzzer ends the process, so nothing runs at its end
            os.write(2, b"judged %d\n" % so_far)
        judge(name, target, vary(value, dice) if changed else value, report)
        if report.failures:
            raise AssertionError(report.failures[0])

    atheris.Setup([sys.argv[0], *options], one.hypothesis.fuzz_one_input)
    atheris.Fuzz()


def run(name: str, *, seconds: int, seed: int, corpus: Path) -> Outcome:
    """Fuzz one target in a process of its own and read libFuzzer's account."""
    kept = corpus / name.replace(" ", "-")
    kept.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        f"-seed={seed}",
        f"-max_len={MOST_BYTES}",
        "-len_control=0",  # short inputs are too short for Hypothesis to draw anything from
        f"-artifact_prefix={corpus}/",
        "-rss_limit_mb=2048",
        "-timeout=30",
        str(kept),
    ]
    command = [sys.executable, "-m", "tests.fuzz.guided", "--feed", name, *options]
    with (corpus / f"{kept.name}.log").open("w+", errors="replace") as log:
        feeding = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        code = feeding.wait()
        with suppress(ProcessLookupError):  # libFuzzer leaves at once: what a target started is left behind
            os.killpg(feeding.pid, signal.SIGKILL)
        log.seek(0)
        return read(name, code, log.read())


def read(name: str, code: int, told: str) -> Outcome:
    """The outcome of one process: a target that ran no input was not tried, whatever its exit code says."""
    inputs, covered = JUDGED.findall(told), COVERED.findall(told)
    found = "" if code == 0 and inputs and int(inputs[-1]) else told[-3000:] or f"exit code {code}"
    return Outcome(name, int(inputs[-1]) if inputs else 0, int(covered[-1][0]) if covered else 0, found)


def main() -> int:
    """Fuzz every target for a while; 0 when nothing was found, 2 when there is no atheris here."""
    from tests.fuzz.targets import TARGETS

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=60, help="for each target")
    options.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    options.add_argument("--seed", type=int, default=20261123)
    options.add_argument("--target", action="append", choices=sorted(TARGETS))
    options.add_argument("--corpus", type=Path, help="keep the inputs that reached something new here")
    chosen = options.parse_args()
    try:
        import atheris  # noqa: F401
    except ImportError:
        sys.stdout.write(
            "NOT FUZZED: atheris is not installed, or has no wheel for this Python or platform.\n"
        )
        return 2
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(chosen.jobs) as pool:
        corpus = chosen.corpus or Path(folder)
        one = partial(run, seconds=chosen.seconds, seed=chosen.seed, corpus=corpus)
        outcomes = list(pool.map(one, chosen.target or TARGETS))
    return tell(outcomes)


def tell(outcomes: list[Outcome]) -> int:
    """Print the account; 1 when anything was found or not tried."""
    write = sys.stdout.write
    write(f"{'parser':<20}{'inputs':>10}{'edges':>10}{'found':>10}\n")
    for one in outcomes:
        write(f"{one.target:<20}{one.inputs:>10}{one.edges:>10}{bool(one.found):>10}\n")
    found = [one for one in outcomes if one.found]
    write(f"{'all':<20}{sum(one.inputs for one in outcomes):>10}{'':>10}{len(found):>10}\n")
    for one in found:
        write(f"\n{one.target}: {one.found}\n")
    return 1 if found else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--feed"]:
        feed(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main())
