"""`greenlight demo`: the local world, the unchanged bot as a process of its own, and the story."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from bot.sandbox.local import LocalWorld
from bot.sandbox.process import BotProcess, free_port
from bot.sandbox.story import Story, StoryError

SCALE = 0.02  # a minute of the real product takes about a second


async def play(transport: str, say: Callable[[str], None]) -> int:
    """Play the whole journey; returns the exit code, 0 only when the connection ended proven."""
    with tempfile.TemporaryDirectory(prefix="greenlight-") as folder:
        async with LocalWorld() as world:
            return await _with_bot(world, Path(folder), transport, say)


async def _with_bot(world: LocalWorld, folder: Path, transport: str, say: Callable[[str], None]) -> int:
    port = free_port()
    environment = world.environment(folder / "data", transport=transport, port=port, scale=SCALE)
    bot = BotProcess(environment, folder / "bot.log", folder=Path.cwd())
    if transport == "http":
        world.slack.use_http(f"http://127.0.0.1:{port}/slack/events")
    await bot.start()
    try:
        story = Story(world, say)
        await story.play()
    except (StoryError, TimeoutError) as error:
        say(f"\nNOT PROVEN: {error}\n\nThe bot's last words:\n{bot.output[-3000:]}")
        return 1
    finally:
        await bot.stop()
    if story.key in bot.output:
        say("\nNOT PROVEN: the key is in the bot's log")
        return 1
    return 0
