"""OpenAI, Netskope, Slack or Redis away, slow or strange: nothing moves, nothing is lost, people are told."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import redis.asyncio

from bot.adapters.embedded import find_server
from bot.adapters.vault import Keyring
from bot.domain.evidence import Rung
from bot.domain.request import State
from bot.main import build
from bot.metrics import STORE_FAILURES
from bot.sandbox.local import LocalWorld
from bot.sandbox.netskope import Fault
from bot.sandbox.process import free_port
from bot.sandbox.slack import text_of
from bot.settings import load_settings
from tests.journeys.conftest import INSTANCE, Journey, Start
from tests.wait import until


class TestOpenAI:
    @pytest.mark.parametrize("trouble", ["outage", "limited", "html", "slow"])
    async def test_no_usable_answer_moves_nothing_and_the_card_says_since_when(
        self, journey: Journey, trouble: str
    ):
        await journey.at_openai()
        journey.openai_grants(trouble)
        card = await journey.card_says("OpenAI has given no usable answer since")
        assert "This moves nothing" in text_of(card)
        assert await journey.state() is State.AWAITING_OPENAI
        if trouble != "limited":  # seven real seconds of Retry-After are honoured
            journey.openai_grants()
            card = await journey.stands(State.AWAITING_NETSKOPE)
            assert "no usable answer" not in text_of(card)

    async def test_retry_after_is_honoured(self, journey: Journey):
        await journey.ask("limited")
        await journey.card_says("no usable answer")
        wait = (await journey.request()).next_probe_at - (await journey.request()).probes.last_at
        assert wait.total_seconds() >= 7
        journey.openai_grants("pending")
        await journey.hours_pass(0.01)
        await journey.stands(State.IN_REVIEW)

    async def test_an_answer_nobody_knows_stays_unclear_and_keeps_its_shape(self, journey: Journey):
        await journey.ask("malformed")
        request = await journey.request()
        await journey.until(lambda: len(journey.world.openai.calls) >= 2, "a probe")
        await until(lambda: _unclear(journey, request.id), what="the unclear verdict")
        assert (await journey.request()).state in {State.CHECKING, State.IN_REVIEW}

    async def test_a_flaky_scope_check_does_not_take_the_connection_away(self, journey: Journey):
        await journey.connected()
        journey.openai_grants("flaky")
        before = len(journey.world.openai.calls)
        for _ in range(3):
            request = await journey.request()
            await journey.alice.slash("/greenlight", f"verify {request.id}")
            await journey.until(lambda b=before: len(journey.world.openai.calls) >= b + 2, "a probe")
            before = len(journey.world.openai.calls)
        assert await journey.state() is State.CONNECTED


async def _unclear(journey: Journey, request_id: str) -> bool:
    last = (await journey.home.service.get(request_id)).probes.last
    return last is not None and last.verdict == "unclear" and bool(last.shape)


class TestNetskope:
    @pytest.mark.parametrize("fault", [*Fault, "bad_token"])
    async def test_what_cannot_be_read_is_said_and_is_no_evidence(self, journey: Journey, fault: Fault | str):
        if fault in {Fault.SLOW, Fault.LIMITED}:
            journey.world.netskope._slow = 0.05
        if fault == "bad_token":
            journey.world.netskope.tokens.clear()
        else:
            journey.world.netskope.set_fault(fault)
        await journey.at_netskope()
        await journey.press("I pressed Grant Access", having=journey.create_instance)
        await journey.card_says(
            "Netskope's records could not all be read since", "This says nothing bad or good"
        )
        assert Rung.INSTANCE_RECORDED not in await journey.rungs()
        assert await journey.state() is State.VERIFYING
        await journey.press("I see the green check")
        await journey.stands(State.CONNECTED)

    async def test_when_it_answers_again_the_evidence_is_found(self, journey: Journey):
        journey.world.netskope.set_fault(Fault.HTML)
        await journey.at_netskope()
        await journey.press("I pressed Grant Access", having=journey.create_instance)
        await journey.card_says("could not all be read")
        journey.world.netskope.set_fault(None)
        await journey.stands(State.CONNECTED)
        journey.world.netskope.flow(INSTANCE)
        await journey.shows(Rung.INSTANCE_RECORDED, Rung.DATA_FLOWS)


class TestSlack:
    async def test_a_card_that_could_not_be_posted_is_posted_later_once(self, journey: Journey):
        journey.world.slack.faults.status("chat.postMessage", 503)
        journey.world.slack.faults.reset("chat.postMessage")
        await journey.in_review()
        assert len(journey.cards()) == 1

    async def test_a_card_that_could_not_be_edited_catches_up(self, journey: Journey):
        await journey.in_review()
        journey.world.slack.faults.rate_limited("chat.update", retry_after=1)
        journey.world.slack.faults.status("chat.update", 500)
        await journey.approve()
        await journey.until(
            lambda: journey.world.mailbox.messages, "the e-mail, which does not wait for Slack"
        )
        await journey.stands(State.AWAITING_OPENAI)

    async def test_a_deleted_card_is_posted_anew(self, journey: Journey):
        first = await journey.in_review()
        journey.world.slack.world.delete(first)
        request = await journey.request()
        await journey.home.service.apply(request.id, _approval(journey, request))
        second = await journey.stands(State.AWAITING_OPENAI)
        assert second.ts != first.ts
        assert len(journey.cards()) == 1


def _approval(journey, request):
    from bot.domain.request import Approved

    return Approved(by=journey.rita.id, fingerprint=request.fingerprint)


class OwnServer:
    """A Valkey that can be stopped and started; everything is on disk before it is acknowledged."""

    def __init__(self, folder: Path) -> None:
        self.url = f"unix://{folder / 's'}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        options = ["--port", "0", "--unixsocket", str(self._folder / "s"), "--dir", str(self._folder)]
        options += ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220  # a start takes a millisecond
                [str(find_server()), *options], stdout=log, stderr=log
            )
        await until(self._answers, what="the server")

    async def _answers(self) -> bool:
        try:
            async with redis.asyncio.Redis.from_url(self.url, retry=None) as client:
                return bool(await client.ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()


@pytest.fixture
async def server() -> AsyncIterator[OwnServer]:
    folder = Path(tempfile.mkdtemp(prefix="gl-"))
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        own = OwnServer(folder)
        await own.start()
        stack.callback(own.stop)
        yield own


class TestRedis:
    async def test_nothing_is_saved_nothing_typed_is_lost_and_all_goes_on_when_it_is_back(
        self, server: OwnServer, begin: Start
    ):
        journey = await begin(REDIS_URL=server.url)
        journey.new_key()
        await journey.open_form()
        server.stop()
        refused = await journey.alice.submit(journey.form())
        assert ["nothing was saved" in words for words in refused.errors.values()] == [True]
        assert journey.key in text_of(journey.alice.top)
        delivery = await journey.rita.slash("/greenlight", "list")
        assert "nothing was saved" in delivery.ack["text"]
        await server.start()
        sent = await journey.alice.submit()
        assert "is open" in text_of(sent.view)
        card = await journey.stands(State.IN_REVIEW)
        server.stop()
        await journey.rita.click(card, "Approve")
        await journey.told(journey.rita, "nothing was saved")
        checks = await journey.home.readiness()
        assert (checks["store"], checks["slack"]) == (False, True)
        await server.start()
        assert await journey.state() is State.IN_REVIEW
        await journey.approve()
        await journey.stands(State.AWAITING_OPENAI)
        journey.openai_grants()
        await journey.stands(State.AWAITING_NETSKOPE)
        assert len(journey.cards()) == 1

    async def test_a_bot_that_begins_just_then_waits_for_it(self, server: OwnServer, tmp_path: Path):
        keys = Keyring.generate().dump().get_secret_value()
        async with LocalWorld() as world:
            environment = world.environment(tmp_path, port=free_port())
            environment |= {"REDIS_URL": server.url, "GREENLIGHT_ENCRYPTION_KEYS": keys}
            async with build(load_settings(environment)) as bot:
                server.stop()
                before = STORE_FAILURES._value.get()
                running = asyncio.create_task(bot.run())
                await until(
                    lambda: running.done() or STORE_FAILURES._value.get() > before, what="the bot to notice"
                )
                assert bot.transport.ready
                await server.start()
                due = bot.ground.store.keys.schedule[0]
                await until(lambda: bot.ground.store._redis.zcard(due), what="the rounds to begin")
                bot.stopping.set()
                await running
