"""A ticket: the signed permission of one Slack user to use one page once, for a few minutes.

Its text is `id.user.expiry.signature`: what it is about is kept on the server under the id, so the text tells
nothing, and a text that nobody signed is refused before anything is looked up.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.domain.errors import BadLink

LIFETIME = timedelta(minutes=10)
ID_BYTES = 16
_TEXT = re.compile(r"([A-Za-z0-9_-]{22})\.([UW][A-Z0-9]{1,30})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})", re.ASCII)


class Purpose(StrEnum):
    """What a ticket is good for; one for one page is none for another."""

    INTAKE = "intake"
    STEP_UP = "step-up"


@dataclass(frozen=True)
class Ticket:
    """Who may use which page until when."""

    id: str
    purpose: Purpose
    user: str
    expires: datetime


def issue(purpose: Purpose, user: str, at: datetime, dice: bytes) -> Ticket:
    """Return a new ticket; `dice` are ID_BYTES random bytes."""
    return Ticket(_encode(dice[:ID_BYTES]), purpose, user, at + LIFETIME)


def write(ticket: Ticket, secret: bytes) -> str:
    """Return the text that goes into the link."""
    until = int(ticket.expires.timestamp())
    signature = _sign(secret, ticket.purpose, ticket.id, ticket.user, until)
    return f"{ticket.id}.{ticket.user}.{until}.{signature}"


def read(text: str, purpose: Purpose, secret: bytes) -> Ticket:
    """Return the ticket in a text; raises `BadLink` for one that this installation did not sign for this."""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise BadLink
    ticket_id, user, until, signature = found.groups()
    if not hmac.compare_digest(_sign(secret, purpose, ticket_id, user, int(until)), signature):
        raise BadLink
    return Ticket(ticket_id, purpose, user, datetime.fromtimestamp(int(until), UTC))


def _sign(secret: bytes, purpose: Purpose, ticket_id: str, user: str, until: int) -> str:
    bound = json.dumps(["ticket v1", purpose, ticket_id, user, until]).encode()
    return _encode(hmac.new(secret, bound, hashlib.sha256).digest())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
