"""What the adapters saw, as plain facts; an `error` is the provider's own short word, never a secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True)
class PersonSeen:
    """One Slack user that the settings name."""

    id: str
    error: str = ""
    deactivated: bool = False
    bot: bool = False
    guest: bool = False


@dataclass(frozen=True)
class GroupSeen:
    """One Slack user group that the settings name."""

    id: str
    error: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChannelSeen:
    """The security team's channel."""

    id: str
    error: str = ""
    name: str = ""
    member: bool = False
    archived: bool = False
    shared: bool = False
    about_to_be_shared: bool = False


@dataclass(frozen=True)
class SlackSeen:
    """What Slack says about the app, its tokens, its channel and the people with a role."""

    url: str
    error: str = ""
    unreachable: bool = False
    team: str = ""
    team_name: str = ""
    is_bot: bool = False
    scopes: frozenset[str] | None = None
    date: datetime | None = None
    app_error: str | None = None
    channel: ChannelSeen | None = None
    people: Mapping[str, PersonSeen] = field(default_factory=dict)
    not_looked_at: frozenset[str] = frozenset()  # people beyond what Slack lets one ask about at once
    groups: Mapping[str, GroupSeen] = field(default_factory=dict)


@dataclass(frozen=True)
class StoreSeen:
    """What the Redis-protocol server says about itself; None means that it did not say."""

    error: str = ""
    product: str = ""
    version: tuple[int, ...] = ()
    aof: bool | None = None
    fsync: str | None = None
    policy: str | None = None
    user: str | None = None
    milliseconds: float | None = None
    write_error: str = ""


@dataclass(frozen=True)
class WorkSeen:
    """Steps that wait although they are due, and steps that were given up with the last reasons."""

    overdue: int = 0
    oldest: datetime | None = None
    dead: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class HostSeen:
    """Whether a host answers over HTTPS from here: an HTTP status, or how it failed."""

    name: str
    url: str
    status: int | None = None
    failure: str = ""
    challenged: bool = False


class KeyTrouble(StrEnum):
    """What stands between the bot and its key service."""

    AWAY = "away"
    NO_TOKEN = "no token"  # noqa: S105  # the name of a trouble
    REFUSED = "refused"
    NO_KEY = "no key"
    WRONG_KIND = "wrong kind"
    BROKEN = "broken"


@dataclass(frozen=True)
class KeyServiceSeen:
    """Vault's Transit engine, asked to read the key, to encrypt and to decrypt; `step` is where it ended."""

    address: str
    mount: str
    key: str
    token_file: str
    step: str = ""
    trouble: KeyTrouble | None = None
    said: str = ""


class CopyTrouble(StrEnum):
    """What stands between the audit trail and one of its copies."""

    NO_FOLDER = "no folder"
    NOT_A_FILE = "not a file"
    REFUSED = "refused"
    AWAY = "away"
    ILL = "ill"


@dataclass(frozen=True)
class CopySeen:
    """One copy of the audit trail; `where` is a path or an address without its credentials.

    `said` is what a collector answered, or the number of the user who may not write to a file.
    """

    where: str
    trouble: CopyTrouble | None = None
    said: str = ""
