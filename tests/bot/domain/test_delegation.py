"""A delegate is a reviewer for a while, never the requester's own yes, and never a second voice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.delegation import Delegation, stood_in_for
from bot.domain.errors import AlreadySaid
from bot.domain.mandate import in_whose_place
from bot.domain.policy import Action, Actor, Refusal, mandate, may
from bot.domain.request import Denied, State
from bot.domain.terms import Terms
from tests.bot.domain.samples import REQUESTER, REVIEWER, SECOND, T0, approved, reach, step

DAY = timedelta(days=1)
BOB = Delegation(reviewer=REVIEWER, delegate="U-DEL", until=T0 + DAY, at=T0)
DELEGATE = Actor(id="U-DEL", stands_in_for=(REVIEWER,))


@pytest.mark.parametrize(
    ("user", "at", "found"),
    [
        ("U-DEL", T0, (REVIEWER,)),
        ("U-DEL", T0 + DAY - timedelta(seconds=1), (REVIEWER,)),
        ("U-DEL", T0 + DAY, ()),
        ("U-DEL", T0 - timedelta(seconds=1), ()),
        (SECOND, T0, ()),
    ],
)
def test_a_delegation_lasts_from_when_it_was_said_until_its_end(user: str, at: object, found: tuple) -> None:
    assert stood_in_for(user, [BOB], at) == found


def test_a_delegate_may_decide_and_see_but_is_no_admin() -> None:
    request = reach(State.IN_REVIEW)
    for action in (Action.APPROVE, Action.DENY, Action.VIEW, Action.CHECK):
        assert may(DELEGATE, action, request) is None
    assert may(DELEGATE, Action.CONFIRM, request) is Refusal.NOT_YOURS
    assert may(DELEGATE, Action.START) is Refusal.NOT_ADMIN
    assert may(DELEGATE.model_copy(update={"guest": True}), Action.APPROVE, request) is Refusal.GUEST


def test_the_requester_gets_no_yes_by_way_of_a_delegate() -> None:
    request = reach(State.IN_REVIEW)
    own = Actor(id=REQUESTER, stands_in_for=(REVIEWER,))
    theirs = Actor(id="U-DEL", stands_in_for=(REQUESTER,))
    both = Actor(id="U-DEL", stands_in_for=(REQUESTER, REVIEWER))
    assert may(own, Action.APPROVE, request) is Refusal.OWN_REQUEST
    assert may(theirs, Action.APPROVE, request) is Refusal.OWN_REQUEST
    assert may(both, Action.APPROVE, request) is None
    assert mandate(both, request) == REVIEWER


def test_a_decision_names_the_one_who_is_away() -> None:
    request = reach(State.IN_REVIEW)
    said = in_whose_place(approved(request, by="U-DEL"), DELEGATE, request)
    moved = step(request, said)
    assert moved.request.approvals[0].on_behalf == REVIEWER
    assert moved.entry.facts["on_behalf"] == REVIEWER
    denied = in_whose_place(Denied(by="U-DEL", reason="no"), DELEGATE, request)
    assert step(request, denied).entry.facts["on_behalf"] == REVIEWER
    by_right = in_whose_place(approved(request), Actor(id=REVIEWER, reviewer=True), request)
    assert "on_behalf" not in step(request, by_right).entry.facts


def test_a_reviewer_and_their_delegate_are_one_voice() -> None:
    terms = Terms(quorum=2)
    request = reach(State.IN_REVIEW)
    for first, second in (((REVIEWER, None), ("U-DEL", REVIEWER)), (("U-DEL", REVIEWER), (REVIEWER, None))):
        yes = [
            approved(request, by=by).model_copy(update={"on_behalf": absent})
            for by, absent in (first, second)
        ]
        once = step(request, yes[0], terms=terms).request
        assert once.state is State.IN_REVIEW
        with pytest.raises(AlreadySaid):
            step(once, yes[1], terms=terms)
        assert step(once, approved(request, by=SECOND), terms=terms).request.state is State.AWAITING_OPENAI
