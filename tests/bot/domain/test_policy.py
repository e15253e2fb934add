"""Who may do what, spelled out for every kind of person, every action, their own request and another's."""

from __future__ import annotations

import itertools

import pytest

from bot.domain.policy import ELSEWHERE, NOBODY, Action, Actor, Refusal, may
from tests.bot.domain.samples import REQUESTER, fresh

REQUEST = fresh()
OWN, OTHER = REQUESTER, "U-SOMEONE"
NOT_ADMIN, NOT_REVIEWER = Refusal.NOT_ADMIN, Refusal.NOT_REVIEWER
OWN_REQUEST, NOT_YOURS, OK = Refusal.OWN_REQUEST, Refusal.NOT_YOURS, None

ROLES = {
    "nobody": {},
    "admin": {"admin": True},
    "reviewer": {"reviewer": True},
    "both": {"admin": True, "reviewer": True},
    "delegate": {"stands_in_for": ("U-AWAY",)},
    "admin and delegate": {"admin": True, "stands_in_for": ("U-AWAY",)},
    "the requester's delegate": {"stands_in_for": (REQUESTER,)},
}
Row = tuple[Refusal | None, ...]
ANYBODY: Row = (OK,) * 7
ADMINS: Row = (NOT_YOURS, OK, NOT_YOURS, OK, NOT_YOURS, OK, NOT_YOURS)
STARTERS: Row = (NOT_ADMIN, OK, NOT_ADMIN, OK, NOT_ADMIN, OK, NOT_ADMIN)
ONLOOKERS: Row = (NOT_YOURS, OK, OK, OK, OK, OK, OK)
DECIDERS: Row = (NOT_REVIEWER, NOT_REVIEWER, OK, OK, OK, OK, OWN_REQUEST)
REVIEWERS: Row = (NOT_REVIEWER, NOT_REVIEWER, OK, OK, NOT_REVIEWER, NOT_REVIEWER, NOT_REVIEWER)
NONE: Row = (NOT_YOURS,) * 7
# action: what each of the seven hears on their own request, then on another's
TABLE: dict[Action, tuple[Row, Row]] = {
    Action.START: (STARTERS, STARTERS),
    Action.VIEW: (ANYBODY, ONLOOKERS),
    Action.CORRECT: (ADMINS, NONE),
    Action.APPROVE: ((OWN_REQUEST,) * 7, DECIDERS),
    Action.DENY: ((OWN_REQUEST,) * 7, DECIDERS),
    Action.CONFIRM: (ADMINS, ADMINS),
    Action.CHECK: (ANYBODY, ONLOOKERS),
    Action.SHOW_KEY: (ADMINS, NONE),
    Action.EXPORT: (REVIEWERS, REVIEWERS),
    Action.CANCEL: (ANYBODY, (NOT_YOURS, NOT_YOURS, OK, OK, NOT_YOURS, NOT_YOURS, NOT_YOURS)),
}
WITHOUT_REQUEST: dict[Action, Row] = {
    **dict.fromkeys(Action, NONE),
    Action.START: STARTERS,
    Action.VIEW: ONLOOKERS,
}
TRAITS = {trait: (value, refusal) for trait, value, refusal in NOBODY}
COMBINATIONS = [
    chosen for size in range(1, len(TRAITS) + 1) for chosen in itertools.combinations(TRAITS, size)
]


def test_the_table_names_every_action_for_every_kind_of_person() -> None:
    assert set(TABLE) == set(Action)
    rows = [*WITHOUT_REQUEST.values(), *(row for pair in TABLE.values() for row in pair)]
    assert {len(row) for row in rows} == {len(ROLES)}


@pytest.mark.parametrize("who", [OWN, OTHER], ids=["own", "other's"])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", Action)
def test_a_known_person_may_what_the_table_says(action: Action, role: str, who: str) -> None:
    expected = TABLE[action][who == OTHER][list(ROLES).index(role)]
    assert may(Actor(id=who, **ROLES[role]), action, REQUEST) is expected


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", Action)
def test_without_a_request_only_starting_and_listing_are_left(action: Action, role: str) -> None:
    expected = WITHOUT_REQUEST[action][list(ROLES).index(role)]
    assert may(Actor(id=OTHER, **ROLES[role]), action) is expected


@pytest.mark.parametrize("traits", COMBINATIONS, ids="+".join)
@pytest.mark.parametrize("role", ROLES)
def test_guests_bots_strangers_and_the_deactivated_may_nothing_whatever_their_roles(
    traits: tuple[str, ...], role: str
) -> None:
    actor = {trait: TRAITS[trait][0] for trait in traits}
    expected = next(
        refusal for trait, _, refusal in NOBODY if trait in traits
    )  # the first that holds is said
    for action, who, request in itertools.product(Action, (OWN, OTHER), (REQUEST, None)):
        assert may(Actor(id=who, **ROLES[role], **actor), action, request) is expected


def test_a_person_without_roles_may_nothing_with_what_is_not_theirs() -> None:
    for action in Action:
        assert may(Actor(id=OTHER), action, REQUEST) is not None
        assert may(Actor(id=OTHER), action) is not None


def test_an_action_nobody_thought_of_is_refused() -> None:
    everything = Actor(id=OWN, admin=True, reviewer=True)
    assert may(everything, "erase", REQUEST) is Refusal.NOT_YOURS  # type: ignore[arg-type]
    assert may(everything, "erase") is Refusal.NOT_YOURS  # type: ignore[arg-type]


def test_every_refusal_can_happen() -> None:
    said = {may(Actor(id=OTHER, **{trait: value}), Action.VIEW) for trait, (value, _) in TRAITS.items()}
    said |= {refusal for own, other in TABLE.values() for refusal in own + other}
    assert said - {None} == set(Refusal) - ELSEWHERE
