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
from bot.views import words
from bot.views.advice import Advice

Said = Callable[[Request, Entry, Terms], str]


def sentence(request: Request, entry: Entry, terms: Terms) -> str:
    """Return the entry in words (mrkdwn); an event nobody gave words to is named, not hidden."""
    say = SAID.get(entry.event)
    return say(request, entry, terms) if say else f"{b.esc(entry.event)} was recorded."


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
    return b.mention(entry.by) if entry.by else "Somebody"


def _reason(entry: Entry) -> str:
    reason = entry.facts.get("reason")
    return f" Reason: “{b.esc(str(reason), 500)}”." if reason else ""


def _opened(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return (
        f"{_who(entry)} asked to connect ChatGPT workspace {b.code(request.draft.workspace_id)} to Netskope "
        f"({b.code(request.tenant)})."
    )


PROBED: dict[str, str] = {
    State.IN_REVIEW: "The key was checked with OpenAI and can be reviewed now.",
    State.AWAITING_OPENAI: "The key was checked with OpenAI; the scopes are not proven yet.",
    State.AWAITING_NETSKOPE: "OpenAI's grant of read is proven: repeated checks gave the same answer.",
    State.NEEDS_CORRECTION: "OpenAI's answers mean that something has to be corrected.",
    State.ATTENTION: "What was proven no longer is: OpenAI refused the key in several checks in a row.",
    State.CONNECTED: "OpenAI accepts the key again, so the connection counts as proven again.",
}


def _grants(entry: Entry) -> bool:
    found = diagnosis_of(entry)
    return found is not None and found.verdict is Verdict.GRANTED


def _probed(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    found = advice_of(request, entry)
    lead = PROBED.get(entry.state_to, "The key was checked.") if moved(entry) else "The key was checked."
    later = "" if entry.state_to != State.IN_REVIEW or _grants(entry) else " Scopes come after the approval."
    news = "" if moved(entry) else _rungs(entry, "a live check with OpenAI")
    lead = news or lead
    return f"{lead}{later}\nOpenAI's answer: *{b.esc(found.title)}.* {b.esc(found.what_it_means, 500)}"


def _corrected(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return f"{_who(entry)} corrected the request. Approvals given before are void; the key is checked again."


def _asked(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return f"{_who(entry)} asked for a check now."


def _approved(request: Request, entry: Entry, terms: Terms) -> str:
    count = sum(1 for yes in request.approvals if yes.at <= entry.at) or 1
    return f"{_who(entry)} approved ({count} of {max(terms.quorum, 1)})."


def _denied(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return f"{_who(entry)} denied the request.{_reason(entry)} The key is destroyed."


def _emailed(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    if entry.facts.get("message_id"):
        return "I sent the e-mail to OpenAI Support, with a copy to the administrator."
    return f"{_who(entry)} says that the e-mail to OpenAI Support is sent."


def _unmailed(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    said = b.esc(str(entry.facts.get("said", "")), 200)
    return f"The mail server refused the e-mail to OpenAI Support ({said}). Send it by hand."


def _pressed(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    looks = "I now read the tenant's records." if terms.tenant_token else "I now wait for the green check."
    return f"{_who(entry)} says that Grant Access was pressed in Netskope. {looks}"


def _looked(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return _rungs(entry, "Netskope's own records") or "I read the tenant's records."


def _rungs(entry: Entry, source: str) -> str:
    """Say which rungs the entry changed, each with where it stands now; nothing where it changed none."""
    changed: dict[str, Any] = entry.facts.get("rungs") or {}
    told = [
        f"{rung.value} · {words.RUNGS[rung]}: *{b.esc(str(changed[rung.value]))}* ({source})."
        for rung in Rung
        if rung.value in changed
    ]
    return " ".join(told)


def _green(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return f"{_who(entry)} saw the green check beside {b.code(request.draft.instance_name)} in Netskope."


def _key_shown(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return f"{_who(entry)} was shown the key once, to paste it into Netskope. It is not shown again."


def _cancelled(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    what = "retired the connection" if entry.state_to == State.RETIRED else "cancelled the request"
    return f"{_who(entry)} {what}.{_reason(entry)} The key I held is destroyed."


def _expired(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    stood = words.STATES[State(entry.state_from)] if entry.state_from in set(State) else entry.state_from
    return f"Nobody moved the request for too long (it stood at: {b.esc(stood)}). The key is destroyed."


def _reminded(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    to = {"requester": "the requester", "reviewers": "the reviewers"}.get(str(entry.facts.get("to")))
    again = " The second group was told too." if entry.facts.get("escalated") else ""
    return f"I reminded {to or 'the requester that OpenAI has not answered'}.{again}"


def _snoozed(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return f"{_who(entry)} asked for no reminders until {_when(entry, 'until')}."


WARNED: dict[str, str] = {
    Concern.EXPIRY: "*Nobody has moved this request.* It expires {since} and its key is destroyed then.",
    Concern.KEY_EXPIRY: "*The key expires {since}.* A new key needs a new grant: start its rotation in time.",
    Concern.REQUESTER_LEFT: (
        "*{requester} is deactivated in Slack.* A key stops working when the person who made it loses the "
        "role at OpenAI. See who owns the key, and rotate it in time."
    ),
    Concern.QUIET: (
        "*No data since {since}.* Nothing else is lost: the key works and no deletion is recorded. It may be "
        "a quiet week; it may be a policy that was switched off in Netskope."
    ),
}


def _warned(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    told = WARNED.get(str(entry.facts.get("about")), "There is something to look at.")
    return told.format(since=_when(entry, "since"), requester=b.mention(request.requester))


def _when(entry: Entry, field: str) -> str:
    try:
        return b.date(datetime.fromisoformat(str(entry.facts.get(field))))
    except ValueError:
        return "soon"


def _asked_again(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return f"{_who(entry)} asked me to write to OpenAI Support again."


def _followed_up(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    if entry.facts.get("message_id"):
        return "I wrote to OpenAI Support again, in the thread of the first mail."
    return f"{_who(entry)} says that OpenAI Support was asked again."


def _took_over(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return (
        f"The new key has taken over from {b.code(str(entry.facts.get('replaced')), 20)}, which is retired."
    )


def _replaced(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    successor = b.code(str(entry.facts.get("successor")), 20)
    return f"{successor} took this connection's place with a new key. The old key I held is destroyed."


def _chore(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    done = {"key_deleted": "the key is deleted at OpenAI", "instance_deleted": "the instance is deleted"}
    return f"{_who(entry)} says that {done.get(str(entry.facts.get('chore')), 'it is done')}."


def _announced(request: Request, entry: Entry, terms: Terms) -> str:  # noqa: ARG001
    return "The message in Slack was posted."


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
