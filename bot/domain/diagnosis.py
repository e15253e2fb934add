"""What OpenAI's answers to the two read-only calls mean: a table of rows, the first match wins.

Source of the rows: OpenAI's Admin API specification 2.5.3, its help centre, and what other vendors observed.
Row ids are those of the fact sheet; a suffix marks a row that was split. Anything the table does not know is
`UNCLEAR` and keeps a redacted shape, never a guess.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

Call = Literal["logs", "users", "models"]
Content = Literal["json", "html", "empty", "other", "malformed"]
Failure = Literal["timeout", "connect", "tls"]


class Verdict(StrEnum):
    """The classified outcome of one probe of a Compliance API key."""

    GRANTED = "granted"
    LOGS_ONLY = "logs_only"
    PARTIAL = "partial"
    MISSING = "missing"
    NOT_FOR_WORKSPACE = "not_for_workspace"
    REJECTED = "rejected"
    REVOKED = "revoked"
    WRONG_WORKSPACE = "wrong_workspace"
    WRONG_ORGANIZATION = "wrong_organization"
    BLOCKED = "blocked"
    EDGE = "edge"
    LIMITED = "limited"
    OUTAGE = "outage"
    UNCLEAR = "unclear"


NO_NEWS = frozenset({Verdict.EDGE, Verdict.LIMITED, Verdict.OUTAGE})
"""Says something about the way to OpenAI, nothing about the key: never moves a state."""

CONCLUSIVE = frozenset(Verdict) - NO_NEWS - {Verdict.UNCLEAR}
"""May move a state, after the repetition that the lifecycle demands."""

LOSING = CONCLUSIVE - {Verdict.GRANTED, Verdict.BLOCKED}
"""Counts toward "what was proven no longer is"; a blocked address observed nothing about the grant."""

NEEDS_CORRECTION = frozenset({Verdict.REJECTED, Verdict.WRONG_WORKSPACE, Verdict.WRONG_ORGANIZATION})
"""The requester must correct something typed."""


@dataclass(frozen=True)
class Answer:
    """One call's answer, reduced to signals; holds no data of people and no key."""

    call: Call
    status: int | None = None
    content: Content = "empty"
    listed: bool = (
        False  # the body has the documented list form (for `users`: its header says JSON, nobody read it)
    )
    code: str | None = None
    message: str = ""
    retry_after: float | None = None
    failure: Failure | None = None
    shape: str = ""

    @property
    def words(self) -> str:
        """Return code and message, the text that the table searches."""
        return f"{self.code or ''} {self.message}"


class Diagnosis(BaseModel):
    """A verdict, the table row that gave it, the short facts it rests on; safe to store and to show."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    verdict: Verdict
    row: str
    retry_after: float | None = None
    seen: tuple[str, ...] = ()
    shape: str = ""

    @property
    def advice(self) -> str:
        """Return the key of the words for this diagnosis: one entry per row."""
        return self.row


def diagnose(answers: Sequence[Answer], *, was_granted: bool, admin_key: bool) -> Diagnosis:
    """Return what the answers of one probe mean.

    `was_granted`: an earlier probe proved the grant. `admin_key`: a workspace Admin key (no models).
    """
    row = next((row for row in TABLE if row.matches(answers, was_granted, admin_key)), UNKNOWN)
    waits = [answer.retry_after for answer in answers if answer.retry_after is not None]
    return Diagnosis(
        verdict=row.verdict,
        row=row.id,
        retry_after=max(waits, default=None),
        seen=tuple(_fact(answer) for answer in answers),
        shape=_shapes(answers) if row.verdict is Verdict.UNCLEAR else "",
    )


def unexplained(answers: Sequence[Answer]) -> bool:
    """Return whether both compliance calls refuse and neither says a reason that settles the matter.

    "Incorrect API key" settles nothing yet: a key unknown to one host may be alive on the other (row 7).
    """
    return len(answers) == 2 and all(
        REFUSED.fits(answer) and not EXPLAINED.fits(answer) for answer in answers
    )


def _fact(answer: Answer) -> str:
    parts = [answer.call, answer.failure or str(answer.status)]
    if answer.content in ("html", "malformed", "other"):
        parts.append(answer.content)
    return " ".join([*parts, answer.code] if answer.code else parts)


def _shapes(answers: Sequence[Answer]) -> str:
    return "; ".join(f"{answer.call} {answer.shape or answer.content}" for answer in answers)


@dataclass(frozen=True)
class When:
    """A condition on one answer; fields left alone match everything."""

    statuses: frozenset[int] | None = None
    content: frozenset[Content] | None = None
    listed: bool | None = None
    says: str | None = None  # regular expression, searched in "code message", any case
    failure: frozenset[Failure] | None = None

    def fits(self, answer: Answer) -> bool:
        """Return whether every stated field holds for `answer`."""
        return (
            (self.statuses is None or answer.status in self.statuses)
            and (self.content is None or answer.content in self.content)
            and (self.listed is None or answer.listed is self.listed)
            and (self.failure is None or answer.failure in self.failure)
            and (self.says is None or bool(re.search(self.says, answer.words, re.IGNORECASE)))
        )


@dataclass(frozen=True)
class Row:
    """One row of the table; a condition that is None is not asked, `models` may also be absent."""

    id: str
    verdict: Verdict
    some: When | None = None  # at least one compliance answer
    both: When | None = None  # logs and users
    logs: When | None = None
    users: When | None = None
    models: When | None = None
    was_granted: bool | None = None
    admin_key: bool | None = None

    def matches(self, answers: Sequence[Answer], was_granted: bool, admin_key: bool) -> bool:
        """Return whether every stated condition holds."""
        by_call = {answer.call: answer for answer in answers}
        compliance = [by_call[call] for call in ("logs", "users") if call in by_call]
        return (
            self.was_granted in (None, was_granted)
            and self.admin_key in (None, admin_key)
            and (self.some is None or any(map(self.some.fits, compliance)))
            and (self.both is None or (len(compliance) == 2 and all(map(self.both.fits, compliance))))
            and _holds(self.logs, by_call.get("logs"))
            and _holds(self.users, by_call.get("users"))
            and _holds(self.models, by_call.get("models"))
        )


def _holds(when: When | None, answer: Answer | None) -> bool:
    return when is None or (answer is not None and when.fits(answer))


_PLAIN: frozenset[Content] = frozenset({"json", "empty"})  # text or HTML comes from a proxy, not from the API
_MISSING_COMPLIANCE = r"missing scopes?\b.*compliance"
_IP = r"ip_not_authorized|\bIP\b"
# The documented /manage text lists three reasons joined by "or"; one that states this reason alone counts.
_OTHER_ORGANIZATION = r"(?<!or its )organization does not own the workspace"
_UNKNOWN_KEY = r"invalid_api_key|incorrect api key"
_INVALID_ADMIN_KEY = _UNKNOWN_KEY + r"|missing or invalid admin api key"

OK = When(statuses=frozenset({200}), content=frozenset({"json"}), listed=True)
REFUSED = When(statuses=frozenset({401, 403}), content=_PLAIN)
EXPLAINED = When(says=f"{_MISSING_COMPLIANCE}|{_IP}|{_OTHER_ORGANIZATION}")
_UNKNOWN = When(statuses=frozenset({401}), content=_PLAIN, says=_UNKNOWN_KEY)
_ALL_401 = When(statuses=frozenset({401}), content=_PLAIN)
_ANSWERED = When(statuses=frozenset(range(200, 500)) - {429}, content=_PLAIN)
_LOCKED = When(statuses=frozenset({401, 403}), content=_PLAIN, says=r"missing scopes?")


def _refused(says: str) -> When:
    return When(statuses=frozenset({401, 403}), content=_PLAIN, says=says)


TABLE: tuple[Row, ...] = (
    # The way to OpenAI first: an answer that did not come from the API says nothing about the key.
    Row("16-tls", Verdict.OUTAGE, some=When(failure=frozenset({"tls"}))),
    Row("16", Verdict.OUTAGE, some=When(failure=frozenset({"timeout", "connect"}))),
    Row("16-5xx", Verdict.OUTAGE, some=When(statuses=frozenset(range(500, 600)))),
    Row("15", Verdict.LIMITED, some=When(statuses=frozenset({429}))),
    Row("14", Verdict.EDGE, some=When(content=frozenset({"html"}))),
    # Answers that state their reason.
    Row("13", Verdict.BLOCKED, some=_refused(_IP)),
    Row("12", Verdict.WRONG_WORKSPACE, some=When(frozenset({400}), says=r"workspace-scoped event type")),
    Row("11", Verdict.WRONG_WORKSPACE, some=When(frozenset({422}), says=r"workspace_id")),
    Row("10", Verdict.WRONG_ORGANIZATION, some=_refused(_OTHER_ORGANIZATION)),
    Row("1", Verdict.GRANTED, logs=OK, users=OK),
    Row("7-split", Verdict.UNCLEAR, logs=OK, users=_UNKNOWN),
    Row("2", Verdict.LOGS_ONLY, logs=OK, users=REFUSED),
    Row("3", Verdict.PARTIAL, logs=REFUSED, users=OK),
    Row("3-scope", Verdict.PARTIAL, logs=_refused(r"conversation_message"), users=REFUSED, admin_key=True),
    Row("3-fedramp", Verdict.PARTIAL, logs=When(frozenset({404}), _PLAIN), users=OK),
    Row("4-admin", Verdict.MISSING, some=_refused(_MISSING_COMPLIANCE), both=REFUSED, admin_key=True),
    Row("4", Verdict.MISSING, some=_refused(_MISSING_COMPLIANCE), both=REFUSED),
    # The logs of this very workspace answer, so it is neither wrong nor without the API: a route has moved.
    Row("9-split", Verdict.UNCLEAR, logs=OK, users=When(frozenset({404}), _PLAIN)),
    Row("9", Verdict.WRONG_WORKSPACE, users=When(frozenset({404}), frozenset({"json"}))),
    # Both refuse and do not say why: the third call tells a living key from a dead one.
    Row("5", Verdict.NOT_FOR_WORKSPACE, both=REFUSED, models=When(frozenset({200}))),
    Row("6", Verdict.NOT_FOR_WORKSPACE, both=REFUSED, models=_LOCKED),
    Row("8", Verdict.REVOKED, both=_ALL_401, models=_ALL_401, was_granted=True),
    Row("8-admin", Verdict.REVOKED, both=_ALL_401, was_granted=True, admin_key=True),
    Row("8-dead", Verdict.REVOKED, both=REFUSED, models=_UNKNOWN, was_granted=True),
    Row("7", Verdict.REJECTED, both=REFUSED, models=_UNKNOWN),
    Row(
        "7-admin",
        Verdict.REJECTED,
        both=When(frozenset({401}), _PLAIN, says=_INVALID_ADMIN_KEY),
        admin_key=True,
    ),
    Row("5-admin", Verdict.NOT_FOR_WORKSPACE, both=REFUSED, admin_key=True),
    # Without the third answer (429, 5xx, HTML, no connection) the reason would be a guess: nothing is lost.
    Row("5-lost", Verdict.NOT_FOR_WORKSPACE, both=REFUSED, models=_ANSWERED, was_granted=True),
    Row("5-unasked", Verdict.UNCLEAR, both=REFUSED),
)

UNKNOWN = Row("unknown", Verdict.UNCLEAR)
"""Used when no row matches."""
