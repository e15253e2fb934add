"""The form that opens a request, as a codec: build, parse, problems (signatures first, bodies follow)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from bot.domain.request import Draft, Request

View = dict[str, Any]


@dataclass(frozen=True)
class Typed:
    """What stands in the form, repaired; every field may still be wrong. The key is a secret from the start."""

    route: str = ""
    workspace_id: str = ""
    organization_id: str = ""
    key: SecretStr = SecretStr("")
    key_name: str = ""
    created_by: str = ""
    scope: str = ""
    admin_email: str = ""
    instance_name: str = ""


def build(
    prefill: Typed | None = None, *, tenant: str = "", correcting: str | None = None, link: bool = False
) -> View:
    """Return the modal. `correcting` is the `pack`ed target; the key is then optional. `link`: so is it then."""
    raise NotImplementedError


def prefill(draft: Draft) -> Typed:
    """Return what the form shows when a request is corrected; never the key."""
    raise NotImplementedError


def parse(values: Mapping[str, Any]) -> Typed:
    """Read `view.state.values`; never raises."""
    raise NotImplementedError


def problems(typed: Typed, *, key_required: bool = True, admin_key: bool | None = None) -> dict[str, str]:
    """Return block id -> what is wrong there, in words; empty means fine.

    Correcting: `key_required=False` and `admin_key=request.key.admin_key` (what an empty key field keeps).
    """
    raise NotImplementedError


def draft(typed: Typed) -> Draft:
    """Return the draft of a form without problems."""
    raise NotImplementedError


def last4(typed: Typed) -> str:
    """Return the last four characters of the key."""
    raise NotImplementedError


def is_admin_key(typed: Typed) -> bool:
    """Return whether it is a workspace Admin key by its prefix."""
    raise NotImplementedError


def opening() -> View:
    """Return the view while something is being looked up (opened at once, replaced by `views.update`)."""
    raise NotImplementedError


def checked(request: Request) -> View:
    """Return the view that replaces the form once the request exists: no inputs, so the key leaves the screen."""
    raise NotImplementedError


def refused(words: str) -> View:
    """Return the view shown when the person may not start, or nothing could be saved."""
    raise NotImplementedError


def already_open(request_id: str, link: str = "") -> View:
    """Return the view shown when this workspace and tenant already have an open request."""
    raise NotImplementedError
