"""The local Slack as one object: start it, point a bot at it, be its people, and see what was said."""

import os
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterable
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import web

from bot.domain.pace import SLACK_SECONDS
from bot.sandbox.slack import payloads
from bot.sandbox.slack.changes import Change, Changes
from bot.sandbox.slack.delivery import Attempt, Deliverer, Delivery, Kind, SignedHttp
from bot.sandbox.slack.faults import Faults, RateLimits
from bot.sandbox.slack.model import Json
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.socket import How, SocketMode
from bot.sandbox.slack.web import Call, Tokens, WebApi
from bot.sandbox.slack.world import World

T = TypeVar("T")

DEFAULT_SCOPES = (
    "commands",
    "chat:write",
    "users:read",
    "usergroups:read",
    "channels:read",
    "groups:read",
    "im:write",
    "channels:history",
    "groups:history",
)


def waits() -> float:
    """How long this Slack waits for an answer: as Slack does, or longer on a machine that stalls."""
    return float(os.environ.get("GREENLIGHT_ACK_SECONDS") or SLACK_SECONDS)


class SlackSandbox:
    """A strict local Slack on the loopback interface; `port` 0 picks a free one.

    `rate_limits`: 0 for none, 1 for Slack's own, 10 for a Slack that takes ten times as much.
    `clock` (seconds since the epoch) stamps messages and lets trigger ids and response_urls expire; the
    `patience` for an ack, three seconds unless `GREENLIGHT_ACK_SECONDS` says more, is always real.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        clock: Callable[[], float] = time.time,
        rate_limits: float = 0,
        scopes: Iterable[str] = DEFAULT_SCOPES,
        patience: float | None = None,
    ) -> None:
        self.bot_token = "xoxb-sandbox-bot-token"  # noqa: S105 - worth nothing outside this process
        self.app_token = "xapp-1-A0GREEN-1-sandbox"  # noqa: S105
        self.signing_secret = "sandbox-signing-secret"  # noqa: S105
        self.scopes = frozenset(scopes)
        self.changes = Changes()
        self.world = World(clock, self.changes, patience or waits())
        self.faults = Faults()
        self.team_id, self.bot_user_id = self.world.team_id, self.world.bot_user_id
        self.app_id = self.world.app_id
        self.sockets = SocketMode(self.world)
        self.deliverer = Deliverer(self.sockets, self.changes, self.faults, clock)
        tokens = Tokens(self.bot_token, self.app_token)
        limits = RateLimits(lambda: time.monotonic() * rate_limits) if rate_limits else None
        self._api = WebApi(self.world, self.faults, tokens, self.scopes, self.sockets.open_url, limits)
        self._port = port
        self._runner: web.AppRunner | None = None
        self._https: list[SignedHttp] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Listen; from then on `url` is true."""
        app = web.Application(client_max_size=8 * 1024**2)
        app.add_routes([*self._api.routes(), *self.sockets.routes()])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.sockets.base = self.world.base = self.base

    async def close(self) -> None:
        """Cut everything off and stop listening."""
        self._api.release()
        await self.deliverer.close()
        await self.sockets.close()
        for http in self._https:
            await http.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self.changes.close()

    @property
    def base(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        """What the bot takes for `https://slack.com/api/`."""
        return f"{self.base}/api/"

    @property
    def calls(self) -> list[Call]:
        """Every Web API call and every use of a response_url, oldest first."""
        return self._api.calls

    @property
    def deliveries(self) -> list[Delivery]:
        """Everything that was delivered to the bot, oldest first."""
        return self.deliverer.deliveries

    def use_http(self, *events_urls: str) -> None:
        """From now on deliver by signed HTTP posts to this URL (to several in turn) instead of sockets."""
        http = SignedHttp(events_urls, self.signing_secret, self.world.patience)
        self._https.append(http)
        self.deliverer.transport = http

    def use_sockets(self) -> None:
        """From now on deliver by Socket Mode, as at the start."""
        self.deliverer.transport = self.sockets

    def person(self, user_id: str) -> Person:
        """Somebody of the cast, at the Slack client."""
        if user_id not in self.world.users:
            raise KeyError(user_id)
        return Person(self, user_id)

    async def deliver(self, kind: Kind, payload: Json, user: str) -> Delivery:
        """Hand an interaction or event to the bot and wait for its answer, at most three seconds."""
        return await self.deliverer.deliver(str(uuid.uuid4()), kind, payload, user)

    async def event(self, inner: Json, user: str = "") -> Delivery:
        """Send any Events API event, e.g. `subteam_members_changed`."""
        return await self.deliver("events_api", payloads.event(self.world, inner), user)

    async def redeliver(
        self, delivery: Delivery, *, twice_at_once: bool = False, reason: str = "http_timeout"
    ) -> list[Attempt]:
        """Deliver the very same payload again, now, once or twice at the same moment."""
        return await self.deliverer.redeliver(delivery, twice_at_once=twice_at_once, reason=reason)

    async def drop_sockets(self, how: How, reason: str = "refresh_requested") -> None:
        """Lose all Socket Mode connections; `reason` is that of a `disconnect` message."""
        await self.sockets.drop(how, reason)

    async def wait_for_socket(self, timeout: float = 60) -> None:  # noqa: ASYNC109
        """Wait until a bot is connected (and not half open)."""
        await self.until(lambda: self.sockets.hearing, what="a Socket Mode connection", timeout=timeout)

    async def until(self, predicate: Callable[[], T | None], *, what: str, timeout: float = 60) -> T:  # noqa: ASYNC109
        """The first truthy answer of `predicate`, asked after each change; `TimeoutError` names `what`."""
        return await self.changes.until(predicate, what=what, timeout=timeout)

    def subscribe(self) -> AsyncIterator[Change]:
        """Every change from now on."""
        return self.changes.subscribe()
