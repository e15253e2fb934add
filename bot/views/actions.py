"""Every id that Slack hands back to us, and the codec of button values: one place, so that nothing drifts.

An action id says what a person pressed, a callback id which form was sent; `pack` and `unpack` put a request
and the fingerprint of what was on screen into a button, so that a click on an old card is recognised as such.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from bot.domain.request import Request

COMMAND: Final = "/greenlight"
SHORTCUT: Final = "connect_chatgpt"

# Forms (view callback ids)
INTAKE: Final = "intake"
CORRECTION: Final = "correction"
ROTATION: Final = "rotation"
AWAY: Final = "away"
DENIAL: Final = "denial"
CANCELLATION: Final = "cancellation"
RETIREMENT: Final = "retirement"
FORMS: Final = frozenset({INTAKE, CORRECTION, ROTATION, AWAY, DENIAL, CANCELLATION, RETIREMENT})

# Buttons (action ids)
START: Final = "start"
STATUS: Final = "status"
APPROVE: Final = "approve"
DENY: Final = "deny"
CORRECT: Final = "correct"
EMAIL_SENT: Final = "email_sent"
CHECK_NOW: Final = "check_now"
GRANT_PRESSED: Final = "grant_pressed"
GREEN_CHECK: Final = "green_check"
CANCEL: Final = "cancel"
SHOW_KEY: Final = "show_key"
EVIDENCE: Final = "evidence_pack"
ROTATE: Final = "rotate"
RETIRE: Final = "retire"
KEY_DELETED: Final = "key_deleted"
INSTANCE_DELETED: Final = "instance_deleted"
HOME_FILTER: Final = "home_filter"
HOME_PREVIOUS: Final = "home_previous"
HOME_NEXT: Final = "home_next"
SNOOZE: Final = "snooze"
FOLLOW_UP: Final = "follow_up"
FOLLOWED_UP: Final = "followed_up"
BUTTONS: Final = frozenset(
    {
        START,
        STATUS,
        APPROVE,
        DENY,
        CORRECT,
        EMAIL_SENT,
        CHECK_NOW,
        GRANT_PRESSED,
        GREEN_CHECK,
        CANCEL,
        SHOW_KEY,
        EVIDENCE,
        ROTATE,
        RETIRE,
        KEY_DELETED,
        INSTANCE_DELETED,
        HOME_PREVIOUS,
        HOME_NEXT,
        SNOOZE,
        FOLLOW_UP,
        FOLLOWED_UP,
    }
)

# Buttons that only open an address: Slack still reports the click, the answer is a bare ack.
OPEN_TENANT: Final = "open_tenant"
OPEN_MAIL: Final = "open_mail"
OPEN_REQUEST: Final = "open_request"
OPEN_PAGE: Final = "open_page"
LINKS: Final = frozenset({OPEN_TENANT, OPEN_MAIL, OPEN_REQUEST, OPEN_PAGE})

# Inputs: each block id is also the action id of its one element, and the name of the field it fills.
PRODUCT: Final = "product"  # these two only where there is a choice
TENANT: Final = "tenant"
ROUTE: Final = "route"
WORKSPACE_ID: Final = "workspace_id"
ORGANIZATION_ID: Final = "organization_id"
KEY: Final = "api_key"
KEY_CHOICE: Final = "key_choice"
KEY_NAME: Final = "key_name"
CREATED_BY: Final = "created_by"
SCOPE: Final = "scope"
ADMIN_EMAIL: Final = "admin_email"
INSTANCE_NAME: Final = "instance_name"
EXPIRES_ON: Final = "expires_on"
DELEGATE: Final = "delegate"
UNTIL: Final = "delegate_until"
REASON: Final = "reason"
INPUTS: Final = (
    ROUTE,
    WORKSPACE_ID,
    ORGANIZATION_ID,
    KEY,
    KEY_NAME,
    CREATED_BY,
    SCOPE,
    EXPIRES_ON,
    ADMIN_EMAIL,
    INSTANCE_NAME,
)

_VALUE = re.compile(r"(GL-[0-9A-HJKMNP-TV-Z]{6})\|([0-9a-f]{16})")


class Target(NamedTuple):
    """What a button speaks about: the request, and the fingerprint of what was on screen beside it."""

    request_id: str
    fingerprint: str


def pack(request: Request) -> str:
    """Return the value of every button of this request: ``GL-7K3M9Q|0123456789abcdef``."""
    return f"{request.id}|{request.fingerprint}"


def unpack(value: object) -> Target | None:
    """Read a button value or a form's private metadata; None for anything that `pack` did not write."""
    found = _VALUE.fullmatch(value) if isinstance(value, str) else None
    return Target(*found.groups()) if found else None
