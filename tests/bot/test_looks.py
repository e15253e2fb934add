"""What looking into a tenant may claim: no record from before a correction, no gap nobody read, no guess."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot import steps
from bot.domain import request as r
from bot.domain.casb import CasbReport, Trouble, TroubleKind, read_audit, read_events
from bot.domain.diagnosis import Verdict
from bot.domain.evidence import Rung, Standing, shown
from bot.domain.lifecycle import Step, advance
from bot.domain.patience import Patience
from bot.domain.request import KeyFacts, State
from bot.domain.windows import AUDIT_LATENCY, read_from
from bot.ports import Claimed
from bot.rounds import quiet_since
from tests.factories import (
    GREEN,
    PRESSED,
    REQUESTER,
    REVIEWER,
    Story,
    a_draft,
    begin,
    probed,
    story,
    yes,
)

HOUR = timedelta(hours=1)
OTHER_WORKSPACE = "aaaaaaaa-1111-4ee1-8922-3eae76b5b5a0"
NEW_KEY = KeyFacts(last4="NEWK", fingerprint="f" * 32)


@dataclass
class Tenant:
    """A tenant's audit log and events as records; `away` makes every answer a trouble."""

    clock: datetime
    audit: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    away: frozenset[str] = frozenset()
    service: Any = None

    def write(self, done: str, *values: str, at: datetime | None = None) -> None:
        told = {"data_type": "instance", "data_values": ["ChatGPT Enterprise", *values]}
        record = {"audit_log_event": f"Next Gen CASB API instance {done}", "supporting_data": told}
        self.audit.append(record | {"timestamp": int((at or self.clock).timestamp()), "user": "it@acme.com"})

    def flow(self, name: str, at: datetime | None = None) -> None:
        event = {"access_method": "API Connector", "app": "ChatGPT Enterprise", "instance": name}
        self.events.append(event | {"timestamp": int((at or self.clock).timestamp())})

    async def look(self, **asked: Any) -> CasbReport:
        names = {name: asked[name] for name in ("instance_name", "workspace_id")}
        until, since, data_since = asked["until"], asked["since"], asked["data_since"]
        refused = [Trouble(endpoint=name, kind=TroubleKind.OUTAGE) for name in sorted(self.away)]  # type: ignore[arg-type]
        instance = deleted = data = None
        if "audit" not in self.away:
            instance, deleted = read_audit(self.audit, **names, since=since, until=until)
        reads = data_since and "application" not in self.away
        if reads:
            data = read_events(self.events, what="application event", **names, since=data_since, until=until)
        return CasbReport(
            instance=instance,
            deleted=deleted,
            data=data,
            troubles=tuple(refused),
            through=None if "audit" in self.away else until,
            data_through=until if reads else None,
        )


async def look(told: Story, tenant: Tenant, later: timedelta = timedelta(minutes=10)) -> None:
    """Let the step look, so much later, and let what it found happen."""
    told.at += later
    tenant.clock = told.at

    class Service:
        terms = told.terms

    ports: Any = type(
        "Ports",
        (),
        {"casbs": {told.request.tenant: tenant}, "clock": lambda _: tenant.clock, "service": Service},
    )()
    event = await steps.look(told.request, Claimed(told.request.id, Step.LOOK, 0, told.at, 1, "t"), ports)
    assert event is not None
    told.request = advance(told.request, event, told.at, told.terms).request


def correction(**changes: Any) -> r.Corrected:
    return r.Corrected(by=REQUESTER, draft=a_draft(workspace_id=OTHER_WORKSPACE, **changes), key=NEW_KEY)


AGAIN = (probed(Verdict.MISSING), yes(REVIEWER), probed(Verdict.GRANTED), probed(Verdict.GRANTED))


class TestAfterACorrection:
    async def test_a_record_of_before_proves_nothing_for_the_new_key(self) -> None:
        told = story(State.VERIFYING)
        tenant = Tenant(told.at)
        tenant.write("created", "chatgpt-enterprise")
        told.then(correction(), *AGAIN)
        for _ in range(3):
            await look(told, tenant)
        assert told.request.state is State.AWAITING_NETSKOPE
        assert Rung.INSTANCE_RECORDED not in told.request.evidence

    async def test_a_record_of_afterwards_does(self) -> None:
        told = story(State.VERIFYING).then(correction(), *AGAIN)
        tenant = Tenant(told.at)
        tenant.write("updated", "chatgpt-enterprise")
        await look(told, tenant)
        assert told.request.state is State.VERIFYING

    async def test_what_a_look_under_way_found_does_not_count_either(self) -> None:
        told = story(State.VERIFYING)
        tenant = Tenant(told.at)
        tenant.write("created", "chatgpt-enterprise")
        report = await tenant.look(
            since=told.at - HOUR,
            until=told.at,
            data_since=None,
            instance_name="chatgpt-enterprise",
            workspace_id=OTHER_WORKSPACE,
        )
        assert report.instance
        told.then(correction(), *AGAIN, r.TenantChecked(report=report))
        assert told.request.state is State.AWAITING_NETSKOPE

    async def test_a_correction_that_changes_nothing_approved_keeps_the_evidence(self) -> None:
        told = story(State.AWAITING_NETSKOPE)
        tenant = Tenant(told.at)
        tenant.write("created", "chatgpt-enterprise")
        same = r.Corrected(by=REQUESTER, draft=a_draft(admin_email="b@example.com"), key=told.request.key)
        told.then(same)
        await look(told, tenant)
        assert told.request.state is State.VERIFYING


class TestNoGapIsClaimed:
    @pytest.fixture
    async def connected(self) -> tuple[Story, Tenant]:
        told = story(State.VERIFYING)
        tenant = Tenant(told.at)
        tenant.write("created", "chatgpt-enterprise")
        await look(told, tenant)
        assert told.request.state is State.CONNECTED
        return told, tenant

    async def test_a_deletion_while_the_tenant_could_not_be_read_is_seen_afterwards(
        self, connected: tuple[Story, Tenant]
    ) -> None:
        told, tenant = connected
        tenant.away = frozenset({"audit"})
        await look(told, tenant, HOUR)
        tenant.write("deleted", "chatgpt-enterprise")
        await look(told, tenant, 2 * HOUR)
        assert told.request.state is State.CONNECTED
        tenant.away = frozenset()
        await look(told, tenant, 2 * HOUR)
        assert told.request.state is State.ATTENTION
        assert told.request.evidence[Rung.INSTANCE_RECORDED].standing is Standing.LOST

    async def test_a_record_that_arrives_late_is_still_seen(self, connected: tuple[Story, Tenant]) -> None:
        told, tenant = connected
        await look(told, tenant, HOUR)
        tenant.write("deleted", "chatgpt-enterprise", at=told.at - timedelta(minutes=20))
        await look(told, tenant, HOUR)
        assert told.request.state is State.ATTENTION

    async def test_what_was_read_once_is_not_read_again(self, connected: tuple[Story, Tenant]) -> None:
        told, tenant = connected
        await look(told, tenant, 100 * HOUR)
        assert read_from(told.request) == told.at - AUDIT_LATENCY

    async def test_silence_is_only_said_of_time_that_was_read(self, connected: tuple[Story, Tenant]) -> None:
        told, tenant = connected
        tenant.flow("chatgpt-enterprise")
        await look(told, tenant)
        assert shown(told.request.evidence, Rung.DATA_FLOWS)
        tenant.away = frozenset({"application"})
        await look(told, tenant, 24 * 20 * HOUR)
        flowed = told.at - HOUR
        tenant.flow("chatgpt-enterprise", at=flowed)
        assert quiet_since(told.request, told.at, Patience(), 1) is None
        tenant.away = frozenset()
        await look(told, tenant)
        assert quiet_since(told.request, told.at, Patience(), 1) is None
        assert told.request.evidence[Rung.DATA_FLOWS].at == flowed.replace(microsecond=0)
        await look(told, tenant, 24 * 8 * HOUR)
        assert quiet_since(told.request, told.at, Patience(), 1) == flowed


class TestARecordThatNamesNoInstance:
    async def test_proves_no_request_only_hints_at_it(self) -> None:
        for name, workspace in (("gpt-eu", a_draft().workspace_id), ("gpt-us", OTHER_WORKSPACE)):
            told = story(State.AWAITING_NETSKOPE, instance_name=name, workspace_id=workspace)
            tenant = Tenant(told.at)
            tenant.write("created")
            await look(told, tenant)
            assert told.request.state is State.AWAITING_NETSKOPE
            assert not told.request.evidence.get(Rung.INSTANCE_RECORDED)
            assert "ChatGPT, instance not named" in told.request.hint
            assert "it@acme.com" in told.request.hint

    async def test_takes_no_connection_down_but_is_told(self) -> None:
        told = story(State.VERIFYING)
        tenant = Tenant(told.at)
        tenant.write("created", "chatgpt-enterprise")
        await look(told, tenant)
        tenant.write("deleted")
        await look(told, tenant)
        assert told.request.state is State.CONNECTED
        assert told.request.hint.startswith("Next Gen CASB API instance deleted")


class TestData:
    async def test_through_the_old_key_of_a_rotation_are_not_those_of_the_new_one(self) -> None:
        told = begin(replaces="GL-000000")
        tenant = Tenant(told.at)
        tenant.flow("chatgpt-enterprise", at=told.at + timedelta(minutes=1))
        told.then(*AGAIN)
        tenant.flow("chatgpt-enterprise", at=told.at)
        told.then(PRESSED)
        await look(told, tenant)
        assert Rung.DATA_FLOWS not in told.request.evidence
        tenant.flow("chatgpt-enterprise")
        await look(told, tenant)
        assert shown(told.request.evidence, Rung.DATA_FLOWS)

    async def test_of_before_the_record_do_not_count(self) -> None:
        told = story(State.VERIFYING)
        tenant = Tenant(told.at)
        tenant.flow("chatgpt-enterprise", at=told.at + timedelta(minutes=1))
        tenant.write("created", "chatgpt-enterprise", at=told.at + timedelta(minutes=2))
        await look(told, tenant)
        assert Rung.DATA_FLOWS not in told.request.evidence

    async def test_are_lost_with_the_instance_and_shown_by_the_next_one(self) -> None:
        told = story(State.VERIFYING)
        tenant = Tenant(told.at)
        tenant.write("created", "chatgpt-enterprise")
        tenant.flow("chatgpt-enterprise", at=told.at + timedelta(minutes=5))
        await look(told, tenant)
        assert shown(told.request.evidence, Rung.DATA_FLOWS)
        tenant.write("deleted", "chatgpt-enterprise")
        await look(told, tenant)
        tenant.flow("chatgpt-enterprise")
        await look(told, tenant)
        assert not shown(told.request.evidence, Rung.DATA_FLOWS)
        told.then(GREEN)
        await look(told, tenant)
        assert told.request.state is State.CONNECTED
        assert not shown(told.request.evidence, Rung.DATA_FLOWS)
        tenant.flow("chatgpt-enterprise")
        await look(told, tenant)
        assert shown(told.request.evidence, Rung.DATA_FLOWS)


async def test_a_tenant_that_was_taken_out_of_the_settings_is_not_read_with_anothers_token() -> None:
    told = story(State.AWAITING_NETSKOPE)
    other = Tenant(told.at)
    other.write("created", "chatgpt-enterprise")
    ports: Any = type("Ports", (), {"casbs": {"https://other.goskope.com": other}})()
    assert (
        await steps.look(told.request, Claimed(told.request.id, Step.LOOK, 0, told.at, 1, "t"), ports) is None
    )
