"""What a probe sends, and what it leaves unread."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.adapters.http import UnsafeUrlError, open_client
from bot.adapters.openai import OpenAICompliance
from bot.domain.diagnosis import Diagnosis, Verdict
from bot.sandbox.loopback import Loopback
from bot.sandbox.openai import PERSON, KeyState, OpenAISandbox

WORKSPACE = "f7f33107-5fb9-4ee1-8922-3eae76b5b5a0"
KEY = "sk-proj-Canary7T3BlbkFJxQpLmNvB2wEr9"
AT = datetime(2026, 11, 23, 14, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with open_client("0.1", timeout=httpx.Timeout(30.0)) as client:
        yield client


@pytest.fixture
async def openai() -> AsyncIterator[OpenAISandbox]:
    async with OpenAISandbox() as sandbox:
        yield sandbox
        assert sandbox.violations == []


async def probe(
    client: httpx.AsyncClient, openai: OpenAISandbox, key: str = KEY, *, admin_key: bool = False
) -> Diagnosis:
    port = OpenAICompliance(client, openai.compliance_url, openai.api_url)
    return await port.probe(WORKSPACE, SecretStr(key), at=AT, was_granted=False, admin_key=admin_key)


def paths(openai: OpenAISandbox) -> list[str]:
    return [f"{call.method} {call.path.rsplit('/', 1)[1]}" for call in openai.calls]


@pytest.mark.parametrize(
    ("state", "admin_key", "calls"),
    [
        (KeyState.READ, False, ["GET logs", "GET users"]),
        (KeyState.PENDING, False, ["GET logs", "GET users"]),
        (KeyState.PENDING_SILENT, False, ["GET logs", "GET users", "GET models"]),
        (KeyState.PENDING_SILENT, True, ["GET logs", "GET users"]),
        (KeyState.REVOKED, False, ["GET logs", "GET users", "GET models"]),
        (KeyState.FOREIGN_ORGANIZATION, False, ["GET logs", "GET users"]),
        (KeyState.LIMITED, False, ["GET logs"]),
    ],
)
async def test_a_probe_asks_no_more_than_it_needs(
    client: httpx.AsyncClient, openai: OpenAISandbox, state: KeyState, admin_key: bool, calls: list[str]
) -> None:
    openai.add_key(KEY, state, WORKSPACE)
    await probe(client, openai, admin_key=admin_key)
    assert paths(openai) == calls


async def test_the_customers_audit_log_shows_who_asked(
    client: httpx.AsyncClient, openai: OpenAISandbox
) -> None:
    openai.add_key(KEY, KeyState.READ, WORKSPACE)
    await probe(client, openai)
    assert [entry["action"] for entry in openai.audit_log] == [
        "LIST_WORKSPACE_LOG_FILES",
        "LIST_WORKSPACE_USERS",
    ]
    assert all(str(entry["user_agent"]).startswith("Greenlight/0.1") for entry in openai.audit_log)


class Fixed(Loopback):
    """Answers everything with one handler and keeps what was sent."""

    def __init__(self, answers: object) -> None:
        super().__init__()
        self.requests: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.answers = answers

    def routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/{rest:.*}", self._answer)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.path, dict(request.query), dict(request.headers)))
        return await self.answers(request)  # type: ignore[operator,no-any-return]


def port_to(client: httpx.AsyncClient, server: Loopback) -> OpenAICompliance:
    return OpenAICompliance(client, f"{server.origin}/v1/", f"{server.origin}/api")


async def test_the_two_calls_are_the_documented_ones_and_the_key_is_in_one_header(
    client: httpx.AsyncClient,
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"data": []})

    async with Fixed(answer) as server:
        await port_to(client, server).probe(
            WORKSPACE.upper(), SecretStr(KEY), at=AT, was_granted=False, admin_key=False
        )
    (logs, window, headers), (users, limit, _) = server.requests
    assert logs == f"/v1/compliance/workspaces/{WORKSPACE}/logs"
    assert users == f"/v1/compliance/workspaces/{WORKSPACE}/users"
    assert window == {"event_type": "CONVERSATION_MESSAGE", "after": "2026-11-23T12:00:00Z", "limit": "1"}
    assert limit == {"limit": "1"}
    assert [name for name, value in headers.items() if KEY in value] == ["Authorization"]


async def test_the_list_of_users_is_never_read(client: httpx.AsyncClient) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/logs"):
            return web.json_response({"data": []})
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        await asyncio.Event().wait()  # whoever wants the body waits in vain
        return response

    async with Fixed(answer) as server:
        diagnosis = await port_to(client, server).probe(
            WORKSPACE, SecretStr(KEY), at=AT, was_granted=False, admin_key=False
        )
    assert diagnosis.verdict is Verdict.GRANTED


async def test_calls_that_are_slow_together_are_an_outage_that_says_so(client: httpx.AsyncClient) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("/users"):
            await asyncio.Event().wait()
        return web.json_response({"data": []})

    async with Fixed(answer) as server:
        port = OpenAICompliance(client, f"{server.origin}/v1", f"{server.origin}/api", together=0.5)
        async with asyncio.timeout(60):
            diagnosis = await port.probe(WORKSPACE, SecretStr(KEY), at=AT, was_granted=True, admin_key=False)
        asked = [path.rpartition("/")[2] for path, _, _ in server.requests]
        assert asked == ["logs", "users"][: len(asked)]  # fewer where this machine is the slow one
    assert diagnosis.verdict is Verdict.OUTAGE
    assert "timeout" in " ".join(diagnosis.seen)


async def test_no_log_line_holds_the_key_or_a_person(
    client: httpx.AsyncClient, openai: OpenAISandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for state in (KeyState.READ, KeyState.PENDING, KeyState.REVOKED, KeyState.OUTAGE, KeyState.HTML):
        openai.add_key(KEY, state, WORKSPACE)
        await probe(client, openai)
    assert not any(secret in caplog.text for secret in (KEY, *PERSON.values()))


@pytest.mark.parametrize(
    "workspace", ["", "..", "a/b", f"{WORKSPACE}/x", f"{WORKSPACE}?x", "org-abc", f"{WORKSPACE}%2F"]
)
async def test_an_id_that_is_none_is_not_sent(
    client: httpx.AsyncClient, openai: OpenAISandbox, workspace: str
) -> None:
    port = OpenAICompliance(client, openai.compliance_url, openai.api_url)
    diagnosis = await port.probe(workspace, SecretStr(KEY), at=AT, was_granted=False, admin_key=False)
    assert diagnosis.verdict is Verdict.WRONG_WORKSPACE
    assert openai.calls == []


@pytest.mark.parametrize("key", ["", "sk-a b", "sk-a\r\nX: y", "sk-ключ"])
async def test_a_key_that_fits_no_header_is_not_sent(
    client: httpx.AsyncClient, openai: OpenAISandbox, key: str
) -> None:
    assert (await probe(client, openai, key)).verdict is Verdict.REJECTED
    assert openai.calls == []


async def test_a_flaky_key_is_granted_again_on_the_next_look(
    client: httpx.AsyncClient, openai: OpenAISandbox
) -> None:
    openai.add_key(KEY, KeyState.FLAKY, WORKSPACE)
    verdicts = [(await probe(client, openai)).verdict for _ in range(3)]
    assert verdicts == [Verdict.PARTIAL, Verdict.LOGS_ONLY, Verdict.GRANTED]


async def test_openai_gone_is_an_outage(client: httpx.AsyncClient) -> None:
    port = OpenAICompliance(client, "http://127.0.0.1:1", "http://127.0.0.1:1")
    diagnosis = await port.probe(WORKSPACE, SecretStr(KEY), at=AT, was_granted=True, admin_key=False)
    assert (diagnosis.verdict, diagnosis.seen) == (Verdict.OUTAGE, ("logs connect",))


def test_a_plain_http_address_is_refused_at_start() -> None:
    with pytest.raises(UnsafeUrlError, match="OPENAI_COMPLIANCE_URL"):
        OpenAICompliance(httpx.AsyncClient(), "http://api.chatgpt.com/v1", "https://api.openai.com/v1")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    status=st.integers(200, 599),
    body=st.binary(max_size=200) | st.just(KEY.encode()),
    kind=st.sampled_from(["application/json", "text/html", "text/plain"]),
    header=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20),
)
def test_whatever_openai_sends_the_probe_answers(status: int, body: bytes, kind: str, header: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, body=body, content_type=kind, headers={"Retry-After": header})

    async def scenario() -> Diagnosis:
        async with Fixed(answer) as server, open_client("0", timeout=httpx.Timeout(2.0)) as client:
            return await port_to(client, server).probe(
                WORKSPACE, SecretStr(KEY), at=AT.astimezone(UTC), was_granted=False, admin_key=False
            )

    diagnosis = asyncio.run(scenario())
    assert KEY not in diagnosis.model_dump_json()
    assert diagnosis.verdict is not Verdict.GRANTED or status == 200
