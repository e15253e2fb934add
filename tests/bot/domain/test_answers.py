"""Arbitrary answers are read without an error, without a false grant, and without an echo of the key."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.answers import read_answer, read_wait
from bot.domain.diagnosis import Verdict, diagnose

KEY = "sk-proj-Canary7T3BlbkFJxQpLmNvB2wEr9"
AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PLANTED = st.sampled_from([KEY, f"Bearer {KEY}", f"bad key {KEY}!", "jane.roe@customer.example"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | PLANTED,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["error", "detail", "message", "data", "code", "loc", "msg"])
            | st.text()
            | PLANTED,
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
BODIES = JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=300)
KINDS = st.sampled_from(
    ["application/json", "application/json; charset=utf-8", "text/html", "text/plain", "", "ü/json"]
)


@given(
    statuses=st.tuples(*[st.integers(100, 599) | st.sampled_from([200, 401, 403, 404])] * 2),
    bodies=st.tuples(BODIES, BODIES),
    kinds=st.tuples(KINDS, KINDS),
    was_granted=st.booleans(),
    admin_key=st.booleans(),
)
@example(
    (401, 401),
    (json.dumps({"error": {"code": KEY, "message": KEY}}).encode(),) * 2,
    ("application/json",) * 2,
    False,
    False,
)
@example((418, 418), (json.dumps({KEY: {KEY: KEY}}).encode(),) * 2, ("application/json",) * 2, False, False)
@example((418, 418), (b"[" * 100_000,) * 2, ("application/json",) * 2, False, False)
@example((418, 418), (b'{"n":' + b"9" * 5000 + b"}",) * 2, ("application/json",) * 2, False, False)
def test_no_answer_raises_or_grants_by_accident_or_echoes_the_key(
    statuses: tuple[int, int],
    bodies: tuple[bytes, bytes],
    kinds: tuple[str, str],
    was_granted: bool,
    admin_key: bool,
) -> None:
    logs = read_answer("logs", status=statuses[0], content_type=kinds[0], body=bodies[0], hide=KEY)
    unread = None if statuses[1] == 200 else bodies[1]
    users = read_answer("users", status=statuses[1], content_type=kinds[1], body=unread, hide=KEY)
    diagnosis = diagnose([logs, users], was_granted=was_granted, admin_key=admin_key)
    if diagnosis.verdict is Verdict.GRANTED:
        assert statuses == (200, 200)
        assert all(kind.startswith("application/json") for kind in kinds)
        assert isinstance(json.loads(bodies[0])["data"], list)
    kept = diagnosis.model_dump_json() + repr(logs) + repr(users)
    assert KEY not in kept
    assert "jane.roe" not in kept


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        ("7", 7.0),
        ("0.5", 0.5),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("999999", 86400.0),
        ("soon", None),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("Mon, 23 Nov 2026 12:00:30 -0000", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, wait: float | None) -> None:
    assert read_wait(header, AT) == wait


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "Missing scopes: a.b"}},
        {"error": "Missing scopes: a.b"},
        {"detail": "Missing scopes: a.b"},
        {"detail": [{"loc": ["query", "after"], "msg": "Missing scopes: a.b"}]},
        {"message": "Missing scopes: a.b"},
    ],
)
def test_the_message_is_found_in_every_known_place(body: object) -> None:
    answer = read_answer("logs", status=401, content_type="application/json", body=json.dumps(body).encode())
    assert "Missing scopes: a.b" in answer.message


def test_an_echo_of_a_key_that_looks_like_a_word_is_removed_everywhere() -> None:
    key = "canaryword"
    body = json.dumps({"error": {"code": key, "message": f"no {key}"}, key: 1}).encode()
    answer = read_answer("logs", status=418, content_type="application/json", body=body, hide=key)
    assert key not in repr(answer)
