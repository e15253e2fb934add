"""What is left to do in other systems when a connection is retired, and who says it is done."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.domain.evidence import Stored


class Chore(StrEnum):
    """What is left to do in other systems when a connection is retired."""

    KEY_DELETED = "key_deleted"
    INSTANCE_DELETED = "instance_deleted"


class ChoreRecord(Stored):
    """Who says they did it, and when."""

    chore: Chore
    by: str
    at: datetime
