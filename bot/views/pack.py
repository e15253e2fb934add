"""The evidence pack of one request as plain data: what was asked, decided, shown, said, and how to check it.

Nothing secret is in it: of the key its last four characters and fingerprint, of people the names that the
request itself carries.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.audit import Chain, Entry
from bot.domain.evidence import Rung
from bot.domain.lifecycle import Terms
from bot.domain.request import Request, Route
from bot.views import happened, ladder, naming, support_mail, words

FORMAT = "greenlight-evidence/1"
HOW = (
    "Offline: `greenlight audit verify --file GL-....json` checks every hash and link; with "
    "`--keys FILE` (the key set of this installation) also every seal, that of the whole file among them. "
    "By hand: an entry's hash is the SHA-256 of its JSON without `hash` and `seal`, keys sorted, no spaces; "
    "`prev` is the hash before it; the last hash is the head."
)
_QUIET = frozenset({"announced", "check_asked"})
_MENTION = re.compile(r"<@([^>|]+)(?:\|[^>]*)?>")
_MARKS = (
    (re.compile(r"<!date\^[^|>]*\|([^>]*)>"), r"\1"),
    (re.compile(r"<[^|>]+\|([^>]*)>"), r"\1"),
    (re.compile(r"[*`]"), ""),
)

Pack = dict[str, Any]


def build(
    request: Request,
    entries: Sequence[Entry],
    terms: Terms,
    at: datetime,
    seal: str,
    people: Mapping[str, str] | None = None,
) -> Pack:
    """Return the pack; `seal` is the HMAC over where the chain ends, `people` are names by Slack id."""
    return {
        "format": FORMAT,
        "made_at": _iso(at),
        "people": dict(people or {}),
        "request": _asked(request),
        "verdict": ladder.verdict(request, terms, at),
        "decisions": _decisions(request, entries),
        "rungs": [_rung(request, rung) for rung in Rung],
        "delete_scope": words.DELETE_UNPROVEN if request.draft.scope != "read" else None,
        "mail": _mail(request),
        "key_destroyed_at": _iso(request.key_destroyed_at),
        "timeline": [_row(request, entry, terms, people or {}) for entry in entries],
        "chain": _chain(Chain(entries, request.version, request.audit_head, seal)),
    }


def of_chain(name: str, chain: Chain, at: datetime) -> Pack:
    """Return a chain that is about no request; whoever can check a pack can check this, under its name."""
    return {"format": FORMAT, "made_at": _iso(at), "request": {"id": name}, "chain": _chain(chain)}


def _chain(chain: Chain) -> Pack:
    return {
        "head": chain.head,
        "length": chain.length,
        "seal": chain.seal,
        "how_to_verify": HOW,
        "entries": [entry.model_dump(mode="json") for entry in chain.entries],
    }


def _asked(request: Request) -> Pack:
    draft = request.draft.model_dump(mode="json")
    return draft | {
        "id": request.id,
        "company": request.company,
        "scope": request.draft.scope.value if request.product.grants else "none",
        "product": request.product.name,
        "product_in_full": request.product.full_name,
        "tenant": request.tenant,
        "requester": request.requester,
        "key_last4": request.key.last4,
        "key_fingerprint": request.key.fingerprint,
        "fingerprint": request.fingerprint,
        "opened_at": _iso(request.opened_at),
        "state": request.state.value,
        "state_words": naming.title(request),
        "state_since": _iso(request.state_since),
    }


def _decisions(request: Request, entries: Sequence[Entry]) -> list[Pack]:
    """Every yes and no ever given, also those a correction made void: the request counts them no more."""
    counted = {(approval.by, approval.at) for approval in request.approvals}
    return [
        {
            "by": entry.by,
            "at": _iso(entry.at),
            "decision": entry.event,
            "fingerprint": entry.facts.get("fingerprint"),
            "in_force": entry.event != "approved" or (entry.by, entry.at) in counted,
            "on_behalf": entry.facts.get("on_behalf"),
            "step_up": entry.facts.get("step_up"),
            "reason": entry.facts.get("reason"),
        }
        for entry in entries
        if entry.event in {"approved", "denied", "cancelled"}
    ]


def _rung(request: Request, rung: Rung) -> Pack:
    found = request.evidence.get(rung)
    shown = {"rung": rung.value, "claim": naming.claim(request, rung), "standing": "not shown"}
    if why := ladder.beyond(request, rung):
        shown |= {"standing": "cannot be shown", "detail": why}
    return shown | (found.model_dump(mode="json", exclude={"rung"}) if found else {})


def _mail(request: Request) -> Pack | None:
    if request.draft.route is not Route.SUPPORT_EMAIL or not request.product.grants:
        return None
    sent = request.mail.model_dump(mode="json") if request.mail else None
    subject, body = support_mail.subject(request), support_mail.body(request)
    return {"to": support_mail.SUPPORT, "subject": subject, "body": body, "sent": sent}


def _row(request: Request, entry: Entry, terms: Terms, people: Mapping[str, str]) -> Pack:
    return {
        "seq": entry.seq,
        "at": _iso(entry.at),
        "event": entry.event,
        "by": entry.by,
        "state_from": entry.state_from,
        "state_to": entry.state_to,
        "state_words": naming.title(request, entry.state_to),
        "said": plain(happened.sentence(request, entry, terms), people),
        "notable": _notable(entry),
    }


def _notable(entry: Entry) -> bool:
    """Return whether a reader wants to see it: a move, a person's act, a rung or verdict that changed."""
    told = happened.moved(entry) or entry.facts.get("rungs") or entry.facts.get("new_verdict")
    return entry.event not in _QUIET and bool(told or entry.by)


def actors(request: Request, entries: Sequence[Entry]) -> list[str]:
    """Return the Slack ids of everybody who did something."""
    acted = {entry.by for entry in entries if entry.by and entry.by.startswith(("U", "W"))}
    return sorted({request.requester, *acted})


def plain(mrkdwn: str, people: Mapping[str, str] | None = None) -> str:
    """Return a text of ours without Slack's marks, with names instead of ids where they are known."""
    known = people or {}
    mrkdwn = _MENTION.sub(lambda found: html.escape(known.get(found[1], found[1]), quote=False), mrkdwn)
    for mark, left in _MARKS:
        mrkdwn = mark.sub(left, mrkdwn)
    return html.unescape(mrkdwn)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
