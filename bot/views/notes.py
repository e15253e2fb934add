"""What is said when something happened: a line in the card's thread, a message to the requester."""

from __future__ import annotations

from datetime import datetime

from bot.domain.audit import Entry
from bot.domain.diagnosis import Verdict
from bot.domain.lifecycle import Terms
from bot.domain.request import FINAL, Request, Route, State
from bot.views import blocks as b
from bot.views import buttons, decommission, guide, happened, ladder, naming, reminders, support_mail, words
from bot.views.blocks import Message
from bot.views.language import say


def note(request: Request, entry: Entry, terms: Terms) -> Message:
    """Return the thread message for one audit entry."""
    if entry.event == "reminded" and entry.state_to == request.state:
        return reminders.note(request, entry, terms)
    said = happened.sentence(request, entry, terms)
    now = (
        "\n" + say("*Now:* {title}", title=_title(request, entry.state_to))
        if happened.moved(entry) and entry.state_to
        else ""
    )
    proof = "\n".join(ladder.lines(request, terms)) if _ends_well(request, entry) else ""
    extra = [b.section(f"*{ladder.verdict(request, terms, request.updated_at)}*\n{proof}")] if proof else []
    if happened.moved(entry) and entry.state_to == State.RETIRED:
        extra = [*decommission.blocks(request), *b.actions(buttons.chores(request))]
    return b.message(f"{request.id}: {said}{now}", [b.section(said + now), *extra])


def tell(request: Request, entry: Entry, at: datetime, terms: Terms) -> Message:
    """Return the direct message to the requester for one audit entry, with the buttons of their turn.

    When the request has moved on since the entry, the news is told without buttons: they would be refused.
    """
    if entry.event == "reminded" and entry.state_to == request.state:
        return reminders.tell(request, entry, at, terms)
    said = happened.sentence(request, entry, terms)
    head = b.section(f"*{request.id}: {_title(request, entry.state_to)}*\n{said}")
    if entry.state_to != request.state:
        since = say(
            "Meanwhile it stands at: {state} (told {at}).", state=naming.title(request), at=b.date(at)
        )
        return b.message(f"{request.id}: {said} {since}", [head, b.context(since)])
    turn = words.turn(request, terms, reader=request.requester)
    blocks = [
        head,
        *stage(request, terms),
        _next(request, turn),
        *_row(request, terms),
    ]
    return b.message(
        say(
            "{id}: {title}. {said} Next: {turn}",
            id=request.id,
            title=_title(request, entry.state_to),
            said=said,
            turn=turn.plain,
        ),
        blocks,
    )


def _next(request: Request, turn: words.Turn) -> b.Block:
    """Whose turn it is; what was typed wrong is theirs alone, and all that this message is about."""
    if request.state is State.NEEDS_CORRECTION:
        return b.section(say("*What to do:* {next_action}", next_action=turn.what))
    return b.context(say("Next: {turn}", turn=turn.plain))


def your_turn(request: Request, terms: Terms) -> Message:
    """Return what the requester has to do now, without news: after a press, and on demand."""
    turn = words.turn(request, terms, reader=request.requester)
    title = naming.title(request)
    head = b.section(f"*{request.id}: {title}*\n{turn.sentence}")
    text = say("{id}: {title}. Next: {turn}", id=request.id, title=title, turn=turn.plain)
    return b.message(text, [head, *stage(request, terms), *_row(request, terms)])


def _title(request: Request, state: str) -> str:
    return naming.title(request, state) if state in set(State) else b.esc(state)


def _ends_well(request: Request, entry: Entry) -> bool:
    return happened.moved(entry) and entry.state_to == State.CONNECTED == request.state


def _row(request: Request, terms: Terms) -> list[b.Block]:
    tenant = guide.open_button(request) if request.state is State.AWAITING_NETSKOPE else []
    return b.actions([*buttons.requester_row(request, terms), *buttons.chores(request), *tenant])


def stage(request: Request, terms: Terms) -> list[b.Block]:
    """Return what the requester needs at this state: the draft, the guide, the proof."""
    match request.state:
        case State.AWAITING_OPENAI:
            return _at_openai(request, terms)
        case State.AWAITING_NETSKOPE:
            return guide.blocks(request)
        case State.VERIFYING:
            return [*guide.waiting_for_green(request), *_proof(request, terms)]
        case State.CONNECTED | State.ATTENTION:
            return _proof(request, terms)
        case State.RETIRED:
            return decommission.blocks(request)
        case state if state in FINAL:
            told = say(
                "The history is kept. Type /greenlight to start again. I changed nothing at OpenAI or in "
                "{product}: delete there what is no longer wanted.",
                product=request.product.name,
            )
            return [b.context(told)]
        case _:
            return []


def _proof(request: Request, terms: Terms) -> list[b.Block]:
    lines = "\n".join(ladder.lines(request, terms))
    return [b.section(f"*{ladder.verdict(request, terms, request.updated_at)}*\n{lines}")]


def _at_openai(request: Request, terms: Terms) -> list[b.Block]:
    if request.probes.run is Verdict.GRANTED or request.draft.route is Route.SELF_SERVICE:
        return []
    if request.mail:
        return [
            b.context(
                say("E-mail sent {at}. OpenAI names no time for its answer.", at=b.date(request.mail.at))
            )
        ]
    if terms.smtp and not request.mail_refused:
        told = say(
            "I am sending the e-mail to OpenAI Support, with a copy to {email}. Replies go there.",
            email=b.code(request.draft.admin_email),
        )
        return [b.context(told)]
    return support_mail.blocks(request)
