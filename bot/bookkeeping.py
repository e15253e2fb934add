"""The store as the auditor and the metrics read it: what there is, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.lifecycle import Step
from bot.domain.request import State


@dataclass(frozen=True)
class Census:
    """How many requests by state, steps in the schedule, and dead letters."""

    states: dict[State, int]
    outbox: int
    dead: int


@dataclass(frozen=True)
class Position:
    """Where an audit is: which state, which rank in it, and the cursor over the sealed keys."""

    state: int
    rank: int
    keys: int

    def next(self, read: int, page: int) -> Position:
        """Further in this state, or at the start of the next one."""
        more = read == page
        return Position(self.state + (not more), self.rank + read if more else 0, self.keys)


class Books(Protocol):
    """The store as an auditor reads it; every method raises `StoreUnavailable`."""

    async def census(self) -> Census:
        """Count everything in one round trip."""

    async def position(self) -> Position:
        """Where the last round ended."""

    async def remember(self, position: Position) -> None:
        """Keep where this round ended."""

    async def ids(self, state: State, rank: int, count: int, *, since: datetime | None) -> list[str]:
        """Requests of one state by rank, or those of them that changed since."""

    async def lacking(
        self, ids: Sequence[str], state: State, timers: Sequence[Step]
    ) -> dict[str, tuple[Step, ...]]:
        """Which of these lack which timers, or (Step.CARD) show another state with no card due."""

    async def is_scheduled(self, subject: str, step: Step) -> bool:
        """Whether this step is due at some time, or being performed."""

    async def overdue(self, before: datetime) -> int:
        """How many steps should have been done before this."""

    async def given_up(self) -> tuple[int, str]:
        """How many dead letters came after the last that was told of, and which is the last of all."""

    async def told_of(self, letter: str) -> None:
        """Keep that all dead letters up to this one were told of."""

    async def stray_keys(self, cursor: int, count: int) -> tuple[list[str], int]:
        """Sealed keys that nobody needs, and where to go on."""

    async def destroy(self, ids: Iterable[str]) -> None:
        """Destroy the sealed keys of these requests."""

    async def server_time(self) -> datetime:
        """The server's clock."""
