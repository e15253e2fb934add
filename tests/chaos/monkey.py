"""What goes wrong, drawn from a seed: dead replicas, a dead store, bad days at Slack and the providers."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import suppress
from typing import Any

from bot.sandbox.netskope import Fault
from bot.sandbox.process import BotProcess
from tests.chaos.world import Company
from tests.servers import Server

SPOKEN = ("chat.postMessage", "chat.update", "views.open", "users.info")
PAUSE = (0.1, 0.5)  # seconds between two troubles
HOUR = 14.0  # seconds an hour takes at this scale
MAX_TRIES = 40
STORE_TURN = 2  # every second time it would be the store's turn


class Monkey:
    """Breaks one thing after the other until told to stop, then mends all of it."""

    def __init__(self, company: Company, server: Server | None, dice: random.Random) -> None:
        self.done: Counter[str] = Counter()
        self._company = company
        self._server = server
        self._dice = dice
        self._stopping = asyncio.Event()
        self._mending: set[asyncio.Task[None]] = set()
        self._hurt: set[BotProcess] = set()
        self._store = asyncio.Lock()
        self._restarts = 0

    async def run(self) -> None:
        """Go on until `stop`."""
        troubles = [
            (self._slack, 10),
            (self._deliveries, 6),
            (self._providers, 4),
            (self._replica, 3),
            (self._restart_store, 1),
        ]
        calls, weights = zip(*troubles, strict=True)
        first = [self._replica, self._restart_store]  # in a run however short
        self._dice.shuffle(first)
        while not self._stopping.is_set():
            (first.pop() if first else self._dice.choices(calls, weights)[0])()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._dice.uniform(*PAUSE))

    async def stop(self) -> None:
        """Break nothing more, and wait until everything is mended."""
        self._stopping.set()
        while self._mending:
            await asyncio.gather(*self._mending)
        self._company.world.slack.faults.clear()
        self._company.world.netskope.set_fault(None)

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._mending.add(task)
        task.add_done_callback(self._mending.discard)

    def _slack(self) -> None:
        faults, dice = self._company.world.slack.faults, self._dice
        method, after = dice.choice(SPOKEN), dice.random() < 0.5
        kind = dice.choice(("429", "5xx", "timeout", "reset"))
        self.done[f"Slack: {kind}{' after accepting' if after and kind != '429' else ''}"] += 1
        if kind == "429":
            faults.rate_limited(method, retry_after=1)
        elif kind == "5xx":
            faults.status(method, dice.choice((500, 502, 503)), after=after)
        elif kind == "timeout":
            faults.timeout(method, after=after, seconds=3)
        else:
            faults.reset(method, after=after)

    def _deliveries(self) -> None:
        slack, dice = self._company.world.slack, self._dice
        if dice.random() < 0.4:
            self.done["deliveries doubled"] += 3
            slack.faults.double_deliveries(3)
        elif slack.deliveries:
            self.done["deliveries repeated later"] += 1
            self._later(
                self._again(dice.choice(slack.deliveries), dice.choice((0.0, 0.5, HOUR * dice.random())))
            )

    async def _again(self, delivery: Any, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        await self._company.world.slack.redeliver(delivery)

    def _providers(self) -> None:
        which = self._dice.choice(("OpenAI", "Netskope", "mail"))
        self.done[f"{which} out of order"] += 1
        if which == "OpenAI":
            self._later(self._openai(self._dice.choice(("outage", "html", "malformed"))))
        elif which == "Netskope":
            self._later(self._netskope(self._dice.choice((Fault.OUTAGE, Fault.CONFLICT, Fault.HTML))))
        else:
            self._company.world.mailbox.refuse("451 4.3.2 Try again later", times=2)

    async def _openai(self, how: str) -> None:
        openai, wanted = self._company.world.openai, self._company.wanted
        hurt = self._dice.sample(list(wanted), min(40, len(wanted)))
        for key in hurt:
            openai.set_state(key, how)
        await asyncio.sleep(0.8)
        for key in hurt:
            openai.set_state(key, wanted[key])

    async def _netskope(self, fault: Fault) -> None:
        self._company.world.netskope.set_fault(fault)
        await asyncio.sleep(0.8)
        self._company.world.netskope.set_fault(None)

    def _replica(self) -> None:
        victim = self._dice.choice(self._company.bots)
        if not self._hurt:  # one at a time: starting takes long on a busy machine
            self._hurt.add(victim)
            self.done["kill -9 of a replica"] += 1
            self._later(self._revive(victim, self._dice.uniform(0, 1.5)))

    async def _revive(self, victim: BotProcess, seconds: float) -> None:
        await victim.kill()
        await asyncio.sleep(seconds)
        for _ in range(MAX_TRIES):
            try:
                await victim.start()
                break
            except RuntimeError:  # the store may be away at this moment, or this machine busy
                await victim.kill()
        self._hurt.discard(victim)

    def _restart_store(self) -> None:
        self._restarts += 1
        if self._server and not self._store.locked() and self._restarts % STORE_TURN == 1:
            self.done["kill -9 of the store"] += 1
            self._later(self._bounce(self._server, self._dice.uniform(0.1, 1.0)))

    async def _bounce(self, server: Server, seconds: float) -> None:
        async with self._store:
            await asyncio.to_thread(server.kill)
            await asyncio.sleep(seconds)
            await asyncio.to_thread(server.start)
