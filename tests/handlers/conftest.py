"""A door that really opens: the listeners behind both transports, the real service on a real server."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from bot.adapters.redis import RedisStore
from bot.adapters.redis_client import connect
from bot.adapters.slack import SlackMessenger, SlackScreens, slack_client
from bot.adapters.slack_directory import Roles, SlackDirectory
from bot.adapters.slack_files import SlackUploads
from bot.adapters.slack_start import preflight
from bot.adapters.vault import Keyring, Vault
from bot.domain import request as r
from bot.domain.destination import Offer
from bot.domain.diagnosis import Diagnosis, Verdict
from bot.domain.ids import new_request_id
from bot.domain.lifecycle import Terms
from bot.domain.pace import ANSWERING
from bot.domain.policy import Actor
from bot.domain.request import Event, Request
from bot.sandbox.slack import DEFAULT_SCOPES, SlackSandbox
from bot.sandbox.slack.model import Message
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.render import text_of
from bot.service import Home, Service
from bot.transports import HttpTransport, SocketTransport, bolt_app
from bot.views import card
from handlers import Doorstep, register
from tests.factories import a_draft

CHANNEL = "C0SECURITY"
TENANT = "https://acme.goskope.com"
KEY = "sk-proj-" + "a1B2" * 15 + "T3BlbkFJ" + "c3D4" * 15
FORM = {
    "Workspace ID": "f7f33107-5fb9-4ee1-8922-3eae76b5b5a0",
    "Organization ID": "org-p13k3klgno5cqxbf0q8hpgrk",
    "API key": KEY,
    "Key name": "netskope-casb",
    "Created by": "Rita Example",
    "Administrator email": "rita@example.com",
    "Instance name": "chatgpt-enterprise",
}


@dataclass
class House:
    """The bot without its worker: what the worker would do, a test does by itself."""

    slack: SlackSandbox
    store: RedisStore
    service: Service
    doorstep: Doorstep
    messenger: SlackMessenger
    now: datetime = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def person(self, user_id: str) -> Person:
        return self.slack.person(user_id)

    async def opened(self, *events: Event | Callable[[Request], Event], by: str = "U0ADMIN") -> Request:
        """A request of this person to which these events have happened."""
        actor = Actor(id=by, team=self.slack.team_id, admin=True)
        number = next(self._numbers)
        workspace = f"f7f33107-5fb9-4ee1-8922-{number:012d}"
        outcome = await self.service.open(
            a_draft(workspace_id=workspace), SecretStr(KEY), actor, admin_key=False, idempotency=f"t{number}"
        )
        return await self.happened(outcome.request, *events)

    async def happened(self, request: Request, *events: Event | Callable[[Request], Event]) -> Request:
        for event in events:
            self.now += timedelta(minutes=10)
            known = event if isinstance(event, r.Event) else event(request)
            request = (await self.service.apply(request.id, known)).request
        return request

    async def show_card(self, request: Request) -> Message:
        """The card in the channel, as the worker posts it."""
        said = card.card(request, self.now, terms=self.service.terms)
        place = await self.messenger.post(CHANNEL, said.text, said.blocks)
        message = self.slack.world.message(place.channel, place.ts)
        assert message
        return message

    async def told(self, person: Person, *fragments: str) -> str:
        """Wait until this person privately reads something with these fragments."""

        def read() -> str | None:
            texts = [text_of(one) for one in (*person.ephemerals(), *person.dms())]
            return next((text for text in texts if all(part in text for part in fragments)), None)

        return await self.slack.until(read, what=f"{person.id} to read {fragments}")

    async def shown(self, person: Person, fragment: str) -> str:
        """Wait until the modal in front of this person shows something."""

        def read() -> str | None:
            text = text_of(person.top) if person.top else ""
            return text if fragment in text else None

        return await self.slack.until(read, what=f"a modal that says {fragment!r}")

    def methods(self) -> list[str]:
        return [call.method for call in self.slack.calls]


def probed(verdict: Verdict) -> Callable[[Request], Event]:
    row = {Verdict.MISSING: "4", Verdict.GRANTED: "1", Verdict.REJECTED: "7"}[verdict]
    return lambda request: r.KeyProbed(
        subject=request.fingerprint, diagnosis=Diagnosis(verdict=verdict, row=row)
    )


def approved(by: str) -> Callable[[Request], Event]:
    return lambda request: r.Approved(by=by, fingerprint=request.fingerprint)


IN_REVIEW: list[Any] = [probed(Verdict.MISSING)]
AT_OPENAI: list[Any] = [*IN_REVIEW, approved("U0REVIEW1")]
AT_NETSKOPE: list[Any] = [*AT_OPENAI, probed(Verdict.GRANTED), probed(Verdict.GRANTED)]


@pytest.fixture
def scopes() -> tuple[str, ...]:
    """What the bot's token may do."""
    return DEFAULT_SCOPES


@pytest.fixture(params=["socket", "http"])
async def house(
    request: pytest.FixtureRequest, redis_url: str, scopes: tuple[str, ...]
) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(SlackSandbox(scopes=scopes))
        patient = slack_client(SecretStr(slack.bot_token), slack.url, patience=slack.world.patience)
        client = await stack.enter_async_context(patient)
        redis, blocking = connect(redis_url), connect(redis_url, blocking=True)
        stack.push_async_callback(redis.aclose)
        stack.push_async_callback(blocking.aclose)
        facts = await preflight(client, channel=CHANNEL, app_token=SecretStr(slack.app_token), groups=True)
        store, keyring = RedisStore(redis, blocking, facts.team_id), Keyring.generate()
        numbers = itertools.count(1)
        built: list[House] = []
        service = Service(
            store,
            Vault(keyring, keyring.installation_secret),
            Home(facts.team_id, facts.team_name, Offer(tenants=(TENANT,)), b"audit"),
            Terms(),
            lambda: built[0].now,
            lambda: new_request_id(next(numbers).to_bytes(4)),
        )
        messenger = SlackMessenger(client)
        doorstep = Doorstep(
            service=service,
            directory=SlackDirectory(
                client, facts.team_id, Roles(reviewers=("S0SECURITY",)), patience=slack.world.patience
            ),
            messenger=messenger,
            screens=SlackScreens(client, patience=slack.world.patience),
            save_seconds=slack.world.patience * ANSWERING,
            clock=lambda: built[0].now,
            offer=Offer(tenants=(TENANT,)),
            permalink_base=facts.permalink_base,
            uploads=SlackUploads(client) if facts.uploads else None,
        )
        app = bolt_app(client, facts)
        register(app, doorstep)
        built.append(House(slack, store, service, doorstep, messenger))
        if request.param == "socket":
            transport: Any = SocketTransport(app, client, SecretStr(slack.app_token), heartbeat=60)
        else:
            transport = HttpTransport(app, SecretStr(slack.signing_secret), host="127.0.0.1", port=0)
        await transport.start()
        if request.param == "http":
            slack.use_http(f"http://127.0.0.1:{transport.port}/slack/events")
        stack.push_async_callback(transport.close)
        slack.calls.clear()
        yield built[0]
        await doorstep.inflight.drain(5)
