"""What each event leaves in the request's data; whether it may happen at all is the table's business."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import singledispatch
from typing import Any

from bot.connectors import DEFAULT
from bot.domain import request as r
from bot.domain.asking import asked_lately, letter_of
from bot.domain.casb import CasbReport, Sighting, TroubleKind
from bot.domain.diagnosis import Verdict
from bot.domain.errors import AlreadySaid, NotPossible, Stale
from bot.domain.evidence import Evidence, ProbeLog, Rung, Standing, shown
from bot.domain.pace import told_wait
from bot.domain.request import Event, Request
from bot.domain.windows import data_from, records_from

REACHES_WORKSPACE = frozenset({Verdict.GRANTED, Verdict.LOGS_ONLY, Verdict.PARTIAL})
PROBE_SOURCE = "OpenAI Compliance API, live probe"
AUDIT_SOURCE = "Netskope tenant audit log"
EVENTS_SOURCE = "Netskope tenant events"
CLOCK_GRAIN = timedelta(seconds=1)  # a schedule may keep time more coarsely than a request does
PERSON_SOURCE = "said by a person"


@singledispatch
def fold(event: Event, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    """Copy the request with what this event leaves in it; most events leave only their audit entry."""
    return request


@fold.register
def _probed(event: r.KeyProbed, request: Request, at: datetime, scale: float) -> Request:
    if not request.product.grants:
        raise NotPossible(request.state, "KeyProbed")  # there is no grant that an answer could show
    if event.subject and event.subject != request.fingerprint:
        raise Stale  # the key or workspace was corrected while OpenAI was being asked
    log = request.probes.add(event.diagnosis, at)
    found = dict(request.evidence)
    verdict = event.diagnosis.verdict
    if verdict in REACHES_WORKSPACE:
        found[Rung.KEY_ALIVE] = Evidence(rung=Rung.KEY_ALIVE, source=PROBE_SOURCE, at=at)
    if verdict == Verdict.GRANTED and log.proven(scale):
        found[Rung.READ_GRANTED] = Evidence(rung=Rung.READ_GRANTED, source=PROBE_SOURCE, at=at)
    for rung, gone in ((Rung.KEY_ALIVE, log.hopeless(scale)), (Rung.READ_GRANTED, log.lost(scale))):
        if gone and shown(found, rung):
            found[rung] = _lose(found[rung], at, PROBE_SOURCE, f"{log.losing.count} losing probes in a row")
    return request.model_copy(update={"probes": log, "evidence": found})


@fold.register
def _corrected(event: r.Corrected, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    # The key may be another person's now.
    warned = tuple(one for one in request.warned if one is not r.Concern.CREATOR_LEFT)
    typed = request.model_copy(update={"draft": event.draft, "key": event.key, "warned": warned})
    if request.state in r.GRANTED and typed.fingerprint == request.fingerprint:
        return typed  # what was approved and proven is as it was
    fresh = {
        "probes": ProbeLog(),
        "evidence": {},
        "approvals": (),
        "mail": None,
        "mail_refused": "",
        "follow_ups": (),
        "hint": "",
        "blocked_told_at": None,
        "tenant_troubles": (),
        "tenant_trouble": None,
        "tenant_troubled_since": None,
        "looked_through": None,
        "data_through": None,
        "evidence_from": at,
        "grant_pressed_at": None,
    }
    if event.key.fingerprint != request.key.fingerprint:
        fresh["key_shown_at"] = None
    return typed.model_copy(update=fresh)


@fold.register
def _approved(event: r.Approved, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    if event.fingerprint != request.fingerprint:
        raise Stale
    voices = {name for approval in request.approvals for name in (approval.by, approval.on_behalf) if name}
    if voices & {event.by, event.on_behalf}:
        raise AlreadySaid  # a reviewer and the one who stands in for them are one voice
    approval = r.Approval(by=event.by, at=at, fingerprint=event.fingerprint, on_behalf=event.on_behalf)
    return request.model_copy(update={"approvals": (*request.approvals, approval)})


@fold.register
def _denied(event: r.Denied, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    if event.fingerprint not in {None, request.fingerprint}:
        raise Stale  # it was corrected while the reason was being typed
    return request.model_copy(update={"ended": r.Refusal(by=event.by, at=at, reason=event.reason)})


@fold.register
def _cancelled(event: r.Cancelled, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    if event.retires is not None and event.retires is not (request.state in r.WATCHED):
        raise NotPossible(request.state, "Cancelled")  # proven while the form was open: that would end more
    return request.model_copy(update={"ended": r.Refusal(by=event.by, at=at, reason=event.reason)})


@fold.register
def _emailed(event: r.EmailSent, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    _check_screen(event, request)
    _check_letter(event, request)
    if request.state in r.GRANTED and (request.mail or not event.letter):  # only what was on its way
        raise NotPossible(request.state, "EmailSent")
    return request.model_copy(update={"mail": r.MailRecord(by=event.by, at=at, message_id=event.message_id)})


@fold.register
def _unmailed(event: r.EmailRefused, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    _check_letter(event, request)
    return request.model_copy(update={"mail_refused": event.said})


def _check_screen(event: r.EmailSent | r.GrantPressed | r.GreenCheckSeen, request: Request) -> None:
    if event.fingerprint and event.fingerprint != request.fingerprint:
        raise Stale  # said of another key, workspace or instance than the one that is approved now


def _check_letter(event: r.EmailSent | r.EmailRefused | r.FollowedUp, request: Request) -> None:
    if event.letter and event.letter != letter_of(request):
        raise Stale  # corrected while it was on its way: the letter that is wanted now is another one


@fold.register
def _pressed(event: r.GrantPressed, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    _check_screen(event, request)
    return request.model_copy(update={"grant_pressed_at": request.grant_pressed_at or at})


@fold.register
def _green(event: r.GreenCheckSeen, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    _check_screen(event, request)
    seen = Evidence(rung=Rung.GREEN_CHECK_SEEN, source=PERSON_SOURCE, at=at, by=event.by)
    return request.model_copy(update={"evidence": request.evidence | {Rung.GREEN_CHECK_SEEN: seen}})


@fold.register
def _shown(event: r.KeyShown, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    if request.key_shown_at:
        raise AlreadySaid
    return request.model_copy(update={"key_shown_at": at})


@fold.register
def _looked(event: r.TenantChecked, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    if not request.product.keeps_records:
        raise NotPossible(request.state, "TenantChecked")  # no rung is shown that this product cannot show
    if event.subject and event.subject != request.fingerprint:
        raise Stale  # the key, workspace or name was corrected while the tenant was being read
    report, found = event.report, dict(request.evidence)
    instance, deleted = _counted(report.instance, request), _counted(report.deleted, request)
    if instance:
        found[Rung.INSTANCE_RECORDED] = _sighted(Rung.INSTANCE_RECORDED, AUDIT_SOURCE, instance)
    if deleted and (instance is None or deleted.at > instance.at):
        for rung in (Rung.INSTANCE_RECORDED, Rung.GREEN_CHECK_SEEN, Rung.DATA_FLOWS):
            if shown(found, rung) and found[rung].at <= deleted.at:
                found[rung] = _lose(found[rung], deleted.at, AUDIT_SOURCE, deleted.detail)
    news = _new_data(report.data, request, found)
    if news:
        found[Rung.DATA_FLOWS] = news
    resumes = report.through if report.behind or shown(found, Rung.INSTANCE_RECORDED) else None
    changed = {
        "warned": tuple(one for one in request.warned if not (news and one == r.Concern.QUIET)),
        "evidence": found,
        "hint": _hint(report) or request.hint,
        **_troubled(report, request, at),
        "tenant_looked_at": at,
        "looked_through": resumes if report.through else request.looked_through,
        "data_through": report.data_through or request.data_through,
        "look_not_before": _told_to_wait(report, at),
    }
    return request.model_copy(update=changed)


def _troubled(report: CasbReport, request: Request, at: datetime) -> dict[str, object]:
    """What could not be read, and since which look in a row; the kinds are in the order of what to mend."""
    kinds = [trouble.kind for trouble in report.troubles]
    since = request.tenant_troubled_since if request.tenant_troubles else None
    return {
        "tenant_troubles": tuple((one.seen or f"{one.endpoint} {one.kind}")[:200] for one in report.troubles),
        "tenant_trouble": min(kinds, key=list(TroubleKind).index, default=None),
        "tenant_troubled_since": (since or at) if kinds else None,
    }


def _counted(record: Sighting | None, request: Request) -> Sighting | None:
    """Only what names ours counts, and only since what was approved is as it is."""
    return record if record and record.named and record.at >= records_from(request) else None


def _new_data(data: Sighting | None, request: Request, found: dict[Rung, Evidence]) -> Evidence | None:
    """Data that came through this key, and later than those known; the record comes first, then data."""
    since, known = data_from(request, found), found.get(Rung.DATA_FLOWS)
    if data is None or since is None or data.at < since or (known and data.at <= known.at):
        return None
    return _sighted(Rung.DATA_FLOWS, EVENTS_SOURCE, data)


def _hint(report: CasbReport) -> str:
    """What a record says that does not name ours: told, never counted."""
    unnamed = [record for record in (report.instance, report.deleted) if record and not record.named]
    if not unnamed:
        return ""
    last = max(unnamed, key=lambda record: record.at)
    told = (last.what, f"({last.detail})" if last.detail else "", f"by {last.by}" if last.by else "")
    return " ".join([*filter(None, told), f"at {last.at:%Y-%m-%d %H:%M} UTC"])[:300]


def _told_to_wait(report: CasbReport, at: datetime) -> datetime | None:
    told = max((told_wait(trouble.retry_after) for trouble in report.troubles), default=timedelta(0))
    return at + told if told else None


@fold.register
def _too_late(event: r.DeadlinePassed, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    # The timer of a state that was left while a worker held it must not end the state that followed.
    if not too_late(request, at):
        raise NotPossible(request.state, "DeadlinePassed")
    return request


def too_late(request: Request, at: datetime) -> bool:
    """Whether the time of the present state is over."""
    return request.deadline_at is None or at >= request.deadline_at - CLOCK_GRAIN


@fold.register
def _reminded(event: r.Reminded, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    if event.number != request.reminders + 1:
        raise AlreadySaid  # another worker, whose lease had run out, was as late
    return request.model_copy(update={"reminders": event.number, "snoozed_until": None})


@fold.register
def _snoozed(event: r.Snoozed, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    return request.model_copy(update={"snoozed_until": event.until})


@fold.register
def _warned(event: r.Warned, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    if event.about in request.warned:
        raise AlreadySaid
    warned = request.model_copy(update={"warned": (*request.warned, event.about)})
    if event.about is not r.Concern.EXPIRY or event.since is None:
        return warned
    if request.deadline_at is None or event.since < request.deadline_at:  # it moved on meanwhile
        raise NotPossible(request.state, "Warned")
    return warned.model_copy(update={"deadline_at": event.since})


@fold.register
def _asked_again(event: r.FollowUpAsked, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    if asked_lately(request, at, scale):
        raise AlreadySaid
    return request


@fold.register
def _followed_up(event: r.FollowedUp, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    _check_letter(event, request)
    record = r.MailRecord(by=event.by, at=at, message_id=event.message_id)
    return request.model_copy(update={"follow_ups": (*request.follow_ups, record)})


@fold.register
def _took_over(event: r.TookOver, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    if request.took_over or event.replaced != request.draft.replaces:
        raise AlreadySaid
    return request.model_copy(update={"took_over": True})


@fold.register
def _replaced(event: r.Replaced, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    return request.model_copy(update={"succeeded_by": event.successor})


@fold.register
def _chore(event: r.ChoreDone, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    if any(record.chore == event.chore for record in request.chores):
        raise AlreadySaid
    record = r.ChoreRecord(chore=event.chore, by=event.by, at=at)
    return request.model_copy(update={"chores": (*request.chores, record)})


@fold.register
def _announced(event: r.Announced, request: Request, at: datetime, scale: float) -> Request:  # noqa: ARG001
    if event.surface == "note" or (event.surface == "dm" and request.dm):
        return request
    counted = {"cards": request.cards + 1} if event.surface == "card" and event.place else {}
    return request.model_copy(update={event.surface: event.place, **counted})


def _sighted(rung: Rung, source: str, sighting: Sighting) -> Evidence:
    return Evidence(rung=rung, source=source, at=sighting.at, by=sighting.by, detail=sighting.detail)


def _lose(was: Evidence, at: datetime, source: str, why: str) -> Evidence:
    return was.model_copy(update={"standing": Standing.LOST, "at": at, "source": source, "detail": why})


def facts_of(event: Event, before: Request, after: Request) -> dict[str, Any]:
    """The event's own fields for the audit entry, and which rungs it changed."""
    facts = event.model_dump(mode="json", exclude={"kind", "by"}, exclude_none=True)
    if isinstance(event, r.Opened):
        facts |= {"draft": after.draft.model_dump(mode="json"), "key": after.key.model_dump(mode="json")}
        facts |= {"tenant": after.tenant, "fingerprint": after.fingerprint}
        facts |= {} if after.connector == DEFAULT else {"connector": after.connector}
    if isinstance(event, r.KeyProbed):
        facts["key_read"] = True  # the probe decrypted it, for one call
        facts["new_verdict"] = (
            before.probes.last is None or before.probes.last.verdict != event.diagnosis.verdict
        )
    if after.key_destroyed_at and not before.key_destroyed_at:
        facts["key_destroyed"] = True
    changed = rungs_changed(before, after)
    return facts | ({"rungs": changed} if changed else {})


def rungs_changed(before: Request, after: Request) -> dict[Rung, Standing]:
    """Return the rungs that are newly shown or newly lost, with where they stand now."""
    return {
        rung: found.standing
        for rung, found in after.evidence.items()
        if rung not in before.evidence or before.evidence[rung].standing != found.standing
    }
