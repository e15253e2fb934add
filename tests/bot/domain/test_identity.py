"""Which approvals need a sign-in: the rule sits in the lifecycle, whatever button leads there."""

import pytest

from bot.domain.errors import AlreadySaid, Stale, StepUpNeeded
from bot.domain.identity import is_risky
from bot.domain.lifecycle import advance
from bot.domain.request import Approved, Scope, State
from bot.domain.terms import Terms
from tests.factories import NOW, REVIEWER, in_state

STRICT = Terms(step_up=True, production=frozenset({"acme.goskope.com"}))


@pytest.mark.parametrize(
    ("scope", "production", "risky"),
    [
        (Scope.READ, (), False),
        (Scope.WRITE, (), True),
        (Scope.BOTH, (), True),
        (Scope.READ, ("acme.goskope.com",), True),
        (Scope.READ, ("other.goskope.com",), False),
    ],
)
def test_deleting_and_production_are_risky(scope: Scope, production: tuple[str, ...], risky: bool) -> None:
    assert is_risky(in_state(State.IN_REVIEW, scope=scope), production) is risky


def test_a_risky_approval_without_a_sign_in_is_refused_by_the_lifecycle_itself() -> None:
    request = in_state(State.IN_REVIEW)
    yes = Approved(by=REVIEWER, fingerprint=request.fingerprint)
    with pytest.raises(StepUpNeeded):
        advance(request, yes, NOW, STRICT)
    with pytest.raises(StepUpNeeded):
        advance(request, yes.model_copy(update={"step_up": False}), NOW, STRICT)
    confirmed = advance(request, yes.model_copy(update={"step_up": True}), NOW, STRICT)
    assert confirmed.request.state is State.AWAITING_OPENAI
    assert confirmed.entry.facts["step_up"] is True


def test_a_sign_in_mends_no_other_flaw_of_an_approval() -> None:
    request = in_state(State.IN_REVIEW)
    yes = Approved(by=REVIEWER, fingerprint="0" * 16, step_up=True)
    with pytest.raises(Stale):
        advance(request, yes, NOW, STRICT)
    two = Terms(step_up=True, quorum=2)
    first = advance(request, yes.model_copy(update={"fingerprint": request.fingerprint}), NOW, two).request
    with pytest.raises(AlreadySaid):
        advance(first, yes.model_copy(update={"fingerprint": first.fingerprint}), NOW, two)


def test_where_no_provider_is_set_approvals_are_as_before() -> None:
    request = in_state(State.IN_REVIEW)
    done = advance(request, Approved(by=REVIEWER, fingerprint=request.fingerprint), NOW, Terms())
    assert "step_up" not in done.entry.facts
