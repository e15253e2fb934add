"""Threat 2 over everything this issue added: the key is planted, then looked for wherever bytes end up."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.adapters.embedded import EmbeddedServer
from bot.sandbox import local
from bot.sandbox.local import LocalWorld
from bot.sandbox.process import BotProcess, free_port
from bot.sandbox.slack import Message, text_of
from tests.search import leaks
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


async def collecting(stack: AsyncExitStack, taken: list[str]) -> str:
    """Be the collector that the audit trail is copied to; its address."""

    async def take(request: web.Request) -> web.Response:
        taken.append(f"{request.path_qs} {dict(request.headers)} {await request.text()}")
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/audit", take)
    runner = web.AppRunner(app)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}/audit"


def limits_of(pid: int) -> str:
    """What the system lets a process do; empty where it does not say."""
    found = Path(f"/proc/{pid}/limits")
    return found.read_text() if found.exists() else ""


@pytest.fixture
async def world() -> AsyncIterator[LocalWorld]:
    async with LocalWorld(files=True) as made:
        yield made


async def test_the_key_is_nowhere_but_at_openai_and_sealed_in_the_store(world: LocalWorld, tmp_path: Path):
    port, log, mirror = free_port(), tmp_path / "bot.log", tmp_path / "audit.jsonl"
    key, pages, collected = world.new_key("pending"), list[str](), list[str]()
    async with AsyncExitStack() as stack:
        environment = world.environment(tmp_path / "data", transport="http", port=port, scale=SCALE)
        environment |= {
            "GREENLIGHT_INTAKE": "link",
            "GREENLIGHT_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "GREENLIGHT_LOG_LEVEL": "DEBUG",
            "GREENLIGHT_AUDIT_FILE": str(mirror),
            "GREENLIGHT_AUDIT_URL": await collecting(stack, collected),
            "PYTHONFAULTHANDLER": "1",
        }
        bot = BotProcess(environment, log, folder=Path.cwd())
        world.slack.use_http(f"http://127.0.0.1:{port}/slack/events")
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
                pages.append(f"{answer.headers} {await answer.text()}")
                return answer.status

        assert await post(f"{key[:80]}...") == 422
        assert await post(f"{key}é") == 422
        assert await post(key) == 200
        assert await post(key) == 410

        def card_says(words: str) -> bool:
            found = world.slack.world.messages(local.CHANNEL)
            return bool(found) and words in text_of(found[-1])

        def card() -> Message:
            return world.slack.world.messages(local.CHANNEL)[-1]

        await world.slack.until(lambda: card_says("Waiting for review"), what="the review")
        await rita.click(card(), "Approve")
        await world.slack.until(lambda: card_says("Waiting for OpenAI"), what="OpenAI")
        await world.slack.until(lambda: world.mailbox.messages, what="the e-mail")
        await world.slack.until(lambda: collected, what="the collector to have an entry")
        (request_id,) = set(re.findall(r"GL-\w{6}", text_of(card())))
        await rita.click(card(), "Evidence pack")
        await world.slack.until(lambda: len(world.slack.world.uploads) == 2, what="both files of the pack")
        async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
            metrics = await answer.text()
        commands = {
            "doctor": ["doctor"],
            "show": ["requests", "show", request_id],
            "export": ["requests", "export", request_id, "--out", str(tmp_path / "pack")],
            "audit keys": ["audit", "keys", "--deep"],
            "audit verify": ["audit", "verify"],
        }
        said = {name: await command(environment, *words) for name, words in commands.items()}
        limits = limits_of(bot.pid)
        os.kill(bot.pid, signal.SIGABRT)  # the crash dump: every thread's stack, no values
        assert await bot.ended() == -signal.SIGABRT
    assert "Fatal Python error: Aborted" in bot.output
    assert not limits or re.search(r"Max core file size +0 +0 ", limits)  # nor is its memory written down
    slack = world.slack
    texts = {
        **{f"command {name}": text for name, text in said.items()},
        "metrics": metrics,
        "pages": "".join(pages),
        "log": bot.output,
        "collector": "".join(collected),
        "slack calls": json.dumps([call.args for call in slack.calls], default=str),
        "slack answers": str([one.body for made in slack.deliveries for one in made.attempts]),
        "messages": str([(one.text, one.blocks, one.metadata) for one in slack.world.posted]),
        "uploads": str([one.body for one in slack.world.uploads.values()]),
        "mail": str([one.as_string() for one in world.mailbox.messages]),
    }
    written = files_in(tmp_path)
    places = [(name, text.encode()) for name, text in texts.items()]
    places += [(str(path), path.read_bytes()) for path in written]
    signature = link.rpartition(".")[2]
    assert leaks({"key": key, "link": signature}, places) == [("link", "slack answers")]  # their own modal
    # The search looked at something: where nobody speaks of the request, something else is said.
    others = {
        "command doctor": "Slack",
        "command audit keys": "1 sealed keys in the whole keyspace: none is left over",
        "metrics": "greenlight_requests",
        "slack answers": "/intake/",
    }
    assert [name for name, text in texts.items() if others.get(name, request_id) not in text] == []
    names = {path.name for path in written if request_id.encode() in path.read_bytes()}
    assert {"audit.jsonl", "bot.log", f"{request_id}.html", f"{request_id}.json"} <= names
    assert any(name.endswith(".aof") for name in names)
    assert world.openai.calls
