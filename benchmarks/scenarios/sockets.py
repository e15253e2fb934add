"""How long a bot is deaf when its sockets are lost, each way of losing them."""

from __future__ import annotations

import asyncio
import random
import time
from functools import partial
from typing import get_args

from benchmarks.figures import Findings, Line, Plot, Rounds, at_most
from benchmarks.lab import PROGRAMS, Lab
from benchmarks.programs import Program
from bot.sandbox.local import LocalWorld
from bot.sandbox.process import free_port
from bot.sandbox.slack.socket import How

BOLT, OURS = "bolt", "greenlight"
SETTLED = 4.0  # a socket that lived this long is replaced at once
SOCKET_BOLT = ("-m", "benchmarks.baselines.bolt_socket")


async def measure(lab: Lab) -> Findings:
    """Every way of losing all sockets, for both, side by side; each pair has a Slack of its own."""
    rounds = Rounds()
    ways: tuple[How, ...] = ("close", "reset") if lab.size.tiny else get_args(How)
    await asyncio.gather(*(_lose(lab, name, how, rounds) for how in ways for name in (BOLT, OURS)))
    names = {how: f"deaf after {how.replace('_', '-')}" for how in ways}
    reset = rounds[names["reset"]]
    goals = [
        at_most("8.13", "deaf after a reset <= 0.1 s", reset.middle(OURS), 0.1,
                lambda v: f"{v:.3f} s (Bolt {reset.middle(BOLT):.2f} s)"),
        at_most("8.13", "deaf after a reset <= 0.025 x Bolt", reset.ratio(OURS, BOLT), 0.025,
                lambda r: f"{r:.4f} x"),
    ]  # fmt: skip
    if "half_open" in names:
        half = rounds[names["half_open"]]
        goals.append(
            at_most(
                "8.13",
                "deaf while half open <= 5 s and <= 0.36 x Bolt",
                max(half.middle(OURS) / 5, half.ratio(OURS, BOLT) / 0.36),
                1,
                lambda _: f"{half.middle(OURS):.2f} s, {half.ratio(OURS, BOLT):.2f} x",
            )
        )
        worst = max(rounds[name].middle(OURS) for name in names.values())
        goals.append(at_most("9", "a lost socket: receiving again within 3 s, half-open included", worst, 3,
                             lambda v: f"{v:.2f} s"))  # fmt: skip
    order = [names[how] for how in ways]
    lines = [
        Line(label=name, x=order, y=[max(rounds[w].middle(name), 1e-4) for w in order])
        for name in (BOLT, OURS)
    ]
    title = "Deaf after losing every socket"
    plot = Plot(
        name="sockets", title=title, kind="bars", x_label="", y_label="seconds", lines=lines, log=True
    )
    note = (
        "All sockets are lost in one moment, at a random phase; until Slack reaches the bot again. Bolt is "
        "its AsyncSocketModeHandler. With one of our two sockets lost nothing is deaf at all."
    )
    return Findings(tables=[rounds.table("Lost sockets", note)], goals=goals, plots=[plot])


async def _lose(lab: Lab, name: str, how: How, rounds: Rounds) -> None:
    dice = random.Random(f"{name}{how}")
    async with LocalWorld() as world:
        environment = world.environment(lab.folder / f"data-{how}", port=free_port())
        arguments = PROGRAMS[OURS] if name == OURS else SOCKET_BOLT
        program = Program(name, arguments, environment, lab.folder / f"{name}-{how}.log")
        await program.spawn()
        try:
            for _ in range(lab.size.rounds):
                await _all_there(world, 2 if name == OURS else 1)
                await asyncio.sleep(0.3 if lab.size.tiny else SETTLED + dice.uniform(0, 5))
                old = set(map(id, world.slack.sockets.connections))
                await world.slack.drop_sockets(how)
                began = time.perf_counter()
                await world.slack.until(partial(_new, world, old), what="a new socket", timeout=90)
                rounds.add(f"deaf after {how.replace('_', '-')}", "s", name, time.perf_counter() - began)
        finally:
            await program.stop()


async def _all_there(world: LocalWorld, count: int) -> None:
    await world.slack.until(lambda: len(world.slack.sockets.hearing) >= count, what="all sockets", timeout=60)


def _new(world: LocalWorld, old: set[int]) -> bool:
    return any(id(one) not in old for one in world.slack.sockets.hearing)
