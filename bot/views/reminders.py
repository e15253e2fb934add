"""What a reminder says: who is to act, since when, what to press; and the follow-up to OpenAI as a draft."""

from __future__ import annotations

import re
from datetime import datetime

from bot.domain.audit import Entry
from bot.domain.lifecycle import Terms
from bot.domain.request import Request
from bot.views import blocks as b
from bot.views import buttons, follow_up, words
from bot.views.blocks import Message
from bot.views.digest import age

_GROUP = re.compile(r"S[A-Z0-9]{1,30}")


def note(request: Request, entry: Entry, terms: Terms) -> Message:
    """Return the reminder for the card's thread: it names the reviewers, or the second group as well."""
    turn = words.turn(request, terms)
    escalated = bool(entry.facts.get("escalated"))
    called = terms.patience.escalate_to if escalated else ()
    if entry.facts.get("to") == "reviewers":
        called = (*terms.reviewers, *called)
    lead = "*Nobody has acted for a while.*" if escalated else "*Reminder.*"
    names = " ".join(dict.fromkeys(_named(one) for one in called[:20]))
    told = f"{lead} {request.id} stands at: {words.STATES[request.state]}. {turn.sentence}"
    row = b.actions([*buttons.card_row(request)[:2], buttons.snooze(request), buttons.show(request)])
    blocks = [b.section(told), *([b.section(f"For: {names}")] if names else []), *row]
    return b.message(f"Reminder: {request.id}. {turn.plain} {names}".strip(), blocks)


def tell(request: Request, entry: Entry, at: datetime, terms: Terms) -> Message:
    """Return the reminder for the requester, with the buttons of their turn and a button for quiet."""
    turn = words.turn(request, terms, reader=request.requester)
    title = words.STATES[request.state]
    told = f"*Reminder: {request.id} has been at “{title}” for {age(request.state_since, at)}.*"
    about_openai = entry.facts.get("to") == "openai"
    extra = follow_up.blocks(request, at) if about_openai else [b.section(turn.sentence)]
    mine = buttons.follow_up_row(request, terms) if about_openai else buttons.requester_row(request, terms)
    row = [*mine[:4], buttons.snooze(request)]
    text = f"Reminder: {request.id}, {title} for {age(request.state_since, at)}. {turn.plain}"
    return b.message(text, [b.section(told), *extra, *b.actions(row)])


def _named(member: str) -> str:
    return f"<!subteam^{member}>" if _GROUP.fullmatch(member) else b.mention(member)
