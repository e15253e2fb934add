"""Inputs that once crashed something, by target: each stays fixed (`tests/fuzz/test_fuzz.py`)."""

from __future__ import annotations

from typing import Any

_WHO = {"team": {"id": "T0GREEN"}, "user": {"id": "U0ADMIN", "team_id": "T0GREEN"}}

FOUND: tuple[tuple[str, Any], ...] = (
    # A `type` that is no text met a set in our search for listeners: `TypeError`, unclassified.
    ("delivery", {"type": {"a": 1}, "event": {"type": "app_home_opened"}, "event_id": "Ev1", **_WHO}),
    # Bolt's own search for a listener takes these for granted: `KeyError` and `AttributeError`, unclassified.
    ("delivery", {"type": "block_actions", "actions": [{"value": "GL-7K3M9Q|0"}], **_WHO}),
    ("delivery", {"type": "event_callback", "event": " ", "event_id": "Ev1", **_WHO}),
    # Bolt reads `event` of every payload, whatever its type; and a view that was a text met our Home tab.
    ("delivery", {"type": "unheard of", "event": "x", "event_id": "Ev1", **_WHO}),
    (
        "delivery",
        {
            "type": "event_callback",
            "event": {"type": "app_home_opened", "tab": "home", "user": "U0ADMIN", "view": "x"},
            "event_id": "Ev1",
            **_WHO,
        },
    ),
    # An identity token whose nonce holds a lone surrogate, and a key set whose `kty` is a list.
    (
        "id token claims",
        {"nonce": "\ud800", "sub": "rita", "aud": "greenlight", "iss": "https://idp.example"},
    ),
    ("provider metadata", {"keys": [{"kty": ["RSA"], "kid": "k1"}]}),
)
