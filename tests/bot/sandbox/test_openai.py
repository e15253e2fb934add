"""The local OpenAI refuses what the real one refuses, and notes what the bot must never send."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.sandbox.openai import KeyState, OpenAISandbox

WORKSPACE = "f7f33107-5fb9-4ee1-8922-3eae76b5b5a0"
KEY = "sk-proj-Sandbox7T3BlbkFJxQpLmNvB2wEr9"
HEADERS = {"Authorization": f"Bearer {KEY}", "User-Agent": "test"}
WINDOW = {"event_type": "CONVERSATION_MESSAGE", "after": "2026-11-23T12:00:00Z", "limit": "1"}


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def openai(clock: Clock) -> AsyncIterator[OpenAISandbox]:
    async with OpenAISandbox(clock, rate_per_minute=100) as sandbox:
        sandbox.add_key(KEY, KeyState.READ, WORKSPACE)
        yield sandbox


@pytest.fixture
async def client(openai: OpenAISandbox) -> AsyncIterator[httpx.AsyncClient]:
    base = f"{openai.compliance_url}/compliance/workspaces/"
    async with httpx.AsyncClient(base_url=base, headers=HEADERS, trust_env=False) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        (f"{WORKSPACE}/logs", WINDOW, 200),
        (f"{WORKSPACE}/users", {"limit": "1"}, 200),
        (f"{WORKSPACE}/logs", WINDOW | {"after": ""}, 422),
        (f"{WORKSPACE}/logs", WINDOW | {"after": "2026-11-23T12:00:00"}, 422),
        (f"{WORKSPACE}/logs", WINDOW | {"event_type": ""}, 422),
        (f"{WORKSPACE}/logs", WINDOW | {"event_type": "CONVERSATION_MESSAGE_LOG"}, 422),
        (f"{WORKSPACE}/users", {"limit": "0"}, 422),
        ("org-abc/users", {"limit": "1"}, 422),
        (f"{WORKSPACE}/nothing", {}, 404),
        ("be545252-ad04-4cfa-9ca5-deca58416151/users", {"limit": "1"}, 404),
    ],
)
async def test_requests_are_validated_as_strictly_as_the_real_ones(
    client: httpx.AsyncClient, openai: OpenAISandbox, path: str, params: dict[str, str], status: int
) -> None:
    assert (await client.get(path, params=params)).status_code == status
    assert openai.violations == []


@pytest.mark.parametrize(
    ("method", "path", "violation"),
    [
        ("GET", f"{WORKSPACE}/conversations", "removed route"),
        ("DELETE", f"{WORKSPACE}/users/u/conversations/c", "DELETE"),
        ("DELETE", f"{WORKSPACE}/users", "DELETE"),
        ("POST", f"{WORKSPACE}/skills", "POST"),
        ("GET", f"{WORKSPACE}/users?key={KEY}", "a key in a URL"),
    ],
)
async def test_what_the_bot_must_never_send_is_noted(
    client: httpx.AsyncClient, openai: OpenAISandbox, method: str, path: str, violation: str
) -> None:
    await client.request(method, path)
    assert any(noted.startswith(violation) for noted in openai.violations)


async def test_the_rate_limit_counts_per_key_route_and_minute(
    client: httpx.AsyncClient, openai: OpenAISandbox, clock: Clock
) -> None:
    answers = [await client.get(f"{WORKSPACE}/users", params={"limit": "1"}) for _ in range(101)]
    assert [answer.status_code for answer in answers] == [200] * 100 + [429]
    assert answers[-1].headers["Retry-After"] == "7"
    assert (await client.get(f"{WORKSPACE}/logs", params=WINDOW)).status_code == 200
    clock.now += 61
    assert (await client.get(f"{WORKSPACE}/users", params={"limit": "1"})).status_code == 200


async def test_authenticated_calls_are_audited_and_strangers_are_not(
    client: httpx.AsyncClient, openai: OpenAISandbox
) -> None:
    await client.get(f"{WORKSPACE}/users", params={"limit": "1"})
    await client.get(f"{WORKSPACE}/users", headers={"Authorization": "Bearer sk-other"})
    (entry,) = openai.audit_log
    assert (entry["action"], entry["action_result"], entry["user_agent"]) == (
        "LIST_WORKSPACE_USERS",
        "SUCCESS",
        "test",
    )
    assert KEY not in repr(entry)
    assert [call.last4 for call in openai.calls] == [KEY[-4:], ""]


async def test_a_state_is_changed_by_the_last_four_characters_and_told(openai: OpenAISandbox) -> None:
    told: list[KeyState] = []
    openai.on_change.append(lambda: told.append(openai.keys[KEY].state))
    openai.set_state(KEY[-4:], "read_delete")
    assert told == [KeyState.READ_DELETE]
    with pytest.raises(LookupError):
        openai.set_state("zzzz", KeyState.READ)


async def test_a_granted_key_has_lost_its_models_and_a_pending_one_has_not(
    client: httpx.AsyncClient, openai: OpenAISandbox
) -> None:
    models = f"{openai.api_url}/models"
    assert (await client.get(models)).status_code == 403
    openai.set_state(KEY, KeyState.PENDING)
    assert (await client.get(models)).status_code == 200
    openai.set_state(KEY, KeyState.REVOKED)
    answer = await client.get(models)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")
    assert KEY not in answer.text
