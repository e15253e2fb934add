"""The payloads of interactions and events, shaped as the real Slack sends them.

Shapes: docs.slack.dev reference of interaction payloads, slash commands and the Events API.
"""

from typing import Any

from bot.sandbox.slack.forms import state
from bot.sandbox.slack.model import Channel, Json, Message, User, View
from bot.sandbox.slack.world import World

VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105 - deprecated field, present in real payloads


def view_json(world: World, view: View) -> Json:
    """A view as Slack returns and sends it."""
    body: Json = {
        "id": view.id,
        "team_id": world.team_id,
        "type": view.type,
        "blocks": view.blocks,
        "private_metadata": view.private_metadata,
        "callback_id": view.callback_id,
        "state": {"values": state(view)},
        "hash": view.hash,
        "title": view.title,
        "clear_on_close": view.clear_on_close,
        "notify_on_close": view.notify_on_close,
        "close": view.close,
        "submit": view.submit,
        "previous_view_id": view.previous_view_id,
        "root_view_id": view.root_view_id,
        "app_id": world.app_id,
        "external_id": view.external_id,
        "app_installed_team_id": world.team_id,
        "bot_id": world.bot_id,
    }
    return body


def _who(world: World, user: User) -> Json:
    return {
        "team": {"id": world.team_id, "domain": world.team_domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
        "api_app_id": world.app_id,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def slash(world: World, user: User, channel: Channel, command: str, text: str, **ids: str) -> Json:
    """A slash command; `ids` are its trigger_id and response_url."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": world.team_id,
        "team_domain": world.team_domain,
        "channel_id": channel.id,
        "channel_name": channel.payload_name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": world.app_id,
        "is_enterprise_install": "false",
        **ids,
    }


def shortcut(world: World, user: User, callback_id: str, trigger_id: str) -> Json:
    """A global shortcut."""
    body = {
        "type": "shortcut",
        "action_ts": world.new_ts(),
        "callback_id": callback_id,
        "trigger_id": trigger_id,
    }
    return body | _who(world, user)


def message_shortcut(
    world: World, user: User, callback_id: str, message: Message, channel: Channel, **ids: str
) -> Json:
    """A message shortcut; `ids` are its trigger_id and response_url."""
    return {
        "type": "message_action",
        "action_ts": world.new_ts(),
        "callback_id": callback_id,
        "message_ts": message.ts,
        "message": message.to_json(),
        "channel": {"id": channel.id, "name": channel.payload_name},
        **_who(world, user),
        **ids,
    }


def action(world: World, block: Json, element: Json, chosen: Json | None) -> Json:
    """One entry of `actions`: the element that was used and what it holds now."""
    body: Json = {
        "type": element["type"],
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        "action_ts": world.new_ts(),
    }
    for name in ("text", "value", "style", "placeholder", "confirm", "url"):
        if name in element:
            body[name] = element[name]
    return body | (chosen or {})


def message_actions(
    world: World, user: User, message: Message, channel: Channel, entry: Json, **ids: str
) -> Json:
    """`block_actions` from a message; an ephemeral one carries no `message`, as in Slack."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    body: Json = {
        "type": "block_actions",
        **_who(world, user),
        "container": container,
        "channel": {"id": channel.id, "name": channel.payload_name},
        "state": {"values": state(message)},
        "actions": [entry],
        **ids,
    }
    if message.ephemeral_to is None:
        body["message"] = message.to_json(metadata=True)
    return body


def view_actions(world: World, user: User, view: View, entry: Json, trigger_id: str) -> Json:
    """`block_actions` from a modal or the Home tab."""
    return {
        "type": "block_actions",
        **_who(world, user),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger_id,
        "view": view_json(world, view),
        "actions": [entry],
    }


def view_submission(world: World, user: User, view: View, trigger_id: str) -> Json:
    """The submission of a modal."""
    return {
        "type": "view_submission",
        **_who(world, user),
        "trigger_id": trigger_id,
        "view": view_json(world, view),
        "response_urls": [],
    }


def view_closed(world: World, user: User, view: View, *, cleared: bool) -> Json:
    """The closing of a modal that asked to be told."""
    return {
        "type": "view_closed",
        **_who(world, user),
        "view": view_json(world, view),
        "is_cleared": cleared,
    }


def event(world: World, inner: dict[str, Any]) -> Json:
    """An Events API callback around one event."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": world.team_id,
        "api_app_id": world.app_id,
        "event": inner,
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": int(world.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": world.team_id,
                "user_id": world.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": world.new_id("4-"),
    }
