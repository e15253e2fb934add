"""What Netskope's audit log and events say about one ChatGPT instance: read tolerantly, claimed narrowly.

Source: Netskope's audit log types, its published event schema, records seen in other vendors' integrations.
The content of an instance record is documented nowhere, so the whole record is searched, and "app not stated"
stays visible instead of being rounded up.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.domain.shape import leaves, printable, redact

Endpoint = Literal["audit", "application", "alert"]
Since = datetime | None
"""From when on events are to be read; None: not at all."""


class TroubleKind(StrEnum):
    """Why an endpoint of the tenant gave no usable answer; none of these says anything about the instance."""

    BAD_TOKEN = "bad_token"  # noqa: S105
    NOT_PERMITTED = "not_permitted"
    NO_ROUTE = "no_route"
    LIMITED = "limited"
    OUTAGE = "outage"
    MALFORMED = "malformed"
    FAILED_EXECUTION = "failed_execution"
    TRUNCATED = "truncated"  # more records than one look reads: the rest comes with the next


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Trouble(_Fact):
    """One endpoint that could not be read, with the short fact it rests on (``audit 403``)."""

    endpoint: Endpoint
    kind: TroubleKind
    retry_after: float | None = None
    seen: str = ""


class Sighting(_Fact):
    """One dated record: `what` happened, `by` whom; `named`: it names our instance or our workspace."""

    at: datetime
    what: str
    detail: str = ""
    by: str | None = None
    named: bool = True


class CasbReport(_Fact):
    """What one look into the tenant found about the instance.

    `through`, `data_through`: up to where the audit log, and the events, were read without a gap; None says
    that they were not.
    """

    instance: Sighting | None = None
    deleted: Sighting | None = None
    data: Sighting | None = None
    troubles: tuple[Trouble, ...] = ()
    through: datetime | None = None
    data_through: datetime | None = None

    @property
    def behind(self) -> bool:
        """Return whether the audit log was too long to be read to its end in one look."""
        return any(trouble.kind is TroubleKind.TRUNCATED for trouble in self.troubles)

    @property
    def standing(self) -> Sighting | None:
        """Return the instance record, unless a later record says that it was deleted."""
        gone = self.instance and self.deleted and self.deleted.named and self.deleted.at > self.instance.at
        return None if gone else self.instance


class EndpointAccess(_Fact):
    """Whether the token may read one endpoint; `trouble` says why not."""

    endpoint: Endpoint
    allowed: bool
    trouble: Trouble | None = None


def read_audit(
    records: Sequence[object], *, instance_name: str, workspace_id: str, since: datetime, until: datetime
) -> tuple[Sighting | None, Sighting | None]:
    """Return the best (instance, deleted): naming ours before the app before neither, then the latest."""
    found: dict[bool, list[tuple[int, Sighting]]] = {False: [], True: []}
    for record in records:
        event, at = _instance_event(record), read_time(record)
        rank, detail = _claim(record, instance_name, workspace_id)
        if event and at and rank and since <= at <= until:
            sighting = Sighting(at=at, what=event, detail=detail, by=_by(record), named=rank == _NAMED)
            found[event.lower().endswith("deleted")].append((rank, sighting))
    return _best(found[False]), _best(found[True])


def read_events(
    records: Sequence[object],
    *,
    what: str,
    instance_name: str,
    workspace_id: str,
    since: datetime,
    until: datetime,
) -> Sighting | None:
    """Return the latest record that shows the API connector reading ChatGPT; the person in it is left out."""
    found = [
        Sighting(at=at, what=what, detail=_data_detail(record, instance_name, workspace_id))
        for record in records
        if (at := read_time(record))
        and since <= at <= until
        and _is_data(record, instance_name, workspace_id)
    ]
    return max(found, key=lambda sighting: sighting.at, default=None)


def read_time(record: object) -> datetime | None:
    """Return a record's time in UTC from an epoch (seconds, milliseconds, also as text) or a date as text."""
    fields = record if isinstance(record, dict) else {}
    times = (_time(fields.get(name)) for name in ("timestamp", "time", "_insertion_epoch_timestamp"))
    return next((time for time in times if time), None)


_INSTANCE_EVENT = re.compile(r"next gen casb api instance (?:created|updated|deleted)", re.IGNORECASE)
_NOT_EVIDENCE, _NOT_STATED, _APP_STATED, _NAMED = range(4)
_APP_KEYS = frozenset({"app", "app_name", "appname", "application", "application_name"})
_INSTANCE_KEYS = frozenset({"instance", "instance_name", "instancename"})
# Who did it and how it is filed: an instance named like the company must not match its admin's address.
_FILING_KEYS = frozenset(
    {"user", "userPrincipalName", "ur_normalized", "sAMAccountName", "organization_unit", "_id", "type"}
    | {"audit_log_event", "record_type", "timestamp", "_insertion_epoch_timestamp", "data_type"}
)
_OTHER_APPS = re.compile(
    r"atlassian.*|confluence|jira.*|box|citrix.*|dropbox.*|egnyte|github.*|gitlab.*|gmail|google.*|microsoft.*"
    r"|office 365.*|o365.*|onedrive.*|sharepoint.*|outlook.*|exchange.*|teams|yammer|okta|salesforce.*"
    r"|servicenow|slack.*|webex.*|cisco.*|workday|workplace.*|zendesk|zoom|aws.*|amazon.*|azure.*|anthropic.*|claude.*",
    re.IGNORECASE,
)
_CHATGPT = "chatgpt"
_IDENTIFIER = re.compile(r"[0-9a-fA-F-]{36}|[\d.:/ ]+|\S+@\S+|true|false", re.IGNORECASE)
_BY_LIMIT = 254


def _best(found: list[tuple[int, Sighting]]) -> Sighting | None:
    return max(found, key=lambda pair: (pair[0], pair[1].at), default=(0, None))[1]


def _instance_event(record: object) -> str | None:
    event = record.get("audit_log_event") if isinstance(record, dict) else None
    text = event.strip() if isinstance(event, str) else ""
    return text if _INSTANCE_EVENT.fullmatch(text) else None


def _claim(record: object, instance_name: str, workspace_id: str) -> tuple[int, str]:
    """Return how strongly the record speaks of our instance, and the words for it."""
    said = [(key, text) for key, text in leaves(record) if key not in _FILING_KEYS]
    apps = [text for key, text in said if key.lower() in _APP_KEYS or _OTHER_APPS.fullmatch(text.strip())]
    if apps and not any(_mentions(_CHATGPT, app) for app in apps):
        return _NOT_EVIDENCE, "another app"
    if any(_names(key, text, instance_name) for key, text in said):
        return _NAMED, f"instance {instance_name}"
    if any(_mentions(workspace_id, text) for _, text in said):
        return _NAMED, "workspace id"
    if any(_names_another(key, text, instance_name) for key, text in said) or _lists_another(record):
        return _NOT_EVIDENCE, "another instance"
    if any(_mentions(_CHATGPT, text) for _, text in said):
        return _APP_STATED, "ChatGPT, instance not named"
    return _NOT_STATED, "app not stated"


def _mentions(name: str, text: str) -> bool:
    # Bounded: `chatgpt-prod` is found neither in `chatgpt-prod-2` nor in `chatgpt-prod.eu` nor in an address.
    pattern = rf"(?<![\w@.-]){re.escape(name.strip())}(?![\w@-]|\.\w)"
    return bool(name.strip()) and re.search(pattern, text, re.IGNORECASE) is not None


def _names(key: str, text: str, instance_name: str) -> bool:
    if key.lower() in _INSTANCE_KEYS:
        return bool(instance_name.strip()) and text.strip().casefold() == instance_name.strip().casefold()
    return _mentions(instance_name, text)


def _names_another(key: str, text: str, instance_name: str) -> bool:
    if key.lower() in _INSTANCE_KEYS:
        return bool(text.strip()) and not _mentions(_CHATGPT, text)
    return bool(instance_name.strip()) and instance_name.strip().casefold() in text.casefold()


def _lists_another(record: object) -> bool:
    """Return whether ``supporting_data`` lists instances, by its data type, and names one (not ours)."""
    supporting = record.get("supporting_data") if isinstance(record, dict) else None
    if not isinstance(supporting, dict) or "instance" not in str(supporting.get("data_type", "")).lower():
        return False
    names = [text.strip() for key, text in leaves(supporting.get("data_values")) if key not in _FILING_KEYS]
    return any(name and not _mentions(_CHATGPT, name) and not _IDENTIFIER.fullmatch(name) for name in names)


def _is_data(record: object, instance_name: str, workspace_id: str) -> bool:
    if _field(record, frozenset({"access_method"})).casefold() != "api connector":
        return False
    if not _mentions(_CHATGPT, _field(record, _APP_KEYS)):
        return False
    instance = _field(record, _INSTANCE_KEYS)
    ours = _is_ours(record, instance_name, workspace_id)
    return not instance or not instance_name.strip() or ours


def _data_detail(record: object, instance_name: str, workspace_id: str) -> str:
    unnamed = "" if _is_ours(record, instance_name, workspace_id) else ", instance not named"
    return f"{_field(record, _APP_KEYS)} via API Connector{unnamed}"


def _is_ours(record: object, instance_name: str, workspace_id: str) -> bool:
    return _names("instance", _field(record, _INSTANCE_KEYS), instance_name) or any(
        _mentions(workspace_id, text) for _, text in leaves(record)
    )


def _field(record: object, names: frozenset[str]) -> str:
    fields = record if isinstance(record, dict) else {}
    values = (value for key, value in fields.items() if str(key).lower() in names)
    return next((redact(value, 80) for value in values if isinstance(value, str)), "")


def _by(record: object) -> str | None:
    fields = record if isinstance(record, dict) else {}
    users = (fields.get(name) for name in ("user", "userPrincipalName", "ur_normalized"))
    return next(
        (printable(user).strip()[:_BY_LIMIT] for user in users if isinstance(user, str) and user.strip()),
        None,
    )


def _time(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return _epoch(float(value))
    except (ValueError, OverflowError, OSError):
        return _date(value) if isinstance(value, str) else None


def _epoch(seconds: float) -> datetime | None:
    if seconds <= 0:
        return None
    return datetime.fromtimestamp(seconds / 1000 if seconds > _MILLISECONDS_FROM else seconds, UTC)


def _date(text: str) -> datetime | None:
    try:
        date = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)


_MILLISECONDS_FROM = 1e11
