"""A connection lives on: a new key beside the old, a revoked key, a deleted instance, an orderly end."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from bot.adapters.people import RedisPeople
from bot.domain.request import State
from bot.sandbox.local import LocalWorld
from bot.sandbox.slack import Submission, text_of
from tests.journeys.conftest import INSTANCE, Clock, Journey, Start
from tests.wait import until


async def connected(journey: Journey, **other: str) -> str:
    await journey.connected(**other)
    return (await journey.request()).id


async def rotation(journey: Journey, key: str, **other: str) -> Submission:
    typed = {"API key": key, "Key name": "netskope-2027", "Created by": "Alice Admin"}
    return await journey.alice.submit(typed | {name.replace("_", " "): text for name, text in other.items()})


async def stored(journey: Journey, request_id: str):
    return await journey.home.service.get(request_id)


async def test_a_key_is_rotated_beside_the_old_one_which_retires_when_the_new_one_is_proven(journey: Journey):
    old = await connected(journey)
    await journey.hours_pass(0.01)  # Netskope's records know whole seconds: the first one was before
    old_key = journey.key
    await journey.alice.click(await journey.card(), "Rotate key")
    form = text_of(await journey.alice.modal("Rotate the key"))
    assert "a new key needs a new grant" in form
    assert INSTANCE in form
    new_key = journey.new_key("pending")
    assert "is open" in text_of((await rotation(journey, new_key)).view)
    new = text_of(await journey.stands(State.IN_REVIEW)).partition(":")[0].strip("# ")
    assert (await stored(journey, new)).draft.replaces == old
    await journey.approve()
    await journey.stands(State.AWAITING_OPENAI)
    journey.openai_grants()
    await journey.stands(State.AWAITING_NETSKOPE)
    assert (await stored(journey, old)).state is State.CONNECTED
    replace = partial(journey.world.netskope.update, INSTANCE, key=new_key, by="alice@acme.example")
    await journey.press("I pressed Grant Access", having=replace)
    await journey.thread_says("taken over from", old)
    retired = await stored(journey, old)
    assert (retired.state, retired.succeeded_by) == (State.RETIRED, new)
    assert await journey.home.ground.store.sealed_key(old) is None
    assert await journey.home.ground.store.sealed_key(new) is not None
    checklist = await journey.told(journey.alice, "To finish the retirement", old_key[-4:])
    assert "delete the instance" not in checklist
    await journey.alice.slash("/greenlight")  # and nobody else can open the same connection a second time
    await journey.alice.modal("Connect ChatGPT")
    refused = await journey.alice.submit(journey.form(API_key=journey.new_key()))
    assert new in text_of(refused.view)


async def test_a_rotation_needs_another_key_the_same_workspace_and_comes_one_at_a_time(journey: Journey):
    old = await connected(journey)
    await journey.alice.slash("/greenlight", f"rotate {old}")
    await journey.alice.modal("Rotate the key")
    same = await rotation(journey, journey.key)
    assert "the key that" in text_of(same.view)
    await journey.alice.close_modal()
    fresh = journey.new_key("pending")
    elsewhere = await rotation(journey, fresh, Workspace_ID="0e2b9c1d-7a64-4f3e-9d52-5f0c8f6a1b7e")
    assert "another workspace" in text_of(elsewhere.view)
    await journey.alice.close_modal()
    assert "is open" in text_of(
        (await rotation(journey, fresh, Workspace_ID="f7f33107-5fb9-4ee1-8922-3eae76b5b5a0")).view
    )
    (first,) = {one.id for one in await journey.home.ground.store.requests()} - {old}
    await journey.ben.slash("/greenlight", f"rotate {old}")
    await journey.ben.modal("Rotate the key")
    typed = {"API key": journey.new_key(), "Key name": "another", "Created by": "Ben Admin"}
    assert first in text_of((await journey.ben.submit(typed)).view)


@pytest.mark.parametrize("who", ["olga", "rita"])
async def test_only_an_admin_rotates_and_only_what_is_connected(journey: Journey, who: str):
    await journey.in_review()
    person = getattr(journey, who)
    await person.slash("/greenlight", f"rotate {(await journey.request()).id}")
    await journey.modal_says(person, "not yours" if who == "olga" else "Only administrators")
    await journey.alice.slash("/greenlight", f"rotate {(await journey.request()).id}")
    await journey.modal_says(journey.alice, "nothing to rotate")


async def test_a_revoked_key_calls_for_attention_with_its_diagnosis_and_rotation_mends_it(journey: Journey):
    await connected(journey)
    journey.world.openai.set_state(journey.key, "revoked")
    await journey.hours_pass(1)
    card = text_of(await journey.stands(State.ATTENTION))
    assert "no longer" in card
    await journey.told(journey.alice, "Needs attention", "new key")
    assert "[Rotate key]" in card


async def test_a_deleted_instance_calls_for_attention(journey: Journey):
    await connected(journey)
    await journey.hours_pass(0.01)  # the tenant's records know whole seconds only
    journey.world.netskope.delete(INSTANCE)
    await journey.hours_pass(0.4)  # less than a look reaches back, should one be under way
    await journey.stands(State.ATTENTION)
    await journey.told(journey.alice, "its records say that it is gone")


async def test_a_connection_is_verified_again_on_demand(journey: Journey):
    request_id = await connected(journey)
    before = len(journey.world.openai.calls)
    await journey.rita.slash("/greenlight", f"verify {request_id}")
    await journey.told(journey.rita, "I am checking now")
    await journey.until(lambda: len(journey.world.openai.calls) > before, "a probe on demand")


async def test_a_retirement_ends_with_a_checklist_that_people_sign(journey: Journey):
    request_id = await connected(journey)
    await journey.rita.click(await journey.card(), "Retire")
    await journey.rita.modal("Retire")
    await journey.rita.submit({"Reason": "Moving to another tenant."})
    await journey.stands(State.RETIRED)
    await journey.card_says("delete what is left in other systems")
    await journey.told(journey.alice, "To finish the retirement", "platform.openai.com/api-keys", INSTANCE)
    await journey.press("I deleted the key")
    await journey.thread_says("says that the key is deleted at OpenAI")
    await journey.press("I deleted the instance")
    await journey.thread_says("says that the instance is deleted")
    await journey.card_says("nothing to do. This request is closed")
    await journey.press("I deleted the key")
    await journey.told(journey.alice, "You said that already")
    entries = await journey.home.ground.store.entries(request_id)
    assert [entry.by for entry in entries if entry.event == "chore_done"] == ["U0ADMIN", "U0ADMIN"]


async def test_before_an_admin_key_expires_its_people_are_told(begin: Start):
    journey: Journey = await begin()
    soon = (journey.clock.now() + timedelta(days=20)).date()
    await connected(journey, Expires_on=str(soon))
    assert not (await journey.request()).warned
    await journey.hours_pass(24 * 7)
    await journey.thread_says("The key expires", "start its rotation in time")
    await journey.told(journey.alice, "The key expires")
    assert await journey.state() is State.CONNECTED


class TestTheCreatorOfTheKeyLeaves:
    """A key dies with its creator; whoever is named with an e-mail is watched, where Slack says who it is."""

    GWEN = "Gwen Owner (gwen@acme.example)"

    async def connected(self, begin: Start, *, emails: bool = True) -> Journey:
        clocks = [Clock()]
        world = LocalWorld(clock=lambda: max(one.seconds() for one in clocks), emails=emails)
        world.slack.world.add_user("U0GWEN", "Gwen Owner", email="gwen@acme.example")
        always = '{"hours": [0, 24], "weekdays": "mon-sun"}'  # whatever day this test runs on
        journey: Journey = await begin(world, GREENLIGHT_PATIENCE=always)
        clocks.append(journey.clock)
        await connected(journey, Created_by=self.GWEN)
        return journey

    async def found(self, journey: Journey) -> None:
        people = RedisPeople(journey.home.ground.store, journey.home.ground.decisions)
        await journey.hours_pass(24)
        await until(people.key_makers, what="the creator to be found in Slack", timeout=30)

    def leave(self, journey: Journey) -> None:
        journey.world.slack.world.users["U0GWEN"].deleted = True

    async def told(self, journey: Journey) -> None:
        await journey.thread_says("gwen@acme.example", "deactivated in Slack", "Rotate key")
        await journey.told(journey.alice, "gwen@acme.example", "an owner who stays")
        card = text_of(await journey.card_says("deactivated in Slack", "an owner who stays"))
        assert "[Rotate key]" in card
        assert await journey.state() is State.CONNECTED

    async def test_it_is_said_at_once_where_the_app_hears_of_people(self, begin: Start):
        journey = await self.connected(begin)
        await self.found(journey)
        self.leave(journey)
        gone = journey.world.slack.world.users["U0GWEN"].to_json()
        await journey.world.slack.event({"type": "user_change", "user": gone, "event_ts": "1.0"})
        await self.told(journey)

    async def test_else_within_a_day(self, begin: Start):
        journey = await self.connected(begin)
        await self.found(journey)
        self.leave(journey)
        journey.home.directory.invalidate_person("U0GWEN")  # a minute passes
        await journey.hours_pass(24)
        await self.told(journey)

    async def test_somebody_else_with_the_same_address_takes_the_place(self, begin: Start):
        journey = await self.connected(begin)
        await self.found(journey)
        self.leave(journey)
        journey.world.slack.world.add_user("U0GWEN2", "Gwen Owner", email="gwen@acme.example")
        gone = journey.world.slack.world.users["U0GWEN"].to_json()
        await journey.world.slack.event({"type": "user_change", "user": gone, "event_ts": "1.0"})
        people = RedisPeople(journey.home.ground.store, journey.home.ground.decisions)

        async def moved() -> bool:
            return (await people.key_makers()).get("gwen@acme.example") == "U0GWEN2"

        await until(moved, what="the other person to be found", timeout=30)
        assert not (await journey.request()).warned

    async def test_without_the_scope_nobody_is_looked_up_and_nothing_breaks(self, begin: Start):
        journey = await self.connected(begin, emails=False)
        await journey.hours_pass(24)
        calls = journey.world.slack.calls
        await journey.until(
            lambda: any(call.method == "users.lookupByEmail" for call in calls), "the question to be refused"
        )
        assert await journey.state() is State.CONNECTED
