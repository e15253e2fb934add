"""What a scenario finds: tables, goals met or not, plots; plain data, kept between runs as JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import median

from pydantic import BaseModel, Field

Values = list[float]


class Row(BaseModel):
    """One measured thing: per program, one value per round."""

    what: str
    unit: str
    values: dict[str, Values]

    def middle(self, program: str) -> float:
        """The median over the rounds."""
        return median(self.values[program])

    def ratio(self, ours: str, theirs: str) -> float:
        """The median of the per-round ratios."""
        pairs = zip(self.values[ours], self.values[theirs], strict=False)
        return median([mine / max(other, 1e-9) for mine, other in pairs])


class Table(BaseModel):
    """Rows that belong together, and how they were measured."""

    title: str
    note: str
    rows: list[Row] = Field(default_factory=list)


class Goal(BaseModel):
    """One row of the targets: what was asked, what was measured, whether it is met, and if not, why."""

    row: str
    asked: str
    measured: str
    met: bool
    why: str = ""


class Line(BaseModel):
    """One curve or one group of bars of a plot."""

    label: str
    x: list[float] | list[str]
    y: Values


class Plot(BaseModel):
    """A picture; `kind` is bars, lines or ecdf."""

    name: str
    title: str
    kind: str
    x_label: str
    y_label: str
    lines: list[Line]
    log: bool = False


class Findings(BaseModel):
    """Everything one scenario found."""

    tables: list[Table] = Field(default_factory=list)
    goals: list[Goal] = Field(default_factory=list)
    plots: list[Plot] = Field(default_factory=list)
    at: str = ""
    quick: bool = False
    machine: str = ""


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share lies (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, math.ceil(share * len(ranked)) - 1))]


class Rounds:
    """Collects the values of interleaved rounds."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}

    def add(self, what: str, unit: str, program: str, value: float) -> None:
        """Note one value of one round."""
        row = self.rows.setdefault(what, Row(what=what, unit=unit, values={}))
        row.values.setdefault(program, []).append(value)

    def table(self, title: str, note: str) -> Table:
        """Everything collected, in the order it was first seen."""
        return Table(title=title, note=note, rows=list(self.rows.values()))

    def __getitem__(self, what: str) -> Row:
        return self.rows[what]


def at_most(
    row: str, asked: str, value: float, limit: float, shown: Callable[[float], str], why: str = ""
) -> Goal:
    """A goal that is met by staying at or under a limit; `why` is kept only when it is missed."""
    met = value <= limit
    return Goal(row=row, asked=asked, measured=shown(value), met=met, why="" if met else why)
