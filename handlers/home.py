"""The Home tab: what this person may see, whenever they look."""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from bot.domain.errors import GreenlightError
from bot.domain.policy import Action, Actor, may
from bot.domain.request import OPEN, WATCHED, Request, State
from bot.views import home
from handlers.actor import Visit, visit
from handlers.doorstep import Doorstep, View

LOOKED_AT = 50  # the latest; `/greenlight list` is for more

log = structlog.get_logger(__name__)


class Home:
    """The listener of the Home tab."""

    def __init__(self, doorstep: Doorstep) -> None:
        self._doorstep = doorstep

    def register(self, app: AsyncApp) -> None:
        """Listen to people who open it."""
        app.event("app_home_opened")(self.opened)

    async def opened(self, body: dict[str, Any], event: dict[str, Any]) -> None:
        """Publish it after the answer; the Messages tab sends the same event and needs nothing."""
        if event.get("tab") == "home":
            self._doorstep.inflight.spawn(self._publish(visit(body)))

    async def _publish(self, guest: Visit) -> None:
        try:
            await self._doorstep.screens.publish(guest.user_id, await self._view(guest))
        except GreenlightError as error:  # whatever stood there before is still true enough
            log.warning("home_not_shown", error=type(error).__name__, user=guest.user_id)

    async def _view(self, guest: Visit) -> View:
        actor = await self._doorstep.actor(guest)
        found = await self._doorstep.service.visible(actor, limit=LOOKED_AT)
        return home.home(
            mine=[one for one in found if one.requester == actor.id and one.state in OPEN],
            waiting=[one for one in found if _may_decide(actor, one)],
            connected=[one for one in found if one.state in WATCHED],
            at=self._doorstep.clock(),
            terms=self._doorstep.terms,
            may_start=may(actor, Action.START) is None,
        )


def _may_decide(actor: Actor, request: Request) -> bool:
    return request.state is State.IN_REVIEW and may(actor, Action.APPROVE, request) is None
