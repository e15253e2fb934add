from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.lens import Filter, Lens, lens
from bot.domain.request import FINAL, State


@given(st.sampled_from(Filter), st.integers(0, 9999))
def test_a_lens_comes_back_from_slack_as_it_went(chosen: Filter, page: int) -> None:
    assert lens(Lens(chosen, page).text) == Lens(chosen, page)


@pytest.mark.parametrize("text", ["", "open", "open:-1", "all:0", "open:1\n", "open:99999", "open:٣", "x|y"])
def test_what_we_did_not_write_is_the_first_page_of_what_is_open(text: str) -> None:
    assert lens(text) == Lens(Filter.OPEN, 0)


def test_whoever_opens_the_home_tab_sees_all_that_somebody_has_to_move() -> None:
    settled = FINAL | {State.CONNECTED}
    assert Lens().filter.states == frozenset(State) - settled
