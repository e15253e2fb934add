"""Who is at the door and what do they bring: Slack's payloads, read as if a stranger had written them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.policy import Refusal
from bot.domain.request import Place
from bot.views.actions import Target, unpack


def _text(value: object) -> str:
    return value[:4000] if isinstance(value, str) else ""


def _thing(value: object) -> object:
    return value if isinstance(value, Mapping) else {}


Text = Annotated[str, BeforeValidator(_text)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class _Named(_Part):
    id: Text = ""
    team_id: Text = ""


class _Option(_Part):
    value: Text = ""


class _Pressed(_Part):
    action_id: Text = ""
    action_ts: Text = ""
    value: Text = ""
    selected_option: Annotated[_Option, BeforeValidator(_thing)] = _Option()


class _State(_Part):
    values: Annotated[dict[str, Any], BeforeValidator(_thing)] = Field(default_factory=dict, repr=False)


class _View(_Part):
    id: Text = ""
    type: Text = ""
    hash: Text = ""
    callback_id: Text = ""
    private_metadata: Text = ""
    state: Annotated[_State, BeforeValidator(_thing)] = _State()


class _Event(_Part):
    user: Any = ""
    subteam_id: Text = ""
    subteam: Annotated[_Named, BeforeValidator(_thing)] = _Named()


class _Container(_Part):
    channel_id: Text = ""
    message_ts: Text = ""
    thread_ts: Text = ""
    is_ephemeral: Any = False


class _Payload(_Part):
    type: Text = ""
    command: Text = ""
    text: Text = ""
    user_id: Text = ""
    team_id: Text = ""
    trigger_id: Text = ""
    response_url: Text = ""
    event_id: Text = ""
    user: Annotated[_Named, BeforeValidator(_thing)] = _Named()
    team: Annotated[_Named, BeforeValidator(_thing)] = _Named()
    actions: list[_Pressed] = Field(default_factory=list)
    view: Annotated[_View, BeforeValidator(_thing)] = _View()
    event: Annotated[_Event, BeforeValidator(_thing)] = _Event()
    container: Annotated[_Container, BeforeValidator(_thing)] = _Container()

    @property
    def message(self) -> Place | None:
        """The message that was pressed on, when it stands in a channel by itself."""
        found = self.container
        stands = found.channel_id and found.message_ts and not (found.thread_ts or found.is_ephemeral)
        return Place(channel=found.channel_id, ts=found.message_ts) if stands else None


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
    home: str | None = None  # what the Home tab showed when it was pressed there
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
    try:
        found = _Payload.model_validate(body)
    except ValidationError:
        raise NotAllowed(Refusal.UNKNOWN_PERSON) from None
    pressed = found.actions[0] if found.actions else _Pressed()
    in_event = found.event.user if isinstance(found.event.user, str) else ""
    return Visit(
        kind=found.type or ("command" if found.command else ""),
        user_id=_required(found.user.id or found.user_id or in_event, found),
        # The person's own team where Slack says it: in a shared channel it is not the channel's.
        team_id=found.user.team_id or found.team.id or found.team_id,
        key=_key(found, pressed),
        trigger_id=found.trigger_id,
        response_url=found.response_url,
        text=found.text,
        form=found.view.callback_id,
        view_id=found.view.id,
        view_hash=found.view.hash,
        target=unpack(pressed.value or found.view.private_metadata),
        values=found.view.state.values,
        group=found.event.subteam_id or found.event.subteam.id,
        chosen=pressed.value or pressed.selected_option.value,
        home=found.view.private_metadata if found.view.type == "home" else None,
        message=found.message,
    )


def _required(user_id: str, found: _Payload) -> str:
    if not user_id and not found.event_id:
        raise NotAllowed(Refusal.UNKNOWN_PERSON)
    return user_id


def _key(found: _Payload, pressed: _Pressed) -> str:
    """Name the click: the same for every delivery of one, different for two clicks on one button."""
    if found.type == "view_submission":
        return f"view:{found.view.id}:{found.view.hash}"
    if found.event_id:
        return f"event:{found.event_id}"
    return f"{pressed.action_id or found.command}:{found.trigger_id or pressed.action_ts}"
