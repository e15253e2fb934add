"""One share of one target: draw, vary, parse, judge; and the plan of a whole run."""

from __future__ import annotations

import random
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.mutate import SECRET, vary
from tests.fuzz.targets import TARGETS, Target

BATCH = 40  # variations of each drawn input
KEPT_FAILURES = 5


@dataclass
class Report:
    """What became of the inputs of one target."""

    target: str
    inputs: int = 0
    answered: int = 0
    refused: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        self.inputs += other.inputs
        self.answered += other.answered
        self.refused += other.refused
        self.failures = (self.failures + other.failures)[:KEPT_FAILURES]


def judge(name: str, target: Target, value: Any, report: Report) -> None:
    """Feed one input to the parser and write down what it did."""
    report.inputs += 1
    try:
        said = target.parse(value)
    except target.allowed as error:
        report.refused += 1
        told = f"{error!r} {error}"
    except Exception:  # noqa: BLE001  # whatever it is, it is the finding
        told = ""
        _fail(report, f"{name}: {traceback.format_exc(limit=-3)}\ninput: {value!r:.600}")
    else:
        report.answered += 1
        told = "" if target.quotes else repr(said)
    if SECRET in told:
        _fail(report, f"{name}: the planted secret came out: {told:.300}\ninput: {value!r:.600}")


def _fail(report: Report, what: str) -> None:
    if len(report.failures) < KEPT_FAILURES:
        report.failures.append(what)


def share(name: str, inputs: int, number: int) -> Report:
    """Feed about `inputs` inputs, drawn by Hypothesis and varied, all from one seed."""
    target, report = TARGETS[name], Report(name)

    @seed(number)
    @settings(
        max_examples=max(1, -(-inputs // (BATCH + 1))),
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(target.inputs, st.integers(0, 2**32))
    def feed(value: Any, dice: int) -> None:
        chance = random.Random(dice)
        judge(name, target, value, report)
        for _ in range(min(BATCH, inputs - report.inputs)):
            judge(name, target, vary(value, chance), report)

    feed()
    while report.inputs < inputs:  # Hypothesis stops early when a strategy has few values
        chance = random.Random(f"{number}:{report.inputs}")
        judge(name, target, vary(_some(target, chance), chance), report)
    return report


def _some(target: Target, chance: random.Random) -> Any:
    pool = _POOLS.setdefault(id(target), [])
    if not pool:

        @settings(
            database=None,
            deadline=None,
            max_examples=50,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @seed(1)
        @given(target.inputs)
        def fill(value: Any) -> None:
            pool.append(value)

        fill()
    return chance.choice(pool)


_POOLS: dict[int, list[Any]] = {}


def plan(inputs: int, first_seed: int, chunk: int) -> Iterator[tuple[str, int, int]]:
    """Shares of all targets by weight, in chunks, so that every target gets its turn early."""
    whole = sum(target.weight for target in TARGETS.values())
    left = {name: -(-inputs * target.weight // whole) for name, target in TARGETS.items()}
    number = first_seed
    while any(left.values()):
        for name, remaining in list(left.items()):
            size = min(chunk, remaining)
            left[name] -= size
            number += 1
            if size:
                yield name, size, number
