"""Who may do what: pure and total, decided again at every click."""

from __future__ import annotations

from enum import StrEnum

from bot.domain.evidence import Frozen
from bot.domain.request import Request


class Action(StrEnum):
    """What a person can ask of Greenlight."""

    START = "start"
    VIEW = "view"
    CORRECT = "correct"
    APPROVE = "approve"
    DENY = "deny"
    CONFIRM = "confirm"
    CHECK = "check"
    CANCEL = "cancel"
    SHOW_KEY = "show_key"
    EXPORT = "export"


class Refusal(StrEnum):
    """Why not; `bot.views.words` has a sentence for each."""

    UNKNOWN_PERSON = "unknown_person"
    DEACTIVATED = "deactivated"
    BOT = "bot"
    GUEST = "guest"
    OTHER_TEAM = "other_team"
    NOT_ADMIN = "not_admin"
    NOT_REVIEWER = "not_reviewer"
    OWN_REQUEST = "own_request"
    NOT_YOURS = "not_yours"
    OTHER_IDENTITY = "other_identity"
    SHARED_CHANNEL = "shared_channel"


# Not about who somebody is: said where the sign-in, or the place of the click, is looked at.
ELSEWHERE = frozenset({Refusal.OTHER_IDENTITY, Refusal.SHARED_CHANNEL})


class Actor(Frozen):
    """The person who clicks, as Slack describes them now; roles come from the settings and user groups."""

    id: str
    team: str = ""
    known: bool = True
    deactivated: bool = False
    bot: bool = False
    guest: bool = False
    other_team: bool = False
    admin: bool = False
    reviewer: bool = False
    stands_in_for: tuple[str, ...] = ()  # reviewers who are away and named this person
    name: str = ""
    tz: str = ""
    locale: str = ""


NOBODY = (
    ("known", False, Refusal.UNKNOWN_PERSON),
    ("other_team", True, Refusal.OTHER_TEAM),
    ("deactivated", True, Refusal.DEACTIVATED),
    ("bot", True, Refusal.BOT),
    ("guest", True, Refusal.GUEST),
)


def unfit(actor: Actor) -> Refusal | None:
    """Say why this account may do nothing at all, whatever role it is listed in; None for a full member."""
    for trait, value, refusal in NOBODY:
        if getattr(actor, trait) is value:
            return refusal
    return None


def may(actor: Actor, action: Action, request: Request | None = None) -> Refusal | None:
    """Say why this actor may not do this, or None when they may; unknown combinations are refused."""
    if refusal := unfit(actor):
        return refusal
    if action is Action.START:
        return None if actor.admin else Refusal.NOT_ADMIN
    if request is None:
        return None if action is Action.VIEW and (actor.admin or _reviews(actor)) else Refusal.NOT_YOURS
    return _may_on(actor, action, request)


def mandate(actor: Actor, request: Request) -> str | None:
    """Whose place this person takes in a decision: nobody's for a reviewer, never the requester's."""
    if actor.reviewer:
        return None
    return next((one for one in actor.stands_in_for if one != request.requester), None)


def _reviews(actor: Actor) -> bool:
    return actor.reviewer or bool(actor.stands_in_for)


def _may_on(actor: Actor, action: Action, request: Request) -> Refusal | None:
    own = actor.id == request.requester
    if action in {Action.APPROVE, Action.DENY}:
        if own:
            return Refusal.OWN_REQUEST
        if _reviews(actor) and not actor.reviewer and mandate(actor, request) is None:
            return Refusal.OWN_REQUEST  # in the requester's own place: that would be their own yes
        return None if _reviews(actor) else Refusal.NOT_REVIEWER
    if action in {Action.CORRECT, Action.SHOW_KEY}:
        return None if own and actor.admin else Refusal.NOT_YOURS
    if action is Action.EXPORT:
        return None if actor.reviewer else Refusal.NOT_REVIEWER
    if action is Action.CONFIRM:
        return None if actor.admin else Refusal.NOT_YOURS
    if action is Action.CANCEL:
        return None if own or actor.reviewer else Refusal.NOT_YOURS
    if action in {Action.VIEW, Action.CHECK}:
        return None if own or actor.admin or _reviews(actor) else Refusal.NOT_YOURS
    return Refusal.NOT_YOURS
