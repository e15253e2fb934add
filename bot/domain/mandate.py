"""Write down in whose place a delegate decided."""

from __future__ import annotations

from bot.domain.policy import Actor, mandate
from bot.domain.request import Approved, Denied, Event, Request


def in_whose_place(event: Event, actor: Actor | None, request: Request) -> Event:
    """Return a decision with the reviewer whose place was taken; any other event as it is."""
    if actor is None or not isinstance(event, Approved | Denied):
        return event
    return event.model_copy(update={"on_behalf": mandate(actor, request)})
