"""A whole installation in this process, with pages a browser can open and clocks that can be moved on."""

from __future__ import annotations

import asyncio
import re
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, async_playwright

from bot.adapters.vault import Keyring
from bot.main import Bot, build
from bot.sandbox import local
from bot.sandbox.local import LocalWorld
from bot.sandbox.process import free_port
from bot.sandbox.slack import Message, Person, text_of
from bot.settings import load_settings
from tests.wait import until

FORM = {
    "Workspace ID": local.WORKSPACE,
    "Organization ID": local.ORGANIZATION,
    "Key name": "netskope-compliance",
    "Created by": "Alice Admin",
    "Requested scope": "Read",
    "Administrator email": "alice@acme.example",
    "Instance name": "ChatGPT Acme",
}

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass
class Answer:
    status: int
    text: str
    headers: dict[str, str]
    location: str = ""


@dataclass
class Site:
    """The bot at work, its world, and what a person does with it."""

    world: LocalWorld
    bot: Bot
    ahead: timedelta = timedelta(0)
    sent: list[Any] = field(default_factory=list)

    def person(self, user_id: str) -> Person:
        return self.world.slack.person(user_id)

    @property
    def alice(self) -> Person:
        return self.person(local.ADMIN)

    @property
    def rita(self) -> Person:
        return self.person(local.REVIEWER)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.bot.http_port}"

    async def requests(self) -> list[Any]:
        return await self.bot.ground.store.requests()

    async def link(self, person: Person | None = None, **changes: str) -> str:
        """Fill in the form and return the link that the modal then shows."""
        person = person or self.alice
        await person.slash("/greenlight")
        await person.modal("Connect ChatGPT")
        sent = await person.submit(FORM | changes)
        assert not sent.errors, sent.errors
        return link_in(sent.view)

    def forget(self, user_id: str) -> None:
        """Let a minute pass for what the bot knows about a person."""
        self.bot.directory.invalidate_person(user_id)

    async def get(self, url: str, method: str = "GET", **headers: str) -> Answer:
        return await self.ask(method, url, headers=headers)

    async def post(self, url: str, key: str, **headers: str) -> Answer:
        return await self.ask("POST", url, data={"key": key}, headers=headers)

    async def ask(self, method: str, url: str, **more: Any) -> Answer:
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, allow_redirects=False, **more) as answer,
        ):
            location = answer.headers.get("Location", "")
            return Answer(answer.status, await answer.text(), dict(answer.headers), location)

    async def card(self, *words: str) -> Message:
        def says() -> Message | None:
            found = self.world.slack.world.messages(local.CHANNEL)
            return found[-1] if found and all(word in text_of(found[-1]) for word in words) else None

        return await self.world.slack.until(says, what=f"the card to say {words}")

    async def told(self, person: Person, *words: str) -> str:
        def read() -> str | None:
            texts = [text_of(one) for one in (*person.ephemerals(), *person.dms())]
            return next((text for text in reversed(texts) if all(word in text for word in words)), None)

        return await self.world.slack.until(read, what=f"{person.id} to read {words}")


def link_in(view: Any) -> str:
    """The address behind the modal's button."""
    (found,) = re.findall(r"'url': '([^']+)'", str(view.blocks))
    return str(found)


Start = Callable[..., Any]


@asynccontextmanager
async def site(
    redis_url: str, folder: Path, transport: str, world: LocalWorld | None = None, **other: str
) -> AsyncIterator[Site]:
    """Run the bot as `serve` does, until the block ends."""
    built: list[Site] = []

    def now() -> datetime:
        return datetime.now(UTC) + (built[0].ahead if built else timedelta(0))

    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(world or LocalWorld(clock=time.time))
        port = free_port()
        environment = world.environment(folder, transport=transport, port=port, scale=0.004)
        environment |= {
            "REDIS_URL": redis_url,
            "GREENLIGHT_ENCRYPTION_KEYS": Keyring.generate().dump().get_secret_value(),
            "GREENLIGHT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        }
        bot = await stack.enter_async_context(build(load_settings(environment | other), clock=now))
        running = asyncio.create_task(bot.run())
        try:
            await until(lambda: bot.transport.ready or running.done(), what="the bot to listen")
            if transport == "http":
                world.slack.use_http(f"http://127.0.0.1:{bot.http_port}/slack/events")
            built.append(Site(world, bot))
            yield built[0]
        finally:
            bot.stopping.set()
            await running


@pytest.fixture
async def start(redis_url: str, tmp_path: Path) -> AsyncIterator[Start]:
    async with AsyncExitStack() as stack:

        async def begin(transport: str = "http", world: LocalWorld | None = None, **other: str) -> Site:
            made = site(redis_url, tmp_path, transport, world, **other)
            return await stack.enter_async_context(made)

        yield begin


@pytest.fixture
async def browser() -> AsyncIterator[Page]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await chromium.new_page()
        page.set_default_timeout(60_000)
        yield page
        await chromium.close()
