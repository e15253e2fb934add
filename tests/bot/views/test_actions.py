from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views import actions as a
from tests.factories import a_request


def test_a_button_carries_its_request_and_what_was_on_screen() -> None:
    request = a_request()
    assert a.unpack(a.pack(request)) == a.Target(request.id, request.fingerprint)


def test_a_correction_makes_old_buttons_recognisable() -> None:
    assert a.pack(a_request()) != a.pack(a_request(instance_name="another"))


@given(st.one_of(st.none(), st.integers(), st.text(), st.dictionaries(st.text(), st.text())))
def test_what_we_did_not_write_is_no_target(value: object) -> None:
    assert a.unpack(value) is None


@pytest.mark.parametrize("change", ["{}\n", " {}", "{}0", "{}|x"])
def test_a_value_that_was_tampered_with_is_no_target(change: str) -> None:
    assert a.unpack(change.format(a.pack(a_request()))) is None


def test_no_id_means_two_things() -> None:
    assert not a.BUTTONS & a.LINKS
    assert len(set(a.INPUTS)) == len(a.INPUTS)
