"""Denied, cancelled, corrected, asked twice, mistyped: what happens off the main road."""

from __future__ import annotations

import pytest

from bot.domain.evidence import Rung
from bot.domain.request import State
from bot.sandbox import local
from bot.sandbox.slack import text_of
from tests.journeys.conftest import INSTANCE, Journey, Start

ANTHROPIC = "sk-ant-api03-" + "Zz9" * 30
OTHER_WORKSPACE = "0e2b9c1d-7a64-4f3e-9d52-5f0c8f6a1b7e"
WAYS = {
    State.CHECKING: lambda journey: journey.ask("outage"),
    State.NEEDS_CORRECTION: lambda journey: journey.ask("revoked"),
    State.IN_REVIEW: lambda journey: journey.in_review(),
    State.AWAITING_OPENAI: lambda journey: journey.at_openai(),
    State.AWAITING_NETSKOPE: lambda journey: journey.at_netskope(),
    State.VERIFYING: lambda journey: journey.verifying(),
}
MISTAKES = [
    ("Workspace ID", local.ORGANIZATION, "organization"),
    ("Workspace ID", "proj_Ab12Cd34Ef56Gh78", "project"),
    ("Workspace ID", f"https://chatgpt.com/admin/{local.WORKSPACE}/settings", "paste only the id"),
    ("Organization ID", local.WORKSPACE, "workspace"),
    ("API key", "sk-proj-...7557", "key"),
    ("API key", "key_Ab12Cd34Ef56Gh78Ij90", "key"),
    ("API key", ANTHROPIC, "Anthropic"),
    ("Administrator email", "alice@gmial.com", "gmail.com"),
    ("Key name", "sk-proj-" + "q1W2" * 12, "key"),
    ("Created by", "sk-proj-" + "q1W2" * 12, "key"),
    ("Instance name", "sk-proj-" + "q1W2" * 12, "key"),
]


class TestDenying:
    async def test_a_denial_needs_a_reason_which_the_requester_then_reads(self, journey: Journey):
        await journey.in_review()
        refused = await journey.deny("no")
        assert "Say why" in refused.errors["Reason"]
        assert await journey.state() is State.IN_REVIEW
        assert (await journey.rita.submit({"Reason": "Use the Acme-EU workspace instead."})).closed
        await journey.stands(State.DENIED)
        await journey.told(journey.alice, "Use the Acme-EU workspace instead.", "denied")
        await journey.thread_says("Use the Acme-EU workspace instead.")
        assert await journey.key_is_destroyed()

    async def test_after_a_denial_the_same_workspace_may_be_asked_for_again(self, journey: Journey):
        await journey.in_review()
        await journey.deny("Not this quarter.")
        await journey.stands(State.DENIED)
        await journey.ask()
        await journey.stands(State.IN_REVIEW)
        assert len(journey.cards()) == 2


@pytest.mark.parametrize("state", WAYS)
async def test_every_open_request_can_be_cancelled_and_its_key_is_destroyed(journey: Journey, state: State):
    await WAYS[state](journey)
    await journey.stands(state)
    assert (await journey.cancel("No longer wanted.")).closed
    await journey.stands(State.CANCELLED)
    await journey.told(journey.alice, "cancelled the request", "No longer wanted.")
    assert await journey.key_is_destroyed()
    assert (await journey.request()).next_probe_at is None


async def test_a_connection_is_retired_by_the_same_word(journey: Journey):
    await journey.connected()
    await journey.cancel(person=journey.rita, title="Retire")
    await journey.stands(State.RETIRED)
    assert await journey.key_is_destroyed()


class TestCorrecting:
    async def test_a_dead_key_goes_back_with_the_diagnosis_and_a_new_one_goes_on(self, journey: Journey):
        await journey.ask("revoked")
        await journey.stands(State.NEEDS_CORRECTION)
        await journey.told(journey.alice, "Needs a correction", "[Correct]")
        answer = await journey.correct(API_key=journey.new_key())
        assert "is open" in text_of(answer.view)
        await journey.card_says("Waiting for review", f"ending `{journey.key[-4:]}`")
        assert len(journey.cards()) == 1

    async def test_a_correction_after_approval_voids_it(self, begin: Start):
        journey = await begin(GREENLIGHT_QUORUM="2")
        await journey.in_review()
        await journey.approve()
        await journey.card_says("Approvals: 1 of 2")
        old_card = await journey.card()
        await journey.press("Correct", journey.alice)
        form = await journey.alice.modal("Correct the request")
        assert local.WORKSPACE in text_of(form)
        assert journey.key not in text_of(form)
        await journey.alice.submit({"Instance name": "ChatGPT Acme EU"})
        await journey.thread_says("Approvals given before are void")
        await journey.card_says("Waiting for review", "Approvals: 0 of 2", "ChatGPT Acme EU")
        assert (await journey.request()).approvals == ()
        assert old_card.ts == (await journey.card()).ts

    async def test_an_approval_of_what_was_on_screen_before_the_correction_does_not_count(
        self, journey: Journey
    ):
        await journey.in_review()
        await journey.deny(
            "no"
        )  # opens the form; the press is kept to be sent as an approval of the old card
        press = journey.world.slack.deliveries[-2].payload
        await journey.press("Correct", journey.alice)
        await journey.alice.modal("Correct the request")
        await journey.alice.submit({"Instance name": "Another"})
        await journey.card_says("Waiting for review", "Another")
        stale = press | {
            "actions": [press["actions"][0] | {"action_id": "approve"}],
            "trigger_id": "9.9.stale",
        }
        await journey.world.slack.deliver("interactive", stale, journey.rita.id)
        await journey.told(journey.rita, "was changed after this was shown")
        assert (await journey.request()).approvals == ()


class TestCorrectingLate:
    """OpenAI has granted, and only now does somebody see that the instance is named otherwise."""

    @pytest.mark.parametrize("state", [State.AWAITING_NETSKOPE, State.VERIFYING])
    async def test_a_mistyped_instance_name_is_corrected_and_only_approved_again(
        self, journey: Journey, state: State
    ):
        await WAYS[state](journey)
        await journey.press("Correct")
        await journey.modal_says(journey.alice, "voids the approval")  # said before it happens
        await journey.alice.submit({"Instance name": "ChatGPT Acme EU"})
        await journey.thread_says("Approvals given before are void")
        await journey.card_says("Waiting for review", "Approvals: 0 of 1", "ChatGPT Acme EU")
        await journey.approve()
        await journey.card_says("Ready for Grant Access in Netskope")
        assert len(journey.world.mailbox.messages) == 1  # OpenAI is asked once per key
        assert len(journey.cards()) == 1

    async def test_another_administrators_email_keeps_the_approval_and_the_proof(self, journey: Journey):
        await journey.at_netskope()
        approved = (await journey.request()).approvals
        answer = await journey.correct(Administrator_email="ben@acme.example")
        assert "still stand" in text_of(answer.view)
        await journey.told(journey.alice, "Nothing that was approved changed", "ben@acme.example")
        after = await journey.request()
        assert (after.state, after.approvals) == (State.AWAITING_NETSKOPE, approved)
        await journey.shows(Rung.KEY_ALIVE, Rung.READ_GRANTED)


class TestAskingTwice:
    async def test_the_second_request_is_refused_with_a_link_and_nothing_typed_is_lost(
        self, journey: Journey
    ):
        card = await journey.in_review()
        first = await journey.request()
        await journey.open_form(journey.ben)
        journey.new_key()
        answer = await journey.ben.submit(journey.form(Created_by="Ben Admin"))
        shown = text_of(answer.view)
        assert f"{first.id} (https://acme.slack.com/archives/C0SECURITY/p{card.ts.replace('.', '')})" in shown
        await journey.ben.close_modal()
        form = text_of(journey.ben.top)
        for value in ("Ben Admin", local.WORKSPACE, journey.key, INSTANCE):
            assert value in form
        journey.world.openai.add_key(journey.key, "pending", OTHER_WORKSPACE, local.ORGANIZATION)
        again = await journey.ben.submit({"Workspace ID": OTHER_WORKSPACE})
        assert "is open" in text_of(again.view)
        assert len(await journey.home.ground.store.requests()) == 2

    async def test_while_connected_it_is_refused_as_well(self, journey: Journey):
        await journey.connected()
        await journey.open_form()
        answer = await journey.alice.submit(journey.form())
        assert "Already requested" in text_of(answer.view)


class TestMistyping:
    @pytest.mark.parametrize(("label", "typed", "words"), MISTAKES)
    async def test_each_mistake_is_said_under_its_own_field_and_nothing_is_lost(
        self, journey: Journey, label: str, typed: str, words: str
    ):
        await journey.open_form()
        answer = await journey.alice.submit(journey.form() | {label: typed})
        assert list(answer.errors) == [label]
        assert words.lower() in answer.errors[label].lower()
        assert "sk-" not in typed or typed not in str(answer.errors)
        lost = [value for value in journey.form().values() if value not in text_of(journey.alice.top)]
        assert lost in ([], [journey.form()[label]])
        assert await journey.home.ground.store.requests() == []
        mended = await journey.alice.submit({label: journey.form()[label]})
        assert "is open" in text_of(mended.view)

    async def test_what_can_be_repaired_silently_is(self, journey: Journey):
        await journey.ask(
            Workspace_ID=f'\u200b "{local.WORKSPACE.upper()}" ',
            API_key=f"Bearer {journey.new_key()}\u200b",
            Administrator_email=" <alice@acme.example> ",
        )
        await journey.stands(State.IN_REVIEW)
        draft = (await journey.request()).draft
        assert (draft.workspace_id, draft.admin_email) == (local.WORKSPACE, "alice@acme.example")

    async def test_the_right_id_of_another_workspace_is_diagnosed_by_openai(self, journey: Journey):
        await journey.ask("read", Workspace_ID=OTHER_WORKSPACE)
        await journey.stands(State.NEEDS_CORRECTION)
        answer = await journey.correct(Workspace_ID=local.WORKSPACE)
        assert "is open" in text_of(answer.view)
        await journey.shows(Rung.KEY_ALIVE)
