"""The rounds, step by step: who is reminded, and when, whoever is the one to act."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from bot import rounds
from bot.domain import request as r
from bot.domain.asking import letter_of
from bot.domain.diagnosis import Verdict
from bot.domain.errors import Refused, Transient
from bot.domain.evidence import Rung
from bot.domain.lifecycle import Step, Terms
from bot.domain.mail import Letter
from bot.domain.policy import Actor
from bot.domain.request import Event, Request, State
from bot.domain.upkeep import TEAM, WATCH
from bot.makers import address_in, departed
from bot.ports import Claimed, NotYet
from bot.worker import LEASE
from tests.factories import REQUESTER, REVIEWER, flowing, in_state, probed, story, yes
from tests.twins.store import StoreTwin

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday
NIGHT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@dataclass
class World:
    """Ports as the rounds use them: people by id, requests as given, what was applied."""

    now: datetime = NOON
    terms: Terms = field(default_factory=lambda: Terms(tenant_token=True))
    actors: dict[str, Actor] = field(default_factory=dict)
    found: list[Request] = field(default_factory=list)
    applied: list[tuple[str, Event]] = field(default_factory=list)
    store: StoreTwin = field(default_factory=StoreTwin)
    emails: dict[str, str] = field(default_factory=dict)
    makers: dict[str, str] = field(default_factory=dict)
    away: bool = False
    mirrors: dict[Step, Any] = field(default_factory=dict)
    cursor: dict[str, str | None] = field(default_factory=dict)
    needed: set[str] = field(default_factory=set)
    asking: set[str] = field(default_factory=set)

    @property
    def service(self) -> SimpleNamespace:
        return SimpleNamespace(terms=self.terms, home=SimpleNamespace(team="T0TEAM"), apply=self.apply)

    @property
    def directory(self) -> World:
        return self

    @property
    def people(self) -> World:
        return self

    async def by_email(self, email: str) -> str:
        if self.away:
            raise Transient("slack", "service_unavailable")
        return self.emails.get(email, "")

    async def made_key(self, address: str, user: str) -> None:
        self.makers[address] = user

    async def key_makers(self) -> dict[str, str]:
        return dict(self.makers)

    async def asks(self, user: str, at: datetime) -> None:
        self.asking.add(user)

    async def askers(self, at: datetime) -> set[str]:
        return self.asking

    async def watched_to(self, day: str) -> str | None:
        return self.cursor.get(day, "")

    async def watched(self, day: str, request_id: str, address: str) -> None:
        self.cursor[day] = request_id
        self.needed.add(address)

    async def watched_all(self, day: str) -> None:
        self.cursor[day] = None
        self.makers = {one: user for one, user in self.makers.items() if one in self.needed}

    def clock(self) -> datetime:
        return self.now

    async def actor(self, user_id: str, _team: str) -> Actor:
        return self.actors.get(user_id, Actor(id=user_id))

    async def reviewers(self) -> frozenset[str]:
        return frozenset(one.id for one in self.actors.values() if one.reviewer)

    async def apply(self, request_id: str, event: Event) -> None:
        self.applied.append((request_id, event))


def claimed(step: Step, due: datetime = NOON, subject: str = "GL-7K3M9Q") -> Claimed:
    return Claimed(subject, step, 0, due, 1, "token")


async def go_round(world: World) -> int:
    """Go one round, and do what it plans of the day's watch; in how many steps."""
    ports: Any = world
    await rounds.go_round(claimed(Step.ROUND, world.now), ports)
    steps = 0
    while world.store.slots.pop((WATCH, Step.ROUND, 0), None):
        await rounds.go_round(claimed(Step.ROUND, world.now, WATCH), ports)
        steps += 1
    return steps


async def remind(request: Request, world: World) -> Event | None:
    return await rounds.remind(request, claimed(Step.REMIND), world)  # type: ignore[arg-type]


async def test_at_night_a_reminder_is_put_off_until_the_persons_morning() -> None:
    world = World(now=NIGHT, actors={REQUESTER: Actor(id=REQUESTER, tz="America/New_York")})
    with pytest.raises(NotYet) as put_off:
        await remind(in_state(State.AWAITING_NETSKOPE), world)
    assert NIGHT + timedelta(seconds=put_off.value.retry_after) == NIGHT.replace(hour=14)
    world.now = NIGHT.replace(hour=14)
    event = await remind(in_state(State.AWAITING_NETSKOPE), world)
    assert event == r.Reminded(to="requester", number=1)


async def test_reviewers_are_reminded_by_the_channels_clock() -> None:
    world = World(actors={REQUESTER: Actor(id=REQUESTER, tz="Asia/Kathmandu")})  # 17:45 there
    assert await remind(in_state(State.IN_REVIEW), world) == r.Reminded(to="reviewers", number=1)


async def test_openai_has_five_business_days_and_then_five_more() -> None:
    told = story(State.AWAITING_OPENAI).then(r.EmailSent(by=REQUESTER))
    world = World()
    with pytest.raises(NotYet) as put_off:
        await remind(told.request, world)
    assert 4 <= timedelta(seconds=put_off.value.retry_after).days <= 7
    world.now = NOON + timedelta(days=8)
    assert await remind(told.request, world) == r.Reminded(to="openai", number=1)
    told.at = world.now
    again = told.then(r.FollowedUp(by=REQUESTER)).request
    with pytest.raises(NotYet):
        await remind(again, world)


async def test_somebody_who_left_is_not_reminded_but_the_reviewers_are() -> None:
    world = World(actors={REQUESTER: Actor(id=REQUESTER, deactivated=True)})
    assert await remind(in_state(State.VERIFYING), world) == r.Reminded(to="reviewers", number=1)


async def test_nobody_is_reminded_of_what_the_bot_itself_has_to_do() -> None:
    with pytest.raises(NotYet):
        await remind(in_state(State.AWAITING_OPENAI), World(terms=Terms(smtp=True)))


async def test_once_a_day_a_connection_is_looked_at_for_people_who_left_and_data_that_stopped() -> None:
    told = story(State.CONNECTED)
    read_for_a_month = r.TenantChecked(report={"data_through": told.at + timedelta(days=30)})
    told.then(flowing(told.at), read_for_a_month)
    world = World(now=told.at + timedelta(days=30), actors={REQUESTER: Actor(id=REQUESTER, deactivated=True)})
    world.store.docs[told.request.id] = told.request.model_dump_json()
    await go_round(world)
    flows = told.request.evidence[Rung.DATA_FLOWS].at
    assert [event for _, event in world.applied] == [
        r.Warned(about=r.Concern.REQUESTER_LEFT),
        r.Warned(about=r.Concern.QUIET, since=flows),
    ]
    world.applied.clear()
    await go_round(world)
    assert world.applied == []


async def test_the_maker_of_a_key_is_found_once_and_watched_from_then_on_in_every_open_state() -> None:
    told = story(State.IN_REVIEW)
    request = told.request.model_copy(
        update={"draft": told.request.draft.model_copy(update={"created_by": "Gwen <Gwen@Acme.example>"})}
    )
    world = World(emails={"gwen@acme.example": "U0GWEN"})
    world.store.docs[request.id] = request.model_dump_json()
    await go_round(world)
    assert (world.makers, world.applied) == ({"gwen@acme.example": "U0GWEN"}, [])
    world.emails.clear()  # Slack does not find who is deactivated
    world.actors["U0GWEN"] = Actor(id="U0GWEN", deactivated=True)
    world.now += timedelta(days=1)
    world.away = True  # and cannot say whether somebody else has the address now
    await go_round(world)
    assert world.applied == []
    world.away = False
    world.now += timedelta(days=1)
    await go_round(world)
    assert [event for _, event in world.applied] == [r.Warned(about=r.Concern.CREATOR_LEFT)]


def with_maker(request: Request, number: int, address: str) -> Request:
    """Return the same as another request, of a key that this person made."""
    draft = request.draft.model_copy(update={"created_by": address})
    return request.model_copy(update={"id": f"GL-{number:06d}", "draft": draft})


async def test_the_watch_of_many_requests_is_cut_into_steps_and_skips_none() -> None:
    class Slow(World):
        async def by_email(self, email: str) -> str:
            self.now += rounds.LOOK_FOR / 10
            return await super().by_email(email)

    connected, world = in_state(State.CONNECTED), Slow()
    for number in range(30):
        request = with_maker(connected, number, f"gwen{number}@acme.example")
        world.store.docs[request.id] = request.model_dump_json()
        world.emails[f"gwen{number}@acme.example"] = f"U0GWEN{number}"
    assert await go_round(world) == 3
    assert len(world.makers) == 30
    assert await go_round(world) == 1  # which only sees that the watch of this day is over


async def test_a_watch_that_slack_told_to_wait_goes_on_where_it_was() -> None:
    left, asked = 5, list[str]()

    class Busy(World):
        async def by_email(self, email: str) -> str:
            nonlocal left
            if not left:
                raise Transient("slack", "ratelimited", retry_after=30)
            left -= 1
            asked.append(email)
            return "U0GWEN"

    connected, world = in_state(State.CONNECTED), Busy()
    for number in range(9):
        request = with_maker(connected, number, f"gwen{number}@acme.example")
        world.store.docs[request.id] = request.model_dump_json()
    with pytest.raises(Transient) as told:
        await go_round(world)
    assert (told.value.retry_after, world.cursor["2026-11-23"]) == (30, "GL-000004")
    left = 9
    await go_round(world)
    assert asked == [f"gwen{number}@acme.example" for number in range(9)]


async def test_a_step_gets_on_even_where_finding_out_whom_to_look_at_takes_all_its_time() -> None:
    class Sluggish(World):
        async def reviewers(self) -> frozenset[str]:
            self.now += 2 * rounds.LOOK_FOR
            return frozenset()

    class SluggishStore(StoreTwin):
        async def each(self, states: frozenset[State], after: str | None = None) -> AsyncIterator[Request]:
            world.now += 2 * rounds.LOOK_FOR
            async for request in super().each(states, after):
                yield request

    world = Sluggish(asking={"U0ANN", "U0ZOE"}, store=SluggishStore())
    for number in range(2):
        request = in_state(State.CONNECTED).model_copy(update={"id": f"GL-{number:06d}"})
        world.store.docs[request.id] = request.model_dump_json()
    for _ in range(3):
        await rounds.go_round(claimed(Step.ROUND, world.now), world)  # type: ignore[arg-type]
        await rounds.watch(claimed(Step.ROUND, world.now, WATCH), world)  # type: ignore[arg-type]
    assert {name[0] for name in world.store.slots if name[1] is Step.DIGEST} == {"U0ANN", "U0ZOE"}
    assert list(world.cursor.values()).count(None) == 1  # the day's watch is over


class Mute(World):
    """Slack never says who U0MUTE is, whom another account has replaced."""

    async def actor(self, user_id: str, team: str) -> Actor:
        if user_id == "U0MUTE":
            raise Transient("slack", "malformed_user")
        return await super().actor(user_id, team)


async def test_somebody_whom_slack_cannot_describe_keeps_nobody_elses_digest_back() -> None:
    world = Mute(now=NOON, actors={"U0ZOE": Actor(id="U0ZOE", tz="UTC")}, asking={"U0MUTE", "U0ZOE", "U0ABE"})
    for _ in range(3):
        with suppress(Transient):
            await rounds.go_round(claimed(Step.ROUND, world.now), world)  # type: ignore[arg-type]
    assert ("U0ZOE", Step.DIGEST) in {name[:2] for name in world.store.slots}


async def test_somebody_whom_slack_cannot_describe_keeps_nobody_elses_watch_back() -> None:
    world = Mute(actors={"U0GUS": Actor(id="U0GUS", deactivated=True)})
    for number, person in enumerate(["U0MUTE", "U0GUS"]):
        request = in_state(State.CONNECTED).model_copy(update={"id": f"GL-{number:06d}", "requester": person})
        world.store.docs[request.id] = request.model_dump_json()
    for attempts in range(1, 30):
        with suppress(Transient):
            task = Claimed(WATCH, Step.ROUND, 0, NOON, attempts, "token")
            await rounds.watch(task, world)  # type: ignore[arg-type]
    assert world.applied == [("GL-000001", r.Warned(about=r.Concern.REQUESTER_LEFT))]


async def test_the_address_of_a_maker_is_forgotten_when_the_last_request_that_needs_it_has_ended() -> None:
    connected, world = in_state(State.CONNECTED), World()
    requests = [
        with_maker(connected, 1, "gwen@acme.example"),
        with_maker(connected, 2, "gwen@acme.example"),
        with_maker(connected, 3, "gus@acme.example"),
    ]
    world.emails = {"gwen@acme.example": "U0GWEN", "gus@acme.example": "U0GUS"}

    async def makers_a_day_after(*retired: Request) -> set[str]:
        for one in retired:
            ended = one.model_copy(update={"state": State.RETIRED})
            world.store.docs[one.id] = ended.model_dump_json()
        world.now += timedelta(days=1)
        world.needed.clear()
        await go_round(world)
        return set(world.makers)

    for request in requests:
        world.store.docs[request.id] = request.model_dump_json()
    both = {"gwen@acme.example", "gus@acme.example"}
    assert await makers_a_day_after() == both
    assert await makers_a_day_after(requests[0]) == both
    assert await makers_a_day_after(requests[1]) == {"gus@acme.example"}


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Gwen", ""),
        ("gwen@acme.example", "gwen@acme.example"),
        ("Gwen Owner (Gwen@Acme.example)", "gwen@acme.example"),
        ("<gwen@acme.example>, at@home", "gwen@acme.example"),
        ("gwen@localhost", ""),
    ],
)
def test_an_address_is_read_from_what_was_typed(typed: str, address: str) -> None:
    assert address_in(typed) == address


async def test_quiet_is_not_said_when_the_tenant_does_not_answer() -> None:
    told = story(State.CONNECTED)
    trouble = {"endpoint": "alert", "kind": "outage"}
    late = told.at + timedelta(days=30)
    told.then(flowing(told.at), r.TenantChecked(report={"data_through": late}))
    assert rounds.quiet_since(told.request, late, told.terms.patience, 1.0)
    told.then(r.TenantChecked(report={"troubles": (trouble,)}))
    assert rounds.quiet_since(told.request, late, told.terms.patience, 1.0) is None


async def test_a_round_plans_a_digest_for_each_person_whose_morning_came() -> None:
    rita = Actor(id="U0RITA", reviewer=True, tz="Europe/Berlin")
    raj = Actor(id="U0RAJ", reviewer=True, tz="America/New_York")
    world = World(now=NOON.replace(hour=8, minute=10), actors={one.id: one for one in (rita, raj)})
    request = in_state(State.IN_REVIEW).model_copy(update={"state_since": NOON - timedelta(days=1)})
    world.store.docs[request.id] = request.model_dump_json()
    await rounds.go_round(claimed(Step.ROUND, world.now), world)  # type: ignore[arg-type]
    planned = {name[:2] for name in world.store.slots}
    assert planned == {("U0RITA", Step.DIGEST), (TEAM, Step.ROUND)}


async def test_a_round_plans_nothing_that_a_replica_of_the_first_version_does_not_know() -> None:
    """It stopped at such a step, and whoever goes back to it would stop at every start."""
    known = "probe look expire remind warn mail follow_up succeed card note tell mirror_file mirror_url"
    known += " round digest home"
    world = World(asking={"U0ANN"})
    await rounds.go_round(claimed(Step.ROUND, world.now, TEAM), world)  # type: ignore[arg-type]
    planned = {(subject, step) for subject, step, _ in world.store.slots}
    assert planned == {(TEAM, Step.ROUND), (WATCH, Step.ROUND), ("U0ANN", Step.DIGEST)}
    assert {step.value for _, step in planned} <= {*known.split()}


async def test_a_round_over_many_people_is_cut_into_steps_and_forgets_nobody() -> None:
    class Slow(World):
        async def actor(self, user_id: str, team: str) -> Actor:
            self.now += rounds.LOOK_FOR / 10
            return await super().actor(user_id, team)

    world = Slow(now=NOON, asking={f"U0ADMIN{number}" for number in range(35)})
    world.store = pile = Pile(world, 100_000)
    steps, told = 0, set[str]()
    while (WATCH, Step.ROUND, 0) not in world.store.slots:
        await rounds.go_round(claimed(Step.ROUND, world.now), world)  # type: ignore[arg-type]
        told |= {name[0] for name in world.store.slots if name[1] is Step.DIGEST}
        steps += 1
    assert steps == 4
    assert told == world.asking
    assert world.cursor["digests"] == ""  # the next round begins anew
    assert pile.read == 0  # whoever has an open request is known by name


async def test_who_has_an_open_request_is_remembered_by_the_watch_of_each_day() -> None:
    world = World()
    for number, state in enumerate((State.IN_REVIEW, State.CONNECTED, State.ATTENTION, State.DENIED)):
        mine = {"id": f"GL-{number:06d}", "requester": f"U0{state.upper()}"}
        request = in_state(State.CONNECTED).model_copy(update=mine | {"state": state})
        world.store.docs[request.id] = request.model_dump_json()
    await go_round(world)
    assert world.asking == {"U0IN_REVIEW", "U0ATTENTION"}


@pytest.fixture
def berlin() -> World:
    """Rita reviews in Berlin; a request waits for her since yesterday."""
    rita = Actor(id="U0RITA", reviewer=True, tz="Europe/Berlin")
    world = World(actors={rita.id: rita})
    request = in_state(State.IN_REVIEW)
    waited = request.model_copy(update={"state_since": NOON - timedelta(days=1)})
    world.store.docs[request.id] = waited.model_dump_json()
    return world


async def digests(world: World, *, failing: bool = False) -> int:
    """Go one round; how many digests it planned."""

    class Away:
        async def reviewers(self) -> frozenset[str]:
            raise Transient("slack", "away")

    world.store.slots.clear()
    ports = SimpleNamespace(
        service=world.service,
        store=world.store,
        clock=world.clock,
        directory=Away() if failing else world,
        people=world,
        mirrors={},
    )
    await rounds.go_round(claimed(Step.ROUND, world.now), ports)  # type: ignore[arg-type]
    return [name[1] for name in world.store.slots].count(Step.DIGEST)


async def test_a_digest_that_slack_made_impossible_is_sent_later_on_the_same_day_and_once(
    berlin: World,
) -> None:
    berlin.now = NOON.replace(hour=7, minute=50)  # 8:50 in Berlin
    assert await digests(berlin) == 0
    for hour in (8, 9, 10):
        berlin.now = NOON.replace(hour=hour, minute=20)
        with pytest.raises(Transient):
            await digests(berlin, failing=True)
    berlin.now = NOON.replace(hour=14)
    assert await digests(berlin) == 1
    berlin.now = NOON.replace(hour=14, minute=30)
    assert await digests(berlin) == 0


async def test_what_begins_to_wait_after_the_morning_is_for_the_digest_of_tomorrow(berlin: World) -> None:
    ((request_id, _),) = berlin.store.docs.items()
    late = in_state(State.IN_REVIEW).model_copy(update={"id": request_id, "state_since": NOON})
    berlin.store.docs[request_id] = late.model_dump_json()
    berlin.now = NOON + timedelta(hours=1)
    assert await digest_of(berlin.actors["U0RITA"], berlin) == []
    berlin.now = NOON + timedelta(hours=21)
    assert len(await digest_of(berlin.actors["U0RITA"], berlin)) == 1


async def test_data_that_flows_again_may_go_quiet_again() -> None:
    told = story(State.CONNECTED)
    told.then(flowing(told.at), r.Warned(about=r.Concern.QUIET, since=told.at))
    assert told.request.warned == (r.Concern.QUIET,)
    told.then(flowing(told.request.evidence[Rung.DATA_FLOWS].at))
    assert told.request.warned == (r.Concern.QUIET,)
    assert told.then(flowing(told.at)).request.warned == ()


class Refusing:
    """A mail server that takes nothing from us."""

    async def send(self, letter: Letter) -> None:
        raise Refused("smtp", "550 no such sender")


async def test_a_follow_up_that_the_mail_server_refuses_is_said_to_people_who_can_send_it() -> None:
    waiting = story(State.AWAITING_OPENAI).then(r.EmailSent(by=REQUESTER)).request
    world = World(now=waiting.updated_at + timedelta(days=6))
    ports = SimpleNamespace(
        mailer=Refusing(), mail_from="greenlight@acme.example", clock=world.clock, service=world.service
    )
    event = await rounds.follow_up(waiting, claimed(Step.FOLLOW_UP), ports)  # type: ignore[arg-type]
    assert event == r.EmailRefused(said="550 no such sender", letter=letter_of(waiting))


def test_that_the_maker_of_a_key_has_left_is_said_once_until_somebody_corrects_it() -> None:
    told = story(State.IN_REVIEW).then(r.Warned(about=r.Concern.CREATOR_LEFT), yes(REVIEWER))
    told.then(probed(Verdict.GRANTED), probed(Verdict.GRANTED))
    assert told.request.state is State.AWAITING_NETSKOPE
    assert told.request.warned == (r.Concern.CREATOR_LEFT,)
    draft = told.request.draft.model_copy(update={"created_by": "Max (max@acme.example)"})
    told.then(r.Corrected(by=told.request.requester, draft=draft, key=told.request.key))
    assert told.request.state is State.AWAITING_NETSKOPE
    assert told.request.warned == ()  # the card must not say that Max has left


@cache
def waiting(state: State) -> Request:
    return in_state(state).model_copy(update={"state_since": NOON - timedelta(days=1)})


class Pile(StoreTwin):
    """A store with more in review than anybody can read; counts how many documents were asked for."""

    def __init__(self, world: World, size: int) -> None:
        super().__init__()
        self.world, self.size, self.read = world, size, 0
        self.seconds = 0.0  # that reading one takes

    async def each(self, states: frozenset[State], after: str | None = None) -> AsyncIterator[Request]:
        assert State.IN_REVIEW in states
        for number in range(self.size):
            self.read += 1
            self.world.now += timedelta(seconds=self.seconds)
            yield waiting(State.IN_REVIEW).model_copy(update={"id": f"GL-{number:06d}"})


class Letterbox(list[str]):
    """A messenger that keeps the texts."""

    async def post(self, channel: str, text: str, blocks: Any, *, mark: str) -> None:
        self.append(text)


async def digest_of(actor: Actor, world: World) -> Letterbox:
    box = Letterbox()
    world.actors[actor.id] = actor
    ports = SimpleNamespace(
        service=world.service, store=world.store, clock=world.clock, directory=world, messenger=box
    )
    await rounds.digest(claimed(Step.DIGEST, world.now, actor.id), ports)  # type: ignore[arg-type]
    return box


async def test_a_digest_reads_no_more_than_it_counts_however_much_waits() -> None:
    world = World()
    world.store = pile = Pile(world, 100_000)
    (text,) = await digest_of(Actor(id="U0RITA", reviewer=True), world)
    assert text.startswith("At least 500 requests wait for you: GL-000000, ")
    assert pile.read <= rounds.COUNTED + 1


@pytest.mark.parametrize("size", [8, 100_000])  # nobody looked whether there are more than eight
async def test_a_digest_from_a_slow_store_ends_within_its_step_and_says_what_was_seen(size: int) -> None:
    world = World()
    world.store = pile = Pile(world, size)
    pile.seconds = rounds.LOOK_FOR.total_seconds() / 7
    began = world.now
    (text,) = await digest_of(Actor(id="U0RITA", reviewer=True), world)
    assert text.startswith("At least 8 requests wait for you")
    assert world.now - began < timedelta(seconds=LEASE / 2)


async def test_the_digest_of_somebody_who_does_not_decide_reads_only_their_own() -> None:
    world = World()
    world.store = pile = Pile(world, 100_000)
    mine = waiting(State.AWAITING_NETSKOPE)
    pile.docs[mine.id] = mine.model_dump_json()
    (text,) = await digest_of(Actor(id=mine.requester), world)
    assert text == f"1 request waits for you: {mine.id}."
    assert pile.read == 0


async def test_a_digest_does_not_call_it_all_when_more_of_ones_own_wait_than_it_counts() -> None:
    world, mine = World(), waiting(State.AWAITING_NETSKOPE)
    for number in range(rounds.COUNTED + 1):
        own = mine.model_copy(update={"id": f"GL-{number:06d}"})
        world.store.docs[own.id] = own.model_dump_json()
    (text,) = await digest_of(Actor(id=mine.requester), world)
    assert text.startswith("At least 500 requests wait for you: ")


async def test_that_somebody_left_who_made_no_key_is_no_reason_to_read_every_request() -> None:
    world = World(makers={"gwen@acme.example": "U0GWEN"})
    world.store = pile = Pile(world, 10)
    await departed(world, "U0NOBODY")  # type: ignore[arg-type]
    assert pile.read == 0
    await departed(world, "U0GWEN")  # type: ignore[arg-type]
    assert pile.read == 10
