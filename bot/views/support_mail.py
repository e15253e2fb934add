"""The e-mail to OpenAI Support that asks for the Compliance scopes: a letter, a mailto link, a text to copy.

Its content is the union of what OpenAI's and other vendors' guides ask for. The key is not in it, only its
last four characters; every value is put on one line, so that no field can add a header or a paragraph.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from bot.domain.asking import letter_of
from bot.domain.mail import Letter
from bot.domain.request import Request, Scope
from bot.views import blocks as b
from bot.views.language import say
from bot.views.words import OPENAI_SCOPES

SUPPORT = "support@openai.com"
URL_LIMIT = 2800  # Slack allows 3000 for a link and for the text around it
WHOLE = 254
SCOPE_NAME = "chatgpt.enterprise.compliance_export"
_ACTIONS = {Scope.READ: "read", Scope.WRITE: "delete", Scope.BOTH: "read, delete"}


def letter(request: Request, *, sender: str, message_id: str) -> Letter:
    """Return the letter to send by SMTP; the administrator is in Cc and gets the replies."""
    draft = request.draft
    return Letter(
        to=SUPPORT,
        sender=sender,
        cc=(draft.admin_email,),
        reply_to=draft.admin_email,
        subject=subject(request),
        body=body(request),
        message_id=message_id,
    )


def message_id_for(request: Request, domain: str) -> str:
    """Return the same Message-ID for the same letter, so that a repeated sending is recognisable."""
    return message_id(f"{request.id}.{letter_of(request)}", domain)


def message_id(name: str, domain: str) -> str:
    """Return a Message-ID that every mail server takes."""
    host = re.sub(r"[^a-z0-9.-]", "", domain.lower()).strip(".-")[:200] or "greenlight.invalid"
    local = re.sub(r"[^a-z0-9.-]", "", name.lower())[:80]
    return f"<{local}@{host}>"


def subject(request: Request, limit: int = 80) -> str:
    """Return the subject, one line."""
    company = _one_line(request.company, limit)
    base = "Compliance API key verification and scope request"
    return f"{base} - {company}" if company else base


def body(request: Request, limit: int = 120) -> str:
    """Return the text; `limit` is the most that a name may take."""
    draft = request.draft
    # Half an id or half an address would be a wrong one: only names are ever shortened.
    rows = [
        ("ChatGPT workspace ID", draft.workspace_id, WHOLE),
        ("Organization ID", draft.organization_id, WHOLE),
        ("Company", request.company, limit),
        ("Key name", draft.key_name, limit),
        ("Last 4 characters of the key", request.key.last4, WHOLE),
        ("Created by", draft.created_by, limit),
        ("Administrator", draft.admin_email, WHOLE),
    ]
    facts = "\n".join(f"{label}: {_one_line(value, most)}" for label, value, most in rows if value)
    return f"{_opening(draft.scope)}\n\n{facts}\n{_scope(request)}\n\n{_closing(request)}"


def _opening(scope: Scope) -> str:
    return (
        "Hello OpenAI Support,\n\n"
        "please verify the API key below and enable Compliance API access for it, with the "
        f"{OPENAI_SCOPES[scope]} scope{'s' if scope is Scope.BOTH else ''}, for our ChatGPT Enterprise "
        f"workspace."
    )


def _scope(request: Request) -> str:
    scope, product = request.draft.scope, request.product
    asked = f"Requested scope: {OPENAI_SCOPES[scope]} ({SCOPE_NAME}: {_ACTIONS[scope]})"
    return f"{asked}; {product.name} calls this {product.calls[scope]}" if scope in product.calls else asked


def _closing(request: Request) -> str:
    return (
        f"Purpose: {request.product.full_name}.\n"
        "The key was newly created for this purpose and is used for nothing else. We know that its other "
        "permissions are removed once the Compliance scopes are granted.\n\n"
        "Please reply to all when it is done, and say which scopes were granted. The key itself is not "
        "part of "
        f"this message and will not be sent by e-mail.\n\nOur reference: {request.id}\n\nThank you"
    )


def copyable(request: Request) -> str:
    """Return the whole e-mail as text to copy."""
    head = f"To: {SUPPORT}\nCc: {_one_line(request.draft.admin_email, 254)}\nSubject: {subject(request)}"
    return f"{head}\n\n{body(request)}"


def mailto(request: Request) -> str:
    """Return a mailto link that fits into Slack; long values are shortened, then the text is left out."""
    for limit in (120, 60, 30, 15):
        url = _url(request, body(request, limit), limit)
        if len(url.replace("&", "&amp;")) <= URL_LIMIT:
            return url
    return _url(request, "", 15)


def _url(request: Request, text: str, limit: int) -> str:
    parts = {"cc": _one_line(request.draft.admin_email, 254), "subject": subject(request, min(limit, 80))}
    if text:
        parts["body"] = text.replace("\n", "\r\n")
    return f"mailto:{SUPPORT}?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in parts.items())


ASK = (
    "*Send this e-mail to OpenAI Support*, best from the address of an Owner of the organization. It does "
    "not contain the key, and the key must never be sent by e-mail. Then press *I sent the email*."
)


def blocks(request: Request) -> list[b.Block]:
    """Return the e-mail for Slack: what to do, the link, the text to copy."""
    return [
        b.section(say(ASK)),
        b.section(b.link(mailto(request), say("Open it in my mail program"))),
        b.section(b.block_code(copyable(request))),
    ]


def _one_line(text: str, limit: int) -> str:
    # A lone surrogate cannot be encoded; `visible` drops it with every other hidden character.
    return b.clip(b.visible(text), limit)
