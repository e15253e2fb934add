"""All that one person's page shows, as one JSON document."""

from __future__ import annotations

import re
from email.message import EmailMessage

from bot.manifest import render
from bot.sandbox import local
from bot.sandbox.page.rehearsal import PEOPLE, Rehearsal
from bot.sandbox.slack.model import Channel, Json, Message, View
from bot.sandbox.slack.people import Person

KEY_STATES = {
    "pending": "No scopes yet",
    "read": "Read granted",
    "read_delete": "Read and delete granted",
    "revoked": "Revoked",
    "foreign_organization": "Of another organization",
    "blocked_ip": "Blocked by IP",
}


def screen(stage: Rehearsal, user_id: str) -> Json:
    """The document for one person; the rest of the world is the same for all."""
    person = stage.world.slack.person(user_id)
    return {
        "me": user_id,
        "slack": _slack(stage, person),
        "world": _world(stage),
        "log": stage.journal.to_json(),
    }


def _slack(stage: Rehearsal, person: Person) -> Json:
    world = stage.world.slack.world
    features = render()["features"]
    command = features["slash_commands"][0]
    return {
        "team": world.team_name,
        "locale": world.users[person.id].locale,
        "people": [
            {"id": one, "name": world.users[one].real_name, "role": role} for one, role in PEOPLE.items()
        ],
        "bot": world.bot_user_id,
        "names": _names(stage),
        "channels": [_channel(channel) for channel in _channels(stage, person)],
        "messages": [
            _message(message)
            for message in world.posted
            if person.can_see(message) and _mine(world.channels[message.channel], person)
        ],
        "modals": [_view(view) for view in world.stack(person.id)],
        "home": _view(person.home) if person.home else None,
        "commands": _commands(command["command"], command["usage_hint"], command["description"]),
        "shortcuts": [
            {"id": one["callback_id"], "name": one["name"], "about": one["description"]}
            for one in features["shortcuts"]
            if one["type"] == "global"
        ],
    }


def _names(stage: Rehearsal) -> dict[str, str]:
    world = stage.world.slack.world
    names = {user.id: user.real_name for user in world.users.values()}
    names |= {group.id: group.handle for group in world.groups.values()}
    return names | {channel.id: channel.name for channel in world.channels.values() if channel.name}


def _mine(channel: Channel, person: Person) -> bool:
    return channel.user == person.id if channel.is_im else person.id in channel.members


def _channels(stage: Rehearsal, person: Person) -> list[Channel]:
    return [channel for channel in stage.world.slack.world.channels.values() if _mine(channel, person)]


def _channel(channel: Channel) -> Json:
    return {"id": channel.id, "name": channel.name or "Greenlight", "dm": channel.is_im}


def _message(message: Message) -> Json:
    return {
        "channel": message.channel,
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "thread": message.thread_ts,
        "edited": message.edited_ts,
        "ephemeral": message.ephemeral_to is not None,
        "selected": message.selected,
    }


def _view(view: View) -> Json:
    return {
        "id": view.id,
        "hash": view.hash,
        "type": view.type,
        "title": view.title_text,
        "submit": (view.submit or {}).get("text"),
        "close": (view.close or {}).get("text"),
        "blocks": view.blocks,
        "typed": view.typed,
        "errors": view.errors,
    }


def _commands(command: str, hint: str, about: str) -> list[Json]:
    subcommands = re.search(r"\[([^\]]+\|[^\]]+)\]", hint)
    words = subcommands[1].split("|") if subcommands else []
    return [
        {"text": command, "about": about},
        *({"text": f"{command} {word}", "about": ""} for word in words),
    ]


def _world(stage: Rehearsal) -> Json:
    return {
        "run": stage.run,
        "ahead": stage.clock.ahead,
        "fast": stage.scale < 1,
        "workspace": local.WORKSPACE,
        "organization": local.ORGANIZATION,
        "key_states": KEY_STATES,
        "keys": _keys(stage),
        "netskope": _netskope(stage),
        "mail": [_letter(received.at, received.message) for received in stage.world.mailbox.received],
        "bad": _bad(stage),
    }


def _keys(stage: Rehearsal) -> list[Json]:
    return [
        {"last4": key.last4, "state": stage.calm_state(secret), "calls": key.calls}
        for secret, key in stage.world.openai.keys.items()
    ]


def _netskope(stage: Rehearsal) -> Json:
    tenant = stage.world.netskope
    instances = [
        {"name": one.name, "workspace": one.workspace_id, "green": tenant.green(one.name), "by": one.by}
        for one in tenant.instances.values()
    ]
    return {"app": local.APP, "tenant": tenant.tenant_url, "instances": instances}


def _letter(at: float, message: EmailMessage) -> Json:
    body = message.get_body(("plain",))
    heads = {name: str(message[name] or "") for name in ("From", "To", "Cc", "Reply-To", "Subject")}
    return {"at": at, "heads": heads, "body": body.get_content() if body else ""}


def _bad(stage: Rehearsal) -> Json:
    slack = stage.world.slack
    faults = sorted({str(fault) for fault in stage.world.netskope.faults.values()})
    last = slack.deliveries[-1] if slack.deliveries else None
    return {
        "bot": stage.bot_ready,
        "pid": stage.bot.pid if stage.bot and stage.bot_runs else 0,
        "redis": stage.redis_runs,
        "sockets": len(slack.sockets.hearing),
        "transport": stage.transport,
        "slack_faults": sum(fault.times for _, fault in slack.faults.queue),
        "doubled": slack.faults.doubled_deliveries,
        "openai": stage.openai_weather,
        "netskope": faults[0] if faults else "",
        "last": f"{last.type}" if last else "",
    }
