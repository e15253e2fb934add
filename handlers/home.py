"""The Home tab: what this person may see, whenever they look, through the filter and page they chose."""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import GreenlightError
from bot.domain.lens import Lens, lens
from bot.views import actions as a
from handlers.actor import Visit, visit
from handlers.doorstep import Doorstep

log = structlog.get_logger(__name__)


class Home:
    """The listeners of the Home tab."""

    def __init__(self, doorstep: Doorstep) -> None:
        self._doorstep = doorstep

    def register(self, app: AsyncApp) -> None:
        """Listen to people who open it, choose a filter or turn a page."""
        app.event("app_home_opened")(self.opened)
        for action_id in (a.HOME_FILTER, a.HOME_PREVIOUS, a.HOME_NEXT):
            app.action(action_id)(self.turn)

    async def opened(self, body: dict[str, Any], event: dict[str, Any]) -> None:
        """Publish it after the answer; the Messages tab sends the same event and needs nothing."""
        if event.get("tab") == "home":
            guest = visit(body)
            # What they looked at last is in the view that Slack shows them at this moment.
            self._show(guest, lens(guest.home or ""))

    async def turn(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Show another filter (from its first page) or another page."""
        guest = visit(body)
        await ack()
        chosen = guest.chosen if ":" in guest.chosen else f"{guest.chosen}:0"
        self._show(guest, lens(chosen))

    def _show(self, guest: Visit, seen: Lens) -> None:
        self._doorstep.inflight.spawn(self._publish(guest, seen))

    async def _publish(self, guest: Visit, seen: Lens) -> None:
        try:
            await self._doorstep.tab.opened(guest.user_id, guest.team_id, seen)
        except GreenlightError as error:  # whatever stood there before is still true enough
            log.warning("home_not_shown", error=type(error).__name__, user=guest.user_id)
