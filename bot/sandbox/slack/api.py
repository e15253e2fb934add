"""What every Web API method shares: arguments, refusals, and how a conversation is looked up."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.model import Channel, Json
from bot.sandbox.slack.world import World


class Refusal(Exception):
    """The documented `error` of a method, with whatever else the answer carries."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra


def invalid(error: str, messages: list[str]) -> Refusal:
    """A refusal with the details where Slack puts them."""
    return Refusal(error, response_metadata={"messages": messages})


@dataclass(frozen=True)
class Caller:
    """The workspace and what the token may do."""

    world: World
    scopes: frozenset[str]

    def require(self, *scopes: str) -> None:
        """Refuse unless one of these scopes is granted."""
        if scopes and not self.scopes.intersection(scopes):
            raise Refusal("missing_scope", needed=scopes[0], provided=",".join(sorted(self.scopes)))


Args = Mapping[str, Any]
Handler = Callable[[Caller, Args], Json]


@dataclass(frozen=True)
class Method:
    """A Web API method: its handler, required arguments, scopes (any one is enough) and habits."""

    handler: Handler
    required: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    takes_json: bool = True
    app_token: bool = False


def structured(args: Args, name: str, error: str) -> Any:
    """An argument that is JSON: as it is in a JSON body, or decoded from a form field."""
    value = args.get(name)
    if not isinstance(value, str) or not value:
        return value or None
    try:
        return json.loads(value)
    except ValueError:
        raise invalid(error, [f"[ERROR] must be valid JSON [json-pointer:/{name}]"]) from None


def truthy(args: Args, name: str) -> bool:
    """A boolean argument, in JSON or in a form."""
    return str(args.get(name, "")).lower() in ("true", "1")


def conversation(caller: Caller, channel_id: Any) -> Channel:
    """A conversation that the bot can know of; `channel_not_found` otherwise."""
    channel = caller.world.channels.get(str(channel_id))
    if channel is None or (channel.is_private and caller.world.bot_user_id not in channel.members):
        raise Refusal("channel_not_found")
    return channel
