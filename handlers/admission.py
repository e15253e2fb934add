"""How much is let in at once: beyond that a click is answered at once with "later", and nothing is kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp

from bot import metrics
from bot.domain.errors import Busy
from handlers.actor import user_of
from handlers.doorstep import Doorstep
from handlers.errors import Complaints

MOST = 200  # each may wait some seconds for Slack; Slack itself takes about a hundred modals a minute

log = structlog.get_logger()


class Admission:
    """A middleware before all listeners."""

    def __init__(self, doorstep: Doorstep, complaints: Complaints, most: int = MOST) -> None:
        self._doorstep = doorstep
        self._complaints = complaints
        self._most = most

    def register(self, app: AsyncApp) -> None:
        """Stand before every listener."""
        app.middleware(self.admit)

    async def admit(
        self,
        body: dict[str, Any],
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002  # Bolt's name
    ) -> BoltResponse:
        """Let it in, or say that it is too much right now; events are left for Slack to bring again."""
        self._doorstep.arrived()
        self._greet(body)
        under_way = len(self._doorstep.inflight)
        if under_way < self._most:
            return await next()
        metrics.TURNED_AWAY.inc()
        if body.get("type") == "event_callback":
            return BoltResponse(status=503)
        if under_way < 2 * self._most or body.get("command") or body.get("type") == "view_submission":
            return await self._complaints.listener(Busy(), body)
        return BoltResponse(status=200)

    def _greet(self, body: dict[str, Any]) -> None:
        """Every answer of this task is in the person's language, the ones to errors included."""
        self._doorstep.greet(user_of(body))
