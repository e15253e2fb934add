"""Everything behind the page, started and stopped together: the local world, Redis, a clock, and the bot."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from bot.sandbox.local import LocalWorld
from bot.sandbox.openai import KeyState
from bot.sandbox.page.journal import Journal
from bot.sandbox.page.timepiece import Timepiece
from bot.sandbox.process import BotProcess, free_port

REAL, FAST = 1.0, 0.02  # how long the bot's waits are; fast: a minute takes about a second
GREEN_SECONDS = 6.0
RECORDED_SECONDS = 8.0  # Netskope's audit log lags; a person has time to say "I pressed Grant Access" first
PEOPLE = {
    "U0ADMIN": "admin",
    "U0ADMIN2": "second admin, in German",
    "U0REVIEW1": "reviewer",
    "U0REVIEW2": "second reviewer",
    "U0OUTSIDE": "outsider",
    "U0GUEST": "guest",
}


class StoreServer(Protocol):
    """The Redis of the rehearsal, which can be stopped and brought back with all it had written."""

    async def start(self) -> str:
        """Start and return the URL."""

    async def close(self) -> None:
        """Stop; the data stays on disk."""


class Rehearsal:
    """One company to try things in; `folder` holds all its data."""

    def __init__(
        self,
        folder: Path,
        store: StoreServer,
        encryption_keys: str,
        *,
        transport: str = "socket",
        green_delay: float = GREEN_SECONDS,
    ) -> None:
        self.clock = Timepiece(folder / "clock")
        self.world = LocalWorld(clock=self.clock, green_delay=green_delay, audit_delay=RECORDED_SECONDS)
        self.journal = Journal(self.world, self.clock)
        self.run = secrets.token_hex(4)  # lets a page notice that this is another rehearsal
        self.transport = transport
        self.scale = FAST
        self.redis_runs = False
        self.openai_weather = ""
        self.bot: BotProcess | None = None
        self._folder = folder
        self._store = store
        self._ready = False
        self._keys = encryption_keys
        self._redis_url = ""
        self._calm: dict[str, KeyState] = {}
        self._stack = AsyncExitStack()
        self._bells: set[asyncio.Event] = set()
        self._changing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _start(self) -> None:
        await self._stack.enter_async_context(self.world)
        self._stack.push_async_callback(self._store.close)
        await self.start_redis()
        for person in PEOPLE:
            self.world.slack.world.im(person)
        self.world.slack.world.users["U0ADMIN2"].locale = "de-DE"
        listening = asyncio.create_task(self._listen(), name="journal")
        self._stack.push_async_callback(_end, listening)
        self._stack.push_async_callback(self._stop_bot)
        await self.start_bot()

    # --- telling the page -------------------------------------------------------------------

    def bell(self) -> asyncio.Event:
        """An event that is set whenever something changed; give it back with `unhook`."""
        bell = asyncio.Event()
        self._bells.add(bell)
        return bell

    def unhook(self, bell: asyncio.Event) -> None:
        """Ring this one no more."""
        self._bells.discard(bell)

    def did(self, what: str) -> None:
        """Write down what the person at the page did to the world."""
        self.journal.note("you", what)
        self.ring()

    def ring(self) -> None:
        """Tell every page that something changed."""
        for bell in self._bells:
            bell.set()

    async def _listen(self) -> None:
        async for change in self.world.slack.subscribe():
            self.journal.hear(change)
            self.ring()

    # --- the bot ----------------------------------------------------------------------------

    @property
    def bot_runs(self) -> bool:
        """Whether the bot's process is there."""
        return self.bot is not None and self.bot.alive

    @property
    def bot_ready(self) -> bool:
        """Whether the bot has said that it is ready, and is still there."""
        return self._ready and self.bot_runs

    async def start_bot(self) -> None:
        """Start the bot unless it runs; raises `RuntimeError` with its last words."""
        async with self._changing:
            if not self.bot_runs:
                self.bot = self._new_bot()
                await self.bot.start()
                self._ready = True
        self.ring()

    def _new_bot(self) -> BotProcess:
        port = free_port()
        environment = self.world.environment(
            self._folder / "data", transport=self.transport, port=port, scale=self.scale
        )
        environment |= {
            "REDIS_URL": self._redis_url,
            "GREENLIGHT_ENCRYPTION_KEYS": self._keys,
            "GREENLIGHT_CLOCK_FILE": str(self.clock.path),
            "PYTHONPATH": str(Path(__file__).parents[3]),  # its folder holds no .env, and not this package
        }
        if self.transport == "http":
            self.world.slack.use_http(f"http://127.0.0.1:{port}/slack/events")
        return BotProcess(environment, self._folder / "bot.log", folder=self._folder)

    async def kill_bot(self) -> None:
        """End the bot without a goodbye."""
        self._ready = False
        if self.bot is not None and self.bot_runs:
            await self.bot.kill()
        self.ring()

    async def restart_bot(self) -> None:
        """End it in order and start it again."""
        await self._stop_bot()
        await self.start_bot()

    async def _stop_bot(self) -> None:
        self._ready = False
        if self.bot is not None and self.bot_runs:
            await self.bot.stop()
        self.ring()

    async def set_scale(self, scale: float) -> None:
        """Poll faster or slower; the bot reads that at its start, so it is restarted."""
        self.scale = scale
        await self.restart_bot()

    # --- the rest of the world --------------------------------------------------------------

    async def start_redis(self) -> None:
        """Start the store, or bring it back."""
        self._redis_url = await self._store.start()
        self.redis_runs = True
        self.ring()

    async def stop_redis(self) -> None:
        """Stop the store; what was written stays on disk."""
        await self._store.close()
        self.redis_runs = False
        self.ring()

    def skip(self, seconds: float) -> None:
        """Set everybody's clock forward."""
        self.clock.skip(seconds)
        self.world.slack.changes.announce("elsewhere")

    def set_openai_weather(self, state: str) -> None:
        """Let all of OpenAI fail in one way (`slow`, `outage`, `html`, `limited`), or recover (empty)."""
        openai = self.world.openai
        for secret, key in openai.keys.items():
            self._calm.setdefault(secret, key.state)
            openai.set_state(secret, state or self._calm.pop(secret))
        self.openai_weather = state

    def set_key(self, last4: str, state: str) -> None:
        """Set what OpenAI does with one key; in bad weather, what it will do when that is over."""
        keys = self.world.openai.keys.items()
        secret = next((secret for secret, key in keys if key.last4 == last4), None)
        if secret is None:
            raise LookupError(f"OpenAI knows no key ending {last4}")
        if self.openai_weather:
            self._calm[secret] = KeyState(state)
            self.ring()
        else:
            self.world.openai.set_state(secret, state)

    def calm_state(self, secret: str) -> KeyState:
        """What OpenAI does with a key on a good day."""
        return self._calm.get(secret) or self.world.openai.keys[secret].state

    def new_key(self) -> str:
        """Create a key at OpenAI; returned once, never shown again."""
        key = self.world.new_key()
        if self.openai_weather:
            self.set_openai_weather(self.openai_weather)
        return key

    async def good_day(self) -> None:
        """End everything bad: faults, weather, a stopped store, a killed bot."""
        self.world.slack.faults.clear()
        self.world.netskope.set_fault(None)
        self.set_openai_weather("")
        if not self.redis_runs:
            await self.start_redis()
        await self.start_bot()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
