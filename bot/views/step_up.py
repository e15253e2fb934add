"""What a reviewer reads around a step-up: the private link, the page before the sign-in, the page after."""

from __future__ import annotations

from html import escape

from bot.domain.request import Request
from bot.views import actions as a
from bot.views import blocks as b
from bot.views import naming
from bot.views.language import say
from bot.views.one_time import MINUTES, facts, page, paragraph

LABEL = "Confirm this approval in your browser"


def asked(request_id: str, url: str) -> b.Message:
    """Return the private answer to a click that needs a confirmation."""
    text = say(
        "*Not approved yet.* Approving {request_id} needs a sign-in at your identity "
        "provider, because it allows deleting content or concerns a production tenant. This "
        "link is yours alone, works once, and ends in {minutes} minutes.",
        request_id=b.code(request_id),
        minutes=MINUTES,
    )
    button = b.button(say("Confirm the approval"), a.OPEN_PAGE, label=say(LABEL), style="primary", url=url)
    return b.message(text, [b.section(text), *b.actions([button])])


def confirm_form(reviewer: str, requester: str, request: Request) -> str:
    """Return the page before the sign-in: what is approved, by whom; both people by name."""
    draft = request.draft
    return page(
        say("Confirm your approval"),
        facts(
            (say("Request"), request.id),
            (say("Reviewer in Slack"), reviewer),
            (say("Asked by"), requester),
            (say("Workspace ID"), draft.workspace_id),
            (say("Scope at OpenAI"), naming.scope(request)),
            (say("Product"), request.product.full_name),
            (say("Tenant"), request.tenant),
            (say("Instance name"), draft.instance_name),
            (say("Key ending"), request.key.last4),
        ),
        paragraph(
            say(
                "Go on only if you pressed Approve in Slack just now. If somebody sent you this "
                "page, close it and tell your security team."
            )
        ),
        f'<form method="post"><button>{escape(say("Sign in and approve"))}</button></form>',
    )


def on_the_way(url: str) -> str:
    """Return the page that leads to the identity provider, by itself and by a link."""
    onward = say("Go on to the sign-in")
    return page(
        say("On to your identity provider"),
        paragraph(say("Your browser goes on by itself; nothing is approved until you have signed in there.")),
        f'<p><a href="{escape(url)}">{escape(onward)}</a></p>',
        go_to=url,
    )


def confirmed(request: Request) -> str:
    """Return the page after the sign-in."""
    return page(
        say("Approved"),
        paragraph(say("Your approval of {id} is recorded, with your sign-in.", id=request.id)),
        paragraph(say("Go on in Slack. You can close this page.")),
    )


def confirmed_in_slack(request: Request) -> b.Message:
    """Return the direct message after the sign-in."""
    text = say("Your approval of {id} is recorded, confirmed by your sign-in.", id=b.code(request.id))
    return b.message(text, [b.section(text)])
