"""Answers to `/greenlight help`, `status`, `list`, and to what nobody understands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.lifecycle import Terms
from bot.domain.request import Request
from bot.views import blocks as b
from bot.views import buttons, card, ladder, naming, words
from bot.views.actions import COMMAND
from bot.views.blocks import Message
from bot.views.language import kept, say

LISTED = 20

COMMANDS = (
    (f"{COMMAND}", "connect a ChatGPT Enterprise workspace (opens the form)"),
    (f"{COMMAND} status GL-...", "where a request stands, on what evidence, and who acts next"),
    (f"{COMMAND} list", "all requests you may see"),
    (f"{COMMAND} verify GL-...", "check now instead of waiting for the next check"),
    (
        f"{COMMAND} rotate GL-...",
        "give a connection a new key, beside the old one until the new one is proven",
    ),
    (f"{COMMAND} cancel GL-...", "withdraw a request, or retire a connection; the key is destroyed"),
    (f"{COMMAND} doctor", "for reviewers and admins: is this installation well, and how to mend it"),
    (
        f"{COMMAND} away",
        "for reviewers: name who decides in your place while you are away (/greenlight back ends it)",
    ),
    (f"{COMMAND} help", "this text"),
)


@kept
def help_message() -> Message:
    """Return what can be typed."""
    return _help("")


def _help(lead: str) -> Message:
    """The same below a sentence of mrkdwn."""
    listed = "\n".join(f"{b.code(command)}: {say(what)}" for command, what in COMMANDS)
    intro = say(
        "I connect ChatGPT Enterprise to your security product, with a reviewer's yes, and keep proving the "
        "connection."
    )
    text = "\n".join(part for part in (lead, intro, listed) if part)
    return b.message(text, [b.section(text)])


def unknown(typed: str) -> Message:
    """Return the help for a subcommand that does not exist."""
    return _help(say("I do not know {typed}.", typed=b.code(typed, 60)))


def not_found(typed: str) -> Message:
    """Return the answer to an id that does not exist or is none."""
    told = say(
        "I know no request {typed}. An id looks like {example}.",
        typed=b.code(typed, 60),
        example=b.code("GL-7K3M9Q"),
    )
    return _help(told)


def exposed() -> Message:
    """Return the answer to a key that was typed behind the command; it is not repeated."""
    told = say(
        "*That looks like a key, and Slack has seen it now.* A key belongs only in the form. Treat this one "
        "as exposed: delete it where it was made, and make a new one."
    )
    return said(told)


def said(words_: str) -> Message:
    """Return one sentence of ours (mrkdwn) as a message."""
    return b.message(words_, [b.section(words_)])


def overtaken(request: Request, terms: Terms) -> Message:
    """Return what is proven already, for somebody who just came to say that they did their part."""
    lead = say(
        "Thank you, this needs no word from you any more: Greenlight has seen it itself. "
        "The request now stands at: *{title}*.",
        title=naming.title(request),
    )
    return said("\n".join((lead, *(f"• {line}" for line in ladder.proven(request, terms)))))


def status(request: Request, at: datetime, terms: Terms) -> Message:
    """Return the card's content with the requester's buttons, for one person's eyes."""
    shown = card.card(request, at, terms=terms)
    body = [block for block in shown.blocks if block["type"] != "actions"]
    return b.message(shown.text, [*body, *b.actions(buttons.requester_row(request, terms))])


def window(told: Message, request_id: str) -> dict[str, Any]:
    """Return the same as a window over the Home tab."""
    return b.modal(request_id, told.blocks, close=say("Close"))


def row(request: Request) -> str:
    """Return one request as a line of mrkdwn."""
    name = b.code(request.draft.instance_name, 64)
    title = naming.title(request)
    return say(
        "*{id}* {name}: {state}, since {at}",
        id=b.esc(request.id),
        name=name,
        state=title,
        at=b.date(request.state_since),
    )


def listing(requests: Sequence[Request], at: datetime) -> Message:
    """Return the requests, latest change first; `at` is when they were read."""
    if not requests:
        told = say(
            "There are no requests that you may see. An administrator opens one with {command}.",
            command=b.code(COMMAND),
        )
        return b.message(told, [b.section(told)])
    plain = [
        say("{id}: {state} since {at}", id=one.id, state=naming.title(one), at=b.utc(one.state_since))
        for one in requests[:LISTED]
    ]
    more = len(requests) - LISTED
    small = say("As of {at}.", at=b.date(at)) + (
        say(" {more} more are not shown.", more=more) if more > 0 else ""
    )
    text = say("{count} requests.", count=len(requests)) + " " + "; ".join(plain)
    return b.message(text, [*(b.section(row(one)) for one in requests[:LISTED]), b.context(small)])


def decided_already(request: Request) -> Message:
    """Return who decided before this click, so that the second person is not left guessing."""
    told = words.last_word(request) or _approved(request)
    now = say("It now stands at: *{state}*. Your click changed nothing.", state=naming.title(request))
    return b.message(f"{request.id}: {told} {now}", [b.section(f"*{request.id}*\n{told}\n{now}")])


def _approved(request: Request) -> str:
    if not request.approvals:
        return say("This request has moved on.")
    names = ", ".join(
        say("{who} approved this on {at}", who=b.mention(yes.by), at=b.date(yes.at))
        for yes in request.approvals[:10]
    )
    return f"{names}."


def files_sent() -> str:
    """Return what is said of the files when they are in the person's direct message."""
    return say("Both files (HTML and JSON) are in your direct message with me.")


def files_failed(why: str) -> str:
    """Return what is said of the files when Slack did not take them."""
    return say("The files could not be sent to you: {why}", why=why)


def files_optional() -> str:
    """Return what would let the bot send the files itself."""
    return say(
        "I cannot send you the files (HTML and JSON): the optional Slack scope {scope} is not granted.",
        scope=b.code("files:write"),
    )


def files_comment(request: Request) -> str:
    """Return the sentence above the files in the direct message."""
    return say("Evidence pack of {id}: one file to read, one to check.", id=request.id)


def evidence(
    request: Request, entries: int, flaws: Sequence[str], terms: Terms, *, at: datetime, files: str
) -> Message:
    """Return the summary of the evidence pack, and how to get the file; `files` says what became of them."""
    chain = (
        say("{entries} audit entries, the chain is intact.", entries=entries)
        if not flaws
        else say("*The audit chain is broken:*")
    )
    broken = [b.esc(flaw) for flaw in flaws[:5]]
    lines = [
        say("*Evidence of {id}: {verdict}*", id=request.id, verdict=ladder.verdict(request, terms, at)),
        *ladder.lines(request, terms),
    ]
    lines += [chain, *broken, say("Head of the chain: {head}", head=b.code(request.audit_head))]
    command = b.code(f"greenlight requests export {request.id}")
    get = say("The operator of this bot can make them with {command}.", command=command)
    return b.message(f"{lines[0]} {chain}", [b.section("\n".join(lines)), b.context(f"{files} {get}")])
