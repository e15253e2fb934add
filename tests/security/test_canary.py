"""Threat 2 over everything this issue added: the key is planted, then looked for wherever bytes end up."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from bot.adapters.embedded import EmbeddedServer
from bot.sandbox import local
from bot.sandbox.local import LocalWorld
from bot.sandbox.process import BotProcess, free_port
from bot.sandbox.slack import text_of
from tests.security.conftest import FORM, link_in

SCALE = 0.004


async def command(environment: dict[str, str], *words: str) -> str:
    """Run `greenlight ...` beside the bot and return everything it says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *words,
        env=environment | {"PATH": os.environ["PATH"]},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    return out.decode()


async def stop_store(folder: Path) -> None:
    """Be the last to leave the store that a killed bot left to the next."""
    store = EmbeddedServer(folder)
    await store.start()
    await store.close()


def files_in(folder: Path) -> list[Path]:
    """Every file below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
async def world() -> AsyncIterator[LocalWorld]:
    async with LocalWorld() as made:
        yield made


async def test_the_key_is_nowhere_but_at_openai_and_sealed_in_the_store(world: LocalWorld, tmp_path: Path):
    port, log, mirror = free_port(), tmp_path / "bot.log", tmp_path / "audit.jsonl"
    environment = world.environment(tmp_path / "data", transport="http", port=port, scale=SCALE)
    environment |= {
        "GREENLIGHT_INTAKE": "link",
        "GREENLIGHT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "GREENLIGHT_LOG_LEVEL": "DEBUG",
        "GREENLIGHT_AUDIT_FILE": str(mirror),
        "PYTHONFAULTHANDLER": "1",
    }
    key, pages = world.new_key("pending"), list[str]()
    bot = BotProcess(environment, log, folder=Path.cwd())
    world.slack.use_http(f"http://127.0.0.1:{port}/slack/events")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(stop_store, tmp_path / "data")
        await bot.start()
        stack.push_async_callback(bot.kill)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        alice, rita = world.slack.person(local.ADMIN), world.slack.person(local.REVIEWER)
        await alice.slash("/greenlight")
        await alice.modal("Connect ChatGPT")
        link = link_in((await alice.submit(FORM)).view)

        async def post(typed: str) -> int:
            async with session.post(link, data={"key": typed}) as answer:
                pages.append(await answer.text())
                return answer.status

        assert await post(f"{key[:80]}...") == 422
        assert await post(f"{key}é") == 422
        assert await post(key) == 200
        assert await post(key) == 410

        def card_says(words: str) -> bool:
            found = world.slack.world.messages(local.CHANNEL)
            return bool(found) and words in text_of(found[-1])

        await world.slack.until(lambda: card_says("Waiting for review"), what="the review")
        await rita.click(world.slack.world.messages(local.CHANNEL)[-1], "Approve")
        await world.slack.until(lambda: card_says("Waiting for OpenAI"), what="OpenAI")
        (request_id,) = set(re.findall(r"GL-\w{6}", text_of(world.slack.world.messages(local.CHANNEL)[-1])))
        async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
            pages.append(await answer.text())
        said = [
            await command(environment, "doctor"),
            await command(environment, "requests", "show", request_id),
            await command(environment, "requests", "export", request_id, "--out", str(tmp_path / "pack")),
            await command(environment, "audit", "keys"),
        ]
        os.kill(bot.pid, signal.SIGABRT)  # the crash dump: every thread's stack, no values
        assert await bot.ended() == -signal.SIGABRT
    assert "Fatal Python error: Aborted" in bot.output
    assert request_id in "".join(said)
    token = link.rsplit("/", 1)[1]
    written = files_in(tmp_path)
    assert mirror in written
    assert request_id.encode() in mirror.read_bytes()  # the search finds what is there
    assert [path for path in written if "pack" in path.name or "pack" in path.parent.name], said
    for form in (key, key[3:], key[: len(key) // 2], key[::-1]):
        found = form.encode()
        assert [str(path) for path in written if found in path.read_bytes()] == []
        assert form not in "".join(
            (*pages, *said, bot.output, str([call.args for call in world.slack.calls]))
        )
        assert form not in str([one.as_string() for one in world.mailbox.messages])
        assert form not in str([(one.text, one.blocks) for one in world.slack.world.posted])
    for where in (bot.output, *said, *(path.read_bytes().decode("latin-1") for path in (log, mirror))):
        assert token not in where
    assert world.openai.calls
