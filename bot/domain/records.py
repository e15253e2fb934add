"""Small records that a request keeps: who said yes or no, what was mailed, what people were told of."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.domain.evidence import Stored


class Approval(Stored):
    """One reviewer's yes, bound to the fingerprint of what was approved."""

    by: str
    at: datetime
    fingerprint: str
    on_behalf: str | None = None


class Refusal(Stored):
    """One reviewer's no (or a cancellation), with its reason."""

    by: str
    at: datetime
    reason: str


class MailRecord(Stored):
    """The e-mail to OpenAI Support: who sent it and under which Message-ID."""

    by: str
    at: datetime
    message_id: str | None = None


class Concern(StrEnum):
    """What people are told of before it happens; each once per stay in a state."""

    EXPIRY = "expiry"
    KEY_EXPIRY = "key_expiry"
    REQUESTER_LEFT = "requester_left"
    QUIET = "quiet"
    CREATOR_LEFT = "creator_left"
