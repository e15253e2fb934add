"""`make hostile`: the bot as a process of its own, attacked for a while beside honest traffic."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from bot.sandbox.local import LocalWorld
from bot.sandbox.process import BotProcess, free_port
from bot.server import QUIET_SECONDS
from tests.hostile.attacks import REFUSALS, each
from tests.hostile.service import Level, beside

MOST_RATIO, MOST_SECONDS = 25.0, 1.0  # of the quiet p99; and well inside Slack's three seconds


async def run(seconds: float) -> int:
    """Attack; 0 when everything hostile was refused and honest traffic was served in time."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="gl-") as folder:
        async with LocalWorld() as world:
            environment = world.environment(Path(folder) / "data", transport="http", port=port)
            bot = BotProcess(environment, Path(folder) / "log", folder=Path.cwd())
            await bot.start()
            try:
                once = await each(port, QUIET_SECONDS)
                quiet, attacked, seen = await beside(port, seconds)
            finally:
                code = await bot.stop()
    return _tell(once, quiet, attacked, dict(seen), code)


def _tell(once: dict[str, str], quiet: Level, attacked: Level, seen: dict[str, int], code: int) -> int:
    write = sys.stdout.write
    for name, answer in once.items():
        write(f"{name:<20} {answer:>8} {'' if answer in REFUSALS else 'NOT REFUSED'}\n")
    write(f"flood: {sum(seen.values())} attacks, {seen}\n")
    for name, level in (("quiet", quiet), ("attacked", attacked)):
        write(
            f"{name:<9} {level.answers} answers, {level.failed} failed, "
            f"p50 {level.p50 * 1000:.1f} ms, p99 {level.p99 * 1000:.1f} ms\n"
        )
    ratio = attacked.p99 / quiet.p99
    write(f"p99 ratio {ratio:.1f} (at most {MOST_RATIO:g}); the bot's exit code {code}\n")
    refused = set(once.values()) | set(seen) <= REFUSALS
    served = not (quiet.failed or attacked.failed) and attacked.p99 < MOST_SECONDS
    return 0 if refused and served and ratio <= MOST_RATIO and code == 0 else 1


def main() -> int:
    """Parse the command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=10.0)
    return asyncio.run(run(options.parse_args().seconds))


if __name__ == "__main__":
    sys.exit(main())
