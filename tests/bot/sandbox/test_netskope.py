"""The local tenant routes, refuses and delays as the real one is documented to."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.sandbox.netskope import APP, AUDIT, NetskopeSandbox

NOW = 1_795_000_000.0
WINDOW = {"starttime": str(int(NOW) - 60), "endtime": str(int(NOW) + 60)}
SEARCH = WINDOW | {"query": "app like 'ChatGPT' and access_method eq 'API Connector'"}
DATA, FIND = "/api/v2/events/data/", "/api/v2/events/datasearch/"


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def tenant(clock: Clock) -> AsyncIterator[NetskopeSandbox]:
    async with NetskopeSandbox(clock, green_delay=30, audit_delay=20) as sandbox:
        yield sandbox


@pytest.fixture
async def client(tenant: NetskopeSandbox) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Netskope-Api-Token": tenant.token}
    async with httpx.AsyncClient(base_url=tenant.tenant_url, headers=headers, trust_env=False) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        (f"{DATA}audit", WINDOW, 200),
        (f"{FIND}application", SEARCH, 200),
        (f"{FIND}audit", SEARCH, 404),
        (f"{FIND}infrastructure", SEARCH, 404),
        ("/api/v2/casbapi/apps", {}, 404),
        (f"{DATA}audit", {}, 400),
        (f"{DATA}audit", WINDOW | {"limit": "10001"}, 400),
        (f"{FIND}application", WINDOW | {"query": "app ~~ x"}, 400),
        (f"{FIND}application", SEARCH | {"fields": "app,shoe_size"}, 400),
    ],
)
async def test_routes_and_queries_are_checked(
    client: httpx.AsyncClient, path: str, params: dict[str, str], status: int
) -> None:
    assert (await client.get(path, params=params)).status_code == status


async def test_a_write_has_no_route_and_is_noted(client: httpx.AsyncClient, tenant: NetskopeSandbox) -> None:
    answer = await client.post(f"{DATA}audit")
    assert (answer.status_code, answer.json()["message"]) == (404, "no Route matched with those values")
    assert tenant.violations == ["POST /api/v2/events/data/audit"]


async def test_a_wrong_token_and_a_missing_right_look_the_same(
    client: httpx.AsyncClient, tenant: NetskopeSandbox
) -> None:
    tenant.add_token("no-rights", frozenset())
    answers = [
        await client.get(f"{DATA}audit", params=WINDOW, headers={"Netskope-Api-Token": token})
        for token in ("wrong", "no-rights")
    ]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].text == answers[1].text


async def test_the_audit_log_lags_and_the_check_mark_comes_later(
    client: httpx.AsyncClient, tenant: NetskopeSandbox, clock: Clock
) -> None:
    tenant.create_instance(APP, "chatgpt-prod", "w", "sk-x")

    async def recorded() -> int:
        return len((await client.get(f"{DATA}audit", params=WINDOW)).json()["result"])

    assert (await recorded(), tenant.green("chatgpt-prod")) == (0, False)
    clock.now += 20
    assert (await recorded(), tenant.green("chatgpt-prod")) == (1, False)
    clock.now += 10
    assert tenant.green("chatgpt-prod")


async def test_the_check_mark_stays_away_from_a_key_openai_does_not_take(clock: Clock) -> None:
    tenant = NetskopeSandbox(clock, accepts=lambda workspace, key: (workspace, key) == ("w", "sk-good"))
    tenant.create_instance(APP, "bad", "w", "sk-bad")
    tenant.create_instance(APP, "good", "w", "sk-good")
    assert (tenant.green("bad"), tenant.green("good"), tenant.green("none")) == (False, True, False)
    tenant.update("bad", key="sk-good")
    assert tenant.green("bad")


async def test_an_instance_record_never_holds_the_key(
    client: httpx.AsyncClient, tenant: NetskopeSandbox
) -> None:
    tenant.create_instance(APP, "chatgpt-prod", "w", "sk-canary")
    tenant.write(AUDIT, {"audit_log_event": "Login Successful", "timestamp": int(NOW)})
    assert "sk-canary" not in (await client.get(f"{DATA}audit", params=WINDOW)).text
    assert "sk-canary" not in repr(tenant.instances)


async def test_inline_traffic_is_found_by_no_connector_query(
    client: httpx.AsyncClient, tenant: NetskopeSandbox
) -> None:
    tenant.write("application", {"app": "ChatGPT", "access_method": "Client", "timestamp": int(NOW)})
    tenant.create_instance(APP, "chatgpt-prod", "w")
    tenant.flow("chatgpt-prod")
    body = (await client.get(f"{FIND}application", params=SEARCH | {"fields": "app,instance"})).json()
    assert body["result"] == [{"app": APP, "instance": "chatgpt-prod"}]
    assert body["status"]["execution"] == "SUCCESS"
