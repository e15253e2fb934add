"""What a reviewer reads around a step-up: the private link, the page before the sign-in, the page after."""

from __future__ import annotations

from bot.domain.request import Request
from bot.views import actions as a
from bot.views import blocks as b
from bot.views import words
from bot.views.one_time import MINUTES, facts, page, paragraph

LABEL = "Confirm this approval in your browser"


def asked(request_id: str, url: str) -> b.Message:
    """Return the private answer to a click that needs a confirmation."""
    text = (
        f"*Not approved yet.* Approving {b.code(request_id)} needs a sign-in at your identity provider, "
        f"because it allows deleting content or concerns a production tenant. This link is yours alone, "
        f"works once, and ends in {MINUTES} minutes."
    )
    button = b.button("Confirm the approval", a.OPEN_PAGE, label=LABEL, style="primary", url=url)
    return b.message(text, [b.section(text), *b.actions([button])])


def confirm_form(user: str, request: Request) -> str:
    """Return the page before the sign-in: what is approved, by whom."""
    draft = request.draft
    return page(
        "Confirm your approval",
        facts(
            ("Request", request.id),
            ("Reviewer in Slack", user),
            ("Asked by", request.requester),
            ("Workspace ID", draft.workspace_id),
            ("Scope at OpenAI", words.OPENAI_SCOPES[draft.scope]),
            ("Netskope tenant", request.tenant),
            ("Instance name", draft.instance_name),
            ("Key ending", request.key.last4),
        ),
        paragraph(
            "Go on only if you pressed Approve in Slack just now. If somebody sent you this page, close it "
            "and tell your security team."
        ),
        '<form method="post"><button>Sign in and approve</button></form>',
    )


def confirmed(request: Request) -> str:
    """Return the page after the sign-in."""
    return page(
        "Approved",
        paragraph(f"Your approval of {request.id} is recorded, with your sign-in."),
        paragraph("Go on in Slack. You can close this page."),
    )


def confirmed_in_slack(request: Request) -> b.Message:
    """Return the direct message after the sign-in."""
    text = f"Your approval of {b.code(request.id)} is recorded, confirmed by your sign-in."
    return b.message(text, [b.section(text)])
