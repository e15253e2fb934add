"""The state of the local Slack: team, people, conversations, messages, views, trigger ids and response_urls.

Plain data and synchronous changes to it; every change is announced. Nothing here knows HTTP or sockets.
"""

import itertools
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from bot.sandbox.slack import cast
from bot.sandbox.slack.changes import Changes
from bot.sandbox.slack.model import (
    Channel,
    Json,
    Message,
    ResponseUrl,
    Trigger,
    Upload,
    User,
    UserGroup,
    View,
)

MAX_STACK = 3


class World:
    """One workspace."""

    def __init__(self, clock: Callable[[], float], changes: Changes, patience: float) -> None:
        self.patience = patience
        self.clock = clock
        self.changes = changes
        self.team_id, self.team_name, self.team_domain = cast.TEAM_ID, cast.TEAM_NAME, cast.TEAM_DOMAIN
        self.bot_user_id, self.bot_id, self.app_id = cast.BOT_USER_ID, cast.BOT_ID, cast.APP_ID
        self.home_enabled = True
        self.messages_tab_enabled = True
        self.users = {user.id: user for user in cast.users()}
        self.groups = {group.id: group for group in cast.groups()}
        self.channels = {channel.id: channel for channel in cast.channels()}
        self.posted: list[Message] = []
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.uploads: dict[str, Upload] = {}
        self.base = ""  # where this Slack listens, once it does
        self._by_ts: dict[tuple[str, str], Message] = {}
        self._last_ts = 0
        self._numbers = itertools.count(1)

    def number(self) -> int:
        """A number never used before, for ids."""
        return next(self._numbers)

    def new_id(self, prefix: str) -> str:
        """An id such as `V000000012`."""
        return f"{prefix}{self.number():09d}"

    def new_ts(self) -> str:
        """A message timestamp, in seconds with six decimals; never the same twice, always rising."""
        self._last_ts = max(self._last_ts + 1, round(self.clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    # --- people and places -------------------------------------------------------------------

    def add_user(
        self, user_id: str, real_name: str = "", *, channels: Iterable[str] = (), **flags: Any
    ) -> User:
        """Add a person; `flags` are the fields of `User`, e.g. `is_admin=True`."""
        name = str(flags.pop("name", user_id.lower()))
        team = str(flags.pop("team_id", self.team_id))
        user = self.users[user_id] = User(user_id, name, real_name or user_id, team, **flags)
        for channel in channels:
            self.join(user_id, channel)
        self.changes.announce("user", id=user_id)
        return user

    def add_channel(self, channel_id: str, name: str, members: Iterable[str] = (), **flags: Any) -> Channel:
        """Add a channel; `flags` are the fields of `Channel`, e.g. `is_private=True`."""
        channel = self.channels[channel_id] = Channel(channel_id, name, list(members), **flags)
        self.changes.announce("channel", id=channel_id)
        return channel

    def add_group(self, group_id: str, handle: str, users: Iterable[str]) -> UserGroup:
        """Add a user group."""
        group = self.groups[group_id] = UserGroup(group_id, handle, handle.title(), list(users))
        self.changes.announce("group", id=group_id)
        return group

    def join(self, user_id: str, channel_id: str) -> None:
        """Put a person into a channel."""
        members = self.channels[channel_id].members
        if user_id not in members:
            members.append(user_id)
        self.changes.announce("channel", id=channel_id)

    def leave(self, user_id: str, channel_id: str) -> None:
        """Take a person out of a channel."""
        members = self.channels[channel_id].members
        if user_id in members:
            members.remove(user_id)
        self.changes.announce("channel", id=channel_id)

    def remove_bot(self, channel_id: str) -> None:
        """Take the bot out of a channel."""
        self.leave(self.bot_user_id, channel_id)

    def archive(self, channel_id: str, *, archived: bool = True) -> None:
        """Archive a channel, or bring it back."""
        self.channels[channel_id].is_archived = archived
        self.changes.announce("channel", id=channel_id)

    def rename(self, channel_id: str, name: str) -> None:
        """Give a channel another name; its id stays."""
        self.channels[channel_id].name = name
        self.changes.announce("channel", id=channel_id)

    def im(self, user_id: str) -> Channel:
        """The direct message between the bot and one person, created when first needed."""
        for channel in self.channels.values():
            if channel.is_im and channel.user == user_id:
                return channel
        im_id = f"D0{user_id.removeprefix('U0')}"
        return self.add_channel(im_id, "", [self.bot_user_id, user_id], is_im=True, user=user_id)

    # --- messages ----------------------------------------------------------------------------

    def post(self, channel: str, user: str, text: str, **fields: Any) -> Message:
        """Add a message (or an ephemeral one, with `ephemeral_to`)."""
        message = Message(channel, self.new_ts(), user, text, **fields)
        if user == self.bot_user_id:
            message.bot_id, message.app_id = self.bot_id, self.app_id
        self.posted.append(message)
        self._by_ts[channel, message.ts] = message
        self.changed(message)
        return message

    def changed(self, message: Message) -> None:
        """Announce that a message is new or different."""
        self.changes.announce("message", channel=message.channel, ts=message.ts)

    def edit(self, message: Message, **fields: Any) -> None:
        """Replace parts of a message in place; choices made in it are forgotten."""
        for name, value in fields.items():
            setattr(message, name, value)
        message.edited_ts = self.new_ts()
        message.edits += 1
        message.selected.clear()
        self.changed(message)

    def delete(self, message: Message) -> None:
        """Delete a message, as the bot, an admin or retention would."""
        message.deleted = True
        self.changed(message)

    def message(self, channel: str, ts: str) -> Message | None:
        """A message that still exists, ephemeral ones included."""
        found = self._by_ts.get((channel, ts))
        return None if found is None or found.deleted else found

    def messages(self, channel: str, thread_ts: str | None = None) -> list[Message]:
        """The lasting messages of a conversation outside threads, or the replies in one thread."""
        return [
            message
            for message in self.posted
            if message.channel == channel
            and message.thread_ts == thread_ts
            and not message.deleted
            and message.ephemeral_to is None
        ]

    # --- views -------------------------------------------------------------------------------

    def stack(self, user_id: str) -> list[View]:
        """The open modals of a person, the top one last."""
        return self.stacks.setdefault(user_id, [])

    def view(self, view_id: str | None = None, external_id: str | None = None) -> View | None:
        """An open modal or a published Home by its id or external id."""
        views = itertools.chain(*self.stacks.values(), self.homes.values())
        wanted = (v for v in views if (v.id == view_id if view_id else v.external_id == external_id))
        return next(wanted, None)

    def open_view(self, user_id: str, content: Mapping[str, Any], *, push: bool = False) -> View:
        """Show a modal: instead of the open ones, or on top of them."""
        view = self._new_view(user_id, content)
        stack = self.stack(user_id)
        if not push:
            self.close_views(user_id)
        elif stack:
            view.root_view_id, view.previous_view_id = stack[0].root_view_id, stack[-1].id
        stack.append(view)
        self.changes.announce("view", user=user_id, id=view.id)
        return view

    def update_view(self, view: View, content: Mapping[str, Any]) -> View:
        """Replace the content of a view; its id stays, its hash changes."""
        view.adopt(content)
        view.hash = self._new_hash()
        kind = "home" if view.type == "home" else "view"
        self.changes.announce(kind, user=view.user, id=view.id)
        return view

    def publish_home(self, user_id: str, content: Mapping[str, Any]) -> View:
        """Set the Home tab of a person."""
        if home := self.homes.get(user_id):
            return self.update_view(home, content)
        home = self.homes[user_id] = self._new_view(user_id, content)
        self.changes.announce("home", user=user_id, id=home.id)
        return home

    def close_view(self, view: View) -> None:
        """Close one modal of a stack."""
        view.closed = True
        stack = self.stack(view.user)
        if view in stack:
            stack.remove(view)
        self.changes.announce("view", user=view.user, id=view.id)

    def close_views(self, user_id: str) -> None:
        """Close all modals of a person."""
        for view in list(self.stack(user_id)):
            self.close_view(view)

    def refresh(self, view: View) -> None:
        """Announce that something inside a view (typed text, errors) is different."""
        self.changes.announce("view", user=view.user, id=view.id)

    def _new_view(self, user_id: str, content: Mapping[str, Any]) -> View:
        view_id = self.new_id("V")
        view = View(view_id, user_id, "modal", [], self._new_hash(), root_view_id=view_id)
        view.adopt(content)
        return view

    def _new_hash(self) -> str:
        return f"{self.clock():.0f}.{secrets.token_hex(4)}"

    # --- one-time things ---------------------------------------------------------------------

    def new_trigger(self, user_id: str, view_id: str | None = None) -> str:
        """A fresh trigger id for something this person just did."""
        trigger_id = f"{self.number()}.{self.number()}.{secrets.token_hex(16)}"
        self.triggers[trigger_id] = Trigger(trigger_id, user_id, self.clock(), view_id)
        return trigger_id

    def new_response_url(
        self, base: str, kind: str, user: str, channel: str, message: Message | None = None
    ) -> str:
        """A fresh response_url; `kind` is `commands` or `actions`, `message` is what it may replace."""
        token = secrets.token_urlsafe(18)
        url = ResponseUrl(token, user, channel, self.clock())
        if message:
            url.message_ts, url.ephemeral = message.ts, message.ephemeral_to is not None
        self.response_urls[token] = url
        return f"{base}/{kind}/{self.team_id}/{token}"

    def snapshot(self) -> Json:
        """All that the page needs to draw the workspace, as JSON."""
        return {
            "team": {"id": self.team_id, "name": self.team_name, "domain": self.team_domain},
            "bot": self.bot_user_id,
            "users": [asdict(user) for user in self.users.values()],
            "groups": [asdict(group) for group in self.groups.values()],
            "channels": [asdict(channel) for channel in self.channels.values()],
            "messages": [asdict(message) for message in self.posted if not message.deleted],
            "modals": {
                user: [asdict(view) for view in views] for user, views in self.stacks.items() if views
            },
            "homes": {user: asdict(view) for user, view in self.homes.items()},
        }
