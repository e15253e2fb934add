"""What the core asks of the outside world, in our language; each port has an adapter and a plain twin."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from pydantic import SecretStr

from bot.bookkeeping import Books as Books  # noqa: PLC0414  # re-exported
from bot.bookkeeping import Census as Census  # noqa: PLC0414  # re-exported
from bot.bookkeeping import Position as Position  # noqa: PLC0414  # re-exported
from bot.domain.audit import Entry
from bot.domain.casb import CasbReport, Since
from bot.domain.delegation import Delegation
from bot.domain.diagnosis import Diagnosis
from bot.domain.identity import Errand, Identity
from bot.domain.lifecycle import Due, Step
from bot.domain.mail import Letter
from bot.domain.policy import Actor
from bot.domain.request import Place, Request, State

Clock = Callable[[], datetime]
Blocks = Sequence[dict[str, Any]]


class Prepared(dict[str, Any]):
    """A view that is the same for many people, with its JSON made once; nobody may change it."""

    @cached_property
    def text(self) -> str:
        """The view as JSON."""
        return json.dumps(self)


@dataclass(frozen=True)
class Save:
    """Everything one state change writes, in one atomic script; nothing of it is ever half there."""

    request: Request
    entry: Entry
    expected: int
    due: tuple[Due, ...] = ()
    clear: frozenset[Step] = frozenset()
    sealed: str | None = field(default=None, repr=False)
    destroys_key: bool = False
    idempotency: str | None = None
    ticket: str | None = None  # a one-time link that this change uses up
    state_from: State | None = None
    connection_before: str | None = None


@dataclass(frozen=True)
class Loaded:
    """A request as stored, and the request an earlier delivery of the same click changed, if any."""

    request: Request | None
    seen: str | None = None


@dataclass(frozen=True)
class Claimed:
    """One due step, leased to this worker until `lease_until`; `token` fences late writers."""

    request_id: str
    step: Step
    ref: int
    due: datetime
    attempts: int
    token: str


@dataclass(frozen=True)
class Claims:
    """What was due, and when the next step is due (None: nothing is scheduled)."""

    steps: tuple[Claimed, ...]
    next_due: datetime | None


class NotYet(Exception):  # not an error: a step that keeps office hours
    """A step is to be tried again in `retry_after` seconds; nothing failed."""

    def __init__(self, why: str, retry_after: float) -> None:
        super().__init__(why)
        self.retry_after = max(retry_after, 0.001)


class Store(Protocol):
    """Requests, schedule, audit, indexes, idempotency ledger, sealed keys: one Redis-protocol server.

    Every method raises `StoreUnavailable` when the server is away or refuses writes.
    """

    async def load(self, request_id: str, idempotency: str | None = None) -> Loaded:
        """Read one request and the ledger in one round trip."""

    async def save(self, change: Save) -> str | None:
        """Write one change atomically.

        Returns None when saved, or the id of the request an earlier delivery of the same click changed.
        Raises `Conflict` when the version moved, `AlreadyOpen` when the connection has an open request,
        `LinkUsed` when the ticket is gone.
        """

    async def sealed_key(self, request_id: str) -> str | None:
        """The sealed key, or None when it was destroyed."""

    async def replace_sealed(self, request_id: str, old: str, new: str) -> bool:
        """Swap a re-wrapped key in, unless it changed or was destroyed meanwhile."""

    async def entries(self, request_id: str) -> list[Entry]:
        """The whole audit chain, oldest first."""

    async def entry(self, request_id: str, seq: int) -> Entry | None:
        """One audit entry."""

    async def requests(
        self, *, states: frozenset[State] | None = None, requester: str | None = None, limit: int = 50
    ) -> list[Request]:
        """Requests by state or requester, latest change first."""

    def each(self, states: frozenset[State], after: str | None = None) -> AsyncIterator[Request]:
        """Every request, state by state, longest unchanged first; with `after`, all by id from there on."""

    async def sealed_ids(self) -> list[str]:
        """Ids of requests that still have a sealed key."""

    async def claim(self, now: datetime, limit: int, lease: float) -> Claims:
        """Lease due steps for `lease` seconds."""

    async def done(self, claimed: Claimed) -> None:
        """Forget a performed step, unless it was scheduled anew meanwhile."""

    async def postpone(self, claimed: Claimed, until: datetime, *, counts: bool) -> None:
        """Give a step back to the schedule; `counts` says whether this was a failed attempt."""

    async def bury(self, claimed: Claimed, why: str) -> None:
        """Move a step to the dead letters."""

    async def schedule(self, request_id: str, due: Sequence[Due]) -> None:
        """Make sure these steps are due no later than said; what is due earlier stays."""

    async def due(self, request_id: str, step: Step) -> datetime | None:
        """When this step is due; None when it is not scheduled, or somebody performs it now."""

    async def showed(self, request_id: str, state: State) -> None:
        """Remember which state the card shows."""

    async def wait(self, seconds: float) -> None:
        """Block until somebody schedules something earlier, at most `seconds`."""

    async def plan(self, subject: str, step: Step, at: datetime, now: datetime) -> None:
        """Schedule a step that is about a person or the team, unless it is scheduled already."""

    async def permit(self, name: str, visit: str, limit: int, seconds: float) -> float:
        """Count this visit once in a sliding window; 0 lets it pass, else the seconds until there is room."""

    async def remember_once(self, key: str, seconds: float) -> bool:
        """Whether this key is new; it is remembered for `seconds` (rate limits, redeliveries)."""

    async def keep(self, key: str, seconds: float) -> None:
        """Remember this key for so long from now on."""

    async def forget(self, key: str) -> None:
        """Take `remember_once` back."""

    async def ping(self) -> None:
        """Raise `StoreUnavailable` unless the server answers."""


class Tickets(Protocol):
    """What one-time links are about, for as long as they live; raises `StoreUnavailable`."""

    async def keep(self, ticket_id: str, text: str, seconds: float) -> None:
        """Remember what a link is about."""

    async def read(self, ticket_id: str) -> str | None:
        """What it is about, or None when it was used or ran out."""

    async def take(self, ticket_id: str) -> str | None:
        """The same, and use it up: of many who take at once, one gets it."""

    async def count(self, name: str, seconds: float) -> int:
        """How often this was counted in a window of `seconds`, this time included."""

    async def pin(self, user: str, subject: str) -> bool:
        """Bind an identity provider's subject and a Slack user for good; False when either has another."""


class IdentityProvider(Protocol):
    """Where people sign in; raises `Transient` or `Refused`."""

    async def authorization_url(self, errand: Errand, state: str) -> str:
        """Where the browser goes to sign in."""

    async def identify(self, code: str, errand: Errand) -> Identity:
        """Who signed in; refuses anything that is not proven."""


class People(Protocol):
    """What is remembered about people; every method raises `StoreUnavailable`."""

    async def opened_home(self, user: str, lens: str, at: datetime) -> None:
        """Remember that this person looks at their Home tab, and at what of it."""

    async def open_homes(self, at: datetime) -> dict[str, str]:
        """Who may still have it open, with what they look at."""

    async def delegate(self, delegation: Delegation) -> None:
        """Remember who stands in for whom; on record in the same write, and so is its end."""

    async def end_delegation(self, reviewer: str, at: datetime) -> None:
        """Forget it: the reviewer is back."""

    async def delegations(self) -> list[Delegation]:
        """All that are remembered, over or not."""

    async def made_key(self, address: str, user: str) -> None:
        """Remember which Slack user has the e-mail address of somebody who made a key."""

    async def key_makers(self) -> dict[str, str]:
        """Slack users by e-mail address: those whom Slack knew when they were looked up."""

    async def asks(self, user: str, at: datetime) -> None:
        """Remember that this person has an open request."""

    async def askers(self, at: datetime) -> set[str]:
        """Who had an open request when they were looked at lately."""

    async def watched_to(self, look: str) -> str | None:
        """The request or person up to which this look got: empty before the first, None after all."""

    async def watched(self, look: str, last: str, address: str) -> None:
        """Remember that this look got here, and that this maker's address (if any) is needed still."""

    async def watched_all(self, day: str) -> None:
        """Remember that this day's watch is over; forget the makers whom no request of it needs."""


class Vault(Protocol):
    """Encrypted storage form of the key; only the probe opens it."""

    async def seal(self, secret: SecretStr, *, request: str, field: str, version: int) -> str:
        """Encrypt for one request and field."""

    async def open(self, sealed: str, *, request: str, field: str) -> SecretStr:
        """Decrypt; raises `VaultError` for another request or a tampered text."""

    def fingerprint(self, secret: SecretStr) -> str:
        """HMAC of the key under an installation secret."""


class Compliance(Protocol):
    """OpenAI's Compliance API, read-only."""

    async def probe(
        self, workspace_id: str, key: SecretStr, *, at: datetime, was_granted: bool, admin_key: bool
    ) -> Diagnosis:
        """Probe what this key may do in this workspace; never raises for what the provider does."""


class Casb(Protocol):
    """The tenant that is to watch the workspace."""

    async def look(
        self, *, since: datetime, until: datetime, instance_name: str, workspace_id: str, data_since: Since
    ) -> CasbReport:
        """Gather evidence; events only from `data_since` on, if at all; troubles are part of the report."""


class Mailer(Protocol):
    """Outgoing mail."""

    async def send(self, letter: Letter) -> None:
        """Hand the letter to the mail server; raises `Transient` or `Refused`."""


class AuditMirror(Protocol):
    """A copy of the audit trail outside the store."""

    async def keep(self, entry: Entry) -> None:
        """Keep one entry for good, perhaps a second time; raises `Transient` until that worked."""


class Decisions(Protocol):
    """The chain of what was decided for the whole workspace; every method raises `StoreUnavailable`."""

    async def record(self, event: str, by: str | None, at: datetime, facts: Mapping[str, Any]) -> bool:
        """Add an entry; raises `Conflict` as well."""

    async def uncopied(self, step: Step) -> list[Entry]:
        """The first few entries that this kind of copy lacks, the oldest first."""

    async def copied(self, step: Step, seq: int) -> None:
        """Remember that this kind of copy has everything up to here."""

    async def flaws(self) -> list[str] | None:
        """What is wrong with the chain, each with its place; None when nothing was ever decided."""


class Messenger(Protocol):
    """Slack as a place to say things; raises `Transient` (with retry_after) or `Refused` (Slack's error)."""

    async def post(
        self, channel: str, text: str, blocks: Blocks, *, thread: Place | None = None, mark: str = ""
    ) -> Place:
        """Post a message (to a channel, or to a person's DM by user id); `mark` goes into its metadata."""

    async def update(self, place: Place, text: str, blocks: Blocks) -> None:
        """Edit a message in place."""

    async def find(self, channel: str, mark: str, *, since: datetime, thread: Place | None) -> Place | None:
        """Look for our own message with this mark; None also when Slack does not let us look."""

    async def remove(self, place: Place) -> None:
        """Delete a message of ours."""


class Lane(NamedTuple):
    """Something Slack limits: one message every `every` seconds, after a burst of `burst`."""

    name: str
    every: float
    burst: int = 1


@dataclass(frozen=True)
class Turn:
    """`wait`: seconds until it is this message's turn (0: now). `tried`: when it was sent before, if ever."""

    wait: float
    tried: datetime | None = None


class Pacer(Protocol):
    """Whose turn it is to speak, decided once for all replicas; raises `StoreUnavailable`."""

    async def turn(self, mark: str, lanes: Sequence[Lane], *, once: bool) -> Turn:
        """Take or reserve the next place in all lanes; with `once`, remember that this mark was sent."""

    async def declined(self, mark: str, lane: Lane, seconds: float) -> None:
        """Slack did not take it: forget that it was sent, and keep the lane quiet for `seconds`."""


class Directory(Protocol):
    """Who people are, asked of Slack at click time (cached for at most a minute), failing closed."""

    async def actor(self, user_id: str, team_id: str) -> Actor:
        """Describe the person; raises `Transient` when Slack cannot say."""

    async def reviewers(self) -> frozenset[str]:
        """Everybody who is listed as a reviewer, by id or by group; raises `Transient`."""

    async def by_email(self, email: str) -> str:
        """The id of the active person with this address, or empty; raises `Transient`."""


class Roster(Directory, Protocol):
    """A directory that can be told that a user group changed."""

    def invalidate(self, group_id: str) -> None:
        """Forget who is in this group."""

    def invalidate_person(self, user_id: str) -> None:
        """Forget what Slack said of a person."""

    async def person(self, user_id: str, team_id: str) -> Actor:
        """Describe the person without those they stand in for; raises `Transient` when Slack cannot say."""

    def locale(self, user_id: str) -> str | None:
        """The person's locale as last seen, without asking anybody; None when never seen."""

    async def meet(self, user_id: str) -> str:
        """The same, asking Slack about somebody never seen; raises `Transient` when it cannot say."""
