"""The two small forms that ask why: deny (reason required) and cancel (reason welcome). Signatures first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.views.actions import Target

View = dict[str, Any]


def denial(target: Target) -> View:
    """Return the form behind "Deny"; its private metadata is the packed target."""
    raise NotImplementedError


def cancellation(target: Target) -> View:
    """Return the form behind "Cancel request"."""
    raise NotImplementedError


def parse(values: Mapping[str, Any]) -> str:
    """Read the reason from `view.state.values`; never raises."""
    raise NotImplementedError


def problems(reason: str, *, required: bool) -> dict[str, str]:
    """Return block id -> what is wrong; a denial needs a reason a person can act on."""
    raise NotImplementedError
