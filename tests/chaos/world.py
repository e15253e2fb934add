"""A company of simulated people, the unchanged bot several times over, and everything that can go wrong."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.adapters.vault import Keyring
from bot.domain.request import State
from bot.sandbox import local
from bot.sandbox.local import LocalWorld
from bot.sandbox.process import BotProcess, free_port
from bot.sandbox.slack import Message, Person, text_of
from bot.sandbox.slack.cast import TEAM_ID
from bot.sandbox.slack.model import Channel, User
from bot.sandbox.slack.people import NotOnScreen
from bot.views.words import STATES

SCALE = 0.004  # an hour is 14 s
ID = re.compile(r"GL-[0-9A-Z]{6}")
PATIENCE = 180.0  # seconds a journey waits for its next state
AGAIN = 1.0  # seconds after which a person tries once more
ENDS = (State.CONNECTED, State.DENIED, State.CANCELLED)
WEIGHTS = (6, 2, 2)


@dataclass
class Company:
    """One installation under test."""

    world: LocalWorld
    redis_url: str
    keys: str
    bots: list[BotProcess] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)
    wanted: dict[str, str] = field(
        default_factory=dict
    )  # what OpenAI is to do with each key, between outages

    def admin(self, number: int) -> Person:
        return self.world.slack.person(f"U0CHAOS{number % 40:02d}")

    def reviewer(self, number: int) -> Person:
        return self.world.slack.person((local.REVIEWER, local.REVIEWER2)[number % 2])

    def events_urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}/slack/events" for port in self.ports]


@asynccontextmanager
async def company(
    folder: Path,
    redis_url: str,
    *,
    replicas: int,
    transport: str,
    history: bool = True,
    code: Sequence[Path] = (),
) -> AsyncIterator[Company]:
    """Start the world and the replicas, each from its own folder of `code`; stop all of it afterwards."""
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(LocalWorld(history=history))
        people = [f"U0CHAOS{n:02d}" for n in range(40)]
        for user in people:
            world.slack.world.users[user] = User(
                user, user.lower(), f"Admin {user[-2:]}", TEAM_ID, is_admin=True
            )
            _channel(world).members.append(user)
        found = Company(world, redis_url, Keyring.generate().dump().get_secret_value())
        for number in range(replicas):
            port = free_port()
            found.ports.append(port)
            environment = world.environment(folder / "data", transport=transport, port=port, scale=SCALE)
            environment |= {
                "REDIS_URL": redis_url,
                "GREENLIGHT_ENCRYPTION_KEYS": found.keys,
                "GREENLIGHT_ADMINS": " ".join(people),
                "GREENLIGHT_START_LIMIT": "1000",
                "GREENLIGHT_WATCH": "off",
            }
            home = code[number] if code else Path.cwd()
            found.bots.append(BotProcess(environment, folder / f"bot-{number}.log", folder=home))
        if transport == "http":
            world.slack.use_http(*found.events_urls())
        stack.push_async_callback(_end, found)
        await asyncio.gather(*(bot.start() for bot in found.bots))
        yield found


def _channel(world: LocalWorld) -> Channel:
    return world.slack.world.channels[local.CHANNEL]


async def _end(found: Company) -> None:
    await asyncio.gather(*(bot.stop() for bot in found.bots), return_exceptions=True)


@dataclass
class Journey:
    """One attempt, by people who look at their screens and try again when nothing happened."""

    company: Company
    number: int
    end: State
    key: str = ""
    tries: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.workspace = f"f7f33107-5fb9-4ee1-8922-{self.number:012d}"
        self.instance = f"Instance {self.number:05d}"
        self.key = self.company.world.new_key("pending", self.workspace)
        self.company.wanted[self.key] = "pending"
        self.alice = self.company.admin(self.number)
        self.rita = self.company.reviewer(self.number)

    async def go(self) -> None:
        await self._until(self.card, self._ask, "its card")
        await self._stands(State.IN_REVIEW)
        if self.end is State.DENIED:
            await self._stands(State.DENIED, self._deny)
            return
        await self._stands(State.AWAITING_OPENAI, self._approve, or_later=True)
        if self.end is State.CANCELLED:
            await self._stands(State.CANCELLED, self._cancel)
            return
        self.company.wanted[self.key] = "read_delete"
        self.company.world.openai.set_state(self.key, "read_delete")
        await self._stands(State.AWAITING_NETSKOPE, or_later=True)
        self.company.world.netskope.create_instance(
            local.APP, self.instance, self.workspace, self.key, by="alice@acme.example"
        )
        await self._stands(State.CONNECTED, self._press)

    # --- what they see -----------------------------------------------------------------------

    def cards(self) -> list[Message]:
        shown = self.company.world.slack.world.messages(local.CHANNEL)
        return [one for one in shown if self.instance in one.text]

    def card(self) -> Message | None:
        return next(iter(self.cards()), None)

    def stands(self) -> State | None:
        """What the first request's card says."""
        found = self.cards()
        return says_of(found[0]) if found else None

    @property
    def id(self) -> str:
        card = self.card()
        found = ID.search(text_of(card)) if card else None
        return found.group() if found else ""

    async def _stands(
        self, state: State, act: Callable[[], Any] | None = None, *, or_later: bool = False
    ) -> None:
        order = list(State)

        def there() -> bool:
            now = self.stands()
            return now is not None and (now is state or (or_later and order.index(now) > order.index(state)))

        await self._until(there, act, f"{self.instance} to be {state}")

    async def _until(self, seen: Callable[[], Any], act: Callable[[], Any] | None, what: str) -> None:
        """Do it, look, wait a while, do it again."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not seen():
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"waited in vain for {what}; the card says {self.stands()}")
            if act is not None:
                self.tries[act.__name__] += 1
                with suppress(NotOnScreen, TimeoutError, KeyError):
                    await act()
            with suppress(TimeoutError):
                await self.company.world.slack.until(seen, what=what, timeout=AGAIN)

    # --- what they do ------------------------------------------------------------------------

    async def _ask(self) -> None:
        while self.alice.top is not None:
            await self.alice.close_modal()
        async with _hands(self.alice):
            await self.alice.slash("/greenlight")
            await self.alice.modal("Connect ChatGPT", timeout=3)
            await self.alice.submit(
                {
                    "Workspace ID": self.workspace,
                    "Organization ID": local.ORGANIZATION,
                    "API key": self.key,
                    "Key name": "netskope",
                    "Created by": "Alice",
                    "Requested scope": "Both",
                    "Administrator email": "alice@acme.example",
                    "Instance name": self.instance,
                }
            )

    async def _approve(self) -> None:
        if (card := self.card()) is not None:
            await self.rita.click(card, "Approve")

    async def _deny(self) -> None:
        if (card := self.card()) is None:
            return
        async with _hands(self.rita):
            await self.rita.click(card, "Deny")
            await self.rita.modal("Deny", timeout=3)
            await self.rita.submit({"Reason": "Not this one"})

    async def _cancel(self) -> None:
        async with _hands(self.alice):
            await self.alice.slash("/greenlight", f"cancel {self.id}")
            await self.alice.modal("Cancel", timeout=3)
            await self.alice.submit({})

    async def _press(self) -> None:
        for message in reversed(self.alice.dms()):
            if self.id in text_of(message) and "[I pressed Grant Access]" in text_of(message):
                await self.alice.click(message, "I pressed Grant Access")
                return


def says_of(card: Message) -> State | None:
    """The state a card shows."""
    return next((state for state in State if f"): {STATES[state]} since" in card.text), None)


_LOCKS: dict[str, asyncio.Lock] = {}


@asynccontextmanager
async def _hands(person: Person) -> AsyncIterator[None]:
    """A person has two hands: one form at a time, and what is left of the last one is closed first."""
    async with _LOCKS.setdefault(f"{id(person._world)}:{person.id}", asyncio.Lock()):
        while person.top is not None:
            await person.close_modal()
        try:
            yield
        finally:
            while person.top is not None:
                await person.close_modal()


def plans(count: int, dice: random.Random) -> list[State]:
    return dice.choices(ENDS, WEIGHTS, k=count)
