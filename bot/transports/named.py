"""A Bolt app that hands a command, shortcut, button or form straight to the listener of that name.

Bolt sends every payload through its middlewares, gathers two dozen arguments and asks one listener after the
other. What is registered under a plain name, and wants nothing but `ack` and `body`, is kept in a dictionary
as well; `answer` finds it there, with the same middlewares of ours before it and the same error handler
behind it. Everything else (events, Slack's own checks, patterns) goes Bolt's way.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp

Listener = Callable[..., Awaitable[Any]]
Register = Callable[[Listener], Any]
Name = tuple[str, str]
log = structlog.get_logger(__name__)
_SHORTCUTS = ("shortcut", "message_action")  # compared, not hashed: a type may be anything


class NamedApp(AsyncApp):
    """`AsyncApp` whose commands, shortcuts, buttons and forms are found by name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._by_name: dict[Name, _Called] = {}
        self._guards: list[_Called] = []
        self._complaints: _Called | None = None

    async def answer(self, body: dict[str, Any]) -> BoltResponse | None:
        """Let the listener of this name answer; None when there is none, and Bolt has to look."""
        listener = self._by_name.get(_name(body))
        if listener is None or "ssl_check" in body:
            return None
        try:
            return await _through(self._guards, listener, body)
        except Exception as error:  # noqa: BLE001  # as Bolt does; what it was is the handler's matter
            return await self._complain(error, body)

    async def _complain(self, error: Exception, body: dict[str, Any]) -> BoltResponse:
        if self._complaints is None:
            log.error("listener_failed", error=type(error).__name__)
            return BoltResponse(status=500)
        answered = await self._complaints(error=error, body=body)
        return answered if isinstance(answered, BoltResponse) else BoltResponse(status=500)

    def middleware(self, *args: Any) -> Any:
        """Stand before every listener, those that are found by name included."""
        guards = [_Called(one, {"body", "next"}) for one in args]
        self._guards += guards
        return super().middleware(*args)

    def error(self, func: Listener) -> Listener:
        """Hear of every listener that raised."""
        self._complaints = _Called(func, {"error", "body"})
        return super().error(func)

    def command(self, command: Any, *args: Any, **options: Any) -> Register:
        """Listen to a slash command."""
        return self._named("command", command, super().command(command, *args, **options), args or options)

    def shortcut(self, constraints: Any, *args: Any, **options: Any) -> Register:
        """Listen to a shortcut."""
        usual = super().shortcut(constraints, *args, **options)
        return self._named("shortcut", constraints, usual, args or options)

    def action(self, constraints: Any, *args: Any, **options: Any) -> Register:
        """Listen to a button or another element."""
        return self._named(
            "action", constraints, super().action(constraints, *args, **options), args or options
        )

    def view(self, constraints: Any, *args: Any, **options: Any) -> Register:
        """Listen to a form that is sent."""
        return self._named("view", constraints, super().view(constraints, *args, **options), args or options)

    def _named(self, kind: str, name: Any, usual: Register, special: object) -> Register:
        def register(listener: Listener) -> Any:
            called = _Called(listener, {"ack", "body"})
            if isinstance(name, str) and not special and called.is_content:
                self._by_name.setdefault((kind, name), called)
            return usual(listener)

        return register


class _Called:
    """A function that is called with those arguments that it names, as Bolt calls its functions."""

    def __init__(self, function: Listener, offered: set[str]) -> None:
        wanted = set(inspect.signature(function).parameters)
        self.is_content = wanted <= offered
        self._function = function
        self._wanted = tuple(wanted & offered)

    async def __call__(self, **offered: Any) -> Any:
        return await self._function(**{name: offered[name] for name in self._wanted})


async def _through(guards: Sequence[_Called], listener: _Called, body: dict[str, Any]) -> BoltResponse:
    """Ask the guards in turn; who does not call `next` answers in the listener's place."""
    if not guards:
        return await _heard(listener, body)
    passed: list[BoltResponse] = []

    async def go_on() -> BoltResponse:
        passed.append(await _through(guards[1:], listener, body))
        return passed[0]

    said = await guards[0](body=body, next=go_on)
    answers: Iterable[BoltResponse] = [said] if isinstance(said, BoltResponse) else passed
    return next(iter(answers), BoltResponse(status=404))


async def _heard(listener: _Called, body: dict[str, Any]) -> BoltResponse:
    ack = AsyncAck()
    said = await listener(ack=ack, body=body)
    if isinstance(said, BoltResponse):
        return said
    return ack.response or BoltResponse(status=404)


def _name(body: Mapping[str, Any]) -> Name:
    """What a payload asks for; empty for what only Bolt's own matching can tell (events, old dialogs)."""
    kind = body.get("type")
    if kind is None and "command" in body:
        return "command", str(body["command"])
    if kind == "block_actions":
        actions = body.get("actions")
        first = actions[0] if isinstance(actions, list) and actions else None
        return "action", str(first.get("action_id")) if isinstance(first, Mapping) else ""
    if kind == "view_submission":
        view = body.get("view")
        return "view", str(view.get("callback_id")) if isinstance(view, Mapping) else ""
    return ("shortcut", str(body.get("callback_id"))) if kind in _SHORTCUTS else ("", "")
