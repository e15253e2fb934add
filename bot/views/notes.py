"""What is said when something happened: a line in the card's thread, a message to the requester (signatures first)."""

from __future__ import annotations

from datetime import datetime

from bot.domain.audit import Entry
from bot.domain.lifecycle import Terms
from bot.domain.request import Request
from bot.views.blocks import Message


def note(request: Request, entry: Entry, terms: Terms) -> Message:
    """Return the thread message for one audit entry."""
    raise NotImplementedError


def tell(request: Request, entry: Entry, at: datetime, terms: Terms) -> Message:
    """Return the direct message to the requester for one audit entry, with the buttons of their turn."""
    raise NotImplementedError
