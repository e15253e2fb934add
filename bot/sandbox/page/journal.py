"""What happened between the bot and the world, in order: deliveries, calls, sockets, mails, your own acts."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from bot.sandbox.local import LocalWorld
from bot.sandbox.slack import Attempt, Call, Change, Delivery
from bot.sandbox.slack.model import Json

KEPT = 200
NEAR = 8
SOCKETS = {
    "open": "Socket Mode connection opened",
    "closed": "Socket Mode connection closed",
    "disconnect": "tells the bot to leave its connection",
    "close": "closes the connection",
    "reset": "the connection is reset",
    "half_open": "the connection is dead, and nobody has told the bot",
}


@dataclass(frozen=True)
class Entry:
    """One line; `who` is `you`, `slack`, `bot`; `bad` marks what did not go as hoped, `times` repetition."""

    number: int
    at: float
    who: str
    what: str
    bad: bool = False
    times: int = 1


class Journal:
    """Gathers from the parts of the world what is new since the last look."""

    def __init__(self, world: LocalWorld, clock: Callable[[], float]) -> None:
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self._world = world
        self._clock = clock
        self._numbers = 0
        self._seen: dict[str, int] = {}
        self._told: set[tuple[str, int]] = set()

    def note(self, who: str, what: str, *, bad: bool = False, at: float | None = None) -> None:
        """Add a line, or count one that has been said a moment ago (polling says the same for ever)."""
        self._numbers += 1
        again = next((one for one in list(self.entries)[-NEAR:] if (one.who, one.what) == (who, what)), None)
        times = 1
        if again is not None and who == "bot":
            self.entries.remove(again)
            times += again.times
        self.entries.append(Entry(self._numbers, self._clock() if at is None else at, who, what, bad, times))

    def hear(self, change: Change) -> None:
        """Add the lines that a change of the local Slack stands for, and what else is new."""
        if change.kind == "socket":
            what = change.data["what"]
            self.note("slack", SOCKETS.get(what, what), bad=what != "open")
        self.gather()

    def gather(self) -> None:
        """Add a line for every call, delivery and letter since the last look."""
        for delivery in self._world.slack.deliveries[-20:]:
            self._delivery(delivery)
        for call in self._new("slack", self._world.slack.calls):
            self._slack_call(call)
        for asked in self._new("openai", self._world.openai.calls):
            key = f"key ending {asked.last4 or '?'}"
            what = f"asks OpenAI {asked.method} {_short(asked.path)}, {key}: {asked.status}"
            self.note("bot", what, bad=asked.status >= 400, at=asked.at)
        for path in self._new("netskope", self._world.netskope.calls):
            self.note("bot", f"asks Netskope GET {path}")
        for letter in self._new("mail", self._world.mailbox.received):
            self.note("bot", f"sends mail to {', '.join(letter.recipients)}", at=letter.at)

    def to_json(self, last: int = 80) -> list[Json]:
        """The last lines, oldest first."""
        return [asdict(entry) for entry in list(self.entries)[-last:]]

    def _new(self, name: str, items: list[Any]) -> list[Any]:
        first, self._seen[name] = self._seen.get(name, 0), len(items)
        return items[first:]

    def _slack_call(self, call: Call) -> None:
        if call.method == "auth.test":
            return  # the bot keeps its connection warm with these
        outcome = "ok" if call.ok else f"{call.status or 'no answer'} {call.error or ''}".strip()
        self.note("bot", f"asks Slack {call.method}: {outcome}", bad=not call.ok, at=call.at)

    def _delivery(self, delivery: Delivery) -> None:
        for index, attempt in enumerate(delivery.attempts):
            if attempt.ms and (delivery.id, index) not in self._told:
                self._told.add((delivery.id, index))
                self.note("slack", self._attempt(delivery, attempt, index), bad=attempt.outcome != "acked")

    def _attempt(self, delivery: Delivery, attempt: Attempt, index: int) -> str:
        user = self._world.slack.world.users.get(delivery.user)
        again = f", attempt {index + 1}" if index else ""
        who = f" by {user.real_name}" if user else ""
        return f"delivers {_named(delivery)}{who}{again}: {attempt.outcome} in {attempt.ms:.0f} ms"


def _named(delivery: Delivery) -> str:
    payload = delivery.payload
    if delivery.kind == "slash_commands":
        return f"{payload['command']} {payload.get('text', '')}".strip()
    if actions := payload.get("actions"):
        return f"{delivery.type} {actions[0]['action_id']}"
    if delivery.kind == "events_api":
        return f"event {payload['event']['type']}"
    return delivery.type


def _short(path: str) -> str:
    return re.sub(r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}", "...", path)
