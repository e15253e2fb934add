"""The sentences for states, refusals, errors, rungs, scopes and routes: every name of the core has some.

Texts with markup are mrkdwn and ready to show; whatever a person or a provider wrote is escaped here.
"""

from __future__ import annotations

from typing import NamedTuple

from bot.domain import errors as e
from bot.domain.diagnosis import Diagnosis, Verdict
from bot.domain.evidence import Rung, shown
from bot.domain.lifecycle import BLINDED, Terms
from bot.domain.policy import Refusal
from bot.domain.request import Request, Route, Scope, State
from bot.views import blocks as b
from bot.views import decommission
from bot.views.actions import COMMAND
from bot.views.advice import ADVICE, NOT_ASKED, Advice
from bot.views.language import Spoken, say

STATES: Spoken[State] = Spoken(
    {
        State.CHECKING: "Checking the key",
        State.NEEDS_CORRECTION: "Needs a correction",
        State.IN_REVIEW: "Waiting for review",
        State.AWAITING_OPENAI: "Waiting for OpenAI",
        State.AWAITING_NETSKOPE: "Ready for Grant Access in Netskope",
        State.VERIFYING: "Gathering evidence",
        State.CONNECTED: "Connected",
        State.ATTENTION: "Needs attention: proof was lost",
        State.DENIED: "Denied",
        State.CANCELLED: "Cancelled",
        State.EXPIRED: "Expired",
        State.RETIRED: "Retired",
    }
)

ROUTES: Spoken[Route] = Spoken(
    {
        Route.SUPPORT_EMAIL: "API Platform key, scopes granted by OpenAI Support",
        Route.SELF_SERVICE: "Workspace Admin key, permission set at creation",
    }
)

SCOPES: Spoken[Scope] = Spoken(
    {
        Scope.READ: "Read",
        Scope.WRITE: "Write (OpenAI: delete)",
        Scope.BOTH: "Both: read and write (OpenAI: read and delete)",
    }
)

OPENAI_SCOPES: dict[Scope, str] = {
    Scope.READ: "read",
    Scope.WRITE: "delete",
    Scope.BOTH: "read and delete",
}

RUNGS: Spoken[Rung] = Spoken(
    {
        Rung.KEY_ALIVE: "The key is alive and reaches this workspace",
        Rung.READ_GRANTED: "OpenAI granted read",
        Rung.INSTANCE_RECORDED: "Netskope recorded the instance",
        Rung.GREEN_CHECK_SEEN: "A named person saw the green check",
        Rung.DATA_FLOWS: "Data flows",
    }
)

STANDINGS: Spoken[str] = Spoken({"shown": "shown", "not shown": "not shown", "lost": "lost"})

REFUSALS: Spoken[Refusal] = Spoken(
    {
        Refusal.UNKNOWN_PERSON: "I could not find out who you are, so I did nothing. Try again in a minute.",
        Refusal.DEACTIVATED: "This account is deactivated, so I did nothing.",
        Refusal.BOT: "Only people can do this, not bots.",
        Refusal.GUEST: "Guests cannot do this. Ask a full member of your workspace.",
        Refusal.OTHER_TEAM: "Only members of this Slack workspace can do this, not people from a "
        "connected one.",
        Refusal.NOT_ADMIN: "Only administrators can do this. Ask one of yours, or ask to be added to the "
        "list.",
        Refusal.NOT_REVIEWER: "Only reviewers of the security team can do this. Nothing was changed.",
        Refusal.OWN_REQUEST: "This is your own request: somebody else on the review team has to decide.",
        Refusal.OTHER_IDENTITY: "The sign-in belongs to somebody else than this Slack account, so "
        "nothing was "
        "approved. If "
        "it is yours, ask the operator of this bot.",
        Refusal.SHARED_CHANNEL: "The security channel is shared with another organization, so nothing can be "
        "approved until "
        "it is not.",
        Refusal.NOT_YOURS: "This is not yours to see or to change. The requester, an administrator or "
        "the security team can help.",
    }
)

DELETE_UNPROVEN = "requested, not verified by the bot: no harmless check for it exists"


class Turn(NamedTuple):
    """Who acts next and what they do; both mrkdwn."""

    who: str
    what: str

    @property
    def sentence(self) -> str:
        """Return both as one line."""
        return f"*{self.who}:* {self.what}"

    @property
    def plain(self) -> str:
        """Return both without emphasis."""
        return f"{self.who}: {self.what}"


NOBODY = "Nobody"
CLOSED = "nothing to do. This request is closed and Greenlight's copy of its key is destroyed."
LEFT_OUTSIDE = (
    "delete what is left in other systems: the list is in the thread of the card and in a direct message. "
    "Greenlight's copy of the key is destroyed."
)


def turn(request: Request, terms: Terms, reader: str = "") -> Turn:
    """Say who acts next; `reader` is the person this is said to, who is then "You"."""
    requester = say("You") if reader == request.requester else b.mention(request.requester)
    match request.state:
        case state if state in BLINDED and request.probes.blocked_since:
            refused = Diagnosis(verdict=Verdict.BLOCKED, row="13")  # the last answer may be no news
            return Turn(requester, b.esc(advice_for(request, refused).next_action, 500))
        case State.CHECKING:
            asking = say("asking OpenAI about the key, with read-only calls. Nobody else has to act.")
            return Turn("Greenlight", asking)
        case State.NEEDS_CORRECTION:
            return Turn(
                requester,
                say("{next_action} Then press Correct.", next_action=b.esc(advice(request).next_action, 500)),
            )
        case State.IN_REVIEW:
            return Turn(say("Reviewers"), _review(request, terms))
        case State.AWAITING_OPENAI:
            return _at_openai(request, terms, requester)
        case State.AWAITING_NETSKOPE:
            return Turn(requester, say(request.product.words.turn, product=request.product.name))
        case State.VERIFYING:
            return _while_verifying(request, requester)
        case State.CONNECTED:
            return Turn(
                say(NOBODY),
                say("nothing to do.") + (say(" I keep watching.") if _watches(request, terms) else ""),
            )
        case State.ATTENTION:
            return Turn(say("{requester} and the reviewers", requester=requester), _attention(request))
        case State.RETIRED if decommission.left(request):
            return Turn(requester, say(LEFT_OUTSIDE))
        case _:
            return Turn(say(NOBODY), say(CLOSED))


def _watches(request: Request, terms: Terms) -> bool:
    return terms.looks(request) or (terms.watch and request.product.grants)


def _review(request: Request, terms: Terms) -> str:
    missing = max(terms.approvals_needed(request) - len(request.approvals), 1)
    if missing == 1:
        return say("approve or deny. One reviewer still has to say yes.")
    return say("approve or deny. {missing} reviewers still have to say yes.", missing=missing)


def _at_openai(request: Request, terms: Terms, requester: str) -> Turn:
    if request.probes.run is Verdict.GRANTED:
        return Turn("Greenlight", say("asking OpenAI once more: a grant counts after two equal answers."))
    if request.draft.route is Route.SELF_SERVICE:
        return Turn(requester, b.esc(advice(request).next_action, 500))
    if request.mail:
        return Turn(
            say("OpenAI Support"),
            say("adding the scopes to the key. I keep asking and say when they are there."),
        )
    if terms.smtp and not request.mail_refused:
        return Turn("Greenlight", say("sending the e-mail to OpenAI Support."))
    return Turn(requester, say("send the e-mail to OpenAI Support (drafted in the direct message)."))


def _while_verifying(request: Request, requester: str) -> Turn:
    if request.product.grants and not shown(request.evidence, Rung.READ_GRANTED):
        return Turn("Greenlight", say("waiting until OpenAI's grant is proven again."))
    return Turn(requester, say(request.product.words.seen_turn, product=request.product.name))


def _attention(request: Request) -> str:
    lost = [rung for rung in Rung if (found := request.evidence.get(rung)) and found.standing == "lost"]
    if Rung.READ_GRANTED in lost or Rung.KEY_ALIVE in lost:
        return _lost_at_openai(request)
    return say(
        "look at the instance in {product}: its records say that it is gone.", product=request.product.name
    )


def _lost_at_openai(request: Request) -> str:
    if request.probes.run is Verdict.MISSING:
        return say(
            "ask OpenAI Support why the scopes are gone from the key (our reference: {id}), or press Rotate "
            "key to replace it.",
            id=request.id,
        )
    mended = b.esc(advice(request).next_action, 500)
    return say("{next_action} For a new key, press Rotate key.", next_action=mended)


def advice(request: Request) -> Advice:
    """Return the words for the last diagnosis, with the names of this request."""
    return advice_for(request, request.probes.last)


def advice_for(request: Request, diagnosis: Diagnosis | None) -> Advice:
    """Return the words for a diagnosis; a row without words (or none yet) is said to be unclear."""
    found = ADVICE.get(diagnosis.advice, ADVICE["unknown"]) if diagnosis else NOT_ASKED
    draft = request.draft
    return found.fill(
        last4=request.key.last4,
        workspace_id=draft.workspace_id,
        organization_id=draft.organization_id,
        created_by=draft.created_by,
        product=request.product.name,
    )


def error(problem: e.GreenlightError) -> str:
    """Say to the person what did not work, and that nothing was changed where that is so."""
    match problem:
        case e.UnfitDelegate():
            return say("Choose an active full member of this workspace: no guest, no bot.")
        case e.NotAllowed():
            known = problem.refusal in set(Refusal)
            return REFUSALS[Refusal(problem.refusal) if known else Refusal.NOT_YOURS]
        case e.NotPossible():
            title = STATES.get(State(problem.state)) if problem.state in set(State) else None
            now = say(" It now stands at: {title}.", title=title) if title else ""
            return say("That no longer applies, the request has moved on.{now} Nothing was changed.", now=now)
        case e.Stale():
            return say(
                "The request was changed after this was shown. Look at the new card, then decide again."
            )
        case e.AlreadySaid():
            return say("You said that already; it counts once.")
        case e.AlreadyOpen():
            return say(
                "There is already an open request for this workspace, product and tenant: {request_id}.",
                request_id=b.code(problem.request_id),
            )
        case e.NoSuccessor():
            return SUCCESSION[problem.why].format(old=b.code(problem.request_id))
        case e.NotOffered():
            return say("This installation does not offer that. Open the form again.")
        case e.NotFound(request_id=""):
            return say(
                "Say which request, with its id behind the command ({example}). {command} shows them.",
                example=b.code("GL-7K3M9Q"),
                command=b.code(f"{COMMAND} list"),
            )
        case e.NotFound():
            return say(
                "I know no request {request_id}. {command} shows them.",
                request_id=b.code(problem.request_id),
                command=b.code(f"{COMMAND} list"),
            )
        case e.WornOut():
            return say("Too many tries. Type /greenlight in Slack to get a new link.")
        case e.TooMany():
            return say(
                "That was a lot of requests at once. Try again in {wait}.", wait=_wait(problem.retry_after)
            )
        case e.StepUpNeeded():
            return say(
                "This approval counts only with a sign-in at your identity provider. Nothing was changed."
            )
        case e.BadLink():
            return say(
                "This link is none of mine. Type {command} in Slack to get one.", command=b.code(COMMAND)
            )
        case e.LinkUsed():
            return say(
                "This link was used or has run out. Type {command} in Slack to get a new one.",
                command=b.code(COMMAND),
            )
        case _:
            return _failure(problem)


def _failure(problem: e.GreenlightError) -> str:
    match problem:
        case e.Conflict():
            return say(
                "Somebody else changed this request at the same moment. Look at the card and try again."
            )
        case e.TooNew():
            return say(
                "I am being updated, and a newer version of me has this request. *Nothing was changed.* Try "
                "again in a minute."
            )
        case e.StoreUnavailable():
            return say("My storage cannot be reached, so *nothing was saved*. Try again in a minute.")
        case e.VaultError():
            return say(
                "The stored key cannot be opened. Ask the operator of this bot; a new key may be needed."
            )
        case e.Busy():
            return say("Too much is happening at once, so *nothing was saved*. Try again in a minute.")
        case e.Queued():
            return say("Slack takes only so many messages at once; this one is on its way.")
        case e.Transient():
            return say(
                "{provider} cannot be reached right now. Nothing was changed; try again later.",
                provider=b.esc(problem.provider),
            )
        case e.Refused():
            return say(
                "{provider} refused. The operator of this bot finds the reason in the log.",
                provider=b.esc(problem.provider),
            )
        case _:
            return say(
                "That did not work, and nothing was changed. Try again; if it stays, tell the bot's operator."
            )


def _wait(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return say("a minute") if minutes == 1 else say("{minutes} minutes", minutes=minutes)


SUCCESSION: Spoken[str] = Spoken(
    {
        "not_connected": "{old} is not connected, so there is nothing to rotate. Start a new request "
        "instead.",
        "same_key": "This is the key that {old} has already. Create a new one at OpenAI; the old one stays.",
        "other_workspace": "{old} connects another workspace or tenant. A rotation changes the key, not "
        "these.",
    }
)
"""Why a rotation is refused."""

EXPIRED_TRIGGER = "Slack took too long to open the form, and nothing was saved. Type {command} again."
EXPIRED_BUTTON = "Slack took too long to open the window, and nothing was saved. Press the button again."
EXPIRED_SHORTCUT = "Slack took too long to open the form, and nothing was saved. Use the shortcut again."

TOO_SLOW = (
    "This took too long, so I cannot say whether it was saved. Look at the request in a moment; "
    "if nothing changed there, do it again."
)
OUTDATED = "This is from another version of Greenlight. Type {command} to go on."
OUTDATED_FORM = (
    "This form is from another version of Greenlight, and *nothing was saved*. Try again in a minute, or "
    "type {command} to start again."
)

EXAMINING = "I am looking at everything; the findings follow in a moment, for your eyes only."
NO_DOCTOR = "This installation cannot look at itself from here. Run `greenlight doctor` where it runs."

DONE: Spoken[str] = Spoken(
    {
        "check_asked": "I am checking now; the card shows the result. If OpenAI has asked me to "
        "slow down, I wait that long first.",
        "approved": "Your approval is recorded.",
        "email_sent": "Noted: the e-mail is sent. I keep asking OpenAI.",
        "snoozed": "Quiet for a while: I remind nobody of this request until then.",
        "follow_up_asked": "I am sending the follow-up to OpenAI Support, in the thread of the first mail.",
        "key_deleted": "Recorded under your name: the key is deleted at OpenAI.",
        "instance_deleted": "Recorded under your name: the instance is deleted in {product}.",
        "followed_up": "Noted: OpenAI Support was asked again.",
    }
)
"""What the person who pressed hears, by event kind; what they did in the product: `naming.done`."""


def last_word(request: Request) -> str:
    """Return who ended the request, when and why, or nothing."""
    if request.succeeded_by:
        return say(
            "Replaced by {successor}, with a new key, on {at}.",
            successor=b.code(request.succeeded_by),
            at=b.date(request.state_since),
        )
    if request.ended is None:
        return ""
    why = say(" Reason: “{reason}”.", reason=b.esc(request.ended.reason, 500)) if request.ended.reason else ""
    told = ENDED.get(request.state, ENDED[State.CANCELLED])
    return told.format(who=b.mention(request.ended.by), at=b.date(request.ended.at), why=why)


ENDED: Spoken[State] = Spoken(
    {
        State.DENIED: "{who} denied this on {at}.{why}",
        State.RETIRED: "{who} retired this on {at}.{why}",
        State.CANCELLED: "{who} cancelled this on {at}.{why}",
    }
)
"""Who ended a request, when and why."""
