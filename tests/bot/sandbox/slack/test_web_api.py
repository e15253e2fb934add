"""Each documented refusal of the Web API is a row: what is called, and what Slack answers."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import DEFAULT_SCOPES, SlackSandbox
from bot.sandbox.slack.faults import TIERS
from bot.sandbox.slack.methods import METHODS
from bot.sandbox.slack.model import Message
from tests.bot.sandbox.slack.tiny_bot import CARD, FORM, SECOND

HOME = {"type": "home", "blocks": CARD}


def text(value: str) -> dict[str, str]:
    return {"type": "plain_text", "text": value}


def somebody_elses(slack: SlackSandbox) -> Message:
    return slack.person("U0OUTSIDE").say("C0SECURITY", "mine")


def own(slack: SlackSandbox, channel: str = "C0SECURITY", **fields: Any) -> Message:
    return slack.world.post(channel, slack.bot_user_id, "ours", **fields)


def trigger(slack: SlackSandbox, *, age: float = 0, used: bool = False) -> str:
    trigger_id = slack.world.new_trigger("U0ADMIN")
    slack.world.triggers[trigger_id].issued_at -= age
    slack.world.triggers[trigger_id].used = used
    return trigger_id


def modal_trigger(slack: SlackSandbox, depth: int) -> str:
    for level in range(depth):
        slack.world.open_view("U0ADMIN", FORM, push=level > 0)
    top = slack.person("U0ADMIN").top
    return slack.world.new_trigger("U0ADMIN", top.id if top else None)


def archived(slack: SlackSandbox) -> str:
    slack.world.archive("C0SECURITY")
    return "C0SECURITY"


def private(slack: SlackSandbox) -> str:
    return slack.world.add_channel("C0PRIVATE", "board", ["U0ADMIN"], is_private=True).id


def no_messages_tab(slack: SlackSandbox) -> str:
    slack.world.messages_tab_enabled = False
    return "U0ADMIN"


def no_home_tab(slack: SlackSandbox) -> str:
    slack.world.home_enabled = False
    return "U0ADMIN"


def taken(slack: SlackSandbox) -> dict[str, Any]:
    slack.world.open_view("U0REVIEW1", FORM | {"external_id": "one"})
    return FORM | {"external_id": "one"}


SAY = {"channel": "C0SECURITY", "text": "hi"}
Late = Callable[[SlackSandbox], Any]  # an argument that needs the world as it is when the call is made
ROWS: list[tuple[str, dict[str, Any], str]] = [
    ("chat.postMessage", {}, "invalid_arguments"),
    ("chat.postMessage", SAY | {"channel": "C0NOWHERE"}, "channel_not_found"),
    ("chat.postMessage", SAY | {"channel": "#security"}, "channel_not_found"),
    ("chat.postMessage", SAY | {"channel": private}, "channel_not_found"),
    ("chat.postMessage", SAY | {"channel": "U0GONE"}, "channel_not_found"),
    ("chat.postMessage", SAY | {"channel": "C0GENERAL"}, "not_in_channel"),
    ("chat.postMessage", SAY | {"channel": archived}, "is_archived"),
    ("chat.postMessage", SAY | {"channel": no_messages_tab}, "messages_tab_disabled"),
    ("chat.postMessage", {"channel": "C0SECURITY"}, "no_text"),
    ("chat.postMessage", {"channel": "C0SECURITY", "blocks": CARD}, "no_text"),
    ("chat.postMessage", SAY | {"text": "x" * 40_001}, "msg_too_long"),
    ("chat.postMessage", SAY | {"blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
    ("chat.postMessage", SAY | {"blocks": "{no json"}, "invalid_blocks_format"),
    ("chat.postMessage", SAY | {"thread_ts": "1.000001"}, "cannot_reply_to_message"),
    ("chat.postMessage", SAY | {"metadata": {"event_type": "x"}}, "invalid_metadata_format"),
    (
        "chat.postMessage",
        SAY | {"metadata": {"event_type": "x", "event_payload": 1}},
        "invalid_metadata_schema",
    ),
    ("chat.postEphemeral", SAY | {"user": "U0FOREIGN"}, "user_not_in_channel"),
    ("chat.postEphemeral", SAY | {"user": "U0GONE"}, "user_not_in_channel"),
    ("chat.postEphemeral", SAY | {"user": "U0ADMIN", "channel": "C0GENERAL"}, "not_in_channel"),
    ("chat.postEphemeral", SAY | {"user": "U0ADMIN", "channel": archived}, "is_archived"),
    ("chat.update", SAY | {"ts": "1.000001"}, "message_not_found"),
    ("chat.update", SAY | {"ts": lambda s: somebody_elses(s).ts}, "cant_update_message"),
    (
        "chat.update",
        SAY | {"ts": lambda s: own(s, s.world.im("U0ADMIN").id).ts, "channel": "U0ADMIN"},
        "channel_not_found",
    ),
    ("chat.update", SAY | {"ts": lambda s: own(s, ephemeral_to="U0ADMIN").ts}, "message_not_found"),
    ("chat.update", SAY | {"ts": lambda s: own(s).ts, "channel": archived}, "is_inactive"),
    ("chat.update", SAY | {"ts": lambda s: own(s).ts, "text": "x" * 4_001}, "msg_too_long"),
    ("chat.update", SAY | {"ts": lambda s: own(s).ts, "text": ""}, "no_text"),
    ("chat.update", SAY | {"ts": lambda s: own(s).ts, "blocks": [{}]}, "invalid_blocks"),
    ("chat.delete", {"channel": "C0SECURITY", "ts": "1.000001"}, "message_not_found"),
    ("chat.delete", {"channel": "C0SECURITY", "ts": lambda s: somebody_elses(s).ts}, "cant_delete_message"),
    ("chat.getPermalink", {"channel": "C0SECURITY", "message_ts": "1.000001"}, "message_not_found"),
    ("chat.getPermalink", {"channel": "C0NOWHERE", "message_ts": "1.000001"}, "channel_not_found"),
    ("conversations.info", {"channel": "C0NOWHERE"}, "channel_not_found"),
    ("conversations.info", {"channel": lambda s: s.world.im("U0ADMIN").id}, "missing_scope"),
    ("conversations.members", {"channel": private}, "channel_not_found"),
    ("conversations.history", {"channel": lambda s: s.world.im("U0ADMIN").id}, "missing_scope"),
    ("conversations.open", {}, "users_list_not_supplied"),
    ("conversations.open", {"users": "U0NOBODY"}, "user_not_found"),
    ("conversations.open", {"users": "U0GONE"}, "user_disabled"),
    ("conversations.open", {"users": "U0ADMIN,U0ADMIN2"}, "missing_scope"),
    ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
    ("users.lookupByEmail", {"email": "alice@acme.example"}, "missing_scope"),
    ("usergroups.users.list", {"usergroup": "S0NOWHERE"}, "no_such_subteam"),
    ("views.open", {"view": FORM}, "invalid_arguments"),
    ("views.open", {"view": FORM, "trigger_id": "1.2.abc"}, "invalid_trigger_id"),
    (
        "views.open",
        {"view": FORM, "trigger_id": lambda s: trigger(s, age=s.world.patience + 0.1)},
        "expired_trigger_id",
    ),
    ("views.open", {"view": FORM, "trigger_id": lambda s: trigger(s, used=True)}, "exchanged_trigger_id"),
    ("views.open", {"view": FORM | {"title": text("x" * 25)}, "trigger_id": trigger}, "invalid_arguments"),
    ("views.open", {"view": HOME, "trigger_id": trigger}, "invalid_arguments"),
    ("views.open", {"view": FORM | {"blocks": ["x" * 250_000]}, "trigger_id": trigger}, "view_too_large"),
    ("views.open", {"view": taken, "trigger_id": trigger}, "duplicate_external_id"),
    ("views.push", {"view": SECOND, "trigger_id": trigger}, "not_found"),
    ("views.push", {"view": SECOND, "trigger_id": lambda s: modal_trigger(s, 3)}, "push_limit_reached"),
    ("views.update", {"view": SECOND}, "invalid_arguments"),
    ("views.update", {"view": SECOND, "view_id": "V0NOWHERE"}, "not_found"),
    (
        "views.update",
        {"view": SECOND, "view_id": lambda s: s.world.open_view("U0ADMIN", FORM).id, "hash": "1.old"},
        "hash_conflict",
    ),
    (
        "views.publish",
        {"view": HOME, "user_id": lambda s: s.world.publish_home("U0ADMIN", HOME).user, "hash": "1.old"},
        "hash_conflict",
    ),
    ("views.publish", {"view": HOME, "user_id": "U0NOBODY"}, "invalid_arguments"),
    ("views.publish", {"view": FORM, "user_id": "U0ADMIN"}, "invalid_arguments"),
    ("views.publish", {"view": HOME, "user_id": no_home_tab}, "not_enabled"),
    ("no.such.method", {}, "unknown_method"),
]


async def refused(client: AsyncWebClient, method: str, args: dict[str, Any], *, as_json: bool = False) -> Any:
    with pytest.raises(SlackApiError) as caught:
        await (client.api_call(method, json=args) if as_json else client.api_call(method, data=args))
    return caught.value.response


def form(args: dict[str, Any]) -> dict[str, Any]:
    return {
        name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in args.items()
    }


def bodies(method: str) -> list[bool]:
    return [False, True] if method not in METHODS or METHODS[method].takes_json else [False]


@pytest.mark.parametrize(
    ("method", "args", "error", "as_json"),
    [
        pytest.param(
            method, args, error, as_json, id=f"{method}-{error}-{index}-{'json' if as_json else 'form'}"
        )
        for index, (method, args, error) in enumerate(ROWS)
        for as_json in bodies(method)
    ],
)
async def test_what_slack_refuses_is_refused_with_its_word(
    slack: SlackSandbox, client: AsyncWebClient, method: str, args: dict[str, Any], error: str, as_json: bool
) -> None:
    given = {name: value(slack) if callable(value) else value for name, value in args.items()}
    answer = await refused(client, method, given if as_json else form(given), as_json=as_json)
    assert answer["error"] == error
    assert (slack.calls[-1].method, slack.calls[-1].ok, slack.calls[-1].error) == (method, False, error)


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        ("", "auth.test", "not_authed"),
        ("xoxb-wrong", "auth.test", "invalid_auth"),
        ("app", "auth.test", "not_allowed_token_type"),
        ("bot", "apps.connections.open", "not_allowed_token_type"),
        ("xapp-wrong", "apps.connections.open", "invalid_auth"),
    ],
)
async def test_only_the_right_kind_of_token_is_let_in(
    slack: SlackSandbox, token: str, method: str, error: str
) -> None:
    token = {"app": slack.app_token, "bot": slack.bot_token}.get(token, token)
    client = AsyncWebClient(token=token or None, base_url=slack.url)
    assert (await refused(client, method, {}))["error"] == error


@pytest.mark.parametrize("method", [m for m in METHODS if METHODS[m].scopes])
async def test_every_method_asks_for_its_scope(method: str) -> None:
    async with SlackSandbox(scopes=["commands"]) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.url)
        answer = await refused(client, method, {})
    assert answer["error"] == "missing_scope"
    assert answer["needed"] in METHODS[method].scopes
    assert answer["provided"] == "commands"


async def test_the_granted_scopes_are_in_a_header(slack: SlackSandbox, client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert set(answer.headers["x-oauth-scopes"].split(",")) == set(DEFAULT_SCOPES)
    assert answer["url"] == "https://acme.slack.com/"


async def test_a_json_body_is_ignored_where_slack_takes_none(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    answer = await refused(client, "users.info", {"user": "U0ADMIN"}, as_json=True)
    assert answer["error"] == "invalid_arguments"


async def test_no_token_is_ever_recorded(slack: SlackSandbox) -> None:
    async with aiohttp.ClientSession() as session:
        await session.post(f"{slack.url}auth.test", data={"token": slack.bot_token, "x": "y"})
    assert slack.calls[-1].ok
    assert slack.calls[-1].args == {"x": "y"}


async def test_a_message_is_posted_edited_linked_pinned_and_deleted(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    metadata = {"event_type": "request", "event_payload": {"id": "GL-1"}}
    answer = await client.chat_postMessage(channel="C0SECURITY", text="A", blocks=CARD, metadata=metadata)
    reply = await client.chat_postMessage(channel="C0SECURITY", text="B", thread_ts=answer["ts"])
    message = slack.world.message("C0SECURITY", answer["ts"])
    assert message is not None
    assert message.metadata == metadata
    assert all(block["block_id"] for block in message.blocks)
    await client.chat_update(channel="C0SECURITY", ts=message.ts, text="C", blocks=[])
    assert (message.text, message.blocks, message.metadata) == ("C", [], metadata)
    link = await client.chat_getPermalink(channel="C0SECURITY", message_ts=reply["ts"])
    assert f"thread_ts={message.ts}" in link["permalink"]
    await client.chat_delete(channel="C0SECURITY", ts=reply["ts"])
    assert slack.world.messages("C0SECURITY", message.ts) == []


async def test_a_post_to_a_user_lands_in_the_direct_message(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    answer = await client.chat_postMessage(channel="U0ADMIN", text="psst")
    opened = await client.conversations_open(users="U0ADMIN")
    assert answer["channel"] == opened["channel"]["id"]
    assert [message.text for message in slack.person("U0ADMIN").dms()] == ["psst"]


async def test_history_is_read_newest_first_and_metadata_only_when_asked() -> None:
    async with SlackSandbox() as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.url)
        for word in ("a", "b"):
            metadata = {"event_type": word, "event_payload": {}}
            await client.chat_postMessage(channel="C0SECURITY", text=word, metadata=metadata)
        bare = await client.conversations_history(channel="C0SECURITY")
        full = await client.conversations_history(channel="C0SECURITY", include_all_metadata=True)
        nowhere = await refused(client, "conversations.replies", {"channel": "C0SECURITY", "ts": "1.000001"})
    assert [message["text"] for message in bare["messages"]] == ["b", "a"]
    assert "metadata" not in bare["messages"][0]
    assert full["messages"][0]["metadata"]["event_type"] == "b"
    assert nowhere["error"] == "thread_not_found"


@pytest.mark.parametrize(
    ("user", "flag"),
    [
        ("U0ADMIN", "is_admin"),
        ("U0GUEST", "is_restricted"),
        ("U0GONE", "deleted"),
        ("U0FOREIGN", "is_stranger"),
        ("U0BOT2", "is_bot"),
    ],
)
async def test_the_cast_is_told_apart_by_its_flags(
    slack: SlackSandbox, client: AsyncWebClient, user: str, flag: str
) -> None:
    info = (await client.users_info(user=user, include_locale=True))["user"]
    plain = (await client.users_info(user="U0OUTSIDE"))["user"]
    assert info[flag] is True
    assert not plain.get(flag)
    assert "email" not in info["profile"]


async def test_user_groups_and_members_are_listed(slack: SlackSandbox, client: AsyncWebClient) -> None:
    users = await client.usergroups_users_list(usergroup="S0SECURITY")
    assert users["users"] == ["U0REVIEW1", "U0REVIEW2"]
    assert [group["handle"] for group in (await client.usergroups_list())["usergroups"]] == ["security"]
    members = await client.conversations_members(channel="C0SECURITY")
    assert slack.bot_user_id in members["members"]
    assert (await client.conversations_info(channel="C0SECURITY"))["channel"]["is_member"] is True


async def test_an_update_keeps_the_view_id_changes_the_hash_and_keeps_what_was_typed(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    alice = slack.person("U0ADMIN")
    first = (await client.views_open(trigger_id=trigger(slack), view=FORM))["view"]
    alice.fill({"Workspace ID": "typed"})
    second = (await client.views_update(view_id=first["id"], hash=first["hash"], view=FORM))["view"]
    assert second["id"] == first["id"]
    assert second["hash"] != first["hash"]
    assert second["state"]["values"]["workspace"]["value"]["value"] == "typed"


DOCUMENTED = json.loads((Path(__file__).parent / "documented.json").read_text())["methods"]
# refusals that Slack gives from every method
COMMON = {"not_authed", "invalid_auth", "missing_scope", "not_allowed_token_type", "invalid_arguments"}
# our own strictness, or Slack's unlisted words: chat.postMessage cuts long texts, we refuse them
OURS = {
    ("chat.postMessage", "msg_too_long"),
    ("chat.postMessage", "not_in_channel"),
}


@pytest.mark.parametrize(("method", "error"), sorted({(m, e) for m, _, e in ROWS if m in DOCUMENTED}))
def test_every_refusal_is_documented_for_its_method(method: str, error: str) -> None:
    assert error in DOCUMENTED[method]["errors"] or error in COMMON or (method, error) in OURS


@pytest.mark.parametrize("method", sorted(METHODS.keys() & DOCUMENTED.keys()))
def test_scopes_body_and_tier_of_a_method_are_as_documented(method: str) -> None:
    documented = DOCUMENTED[method]
    assert set(METHODS[method].scopes) == set(documented["scopes"])
    assert METHODS[method].takes_json == documented["json"]
    assert set(METHODS[method].required) == set(documented["required"])
    assert TIERS.get(method, "t5") == documented["tier"]


def test_every_refusal_in_the_code_has_its_row() -> None:
    package = Path(__file__).parents[4] / "bot" / "sandbox" / "slack"
    code = "".join((package / f"{name}.py").read_text() for name in ("chat", "methods", "surfaces"))
    refusals = set(re.findall(r'Refusal\(\s*"(\w+)"', code))
    elsewhere = {"metadata_too_large", "users_not_found", "thread_not_found"}
    assert refusals - {error for _, _, error in ROWS} <= elsewhere


async def test_a_trigger_opens_one_modal_and_a_refused_modal_does_not_use_it_up(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    trigger_id = trigger(slack)
    await refused(client, "views.open", {"trigger_id": trigger_id, "view": HOME}, as_json=True)
    await client.views_open(trigger_id=trigger_id, view=FORM)
    again = await refused(client, "views.open", {"trigger_id": trigger_id, "view": FORM}, as_json=True)
    assert again["error"] == "exchanged_trigger_id"
    inside = modal_trigger(slack, 1)
    await client.views_push(trigger_id=inside, view=SECOND)
    assert [view.title_text for view in slack.world.stack("U0ADMIN")] == ["Connect ChatGPT", "Checking"]
    again = await refused(client, "views.push", {"trigger_id": inside, "view": SECOND}, as_json=True)
    assert again["error"] == "exchanged_trigger_id"
