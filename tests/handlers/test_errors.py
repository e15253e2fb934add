"""Bad days: what a person hears, and what the log does not."""

import asyncio
import json
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.domain.errors import StoreUnavailable
from bot.sandbox.slack.render import text_of
from bot.service import Service
from bot.views import blocks as b
from bot.views import status
from handlers.actor import Visit
from handlers.errors import Complaints
from tests.handlers.conftest import FORM, IN_REVIEW, KEY, House
from tests.wait import until


class Away:
    """A store that is not there."""

    def __getattr__(self, name):
        async def refuse(*_args, **_more):
            raise StoreUnavailable("ConnectionError")

        return refuse


class Broken(Away):
    """A store with a fault of ours in it, whose text quotes what was typed."""

    def __getattr__(self, name):
        async def fail(*_args, **_more):
            raise ZeroDivisionError(f"cannot do {KEY}")

        return fail


class Hanging(Away):
    """A store that takes its time."""

    def __getattr__(self, name):
        async def wait(*_args, **_more):
            await asyncio.Event().wait()

        return wait


def visit_of(house: House) -> Visit:
    return Visit("block_actions", "U0REVIEW1", house.slack.team_id, "k")


def with_store(house: House, store) -> None:
    good = house.service
    house.doorstep.service = Service(store, good._vault, good.home, good.terms, good._clock, good._new_id)


class TestRedisAway:
    async def test_a_submission_keeps_the_form_and_says_that_nothing_was_saved(self, house: House):
        person, good = house.person("U0ADMIN"), house.service
        await person.slash("/greenlight")
        await person.modal()
        with_store(house, Away())
        answer = await person.submit(FORM)
        assert "nothing was saved" in str(answer.errors)
        assert not answer.closed
        house.doorstep.service = good
        assert "is open" in text_of((await person.submit()).view)

    async def test_a_click_and_a_command_hear_it_at_once(self, house: House):
        request = await house.opened(*IN_REVIEW)
        shown, person = await house.show_card(request), house.person("U0REVIEW1")
        with_store(house, Away())
        await person.click(shown, "Approve")
        await house.told(person, "nothing was saved")
        delivery = await person.slash("/greenlight", "list")
        assert "nothing was saved" in delivery.ack["text"]


class TestTooSlow:
    async def test_a_save_that_takes_too_long_is_answered_before_slack_gives_up(self, house: House):
        request = await house.opened(*IN_REVIEW)
        shown, person = await house.show_card(request), house.person("U0REVIEW1")
        await house.doorstep.directory.actor(
            person.id, house.slack.team_id
        )  # so that only the save takes long
        with_store(house, Hanging())
        house.doorstep.save_seconds = 1.0
        delivery = await person.click(shown, "Approve")
        assert delivery.acked
        await house.told(person, "cannot say whether it was saved")


class TestUnforeseen:
    async def test_the_person_gets_a_reference_that_stands_in_the_log_without_what_was_typed(
        self, house: House
    ):
        person = house.person("U0ADMIN")
        await person.slash("/greenlight")
        await person.modal()
        with_store(house, Broken())
        with capture_logs() as logs:
            answer = await person.submit(FORM)
        entry = next(line for line in logs if line["event"] == "unforeseen")
        assert entry["reference"] in text_of(answer.view)
        assert entry["error"] == "ZeroDivisionError"
        assert "test_errors" in entry["at"]
        assert KEY not in json.dumps(logs)
        assert KEY not in text_of(answer.view)

    @pytest.mark.parametrize(
        "payload",
        [
            {"type": "block_actions"},
            {"type": "block_actions", "actions": "x", "user": {"id": "U0ADMIN"}},
            {"type": "block_actions", "actions": [{"action_id": "approve"}], "user": {"id": "U0ADMIN"}},
            {"type": "block_actions", "actions": [{"action_id": "approve"}], "user": {"id": ["U0ADMIN"]}},
            {"type": "view_submission", "view": {"callback_id": "intake"}, "user": {"id": "U0ADMIN"}},
            {"type": "view_submission", "view": {"callback_id": "intake", "state": []}, "user": {}},
            {"type": "view_submission", "view": {"callback_id": "correction"}, "user": {"id": "U0ADMIN"}},
            {"type": "view_submission", "view": {"callback_id": "denial"}, "user": {"id": "U0ADMIN"}},
            {"type": "view_submission", "view": {"callback_id": "nobody"}, "user": {"id": "U0ADMIN"}},
            {"type": "shortcut", "callback_id": "connect_chatgpt", "user": {"id": "U0ADMIN"}},
            {"type": "something_new"},
            {},
        ],
    )
    async def test_no_payload_whatever_its_shape_is_left_without_an_answer(self, house: House, payload):
        delivery = await house.slack.deliver("interactive", payload, "U0ADMIN")
        assert delivery.acked
        assert await house.store.requests() == []

    async def test_someone_who_claims_another_team_is_a_stranger(self, house: House):
        request = await house.opened(*IN_REVIEW)
        delivery = await house.person("U0REVIEW1").click(await house.show_card(request), "Deny")
        forged = delivery.payload | {"user": {"id": "U0REVIEW1", "team_id": "T0OTHER"}}
        forged["actions"] = [forged["actions"][0] | {"action_id": "approve"}]
        assert (await house.slack.deliver("interactive", forged, "U0REVIEW1")).acked
        await house.told(house.person("U0REVIEW1"), "Only members of this Slack workspace")
        assert (await house.service.get(request.id)).approvals == ()

    async def test_a_click_during_slacks_bad_minute_is_answered_when_it_is_over(self, house: House):
        request = await house.opened(*IN_REVIEW)
        card, rita = await house.show_card(request), house.person("U0REVIEW1")
        house.slack.faults.status(times=4)  # who clicked, then the answer, beside the click and directly
        assert (await rita.click(card, "Approve")).acked
        await house.told(rita, "Nothing was changed; try again later")
        assert house.slack.faults.queue == []

    async def test_a_slack_that_says_when_to_ask_again_is_not_asked_before(self, house: House):
        house.slack.faults.rate_limited("chat.postMessage", retry_after=60, times=9)
        await Complaints(house.doorstep).tell(visit_of(house), status.said("Words."))
        assert house.methods().count("chat.postMessage") == 1

    async def test_what_the_tab_could_not_show_is_not_sent_a_second_time(self, house: House):
        house.slack.faults.status("views.publish")
        blocks = b.actions([b.button("Sign in", "step_up", url="https://idp.example/once")])
        pressed = replace(visit_of(house), home="")
        await Complaints(house.doorstep).tell(pressed, b.message("Words.", blocks))
        assert len(house.person("U0REVIEW1").dms()) == 1
        assert "direct message" in text_of(house.person("U0REVIEW1").home)

    async def test_words_that_cannot_be_delivered_do_not_disturb_anything(self, house: House):
        delivery = await house.person("U0ADMIN").slash("/greenlight", "help")
        lost = delivery.payload | {"text": "", "trigger_id": "1.2.x", "response_url": "http://192.0.2.1/x"}
        house.slack.faults.error("conversations.open", "user_disabled")
        with capture_logs() as logs:
            await house.slack.deliver("slash_commands", lost, "U0ADMIN")
            await until(
                lambda: [line for line in logs if line["event"] == "words_lost"], what="the loss in the log"
            )


class TestSlackItself:
    @pytest.mark.parametrize("kind", ["tokens_revoked", "app_uninstalled"])
    async def test_a_lost_token_is_said_to_the_operator(self, house: House, kind):
        with capture_logs() as logs:
            delivery = await house.slack.event({"type": kind, "event_ts": "1.0"})
        assert delivery.acked
        assert {"event": "slack_access_lost", "what": kind, "log_level": "error"} in logs

    async def test_an_event_nobody_listens_to_is_not_sent_again(self, house: House):
        assert (await house.slack.event({"type": "message", "text": "hi", "event_ts": "1.0"})).acked
