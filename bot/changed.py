"""What a saved change leaves beside the store: its metrics, and one line in the log."""

from __future__ import annotations

import structlog

from bot import metrics
from bot.domain.audit import Entry
from bot.domain.request import Request

log = structlog.get_logger(__name__)


def note(before: Request, after: Request, entry: Entry) -> None:
    """Count the change; a move, and what a person did, is a line at INFO, which names no person."""
    metrics.changed(before, after, entry.event)
    state = before.state.value if before.version else "new"
    tell = log.info if state != after.state or entry.by else log.debug
    tell("changed", request=after.id, seq=entry.seq, what=entry.event, before=state, after=after.state.value)
