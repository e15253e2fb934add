import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import new_request_id, parse_request_id

FOUR_BYTES = st.binary(min_size=4, max_size=4)


@given(FOUR_BYTES)
def test_an_id_has_the_prefix_and_six_characters_nobody_confuses(random_bytes: bytes) -> None:
    made = new_request_id(random_bytes)
    assert made.startswith("GL-")
    assert len(made) == 9
    assert not set(made[3:]) & set("ILOU")


@given(FOUR_BYTES, st.sampled_from([str.lower, str.upper, str.title]), st.booleans())
def test_an_id_is_read_back_in_any_case_and_without_its_prefix(random_bytes, change, bare) -> None:
    made = new_request_id(random_bytes)
    assert parse_request_id(change(made[3:] if bare else made)) == made


@pytest.mark.parametrize(
    "typed", ["GL-1OO1LI", "gl-ioo1ll", "gl 100111", "100111", " GL_100111 ", "GL\u2013100111", "GL100111"]
)
def test_look_alikes_and_stray_dashes_are_forgiven(typed: str) -> None:
    assert parse_request_id(typed) == "GL-100111"


@pytest.mark.parametrize(
    "typed", ["", "GL-", "GL-12345", "GL-1234567", "GL-12345U", "GL-12345!", "help", "GL-İ2345"]
)
def test_anything_else_is_no_id(typed: str) -> None:
    assert parse_request_id(typed) is None


@given(st.text())
def test_whatever_is_typed_gives_an_id_that_reads_as_itself_or_nothing(typed: str) -> None:
    found = parse_request_id(typed)
    assert found is None or parse_request_id(found) == found


def test_every_bit_of_the_last_thirty_counts() -> None:
    assert len({new_request_id((1 << bit).to_bytes(4, "big")) for bit in range(30)}) == 30


def test_an_id_that_begins_with_the_letters_gl_keeps_them() -> None:
    assert parse_request_id("GL7K3M") == "GL-G17K3M"


def test_too_little_randomness_is_refused() -> None:
    with pytest.raises(ValueError, match="four random bytes"):
        new_request_id(b"123")
