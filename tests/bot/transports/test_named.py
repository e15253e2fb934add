"""Listeners found by name answer as Bolt's own matching would."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_start import SlackFacts
from bot.transports.app import bolt_app, dispatch
from bot.transports.named import NamedApp

PEOPLE = {"user": {"id": "U1", "team_id": "T1"}, "team": {"id": "T1"}}
BODIES: dict[str, dict[str, Any]] = {
    "command": {"command": "/greenlight", "user_id": "U1", "team_id": "T1", "text": ""},
    "shortcut": {"type": "shortcut", "callback_id": "connect", **PEOPLE},
    "action": {"type": "block_actions", "actions": [{"action_id": "approve", "block_id": "b"}], **PEOPLE},
    "view": {"type": "view_submission", "view": {"callback_id": "intake", "type": "modal"}, **PEOPLE},
}


class Door:
    """An app with one listener of each kind, which notes what it hears."""

    def __init__(self) -> None:
        client = AsyncWebClient("xoxb-test", base_url="http://127.0.0.1:9/api/")
        self.app = bolt_app(client, SlackFacts("T1", "Acme", "acme", "U0BOT", "B1"))
        self.heard: list[str] = []
        self.app.error(self.failed)

    async def failed(self, error: Exception) -> None:
        self.heard.append(type(error).__name__)

    def listener(self, said: str) -> Any:
        async def listen(ack: AsyncAck) -> None:
            self.heard.append(said)
            await ack(text=said)

        return listen

    async def deliver(self, body: dict[str, Any]) -> Any:
        form = body if "command" in body else {"payload": json.dumps(body)}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return await dispatch(self.app, urlencode(form), headers, "http")


@pytest.fixture
def door() -> Door:
    return Door()


def names() -> dict[str, str]:
    return {"command": "/greenlight", "shortcut": "connect", "action": "approve", "view": "intake"}


@pytest.mark.parametrize("kind", list(BODIES))
async def test_each_kind_reaches_its_listener_once_and_answers(door: Door, kind: str) -> None:
    for other in BODIES:
        getattr(door.app, other)("another")(door.listener("another"))
        getattr(door.app, other)(names()[other])(door.listener(other))
    response = await door.deliver(BODIES[kind])
    assert (door.heard, response.status) == ([kind], 200)
    assert kind in str(response.body)


async def test_a_listener_found_by_name_costs_no_question_to_the_others(door: Door) -> None:
    async def ask(payload: dict[str, Any]) -> bool:
        door.heard.append("asked")
        return False

    door.app.command("/other", matchers=[ask])(door.listener("other"))
    door.app.command("/greenlight")(door.listener("mine"))
    await door.deliver(BODIES["command"])
    assert door.heard == ["mine"]


async def test_what_has_no_plain_name_goes_bolts_own_way(door: Door) -> None:
    async def never(payload: dict[str, Any]) -> bool:
        return False

    door.app.command("/greenlight", matchers=[never])(door.listener("guarded"))
    door.app.command("/greenlight")(door.listener("plain"))
    await door.deliver(BODIES["command"])
    assert door.heard == ["plain"]
    await door.deliver({**BODIES["command"], "command": "/unknown"})
    assert door.heard == ["plain", "BoltUnhandledRequestError"]


async def test_a_middleware_that_is_registered_later_still_stands_before_the_listeners(door: Door) -> None:
    async def turn_away(body: dict[str, Any]) -> BoltResponse:
        door.heard.append("turned away")
        return BoltResponse(status=503)

    door.app.command("/greenlight")(door.listener("mine"))
    door.app.middleware(turn_away)
    response = await door.deliver(BODIES["command"])
    assert (door.heard, response.status) == (["turned away"], 503)


async def test_a_middleware_that_lets_pass_leaves_the_answer_to_the_listener(door: Door) -> None:
    async def watch(body: dict[str, Any], next: Any) -> None:  # noqa: A002
        door.heard.append("watched")
        await next()

    door.app.middleware(watch)
    door.app.command("/greenlight")(door.listener("mine"))
    response = await door.deliver(BODIES["command"])
    assert (door.heard, response.status, response.body) == (["watched", "mine"], 200, "mine")


async def test_a_listener_that_wants_more_than_the_payload_gets_it_from_bolt(door: Door) -> None:
    async def pressed(ack: AsyncAck, action: dict[str, Any]) -> None:
        door.heard.append(action["block_id"])
        await ack()

    door.app.action("approve")(pressed)
    assert await door.app.answer(dict(BODIES["action"])) is None
    response = await door.deliver(BODIES["action"])
    assert (door.heard, response.status) == (["b"], 200)


async def test_a_listener_that_never_answers_is_no_success(door: Door) -> None:
    async def forgetful(ack: AsyncAck) -> None:
        door.heard.append("heard")

    door.app.command("/greenlight")(forgetful)
    response = await door.deliver(BODIES["command"])
    assert (door.heard, response.status) == (["heard"], 404)


async def test_slacks_own_check_meets_no_listener(door: Door) -> None:
    door.app.command("/greenlight")(door.listener("mine"))
    response = await door.deliver({**BODIES["command"], "ssl_check": "1"})
    assert (door.heard, response.status) == ([], 200)


@pytest.mark.parametrize("text", ["a b+c&d=é%", "", '{"x": "<&>"}', "100 %zz"])
async def test_what_was_typed_arrives_as_it_was_typed(door: Door, text: str) -> None:
    async def listen(ack: AsyncAck, body: dict[str, Any]) -> None:
        door.heard.append(body["text"])
        await ack()

    door.app.command("/greenlight")(listen)
    await door.deliver({**BODIES["command"], "text": text})
    assert door.heard == [text]


async def test_a_listener_that_raises_is_heard_by_the_error_handler(door: Door) -> None:
    async def broken(ack: AsyncAck) -> None:
        raise ValueError

    door.app.command("/greenlight")(broken)
    await door.deliver(BODIES["command"])
    assert door.heard == ["ValueError"]


async def test_an_app_that_hears_of_no_errors_still_answers_by_name_and_says_that_it_failed() -> None:
    app = NamedApp(token="xoxb-test", signing_secret="s", request_verification_enabled=False)

    async def broken(ack: AsyncAck) -> None:
        raise ValueError

    app.command("/greenlight")(broken)
    answered = await app.answer(dict(BODIES["command"]))
    assert answered is not None
    assert answered.status == 500


@pytest.mark.parametrize(
    "body",
    [
        {"type": "block_actions", "actions": "x"},
        {"type": "block_actions", "actions": [None]},
        {"type": "view_submission", "view": None},
        {"type": "shortcut"},
        {"type": "shortcut", "callback_id": "x", "event": "x"},
        {"type": "unheard of", "event": "x"},
        {"type": "unheard of", "event": None},
        {},
    ],
)
async def test_a_strange_payload_meets_nobody(door: Door, body: dict[str, Any]) -> None:
    door.app.action("approve")(door.listener("approve"))
    request = AsyncBoltRequest(body={**body, **PEOPLE}, mode="socket_mode")
    assert isinstance(door.app, NamedApp)
    await dispatch(door.app, request.body, {}, "socket_mode")
    assert set(door.heard) <= {"BoltUnhandledRequestError"}
