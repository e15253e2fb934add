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
        app.event("user_change")(self.person_changed)
        app.event("tokens_revoked")(self.lost)
        app.event("app_uninstalled")(self.lost)

    async def group_changed(self, body: dict[str, Any]) -> None:
        """Ask anew who is in the group; somebody may have lost the right to decide."""
        self._doorstep.directory.invalidate(visit(body).group)

    async def person_changed(self, event: dict[str, Any]) -> None:
        """Ask anew who this is; whoever was deactivated may have made a key (comes only where subscribed)."""
        told = event.get("user")
        person = told if isinstance(told, dict) else {}
        user_id = person.get("id")
        if not isinstance(user_id, str):
            return
        self._doorstep.directory.invalidate_person(user_id)
        if person.get("deleted") and self._doorstep.departed:
            self._doorstep.inflight.spawn(self._doorstep.departed(user_id))

    async def lost(self, event: dict[str, Any]) -> None:
        """Say to the operator that the bot can no longer speak."""
        log.error("slack_access_lost", what=str(event.get("type"))[:40])
