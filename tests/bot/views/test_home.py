from __future__ import annotations

import json
from typing import Any

import pytest

from bot.domain.lens import Filter, Lens
from bot.domain.policy import Actor
from bot.domain.request import Concern, Request, State
from bot.home_tab import LOOKED_AT, HomeTab
from bot.views import actions as a
from bot.views import home
from tests.bot.views.reading import HOSTILE
from tests.bot.views.test_messages import buttons, view_fits
from tests.factories import NOW, REQUESTER, REVIEWER, TERMS, in_state

FIRST = Lens()


def shown(waiting: list[Request], listed: list[Request], lens: Lens = FIRST, **more: object) -> dict:
    given = {"reader": REVIEWER, "at": NOW, "terms": TERMS}
    return home.home(waiting=waiting, listed=listed, lens=lens, **(given | more))


@pytest.mark.parametrize("chosen", Filter)
@pytest.mark.parametrize("count", [0, 1, 7, 300])
def test_the_home_fits_however_much_there_is(count: int, chosen: Filter) -> None:
    review = [in_state(State.IN_REVIEW, instance_name=HOSTILE)] * count
    listed = [in_state(min(chosen.states), instance_name=HOSTILE)] * count
    for page in (0, 1, 49, 9999):
        view = shown(review, listed, Lens(chosen, page), notice="x" * 3500)
        view_fits(view)
        assert view["private_metadata"] == f"{chosen}:{page}"


def test_pages_turn_forth_and_back_and_stop_at_their_ends() -> None:
    listed = [in_state(State.IN_REVIEW)] * 13
    turns = [set(buttons(shown([], listed, Lens(Filter.OPEN, page))["blocks"])) for page in (0, 1, 2, 50)]
    found = [turn & {a.HOME_PREVIOUS, a.HOME_NEXT} for turn in turns]
    assert found == [{a.HOME_NEXT}, {a.HOME_PREVIOUS, a.HOME_NEXT}, {a.HOME_PREVIOUS}, {a.HOME_PREVIOUS}]


def test_where_nothing_is_open_it_says_where_the_connections_are() -> None:
    assert "choose *Connected workspaces* above" in json.dumps(shown([], []))
    assert "Connected workspaces* above" not in json.dumps(shown([], [], Lens(Filter.CONNECTED)))
    assert "Connected workspaces* above" not in json.dumps(shown([], [in_state(State.IN_REVIEW)]))


def test_what_waits_can_be_decided_in_place_and_the_oldest_comes_first() -> None:
    old = in_state(State.IN_REVIEW)
    young = old.model_copy(update={"id": "GL-000000", "state_since": NOW})
    old = old.model_copy(update={"state_since": NOW.replace(day=1)})
    view = shown([young, old], [])
    text = json.dumps(view)
    assert text.index(old.id) < text.index(young.id)
    assert {a.APPROVE, a.DENY, a.STATUS} <= set(buttons(view["blocks"]))
    assert "for 22 days" in text
    mine = shown([in_state(State.AWAITING_NETSKOPE)], [], reader=REQUESTER, may_start=False)
    assert a.GRANT_PRESSED in buttons(mine["blocks"])
    assert a.START not in buttons(mine["blocks"])


@pytest.mark.parametrize(
    ("state", "who"),
    [
        (State.IN_REVIEW, "the reviewers"),
        (State.AWAITING_NETSKOPE, f"<@{REQUESTER}>"),
        (State.CHECKING, "Greenlight"),
    ],
)
def test_every_open_request_says_for_how_long_and_who_blocks_it(state: State, who: str) -> None:
    text = json.dumps(shown([], [in_state(state)]))
    assert f"waits for {who}" in text


def test_a_connection_shows_its_health_and_what_can_be_done() -> None:
    request = in_state(State.CONNECTED).model_copy(update={"warned": (Concern.KEY_EXPIRY, Concern.QUIET)})
    view = shown([], [request], Lens(Filter.CONNECTED))
    text = json.dumps(view)
    assert all(words in text for words in ("Verified", "E1 shown", "the key expires soon", "no data lately"))
    assert {a.CHECK_NOW, a.ROTATE, a.RETIRE} <= set(buttons(view["blocks"]))


@pytest.mark.parametrize("concern", [one for one in Concern if one is not Concern.EXPIRY])
def test_every_concern_about_a_connection_is_part_of_its_health(concern: Concern) -> None:
    well = in_state(State.CONNECTED)
    warned = well.model_copy(update={"warned": (concern,)})
    texts = [json.dumps(shown([], [one], Lens(Filter.CONNECTED))) for one in (well, warned)]
    assert len(texts[1]) > len(texts[0])


def test_nothing_to_do_is_said_not_left_out() -> None:
    assert "Nothing to review." in json.dumps(shown([], [], reviews=True))
    assert "Nothing to do." in json.dumps(shown([], []))


class Busy:
    """A service, a directory and a screen at once: a reviewer of a company with this many open requests."""

    home, terms = None, TERMS

    def __init__(self, count: int) -> None:
        self.found, self.views = [in_state(State.IN_REVIEW)] * count, list[dict[str, Any]]()

    async def visible(self, _actor: Actor, *, limit: int, states: frozenset[State]) -> list[Request]:
        return [request for request in self.found if request.state in states][:limit]

    async def actor(self, user: str, _team: str) -> Actor:
        return Actor(id=user, reviewer=True)

    async def publish(self, _user: str, view: dict[str, Any]) -> None:
        self.views.append(view)


@pytest.mark.parametrize(("count", "said"), [(LOOKED_AT - 1, False), (LOOKED_AT + 1, True)])
async def test_what_was_not_looked_at_is_not_counted_silently(count: int, said: bool) -> None:
    busy: Any = Busy(count)
    await HomeTab(busy, busy, busy, lambda: NOW).opened(REVIEWER, "T0TEAM")
    (view,) = busy.views
    assert (f"Only the {LOOKED_AT} requests that changed last are counted here." in json.dumps(view)) is said
