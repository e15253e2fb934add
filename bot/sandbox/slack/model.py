"""The nouns of the local Slack as plain data, each with the JSON shape that the real Slack sends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class User:
    """A member, guest, bot or stranger, with the flags of `users.info`."""

    id: str
    name: str
    real_name: str
    team_id: str
    email: str = ""
    is_admin: bool = False
    is_owner: bool = False
    is_primary_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    is_app_user: bool = False
    is_stranger: bool = False
    deleted: bool = False
    tz: str = "Europe/Berlin"
    tz_offset: int = 3600
    locale: str = "en-US"
    enterprise_user: Json | None = None

    def to_json(self, *, locale: bool = False, email: bool = False) -> Json:
        """The `user` object; `locale` only when asked for, `email` only with `users:read.email`."""
        profile = {"real_name": self.real_name, "display_name": self.real_name}
        if email and self.email:
            profile["email"] = self.email
        body: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": self.deleted,
            "profile": profile,
            "is_bot": self.is_bot,
            "is_app_user": self.is_app_user,
        }
        if self.deleted:
            return body  # Slack leaves the role flags out of a deactivated account
        flags = ("is_admin", "is_owner", "is_primary_owner", "is_restricted", "is_ultra_restricted")
        body |= {flag: getattr(self, flag) for flag in flags}
        body |= {"tz": self.tz, "tz_label": self.tz, "tz_offset": self.tz_offset}
        if self.is_stranger:
            body["is_stranger"] = True
        if self.enterprise_user:
            body["enterprise_user"] = self.enterprise_user
        if locale:
            body["locale"] = self.locale
        return body


@dataclass
class UserGroup:
    """A user group such as `@security`."""

    id: str
    handle: str
    name: str
    users: list[str]
    disabled: bool = False


@dataclass
class Channel:
    """A public or private channel, or a direct message between the bot and one user."""

    id: str
    name: str
    members: list[str] = field(default_factory=list)
    is_private: bool = False
    is_im: bool = False
    user: str | None = None
    is_archived: bool = False
    is_ext_shared: bool = False
    is_pending_ext_shared: bool = False

    def to_json(self) -> Json:
        """The `channel` object of `conversations.info`."""
        body: Json = {
            "id": self.id,
            "is_im": self.is_im,
            "is_archived": self.is_archived,
            "is_ext_shared": self.is_ext_shared,
            "is_pending_ext_shared": self.is_pending_ext_shared,
            "is_shared": self.is_ext_shared,
            "is_private": self.is_private,
        }
        if self.is_im:
            return body | {"user": self.user}
        return body | {"name": self.name, "is_channel": not self.is_private, "is_group": self.is_private}

    @property
    def payload_name(self) -> str:
        """What interactive payloads and slash commands call this conversation."""
        return "directmessage" if self.is_im else "privategroup" if self.is_private else self.name


@dataclass
class Message:
    """A message, or an ephemeral one when `ephemeral_to` names its only reader; edited in place."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    bot_id: str | None = None
    app_id: str | None = None
    edited_ts: str | None = None
    ephemeral_to: str | None = None
    deleted: bool = False
    edits: int = 0
    files: list[Json] = field(default_factory=list)  # ids and titles
    selected: dict[str, Json] = field(default_factory=dict)  # what a person has chosen, "block_id action_id"

    def to_json(self, *, metadata: bool = False) -> Json:
        """The `message` object."""
        body: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        if self.bot_id:
            body |= {"bot_id": self.bot_id, "app_id": self.app_id}
        if self.blocks:
            body["blocks"] = self.blocks
        if self.files:
            body["files"] = self.files
        if self.thread_ts:
            body["thread_ts"] = self.thread_ts
        if self.edited_ts:
            body["edited"] = {"user": self.user, "ts": self.edited_ts}
        if metadata and self.metadata:
            body["metadata"] = self.metadata
        return body


@dataclass
class Upload:
    """A file on its way: announced by length, sent once to its URL, shared once."""

    id: str
    token: str = field(repr=False)
    name: str
    length: int
    body: bytes | None = field(default=None, repr=False)
    title: str = ""
    used: bool = False
    shared: bool = False


@dataclass
class View:
    """A modal or a Home tab as one person has it on screen, with what was typed so far."""

    id: str
    user: str
    type: str
    blocks: list[Json]
    hash: str
    title: Json | None = None
    submit: Json | None = None
    close: Json | None = None
    private_metadata: str = ""
    callback_id: str = ""
    external_id: str = ""
    clear_on_close: bool = False
    notify_on_close: bool = False
    root_view_id: str = ""
    previous_view_id: str | None = None
    typed: dict[str, Json] = field(default_factory=dict, repr=False)  # "block_id action_id" -> state value
    errors: dict[str, str] = field(default_factory=dict)  # block_id -> the words under the field
    closed: bool = False

    @property
    def title_text(self) -> str:
        """The title as a person reads it."""
        return str((self.title or {}).get("text", ""))

    def adopt(self, content: Mapping[str, Any]) -> None:
        """Take over new content; what was typed under the same block and action id stays."""
        self.type = content["type"]
        self.blocks = content["blocks"]
        self.title, self.submit, self.close = (content.get(k) for k in ("title", "submit", "close"))
        self.private_metadata = content.get("private_metadata") or ""
        self.callback_id = content.get("callback_id") or ""
        self.external_id = content.get("external_id") or ""
        self.clear_on_close = bool(content.get("clear_on_close"))
        self.notify_on_close = bool(content.get("notify_on_close"))
        self.errors = {}


@dataclass
class Trigger:
    """A trigger id: valid three seconds, once, for one person and perhaps from inside a modal."""

    id: str
    user: str
    issued_at: float
    view_id: str | None = None
    used: bool = False


@dataclass
class ResponseUrl:
    """A response_url: five uses within thirty minutes, tied to a conversation and perhaps to a message."""

    token: str
    user: str
    channel: str
    issued_at: float
    message_ts: str | None = None
    ephemeral: bool = True
    uses: int = 0
