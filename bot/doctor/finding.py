"""One finding of the doctor: how something stands, why, and the command or click that mends it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How a thing stands; `unseen` is honest about what no check from here can see."""

    OK = "ok"
    UNSEEN = "unseen"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    """`name` is stable, for scripts; a command in `mend` stands in backticks and can be run as it is."""

    name: str
    standing: Standing
    why: str
    mend: str = ""


Findings = list[Finding]


def ok(name: str, why: str) -> Finding:
    """Nothing to do."""
    return Finding(name, Standing.OK, why)


def unseen(name: str, why: str, mend: str = "") -> Finding:
    """Nobody can tell from here; `mend` says how to find out."""
    return Finding(name, Standing.UNSEEN, why, mend)


def warning(name: str, why: str, mend: str) -> Finding:
    """It works, but something should be done."""
    return Finding(name, Standing.WARNING, why, mend)


def failure(name: str, why: str, mend: str) -> Finding:
    """It does not work."""
    return Finding(name, Standing.FAILURE, why, mend)
