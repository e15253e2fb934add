"""The small forms that ask why: deny (reason required), cancel and retire (reason welcome)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.views import actions as a
from bot.views import blocks as b
from bot.views.actions import Target
from bot.views.language import say
from bot.views.mistakes import KEY_ELSEWHERE, SECRET
from bot.views.repair import line

View = dict[str, Any]
LIMIT = 500


def denial(target: Target) -> View:
    """Return the form behind "Deny"; its private metadata is the packed target."""
    told = say(
        "Deny {request_id}? The requester and the channel see your reason. The key I hold is destroyed.",
        request_id=b.code(target.request_id),
    )
    hint = say("Say what has to change for a yes.")
    return _form(a.DENIAL, say("Deny the request"), say("Deny"), told, hint, target, optional=False)


def cancellation(target: Target) -> View:
    """Return the form behind "Cancel request"."""
    told = say(
        "Cancel {request_id}? I stop checking, and the key I hold is destroyed. Nothing "
        "changes at OpenAI or in the product: delete the key and the instance there if they are "
        "no longer wanted.",
        request_id=b.code(target.request_id),
    )
    hint = say("The channel sees it.")
    return _form(
        a.CANCELLATION, say("Cancel the request"), say("Cancel request"), told, hint, target, optional=True
    )


def retirement(target: Target) -> View:
    """Return the form behind "Retire", for a request that has become a connection."""
    told = say(
        "Retire the connection {request_id}? *It was proven: I stop watching it, and the key I hold is "
        "destroyed.* To connect this workspace again is a new request, as a rule with a new key and a new "
        "grant from OpenAI. Nothing changes at OpenAI or in the product by itself: I then say what is left "
        "to delete there.",
        request_id=b.code(target.request_id),
    )
    hint = say("The channel sees it.")
    return _form(a.RETIREMENT, say("Retire the connection"), say("Retire"), told, hint, target, optional=True)


def _form(
    callback: str, title: str, submit: str, told: str, hint: str, target: Target, *, optional: bool
) -> View:
    reason = b.text_input(a.REASON, say("Reason"), hint=hint, limit=LIMIT, optional=optional, multiline=True)
    return b.modal(
        title,
        [b.section(told), reason],
        submit=submit,
        close=say("Go back"),
        callback_id=callback,
        private_metadata="|".join(target),
    )


def parse(values: object) -> str:
    """Read the reason from `view.state.values`; never raises."""
    block = values.get(a.REASON) if isinstance(values, Mapping) else None
    element = block.get(a.REASON) if isinstance(block, Mapping) else None
    return line(element.get("value"), LIMIT) if isinstance(element, Mapping) else ""


def problems(reason: str, *, required: bool) -> dict[str, str]:
    """Return block id -> what is wrong; a denial needs a reason a person can act on."""
    if SECRET.search(reason):
        return {a.REASON: say(KEY_ELSEWHERE)}
    if required and len(reason) < 3:
        return {a.REASON: say("Say why in a few words: the requester has to know what to change.")}
    return {}
