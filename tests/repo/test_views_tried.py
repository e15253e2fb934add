"""Every view is tried with hostile texts (`tests/bot/views/test_every_view.py`), or says why it is not."""

from __future__ import annotations

import inspect

import pytest

from tests.bot.views.test_every_view import MADE, NOT_MARKUP, NOT_SHOWN, OURS, RENDERS, SHOWN, _asked, public


@pytest.mark.parametrize("name", public())
def test_what_every_view_asks_for_and_returns_is_known_here(name: str) -> None:
    """A new view is tried by itself; one that asks for, or returns, something new has to be told of here."""
    signature = inspect.signature(public()[name])
    assert signature.return_annotation in SHOWN | NOT_SHOWN or name in NOT_MARKUP, signature
    if name in RENDERS:
        asked = [one for one in signature.parameters.values() if _asked(one)]
        assert [one for one in asked if f"{name}.{one.name}" not in OURS and one.annotation not in MADE] == []
