"""What the compliance port promises, held by the real adapter over HTTP and by its twin."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.adapters.http import open_client
from bot.adapters.openai import OpenAICompliance
from bot.domain.diagnosis import Diagnosis, Verdict
from bot.sandbox.openai import KeyState, OpenAISandbox
from tests.twins.compliance import ComplianceTwin

WORKSPACE = "f7f33107-5fb9-4ee1-8922-3eae76b5b5a0"
ELSEWHERE = "be545252-ad04-4cfa-9ca5-deca58416151"
KEY = "sk-proj-Contract7T3BlbkFJxQpLmNvB2wEr9"
AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class World:
    """The port, and the hand that changes what is behind it."""

    def __init__(self, port: Any, hand: Any) -> None:
        self.port, self.hand = port, hand

    async def probe(
        self, workspace: str = WORKSPACE, *, was_granted: bool = False, admin_key: bool = False
    ) -> Diagnosis:
        diagnosis = await self.port.probe(
            workspace, SecretStr(KEY), at=AT, was_granted=was_granted, admin_key=admin_key
        )
        assert isinstance(diagnosis, Diagnosis)
        assert KEY not in diagnosis.model_dump_json()
        return diagnosis


@pytest.fixture(params=["real", "twin"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "twin":
        twin = ComplianceTwin()
        yield World(twin, twin)
        return
    is_slow = request.node.callspec.params.get("state") is KeyState.SLOW
    timeout = httpx.Timeout(1.0 if is_slow else 60.0)
    async with OpenAISandbox(slow_seconds=300) as sandbox, open_client("0", timeout=timeout) as client:
        yield World(OpenAICompliance(client, sandbox.compliance_url, sandbox.api_url), sandbox)
        assert sandbox.violations == []


class TestCompliance:
    @pytest.mark.parametrize(
        ("state", "verdict", "row"),
        [
            (KeyState.UNKNOWN, Verdict.REJECTED, "7"),
            (KeyState.PENDING, Verdict.MISSING, "4"),
            (KeyState.PENDING_SILENT, Verdict.NOT_FOR_WORKSPACE, "5"),
            (KeyState.READ, Verdict.GRANTED, "1"),
            (KeyState.READ_DELETE, Verdict.GRANTED, "1"),
            (KeyState.LOGS_ONLY, Verdict.LOGS_ONLY, "2"),
            (KeyState.REVOKED, Verdict.REJECTED, "7"),
            (KeyState.FOREIGN_ORGANIZATION, Verdict.WRONG_ORGANIZATION, "10"),
            (KeyState.BLOCKED_IP, Verdict.BLOCKED, "13"),
            (KeyState.OUTAGE, Verdict.OUTAGE, "16-5xx"),
            (KeyState.HTML, Verdict.EDGE, "14"),
            (KeyState.LIMITED, Verdict.LIMITED, "15"),
            (KeyState.SLOW, Verdict.OUTAGE, "16"),
            (KeyState.MALFORMED, Verdict.UNCLEAR, "unknown"),
        ],
    )
    async def test_a_key_is_diagnosed_by_what_openai_does_with_it(
        self, world: World, state: KeyState, verdict: Verdict, row: str
    ) -> None:
        world.hand.add_key(KEY, state, WORKSPACE)
        diagnosis = await world.probe()
        assert (diagnosis.verdict, diagnosis.row) == (verdict, row)

    async def test_a_key_openai_never_saw_is_rejected(self, world: World) -> None:
        assert (await world.probe()).verdict is Verdict.REJECTED

    async def test_a_granted_key_is_not_granted_for_another_workspace(self, world: World) -> None:
        world.hand.add_key(KEY, KeyState.READ, WORKSPACE)
        assert (await world.probe(ELSEWHERE)).verdict is Verdict.WRONG_WORKSPACE

    async def test_a_key_that_worked_and_is_gone_is_revoked_not_mistyped(self, world: World) -> None:
        world.hand.add_key(KEY, KeyState.READ, WORKSPACE)
        assert (await world.probe()).verdict is Verdict.GRANTED
        world.hand.set_state(KEY, KeyState.REVOKED)
        assert (await world.probe(was_granted=True)).verdict is Verdict.REVOKED

    @pytest.mark.parametrize(
        ("state", "row"),
        [(KeyState.UNKNOWN, "7-admin"), (KeyState.PENDING, "4-admin"), (KeyState.PENDING_SILENT, "5-admin")],
    )
    async def test_an_admin_key_gets_words_of_its_own(self, world: World, state: KeyState, row: str) -> None:
        world.hand.add_key(KEY, state, WORKSPACE)
        assert (await world.probe(admin_key=True)).row == row

    async def test_the_wait_openai_asks_for_is_handed_on(self, world: World) -> None:
        world.hand.add_key(KEY, KeyState.LIMITED, WORKSPACE)
        assert (await world.probe()).retry_after == 7.0

    async def test_an_upper_case_workspace_is_the_same_workspace(self, world: World) -> None:
        world.hand.add_key(KEY, KeyState.READ, WORKSPACE)
        assert (await world.probe(WORKSPACE.upper())).verdict is Verdict.GRANTED
