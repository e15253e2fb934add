"""The buttons a request offers in its present state: never one that the lifecycle table refuses."""

from __future__ import annotations

from bot.domain import request as r
from bot.domain.evidence import Rung, shown
from bot.domain.lifecycle import LOOK_PACE, TABLE, Terms
from bot.domain.request import OPEN, WATCHED, Event, Request, Route, State
from bot.views import actions as a
from bot.views import blocks as b
from bot.views import handover, naming
from bot.views.language import say


def _possible(request: Request, event: type[Event]) -> bool:
    return (request.state, event) in TABLE


def _button(
    request: Request,
    text: str,
    action: str,
    style: b.Style | None = None,
    ask: b.Block | None = None,
) -> b.Block:
    return b.button(text, action, a.pack(request), label=f"{text}, {request.id}", style=style, ask=ask)


def card_row(request: Request) -> list[b.Block]:
    """Return what the channel may press; who may is decided at the click."""
    row = []
    if _possible(request, r.Approved):
        row.append(_button(request, say("Approve"), a.APPROVE, "primary", _ask_approval(request)))
        row.append(_button(request, say("Deny"), a.DENY, "danger"))
    return [*row, *_always(request), _button(request, say("Evidence pack"), a.EVIDENCE)]


def requester_row(request: Request, terms: Terms) -> list[b.Block]:
    """Return what the requester may press, their turn's button first."""
    row = [button for button in (_turn(request, terms), _correct(request)) if button]
    if terms.handover and handover.offered(request):
        row.append(handover.button(request))
    return [*row, *_always(request)]


def show(request: Request) -> b.Block:
    """Return the button that shows the whole request."""
    return _button(request, say("Show"), a.STATUS)


def snooze(request: Request) -> b.Block:
    """Return the button of a reminder that asks for quiet."""
    return _button(request, say("Snooze"), a.SNOOZE)


def follow_up_row(request: Request, terms: Terms) -> list[b.Block]:
    """Return the buttons beside the draft of a follow-up."""
    sends = [_button(request, say("Send the follow-up"), a.FOLLOW_UP, "primary")] if terms.smtp else []
    return [*sends, _button(request, say("I sent the follow-up"), a.FOLLOWED_UP), *_always(request)]


def _turn(request: Request, terms: Terms) -> b.Block | None:
    if _mail_is_due(request, terms):
        return _button(request, say("I sent the email"), a.EMAIL_SENT, "primary")
    if request.state is State.AWAITING_NETSKOPE:
        return _button(request, say(request.product.words.pressed_button), a.GRANT_PRESSED, "primary")
    if _possible(request, r.GreenCheckSeen) and not shown(request.evidence, Rung.GREEN_CHECK_SEEN):
        return _button(
            request, say(request.product.words.seen_button), a.GREEN_CHECK, "primary", _ask_green(request)
        )
    return None


def _mail_is_due(request: Request, terms: Terms) -> bool:
    wanted = request.draft.route is Route.SUPPORT_EMAIL and request.mail is None
    by_hand = not terms.smtp or bool(request.mail_refused)
    return wanted and by_hand and request.state is State.AWAITING_OPENAI


def _correct(request: Request) -> b.Block | None:
    if not _possible(request, r.Corrected):
        return None
    style: b.Style | None = "primary" if request.state is State.NEEDS_CORRECTION else None
    return _button(request, say("Correct"), a.CORRECT, style)


def watched_row(request: Request) -> list[b.Block]:
    """Return what can be done with a connection."""
    return _always(request) if request.state in WATCHED else []


def chores(request: Request) -> list[b.Block]:
    """Return what a retired connection leaves to be confirmed."""
    done = {record.chore for record in request.chores}
    wanted = [(r.Chore.KEY_DELETED, say("I deleted the key"), a.KEY_DELETED)]
    if not request.succeeded_by:
        wanted.append((r.Chore.INSTANCE_DELETED, say("I deleted the instance"), a.INSTANCE_DELETED))
    offered = _possible(request, r.ChoreDone)
    return [_button(request, text, action) for what, text, action in wanted if offered and what not in done]


def _always(request: Request) -> list[b.Block]:
    row = []
    checks = request.product.grants or request.state in LOOK_PACE
    if _possible(request, r.CheckAsked) and checks:
        row.append(_button(request, say("Check now"), a.CHECK_NOW))
    if request.state in OPEN:
        row.append(_button(request, say("Cancel request"), a.CANCEL))
    if request.state in WATCHED:
        row.append(_button(request, say("Rotate key"), a.ROTATE))
        row.append(_button(request, say("Retire"), a.RETIRE))
    return row


def _ask_approval(request: Request) -> b.Block:
    text = say(
        "Workspace {workspace_id}, scope {scope}, key ending {last4}. Your name is recorded.",
        workspace_id=b.code(request.draft.workspace_id, 40),
        scope=naming.scope(request),
        last4=b.code(request.key.last4, 8),
    )
    return b.confirm(say("Approve {id}?", id=request.id), text, say("Approve"))


def _ask_green(request: Request) -> b.Block:
    text = say(
        request.product.words.seen_beside,
        product=request.product.name,
        instance_name=b.code(request.draft.instance_name, 64),
    )
    return b.confirm(say(request.product.words.seen_ask), text, say("I see it"))
