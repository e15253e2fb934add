"""What Slack tells about itself: groups that changed, tokens that died."""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp

from handlers.actor import visit
from handlers.doorstep import Doorstep

log = structlog.get_logger(__name__)


class Events:
    """Listeners of events that nobody clicked."""

    def __init__(self, doorstep: Doorstep) -> None:
        self._doorstep = doorstep

    def register(self, app: AsyncApp) -> None:
        """Listen to the events of the manifest."""
        app.event("subteam_members_changed")(self.group_changed)
        app.event("tokens_revoked")(self.lost)
        app.event("app_uninstalled")(self.lost)

    async def group_changed(self, body: dict[str, Any]) -> None:
        """Ask anew who is in the group; somebody may have lost the right to decide."""
        self._doorstep.directory.invalidate(visit(body).group)

    async def lost(self, event: dict[str, Any]) -> None:
        """Say to the operator that the bot can no longer speak."""
        log.error("slack_access_lost", what=str(event.get("type"))[:40])
