"""Reading payloads: what names a click."""

from __future__ import annotations

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
