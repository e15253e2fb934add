"""Persons: what a human does in the Slack client, and what the client then shows.

A person uses only what is on the screen: a button that is not there cannot be pressed (`NotOnScreen`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.sandbox.slack import payloads
from bot.sandbox.slack.api import Refusal
from bot.sandbox.slack.blocks import elements
from bot.sandbox.slack.changes import Changes
from bot.sandbox.slack.delivery import Delivery, Kind
from bot.sandbox.slack.forms import (
    STATELESS,
    Human,
    NotOnScreen,
    by_label,
    find_input,
    inputs,
    key,
    own_problems,
    value_of,
)
from bot.sandbox.slack.model import Channel, Json, Message, User, View
from bot.sandbox.slack.surfaces import view_content
from bot.sandbox.slack.web import respond
from bot.sandbox.slack.world import MAX_STACK, World


class Slack(Protocol):
    """What a person needs of the sandbox."""

    world: World
    changes: Changes
    scopes: frozenset[str]

    @property
    def base(self) -> str:
        """The server's base URL, for response_urls."""

    async def deliver(self, kind: Kind, payload: Json, user: str) -> Delivery:
        """Hand an interaction to the bot and wait for its answer."""


@dataclass
class Submission:
    """What a person sees after pressing a modal's submit button; `errors` by visible label."""

    delivery: Delivery | None = None
    errors: dict[str, str] = field(default_factory=dict)
    view: View | None = None
    closed: bool = False
    shown_error: str | None = None


class Person:
    """One human at the Slack client."""

    def __init__(self, slack: Slack, user_id: str) -> None:
        self.id = user_id
        self._slack = slack
        self._world = slack.world

    def __repr__(self) -> str:
        return f"Person({self.user.real_name})"

    @property
    def user(self) -> User:
        """The account of this person."""
        return self._world.users[self.id]

    # --- what this person sees ---------------------------------------------------------------

    def ephemerals(self) -> list[Message]:
        """The "only visible to you" messages of this person, oldest first."""
        return [m for m in self._world.posted if m.ephemeral_to == self.id and not m.deleted]

    def dms(self) -> list[Message]:
        """The lasting messages of the bot to this person alone, oldest first, replies included."""
        im = self._world.im(self.id)
        posted = (m for m in self._world.posted if m.channel == im.id and m.user != self.id)
        return [m for m in posted if not m.deleted and m.ephemeral_to is None]

    @property
    def home(self) -> View | None:
        """The Home tab as published for this person."""
        return self._world.homes.get(self.id)

    @property
    def top(self) -> View | None:
        """The modal in front of this person, if any."""
        stack = self._world.stack(self.id)
        return stack[-1] if stack else None

    def can_see(self, message: Message) -> bool:
        """Whether a message is on this person's screen at all."""
        if message.deleted or message.ephemeral_to not in (None, self.id):
            return False
        channel = self._world.channels[message.channel]
        user = self.user
        guest = user.is_restricted or user.is_ultra_restricted or user.team_id != self._world.team_id
        return self.id in channel.members or not (channel.is_private or channel.is_im or guest)

    async def modal(self, title_contains: str | None = None, timeout: float = 60) -> View:  # noqa: ASYNC109
        """Wait until a modal (with this in its title) is in front of this person."""

        def shown() -> View | None:
            top = self.top
            return top if top and (title_contains or "") in top.title_text else None

        what = f"a modal {title_contains!r} for {self.id}" if title_contains else f"a modal for {self.id}"
        return await self._slack.changes.until(shown, what=what, timeout=timeout)

    # --- what this person does ---------------------------------------------------------------

    async def slash(self, command: str, text: str = "", channel: str | None = None) -> Delivery:
        """Type a slash command, in the general channel unless told where."""
        place = self._world.channels[channel or "C0GENERAL"]
        url = self._world.new_response_url(self._slack.base, "commands", self.id, place.id)
        ids = {"trigger_id": self._world.new_trigger(self.id), "response_url": url}
        payload = payloads.slash(self._world, self.user, place, command, text, **ids)
        delivery = await self._slack.deliver("slash_commands", payload, self.id)
        if delivery.ack:
            self._show_ack(delivery, url)
        return delivery

    def _show_ack(self, delivery: Delivery, url: str) -> None:
        token = url.rsplit("/", 1)[1]
        try:
            respond(self._world, self._world.response_urls[token], delivery.ack, self._slack.scopes)
        except Refusal as refusal:
            delivery.shown_error = f"invalid_command_response: {refusal.error}"

    async def shortcut(self, callback_id: str) -> Delivery:
        """Use a global shortcut."""
        trigger_id = self._world.new_trigger(self.id)
        payload = payloads.shortcut(self._world, self.user, callback_id, trigger_id)
        return await self._slack.deliver("interactive", payload, self.id)

    async def message_shortcut(self, message: Message, callback_id: str) -> Delivery:
        """Use a shortcut on a message."""
        channel = self._channel_of(message)
        ids = self._message_ids(message)
        payload = payloads.message_shortcut(self._world, self.user, callback_id, message, channel, **ids)
        return await self._slack.deliver("interactive", payload, self.id)

    def say(self, channel: str, text: str, thread_ts: str | None = None) -> Message:
        """Write an ordinary message; bots do not hear of it."""
        return self._world.post(channel, self.id, text, thread_ts=thread_ts)

    async def click(self, message: Message, label_or_action_id: str) -> Delivery:
        """Press a button in a message; a confirm dialog is answered with yes."""
        self._channel_of(message)
        block, element = find_button(message.blocks, label_or_action_id)
        return await self._use(message, block, element, None)

    async def click_home(self, label_or_action_id: str) -> Delivery:
        """Press a button in the Home tab."""
        if self.home is None:
            raise NotOnScreen("nothing is published on the Home tab")
        block, element = find_button(self.home.blocks, label_or_action_id)
        return await self._use(self.home, block, element, None)

    async def click_modal(self, label_or_action_id: str) -> Delivery:
        """Press a button inside the modal in front (not its submit or close button)."""
        view = self._front()
        block, element = find_button(view.blocks, label_or_action_id)
        return await self._use(view, block, element, None)

    async def choose(
        self, where: Message | View, label_or_action_id: str, option_label: Human
    ) -> Delivery | None:
        """Choose in a select, overflow, radio group ...; `None` if the app is not told (modal input)."""
        if isinstance(where, Message):
            self._channel_of(where)
        return await self._choose(where, *find_choice(where, label_or_action_id), option_label)

    async def press(
        self, where: Message | View, block_id: str, action_id: str, chosen: Human | None = None
    ) -> Delivery | None:
        """Use exactly this element (a page may hold many of one kind); `chosen` is for those with a value."""
        if isinstance(where, Message):
            self._channel_of(where)
        at = (block_id, action_id)
        exact = [(b, e) for b, e in elements(where.blocks) if (b["block_id"], e["action_id"]) == at]
        # an edit gives blocks new ids; a person who clicks at that moment still means the button they see
        block, element = exact[0] if exact else find_button(where.blocks, action_id)
        if chosen is None:
            return await self._use(where, block, element, None)
        return await self._choose(where, block, element, chosen)

    async def _choose(
        self, where: Message | View, block: Json, element: Json, human: Human
    ) -> Delivery | None:
        chosen = value_of(element, human)
        if element["type"] not in STATELESS:
            remembered = where.typed if isinstance(where, View) else where.selected
            remembered[key(block, element)] = chosen
        if block["type"] == "input" and not block.get("dispatch_action"):
            return None
        return await self._use(where, block, element, chosen)

    async def open_home(self) -> Delivery:
        """Open the app's Home tab."""
        im = self._world.im(self.id)
        inner: Json = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": im.id,
            "tab": "home",
            "event_ts": self._world.new_ts(),
        }
        if self.home:
            inner["view"] = payloads.view_json(self._world, self.home)
        return await self._slack.deliver("events_api", payloads.event(self._world, inner), self.id)

    # --- modals ------------------------------------------------------------------------------

    def fill(self, values: Mapping[str, Human]) -> None:
        """Type or choose in the modal in front, by visible label (or block id, or action id)."""
        view = self._front()
        for label, human in values.items():
            block, element = find_input(view, label)
            view.typed[key(block, element)] = value_of(element, human)
        self._world.refresh(view)

    async def submit(self, values: Mapping[str, Human] | None = None) -> Submission:
        """Fill in, press the submit button, and see what comes of it."""
        self.fill(values or {})
        view = self._front()
        if view.submit is None and not any(True for _ in inputs(view)):
            raise NotOnScreen(f"{view.title_text!r} has no submit button")
        if problems := own_problems(view):
            view.errors = problems
            self._world.refresh(view)
            return Submission(errors=by_label(view, problems), view=view)
        trigger_id = self._world.new_trigger(self.id, view.id)
        payload = payloads.view_submission(self._world, self.user, view, trigger_id)
        view.errors = {}
        delivery = await self._slack.deliver("interactive", payload, self.id)
        return self._after_submit(view, delivery)

    def _after_submit(self, view: View, delivery: Delivery) -> Submission:
        if delivery.shown_error is None:
            try:
                self._obey(view, delivery.ack or {})
            except Refusal as refusal:
                details = refusal.extra.get("response_metadata", {}).get("messages", [])
                delivery.shown_error = f"invalid view_submission response: {refusal.error} {details}"
        self._world.refresh(view)
        return Submission(
            delivery,
            by_label(view, view.errors),
            self.top,
            closed=view.closed,
            shown_error=delivery.shown_error,
        )

    def _obey(self, view: View, answer: Json) -> None:
        what = answer.get("response_action")
        if not answer:
            self._world.close_view(view)
        elif what == "clear":
            self._world.close_views(self.id)
        elif what == "errors":
            view.errors = self._field_errors(view, answer.get("errors"))
        elif what == "update":
            content = view_content(self._world, answer.get("view"), "modal", instead_of=view)
            self._world.update_view(view, content)
        elif what == "push":
            content = view_content(self._world, answer.get("view"), "modal")
            if len(self._world.stack(self.id)) >= MAX_STACK:
                raise Refusal("push_limit_reached")
            self._world.open_view(self.id, content, push=True)
        else:
            raise Refusal(f"unknown response_action {what!r}")

    def _field_errors(self, view: View, errors: Any) -> dict[str, str]:
        known = {block["block_id"] for _, block, _ in inputs(view)}
        if not isinstance(errors, dict) or not errors or not set(errors) <= known:
            raise Refusal(f"errors must name input blocks of the view, not {errors!r}")
        if not all(isinstance(words, str) and words for words in errors.values()):
            raise Refusal("errors must be texts")
        return dict(errors)

    async def close_modal(self) -> Delivery | None:
        """Close the modal in front; the app hears of it if the view asked for that."""
        view = self._front()
        cleared = view.clear_on_close
        payload = payloads.view_closed(self._world, self.user, view, cleared=cleared)
        if cleared:
            self._world.close_views(self.id)
        else:
            self._world.close_view(view)
        return await self._slack.deliver("interactive", payload, self.id) if view.notify_on_close else None

    def _front(self) -> View:
        if self.top is None:
            raise NotOnScreen(f"no modal is open for {self.id}")
        return self.top

    # --- delivering --------------------------------------------------------------------------

    def _channel_of(self, message: Message) -> Channel:
        if not self.can_see(message):
            raise NotOnScreen(f"{self.id} does not see this message")
        return self._world.channels[message.channel]

    def _message_ids(self, message: Message) -> dict[str, str]:
        base, world = self._slack.base, self._world
        url = world.new_response_url(base, "actions", self.id, message.channel, message)
        return {"trigger_id": world.new_trigger(self.id), "response_url": url}

    async def _use(self, where: Message | View, block: Json, element: Json, chosen: Json | None) -> Delivery:
        entry = payloads.action(self._world, block, element, chosen)
        if isinstance(where, View):
            inside = where.id if where.type == "modal" else None
            trigger_id = self._world.new_trigger(self.id, inside)
            payload = payloads.view_actions(self._world, self.user, where, entry, trigger_id)
        else:
            channel, ids = self._channel_of(where), self._message_ids(where)
            payload = payloads.message_actions(self._world, self.user, where, channel, entry, **ids)
        return await self._slack.deliver("interactive", payload, self.id)


def find_button(blocks: list[Json], label: str) -> tuple[Json, Json]:
    """The one button with this text or action id (or with this in its text); `NotOnScreen` otherwise."""
    buttons = [(block, element) for block, element in elements(blocks) if element["type"] == "button"]
    exact = [
        b
        for b in buttons
        if label.casefold() == b[1]["text"]["text"].casefold() or label == b[1]["action_id"]
    ]
    found = exact or [b for b in buttons if label.casefold() in b[1]["text"]["text"].casefold()]
    if len(found) == 1:
        return found[0]
    shown = [element["text"]["text"] for _, element in buttons]
    raise NotOnScreen(f"{len(found)} buttons {label!r}; there are {shown}")


def find_choice(where: Message | View, label: str) -> tuple[Json, Json]:
    """The one select, overflow, ... with this label, placeholder, block id or action id."""
    choices = [(b, e) for b, e in elements(where.blocks) if e["type"] != "button"]
    if found := [c for c in choices if label in _names(*c)]:
        return found[0]
    raise NotOnScreen(f"nothing to choose called {label!r}; there are {[list(_names(*c)) for c in choices]}")


def _names(block: Json, element: Json) -> Iterator[str]:
    yield block["block_id"]
    yield element["action_id"]
    for holder in (block.get("label"), block.get("text"), element.get("placeholder")):
        if holder:
            yield holder["text"]
