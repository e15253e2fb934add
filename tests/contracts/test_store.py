"""What every Store promises, shown on the real server and on the twin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.redis import RedisStore
from bot.adapters.redis_client import BLOCK_SECONDS, connect
from bot.adapters.tickets import RedisTickets
from bot.domain.audit import Entry, flaws, link
from bot.domain.errors import AlreadyOpen, Conflict, LinkUsed, StoreUnavailable
from bot.domain.lifecycle import Due, Step, Terms, Transition, advance, opening
from bot.domain.request import Cancelled, CheckAsked, Draft, KeyFacts, Request, Route, Scope, State
from bot.ports import Save, Store
from tests.twins.store import StoreTwin

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SECRET = b"audit"
LONG = float(BLOCK_SECONDS)  # what a wait lasts at most


@pytest.fixture(params=["redis", "twin"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    if request.param == "twin":
        yield StoreTwin()
        return
    url = request.getfixturevalue("redis_url")
    client, blocking = connect(url, turn=60), connect(url, blocking=True)
    yield RedisStore(client, blocking, "T0GREEN")
    await client.aclose()
    await blocking.aclose()


async def kept(store: Store, ticket: str) -> None:
    if isinstance(store, StoreTwin):
        store.tickets[ticket] = "{}"
    else:
        assert isinstance(store, RedisStore)
        await RedisTickets(store._redis, "T0GREEN").keep(ticket, "{}", 60)


def a_request(
    request_id: str = "GL-AAAAAA", workspace: str = "f7f33107-5fb9-4ee1-8922-3eae76b5b5a0"
) -> Request:
    draft = Draft(
        route=Route.SUPPORT_EMAIL,
        workspace_id=workspace,
        organization_id="org-p13k3klgno5cqxbf0q8hpgrk",
        key_name="netskope",
        created_by="Alice",
        scope=Scope.BOTH,
        admin_email="alice@example.com",
        instance_name="ChatGPT",
    )
    key = KeyFacts(last4="wxyz", fingerprint="0123456789abcdef")
    return Request(
        id=request_id, team="T0GREEN", company="Acme", tenant="https://acme.goskope.com", requester="U0ADMIN",
        draft=draft, key=key, opened_at=AT, updated_at=AT, state_since=AT,
    )  # fmt: skip


def change(before: Request, transition: Transition, **more: object) -> Save:
    entry = link(transition.entry, before.audit_head, SECRET)
    after = transition.request.model_copy(update={"audit_head": entry.hash})
    fields = {
        "request": after,
        "entry": entry,
        "expected": before.version,
        "due": transition.due,
        "clear": transition.clear,
        "destroys_key": transition.destroys_key,
        "state_from": before.state if before.version else None,
        "connection_before": before.connection,
    }
    return Save(**(fields | more))  # type: ignore[arg-type]


async def opened(store: Store, request: Request, **more: object) -> Request:
    save = change(request, opening(request, Terms()), **({"sealed": "sealed"} | more))
    await store.save(save)
    return save.request


async def moved(store: Store, request: Request, event: object, at: datetime) -> Request:
    save = change(request, advance(request, event, at, Terms()))  # type: ignore[arg-type]
    await store.save(save)
    return save.request


async def test_a_saved_request_is_read_back_whole(store: Store) -> None:
    request = await opened(store, a_request())

    assert (await store.load(request.id)).request == request
    assert await store.sealed_key(request.id) == "sealed"
    assert await store.sealed_ids() == [request.id]


async def test_an_unknown_request_is_nothing(store: Store) -> None:
    assert (await store.load("GL-ZZZZZZ")).request is None


async def test_a_save_on_an_old_version_conflicts_and_writes_nothing(store: Store) -> None:
    request = await opened(store, a_request())
    await moved(store, request, CheckAsked(by="U1"), AT)

    with pytest.raises(Conflict):
        await moved(store, request, Cancelled(by="U1"), AT)
    assert (await store.load(request.id)).request.state is State.CHECKING  # type: ignore[union-attr]
    assert len(await store.entries(request.id)) == 2


async def test_of_fifty_saves_at_once_one_wins(store: Store) -> None:
    request = await opened(store, a_request())
    tries = [moved(store, request, CheckAsked(by=f"U{n}"), AT) for n in range(50)]
    results = await asyncio.gather(*tries, return_exceptions=True)

    assert sum(isinstance(result, Request) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 49


async def test_the_same_delivery_is_recognised_even_when_the_request_moved_on(store: Store) -> None:
    request = a_request()
    await opened(store, request, idempotency="click-1")
    again = change(a_request("GL-BBBBBB"), opening(a_request("GL-BBBBBB"), Terms()), idempotency="click-1")

    assert await store.save(again) == request.id
    assert (await store.load(request.id, "click-1")).seen == request.id
    assert (await store.load("GL-BBBBBB")).request is None


async def test_a_one_time_link_is_used_up_by_the_save_it_allows_and_by_no_other(store: Store) -> None:
    first, second = a_request(), a_request("GL-BBBBBB", workspace="f7f33107-5fb9-4ee1-8922-000000000002")
    await kept(store, "ticket-1")
    saves = [replace(change(one, opening(one, Terms())), ticket="ticket-1") for one in (first, second)]
    results = await asyncio.gather(*map(store.save, saves), return_exceptions=True)

    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, LinkUsed) for result in results) == 1
    assert len(await store.requests()) == 1


async def test_a_save_that_is_refused_leaves_its_one_time_link_alone(store: Store) -> None:
    await opened(store, a_request())
    await kept(store, "ticket-1")
    other = a_request("GL-BBBBBB")
    with pytest.raises(AlreadyOpen):
        await store.save(replace(change(other, opening(other, Terms())), ticket="ticket-1"))
    free = a_request("GL-CCCCCC", workspace="f7f33107-5fb9-4ee1-8922-000000000003")
    assert await store.save(replace(change(free, opening(free, Terms())), ticket="ticket-1")) is None


async def test_one_open_request_per_connection_until_it_ends(store: Store) -> None:
    request = await opened(store, a_request())
    with pytest.raises(AlreadyOpen) as refused:
        await opened(store, a_request("GL-BBBBBB"))
    assert refused.value.request_id == request.id

    await moved(store, request, Cancelled(by="U1"), AT)
    await opened(store, a_request("GL-BBBBBB"))


async def test_a_corrected_workspace_frees_the_old_one(store: Store) -> None:
    request = await opened(store, a_request())
    other = request.draft.model_copy(update={"workspace_id": "00000000-0000-4000-8000-000000000001"})
    corrected = request.model_copy(update={"draft": other, "version": 2})
    entry = link(_entry(corrected), request.audit_head, SECRET)
    await store.save(
        Save(corrected, entry, 1, state_from=State.CHECKING, connection_before=request.connection)
    )

    await opened(store, a_request("GL-BBBBBB"))


def _entry(request: Request) -> Entry:
    return Entry(
        request=request.id, seq=request.version, at=AT, event="corrected", by=None,
        state_from="checking", state_to="checking", facts={},
    )  # fmt: skip


async def test_threat_04_ending_destroys_the_key_in_the_same_write(store: Store) -> None:
    request = await opened(store, a_request())
    await moved(store, request, Cancelled(by="U1"), AT)

    assert await store.sealed_key(request.id) is None
    assert await store.sealed_ids() == []


async def test_a_sealed_key_is_swapped_only_for_the_one_expected(store: Store) -> None:
    request = await opened(store, a_request())

    assert not await store.replace_sealed(request.id, "other", "new")
    assert await store.replace_sealed(request.id, "sealed", "new")
    assert await store.sealed_key(request.id) == "new"


async def test_the_audit_chain_is_kept_in_order(store: Store) -> None:
    request = await opened(store, a_request())
    for number in range(12):
        request = await moved(store, request, CheckAsked(by=f"U{number}"), AT)

    chain = await store.entries(request.id)
    assert flaws(chain, request.audit_head, SECRET) == []
    assert await store.entry(request.id, 11) == chain[10]


async def test_lists_are_by_state_and_requester_latest_first(store: Store) -> None:
    first = await opened(store, a_request())
    second = await opened(store, a_request("GL-BBBBBB", "00000000-0000-4000-8000-000000000001"))
    await moved(store, first, CheckAsked(by="U1"), AT + timedelta(seconds=5))
    await moved(store, second, Cancelled(by="U1"), AT + timedelta(seconds=1))

    assert [r.id for r in await store.requests()] == [first.id, second.id]
    assert [r.id for r in await store.requests(states=frozenset({State.CANCELLED}))] == [second.id]
    assert [r.id for r in await store.requests(requester="U0ADMIN", limit=1)] == [first.id]
    assert await store.requests(requester="U0OTHER") == []


async def test_a_request_is_not_hidden_by_newer_ones_of_its_requester_in_other_states(store: Store) -> None:
    first = await opened(store, a_request())
    second = await opened(store, a_request("GL-BBBBBB", "00000000-0000-4000-8000-000000000001"))
    await moved(store, second, Cancelled(by="U1"), AT + timedelta(seconds=1))

    found = await store.requests(states=frozenset({State.CHECKING}), requester="U0ADMIN", limit=1)
    assert [one.id for one in found] == [first.id]


async def test_due_steps_are_claimed_once_and_come_back_when_the_lease_runs_out(store: Store) -> None:
    await opened(store, a_request())
    first = await store.claim(AT, 10, 30)

    assert {claimed.step for claimed in first.steps} == {Step.PROBE, Step.CARD, Step.TELL}
    assert (await store.claim(AT + timedelta(seconds=29), 10, 30)).steps == ()
    again = await store.claim(AT + timedelta(seconds=31), 10, 30)
    assert {claimed.attempts for claimed in again.steps} == {2}


async def test_a_late_worker_cannot_settle_what_another_holds(store: Store) -> None:
    await opened(store, a_request())
    late = (await store.claim(AT, 10, 30)).steps
    held = (await store.claim(AT + timedelta(seconds=31), 10, 30)).steps
    for claimed in late:
        await store.done(claimed)

    assert len((await store.claim(AT + timedelta(seconds=62), 10, 30)).steps) == len(held)


async def test_done_steps_are_gone_and_the_next_due_time_is_known(store: Store) -> None:
    await opened(store, a_request())
    for claimed in (await store.claim(AT, 10, 30)).steps:
        await store.done(claimed)

    claims = await store.claim(AT + timedelta(days=1), 10, 30)
    assert claims.steps == ()
    assert claims.next_due == AT + timedelta(days=5)  # the notice before the expiry


async def test_a_step_wished_for_while_it_runs_runs_once_more_afterwards(store: Store) -> None:
    request = await opened(store, a_request())
    running = [c for c in (await store.claim(AT, 10, 30)).steps if c.step is Step.CARD]
    await moved(store, request, CheckAsked(by="U1"), AT + timedelta(seconds=1))

    meanwhile = await store.claim(AT + timedelta(seconds=2), 10, 30)
    assert Step.CARD not in {claimed.step for claimed in meanwhile.steps}
    await store.done(running[0])
    after = await store.claim(AT + timedelta(seconds=2), 10, 30)
    assert [claimed.step for claimed in after.steps] == [Step.CARD]
    await store.done(after.steps[0])
    assert (await store.claim(AT + timedelta(seconds=3), 10, 30)).steps == ()


async def test_postponed_steps_come_back_at_their_time_and_keep_their_count(store: Store) -> None:
    await opened(store, a_request())
    card = next(c for c in (await store.claim(AT, 10, 30)).steps if c.step is Step.CARD)
    await store.postpone(card, AT + timedelta(seconds=5), counts=True)

    assert (await store.claim(AT + timedelta(seconds=4), 10, 30)).steps == ()
    again = (await store.claim(AT + timedelta(seconds=5), 10, 30)).steps[0]
    assert (again.step, again.attempts) == (Step.CARD, 2)
    await store.postpone(again, AT + timedelta(seconds=6), counts=False)
    assert (await store.claim(AT + timedelta(seconds=6), 10, 30)).steps[0].attempts == 2


async def test_a_wish_that_comes_while_a_step_is_put_off_is_not_lost(store: Store) -> None:
    request = await opened(store, a_request())
    running = next(c for c in (await store.claim(AT, 10, 30)).steps if c.step is Step.CARD)
    await moved(store, request, CheckAsked(by="U1"), AT + timedelta(seconds=1))
    await store.postpone(running, AT + timedelta(minutes=5), counts=True)

    soon = (await store.claim(AT + timedelta(seconds=1), 10, 30)).steps
    assert [claimed.step for claimed in soon if claimed.step is Step.CARD] == [Step.CARD]


async def test_a_wish_for_later_outlives_the_retry_of_a_step_that_failed(store: Store) -> None:
    """The retry does the old work; what was wished for a later time is still to be done then."""
    await store.schedule("GL-AAAAAA", [Due(Step.CARD, AT)])
    (first,) = (await store.claim(AT, 10, 30)).steps
    await store.plan("GL-AAAAAA", Step.CARD, AT + timedelta(hours=1), AT)
    await store.postpone(first, AT + timedelta(seconds=5), counts=True)
    (retry,) = (await store.claim(AT + timedelta(seconds=5), 10, 30)).steps
    await store.done(retry)

    assert (await store.claim(AT + timedelta(minutes=59), 10, 30)).steps == ()
    (later,) = (await store.claim(AT + timedelta(hours=1), 10, 30)).steps
    await store.done(later)
    assert (await store.claim(AT + timedelta(days=1), 10, 30)).next_due is None


async def test_of_two_wishes_while_a_step_runs_the_sooner_one_counts(store: Store) -> None:
    now = datetime.now(UTC)
    await store.schedule("GL-AAAAAA", [Due(Step.CARD, now)])
    (running,) = (await store.claim(now, 10, 3600)).steps
    for minutes in (1, 30):
        await store.schedule("GL-AAAAAA", [Due(Step.CARD, now + timedelta(minutes=minutes))])
    await store.done(running)

    assert len((await store.claim(now + timedelta(minutes=1), 10, 30)).steps) == 1


async def test_a_buried_step_does_not_come_back(store: Store) -> None:
    await opened(store, a_request())
    for claimed in (await store.claim(AT, 10, 30)).steps:
        await store.bury(claimed, "channel_not_found")

    assert (await store.claim(AT + timedelta(hours=1), 10, 30)).steps == ()


async def test_leaving_a_state_clears_its_timers_even_when_somebody_holds_them(store: Store) -> None:
    request = await opened(store, a_request())
    probe = next(c for c in (await store.claim(AT, 10, 30)).steps if c.step is Step.PROBE)
    await moved(store, request, Cancelled(by="U1"), AT + timedelta(seconds=1))
    await store.done(probe)

    left = await store.claim(AT + timedelta(days=30), 10, 30)
    assert not {claimed.step for claimed in left.steps} & {Step.PROBE, Step.EXPIRE}


async def test_what_is_wished_for_meanwhile_does_not_bring_a_cleared_timer_back(store: Store) -> None:
    request = await opened(store, a_request())
    probe = next(c for c in (await store.claim(AT, 10, 30)).steps if c.step is Step.PROBE)
    await store.plan(request.id, Step.PROBE, AT + timedelta(seconds=5), AT + timedelta(seconds=1))
    await moved(store, request, Cancelled(by="U1"), AT + timedelta(seconds=2))
    await store.done(probe)

    left = await store.claim(AT + timedelta(days=30), 10, 30)
    assert not {claimed.step for claimed in left.steps} & {Step.PROBE, Step.EXPIRE}


async def test_waiting_ends_when_something_earlier_is_scheduled(store: Store) -> None:
    waiting = asyncio.create_task(store.wait(LONG))
    await opened(store, a_request())

    async with asyncio.timeout(LONG - 1):
        await waiting


async def test_waiting_ends_when_a_step_is_put_off_to_before_everything_else(store: Store) -> None:
    """Who sleeps until the first of all steps sleeps too long when another becomes the first."""
    now = datetime.now(UTC)
    await store.schedule("GL-AAAAAA", [Due(Step.CARD, now)])
    (held,) = (await store.claim(now, 10, 30)).steps
    await store.schedule("GL-BBBBBB", [Due(Step.CARD, now + timedelta(hours=1))])
    await store.wait(0.01)  # what the schedule itself left behind
    waiting = asyncio.create_task(store.wait(LONG))
    await store.postpone(held, now + timedelta(seconds=5), counts=False)

    async with asyncio.timeout(LONG - 1):
        await waiting


async def test_a_document_that_another_replica_changed_is_read_anew(store: Store) -> None:
    request = await opened(store, a_request())
    assert (await store.load(request.id)).request == request
    changed = await moved(store, request, CheckAsked(by="U1"), AT)
    for _ in range(2):
        assert (await store.load(request.id)).request == changed


async def test_a_key_is_new_once(store: Store) -> None:
    assert await store.remember_once("k", 60)
    assert not await store.remember_once("k", 60)
    await store.forget("k")
    assert await store.remember_once("k", 60)


async def test_a_key_can_be_kept(store: Store) -> None:
    await store.keep("k", 60)
    assert not await store.remember_once("k", 60)


async def test_a_step_says_when_it_is_due_unless_somebody_performs_it(store: Store) -> None:
    assert await store.due("GL-AAAAAA", Step.CARD) is None
    await store.schedule("GL-AAAAAA", [Due(Step.CARD, AT)])
    assert await store.due("GL-AAAAAA", Step.CARD) == AT
    (claimed,) = (await store.claim(AT, 1, 30)).steps
    assert await store.due("GL-AAAAAA", Step.CARD) is None
    await store.postpone(claimed, AT + timedelta(minutes=5), counts=False)
    assert await store.due("GL-AAAAAA", Step.CARD) == AT + timedelta(minutes=5)


async def test_every_request_of_a_state_is_found_the_longest_unchanged_first(store: Store) -> None:
    made = [f"GL-{number:06d}" for number in range(501)]
    for number, request_id in enumerate(made):
        await opened(store, a_request(request_id, f"00000000-0000-4000-8000-{number:012d}"))
    last = (await store.load(made[0])).request
    assert last
    await moved(store, last, CheckAsked(by="U1"), AT + timedelta(hours=1))
    found = [request.id async for request in store.each(frozenset({State.CHECKING, State.DENIED}))]
    assert (sorted(found), found[-1]) == (made, made[0])
    rest = [request.id async for request in store.each(frozenset({State.CHECKING}), made[250])]
    assert rest == made[251:]


async def test_remembering_repeated_after_a_lost_answer_is_still_new(redis_url: str) -> None:
    client, blocking = connect(redis_url), connect(redis_url, blocking=True)
    store = RedisStore(client, blocking, "T0GREEN")
    from bot.adapters import scripts

    for _ in range(2):
        assert await store.run(scripts.ONCE, [store.keys.seen("k")], ["ours", 60_000]) == 1
    assert not await store.remember_once("k", 60)
    await client.aclose()
    await blocking.aclose()


async def test_a_save_repeated_after_a_lost_answer_is_not_a_conflict(redis_url: str) -> None:
    """redis-py repeats a write whose answer was lost; the script must recognise its own operation."""
    client, blocking = connect(redis_url), connect(redis_url, blocking=True)
    store = RedisStore(client, blocking, "T0GREEN")
    request = a_request()
    save = change(request, opening(request, Terms()), sealed="s")
    keys, args = store._save_keys(save), store._save_args(save)
    from bot.adapters import scripts

    assert await store.run(scripts.SAVE, keys, args) == ["saved"]
    assert await store.run(scripts.SAVE, keys, args) == ["saved"]
    assert len(await store.entries(request.id)) == 1
    await client.aclose()
    await blocking.aclose()


async def test_scripts_survive_a_flushed_script_cache(redis_url: str) -> None:
    client, blocking = connect(redis_url), connect(redis_url, blocking=True)
    store = RedisStore(client, blocking, "T0GREEN")
    request = await opened(store, a_request())
    await client.script_flush()

    await moved(store, request, CheckAsked(by="U1"), AT)
    await client.aclose()
    await blocking.aclose()


async def test_an_absent_server_is_said_so_quickly() -> None:
    client, blocking = connect("redis://127.0.0.1:1/0"), connect("redis://127.0.0.1:1/0", blocking=True)
    store = RedisStore(client, blocking, "T0GREEN")

    async with asyncio.timeout(30):  # redis-py's own eleven tries take longer
        with pytest.raises(StoreUnavailable):
            await store.load("GL-AAAAAA")
    await client.aclose()
    await blocking.aclose()


async def test_a_step_about_a_person_is_planned_once_and_keeps_its_first_time(store: Store) -> None:
    for minutes in (2, 1, 3):
        await store.plan("U0ADMIN", Step.DIGEST, AT + timedelta(minutes=minutes), AT)

    claims = await store.claim(AT + timedelta(minutes=1), 10, 30)
    assert (claims.steps, claims.next_due) == ((), AT + timedelta(minutes=2))
    (claimed,) = (await store.claim(AT + timedelta(minutes=2), 10, 30)).steps
    assert (claimed.request_id, claimed.step, claimed.ref) == ("U0ADMIN", Step.DIGEST, 0)
    await store.done(claimed)
    assert (await store.claim(AT + timedelta(days=1), 10, 30)).steps == ()


async def test_a_step_may_plan_itself_again_while_it_runs(store: Store) -> None:
    await store.plan("team", Step.ROUND, AT, AT)
    (claimed,) = (await store.claim(AT, 10, 30)).steps
    await store.plan("team", Step.ROUND, AT + timedelta(minutes=30), AT)
    assert (await store.claim(AT + timedelta(seconds=1), 10, 30)).steps == ()
    await store.done(claimed)
    assert (await store.claim(AT + timedelta(minutes=29), 10, 30)).steps == ()
    (again,) = (await store.claim(AT + timedelta(minutes=30), 10, 30)).steps
    assert again.step is Step.ROUND


async def test_a_lease_that_ran_out_brings_a_planned_step_back_at_once(store: Store) -> None:
    await store.plan("team", Step.ROUND, AT, AT)
    await store.claim(AT, 10, 30)
    late = AT + timedelta(seconds=31)
    await store.plan("team", Step.ROUND, late + timedelta(hours=1), late)
    (again,) = (await store.claim(late, 10, 30)).steps
    assert again.step is Step.ROUND


async def test_a_visit_is_counted_once_and_the_limit_says_how_long_to_wait(store: Store) -> None:
    waits = [await store.permit("start:U1", visit, 2, 3600) for visit in ("a", "a", "b", "c", "a")]
    assert waits[:3] == [0, 0, 0]
    assert 3400 < waits[3] <= 3600
    assert waits[4] == 0
    assert await store.permit("start:U2", "c", 2, 3600) == 0


async def test_a_step_can_be_wished_for_earlier_but_not_later(store: Store) -> None:
    await store.schedule("GL-AAAAAA", [Due(Step.CARD, AT + timedelta(hours=1))])
    await store.schedule("GL-AAAAAA", [Due(Step.CARD, AT)])
    await store.schedule("GL-AAAAAA", [Due(Step.CARD, AT + timedelta(hours=2))])
    claims = await store.claim(AT, 10, 30)
    assert [(one.step, one.due) for one in claims.steps] == [(Step.CARD, AT)]


@pytest.mark.parametrize(("step", "first"), [(Step.PROBE, True), (Step.EXPIRE, False)])
async def test_what_a_change_wishes_for_a_step_in_hand_puts_nothing_off_but_an_appointment(
    store: Store, step: Step, first: bool
) -> None:
    request = await opened(store, a_request())
    await store.schedule(request.id, [Due(step, AT)])
    claims = await store.claim(AT, 16, 30)
    (held,) = (one for one in claims.steps if one.step is step)
    for minutes in (1, 30):
        asked = advance(request, CheckAsked(by="U1"), AT, Terms())
        save = change(request, replace(asked, due=(Due(step, AT + timedelta(minutes=minutes)),)))
        await store.save(save)
        request = save.request
    await store.done(held)
    soon = await store.claim(AT + timedelta(minutes=2), 16, 30)
    assert bool([one for one in soon.steps if one.step is step]) is first
    if not first:
        late = await store.claim(AT + timedelta(minutes=31), 16, 30)
        assert [one for one in late.steps if one.step is step]


async def test_a_wish_for_a_step_that_is_being_performed_is_kept_for_afterwards(store: Store) -> None:
    now = datetime.now(UTC)
    await store.schedule("GL-AAAAAA", [Due(Step.CARD, now)])
    (claimed,) = (await store.claim(now, 10, 30)).steps
    await store.schedule("GL-AAAAAA", [Due(Step.CARD, now)])
    assert (await store.claim(now, 10, 30)).steps == ()
    await store.done(claimed)
    assert len((await store.claim(now, 10, 30)).steps) == 1


async def test_a_refused_delivery_stays_refused_when_it_comes_again_after_the_other_has_ended(
    store: Store,
) -> None:
    first = await opened(store, a_request(), idempotency="click-1")
    for _ in range(2):
        with pytest.raises(AlreadyOpen) as refused:
            await opened(store, a_request("GL-BBBBBB"), idempotency="click-2")
        assert refused.value.request_id == first.id
        if (await store.load(first.id)).request == first:
            await moved(store, first, Cancelled(by="U1"), AT)
    assert (await store.load("GL-BBBBBB", "click-2")).seen is None
    await opened(store, a_request("GL-CCCCCC"), idempotency="click-3")


async def test_a_refused_form_that_names_another_workspace_now_is_taken(store: Store) -> None:
    """A modal that is sent again after a correction has the same id and hash."""
    await opened(store, a_request())
    with pytest.raises(AlreadyOpen):
        await opened(store, a_request("GL-BBBBBB"), idempotency="form")
    free = a_request("GL-BBBBBB", workspace="f7f33107-5fb9-4ee1-8922-000000000003")
    assert await opened(store, free, idempotency="form")
    assert (await store.load("GL-BBBBBB", "form")).seen == "GL-BBBBBB"
