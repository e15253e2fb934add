"""Who is at the door and what do they bring: Slack's payloads, read as if a stranger had written them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.policy import Refusal
from bot.domain.request import Place
from bot.views.actions import Target, unpack

TEXT = 4000  # characters of any text that are read
_NOTHING: Mapping[str, Any] = {}
_USER = re.compile(r"[UW][A-Z0-9]{1,30}")


def _text(within: Mapping[str, Any], name: str) -> str:
    value = within.get(name)
    if not isinstance(value, str):
        return ""
    found = value[:TEXT]  # JSON can hold half of a surrogate pair, which no answer of ours can carry back
    return found if found.isascii() else found.encode(errors="replace").decode()


def _thing(within: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = within.get(name)
    return value if isinstance(value, dict) else _NOTHING


def _pressed(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first element that was pressed; raises `NotAllowed` when what stands there is no such list."""
    actions = body.get("actions", ())
    if not isinstance(actions, list | tuple) or not all(isinstance(one, Mapping) for one in actions):
        raise NotAllowed(Refusal.UNKNOWN_PERSON)
    return actions[0] if actions else _NOTHING


def _message(body: Mapping[str, Any]) -> Place | None:
    """The message that was pressed on, when it stands in a channel by itself."""
    found = _thing(body, "container")
    channel, ts = _text(found, "channel_id"), _text(found, "message_ts")
    stands = channel and ts and not (_text(found, "thread_ts") or found.get("is_ephemeral"))
    return Place(channel=channel, ts=ts) if stands else None


@dataclass(frozen=True)
class Visit:
    """One thing a person did, whatever Slack calls it; `key` is the same for every delivery of it."""

    kind: str
    user_id: str
    team_id: str
    key: str
    trigger_id: str = ""
    response_url: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    form: str = ""
    view_id: str = ""
    view_hash: str = ""
    target: Target | None = None
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    group: str = ""
    chosen: str = ""
    home: str | None = None  # what the Home tab showed when it was opened, or pressed there
    message: Place | None = None

    @property
    def request_id(self) -> str:
        """The request that was pressed on; raises `NotFound` for a button that is none of ours."""
        return self.pressed.request_id

    @property
    def pressed(self) -> Target:
        """The same with the fingerprint of what was on screen."""
        if self.target is None:
            raise NotFound("(unreadable)")
        return self.target


def visit(body: Mapping[str, Any]) -> Visit:
    """Read a payload; raises `NotAllowed` for one that cannot be Slack's."""
    if not isinstance(body, Mapping):
        raise NotAllowed(Refusal.UNKNOWN_PERSON)
    pressed, view, event = _pressed(body), _thing(body, "view"), _thing(body, "event")
    user, kind = _thing(body, "user"), _text(body, "type")
    chosen = _text(pressed, "value")
    metadata, shown = _text(view, "private_metadata"), view or _thing(event, "view")
    return Visit(
        kind=kind or ("command" if _text(body, "command") else ""),
        user_id=_person(body),
        # The person's own team where Slack says it: in a shared channel it is not the channel's.
        team_id=_text(user, "team_id") or _text(_thing(body, "team"), "id") or _text(body, "team_id"),
        key=_key(kind, body, view, pressed),
        trigger_id=_text(body, "trigger_id"),
        response_url=_text(body, "response_url"),
        text=_text(body, "text"),
        form=_text(view, "callback_id"),
        view_id=_text(view, "id"),
        view_hash=_text(view, "hash"),
        target=unpack(chosen or metadata),
        values=_thing(_thing(view, "state"), "values"),
        group=_text(event, "subteam_id") or _text(_thing(event, "subteam"), "id"),
        chosen=chosen or _text(_thing(pressed, "selected_option"), "value"),
        home=_text(shown, "private_metadata") if _text(shown, "type") == "home" else None,
        message=_message(body),
    )


def user_of(body: Mapping[str, Any]) -> str:
    """Read no more than who it was; empty where a payload does not say."""
    return _text(_thing(body, "user"), "id") or _text(body, "user_id") or _text(_thing(body, "event"), "user")


def _person(body: Mapping[str, Any]) -> str:
    """Who it was; only an event may be nobody's. An id names work and what is remembered: no other text."""
    found = user_of(body)
    if not (_USER.fullmatch(found) if found else _text(body, "event_id")):
        raise NotAllowed(Refusal.UNKNOWN_PERSON)
    return found


def _key(kind: str, body: Mapping[str, Any], view: Mapping[str, Any], pressed: Mapping[str, Any]) -> str:
    """Name the click: the same for every delivery of one, different for two clicks on one button."""
    if kind == "view_submission":
        return f"view:{_text(view, 'id')}:{_text(view, 'hash')}"
    if event := _text(body, "event_id"):
        return f"event:{event}"
    asked = _text(pressed, "action_id") or _text(body, "command")
    return f"{asked}:{_text(body, 'trigger_id') or _text(pressed, 'action_ts')}"
