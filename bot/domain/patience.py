"""How long anybody is left waiting: reminders, escalation, notice, expiry, digest; one table of policies.

Every number is in days unless it says otherwise; business days are counted in the time zone of the person.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, model_validator

from bot.domain.evidence import Frozen, Rung, shown
from bot.domain.pace import PATIENCE
from bot.domain.request import Request, Route, State

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Days = Annotated[float, Field(ge=0, le=3650, allow_inf_nan=False)]


def _weekdays(value: Any) -> Any:
    """Read ``mon-fri`` or ``["mon", "wed"]``."""
    if not isinstance(value, str):
        return tuple(WEEKDAYS.index(one) if one in WEEKDAYS else one for one in value)
    first, _, last = value.lower().partition("-")
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    return tuple(range(start, end + 1))


class Waiting(Frozen):
    """How patient one state is; `remind_after` 0 never reminds, `escalate_after` 0 never escalates."""

    remind_after: Days = 1
    factor: Annotated[float, Field(ge=1, le=10)] = 2
    at_most: Annotated[float, Field(gt=0, le=365)] = 7
    escalate_after: Annotated[int, Field(ge=0, le=100)] = 3
    expires_after: Annotated[float, Field(gt=0, le=3650)] | None = None

    def next_reminder(self, already: int) -> timedelta | None:
        """How long after the last reminder (or the start) the next one is due; None is never."""
        if not self.remind_after:
            return None
        return timedelta(days=min(self.remind_after * self.factor ** min(already, 50), self.at_most))


def _states() -> dict[State, Waiting]:
    quiet = {State.CHECKING: Waiting(remind_after=0)}
    return {state: quiet.get(state, Waiting()) for state in (*PATIENCE, State.ATTENTION)}


class Patience(Frozen):
    """The whole table of policies: the setting ``GREENLIGHT_PATIENCE``."""

    hours: tuple[Annotated[int, Field(ge=0, le=23)], Annotated[int, Field(ge=1, le=24)]] = (9, 17)
    weekdays: Annotated[
        tuple[Annotated[int, Field(ge=0, le=6)], ...], BeforeValidator(_weekdays), Field(min_length=1)
    ] = (0, 1, 2, 3, 4)
    timezone: str = "UTC"
    escalate_to: tuple[Annotated[str, Field(pattern=r"^[UWS][A-Z0-9]+$")], ...] = ()
    follow_up_after: Days = 5
    snooze: Annotated[float, Field(gt=0, le=90)] = 3
    notice: Days = 2
    key_notice: Days = 14
    quiet_after: Days = 7
    digest_hour: Annotated[int, Field(ge=0, le=23)] | None = 9
    states: dict[State, Waiting] = Field(default_factory=_states)

    @model_validator(mode="before")
    @classmethod
    def _over_defaults(cls, given: Any) -> Any:
        """A state that is named changes only what it names."""
        if not isinstance(given, dict) or not isinstance(given.get("states"), dict):
            return given
        rows = {state.value: row.model_dump() for state, row in _states().items()}
        for state, row in given["states"].items():
            rows[str(state)] = rows.get(str(state), {}) | (row if isinstance(row, dict) else row.model_dump())
        return given | {"states": rows}

    @model_validator(mode="after")
    def _sensible(self) -> Patience:
        """Hours must open before they close; the zone must exist; only states that wait have a row."""
        if self.hours[0] >= self.hours[1] or zone(self.timezone) is None or set(self.states) - set(_states()):
            raise ValueError("not acceptable")
        return self

    def lasts(self, state: State) -> timedelta | None:
        """How long a request may stay in a state; None is for ever."""
        row = self.states.get(state)
        named = row.expires_after if row else None
        return timedelta(days=named) if named and state in PATIENCE else PATIENCE.get(state)

    def next_reminder(self, state: State, already: int) -> timedelta | None:
        """How long until the next reminder in a state; None is never."""
        row = self.states.get(state)
        return row.next_reminder(already) if row else None

    def escalates(self, state: State, number: int) -> bool:
        """Whether this reminder (1 is the first) also goes to the second group."""
        row = self.states.get(state)
        return bool(self.escalate_to and row and row.escalate_after and number >= row.escalate_after)


def read(text: str) -> Patience:
    """Read a TOML or JSON table; raises `ValueError` for anything else."""
    raw = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    return Patience.model_validate(raw)


class Blocker(StrEnum):
    """Whose move it is."""

    REQUESTER = "requester"
    REVIEWERS = "reviewers"
    OPENAI = "openai"
    NOBODY = "nobody"


def blocker(request: Request, *, smtp: bool) -> Blocker:
    """Say whose move it is, from the request alone; `smtp`: the bot sends the e-mail itself."""
    match request.state:
        case State.NEEDS_CORRECTION | State.AWAITING_NETSKOPE | State.ATTENTION:
            return Blocker.REQUESTER
        case State.IN_REVIEW:
            return Blocker.REVIEWERS
        case State.AWAITING_OPENAI if request.probes.blocked_since:
            return Blocker.REQUESTER  # OpenAI may have granted it: we are not let near enough to see
        case State.AWAITING_OPENAI:
            return _at_openai(request, smtp)
        case State.VERIFYING:
            return Blocker.REQUESTER if _read_is_shown(request) else Blocker.NOBODY
        case _:
            return Blocker.NOBODY


def _read_is_shown(request: Request) -> bool:
    return shown(request.evidence, Rung.READ_GRANTED) or not request.product.grants


def _at_openai(request: Request, smtp: bool) -> Blocker:
    if request.mail:
        return Blocker.OPENAI
    by_hand = request.draft.route is Route.SELF_SERVICE or not smtp or bool(request.mail_refused)
    return Blocker.REQUESTER if by_hand else Blocker.NOBODY


@lru_cache(maxsize=1000)
def zone(name: str) -> tzinfo | None:
    """Return the time zone, or None when there is none of this name (or no zone data on this machine)."""
    if name in {"", "UTC"}:
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def next_business_moment(at: datetime, tz: str, patience: Patience) -> datetime:
    """Return the first moment from `at` on that is in business hours there; an unknown zone counts as UTC."""
    there = zone(tz) or UTC
    today = at.astimezone(there).date()
    for day in _working_days(today, patience.weekdays):
        opens, closes = (_on(day, hour, there) for hour in patience.hours)
        if at < closes:
            return max(at, opens)
    raise AssertionError("a week has a working day")


def business_days_later(at: datetime, days: float, tz: str, patience: Patience) -> datetime:
    """Return the business moment that many working days after `at`; a fraction of a day is plain time."""
    there = zone(tz) or UTC
    whole, rest = divmod(days, 1)
    local = at.astimezone(there)
    day = local.date()
    for _ in range(int(whole)):
        day = next(iter(_working_days(day + timedelta(days=1), patience.weekdays)))
    moved = datetime.combine(day, local.timetz()).astimezone(UTC) + timedelta(days=rest)
    return next_business_moment(moved, tz, patience)


def hour_of_today(now: datetime, hour: int, tz: str, patience: Patience) -> datetime | None:
    """Return when this hour was today, there; None where it is still to come or nobody works today."""
    there = zone(tz) or UTC
    today = now.astimezone(there).date()
    moment = _on(today, hour, there)
    return moment if today.weekday() in patience.weekdays and moment <= now else None


def _working_days(first: date, weekdays: tuple[int, ...]) -> Iterable[date]:
    days = (first + timedelta(days=number) for number in range(15))
    return (day for day in days if day.weekday() in weekdays)


def _on(day: date, hour: int, there: tzinfo) -> datetime:
    # Compared in UTC: two times of one zone are compared by their wall clocks, wrong across a change of it.
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return datetime.combine(day, time(hour), there).astimezone(UTC)
