from __future__ import annotations

import asyncio

import pytest

from bot.sandbox.slack.render import text_of
from handlers.admission import MOST, Admission
from handlers.doorstep import TooSlow
from handlers.errors import Complaints
from tests.handlers.conftest import FORM, House


async def test_a_thousand_commands_at_once_are_all_answered_and_most_are_asked_to_come_back(house: House):
    house.slack.faults.timeout("views.open", times=1000)
    under_way: list[int] = []

    async def one() -> None:
        delivery = await house.person("U0ADMIN").slash("/greenlight")
        under_way.append(len(house.doorstep.inflight))
        assert delivery.acked

    await asyncio.gather(*(one() for _ in range(1000)))
    assert 0 < max(under_way) <= MOST
    assert len(house.doorstep.inflight) > 0  # no answer waited for a form: the forms still wait for Slack
    refused = [one for one in house.person("U0ADMIN").ephemerals() if "Too much" in text_of(one)]
    assert len(refused) >= 1000 - 2 * MOST


async def test_a_form_sent_meanwhile_stays_as_it_was_typed(house: House):
    alice = house.person("U0ADMIN")
    await alice.slash("/greenlight")
    await alice.modal()
    release = asyncio.Event()
    for _ in range(MOST):
        house.doorstep.inflight.spawn(release.wait())
    sent = await alice.submit(FORM | {"Requested scope": "Both"})
    assert any("nothing was saved" in words for words in sent.errors.values())
    release.set()
    await house.doorstep.inflight.drain(60)
    assert not (await alice.submit({})).errors


@pytest.mark.parametrize("house", ["http"], indirect=True)
async def test_an_event_that_comes_meanwhile_is_left_for_slack_to_bring_again(house: House):
    release = asyncio.Event()
    for _ in range(MOST):
        house.doorstep.inflight.spawn(release.wait())
    event = {"type": "subteam_members_changed", "subteam_id": "S0SECURITY", "event_ts": "1.0"}
    delivery = await house.slack.event(event)
    assert [one.outcome for one in delivery.attempts if one.outcome == "acked"] == []
    release.set()
    await house.doorstep.inflight.drain(60)
    await house.slack.redeliver(delivery)
    assert delivery.attempts[-1].outcome == "acked"


async def test_a_storm_of_redeliveries_of_one_submission_makes_one_request(house: House):
    alice = house.person("U0ADMIN")
    await alice.slash("/greenlight")
    await alice.modal()
    sent = await alice.submit(FORM | {"Requested scope": "Both"})
    assert sent.delivery
    await asyncio.gather(*(house.slack.redeliver(sent.delivery, twice_at_once=True) for _ in range(50)))
    assert len(await house.store.requests()) == 1
    assert all(attempt.outcome == "acked" for attempt in sent.delivery.attempts)


@pytest.mark.parametrize("house", ["http"], indirect=True)
async def test_one_person_may_start_ten_requests_an_hour_and_hears_when_to_come_back(house: House):
    alice = house.person("U0ADMIN")
    for number in range(10):
        await alice.slash("/greenlight")
        await alice.modal()
        workspace = {"Workspace ID": f"f7f33107-5fb9-4ee1-8922-{number:012d}"}
        sent = await alice.submit(FORM | workspace | {"Requested scope": "Both"})
        assert "is open" in text_of(sent.view)
        await alice.close_modal()
    await alice.slash("/greenlight")
    await alice.modal()
    sent = await alice.submit(FORM | {"Requested scope": "Both"})
    assert "Try again in 60 minutes" in text_of(sent.view)
    assert len(await house.store.requests()) == 10
    ben = house.person("U0ADMIN2")
    await ben.slash("/greenlight")
    await ben.modal()
    assert "is open" in text_of((await ben.submit(FORM | {"Requested scope": "Both"})).view)


@pytest.mark.parametrize("house", ["http"], indirect=True)
async def test_all_that_one_visit_waits_for_shares_one_deadline_and_what_follows_the_answer_has_its_own(
    house: House,
):
    step, became = house.doorstep, []
    step.save_seconds = 0.2

    async def look(what: str, seconds: float) -> None:
        try:
            async with step.in_time():
                await asyncio.sleep(seconds)
            became.append(f"{what} done")
        except TooSlow:
            became.append(f"{what} too slow")

    async def listener() -> None:
        await look("first", 60)
        await look("second", 0.05)  # no time is left for it: the first has used the visit's up
        step.save_seconds = 60.0  # so that a stall of this machine is not taken for slowness
        step.inflight.spawn(look("afterwards", 0))

    admission = Admission(step, Complaints(step))
    await admission.admit({"type": "block_actions", "user": {"id": "U0ADMIN"}, "actions": []}, listener)
    await step.inflight.drain(60)
    assert became == ["first too slow", "second too slow", "afterwards done"]
