import pytest

from bot.doctor import as_message
from bot.doctor.finding import failure
from bot.domain.diagnosis import Verdict
from bot.domain.errors import StoreUnavailable
from bot.domain.request import Cancelled, Corrected, GrantPressed, GreenCheckSeen, State
from bot.sandbox.slack.render import text_of
from bot.views import actions as a
from tests.handlers.conftest import AT_NETSKOPE, AT_OPENAI, FORM, IN_REVIEW, KEY, House, approved, probed


def last(person) -> str:
    return text_of(person.ephemerals()[-1])


class TestTheCommand:
    @pytest.mark.parametrize("text", ["help", "frobnicate", "help me", "status nonsense", "cancel x y"])
    async def test_help_and_what_nobody_understands_is_answered_privately(self, house: House, text):
        person = house.person("U0OUTSIDE")
        delivery = await person.slash("/greenlight", text)
        assert delivery.acked
        assert "/greenlight" in last(person)

    @pytest.mark.parametrize("text", ["{}", "status {}", "cancel {}", "connect {}", "connect with {} please"])
    async def test_a_key_that_was_typed_here_is_said_to_be_exposed_and_never_repeated(
        self, house: House, text
    ):
        person = house.person("U0ADMIN")
        delivery = await person.slash("/greenlight", text.format(KEY))
        assert "looks like a key" in last(person)
        assert KEY[:12] not in str(delivery.ack)
        assert not [call for call in house.slack.calls if call.method == "views.open"]

    async def test_help_asks_slack_about_strangers_only(self, house: House):
        person = house.person("U0OUTSIDE")
        await person.slash("/greenlight", "help")
        assert "users.info" in house.methods()
        house.doorstep.directory.invalidate_person(person.id)
        house.slack.calls.clear()
        await person.slash("/greenlight", "help")
        assert house.methods() == []

    async def test_somebody_whose_language_slack_does_not_say_is_no_stranger_either(self, house: House):
        person = house.person("U0OUTSIDE")
        house.slack.world.users[person.id].locale = ""
        await person.slash("/greenlight", "help")
        house.doorstep.directory.invalidate_person(person.id)
        house.slack.calls.clear()
        await person.slash("/greenlight", "help")
        assert house.methods() == []

    @pytest.mark.parametrize("text", ["status {0}", "STATUS `{0}`", "{0}"])
    async def test_status_shows_where_a_request_stands(self, house: House, text):
        request = await house.opened(*IN_REVIEW)
        person = house.person("U0REVIEW1")
        await person.slash("/greenlight", text.format(request.id.lower().replace("gl-", "GL-")))
        assert request.id in last(person)
        assert "review" in last(person)

    @pytest.mark.parametrize("text", ["status GL-ZZZZZZ", "verify GL-ZZZZZZ"])
    async def test_an_unknown_id_is_said_to_be_unknown(self, house: House, text):
        person = house.person("U0ADMIN")
        await person.slash("/greenlight", text)
        assert "I know no request" in last(person)

    @pytest.mark.parametrize("word", ["cancel", "rotate"])
    async def test_and_where_a_window_is_open_already_it_is_said_there(self, house: House, word):
        person = house.person("U0ADMIN")
        await person.slash("/greenlight", f"{word} GL-ZZZZZZ")
        await house.shown(person, "I know no request")

    async def test_somebody_outside_learns_nothing_about_a_request(self, house: House):
        request = await house.opened(*IN_REVIEW)
        person = house.person("U0OUTSIDE")
        await person.slash("/greenlight", f"status {request.id}")
        assert request.draft.workspace_id not in last(person)
        await person.slash("/greenlight", "list")
        assert request.id not in last(person)

    @pytest.mark.parametrize("text", ["list", "status"])
    async def test_the_list_names_the_requests_one_may_see(self, house: House, text):
        request = await house.opened(*IN_REVIEW)
        person = house.person("U0REVIEW1")
        await person.slash("/greenlight", text)
        assert request.id in last(person)

    async def test_verify_asks_for_a_check_now(self, house: House):
        request = await house.opened(*AT_OPENAI)
        person = house.person("U0ADMIN")
        await person.slash("/greenlight", f"verify {request.id}")
        assert "checking now" in last(person)
        assert (await house.service.get(request.id)).version == request.version + 1


class TestButtonsOfTheGuide:
    @pytest.mark.parametrize(
        ("label", "events", "words"),
        [
            ("I sent the email", AT_OPENAI, "the e-mail is sent"),
            ("Check now", AT_OPENAI, "checking now"),
            ("I pressed Grant Access", AT_NETSKOPE, "Grant Access is pressed"),
            ("I see the green check", [*AT_NETSKOPE, GrantPressed(by="U0ADMIN")], "green check"),
        ],
    )
    async def test_each_says_what_was_recorded(self, house: House, label, events, words):
        request = await house.opened(*events)
        person = house.person("U0ADMIN")
        await person.slash("/greenlight", f"status {request.id}")
        await person.click(person.ephemerals()[-1], label)
        await house.told(person, words)
        after = await house.service.get(request.id)
        assert after.version == request.version + 1

    async def test_the_green_check_stands_under_the_name_of_who_saw_it(self, house: House):
        request = await house.opened(*AT_NETSKOPE, GrantPressed(by="U0ADMIN"))
        person = house.person("U0ADMIN2")
        await person.slash("/greenlight", f"status {request.id}")
        await person.click(person.ephemerals()[-1], "I see the green check")
        await house.told(person, "green check")
        after = await house.service.get(request.id)
        assert after.state is State.CONNECTED
        assert "U0ADMIN2" in after.model_dump_json(include={"evidence"})

    async def test_who_says_what_the_bot_has_just_proven_itself_is_told_what_is_proven(self, house: House):
        request = await house.opened(*AT_NETSKOPE)
        person = house.person("U0ADMIN")
        await person.slash("/greenlight", f"status {request.id}")
        shown = person.ephemerals()[-1]
        connected = await house.happened(request, GrantPressed(by="U0ADMIN2"), GreenCheckSeen(by="U0ADMIN2"))
        await person.click(shown, "I pressed Grant Access")
        await house.told(person, "needs no word from you any more")
        assert "OpenAI granted read: shown" in last(person)
        assert "A named person saw the green check: shown" in last(person)
        assert (await house.service.get(request.id)) == connected

    @pytest.mark.parametrize(
        ("label", "events"),
        [
            ("I sent the email", AT_OPENAI),
            ("I pressed Grant Access", AT_NETSKOPE),
            ("I see the green check", [*AT_NETSKOPE, GrantPressed(by="U0ADMIN")]),
        ],
    )
    async def test_a_word_about_what_was_there_before_a_correction_counts_for_nothing(
        self, house: House, label, events
    ):
        request = await house.opened(*events)
        person = house.person("U0ADMIN")
        await person.slash("/greenlight", f"status {request.id}")
        shown = person.ephemerals()[-1]
        other = request.draft.model_copy(update={"instance_name": "chatgpt-two"})
        corrected = Corrected(by="U0ADMIN", draft=other, key=request.key)
        after = await house.happened(request, corrected, *events)
        assert after.state is request.state
        await person.click(shown, label)
        await house.told(person, "changed after this was shown")
        assert await house.service.get(request.id) == after

    async def test_an_email_reported_after_openai_granted_is_no_mistake(self, house: House):
        request = await house.opened(*AT_OPENAI)
        person = house.person("U0ADMIN")
        await person.slash("/greenlight", f"status {request.id}")
        shown = person.ephemerals()[-1]
        await house.happened(request, probed(Verdict.GRANTED), probed(Verdict.GRANTED))
        await person.click(shown, "I sent the email")
        await house.told(person, "needs no word from you any more")

    async def test_a_word_about_a_request_that_has_ended_is_still_refused(self, house: House):
        request = await house.opened(*AT_NETSKOPE)
        person = house.person("U0ADMIN")
        await person.slash("/greenlight", f"status {request.id}")
        shown = person.ephemerals()[-1]
        await house.service.apply(request.id, Cancelled(by="U0ADMIN"))
        await person.click(shown, "I pressed Grant Access")
        await house.told(person, "no longer applies")

    async def test_a_reviewer_cannot_speak_for_the_admin(self, house: House):
        request = await house.opened(*AT_NETSKOPE)
        person = house.person("U0REVIEW1")
        await person.slash("/greenlight", f"status {request.id}")
        await person.click(person.ephemerals()[-1], "I pressed Grant Access")
        await house.told(person, "not yours")
        assert (await house.service.get(request.id)).version == request.version

    async def test_a_button_of_an_older_version_is_answered(self, house: House):
        request = await house.opened(*IN_REVIEW)
        shown, person = await house.show_card(request), house.person("U0ADMIN")
        shown.blocks[-1]["elements"][0]["action_id"] = "of_long_ago"
        delivery = await person.click(shown, "of_long_ago")
        assert delivery.acked
        await house.told(person, "another version")

    async def test_a_form_that_this_replica_does_not_know_is_not_closed_as_if_it_were_saved(
        self, house: House
    ):
        person = house.person("U0ADMIN")
        await person.slash("/greenlight")
        shown = await person.modal("Connect ChatGPT")
        shown.callback_id = "of_next_week"
        sent = await person.submit(FORM)
        assert not sent.closed
        assert "nothing was saved" in text_of(sent.view)
        assert await house.store.requests() == []

    async def test_a_command_and_a_shortcut_that_this_replica_does_not_know_are_answered(self, house: House):
        person = house.person("U0ADMIN")
        delivery = await person.slash("/greenlight", "help")
        unknown = delivery.payload | {"command": "/redlight"}
        answered = await house.slack.deliver("slash_commands", unknown, person.id)
        assert "another version" in answered.ack["text"]
        await person.shortcut("of_next_week")
        await house.told(person, "another version")

    @pytest.mark.parametrize("value", ["", "GL-ZZZZZZ|0123456789abcdef", "<script>", "GL-000001|nothex"])
    async def test_a_forged_value_does_nothing(self, house: House, value):
        request = await house.opened(*IN_REVIEW)
        shown, person = await house.show_card(request), house.person("U0REVIEW1")
        shown.blocks[-1]["elements"][0]["value"] = value
        delivery = await person.click(shown, a.APPROVE)
        assert delivery.acked
        await house.told(person, "I know no request")
        assert (await house.service.get(request.id)).version == request.version


class TestHome:
    async def test_it_shows_what_waits_for_this_person(self, house: House):
        request = await house.opened(*IN_REVIEW)
        reviewer = house.person("U0REVIEW1")
        await reviewer.open_home()
        await house.slack.until(lambda: reviewer.home, what="the Home tab")
        text = text_of(reviewer.home)
        assert request.id in text
        assert "Connect ChatGPT" not in text

    async def test_its_button_opens_the_form(self, house: House):
        person = house.person("U0ADMIN")
        await person.open_home()
        await house.slack.until(lambda: person.home, what="the Home tab")
        await person.click_home("Connect ChatGPT")
        await person.modal("Connect ChatGPT")

    async def test_what_came_of_a_press_there_is_said_there(self, house: House):
        request = await house.opened(*IN_REVIEW)
        reviewer = house.person("U0REVIEW1")
        await reviewer.open_home()
        await house.slack.until(lambda: reviewer.home, what="the Home tab")
        await house.happened(request, IN_REVIEW[0], approved("U0REVIEW2"))
        await reviewer.click_home("Approve")
        await house.slack.until(
            lambda: "approved this" in text_of(reviewer.home), what="the answer in the Home tab"
        )
        assert not reviewer.dms()


class TestTheDoctor:
    async def test_an_operator_reads_the_findings_privately(self, house: House):
        async def checkup():
            return as_message([failure("channel", "Not a member.", "Type `/invite @Greenlight`.")])

        house.doorstep.checkup = checkup
        person = house.person("U0REVIEW1")
        delivery = await person.slash("/greenlight", "doctor")
        assert delivery.acked
        assert "/invite @Greenlight" in await house.told(person, "channel", "Not a member")

    async def test_nobody_else_learns_how_the_installation_stands(self, house: House):
        async def checkup():
            raise AssertionError("looked for a stranger")

        house.doorstep.checkup = checkup
        person = house.person("U0OUTSIDE")
        await person.slash("/greenlight", "doctor")
        assert "follow" not in last(person)

    async def test_a_round_that_fails_is_said_to_have_failed(self, house: House):
        async def checkup():
            raise StoreUnavailable("ConnectionError")

        house.doorstep.checkup = checkup
        person = house.person("U0REVIEW1")
        await person.slash("/greenlight", "doctor")
        await house.told(person, "My storage cannot be reached")
