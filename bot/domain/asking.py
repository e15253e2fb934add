"""What is to be written to OpenAI Support: once per key, recognisably, and not again out of impatience."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta

from bot.domain.diagnosis import Verdict
from bot.domain.request import Request, Route, State

FOLLOW_UP_GAP = timedelta(hours=12)  # two impatient people, one mail


def letter_of(request: Request) -> str:
    """Name what OpenAI is written about this request, and the approvals that it rests on.

    After a correction it is another letter, even where the fingerprint is the same. What stands at its
    default names nothing: a field that a newer version adds must not make another letter of one on its way.
    """
    told = [request.fingerprint, request.draft.model_dump_json(exclude_defaults=True)]
    told += [approval.at.isoformat() for approval in request.approvals]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def needs_mail(request: Request) -> bool:
    """OpenAI is asked once per key, and not at all while 'granted' is only being confirmed."""
    asks = request.state is State.AWAITING_OPENAI and request.draft.route is Route.SUPPORT_EMAIL
    unasked = request.mail is None and not request.mail_refused
    return asks and unasked and request.probes.run != Verdict.GRANTED


def asked_lately(request: Request, at: datetime, scale: float) -> bool:
    """Whether OpenAI was written so recently that asking again would only be impatient."""
    last = max((mail.at for mail in (request.mail, *request.follow_ups) if mail), default=None)
    return last is not None and at - last < FOLLOW_UP_GAP * scale
