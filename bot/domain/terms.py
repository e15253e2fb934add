"""What this installation decided, the kinds of work there are, and when a piece of it is due."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from bot.domain.identity import DELETING
from bot.domain.patience import Patience
from bot.domain.request import Request


class Step(StrEnum):
    """Work that is due at a time; notes exist once per version, everything else once per request."""

    PROBE = "probe"
    LOOK = "look"
    EXPIRE = "expire"
    REMIND = "remind"
    WARN = "warn"
    MAIL = "mail"
    FOLLOW_UP = "follow_up"
    SUCCEED = "succeed"
    CARD = "card"
    NOTE = "note"
    TELL = "tell"
    MIRROR_FILE = "mirror_file"
    MIRROR_URL = "mirror_url"
    WATCH = "watch"  # planned no more: a replica of the first version stopped at a name that it did not know
    ROUND = "round"  # these are about a team or a person, not about a request
    DIGEST = "digest"
    HOME = "home"


TIMERS = frozenset({Step.PROBE, Step.LOOK, Step.EXPIRE, Step.REMIND, Step.WARN})
MIRRORS = (Step.MIRROR_FILE, Step.MIRROR_URL)
PER_STAY = TIMERS | {Step.MAIL, Step.FOLLOW_UP}  # what a move to another state takes back


@dataclass(frozen=True)
class Terms:
    """What this installation decided: review rules, what is reachable, and how fast time runs."""

    quorum: int = 1
    quorum_delete: int = 1  # where deleting is asked for; never fewer than `quorum`
    review: bool = True
    tenant_token: bool = False
    smtp: bool = False
    watch: bool = True
    step_up: bool = False  # risky approvals need a sign-in at the identity provider
    production: frozenset[str] = frozenset()  # hosts of tenants where every approval is risky
    scale: float = 1.0
    handover: bool = False
    mirrors: tuple[Step, ...] = ()
    patience: Patience = field(default_factory=Patience)
    reviewers: tuple[str, ...] = ()
    language: str = "en"  # of the channel, and of people whose own we do not know or do not speak

    readable: frozenset[str] = frozenset()  # tenants with a token; empty: all of them
    tenants: tuple[str, ...] = ()  # all of them

    def approvals_needed(self, request: Request) -> int:
        """How many reviewers have to say yes to this request."""
        return max(self.quorum, self.quorum_delete if request.draft.scope in DELETING else 1)

    def looks(self, request: Request) -> bool:
        """Whether what the product itself recorded about this request can be read from here."""
        readable = not self.readable or request.tenant in self.readable
        return self.tenant_token and request.product.keeps_records and readable


class Due(NamedTuple):
    """A step and when; `ref` is the version it speaks about, 0 for what exists once."""

    step: Step
    at: datetime
    ref: int = 0
