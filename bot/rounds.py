"""What keeps anybody from waiting in silence: reminders, notices, follow-ups, and one digest a day."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

from bot.courier import told_once
from bot.domain.asking import asked_lately, letter_of
from bot.domain.errors import NotFound, NotPossible, Refused, Transient, UserError
from bot.domain.evidence import Rung, shown
from bot.domain.lifecycle import Step
from bot.domain.patience import (
    Blocker,
    Patience,
    blocker,
    business_days_later,
    hour_of_today,
    next_business_moment,
)
from bot.domain.policy import Actor
from bot.domain.request import (
    OPEN,
    WATCHED,
    Concern,
    EmailRefused,
    Event,
    FollowedUp,
    Reminded,
    Replaced,
    Request,
    State,
    TookOver,
    Warned,
)
from bot.domain.timers import notice_until
from bot.domain.upkeep import CHAIN, TEAM, WATCH
from bot.domain.waiting import waits_for
from bot.makers import Makers, address_in
from bot.ports import Claimed, NotYet
from bot.steps import Performer, Ports, Work, bound
from bot.views import digest as digest_view
from bot.views import follow_up as follow_up_view
from bot.views.language import speaking

ROUND_EVERY = timedelta(minutes=30)
LOOK_FOR = timedelta(seconds=10)  # of the 25 that a step has: each person may cost a call to Slack
LOOK = "digests"
FOR_DIGEST = OPEN | {State.ATTENTION}
COUNTED = 500  # of the requests that wait for one person
ASKED_ENOUGH = 10  # tries, a quarter of an hour: Slack is not away, it has no answer about this person
DAY_AND_MORE = 26 * 3600.0  # the longest day of a year, and the shift of a clock


async def remind(request: Request, _claimed: Claimed, ports: Ports) -> Event | None:
    """Remind whoever is to act, in their business hours; OpenAI's turn becomes a follow-up draft."""
    terms, now = ports.service.terms, ports.clock()
    patience = terms.patience
    who = blocker(request, smtp=terms.smtp)
    if who is Blocker.NOBODY:
        raise NotYet("nobody has to act", timedelta(hours=6).total_seconds() * terms.scale)
    requester = await _actor(request.requester, ports)
    if who is not Blocker.REVIEWERS and requester.deactivated:
        who = Blocker.REVIEWERS  # somebody who left cannot be reminded
    tz = requester.tz if who is not Blocker.REVIEWERS else patience.timezone
    _not_before(next_business_moment(now, tz, patience), now, "outside of business hours")
    if who is Blocker.OPENAI:
        _not_before(_follow_up_due(request, tz, patience, terms.scale), now, "OpenAI still has time")
    number = request.reminders + 1
    return Reminded(to=who.value, number=number, escalated=patience.escalates(request.state, number))


def _follow_up_due(request: Request, tz: str, patience: Patience, scale: float) -> datetime:
    last = max(mail.at for mail in (request.mail, *request.follow_ups) if mail)
    return business_days_later(last, patience.follow_up_after * scale, tz, patience)


def _not_before(moment: datetime, now: datetime, why: str) -> None:
    if moment > now:
        raise NotYet(why, (moment - now).total_seconds())


async def warn(request: Request, _claimed: Claimed, ports: Ports) -> Event | None:
    """Tell before a request or a key expires, in business hours where there are some left before."""
    now, patience = ports.clock(), ports.service.terms.patience
    if request.state in WATCHED and request.draft.expires_on:
        expiry = datetime.combine(request.draft.expires_on, time(), UTC)
        return Warned(about=Concern.KEY_EXPIRY, since=expiry)
    until = notice_until(request, now, ports.service.terms)
    if request.state not in OPEN or request.deadline_at is None or until is None:
        return None
    moment = next_business_moment(now, (await _actor(request.requester, ports)).tz, patience)
    if moment < request.deadline_at:
        _not_before(moment, now, "outside of business hours")
    return Warned(about=Concern.EXPIRY, since=until)


async def succeed(request: Request, _claimed: Claimed, ports: Ports) -> Event | None:
    """The new key is proven: retire the connection it replaces, which destroys the old key here."""
    old = request.draft.replaces
    if request.took_over or not old:
        return None
    with suppress(NotPossible, NotFound):  # it may have ended by itself
        await ports.service.apply(old, Replaced(successor=request.id))
    return TookOver(replaced=old)


async def follow_up(request: Request, _claimed: Claimed, ports: Ports) -> Event | None:
    """Ask OpenAI Support again in the thread of the first mail."""
    if request.state is not State.AWAITING_OPENAI or request.mail is None or ports.mailer is None:
        return None
    if asked_lately(request, ports.clock(), ports.service.terms.scale):
        return None  # it was asked for twice, and the first was on its way
    domain = ports.mail_from.rpartition("@")[2]
    # Named by how many went before: a repeated sending of one is recognisable.
    message_id = follow_up_view.message_id_for(request, domain)
    letter = follow_up_view.letter(request, sender=ports.mail_from, message_id=message_id)
    try:
        await ports.mailer.send(letter)
    except Refused as error:  # whoever asked for it hears of it, and sends the draft by hand
        return EmailRefused(said=error.said, letter=letter_of(request))
    return FollowedUp(by="greenlight", message_id=message_id, letter=letter_of(request))


async def go_round(claimed: Claimed, ports: Ports) -> None:
    """Go the round that this step is about: the half-hourly one, or the day's watch."""
    await (watch(claimed, ports) if claimed.request_id == WATCH else _go_round(ports))


async def _go_round(ports: Ports) -> None:
    """Plan the digests of those whose morning came, and the day's watch; no request is read for it.

    What a round missed because Slack or the store was away, a later one of the same day does.
    """
    now = ports.clock()
    if not await _digests(now, ports):
        await ports.store.plan(TEAM, Step.ROUND, now, now)
        return
    if _day_of_watch(now, ports):
        await ports.store.plan(WATCH, Step.ROUND, now, now)
    await copy_decisions(now, ports)
    await ports.store.plan(TEAM, Step.ROUND, now + ROUND_EVERY * ports.service.terms.scale, now)


async def copy_decisions(now: datetime, ports: Ports) -> None:
    """Have copied what was decided for the workspace before there were copies, or just before a crash."""
    for step in ports.mirrors:
        await ports.store.plan(CHAIN, step, now, now)


async def _digests(now: datetime, ports: Ports) -> bool:
    """Plan the digests that are due, some seconds per step; whether everybody was looked at."""
    hour, people = ports.service.terms.patience.digest_hour, ports.people
    if hour is None:
        return True
    everybody = set(await ports.directory.reviewers())
    everybody |= await people.askers(now) if people else set()
    last = (await people.watched_to(LOOK) if people else "") or ""
    try:
        for person in sorted(one for one in everybody if one > last):
            await _plan_digest(person, hour, now, ports)
            last = person
            if people and ports.clock() - now > LOOK_FOR:  # asked last: each step gets on by one at least
                return False
        last = ""
        return True
    finally:  # also where Slack told us to wait
        if people:
            await people.watched(LOOK, last, "")


async def _plan_digest(person: str, hour: int, now: datetime, ports: Ports) -> None:
    """Plan this morning's digest once, where it is morning by now; what is in it is found out then.

    Where Slack cannot say who it is, and not when it could, the next round asks again.
    """
    try:
        actor = await _actor(person, ports)
    except Transient as error:
        if error.retry_after:
            raise
        return
    morning = hour_of_today(now, hour, actor.tz, ports.service.terms.patience)
    if not morning:
        return
    async with told_once(ports.store, f"digest:{person}:{morning:%Y-%m-%d}", DAY_AND_MORE) as is_new:
        if is_new:
            await ports.store.plan(person, Step.DIGEST, now, now)


async def watch(claimed: Claimed, ports: Ports) -> None:
    """Once a day: has a requester or the maker of a key left, has the data gone quiet? Some seconds per step.

    How far it got is kept after each request: a step that Slack, or its lease, stopped goes on from there.
    """
    now, people = ports.clock(), ports.people
    day = _day_of_watch(now, ports)
    if not day or people is None or (after := await people.watched_to(day)) is None:
        return
    makers, asking = await Makers.remembered(ports), set[str]()
    async for request in ports.store.each(OPEN | WATCHED, after):
        if request.state in FOR_DIGEST and request.requester not in asking:
            asking.add(request.requester)
            await people.asks(request.requester, now)
        for concern in await _concerns(request, now, ports, makers, claimed):
            with suppress(UserError):  # it moved on, or was said already
                await ports.service.apply(request.id, concern)
        await people.watched(day, request.id, address_in(request.draft.created_by))
        if ports.clock() - now > LOOK_FOR:
            await ports.store.plan(WATCH, Step.ROUND, now, now)
            return
    await people.watched_all(day)


def _day_of_watch(now: datetime, ports: Ports) -> str:
    """Return the day whose watch has begun; empty before the morning, and when nobody works."""
    patience = ports.service.terms.patience
    morning = hour_of_today(now, patience.hours[0], patience.timezone, patience)
    return f"{morning:%Y-%m-%d}" if morning else ""


async def _concerns(
    request: Request, now: datetime, ports: Ports, makers: Makers, claimed: Claimed
) -> list[Warned]:
    terms, found = ports.service.terms, []
    if await makers.left(request):
        found.append(Warned(about=Concern.CREATOR_LEFT))
    if request.state in WATCHED and await _has_left(request.requester, ports, claimed):
        found.append(Warned(about=Concern.REQUESTER_LEFT))
    if request.state in WATCHED and (since := quiet_since(request, now, terms.patience, terms.scale)):
        found.append(Warned(about=Concern.QUIET, since=since))
    return [concern for concern in found if concern.about not in request.warned]


async def _has_left(person: str, ports: Ports, claimed: Claimed) -> bool:
    """Whether this account is gone; of whom Slack cannot say, it is asked tomorrow: others wait behind."""
    try:
        return (await _actor(person, ports)).deactivated
    except Transient as error:
        if error.retry_after or claimed.attempts < ASKED_ENOUGH:
            raise
        return False


def quiet_since(request: Request, now: datetime, patience: Patience, scale: float) -> datetime | None:
    """Since when no data was seen, where the tenant answers; None where it flows or cannot be told."""
    flows = request.evidence.get(Rung.DATA_FLOWS)
    read = request.data_through
    if flows is None or not shown(request.evidence, Rung.DATA_FLOWS) or not read or request.tenant_troubles:
        return None
    quiet = timedelta(days=patience.quiet_after) * scale
    return flows.at if min(read, now) - flows.at > quiet else None


async def digest(claimed: Claimed, ports: Ports) -> None:
    """Tell one person what waits for them; nothing waits, nothing is said.

    At most COUNTED requests are kept and LOOK_FOR is spent, however many wait; then it says "at least".
    """
    terms, now = ports.service.terms, ports.clock()
    actor, hour = await _actor(claimed.request_id, ports), terms.patience.digest_hour
    # what began to wait after the morning is for the digest of tomorrow
    morning = hour_of_today(claimed.due, hour or 0, actor.tz, terms.patience) or claimed.due
    found: dict[str, Request] = {}
    async for request in _candidates(actor, ports):
        if request.state_since <= morning and waits_for(actor, request, smtp=terms.smtp):
            found[request.id] = request
        if len(found) > COUNTED or ports.clock() - now > LOOK_FOR:
            break
    waiting, more = list(found.values())[:COUNTED], len(found) > COUNTED or ports.clock() - now > LOOK_FOR
    if waiting and not actor.deactivated:
        with speaking(actor.locale, terms.language):
            message = digest_view.digest(waiting, actor.id, ports.clock(), terms, more=more)
        mark = f"digest:{actor.id}:{claimed.due:%Y-%m-%d}"
        await ports.messenger.post(actor.id, message.text, message.blocks, mark=mark)


async def _candidates(actor: Actor, ports: Ports) -> AsyncIterator[Request]:
    """What may wait for this person: their own requests; for who decides, those in review, oldest first."""
    own = await ports.store.requests(states=FOR_DIGEST, requester=actor.id, limit=COUNTED + 1)
    for request in own:
        yield request
    if actor.reviewer or actor.stands_in_for:
        async for request in ports.store.each(frozenset({State.IN_REVIEW})):
            yield request


async def home(claimed: Claimed, ports: Ports) -> None:
    """Show one person's Home tab anew, if they may still have it open."""
    if ports.refresh_home:
        await ports.refresh_home(claimed.request_id)


async def _actor(user_id: str, ports: Ports) -> Actor:
    return await ports.directory.actor(user_id, ports.service.home.team)


ABOUT_A_REQUEST: dict[Step, Work] = {
    Step.REMIND: remind,
    Step.WARN: warn,
    Step.FOLLOW_UP: follow_up,
    Step.SUCCEED: succeed,
}
ABOUT_PEOPLE: dict[Step, Callable[[Claimed, Ports], Awaitable[None]]] = {
    Step.ROUND: go_round,
    Step.WATCH: watch,
    Step.DIGEST: digest,
    Step.HOME: home,
}


def performers(ports: Ports) -> dict[Step, Performer]:
    """Bind the steps of this module to their ports."""
    people = {step: _with(work, ports) for step, work in ABOUT_PEOPLE.items()}
    return {step: bound(work, ports) for step, work in ABOUT_A_REQUEST.items()} | people


def _with(work: Callable[[Claimed, Ports], Awaitable[None]], ports: Ports) -> Performer:
    async def perform(claimed: Claimed) -> None:
        await work(claimed, ports)

    return perform


async def begin(ports: Ports) -> None:
    """Start the rounds, unless they go already."""
    now = ports.clock()
    await ports.store.plan(TEAM, Step.ROUND, now + ROUND_EVERY * ports.service.terms.scale, now)
