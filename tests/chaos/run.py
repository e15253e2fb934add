"""One run: a company, its people, a monkey, and the report."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.monkey import Monkey
from tests.chaos.report import Report, audit
from tests.chaos.world import Company, Journey, company, plans
from tests.servers import Server, server

AT_ONCE = 20


@dataclass
class Run:
    """Everything a run is made of; the same seed draws the same plans and troubles."""

    seed: int
    journeys: int
    replicas: int = 3
    transport: str = "socket"
    history: bool = True
    monkey: bool = True
    code: Sequence[Path] = ()
    troubles: dict[str, int] = field(default_factory=dict)

    @property
    def again(self) -> str:
        """The command that draws the same plans and troubles once more."""
        return f"make chaos SEED={self.seed} ARGS='--journeys {self.journeys} --transport {self.transport}'"

    async def play(self, folder: Path, say: Callable[[str], Any] = lambda _: None) -> Report:
        """On one server with everything on disk."""
        with server(folder / "store") as store:
            return await self.on(folder, store.url, store if self.monkey else None, say)

    async def on(
        self,
        folder: Path,
        redis_url: str,
        store: Server | None,
        say: Callable[[str], Any] = lambda _: None,
        *,
        meanwhile: Callable[[Company], Any] | None = None,
    ) -> Report:
        """On a store that is there."""
        dice = random.Random(self.seed)
        async with AsyncExitStack() as stack:
            found = await stack.enter_async_context(
                company(
                    folder,
                    redis_url,
                    replicas=self.replicas,
                    transport=self.transport,
                    history=self.history,
                    code=self.code,
                )
            )
            journeys = [Journey(found, n, end) for n, end in enumerate(plans(self.journeys, dice))]
            monkey = Monkey(found, store, dice)
            breaking = [asyncio.create_task(monkey.run())] if self.monkey else []
            if meanwhile:
                breaking.append(asyncio.create_task(meanwhile(found)))
            problems = await self._go(journeys, say)
            await monkey.stop()
            await asyncio.gather(*breaking)
            self.troubles = dict(monkey.done)
            report = await audit(found, journeys)
            report.wrong += problems
            return report

    async def _go(self, journeys: list[Journey], say: Callable[[str], Any]) -> list[str]:
        gate, problems, ended = asyncio.Semaphore(AT_ONCE), list[str](), 0

        async def one(journey: Journey) -> None:
            nonlocal ended
            async with gate:
                try:
                    await journey.go()
                except AssertionError as error:
                    problems.append(str(error))
                ended += 1
                if ended % 20 == 0:
                    say(f"{ended} journeys have ended")

        await asyncio.gather(*(one(journey) for journey in journeys))
        return problems
