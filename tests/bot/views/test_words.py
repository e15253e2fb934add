from __future__ import annotations

import inspect

import pytest

from bot.domain import errors as e
from bot.domain.evidence import Rung
from bot.domain.policy import Refusal
from bot.domain.request import Route, Scope, State
from bot.views import words
from tests.bot.views.reading import HOSTILE
from tests.factories import REQUESTER, TERMS, in_state

EXAMPLES: dict[type[e.GreenlightError], e.GreenlightError] = {
    e.GreenlightError: e.GreenlightError(),
    e.UserError: e.UserError(),
    e.NotAllowed: e.NotAllowed(Refusal.OWN_REQUEST),
    e.UnfitDelegate: e.UnfitDelegate(Refusal.GUEST),
    e.NotPossible: e.NotPossible(State.DENIED, "Approved"),
    e.Stale: e.Stale(),
    e.AlreadySaid: e.AlreadySaid(),
    e.AlreadyOpen: e.AlreadyOpen("GL-7K3M9Q"),
    e.NoSuccessor: e.NoSuccessor("GL-7K3M9Q", "same_key"),
    e.NotOffered: e.NotOffered(),
    e.NotFound: e.NotFound(HOSTILE),
    e.TooMany: e.TooMany(200),
    e.WornOut: e.WornOut(600),
    e.StepUpNeeded: e.StepUpNeeded(),
    e.BadLink: e.BadLink(),
    e.LinkUsed: e.LinkUsed(),
    e.Conflict: e.Conflict(),
    e.StoreUnavailable: e.StoreUnavailable(),
    e.TooNew: e.TooNew("state"),
    e.Busy: e.Busy(),
    e.Queued: e.Queued("slack", "secret detail"),
    e.VaultError: e.VaultError(),
    e.ProviderError: e.ProviderError("OpenAI", "secret detail"),
    e.Transient: e.Transient("OpenAI", "secret detail"),
    e.Refused: e.Refused("Slack", "secret detail"),
}


def test_every_error_is_said_and_no_two_sound_alike_by_accident() -> None:
    ours = {kind for _, kind in inspect.getmembers(e, inspect.isclass) if issubclass(kind, e.GreenlightError)}
    assert ours == set(EXAMPLES)
    generic = words.error(e.GreenlightError())
    own_words = {kind: words.error(error) for kind, error in EXAMPLES.items()}
    plain = {kind for kind, said in own_words.items() if said == generic}
    assert plain == {e.GreenlightError, e.UserError, e.ProviderError}
    assert len(set(own_words.values())) == len(EXAMPLES) - 2


@pytest.mark.parametrize("error", EXAMPLES.values(), ids=lambda error: type(error).__name__)
def test_no_error_shows_what_a_provider_said_or_what_somebody_typed(error: e.GreenlightError) -> None:
    said = words.error(error)
    assert "secret detail" not in said
    assert "<" not in said


def test_when_storage_is_away_the_person_hears_that_nothing_was_saved() -> None:
    assert "nothing was saved" in words.error(e.StoreUnavailable())


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_has_a_sentence_of_its_own(refusal: Refusal) -> None:
    assert words.error(e.NotAllowed(refusal)) == words.REFUSALS[refusal]
    assert list(words.REFUSALS.values()).count(words.REFUSALS[refusal]) == 1


def test_every_name_of_the_core_has_words() -> None:
    tables = [(State, words.STATES), (Rung, words.RUNGS), (Route, words.ROUTES), (Scope, words.SCOPES)]
    tables += [(Scope, words.OPENAI_SCOPES), (Refusal, words.REFUSALS)]
    for names, table in tables:
        assert set(names) == set(table)
        assert all(table.values())


@pytest.mark.parametrize("state", State)
def test_every_state_says_who_acts_next(state: State) -> None:
    turn = words.turn(in_state(state), TERMS)
    assert turn.who
    assert turn.what.endswith((".", ")"))


def test_a_person_is_addressed_as_you_in_their_own_messages() -> None:
    request = in_state(State.AWAITING_NETSKOPE)
    assert words.turn(request, TERMS).who == f"<@{REQUESTER}>"
    assert words.turn(request, TERMS, reader=REQUESTER).who == "You"
