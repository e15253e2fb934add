"""The second mail to OpenAI Support, in the thread of the first: a letter, a mailto link, a text to copy."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from bot.domain.asking import letter_of
from bot.domain.mail import Letter
from bot.domain.request import Request
from bot.views import blocks as b
from bot.views import support_mail
from bot.views.digest import age
from bot.views.language import say
from bot.views.support_mail import SUPPORT

NO_MAIL = (
    "This installation sends no e-mail, so nothing was sent. Send the follow-up yourself, then press *I sent "
    "the follow-up*."
)


def letter(request: Request, *, sender: str, message_id: str) -> Letter:
    """Return the follow-up to send by SMTP, as an answer to what went before."""
    return Letter(
        to=SUPPORT,
        sender=sender,
        cc=(request.draft.admin_email,),
        reply_to=request.draft.admin_email,
        subject=subject(request),
        body=body(request),
        message_id=message_id,
        references=references(request),
    )


def message_id_for(request: Request, domain: str) -> str:
    """Return the same Message-ID for the same follow-up, so that a repeated sending is recognisable."""
    number = len(request.follow_ups) + 1
    return support_mail.message_id(f"{request.id}.{letter_of(request)}.again.{number}", domain)


def references(request: Request) -> tuple[str, ...]:
    """Return the Message-IDs of the thread, oldest first; empty where a person mailed by hand."""
    sent = (request.mail, *request.follow_ups)
    return tuple(mail.message_id for mail in sent if mail and mail.message_id)


def subject(request: Request) -> str:
    """Return the subject of the thread."""
    return f"Re: {support_mail.subject(request)}"


def body(request: Request) -> str:
    """Return the text; the date is written out, as the reader is in another time zone."""
    first = f" of {request.mail.at:%d %B %Y}" if request.mail else ""
    return (
        f"Hello OpenAI Support,\n\nthis follows up our request{first}, which is repeated below. Is anything "
        "missing from our side? If it was answered already, please tell us which scopes were granted and "
        f"when: the key does not carry them yet.\n\n---\n\n{support_mail.body(request)}"
    )


def mailto(request: Request) -> str:
    """Return a mailto link; the text is left out where Slack would cut the link."""
    for text in (body(request), ""):
        parts = {"cc": b.clip(b.visible(request.draft.admin_email), 254), "subject": subject(request)}
        parts |= {"in-reply-to": thread[-1]} if (thread := references(request)) else {}
        parts |= {"body": text.replace("\n", "\r\n")} if text else {}
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parts.items())
        url = f"mailto:{SUPPORT}?{query}"
        if len(url.replace("&", "&amp;")) <= support_mail.URL_LIMIT:
            break
    return url


def blocks(request: Request, at: datetime) -> list[b.Block]:
    """Return the follow-up for Slack: why now, the link, the text to copy."""
    told = (
        say("OpenAI Support was asked {age} ago.", age=age(request.mail.at, at))
        if request.mail
        else say("OpenAI Support was asked.")
    )
    if request.follow_ups:
        told += " " + say("Follow-ups since then: {count}.", count=len(request.follow_ups))
    told += " " + say("The key does not carry the scopes yet. Here is a follow-up for the same thread.")
    head = f"To: {SUPPORT}\nCc: {request.draft.admin_email}\nSubject: {subject(request)}"
    return [
        b.section(told),
        b.section(b.link(mailto(request), say("Open it in my mail program"))),
        b.section(b.block_code(f"{head}\n\n{body(request)}")),
    ]
