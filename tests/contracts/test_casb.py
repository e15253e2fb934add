"""What the CASB port promises, held by the real adapter over HTTP and by its twin."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from bot.adapters.http import open_client
from bot.adapters.netskope import NetskopeTenant
from bot.domain.casb import CasbReport, TroubleKind
from bot.sandbox.netskope import APP, Fault, NetskopeSandbox
from tests.twins.casb import CasbTwin

WORKSPACE = "f7f33107-5fb9-4ee1-8922-3eae76b5b5a0"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class World:
    """The port, the hand in the tenant, and a clock that only the test moves."""

    def __init__(self) -> None:
        self.now = NOON
        self.port: Any = None
        self.hand: Any = None
        self.go_away: Callable[[], None] = lambda: None

    def clock(self) -> float:
        return self.now.timestamp()

    async def look(self, name: str = "chatgpt-prod", *, want_data: bool = True) -> CasbReport:
        report = await self.port.look(
            since=NOON - timedelta(hours=1),
            until=self.now,
            instance_name=name,
            workspace_id=WORKSPACE,
            data_since=NOON - timedelta(hours=1) if want_data else None,
        )
        assert isinstance(report, CasbReport)
        return report


@pytest.fixture(params=["real", "twin"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    world = World()
    if request.param == "twin":
        world.port = world.hand = twin = CasbTwin(world.clock)
        world.go_away = lambda: setattr(twin, "trouble", TroubleKind.OUTAGE)
        yield world
        return
    async with NetskopeSandbox(world.clock) as sandbox, open_client("0") as client:
        world.port = NetskopeTenant(client, sandbox.tenant_url, SecretStr(sandbox.token))
        world.hand = sandbox
        world.go_away = lambda: sandbox.set_fault(Fault.OUTAGE)
        yield world
        assert sandbox.violations == []


class TestCasb:
    async def test_an_untouched_tenant_shows_nothing_and_no_trouble(self, world: World) -> None:
        assert await world.look() == CasbReport(through=NOON, data_through=NOON)

    async def test_a_created_instance_is_seen_with_its_time_and_person(self, world: World) -> None:
        world.hand.create_instance(APP, "chatgpt-prod", WORKSPACE, by="it@acme.example")
        instance = (await world.look()).standing
        assert instance is not None
        assert (instance.at, instance.by, instance.named) == (NOON, "it@acme.example", True)
        assert instance.what == "Next Gen CASB API instance created"

    async def test_a_deleted_instance_stands_no_longer(self, world: World) -> None:
        world.hand.create_instance(APP, "chatgpt-prod", WORKSPACE)
        world.now += timedelta(minutes=5)
        world.hand.delete("chatgpt-prod")
        report = await world.look()
        assert report.deleted is not None
        assert report.standing is None

    @pytest.mark.parametrize(
        ("app", "name"), [("Slack for Enterprise", "chatgpt-prod"), (APP, "chatgpt-prod-2")]
    )
    async def test_another_instance_is_not_ours(self, world: World, app: str, name: str) -> None:
        world.hand.create_instance(app, name)
        report = await world.look()
        assert (report.instance, report.deleted, report.troubles) == (None, None, ())

    async def test_data_is_seen_once_it_flows_and_only_if_asked_for(self, world: World) -> None:
        world.hand.create_instance(APP, "chatgpt-prod", WORKSPACE)
        assert (await world.look()).data is None
        world.hand.flow("chatgpt-prod")
        unasked = await world.look(want_data=False)
        assert (unasked.data, unasked.data_through, unasked.through) == (None, None, NOON)
        data = (await world.look()).data
        assert data is not None
        assert (data.what, data.detail) == ("application event", "ChatGPT Enterprise via API Connector")

    async def test_an_outage_is_a_trouble_and_no_statement(self, world: World) -> None:
        world.hand.create_instance(APP, "chatgpt-prod", WORKSPACE)
        world.go_away()
        report = await world.look()
        assert (report.instance, report.through, report.data_through) == (None, None, None)
        assert [trouble.kind for trouble in report.troubles] == [TroubleKind.OUTAGE]
