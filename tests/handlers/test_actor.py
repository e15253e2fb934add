"""Reading payloads: what names a click."""

from __future__ import annotations

import pytest

from bot.domain.errors import NotAllowed
from handlers.actor import visit


def pressed(action_ts: str, **more: object) -> str:
    action = {"action_id": "approve", "action_ts": action_ts}
    return visit({"type": "block_actions", "user": {"id": "U1"}, "actions": [action], **more}).key


def test_one_click_has_one_name_and_two_clicks_have_two() -> None:
    assert pressed("1.1", trigger_id="t.1") == pressed("1.1", trigger_id="t.1")
    assert pressed("1.1", trigger_id="t.1") != pressed("1.1", trigger_id="t.2")


def test_clicks_without_a_trigger_are_still_told_apart() -> None:
    assert pressed("1.1") == pressed("1.1")
    assert pressed("1.1") != pressed("2.2")


@pytest.mark.parametrize(
    "user", ["sk-proj-a-key-that-was-typed", "u0admin", "U0ADMIN|home|0", "B0BOT", "U", "U0 "]
)
def test_what_is_no_user_id_of_slacks_is_nobody(user: str) -> None:
    """Found by fuzzing: it named a step, the step was given up, and the doctor told its name."""
    opened = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_home_opened", "user": user}}
    for body in (opened, {"command": "/greenlight", "user_id": user}):
        with pytest.raises(NotAllowed):
            visit(body)
    assert visit(opened | {"event": {"type": "app_home_opened", "user": "U0ADMIN"}}).user_id == "U0ADMIN"


def test_half_of_a_surrogate_pair_is_read_as_what_can_be_sent_back() -> None:
    """Found by fuzzing: half of one in an id of a form or of a click could be put into no call."""
    body = {"type": "view_submission", "user": {"id": "U1"}, "trigger_id": "\ud800"}
    read = visit(body | {"view": {"id": "V1\ud800", "hash": "\udc00h", "callback_id": "Grüße"}})
    assert (read.view_id, read.view_hash, read.trigger_id, read.form) == ("V1?", "?h", "?", "Grüße")


@pytest.mark.parametrize("view", [None, "x", ["x"], {"private_metadata": "open:2"}, {"type": "home"}])
def test_a_home_tab_that_is_none_shows_nothing_yet(view: object) -> None:
    """Found by fuzzing: a view that was a text ended in an error nobody foresaw."""
    event = {"type": "app_home_opened", "user": "U0ADMIN", "view": view}
    assert not visit({"type": "event_callback", "event_id": "Ev1", "event": event}).home


def test_a_home_tab_says_what_it_showed_last() -> None:
    event = {"type": "app_home_opened", "user": "U0ADMIN"}
    shown = {"view": {"type": "home", "private_metadata": "open:2"}}
    assert visit({"type": "event_callback", "event_id": "Ev1", "event": event | shown}).home == "open:2"
