"""The main job inside a container, and then the search for the key: files, environment, all that was said."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.sandbox import local
from bot.sandbox.local import LocalWorld
from bot.sandbox.process import free_port
from bot.sandbox.slack import text_of
from tests.image.container import Container
from tests.search import leaks
from tests.security.conftest import FORM, link_in

SECRETS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "NETSKOPE_API_TOKEN")
MUTE = ("environment", "slack calls")  # which need not speak of the request
PATIENCE = 60.0


@dataclass
class Found:
    """What was seen of the container while it worked, and where the key turned up (empty: nowhere).

    `blind`: places that should have spoken of the request and did not, so that the search saw nothing there.
    """

    request: str
    status: str
    leaks: list[str]
    blind: list[str]
    written: list[Path]
    code: int
    said: str


async def play(
    root: Path, folder: Path, environ: dict[str, str], command: Sequence[str], keep: Sequence[str] = ()
) -> Found:
    """Hand a key over on the one-time page, approve, ask the doctor, stop; then look for the key.

    `keep`: further texts that must be nowhere, such as what was planted in the build's surroundings.
    """
    port, world = free_port(), LocalWorld()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(world)
        settings = world.environment(Path("/data"), transport="http", port=port, scale=0.004) | environ
        settings |= {
            "GREENLIGHT_INTAKE": "link",
            "GREENLIGHT_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "GREENLIGHT_LOG_LEVEL": "DEBUG",
            "GREENLIGHT_AUDIT_FILE": "/data/audit.jsonl",
            "PYTHONFAULTHANDLER": "1",
        }
        tokens = {name: settings.pop(name) for name in SECRETS}
        bot = Container(root, folder / "data", folder / "secrets", settings, folder / "bot.log")
        bot.keep_secret(tokens)
        world.slack.use_http(f"http://127.0.0.1:{port}/slack/events")
        await bot.start(*command, "run")
        stack.push_async_callback(bot.stop, signal.SIGKILL)
        key, request, pages = await _main_job(world, port)
        status = (bot.main / "status").read_text() + (bot.main / "limits").read_text()
        environment = (bot.main / "environ").read_text(errors="replace")
        said = await asyncio.gather(
            bot.run(*command, "doctor"),
            bot.run(*command, "requests", "show", request),
            bot.run(*command, "requests", "export", request, "--out", "/data/pack"),
            bot.run(*command, "audit", "keys"),
        )
        await world.slack.until(lambda: world.mailbox.messages, what="mail", timeout=PATIENCE)
        code = await bot.stop()
        texts = {
            "environment": environment,
            "output": bot.output,
            "commands": "".join(said),
            "pages": "".join(pages),
            "slack": str([(one.text, one.blocks) for one in world.slack.world.posted]),
            "slack calls": str([call.args for call in world.slack.calls]),
            "mail": str([one.as_string() for one in world.mailbox.messages]),
        }
    written = files_in(folder)
    places = [(where, text.encode()) for where, text in texts.items()]
    places += [(str(path), path.read_bytes()) for path in written]
    hidden = {"key": key} | {f"planted {number}": text for number, text in enumerate(keep)} | tokens
    leaked = [f"{where}: {what}" for what, where in leaks(hidden, places)]
    blind = [where for where, text in texts.items() if where not in MUTE and request not in text]
    return Found(request, status, leaked, blind, written, code, texts["commands"])


def files_in(folder: Path) -> list[Path]:
    """Everything that was written, but for the secrets that were handed over as files."""
    return [path for path in folder.rglob("*") if path.is_file() and "secrets" not in path.parts]


async def _main_job(world: LocalWorld, port: int) -> tuple[str, str, list[str]]:
    key, pages = world.new_key("pending"), list[str]()
    alice, rita = world.slack.person(local.ADMIN), world.slack.person(local.REVIEWER)
    await alice.slash("/greenlight")
    await alice.modal("Connect ChatGPT")
    link = link_in((await alice.submit(FORM)).view)

    def card_says(words: str) -> bool:
        found = world.slack.world.messages(local.CHANNEL)
        return bool(found) and words in text_of(found[-1])

    async with aiohttp.ClientSession() as session:
        async with session.post(link, data={"key": key}) as answer:
            pages.append(await answer.text())
            assert answer.status == 200
        await world.slack.until(lambda: card_says("Waiting for review"), what="review", timeout=PATIENCE)
        await rita.click(world.slack.world.messages(local.CHANNEL)[-1], "Approve")
        await world.slack.until(lambda: card_says("Waiting for OpenAI"), what="OpenAI", timeout=PATIENCE)
        async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
            pages.append(await answer.text())
    (request,) = set(re.findall(r"GL-\w{6}", text_of(world.slack.world.messages(local.CHANNEL)[-1])))
    return key, request, pages


def confined(status: str) -> list[str]:
    """What /proc says against a process that should have no rights at all (empty: nothing)."""
    seen = dict(re.findall(r"^(\w+):[ \t]*(.*)$", status, re.MULTILINE))
    wanted = dict.fromkeys(("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"), "0" * 16)
    wanted |= {"NoNewPrivs": "1", "Groups": ""}
    wrong = [
        f"{name}: {seen.get(name)}" for name, value in wanted.items() if seen.get(name, "").strip() != value
    ]
    if not re.search(r"^Max core file size +0 +0 ", status, re.MULTILINE):
        wrong.append("its memory may be written down")
    return wrong + [
        f"{name}: {seen[name]}" for name in ("Uid", "Gid") if set(seen[name].split()) != {"10001"}
    ]
