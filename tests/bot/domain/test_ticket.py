from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadLink
from bot.domain.ticket import ID_BYTES, LIFETIME, Purpose, issue, read, write

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECRET = b"s" * 32
TICKET = issue(Purpose.INTAKE, "U0ADMIN", AT, b"d" * ID_BYTES)


def test_a_ticket_survives_its_text_and_ends_after_ten_minutes() -> None:
    assert read(write(TICKET, SECRET), Purpose.INTAKE, SECRET) == TICKET
    assert LIFETIME.total_seconds() == 600
    assert TICKET.expires == AT + LIFETIME


def test_another_purpose_or_secret_is_refused() -> None:
    text = write(TICKET, SECRET)
    with pytest.raises(BadLink):
        read(text, Purpose.STEP_UP, SECRET)
    with pytest.raises(BadLink):
        read(text, Purpose.INTAKE, b"t" * 32)


@given(st.data())
def test_no_single_change_of_the_text_keeps_it_good(data: st.DataObject) -> None:
    text = write(TICKET, SECRET)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != text[at]))
    with pytest.raises(BadLink):
        read(text[:at] + other + text[at + 1 :], Purpose.INTAKE, SECRET)


@given(st.text(max_size=200))
def test_no_text_makes_reading_fail_otherwise(text: str) -> None:
    with pytest.raises(BadLink):
        read(text, Purpose.INTAKE, SECRET)
