"""Letters to OpenAI on a real store: one per approval, whatever waits, comes twice or is of yesterday."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from bot import rounds, steps
from bot.adapters.redis import RedisStore
from bot.adapters.redis_client import connect
from bot.adapters.vault import Keyring, Vault
from bot.domain import request as r
from bot.domain.destination import Offer
from bot.domain.diagnosis import Verdict
from bot.domain.errors import Refused, Transient
from bot.domain.lifecycle import Step, Terms
from bot.domain.mail import Letter
from bot.domain.policy import Actor
from bot.domain.request import Request, State
from bot.ports import Claimed
from bot.service import Home, Service
from bot.steps import Ports
from bot.worker import Worker
from tests.factories import REQUESTER, REVIEWER, a_draft, probed
from tests.wait import until

RITA = Actor(id=REQUESTER, admin=True)
DAY = timedelta(days=1)


class MailServer:
    """Takes letters, unless it is down; with a gate, it takes its time."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.failure: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = 0

    async def send(self, letter: Letter) -> None:
        self.asked += 1
        await self.gate.wait()
        if self.failure:
            raise self.failure
        self.sent.append(letter)


@dataclass
class Office:
    """A service, its store, a clock that is set by hand, and a worker that mails and does nothing else."""

    store: RedisStore
    redis: Any
    server: MailServer = field(default_factory=MailServer)
    ahead: timedelta = timedelta(0)
    request_id: str = "GL-7K3M9Q"

    def __post_init__(self) -> None:
        ring = Keyring.generate()
        home = Home("T0GREEN", "Acme", Offer(tenants=("https://acme.goskope.com",)), b"x" * 32)
        vault = Vault(ring, ring.installation_secret)
        self.service = Service(self.store, vault, home, Terms(smtp=True), self.clock, lambda: self.request_id)

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def request(self) -> Request:
        return await self.service.get(self.request_id)

    async def approved(self) -> None:
        await self.service.apply(self.request_id, probed(Verdict.MISSING))
        yes = r.Approved(by=REVIEWER, fingerprint=(await self.request()).fingerprint)
        await self.service.apply(self.request_id, yes)

    async def corrected(self, **changes: str) -> None:
        """Corrected, checked and approved again."""
        draft = a_draft(**changes)
        mark = f"correct {changes}"
        await self.service.correct(self.request_id, draft, None, RITA, admin_key=False, idempotency=mark)
        await self.approved()

    async def waiting(self) -> list[str]:
        """Letters in the schedule."""
        steps = await self.redis.zrange(self.store.keys.schedule[0], 0, -1)
        return [one.partition("|")[2] for one in steps if "|mail|" in one or "|follow_up|" in one]

    async def all_written(self) -> bool:
        return not await self.waiting()

    @asynccontextmanager
    async def a_worker(self) -> AsyncIterator[None]:
        """A worker for as long as this lasts; then it finishes what it has begun."""
        nobody: Any = None
        ports = Ports(
            self.service,
            self.store,
            nobody,
            nobody,
            nobody,
            self.clock,
            "C0",
            mailer=self.server,
            mail_from="bot@acme.example",
        )

        async def rest(_claimed: Claimed) -> None:
            return None

        perform = dict.fromkeys(Step, rest) | {
            Step.MAIL: steps.performers(ports)[Step.MAIL],
            Step.FOLLOW_UP: rounds.performers(ports)[Step.FOLLOW_UP],
        }
        worker = Worker(self.store, perform, self.clock, idle=0.05, last_retry=timedelta(seconds=0.05))
        task = asyncio.create_task(worker.run())
        try:
            yield
        finally:
            await worker.stop()
            await task


@pytest.fixture
async def office(redis_url: str) -> AsyncIterator[Office]:
    client, blocking = connect(redis_url), connect(redis_url, blocking=True)
    office = Office(RedisStore(client, blocking, "T0GREEN"), client)
    key = SecretStr("sk-" + "a" * 40)
    await office.service.open(a_draft(), key, RITA, admin_key=False, idempotency="open")
    await office.approved()
    yield office
    await client.aclose()
    await blocking.aclose()


async def test_a_letter_that_waits_for_the_mail_server_gives_way_to_the_one_of_the_next_approval(
    office: Office,
) -> None:
    office.server.failure = Transient("mail server", "cannot connect")
    async with office.a_worker():
        await until(lambda: office.server.asked >= 2, what="attempts")
    await office.corrected(admin_email="other@acme.example")
    assert await office.waiting() == ["mail|0"]
    office.server.failure = None
    async with office.a_worker():
        await until(office.all_written, what="letters")
    assert [letter.cc for letter in office.server.sent] == [("other@acme.example",)]


async def test_a_letter_that_is_on_its_way_during_a_correction_does_not_count_for_what_is_wanted_now(
    office: Office,
) -> None:
    office.server.gate.clear()
    async with office.a_worker():
        await until(lambda: office.server.asked, what="a letter on its way")
        await office.corrected(admin_email="other@acme.example")
        office.server.gate.set()
        await until(office.all_written, what="letters")
    first, second = sorted(office.server.sent, key=lambda letter: letter.cc, reverse=True)
    assert (first.cc, second.cc) == (("rita@example.com",), ("other@acme.example",))
    assert first.message_id != second.message_id
    mail = (await office.request()).mail
    assert mail is not None
    assert mail.message_id == second.message_id


@pytest.mark.parametrize("also", [(), ("mail|0",), ("mail|2", "mail|0")], ids=str)
async def test_what_an_older_version_scheduled_becomes_one_letter(
    office: Office, also: tuple[str, ...]
) -> None:
    due = office.store.keys.schedule[0]
    await office.redis.zrem(due, f"{office.request_id}|mail|0")
    now = round(office.clock().timestamp() * 1000)
    await office.redis.zadd(due, {f"{office.request_id}|{step}": now for step in ("mail|3", *also)})
    async with office.a_worker():
        await until(office.all_written, what="letters")
    assert len(office.server.sent) == 1
    assert (await office.request()).mail is not None


async def test_who_asks_again_while_the_follow_up_is_on_its_way_causes_no_second_one(office: Office) -> None:
    async with office.a_worker():
        await until(office.all_written, what="letters")
        office.ahead = 6 * DAY
        office.server.gate.clear()
        await office.service.apply(office.request_id, r.FollowUpAsked(by=REQUESTER))
        await until(lambda: office.server.asked == 2, what="a follow-up on its way")
        await office.service.apply(office.request_id, r.FollowUpAsked(by=REVIEWER))
        assert len(await office.redis.hgetall(office.store.keys.schedule[3])) == 1
        office.server.gate.set()
        await until(office.all_written, what="letters")
    assert len(office.server.sent) == 2
    assert len((await office.request()).follow_ups) == 1


async def test_a_refusal_is_remembered_and_nothing_is_sent_until_the_next_approval(office: Office) -> None:
    office.server.failure = Refused("mail server", "550 no such sender")
    async with office.a_worker():
        await until(office.all_written, what="letters")
        await office.service.apply(office.request_id, probed(Verdict.MISSING))
        assert (await office.request()).mail_refused
        assert await office.all_written()
        office.server.failure = None
        await office.corrected(key_name="another")
        await until(office.all_written, what="letters")
    assert len(office.server.sent) == 1
    assert (await office.request()).state is State.AWAITING_OPENAI
