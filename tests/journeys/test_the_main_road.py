"""From `/greenlight` to a proven connection, and the other roads that lead there."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.domain.evidence import Rung
from bot.domain.request import State
from bot.sandbox import local
from bot.sandbox.slack import text_of
from tests.journeys.conftest import (
    INSTANCE,
    NO_SMTP,
    NO_TENANT_TOKEN,
    SELF_SERVICE,
    Journey,
    Start,
)


async def test_an_admin_asks_a_reviewer_approves_openai_grants_and_all_rungs_are_shown(journey: Journey):
    await journey.in_review()
    await journey.told(journey.alice, "Waiting for review", "Scopes come after the approval")
    await journey.approve()
    await journey.stands(State.AWAITING_OPENAI)
    (mail,) = await journey.until(lambda: journey.world.mailbox.messages, "the e-mail")
    assert mail["To"] == "support@openai.com"
    assert mail["Cc"] == mail["Reply-To"] == "alice@acme.example"
    await journey.thread_says("sent the e-mail")
    journey.openai_grants()
    await journey.stands(State.AWAITING_NETSKOPE)
    await journey.press("I pressed Grant Access", having=journey.create_instance)
    await journey.shows(Rung.KEY_ALIVE, Rung.READ_GRANTED, Rung.INSTANCE_RECORDED)
    await journey.stands(State.CONNECTED)
    await journey.press("I see the green check")
    journey.world.netskope.flow(INSTANCE)
    await journey.shows(*Rung)
    await journey.told(journey.alice, "Connected")
    assert await journey.rungs() == set(Rung)
    assert len(journey.cards()) == 1
    assert journey.world.openai.violations == journey.world.netskope.violations == []
    assert not [call for call in journey.world.slack.calls if not call.ok]


async def test_a_rung_that_is_shown_later_is_told_in_the_thread(journey: Journey):
    await journey.connected()
    journey.world.netskope.flow(INSTANCE)
    await journey.thread_says("E5 · Data flows: shown (Netskope's own records)")
    assert sum("E5 · Data flows: shown" in text for text in journey.thread()) == 1


async def test_netskope_may_record_the_instance_before_anybody_says_so(journey: Journey):
    await journey.at_netskope()
    journey.create_instance()
    await journey.stands(State.CONNECTED)
    await journey.shows(Rung.INSTANCE_RECORDED)


async def test_without_review_the_key_goes_straight_to_openai(begin: Start):
    journey = await begin(GREENLIGHT_REVIEW="off")
    await journey.ask()
    await journey.stands(State.AWAITING_OPENAI)
    assert (await journey.request()).approvals == ()
    journey.openai_grants()
    await journey.stands(State.AWAITING_NETSKOPE)


async def test_a_key_that_carries_the_scopes_needs_no_email_and_no_wait(journey: Journey):
    await journey.in_review("read_delete")
    await journey.shows(Rung.READ_GRANTED)
    await journey.approve()
    await journey.stands(State.AWAITING_NETSKOPE)
    states = [
        entry.state_to for entry in await journey.home.ground.store.entries((await journey.request()).id)
    ]
    assert State.AWAITING_OPENAI not in states
    assert journey.world.mailbox.messages == []


async def test_a_workspace_admin_key_goes_without_openai_support(journey: Journey):
    key = "sk-admin-" + journey.new_key()[8:]
    journey.world.openai.add_key(key, "read", local.WORKSPACE, local.ORGANIZATION)
    journey.key = key
    await journey.in_review(API_key=key, **{"Where does the key come from?": SELF_SERVICE})
    await journey.shows(Rung.READ_GRANTED)
    await journey.approve()
    await journey.stands(State.AWAITING_NETSKOPE)
    assert journey.world.mailbox.messages == []


@pytest.mark.parametrize("setting", ["GREENLIGHT_QUORUM", "GREENLIGHT_QUORUM_DELETE"])
async def test_two_reviewers_are_needed_where_the_quorum_is_two(begin: Start, setting: str):
    journey = await begin(**{setting: "2"})  # what is asked for here is reading and deleting
    await journey.in_review()
    await journey.approve(journey.rita)
    await journey.card_says("Approvals: 1 of 2", "One reviewer still has to say yes")
    await journey.approve(journey.rita)
    await journey.told(journey.rita, "counts once")
    assert await journey.state() is State.IN_REVIEW
    await journey.approve(journey.raj)
    await journey.stands(State.AWAITING_OPENAI)


class TestWithoutMailServer:
    async def test_the_email_is_drafted_as_link_and_text_and_sent_by_hand(self, begin: Start):
        journey = await begin(**NO_SMTP)
        await journey.at_openai()
        draft = await journey.dm_with("I sent the email", journey.alice)
        text = text_of(draft)
        assert f"Last 4 characters of the key: {journey.key[-4:]}" in text
        assert f"ChatGPT workspace ID: {local.WORKSPACE}" in text
        link = json.dumps(draft.blocks).split("<mailto:", 1)[1].split("|", 1)[0].replace("&amp;", "&")
        query = parse_qs(urlsplit(f"mailto:{link}").query)
        assert link.startswith("support@openai.com?")
        assert query["cc"] == ["alice@acme.example"]
        assert local.ORGANIZATION in query["body"][0]
        await journey.press("I sent the email")
        await journey.thread_says("says that the e-mail", "is sent")
        assert (await journey.request()).mail.by == local.ADMIN
        await journey.card_says("OpenAI Support: adding the scopes")


@pytest.mark.parametrize("reply", ["550 5.1.1 no such user here", "551 not local"])
async def test_a_refused_email_is_handed_to_the_requester(journey: Journey, reply: str):
    journey.world.mailbox.refuse(reply)
    await journey.at_openai()
    await journey.told(journey.alice, "refused the e-mail", "[I sent the email]", "Send it by hand")
    await journey.card_says("send the e-mail to OpenAI Support")
    await journey.press("I sent the email")
    await journey.card_says("OpenAI Support: adding the scopes")
    assert journey.world.mailbox.messages == []


async def test_a_mail_server_that_is_busy_gets_the_letter_later(journey: Journey):
    journey.world.mailbox.refuse("451 4.3.0 try later")
    await journey.at_openai()
    await journey.thread_says("I sent the e-mail")
    assert len(journey.world.mailbox.messages) == 1


async def test_without_a_netskope_token_the_bot_says_what_is_out_of_reach_and_a_person_proves_it(
    begin: Start,
):
    journey = await begin(**NO_TENANT_TOKEN)
    await journey.at_netskope()
    card = text_of(await journey.card())
    assert card.count("out of reach: this installation has no Netskope token") == 2
    await journey.press("I pressed Grant Access")
    await journey.stands(State.VERIFYING)
    await journey.press("I see the green check")
    await journey.stands(State.CONNECTED)
    card = await journey.shows(Rung.READ_GRANTED, Rung.GREEN_CHECK_SEEN)
    assert "@Alice Admin" in text_of(card) or local.ADMIN in text_of(card)
    assert journey.world.netskope.calls == []


async def test_check_now_asks_openai_at_once(begin: Start):
    journey = await begin(scale=1.0)
    await journey.at_openai()
    await journey.thread_says("I sent the e-mail")
    before = len(journey.world.openai.calls)
    await journey.press("Check now")
    await journey.until(lambda: len(journey.world.openai.calls) > before, "another probe")
