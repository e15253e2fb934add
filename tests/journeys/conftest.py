"""A journey: the unchanged bot, all of the outside world on loopback, and verbs a manual would use."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any, TypeVar

import pytest
import redis.asyncio

from bot.adapters.embedded import EmbeddedServer
from bot.adapters.vault import Keyring
from bot.domain.evidence import Rung, shown
from bot.domain.request import Request, State
from bot.main import Bot, build
from bot.sandbox import local
from bot.sandbox.local import LocalWorld
from bot.sandbox.process import BotProcess, free_port
from bot.sandbox.slack import Delivery, Message, Person, Submission, text_of
from bot.settings import load_settings
from bot.views.words import RUNGS, STATES
from tests.wait import until

T = TypeVar("T")
SCALE = 0.004
PATIENCE = 30.0
INSTANCE = "ChatGPT Acme"
NO_TENANT_TOKEN = {"NETSKOPE_API_TOKEN": ""}
NO_SMTP = {"SMTP_URL": "", "GREENLIGHT_MAIL_FROM": ""}
SELF_SERVICE = "Workspace Admin key: it has its Compliance permission"


@dataclass
class Clock:
    """The bot's and the world's clock: real, but hours may pass at once."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def seconds(self) -> float:
        return time.time() + self.ahead.total_seconds()

    @classmethod
    def at_noon(cls) -> Clock:
        """A clock at the next noon in UTC: what depends on the hour is tested at the same one, always."""
        now = datetime.now(UTC)
        return cls((datetime.combine(now, time_of_day(12), UTC) - now) % timedelta(days=1))


@dataclass
class Journey:
    """One installation and its people; every verb is something a person does or sees."""

    world: LocalWorld
    clock: Clock
    environment: dict[str, str]
    bot: Bot | None = None
    key: str = ""
    _keys: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.alice = self.person(local.ADMIN)
        self.ben = self.person(local.ADMIN2)
        self.rita = self.person(local.REVIEWER)
        self.raj = self.person(local.REVIEWER2)
        self.olga = self.person("U0OUTSIDE")

    def person(self, user_id: str) -> Person:
        return self.world.slack.person(user_id)

    # --- asking ------------------------------------------------------------------------------

    def new_key(self, state: str = "pending") -> str:
        self.key = self.world.new_key(state)
        return self.key

    def form(self, **other: str) -> dict[str, str]:
        """What Alice types; other values by label with underscores."""
        typed = {
            "Workspace ID": local.WORKSPACE,
            "Organization ID": local.ORGANIZATION,
            "API key": self.key or self.new_key(),
            "Key name": "netskope-compliance",
            "Created by": "Alice Admin",
            "Requested scope": "Both",
            "Administrator email": "alice@acme.example",
            "Instance name": INSTANCE,
        }
        return typed | {label.replace("_", " "): value for label, value in other.items()}

    async def open_form(self, person: Person | None = None) -> Person:
        person = person or self.alice
        await person.slash("/greenlight")
        await person.modal("Connect ChatGPT")
        return person

    async def ask(self, state: str = "pending", person: Person | None = None, **other: str) -> Submission:
        """Open the form, type a new key that OpenAI holds in this state, send it, see it accepted."""
        if "API_key" not in other:
            self.new_key(state)
        person = await self.open_form(person)
        sent = await person.submit(self.form(**other))
        assert not sent.errors, sent.errors
        assert sent.shown_error is None
        assert "is open" in text_of(sent.view), text_of(sent.view)
        return sent

    async def in_review(self, state: str = "pending", **other: str) -> Message:
        await self.ask(state, **other)
        return await self.stands(State.IN_REVIEW)

    async def at_openai(self, state: str = "pending", **other: str) -> Message:
        await self.in_review(state, **other)
        await self.approve()
        return await self.stands(State.AWAITING_OPENAI)

    async def at_netskope(self, **other: str) -> Message:
        await self.at_openai(**other)
        self.openai_grants()
        return await self.stands(State.AWAITING_NETSKOPE)

    async def verifying(self, **other: str) -> Message:
        await self.at_netskope(**other)
        await self.press("I pressed Grant Access")
        return await self.stands(State.VERIFYING)

    async def connected(self, **other: str) -> Message:
        await self.at_netskope(**other)
        await self.press("I pressed Grant Access", having=self.create_instance)
        return await self.stands(State.CONNECTED)

    # --- deciding and doing ------------------------------------------------------------------

    async def approve(self, person: Person | None = None) -> Delivery:
        return await (person or self.rita).click(await self.card(), "Approve")

    async def deny(self, reason: str, person: Person | None = None) -> Submission:
        person = person or self.rita
        await person.click(await self.card(), "Deny")
        await person.modal("Deny")
        return await person.submit({"Reason": reason})

    async def cancel(
        self, reason: str = "", person: Person | None = None, title: str = "Cancel"
    ) -> Submission:
        person = person or self.alice
        await person.slash("/greenlight", f"cancel {(await self.request()).id}")
        await person.modal(title)
        return await person.submit({"Reason": reason} if reason else {})

    async def press(
        self, button: str, person: Person | None = None, *, having: Callable[[], object] | None = None
    ) -> Delivery:
        """Press a button in the latest direct message that shows it.

        `having` is what the person does between seeing the button and pressing it. Done earlier, the bot
        could notice it by itself, and the message that comes then would have no such button.
        """
        person = person or self.alice
        message = await self.dm_with(button, person)
        if having:
            having()
        return await person.click(message, button)

    async def correct(self, **changes: str) -> Submission:
        await self.press("Correct")
        await self.alice.modal("Correct the request")
        typed = {label.replace("_", " "): value for label, value in changes.items()}
        return await self.alice.submit(typed)

    def openai_grants(self, state: str = "read_delete") -> None:
        self.world.openai.set_state(self.key, state)

    def create_instance(self) -> None:
        self.world.netskope.create_instance(
            local.APP, INSTANCE, local.WORKSPACE, self.key, by="alice@acme.example"
        )

    # --- seeing ------------------------------------------------------------------------------

    async def until(self, predicate: Callable[[], T | None], what: str, timeout: float = PATIENCE) -> T:  # noqa: ASYNC109
        return await self.world.slack.until(predicate, what=what, timeout=timeout)

    def cards(self) -> list[Message]:
        """What stands in the channel, but for what the bot says of itself after a clock jumped."""
        posted = self.world.slack.world.messages(local.CHANNEL)
        return [one for one in posted if not one.text.startswith("Greenlight checked itself")]

    async def card(self) -> Message:
        """The one card; there is never a second one for a request."""
        await self.until(self.cards, "the card")
        (card,) = self.cards()[-1:]
        return card

    async def card_says(self, *words: str) -> Message:
        def says() -> Message | None:
            found = self.cards()[-1:]
            return found[0] if found and all(word in text_of(found[0]) for word in words) else None

        try:
            return await self.until(says, f"the card to say {words}")
        except TimeoutError as error:
            last = text_of(self.cards()[-1]) if self.cards() else "(no card)"
            raise AssertionError(f"{error}; it says:\n{last}") from None

    async def stands(self, state: State) -> Message:
        return await self.card_says(f": {STATES[state]}")

    async def shows(self, *rungs: Rung) -> Message:
        return await self.card_says(*(f"{rung} · {RUNGS[rung]}: shown" for rung in rungs))

    def thread(self) -> list[str]:
        (card,) = self.cards()[-1:]
        return [text_of(message) for message in self.world.slack.world.messages(local.CHANNEL, card.ts)]

    async def thread_says(self, *words: str) -> str:
        def said() -> str | None:
            return next((text for text in self.thread() if all(word in text for word in words)), None)

        return await self.until(said, f"the thread to say {words}")

    async def told(self, person: Person, *words: str) -> str:
        """Wait until this person, and nobody else, reads something with these words."""

        def read() -> str | None:
            texts = [text_of(one) for one in (*person.ephemerals(), *person.dms())]
            return next((text for text in reversed(texts) if all(word in text for word in words)), None)

        try:
            return await self.until(read, f"{person.id} to be told {words}")
        except TimeoutError as error:
            read_ = "\n--\n".join(text_of(one) for one in (*person.ephemerals(), *person.dms()))
            raise AssertionError(f"{error}; they read:\n{read_}") from None

    async def dm_with(self, button: str, person: Person) -> Message:
        def found() -> Message | None:
            return next((m for m in reversed(person.dms()) if f"[{button}]" in text_of(m)), None)

        return await self.until(found, f"a direct message to {person.id} with [{button}]")

    async def modal_says(self, person: Person, words: str) -> str:
        def shown_() -> str | None:
            text = text_of(person.top) if person.top else ""
            return text if words in text else None

        return await self.until(shown_, f"a modal that says {words!r}")

    # --- behind the scenes (what no person sees, but an auditor) ------------------------------

    @property
    def home(self) -> Bot:
        assert self.bot
        return self.bot

    async def request(self) -> Request:
        """The latest request, as stored."""
        return (await self.home.ground.store.requests(limit=1))[0]

    async def substance(self) -> Request:
        """The same without what a posted message changes: some may still be on their way."""
        request = await self.request()
        posted = {"version": 0, "updated_at": request.opened_at, "audit_head": "", "card": None, "dm": None}
        return request.model_copy(update=posted)

    async def state(self) -> State:
        return (await self.request()).state

    async def key_is_destroyed(self) -> bool:
        return await self.home.ground.store.sealed_key((await self.request()).id) is None

    async def rungs(self) -> set[Rung]:
        return {rung for rung in Rung if shown((await self.request()).evidence, rung)}

    async def hours_pass(self, hours: float) -> None:
        """Move every clock on and wake the worker, which sleeps by the old one.

        What is under way ends before: to a step that lasts for hours another worker would be sent.
        """
        await self.rest()
        self.clock.ahead += timedelta(hours=hours)
        async with redis.asyncio.Redis.from_url(self.environment["REDIS_URL"]) as client:
            await client.lpush(f"gl:{{{self.world.slack.team_id}}}:wake", "1")

    async def rest(self) -> None:
        """Wait until no step is under way: what it did is written down as well."""
        claims = f"gl:{{{self.world.slack.team_id}}}:claims"
        async with redis.asyncio.Redis.from_url(self.environment["REDIS_URL"]) as client:

            async def nothing() -> bool:
                return not await client.exists(claims)

            await until(nothing, what="the steps under way to end")


Start = Callable[..., Any]


@asynccontextmanager
async def living(journey: Journey, transport: str) -> AsyncIterator[Bot]:
    """Run the bot in this process as `serve` does, until the block ends; then it drains."""
    settings = load_settings(journey.environment)
    async with build(settings, clock=journey.clock.now) as bot:
        running = asyncio.create_task(bot.run())
        try:
            await until(lambda: bot.transport.ready or running.done(), what="the bot to listen")
            if transport == "http":
                journey.world.slack.use_http(f"http://127.0.0.1:{bot.http_port}/slack/events")
            journey.bot = bot
            yield bot
        finally:
            bot.stopping.set()
            await running


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def begin(transport: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Start]:
    """Start an installation with these settings on top; the world may be prepared before."""
    async with AsyncExitStack() as stack:

        async def start(
            world: LocalWorld | None = None, scale: float = SCALE, clock: Clock | None = None, **other: str
        ) -> Journey:
            clock = clock or Clock()
            world = await stack.enter_async_context(world or LocalWorld(clock=clock.seconds))
            environment = world.environment(tmp_path, transport=transport, scale=scale)
            environment |= {
                "REDIS_URL": redis_url,
                "GREENLIGHT_ENCRYPTION_KEYS": Keyring.generate().dump().get_secret_value(),
            } | other
            journey = Journey(world, clock, environment)
            await stack.enter_async_context(living(journey, transport))
            return journey

        yield start


@pytest.fixture
async def journey(begin: Start) -> Journey:
    """An installation as the manual describes it: review by one, Netskope token, mail server."""
    started: Journey = await begin()
    return started


@dataclass
class Apart(Journey):
    """A journey with the bot in a process of its own, which can be killed."""

    process: BotProcess | None = None

    @property
    def running(self) -> BotProcess:
        assert self.process
        return self.process

    @property
    def store_url(self) -> str:
        """Where its data are, in a server of its own unless told otherwise."""
        own = EmbeddedServer(Path(self.environment["GREENLIGHT_DATA_DIR"])).url
        return self.environment.get("REDIS_URL") or own

    async def kill_and_restart(self) -> None:
        """Kill -9, let the leases of whatever was under way run out, start again."""
        await self.running.kill()
        prefix = f"gl:{{{self.world.slack.team_id}}}:"
        async with redis.asyncio.Redis.from_url(self.store_url, decode_responses=True) as client:
            for member in await client.hkeys(prefix + "claims"):
                await client.zadd(prefix + "due", {member: 0})
        await self.running.start()


@pytest.fixture
async def apart(tmp_path: Path) -> AsyncIterator[Start]:
    """Start the bot as a process; `embedded` data stay in `tmp_path`/data."""
    async with AsyncExitStack() as stack:

        async def start(
            transport: str = "socket", world: LocalWorld | None = None, scale: float = SCALE, **other: str
        ) -> Apart:
            clock = Clock()
            world = await stack.enter_async_context(world or LocalWorld(clock=clock.seconds))
            port = free_port()
            environment = world.environment(tmp_path / "data", transport=transport, port=port, scale=scale)
            environment |= other
            if transport == "http":
                world.slack.use_http(f"http://127.0.0.1:{port}/slack/events")
            process = BotProcess(environment, tmp_path / "bot.log", folder=Path.cwd())
            stack.push_async_callback(_ended, process)
            await process.start()
            return Apart(world, clock, environment, process=process)

        yield start


async def _ended(process: BotProcess) -> None:
    if process._process is not None:
        await process.stop()
