"""One audit entry as one sentence: what happened, who did it, what it rests on; never more than it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from bot.domain.audit import Entry
from bot.domain.diagnosis import Diagnosis, Verdict
from bot.domain.evidence import Rung
from bot.domain.lifecycle import Terms
from bot.domain.request import Concern, Request, State
from bot.views import blocks as b
from bot.views import correction, naming, words
from bot.views.advice import Advice
from bot.views.language import Spoken, say

Said = Callable[[Request, Entry, Terms], str]


def sentence(request: Request, entry: Entry, terms: Terms) -> str:
    """Return the entry in words (mrkdwn); an event nobody gave words to is named, not hidden."""
    told = SAID.get(entry.event)
    return told(request, entry, terms) if told else say("{event} was recorded.", event=b.esc(entry.event))


def moved(entry: Entry) -> bool:
    """Return whether the entry changed the state."""
    return entry.state_from != entry.state_to


def diagnosis_of(entry: Entry) -> Diagnosis | None:
    """Return the diagnosis of a probe's entry, or None."""
    try:
        return Diagnosis.model_validate(entry.facts.get("diagnosis"))
    except ValidationError:
        return None


def advice_of(request: Request, entry: Entry) -> Advice:
    """Return the words for what the probe of this entry found, or for the last one."""
    return words.advice_for(request, diagnosis_of(entry) or request.probes.last)


def _who(entry: Entry) -> str:
    return b.mention(entry.by) if entry.by else say("Somebody")


def _in_place(entry: Entry) -> str:
    absent = entry.facts.get("on_behalf")
    return say(", in the place of {absent},", absent=b.mention(str(absent))) if absent else ""


def _reason(entry: Entry) -> str:
    reason = entry.facts.get("reason")
    return say(" Reason: “{reason}”.", reason=b.esc(str(reason), 500)) if reason else ""


def where(request: Request) -> str:
    """Return the product, with the tenant where it has one."""
    product = request.product
    return f"{product.name} ({b.code(request.tenant)})" if product.has_tenant else product.name


def _opened(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return say(
        "{who} asked to connect ChatGPT workspace {workspace_id} to {product}.",
        who=_who(entry),
        workspace_id=b.code(request.draft.workspace_id),
        product=where(request),
    )


PROBED: Spoken[str] = Spoken(
    {
        State.IN_REVIEW: "The key was checked with OpenAI and can be reviewed now.",
        State.AWAITING_OPENAI: "The key was checked with OpenAI; the scopes are not proven yet.",
        State.AWAITING_NETSKOPE: "OpenAI's grant of read is proven: repeated checks gave the same answer.",
        State.NEEDS_CORRECTION: "OpenAI's answers mean that something has to be corrected.",
        State.ATTENTION: "What was proven no longer is: OpenAI refused the key in several checks in a row.",
        State.CONNECTED: "OpenAI accepts the key again, so the connection counts as proven again.",
    }
)


def _grants(entry: Entry) -> bool:
    found = diagnosis_of(entry)
    return found is not None and found.verdict is Verdict.GRANTED


def _probed(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    found = advice_of(request, entry)
    plain = say("The key was checked.")
    lead = PROBED.get(entry.state_to, plain) if moved(entry) else plain
    later = (
        "" if entry.state_to != State.IN_REVIEW or _grants(entry) else say(" Scopes come after the approval.")
    )
    news = "" if moved(entry) else _rungs(request, entry, say("a live check with OpenAI"))
    lead = news or lead
    return say(
        "{lead}{later}\nOpenAI's answer: *{title}.* {meaning}",
        lead=lead,
        later=later,
        title=b.esc(found.title),
        meaning=b.esc(found.what_it_means, 500),
    )


def _corrected(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    if not moved(entry) and entry.state_to != State.IN_REVIEW:
        return say("{who} corrected the request. Nothing that was approved changed.", who=_who(entry))
    if not request.product.grants:
        return say("{who} corrected the request. Approvals given before are void.", who=_who(entry))
    return say(
        "{who} corrected the request. Approvals given before are void; the key is checked again.",
        who=_who(entry),
    )


def _asked(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return say("{who} asked for a check now.", who=_who(entry))


def _approved(request: Request, entry: Entry, terms: Terms) -> str:
    count = sum(1 for yes in request.approvals if yes.at <= entry.at) or 1
    return say(
        "{who} approved ({count} of {quorum}).",
        who=_who(entry) + _in_place(entry),
        count=count,
        quorum=terms.approvals_needed(request),
    )


def _denied(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return say(
        "{who} denied the request.{reason} The key I held is destroyed.",
        who=_who(entry) + _in_place(entry),
        reason=_reason(entry),
    )


def _emailed(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    if entry.facts.get("message_id"):
        return say("I sent the e-mail to OpenAI Support, with a copy to the administrator.")
    return say("{who} says that the e-mail to OpenAI Support is sent.", who=_who(entry))


def _unmailed(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    said = b.esc(str(entry.facts.get("said", "")), 200)
    return say("The mail server refused the e-mail to OpenAI Support ({said}). Send it by hand.", said=said)


def _pressed(request: Request, entry: Entry, terms: Terms) -> str:
    looks = (
        say("I now read the tenant's records.")
        if terms.looks(request)
        else say(request.product.words.pressed_wait, product=request.product.name)
    )
    return say(request.product.words.pressed_said, who=_who(entry), looks=looks, product=request.product.name)


def _looked(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    source = say("{product}'s own records", product=request.product.name)
    return _rungs(request, entry, source) or say("I read the tenant's records.")


def _rungs(request: Request, entry: Entry, source: str) -> str:
    """Say which rungs the entry changed, each with where it stands now; nothing where it changed none."""
    changed: dict[str, Any] = entry.facts.get("rungs") or {}
    told = [
        f"{rung.value} · {naming.claim(request, rung)}: *{_standing(str(changed[rung.value]))}* ({source})."
        for rung in Rung
        if rung.value in changed
    ]
    return " ".join(told)


def _standing(name: str) -> str:
    return words.STANDINGS.get(name, b.esc(name))


def _green(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return say(
        request.product.words.seen_said,
        product=request.product.name,
        who=_who(entry),
        instance_name=b.code(request.draft.instance_name),
    )


def _key_shown(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return say(
        "{who} was shown the key once, to paste it into {product}. It is not shown again.",
        who=_who(entry),
        product=request.product.name,
    )


def _cancelled(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    if entry.state_to == State.RETIRED:
        return say("{who} retired the connection.{reason} The key I held is destroyed.", **_ending(entry))
    return say("{who} cancelled the request.{reason} The key I held is destroyed.", **_ending(entry))


def _ending(entry: Entry) -> dict[str, str]:
    return {"who": _who(entry), "reason": _reason(entry)}


def _expired(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    stood = naming.title(request, entry.state_from) if entry.state_from in set(State) else entry.state_from
    return say(
        "Nobody moved the request for too long (it stood at: {stood}). The key I held is destroyed.",
        stood=b.esc(stood),
    )


def _reminded(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    unknown = say("I reminded the requester that OpenAI has not answered.")
    told = REMINDED.get(str(entry.facts.get("to")), unknown)
    again = say(" The second group was told too.") if entry.facts.get("escalated") else ""
    return f"{told}{again}"


REMINDED: Spoken[str] = Spoken(
    {"requester": "I reminded the requester.", "reviewers": "I reminded the reviewers."}
)


def _snoozed(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return say("{who} asked for no reminders until {when}.", who=_who(entry), when=_when(entry, "until"))


WARNED: Spoken[str] = Spoken(
    {
        Concern.EXPIRY: "*Nobody has moved this request.* It expires {since} and its key is destroyed then.",
        Concern.KEY_EXPIRY: "*The key expires {since}.* A new key needs a new grant: start its rotation "
        "in time.",
        Concern.REQUESTER_LEFT: (
            "*{requester} is deactivated in Slack.* A key stops working when the person who made it "
            "loses the "
            "role at OpenAI. See who owns the key, and rotate it in time."
        ),
        Concern.CREATOR_LEFT: (
            "*{creator}, who made the key, is deactivated in Slack.* At OpenAI a key stops working with the "
            "account or the role of who made it. {remedy}"
        ),
        Concern.QUIET: (
            "*No data since {since}.* Nothing else is lost: the key works and no deletion is recorded. "
            "It may be "
            "a quiet week; it may be a policy that was switched off in {product}."
        ),
    }
)


def _warned(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    told = WARNED.get(str(entry.facts.get("about")), say("There is something to look at."))
    return told.format(
        since=_when(entry, "since"),
        requester=b.mention(request.requester),
        creator=b.code(request.draft.created_by, 80),
        remedy=correction.new_maker(request),
        product=request.product.name,
    )


def _when(entry: Entry, field: str) -> str:
    try:
        return b.date(datetime.fromisoformat(str(entry.facts.get(field))))
    except ValueError:
        return say("soon")


def _asked_again(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return say("{who} asked me to write to OpenAI Support again.", who=_who(entry))


def _followed_up(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    if entry.facts.get("message_id"):
        return say("I wrote to OpenAI Support again, in the thread of the first mail.")
    return say("{who} says that OpenAI Support was asked again.", who=_who(entry))


def _took_over(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return say(
        "The new key has taken over from {replaced}, which is retired.",
        replaced=b.code(str(entry.facts.get("replaced")), 20),
    )


def _replaced(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    successor = b.code(str(entry.facts.get("successor")), 20)
    return say(
        "{successor} took this connection's place with a new key. The old key I held is destroyed.",
        successor=successor,
    )


def _chore(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    told = CHORES.get(str(entry.facts.get("chore")), say("{who} says that it is done."))
    return told.format(who=_who(entry))


CHORES: Spoken[str] = Spoken(
    {
        "key_deleted": "{who} says that the key is deleted at OpenAI.",
        "instance_deleted": "{who} says that the instance is deleted.",
    }
)


def _announced(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return say("The message in Slack was posted.")


SAID: dict[str, Said] = {
    "opened": _opened,
    "key_probed": _probed,
    "corrected": _corrected,
    "check_asked": _asked,
    "approved": _approved,
    "denied": _denied,
    "email_sent": _emailed,
    "email_refused": _unmailed,
    "grant_pressed": _pressed,
    "tenant_checked": _looked,
    "green_check_seen": _green,
    "key_shown": _key_shown,
    "cancelled": _cancelled,
    "deadline_passed": _expired,
    "reminded": _reminded,
    "snoozed": _snoozed,
    "warned": _warned,
    "follow_up_asked": _asked_again,
    "followed_up": _followed_up,
    "took_over": _took_over,
    "replaced": _replaced,
    "chore_done": _chore,
    "announced": _announced,
}
