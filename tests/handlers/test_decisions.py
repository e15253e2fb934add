import asyncio
from typing import Any

import pytest

from bot.domain import request as r
from bot.domain.request import State
from bot.sandbox.slack.render import text_of
from bot.views import actions as a
from tests.handlers.conftest import AT_NETSKOPE, AT_OPENAI, IN_REVIEW, House

PROVEN = [r.GrantPressed(by="U0ADMIN"), r.GreenCheckSeen(by="U0ADMIN")]
REASON = "The key is shared with another tool"


class TestApproving:
    async def test_a_reviewer_approves_and_hears_that_it_is_recorded(self, house: House):
        request = await house.opened(*IN_REVIEW)
        reviewer = house.person("U0REVIEW1")
        delivery = await reviewer.click(await house.show_card(request), "Approve")
        assert delivery.acked
        assert (await house.service.get(request.id)).state is State.AWAITING_OPENAI
        await house.told(reviewer, "Your approval is recorded")

    @pytest.mark.parametrize(
        ("user", "words"),
        [
            ("U0OUTSIDE", "Only reviewers"),
            ("U0ADMIN2", "Only reviewers"),
            ("U0ADMIN", "your own request"),
            ("U0GUEST", "Guests cannot"),
        ],
    )
    async def test_nobody_else_can_and_only_they_hear_why(self, house: House, user, words):
        request = await house.opened(*IN_REVIEW)
        shown = await house.show_card(request)
        delivery = await house.person(user).click(shown, "Approve")
        assert delivery.acked
        await house.told(house.person(user), words)
        after = await house.service.get(request.id)
        assert (after.state, after.approvals) == (State.IN_REVIEW, ())
        assert house.person("U0REVIEW1").ephemerals() == []

    async def test_a_reviewer_who_left_the_group_can_no_longer(self, house: House):
        request = await house.opened(*IN_REVIEW)
        shown, reviewer = await house.show_card(request), house.person("U0REVIEW1")
        await house.doorstep.directory.actor("U0REVIEW1", house.slack.team_id)  # remembered as a reviewer
        house.slack.world.groups["S0SECURITY"].users.remove("U0REVIEW1")
        await house.slack.event(
            {"type": "subteam_members_changed", "subteam_id": "S0SECURITY", "event_ts": "1.0"}
        )
        await reviewer.click(shown, "Approve")
        await house.told(reviewer, "Only reviewers")
        assert (await house.service.get(request.id)).approvals == ()

    async def test_pressing_on_a_card_that_a_crash_left_behind_counts_and_takes_that_card_away(
        self, house: House
    ):
        request = await house.opened(*IN_REVIEW)
        orphan, shown = await house.show_card(request), await house.show_card(request)
        place = r.Place(channel=shown.channel, ts=shown.ts)
        request = await house.happened(request, r.Announced(surface="card", place=place))
        await house.person("U0REVIEW1").click(orphan, "Approve")
        assert (await house.service.get(request.id)).state is State.AWAITING_OPENAI
        await house.slack.until(lambda: orphan.deleted, what="the orphan to go")
        await house.person("U0REVIEW2").click(shown, "Approve")
        await house.doorstep.inflight.drain(60)
        assert not shown.deleted

    async def test_two_reviewers_at_once_make_one_decision_and_the_second_sees_whose(self, house: House):
        request = await house.opened(*IN_REVIEW)
        shown = await house.show_card(request)
        people = [house.person("U0REVIEW1"), house.person("U0REVIEW2")]
        await asyncio.gather(*(person.click(shown, "Approve") for person in people))
        approvals = (await house.service.get(request.id)).approvals
        assert len(approvals) == 1
        late = next(person for person in people if person.id != approvals[0].by)
        await house.told(late, "approved this", "Your click changed nothing")

    async def test_a_click_delivered_again_hours_later_gets_the_same_answer(self, house: House):
        request = await house.opened(*IN_REVIEW)
        reviewer = house.person("U0REVIEW1")
        delivery = await reviewer.click(await house.show_card(request), "Approve")
        version = (await house.service.get(request.id)).version
        attempts = await house.slack.redeliver(delivery, twice_at_once=True)
        assert [attempt.outcome for attempt in attempts] == ["acked", "acked"]
        assert (await house.service.get(request.id)).version == version
        await house.slack.until(lambda: len(reviewer.ephemerals()) == 3, what="three answers")
        assert len({text_of(said) for said in reviewer.ephemerals()}) == 1

    async def test_an_approval_of_what_has_changed_since_is_refused(self, house: House):
        request = await house.opened(*IN_REVIEW)
        shown, reviewer = await house.show_card(request), house.person("U0REVIEW1")
        changed = request.draft.model_copy(update={"scope": r.Scope.READ})
        corrected = r.Corrected(by="U0ADMIN", draft=changed, key=request.key)
        await house.happened(request, corrected, *IN_REVIEW)
        await reviewer.click(shown, "Approve")
        await house.told(reviewer, "changed after this was shown")
        assert (await house.service.get(request.id)).approvals == ()

    async def test_the_channel_and_the_person_are_looked_at_at_the_same_time(self, house: House):
        request = await house.opened(*IN_REVIEW)
        shown, asked, real = await house.show_card(request), asyncio.Event(), house.doorstep.directory

        class Channel:
            async def is_shared(self):
                await asked.wait()  # answers only when the person is being looked up already
                return False

        class Directory:
            def __getattr__(self, name):
                asked.set()
                return getattr(real, name)

        directory: Any = Directory()
        asked.clear()
        house.doorstep.channel, house.doorstep.directory = Channel(), directory
        directory.__class__.locale = lambda _self, user: real.locale(user)  # asks nobody
        await house.person("U0REVIEW1").click(shown, "Approve")
        await house.told(house.person("U0REVIEW1"), "Your approval is recorded")
        assert (await house.service.get(request.id)).state is State.AWAITING_OPENAI

    async def test_a_slack_that_cannot_say_who_clicks_lets_nobody_through(self, house: House):
        request = await house.opened(*IN_REVIEW)
        shown, reviewer = await house.show_card(request), house.person("U0REVIEW1")
        house.slack.faults.status("usergroups.users.list", 500)
        await reviewer.click(shown, "Approve")
        await house.told(reviewer, "cannot be reached right now")
        assert (await house.service.get(request.id)).approvals == ()


class TestDenying:
    async def test_a_denial_needs_a_reason_and_ends_the_request(self, house: House):
        request = await house.opened(*IN_REVIEW)
        reviewer = house.person("U0REVIEW1")
        await reviewer.click(await house.show_card(request), "Deny")
        await reviewer.modal("Deny")
        assert (await reviewer.submit({"Reason": "no"})).errors
        assert (await reviewer.submit({"Reason": REASON})).closed
        after = await house.service.get(request.id)
        assert (after.state, after.ended.by, after.ended.reason) == (State.DENIED, "U0REVIEW1", REASON)

    async def test_the_form_of_somebody_who_may_not_turns_into_the_reason_why(self, house: House):
        request = await house.opened(*IN_REVIEW)
        outsider = house.person("U0OUTSIDE")
        await outsider.click(await house.show_card(request), "Deny")
        await house.shown(outsider, "Only reviewers")

    async def test_a_denial_that_comes_too_late_says_who_decided(self, house: House):
        request = await house.opened(*IN_REVIEW)
        shown, reviewer = await house.show_card(request), house.person("U0REVIEW2")
        await reviewer.click(shown, "Deny")
        await reviewer.modal("Deny")
        await house.person("U0REVIEW1").click(shown, "Approve")
        answer = await reviewer.submit({"Reason": REASON})
        assert "Rita Reviewer approved this" in text_of(answer.view, {"U0REVIEW1": "Rita Reviewer"})
        assert (await house.service.get(request.id)).state is State.AWAITING_OPENAI

    async def test_a_form_opened_before_a_correction_does_not_deny_what_was_never_shown(self, house: House):
        request = await house.opened(*IN_REVIEW)
        shown, reviewer = await house.show_card(request), house.person("U0REVIEW1")
        await reviewer.click(shown, "Deny")
        await reviewer.modal("Deny")
        changed = request.draft.model_copy(update={"scope": r.Scope.READ})
        await house.happened(request, r.Corrected(by="U0ADMIN", draft=changed, key=request.key), *IN_REVIEW)
        answer = await reviewer.submit({"Reason": REASON})
        assert "changed after this was shown" in text_of(answer.view)
        assert (await house.service.get(request.id)).state is State.IN_REVIEW
        assert await house.store.sealed_key(request.id)

    async def test_a_late_trigger_asks_for_the_button_again_not_for_the_command(self, house: House):
        request = await house.opened(*IN_REVIEW)
        reviewer = house.person("U0REVIEW1")
        house.slack.faults.error("views.open", "expired_trigger_id")
        await reviewer.click(await house.show_card(request), "Deny")
        said = await house.told(reviewer, "Press the button again")
        assert "/greenlight" not in said


class TestCancelling:
    async def test_a_cancel_form_that_comes_after_the_proof_does_not_retire_the_connection(
        self, house: House
    ):
        request = await house.opened(*AT_NETSKOPE)
        requester = house.person("U0ADMIN")
        await requester.click(await house.show_card(request), "Cancel request")
        await requester.modal("Cancel")
        await house.happened(request, *PROVEN)
        answer = await requester.submit()
        assert "Your click changed nothing" in text_of(answer.view)
        assert (await house.service.get(request.id)).state is State.CONNECTED

    @pytest.mark.parametrize("way", ["command", "stale button"])
    async def test_who_ends_a_connection_reads_what_that_means(self, house: House, way: str):
        request = await house.opened(*AT_NETSKOPE)
        requester, shown = house.person("U0ADMIN"), await house.show_card(request)
        await house.happened(request, *PROVEN)
        if way == "command":
            await requester.slash("/greenlight", f"cancel {request.id}")
        else:
            await requester.click(shown, "Cancel request")
        text = await house.shown(requester, "Retire")
        assert "a new key and a new grant" in text
        assert "Cancel the request" not in text
        assert (await requester.submit({"Reason": "moved"})).closed
        after = await house.service.get(request.id)
        assert (after.state, after.ended.reason) == (State.RETIRED, "moved")

    async def test_the_command_opens_a_window_before_it_asks_anybody(self, house: House):
        request = await house.opened(*IN_REVIEW)
        await house.person("U0ADMIN").slash("/greenlight", f"cancel {request.id}")
        await house.shown(house.person("U0ADMIN"), "Cancel the request")
        assert house.methods()[0] == "views.open"

    async def test_the_command_that_came_too_late_is_named_in_full(self, house: House):
        request = await house.opened(*IN_REVIEW)
        house.slack.faults.error("views.open", "expired_trigger_id")
        await house.person("U0ADMIN").slash("/greenlight", f"cancel {request.id}")
        await house.told(house.person("U0ADMIN"), f"Type /greenlight cancel {request.id} again")

    async def test_what_somebody_may_not_cancel_turns_into_the_reason_why(self, house: House):
        request = await house.opened(*IN_REVIEW)
        outsider = house.person("U0OUTSIDE")
        await outsider.slash("/greenlight", f"cancel {request.id}")
        await house.shown(outsider, "not yours")

    async def test_the_requester_cancels_by_button_with_or_without_a_reason(self, house: House):
        request = await house.opened(*IN_REVIEW)
        requester = house.person("U0ADMIN")
        await requester.click(await house.show_card(request), "Cancel request")
        await requester.modal("Cancel")
        assert (await requester.submit()).closed
        assert (await house.service.get(request.id)).state is State.CANCELLED
        assert await house.store.sealed_key(request.id) is None

    async def test_and_by_command(self, house: House):
        request = await house.opened(*AT_NETSKOPE)
        requester = house.person("U0ADMIN")
        await requester.slash("/greenlight", f"cancel {request.id.lower()}")
        await requester.modal("Cancel")
        assert (await requester.submit({"Reason": "not needed"})).closed
        assert (await house.service.get(request.id)).ended.reason == "not needed"

    async def test_somebody_else_cannot(self, house: House):
        request = await house.opened(*IN_REVIEW)
        other = house.person("U0ADMIN2")
        await other.click(await house.show_card(request), "Cancel request")
        await house.shown(other, "not yours")
        answer = await other.submit() if other.top and other.top.submit else None
        assert answer is None
        assert (await house.service.get(request.id)).state is State.IN_REVIEW


class TestAskingOpenAIAgain:
    async def test_without_a_mail_server_the_button_does_not_promise_a_mail(self, house: House):
        request = await house.opened(*AT_OPENAI)
        assert not house.service.terms.smtp
        shown, requester = await house.show_card(request), house.person("U0ADMIN")
        shown.blocks[-1]["elements"][0]["action_id"] = a.FOLLOW_UP
        await requester.click(shown, a.FOLLOW_UP)
        await house.told(requester, "sends no e-mail")
        assert (await house.service.get(request.id)) == request
