"""One attempt to connect one ChatGPT workspace to one product (and its tenant), and what can happen to it."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from bot.connectors import CONNECTORS, DEFAULT, Connector
from bot.domain.casb import CasbReport, TroubleKind
from bot.domain.chores import Chore as Chore  # noqa: PLC0414  # re-exported
from bot.domain.chores import ChoreRecord as ChoreRecord  # noqa: PLC0414  # re-exported
from bot.domain.diagnosis import Diagnosis
from bot.domain.evidence import Evidence, Frozen, ProbeLog, Rung, Stored
from bot.domain.records import Approval as Approval  # noqa: PLC0414  # re-exported
from bot.domain.records import Concern as Concern  # noqa: PLC0414  # re-exported
from bot.domain.records import MailRecord as MailRecord  # noqa: PLC0414  # re-exported
from bot.domain.records import Refusal as Refusal  # noqa: PLC0414  # re-exported


class State(StrEnum):
    """Where a request stands (DESIGN section 4)."""

    CHECKING = "checking"
    NEEDS_CORRECTION = "needs_correction"
    IN_REVIEW = "in_review"
    AWAITING_OPENAI = "awaiting_openai"
    AWAITING_NETSKOPE = "awaiting_netskope"
    VERIFYING = "verifying"
    CONNECTED = "connected"
    ATTENTION = "attention"
    DENIED = "denied"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    RETIRED = "retired"


FINAL = frozenset({State.DENIED, State.CANCELLED, State.EXPIRED, State.RETIRED})
WATCHED = frozenset({State.CONNECTED, State.ATTENTION})
OPEN = frozenset(State) - FINAL - WATCHED
GRANTED = frozenset({State.AWAITING_NETSKOPE, State.VERIFYING})  # OpenAI's part is done


class Route(StrEnum):
    """How the key gets its scopes."""

    SUPPORT_EMAIL = "support_email"
    SELF_SERVICE = "self_service"


class Scope(StrEnum):
    """The requested scope in Netskope's words; OpenAI calls write *delete*."""

    READ = "read"
    WRITE = "write"
    BOTH = "both"


class Draft(Stored):
    """What the requester typed, without the key itself."""

    route: Route
    workspace_id: str
    organization_id: str
    key_name: str
    created_by: str
    scope: Scope
    admin_email: str
    instance_name: str
    expires_on: date | None = None
    replaces: str = ""


class KeyFacts(Stored):
    """All that is ever shown of a key."""

    last4: str
    fingerprint: str
    admin_key: bool = False


class Place(Stored):
    """Where a Slack message is."""

    channel: str
    ts: str


class Request(Stored):
    """The whole state of one request; changes only through `bot.domain.lifecycle.advance`."""

    schema_version: Literal[1] = 1
    id: str
    team: str
    company: str
    connector: str = DEFAULT
    tenant: str
    version: int = 0
    state: State = State.CHECKING
    requester: str
    draft: Draft
    key: KeyFacts
    opened_at: datetime
    updated_at: datetime
    state_since: datetime
    approvals: tuple[Approval, ...] = ()
    ended: Refusal | None = None
    mail: MailRecord | None = None
    mail_refused: str = ""
    grant_pressed_at: datetime | None = None
    probes: ProbeLog = ProbeLog()
    evidence: dict[Rung, Evidence] = Field(default_factory=dict)
    hint: str = ""
    blocked_told_at: datetime | None = None  # when the requester heard that our address is refused
    tenant_troubles: tuple[str, ...] = ()
    tenant_trouble: TroubleKind | None = None  # the one of them that a person can do most about
    tenant_troubled_since: datetime | None = None
    tenant_looked_at: datetime | None = None
    looked_through: datetime | None = None  # the audit log need not be read again before this
    data_through: datetime | None = None  # events were read without a gap up to here
    evidence_from: datetime | None = None  # the last correction: what is older is about something else
    look_not_before: datetime | None = None
    next_probe_at: datetime | None = None
    deadline_at: datetime | None = None
    reminders: int = 0
    snoozed_until: datetime | None = None
    warned: tuple[Concern, ...] = ()
    follow_ups: tuple[MailRecord, ...] = ()
    card: Place | None = None
    cards: int = 0
    dm: Place | None = None
    audit_head: str = ""
    key_destroyed_at: datetime | None = None
    key_shown_at: datetime | None = None
    took_over: bool = False
    succeeded_by: str = ""
    chores: tuple[ChoreRecord, ...] = ()

    @property
    def product(self) -> Connector:
        """The product that is to read the workspace."""
        return CONNECTORS[self.connector]

    @property
    def fingerprint(self) -> str:
        """What an approval is bound to: changing any of it voids the approval (DESIGN section 4)."""
        draft = self.draft
        bound = [draft.workspace_id, draft.organization_id, draft.scope, draft.route, self.key.fingerprint]
        bound += [self.tenant, draft.instance_name, self.requester]
        bound += [draft.replaces] if draft.replaces else []
        bound += [] if self.connector == DEFAULT else [f"connector {self.connector}"]
        return hashlib.sha256(json.dumps(bound).encode()).hexdigest()[:16]

    @property
    def connection(self) -> str:
        """What may be open only once; a rotation stands beside what it replaces until it took over."""
        own = f"{self.draft.workspace_id}|{self.tenant}" + f"|{self.connector}" * (self.connector != DEFAULT)
        beside = self.draft.replaces and not self.took_over
        return f"{own}|after {self.draft.replaces}" if beside else own


class Event(Frozen):
    """A fact that happened, past tense."""


class Opened(Event):
    """An admin asked."""

    kind: Literal["opened"] = "opened"
    by: str


class KeyProbed(Event):
    """A live probe gave a verdict about what carried this fingerprint when it was asked."""

    kind: Literal["key_probed"] = "key_probed"
    subject: str = ""
    diagnosis: Diagnosis


class Corrected(Event):
    """The requester corrected what was typed, perhaps with a new key."""

    kind: Literal["corrected"] = "corrected"
    by: str
    draft: Draft
    key: KeyFacts


class CheckAsked(Event):
    """A person pressed "Check now" or ran `/greenlight verify`."""

    kind: Literal["check_asked"] = "check_asked"
    by: str


class Approved(Event):
    """A reviewer said yes to what carries this fingerprint."""

    kind: Literal["approved"] = "approved"
    by: str
    fingerprint: str
    on_behalf: str | None = None  # the reviewer who is away, when a delegate decided
    step_up: bool | None = None  # True: confirmed at the identity provider


class Denied(Event):
    """A reviewer said no."""

    kind: Literal["denied"] = "denied"
    by: str
    on_behalf: str | None = None
    reason: str
    fingerprint: str | None = None  # of what the form showed


class EmailSent(Event):
    """The e-mail to OpenAI Support went out: by SMTP (`message_id`, `letter`) or by the requester's hand."""

    kind: Literal["email_sent"] = "email_sent"
    by: str
    fingerprint: str | None = None
    message_id: str | None = None
    letter: str | None = None


class EmailRefused(Event):
    """The mail server refused the e-mail for good; `said` is its reply, redacted."""

    kind: Literal["email_refused"] = "email_refused"
    said: str
    letter: str | None = None


class GrantPressed(Event):
    """The requester pressed Grant Access in the tenant."""

    kind: Literal["grant_pressed"] = "grant_pressed"
    by: str
    fingerprint: str | None = None  # of what was on screen, where somebody pressed


class TenantChecked(Event):
    """The tenant's audit log and events were read, for what carried this fingerprint then."""

    kind: Literal["tenant_checked"] = "tenant_checked"
    subject: str = ""
    report: CasbReport


class GreenCheckSeen(Event):
    """A named person saw the green check beside the instance."""

    kind: Literal["green_check_seen"] = "green_check_seen"
    by: str
    fingerprint: str | None = None


class KeyShown(Event):
    """The requester was shown the key once, to paste it into Netskope (GREENLIGHT_HANDOVER)."""

    kind: Literal["key_shown"] = "key_shown"
    by: str


class Cancelled(Event):
    """Somebody entitled withdrew the request; of a connection, that is its retirement."""

    kind: Literal["cancelled"] = "cancelled"
    by: str
    reason: str = ""
    retires: bool | None = None  # whether the form spoke of a connection; None where nobody was asked


class DeadlinePassed(Event):
    """Nobody moved the request within its time."""

    kind: Literal["deadline_passed"] = "deadline_passed"


class Reminded(Event):
    """Whoever is to act was reminded; `escalated` says that the second group was told too."""

    kind: Literal["reminded"] = "reminded"
    to: Literal["requester", "reviewers", "openai"]
    number: int
    escalated: bool = False


class Snoozed(Event):
    """A person asked for quiet until then."""

    kind: Literal["snoozed"] = "snoozed"
    by: str
    until: datetime


class Warned(Event):
    """People were told of something that is coming, or has gone quiet; `since` is when it is or was."""

    kind: Literal["warned"] = "warned"
    about: Concern
    since: datetime | None = None


class FollowUpAsked(Event):
    """A person wants OpenAI Support to be asked again, by the bot."""

    kind: Literal["follow_up_asked"] = "follow_up_asked"
    by: str


class FollowedUp(Event):
    """OpenAI Support was asked again: by SMTP (`message_id`, `letter`) or by a person's own hand."""

    kind: Literal["followed_up"] = "followed_up"
    by: str
    message_id: str | None = None
    letter: str | None = None


class TookOver(Event):
    """This connection is proven, and the one it replaces is retired."""

    kind: Literal["took_over"] = "took_over"
    replaced: str


class Replaced(Event):
    """Another request, with another key, took this connection's place."""

    kind: Literal["replaced"] = "replaced"
    successor: str


class ChoreDone(Event):
    """A person did what was left to do in another system."""

    kind: Literal["chore_done"] = "chore_done"
    by: str
    chore: Chore


class Announced(Event):
    """A Slack message was posted; later edits need to know where the card and the first DM are.

    `about` is the entry that a note or a DM tells of.
    """

    kind: Literal["announced"] = "announced"
    surface: Literal["card", "dm", "note"]
    place: Place | None
    about: int | None = None


AnyEvent = Annotated[
    Opened
    | KeyProbed
    | Corrected
    | CheckAsked
    | Approved
    | Denied
    | EmailSent
    | EmailRefused
    | GrantPressed
    | TenantChecked
    | GreenCheckSeen
    | KeyShown
    | Cancelled
    | DeadlinePassed
    | Reminded
    | Snoozed
    | Warned
    | FollowUpAsked
    | FollowedUp
    | TookOver
    | Replaced
    | ChoreDone
    | Announced,
    Field(discriminator="kind"),
]
