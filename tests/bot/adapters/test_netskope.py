"""Reading a tenant that answers in its many odd ways."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.adapters.http import open_client
from bot.adapters.netskope import NetskopeTenant, _affordable
from bot.domain.casb import CasbReport, TroubleKind
from bot.sandbox.loopback import Loopback
from bot.sandbox.netskope import ALERT, APP, APPLICATION, AUDIT, Fault, NetskopeSandbox, Shape

WORKSPACE = "f7f33107-5fb9-4ee1-8922-3eae76b5b5a0"
NAME = "chatgpt-prod"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with open_client("0.1", timeout=httpx.Timeout(60.0)) as client:
        yield client


@pytest.fixture
async def tenant() -> AsyncIterator[NetskopeSandbox]:
    async with NetskopeSandbox(NOON.timestamp) as sandbox:
        yield sandbox
        assert sandbox.violations == []


async def look(
    client: httpx.AsyncClient, tenant: NetskopeSandbox, *, token: str | None = None, want_data: bool = True
) -> CasbReport:
    port = NetskopeTenant(client, tenant.tenant_url, SecretStr(token or tenant.token), together=600.0)
    return await port.look(
        since=NOON - timedelta(hours=1),
        until=NOON,
        instance_name=NAME,
        workspace_id=WORKSPACE,
        data_since=NOON - timedelta(hours=1) if want_data else None,
    )


@pytest.mark.parametrize(
    ("shape", "detail"),
    [
        (Shape.NAMED, "instance chatgpt-prod"),
        (Shape.DETAILED, "instance chatgpt-prod"),
        (Shape.TEXT_TIME, "instance chatgpt-prod"),
        (Shape.APP_ONLY, "ChatGPT, instance not named"),
        (Shape.BARE, "app not stated"),
    ],
)
async def test_an_instance_is_seen_in_every_shape_of_its_record(
    client: httpx.AsyncClient, tenant: NetskopeSandbox, shape: Shape, detail: str
) -> None:
    tenant.shape = shape
    tenant.create_instance(APP, NAME, WORKSPACE, "sk-x")
    instance = (await look(client, tenant)).instance
    assert instance is not None
    assert (instance.detail, instance.at) == (detail, NOON)


@pytest.mark.parametrize(
    ("fault", "kind", "wait"),
    [
        (Fault.OUTAGE, TroubleKind.OUTAGE, None),
        (Fault.SLOW, TroubleKind.OUTAGE, None),
        (Fault.HTML, TroubleKind.MALFORMED, None),
        (Fault.LIMITED, TroubleKind.LIMITED, 3.0),
        (Fault.CONFLICT, TroubleKind.LIMITED, None),
        (Fault.ERROR_200, TroubleKind.FAILED_EXECUTION, None),
        (Fault.OK_ZERO, TroubleKind.FAILED_EXECUTION, None),
        (Fault.FAILED_EXECUTION, TroubleKind.FAILED_EXECUTION, None),
        (Fault.MALFORMED, TroubleKind.MALFORMED, None),
        (Fault.NO_ROUTE, TroubleKind.NO_ROUTE, None),
    ],
)
async def test_every_odd_answer_is_a_named_trouble(
    tenant: NetskopeSandbox, fault: Fault, kind: TroubleKind, wait: float | None
) -> None:
    tenant.create_instance(APP, NAME, WORKSPACE)
    tenant.set_fault(fault)
    async with open_client("0.1", timeout=httpx.Timeout(1.0 if fault is Fault.SLOW else 60.0)) as client:
        report = await look(client, tenant, want_data=False)
    assert report.instance is None
    assert [(trouble.kind, trouble.retry_after) for trouble in report.troubles] == [(kind, wait)]


async def test_a_wrong_token_and_a_missing_right_are_told_apart_where_they_can_be(
    client: httpx.AsyncClient, tenant: NetskopeSandbox
) -> None:
    tenant.add_token("auditor", frozenset({AUDIT}))
    wrong, auditor = await look(client, tenant, token="wrong"), await look(client, tenant, token="auditor")
    assert {trouble.kind for trouble in wrong.troubles} == {TroubleKind.BAD_TOKEN}
    assert [(t.endpoint, t.kind) for t in auditor.troubles] == [
        (APPLICATION, TroubleKind.NOT_PERMITTED),
        (ALERT, TroubleKind.NOT_PERMITTED),
    ]


async def test_an_alert_is_data_where_no_event_is(client: httpx.AsyncClient, tenant: NetskopeSandbox) -> None:
    tenant.create_instance(APP, NAME, WORKSPACE)
    tenant.flow(NAME, alert=True)
    data = (await look(client, tenant)).data
    assert data is not None
    assert data.what == "alert"


async def test_a_missing_right_to_alerts_is_no_trouble_while_events_can_be_read(
    client: httpx.AsyncClient, tenant: NetskopeSandbox
) -> None:
    tenant.add_token("no-alerts", frozenset({AUDIT, APPLICATION}))
    assert (await look(client, tenant, token="no-alerts")).troubles == ()


async def test_a_tenant_that_is_away_is_asked_once(
    client: httpx.AsyncClient, tenant: NetskopeSandbox
) -> None:
    tenant.set_fault(Fault.OUTAGE)
    await look(client, tenant)
    assert tenant.calls == ["/api/v2/events/data/audit"]


async def test_a_busy_audit_log_is_read_to_its_end(
    client: httpx.AsyncClient, tenant: NetskopeSandbox
) -> None:
    for number in range(2100):
        call = {"data_type": "incidents", "data_values": [200, "GET", f"/api/v2/events/{number}"]}
        tenant.write(
            AUDIT,
            {
                "audit_log_event": "Rest API V2 Call",
                "timestamp": int(NOON.timestamp()),
                "supporting_data": call,
            },
        )
    tenant.create_instance(APP, NAME, WORKSPACE)
    assert (await look(client, tenant, want_data=False)).instance is not None


async def test_a_log_too_long_for_one_look_is_read_part_by_part_and_says_so(
    client: httpx.AsyncClient, tenant: NetskopeSandbox
) -> None:
    began = NOON - timedelta(hours=8)
    for number in range(11_000):  # in an order nobody promised
        at = began + timedelta(seconds=number * 7919 % 28_800)
        tenant.write(AUDIT, {"audit_log_event": "Rest API V2 Call", "timestamp": int(at.timestamp())})
    named = {"data_type": "instance", "data_values": [APP, NAME]}
    created = {"audit_log_event": "Next Gen CASB API instance created", "supporting_data": named}
    tenant.write(AUDIT, created | {"timestamp": int(NOON.timestamp()) - 60})
    port = NetskopeTenant(client, tenant.tenant_url, SecretStr(tenant.token))
    asked = {"until": NOON, "instance_name": NAME, "workspace_id": WORKSPACE, "data_since": None}
    first = await port.look(since=began, **asked)
    assert (first.instance, first.through, first.behind) == (None, NOON - timedelta(hours=4), True)
    assert [(one.endpoint, one.kind) for one in first.troubles] == [(AUDIT, TroubleKind.TRUNCATED)]
    assert first.troubles[0].seen == "audit over 10000 records, read up to 2026-11-23 08:00 UTC"
    assert first.through is not None
    second = await port.look(since=first.through, **asked)
    assert second.instance is not None
    assert (second.through, second.troubles) == (NOON, ())


async def test_the_token_is_in_no_log(
    client: httpx.AsyncClient, tenant: NetskopeSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for fault in (None, Fault.OUTAGE, Fault.MALFORMED):
        tenant.set_fault(fault)
        report = await look(client, tenant)
        assert tenant.token not in report.model_dump_json()
    assert tenant.token not in caplog.text


async def test_a_token_that_fits_no_header_is_a_bad_token(
    client: httpx.AsyncClient, tenant: NetskopeSandbox
) -> None:
    report = await look(client, tenant, token="a\r\nX: y")
    assert {trouble.kind for trouble in report.troubles} == {TroubleKind.BAD_TOKEN}
    assert tenant.calls == []


async def test_the_doctor_learns_which_endpoints_the_token_may_read(
    client: httpx.AsyncClient, tenant: NetskopeSandbox
) -> None:
    tenant.add_token("auditor", frozenset({AUDIT}))
    port = NetskopeTenant(client, tenant.tenant_url, SecretStr("auditor"))
    access = {entry.endpoint: entry.allowed for entry in await port.check_access(NOON)}
    assert access == {"audit": True, "application": False, "alert": False}


class Sluggish(Loopback):
    """A tenant whose answers take their time; the first ones come at once, and every page is full."""

    def __init__(self, prompt: int) -> None:
        super().__init__()
        self.prompt, self.asked = prompt, 0

    def routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/{rest:.*}", self._answer)

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.asked > self.prompt:
            await asyncio.Event().wait()
        record = {"audit_log_event": "Rest API V2 Call", "timestamp": int(NOON.timestamp())}
        return web.json_response({"ok": 1, "result": [record] * int(request.query["limit"])})


@pytest.mark.parametrize("prompt", [0, 2])
async def test_a_log_that_is_too_slow_is_told_of_within_the_time_of_a_look(prompt: int) -> None:
    async with open_client("0.1", timeout=httpx.Timeout(60.0)) as client, Sluggish(prompt) as slow:
        port = NetskopeTenant(client, slow.origin, SecretStr("token"), together=0.5)
        async with asyncio.timeout(60):
            report = await port.look(
                since=NOON - timedelta(hours=1),
                until=NOON,
                instance_name=NAME,
                workspace_id=WORKSPACE,
                data_since=NOON - timedelta(hours=1),
            )
        assert slow.asked <= prompt + 1  # fewer where this machine is the slow one
    (trouble,) = report.troubles
    assert (trouble.endpoint, trouble.kind, trouble.seen) == (AUDIT, TroubleKind.OUTAGE, "audit too slow")
    assert (report.through, report.data_through) == (None, None)


@pytest.mark.parametrize(("took", "pages"), [(0.0, 10), (0.5, 10), (2.6, 3), (60.0, 1)])
def test_of_a_slow_log_no_more_is_read_at_once_than_there_is_time_for(took: float, pages: int) -> None:
    assert _affordable(took, left=20.0 - took) == pages
