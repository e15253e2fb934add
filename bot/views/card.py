"""The one Slack message per request that always shows the present state (signature first)."""

from __future__ import annotations

from datetime import datetime

from bot.domain.lifecycle import Terms
from bot.domain.request import Request
from bot.views.blocks import Message


def card(request: Request, at: datetime, *, terms: Terms, permalink_base: str = "") -> Message:
    """Return the card as it stands at `at`."""
    raise NotImplementedError
