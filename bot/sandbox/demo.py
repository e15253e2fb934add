"""`greenlight demo`: the local world, the unchanged bot as a process of its own, and the story."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

from bot.sandbox.local import LocalWorld
from bot.sandbox.page.rehearsal import Rehearsal, StoreServer
from bot.sandbox.page.server import PageServer
from bot.sandbox.process import BotProcess, free_port
from bot.sandbox.story import Story, StoryError

SCALE = 0.02  # a minute of the real product takes about a second


async def play(transport: str, say: Callable[[str], None]) -> int:
    """Play the whole journey; returns the exit code, 0 only when the connection ended proven."""
    say("Played fast: a minute of the real product takes about a second here, deadlines included.")
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


async def show(
    port: int,
    transport: str,
    store: Callable[[Path], StoreServer],
    encryption_keys: str,
    say: Callable[[str], None],
    look: Callable[[str], object],
) -> int:
    """Serve the page until Ctrl-C; `store` makes the Redis in a folder, `look` opens an address if it can."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    with tempfile.TemporaryDirectory(prefix="greenlight-") as folder:
        data = store(Path(folder) / "data")
        say("Starting a Slack, an OpenAI, a Netskope tenant, a mailbox, a Redis and the bot ...")
        async with Rehearsal(Path(folder), data, encryption_keys, transport=transport) as stage:
            return await _serve(PageServer(stage, port), stop, say, look)


async def _serve(
    page: PageServer, stop: asyncio.Event, say: Callable[[str], None], look: Callable[[str], object]
) -> int:
    try:
        await page.start()
    except OSError as error:
        say(
            f"The page cannot be served: {error.strerror or error}. Choose another port, "
            'greenlight demo --port 8766, or: make demo ARGS="--port 8766"'
        )
        return 1
    say(f"\n  Open {page.url}\n\nAll of it lives on this machine. Ctrl-C ends it and forgets everything.")
    try:
        look(page.url)
        await stop.wait()
    finally:
        await page.close()
    return 0
