"""One coroutine per step: do the work through ports, report back as the next event or as nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot import metrics
from bot.courier import is_refused_with, told_once
from bot.domain.asking import letter_of, needs_mail
from bot.domain.changes import too_late
from bot.domain.errors import Refused, Transient
from bot.domain.evidence import Rung
from bot.domain.fates import Fate
from bot.domain.lifecycle import LOOK_PACE, MIRRORS, PROBE_PACE, Due, Step
from bot.domain.request import (
    Announced,
    Concern,
    DeadlinePassed,
    EmailRefused,
    EmailSent,
    Event,
    KeyProbed,
    Place,
    Request,
    TenantChecked,
    Warned,
)
from bot.domain.timers import notice_until
from bot.domain.upkeep import CHAIN
from bot.domain.windows import read_data_from, read_from
from bot.ports import (
    AuditMirror,
    Casb,
    Claimed,
    Clock,
    Compliance,
    Decisions,
    Directory,
    Mailer,
    Messenger,
    People,
    Store,
)
from bot.service import Service, until_saved
from bot.views import card, notes, operators, support_mail
from bot.views.language import speaking

HOME_DELAY = timedelta(seconds=2)
LOOKS_FOR_CARD = 15.0  # seconds at most between two looks for a card that is being posted
AFTER_CARD = 2.0  # seconds; a card is posted sooner


@dataclass(frozen=True)
class Ports:
    """What steps may use."""

    service: Service
    store: Store
    directory: Directory
    compliance: Compliance
    messenger: Messenger
    clock: Clock
    channel: str
    casbs: Mapping[str, Casb] = field(default_factory=dict)  # by tenant
    mailer: Mailer | None = None
    mail_from: str = ""
    people: People | None = None
    refresh_home: Callable[[str], Awaitable[None]] | None = None
    mirrors: Mapping[Step, AuditMirror] = field(default_factory=dict)
    decisions: Decisions | None = None


Work = Callable[[Request, Claimed, Ports], Awaitable[Event | None]]
Performer = Callable[[Claimed], Awaitable[None]]


async def probe(request: Request, _claimed: Claimed, ports: Ports) -> Event | None:
    """Ask OpenAI what the key may do; the key is in memory for this call only."""
    if request.state not in PROBE_PACE:
        return None
    key = await ports.service.key_of(request)
    if key is None:
        return None
    diagnosis = await ports.compliance.probe(
        request.draft.workspace_id,
        key,
        at=ports.clock(),
        was_granted=Rung.READ_GRANTED in request.evidence,  # also when it was lost since: it was granted once
        admin_key=request.key.admin_key,
    )
    metrics.VERDICTS.labels(diagnosis.verdict).inc()
    return KeyProbed(diagnosis=diagnosis, subject=request.fingerprint)


async def look(request: Request, _claimed: Claimed, ports: Ports) -> Event | None:
    """Read the tenant's audit log and events for evidence of the instance."""
    casb = ports.casbs.get(request.tenant)  # a tenant is read with its own token, or not at all
    if request.state not in LOOK_PACE or casb is None or not ports.service.terms.looks(request):
        return None
    report = await casb.look(
        since=read_from(request),
        until=ports.clock(),
        instance_name=request.draft.instance_name,
        workspace_id=request.draft.workspace_id,
        data_since=read_data_from(request),
    )
    return TenantChecked(report=report, subject=request.fingerprint)


async def expire(request: Request, _claimed: Claimed, ports: Ports) -> Event | None:
    """The deadline of the present state has passed (leaving the state clears this step).

    Where nobody was told in time, as the bot or Slack was away, they are told first and have some days more.
    """
    now = ports.clock()
    until = notice_until(request, now, ports.service.terms) if too_late(request, now) else None
    return Warned(about=Concern.EXPIRY, since=until) if until else DeadlinePassed()


async def mail(request: Request, claimed: Claimed, ports: Ports) -> Event | None:
    """Send the e-mail to OpenAI Support; the Message-ID is the same on every retry."""
    if ports.mailer is None or not needs_mail(request):
        return None
    if claimed.ref:  # an older version scheduled one per approval: they all become the one that there is
        await ports.store.schedule(request.id, [Due(Step.MAIL, ports.clock())])
        return None
    domain = ports.mail_from.rpartition("@")[2]
    message_id = support_mail.message_id_for(request, domain)
    letter = support_mail.letter(request, sender=ports.mail_from, message_id=message_id)
    try:
        await ports.mailer.send(letter)
    except Refused as error:  # trying again will not help: the requester sends it by hand
        return EmailRefused(said=error.said, letter=letter_of(request))
    return EmailSent(by="greenlight", message_id=message_id, letter=letter_of(request))


async def refresh_card(request: Request, _claimed: Claimed, ports: Ports) -> Event | None:
    """Make the one card show the present state; a deleted card is posted anew."""
    await _touch_homes(ports)
    message = card.card(request, ports.clock(), terms=ports.service.terms)
    if request.card:
        try:
            await ports.messenger.update(request.card, message.text, message.blocks)
        except Refused as error:
            if not is_refused_with(error, Fate.ANEW):
                raise
        else:
            await ports.service.card_shows(request)
            return None
    mark = f"card:{request.id}:{request.cards}"
    place = await ports.messenger.post(ports.channel, message.text, message.blocks, mark=mark)
    await ports.service.card_shows(request)
    return Announced(surface="card", place=place)


async def _touch_homes(ports: Ports) -> None:
    """Have every Home tab that may be open shown again soon; many changes at once become one."""
    now = ports.clock()
    soon = now + HOME_DELAY * min(1.0, ports.service.terms.scale)
    for user in await ports.people.open_homes(now) if ports.people else ():
        await ports.store.plan(user, Step.HOME, soon, now)


async def note(request: Request, claimed: Claimed, ports: Ports) -> Event | None:
    """Say in the card's thread what happened."""
    thread = await _thread(request, ports)
    entry = await ports.service.entry(request.id, claimed.ref)
    if entry is None:
        return None
    message = notes.note(request, entry, ports.service.terms)
    mark = f"note:{request.id}:{claimed.ref}"
    try:
        place = await ports.messenger.post(
            thread.channel, message.text, message.blocks, thread=thread, mark=mark
        )
    except Refused as error:
        if not is_refused_with(error, Fate.ANEW):
            raise
        await ports.service.refresh_card(request.id)  # the card is gone: it comes back first
        raise Transient("slack", error.said, retry_after=2.0) from None
    return Announced(surface="note", place=place, about=claimed.ref)


async def _thread(request: Request, ports: Ports) -> Place:
    """Where the card is. While it is held back we look when it is tried again, not before.

    While it is being posted we look for it the more seldom, the longer Slack takes.
    """
    if request.card is None:
        now = ports.clock()
        age = (now - request.opened_at).total_seconds()
        wait = min(max(1.0, age / 2), LOOKS_FOR_CARD)
        if due := await ports.store.due(request.id, Step.CARD):
            wait = max(wait, (due - now).total_seconds() + AFTER_CARD)
        raise Transient("slack", "the card is not posted yet", retry_after=wait)
    return request.card


async def tell(request: Request, claimed: Claimed, ports: Ports) -> Event | None:
    """Tell the requester in a DM what happened and what to do next."""
    if ports.people and claimed.ref == 1:  # from the first message on they are somebody who gets a digest
        await ports.people.asks(request.requester, ports.clock())
    entry = await ports.service.entry(request.id, claimed.ref)
    if entry is None:
        return None
    with speaking(await locale_of(request.requester, ports), ports.service.terms.language):
        message = notes.tell(request, entry, ports.clock(), ports.service.terms)
    mark = f"tell:{request.id}:{claimed.ref}"
    try:
        place = await ports.messenger.post(request.requester, message.text, message.blocks, mark=mark)
    except Refused as error:
        if not is_refused_with(error, Fate.DROP, direct=True):
            raise
        await _say_unreachable(request, error, ports)
        return None
    return Announced(surface="dm", place=place, about=claimed.ref)


async def locale_of(user_id: str, ports: Ports) -> str:
    """Return the person's locale, or nothing when Slack cannot say: a message does not wait for that."""
    try:
        return (await ports.directory.actor(user_id, ports.service.home.team)).locale
    except Transient:
        return ""


async def mirror(request: Request, claimed: Claimed, ports: Ports) -> Event | None:
    """Copy one audit entry out of the store; tried until it is there, by the schedule."""
    entry = await ports.service.entry(request.id, claimed.ref)
    copy = ports.mirrors.get(claimed.step)
    if entry and copy:
        await copy.keep(entry)
    return None


async def mirror_decisions(claimed: Claimed, ports: Ports) -> None:
    """Copy what was decided for the whole workspace: a few entries, and once more until all are copied."""
    copy = ports.mirrors.get(claimed.step)
    if copy is None or ports.decisions is None:
        return
    entries = await ports.decisions.uncopied(claimed.step)
    for entry in entries:
        await copy.keep(entry)
        await ports.decisions.copied(claimed.step, entry.seq)
    if entries:
        now = ports.clock()
        await ports.store.plan(CHAIN, claimed.step, now, now)


async def _say_unreachable(request: Request, error: Refused, ports: Ports) -> None:
    """Somebody takes no direct messages: say it once in the card's thread, where they see it too."""
    thread = await _thread(request, ports)
    mark = f"unreachable:{request.id}"
    async with told_once(ports.store, mark, 30 * 24 * 3600.0) as is_new:
        if is_new:
            message = operators.unreachable(request.requester, error.said)
            await ports.messenger.post(thread.channel, message.text, message.blocks, thread=thread, mark=mark)


PERFORM: dict[Step, Work] = {
    Step.PROBE: probe,
    Step.LOOK: look,
    Step.EXPIRE: expire,
    Step.MAIL: mail,
    Step.CARD: refresh_card,
    Step.NOTE: note,
    Step.TELL: tell,
    **dict.fromkeys(MIRRORS, mirror),
}


def performers(ports: Ports) -> dict[Step, Performer]:
    """Bind every step to its ports."""
    of_requests = {step: bound(work, ports) for step, work in PERFORM.items()}
    return of_requests | {step: _mirroring(of_requests[step], ports) for step in MIRRORS}


def _mirroring(of_request: Performer, ports: Ports) -> Performer:
    async def perform(claimed: Claimed) -> None:
        if claimed.request_id == CHAIN:
            await mirror_decisions(claimed, ports)
        else:
            await of_request(claimed)

    return perform


def bound(work: Work, ports: Ports) -> Performer:
    """Bind one step about a request: load, work, report the event back to the service."""

    async def perform(claimed: Claimed) -> None:
        request = await ports.service.get(claimed.request_id)
        with speaking(ports.service.terms.language):
            event = await work(request, claimed, ports)
        if event:  # an answer lost on the way back must not make two findings of one
            click = f"step:{claimed.step}:{claimed.request_id}:{claimed.ref}:{claimed.token}"
            await until_saved(lambda: ports.service.apply(claimed.request_id, event, idempotency=click))

    return perform
