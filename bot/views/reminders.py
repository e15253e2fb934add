"""What a reminder says: who is to act, since when, what to press; and the follow-up to OpenAI as a draft."""

from __future__ import annotations

import re
from datetime import datetime

from bot.domain.audit import Entry
from bot.domain.lifecycle import Terms
from bot.domain.request import Request
from bot.views import blocks as b
from bot.views import buttons, follow_up, naming, words
from bot.views.blocks import Message
from bot.views.digest import age
from bot.views.language import say

_GROUP = re.compile(r"S[A-Z0-9]{1,30}")


def note(request: Request, entry: Entry, terms: Terms) -> Message:
    """Return the reminder for the card's thread: it names the reviewers, or the second group as well."""
    turn = words.turn(request, terms)
    escalated = bool(entry.facts.get("escalated"))
    called = terms.patience.escalate_to if escalated else ()
    if entry.facts.get("to") == "reviewers":
        called = (*terms.reviewers, *called)
    lead = say("*Nobody has acted for a while.*") if escalated else say("*Reminder.*")
    names = " ".join(dict.fromkeys(_named(one) for one in called[:20]))
    told = say(
        "{lead} {id} stands at: {state}. {turn}",
        lead=lead,
        id=request.id,
        state=naming.title(request),
        turn=turn.sentence,
    )
    row = b.actions([*buttons.card_row(request)[:2], buttons.snooze(request), buttons.show(request)])
    blocks = [b.section(told), *([b.section(say("For: {names}", names=names))] if names else []), *row]
    return b.message(
        say("Reminder: {id}. {turn} {names}", id=request.id, turn=turn.plain, names=names).strip(), blocks
    )


def tell(request: Request, entry: Entry, at: datetime, terms: Terms) -> Message:
    """Return the reminder for the requester, with the buttons of their turn and a button for quiet."""
    turn = words.turn(request, terms, reader=request.requester)
    title = naming.title(request)
    told = say(
        "*Reminder: {id} has been at “{title}” for {age}.*",
        id=request.id,
        title=title,
        age=age(request.state_since, at),
    )
    about_openai = entry.facts.get("to") == "openai"
    extra = follow_up.blocks(request, at) if about_openai else [b.section(turn.sentence)]
    mine = buttons.follow_up_row(request, terms) if about_openai else buttons.requester_row(request, terms)
    row = [*mine[:4], buttons.snooze(request)]
    text = say(
        "Reminder: {id}, {title} for {age}. {turn}",
        id=request.id,
        title=title,
        age=age(request.state_since, at),
        turn=turn.plain,
    )
    return b.message(text, [b.section(told), *extra, *b.actions(row)])


def _named(member: str) -> str:
    return f"<!subteam^{member}>" if _GROUP.fullmatch(member) else b.mention(member)
