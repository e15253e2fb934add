import re
from datetime import timedelta

import pytest

from bot.domain import request as r
from bot.domain.diagnosis import Verdict
from bot.domain.request import State
from bot.sandbox.slack.render import text_of
from bot.views import actions as a
from tests.handlers.conftest import FORM, IN_REVIEW, KEY, House, probed


async def submitted(house: House, user: str = "U0ADMIN", **changes: str):
    person = house.person(user)
    await person.slash("/greenlight")
    await person.modal("Connect ChatGPT")
    return await person.submit(FORM | changes)


class TestOpeningTheForm:
    @pytest.mark.parametrize("text", ["", "connect", " Connect "])
    async def test_the_command_opens_the_form_before_it_asks_slack_anything_else(self, house: House, text):
        person = house.person("U0ADMIN")
        delivery = await person.slash("/greenlight", text)
        await person.modal("Connect ChatGPT")
        assert delivery.acked
        assert house.methods()[0] == "views.open"

    async def test_the_shortcut_opens_the_same_form(self, house: House):
        person = house.person("U0ADMIN")
        await person.shortcut(a.SHORTCUT)
        assert "API key" in text_of(await person.modal("Connect ChatGPT"))
        assert house.methods()[0] == "views.open"

    @pytest.mark.parametrize(
        ("user", "words"),
        [
            ("U0OUTSIDE", "Only administrators"),
            ("U0REVIEW1", "Only administrators"),
            ("U0GUEST", "Guests cannot"),
            ("U0GONE", "deactivated"),
            ("U0FOREIGN", "Only members of this Slack workspace"),
            ("U0BOT2", "not bots"),
        ],
    )
    async def test_who_may_not_start_reads_why_in_the_form_itself(self, house: House, user, words):
        person = house.person(user)
        await person.slash("/greenlight")
        await house.shown(person, words)
        assert "API key" not in text_of(person.top)

    async def test_a_late_trigger_is_answered_with_a_friendly_retry(self, house: House):
        house.slack.faults.error("views.open", "expired_trigger_id")
        person = house.person("U0ADMIN")
        await person.slash("/greenlight")
        await house.told(person, "Type /greenlight again")

    async def test_the_form_opens_although_the_pooled_connection_had_died(self, house: House):
        house.slack.faults.reset("views.open")
        person = house.person("U0ADMIN")
        await person.slash("/greenlight")
        await person.modal("Connect ChatGPT")

    async def test_a_command_delivered_twice_opens_one_form_and_complains_of_nothing(self, house: House):
        house.slack.faults.double_deliveries()
        person = house.person("U0ADMIN")
        await person.slash("/greenlight")
        await person.modal("Connect ChatGPT")
        await house.doorstep.inflight.drain(60)
        assert house.methods().count("views.open") == 2
        assert person.ephemerals() == []

    async def test_a_lost_answer_of_slack_does_not_disturb_the_person(self, house: House):
        house.slack.faults.reset("views.open", after=True)
        person = house.person("U0OUTSIDE")
        await person.slash("/greenlight")
        await person.modal("Connect ChatGPT")
        await house.doorstep.inflight.drain(60)
        assert person.ephemerals() == []


class TestSubmittingTheForm:
    async def test_a_good_form_becomes_a_request_and_the_key_leaves_the_screen(self, house: House):
        answer = await submitted(house)
        found = re.search(r"GL-\w{6}", text_of(answer.view))
        request = await house.service.get(found[0])
        assert request.requester == "U0ADMIN"
        assert request.state is State.CHECKING
        assert request.draft.organization_id == FORM["Organization ID"]
        assert KEY not in str(answer.view) + str(house.slack.calls)

    async def test_mistakes_are_said_under_their_fields_and_nothing_typed_is_lost(self, house: House):
        answer = await submitted(house, **{"Workspace ID": FORM["Organization ID"], "API key": "key_abc"})
        assert set(answer.errors) == {"Workspace ID", "API key"}
        assert not answer.closed
        assert await house.store.requests() == []
        again = await house.person("U0ADMIN").submit({"Workspace ID": FORM["Workspace ID"], "API key": KEY})
        assert "is open" in text_of(again.view)

    async def test_who_may_not_start_cannot_submit_either(self, house: House):
        house.slack.faults.status("users.info", 503)  # the look-up after opening fails
        answer = await submitted(house, "U0OUTSIDE")
        assert await house.store.requests() == []
        assert "is open" not in text_of(answer.view)

    async def test_a_redelivered_submission_opens_no_second_request(self, house: House):
        answer = await submitted(house)
        (attempt,) = await house.slack.redeliver(answer.delivery)
        assert attempt.outcome == "acked"
        assert attempt.body == answer.delivery.ack
        assert len(await house.store.requests()) == 1

    async def test_a_submission_delivered_twice_at_once_opens_one_request(self, house: House):
        house.slack.faults.double_deliveries()
        person = house.person("U0ADMIN")
        await person.slash("/greenlight")
        await person.modal("Connect ChatGPT")
        house.slack.faults.double_deliveries()
        await person.submit(FORM)
        assert len(await house.store.requests()) == 1

    async def test_a_second_open_request_is_refused_with_a_link_to_the_first(self, house: House):
        await submitted(house)
        first = (await house.store.requests())[0]
        answer = await submitted(house, "U0ADMIN2")
        assert first.id in text_of(answer.view)
        assert len(await house.store.requests()) == 1

    async def test_a_slack_that_cannot_say_who_clicks_keeps_the_form_and_saves_nothing(self, house: House):
        person = house.person("U0ADMIN")
        house.slack.faults.status("users.info", 503, times=2)
        await person.slash("/greenlight")
        await person.modal("Connect ChatGPT")
        await house.doorstep.inflight.drain(60)
        answer = await person.submit(FORM)
        assert "Nothing was changed" in str(answer.errors)
        assert await house.store.requests() == []
        assert "is open" in text_of((await person.submit()).view)


class TestCorrecting:
    async def test_the_requester_gets_the_form_as_it_was_without_the_key(self, house: House):
        request = await house.opened(probed(Verdict.REJECTED))
        person = house.person("U0ADMIN")
        await person.slash("/greenlight", f"status {request.id}")
        await person.click(person.ephemerals()[-1], a.CORRECT)
        view = await house.shown(person, request.draft.key_name)
        assert KEY not in view
        answer = await person.submit({"Key name": "another name"})
        assert "is open" in text_of(answer.view) or request.id in text_of(answer.view)
        after = await house.service.get(request.id)
        assert (after.state, after.draft.key_name) == (State.CHECKING, "another name")
        assert after.key == request.key

    async def test_nobody_else_may_correct_it(self, house: House):
        request = await house.opened(*IN_REVIEW)
        person = house.person("U0REVIEW1")
        await person.slash("/greenlight", f"status {request.id}")
        await person.click(person.ephemerals()[-1], a.CORRECT)
        await house.shown(person, "not yours")


class TestASecondRequest:
    async def test_the_window_says_how_to_begin_anew_and_a_form_sent_again_says_so_too(self, house: House):
        alice = house.person("U0ADMIN")
        first = await house.opened()
        await alice.slash("/greenlight")
        await alice.modal("Connect ChatGPT")
        taken = {"Workspace ID": first.draft.workspace_id, "Requested scope": "Both"}
        refused = await alice.submit(FORM | taken)
        assert "cancel it first, then type" in text_of(refused.view)
        await house.service.apply(first.id, r.Cancelled(by="U0ADMIN"))
        again = await house.slack.redeliver(refused.delivery)
        said = text_of_ack(again[-1])
        assert "has ended" in said
        assert "Type `/greenlight`" in said
        assert "already an open request" not in said
        assert [one.id for one in await house.store.requests()] == [first.id]


def text_of_ack(attempt) -> str:
    return str(attempt.body["view"]["blocks"])


async def test_a_key_that_has_expired_already_is_not_asked_about(house: House):
    gone = str(house.now.date() - timedelta(days=1))
    refused = await submitted(house, **{"Expires on": gone, "Requested scope": "Both"})
    assert "is over" in str(refused.errors)
    today = await house.person("U0ADMIN").submit({"Expires on": str(house.now.date())})
    assert not today.errors
