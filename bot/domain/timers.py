"""When the next probe, look, reminder, notice and expiry of a request are due."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta

from bot.domain import request as r
from bot.domain.diagnosis import Verdict
from bot.domain.evidence import Rung, shown
from bot.domain.pace import CONFIRMING, DOUBTING, LOOK_PACE, PROBE_PACE, WAITING, WATCHING, told_wait
from bot.domain.request import Event, Request, State
from bot.domain.terms import Due, Step, Terms

ASKED_EVERY = timedelta(seconds=10)


def timers_after(
    after: Request, moved: bool, state: State, event: Event, at: datetime, terms: Terms
) -> tuple[Due, ...]:
    """The timers this event sets: probes, looks, reminders."""
    if isinstance(event, r.Announced) or state in r.FINAL:
        return ()
    asked = isinstance(event, r.CheckAsked)
    due = [Due(Step.REMIND, when) for when in _reminder(after, moved, state, event, at, terms)]
    if moved and state in r.WATCHED and after.draft.expires_on and terms.patience.key_notice:
        due.append(Due(Step.WARN, _key_notice(after.draft.expires_on, at, terms)))
    if (
        state in PROBE_PACE
        and (moved or asked or isinstance(event, r.KeyProbed))
        and _probing(after, state, terms)
    ):
        due.append(Due(Step.PROBE, _next_probe(after, state, event, at, terms, moved)))
    if state in LOOK_PACE and terms.looks(after) and (moved or asked or isinstance(event, r.TenantChecked)):
        due.append(Due(Step.LOOK, _next_look(after, state, event, at, terms, moved)))
    return tuple(due)


def _key_notice(expires_on: date, at: datetime, terms: Terms) -> datetime:
    notice = timedelta(days=terms.patience.key_notice)
    return max(at, datetime.combine(expires_on, time(), UTC) - notice)


def _reminder(
    after: Request, moved: bool, state: State, event: Event, at: datetime, terms: Terms
) -> tuple[datetime, ...]:
    if isinstance(event, r.Snoozed):
        return (event.until,)
    wait = terms.patience.next_reminder(state, 0 if moved else after.reminders)
    if wait is None or not (moved or isinstance(event, r.Reminded)):
        return ()
    return (at + wait * terms.scale,)


def _probing(after: Request, state: State, terms: Terms) -> bool:
    return after.product.grants and (terms.watch or state not in r.WATCHED)


def _next_probe(
    after: Request, state: State, event: Event, at: datetime, terms: Terms, moved: bool
) -> datetime:
    if not isinstance(event, r.KeyProbed):
        asked = isinstance(event, r.CheckAsked | r.Corrected) or (
            moved and state in {State.CHECKING, State.AWAITING_OPENAI}
        )
        soon = max(at, _quiet_until(after, at), _floor(event, after.probes.last_at, at, terms))
        return soon if asked else at + WATCHING.after(timedelta(0), terms.scale, _jitter(after))
    log = after.probes
    pace = PROBE_PACE[state]
    if log.run == Verdict.GRANTED and not log.proven(terms.scale):
        pace = CONFIRMING
    elif state not in {State.CHECKING, State.AWAITING_OPENAI} and _doubted(after, terms):
        pace = DOUBTING
    waited = timedelta(0) if moved else at - after.state_since
    wait = pace.after(waited, terms.scale, _jitter(after))
    return at + max(wait, told_wait(event.diagnosis.retry_after))


def _quiet_until(after: Request, at: datetime) -> datetime:
    """Whoever presses "Check now": OpenAI's Retry-After counts for all of us, Netskope included."""
    log = after.probes
    return log.last_at + told_wait(log.last.retry_after) if log.last and log.last_at else at


def _floor(event: Event, last: datetime | None, at: datetime, terms: Terms) -> datetime:
    """However often somebody presses "Check now", each question costs the other side work and a record."""
    return last + ASKED_EVERY * terms.scale if last and isinstance(event, r.CheckAsked) else at


def _doubted(after: Request, terms: Terms) -> bool:
    """Something shown is being denied, not yet often enough to call it lost."""
    log, granted = after.probes, shown(after.evidence, Rung.READ_GRANTED)
    return bool(log.losing.count) if granted else bool(log.dead.count) and not log.hopeless(terms.scale)


def _next_look(
    after: Request, state: State, event: Event, at: datetime, terms: Terms, moved: bool
) -> datetime:
    if moved or not isinstance(event, r.TenantChecked):
        return max(at, after.look_not_before or at, _floor(event, after.tenant_looked_at, at, terms))
    pace = LOOK_PACE[state]
    wanted = (Rung.INSTANCE_RECORDED, Rung.DATA_FLOWS)
    wants = state is State.CONNECTED and not all(shown(after.evidence, rung) for rung in wanted)
    if wants or event.report.behind:  # a long audit log is read part by part
        pace = WAITING
    wait = pace.after(at - after.state_since, terms.scale, _jitter(after))
    return max(at + wait, after.look_not_before or at)


def deadline_in(state: State, at: datetime, terms: Terms) -> datetime | None:
    """When a request that came into this state now runs out of time; scaled, but never to nothing."""
    patience = terms.patience.lasts(state)
    return at + patience * _unhurried(terms) if patience else None


def _unhurried(terms: Terms) -> float:
    return max(terms.scale, 0.01)


def expiry_of(deadline: datetime | None, terms: Terms) -> tuple[Due, ...]:
    """The notice before the deadline, and the deadline."""
    if deadline is None:
        return ()
    notice = _notice(terms)
    warning = (Due(Step.WARN, deadline - notice),) if notice else ()
    return (*warning, Due(Step.EXPIRE, deadline))


def notice_until(request: Request, at: datetime, terms: Terms) -> datetime | None:
    """When a request expires whose people are told so now; None where they were told, or never are.

    They have half of the notice at least, however late it comes: after a weekend, after days without the bot.
    A notice longer than the state may last counts as one from its beginning: it lengthens nothing.
    """
    stay, notice = deadline_in(request.state, at, terms), _notice(terms)
    if stay is None or request.deadline_at is None or r.Concern.EXPIRY in request.warned or not notice:
        return None
    return max(request.deadline_at, at + min(notice, stay - at) / 2)


def _notice(terms: Terms) -> timedelta:
    return timedelta(days=terms.patience.notice) * _unhurried(terms)


def _jitter(request: Request) -> float:
    """A number in -1..1 that differs between requests and versions, yet is the same when decided twice."""
    digest = hashlib.blake2b(f"{request.id}{request.version}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**31 - 1
