"""Netskope's other onboarding type: no grant to prove, no probe, no e-mail, no key kept; then "recorded"."""

from __future__ import annotations

import re

from bot.domain.evidence import Rung
from bot.domain.request import State
from bot.sandbox import local
from bot.sandbox.slack import text_of
from tests.journeys.conftest import INSTANCE, NO_TENANT_TOKEN, Journey, Start

ALONE = {"GREENLIGHT_CONNECTORS": "netskope_project"}
BOTH = {"GREENLIGHT_CONNECTORS": "netskope,netskope_project"}
PRODUCT = "Which product is to read the workspace?"
READY = "Ready for Grant Access in Netskope (Organization Project)"
GRANT = re.compile(
    "I am checking the key|Compliance API, live probe|e-mail to OpenAI Support|verified", re.IGNORECASE
)


async def begun(journey: Journey) -> None:
    """Ask for a project; its form has no scope to choose."""
    journey.new_key()
    typed = {name: value for name, value in journey.form().items() if name != "Requested scope"}
    person = await journey.open_form()
    sent = await person.submit(typed)
    assert not sent.errors, sent.errors
    assert "I did not keep the key" in text_of(sent.view)


async def test_a_project_goes_from_the_form_to_recorded_without_asking_openai_anything(begin: Start) -> None:
    journey = await begin(**ALONE)
    await begun(journey)
    card = await journey.stands(State.IN_REVIEW)
    assert text_of(card).count("cannot be shown for this product") == 2  # E1 and E2
    assert "[Check now]" not in text_of(card)
    assert await journey.key_is_destroyed()
    await journey.approve()
    await journey.card_says(READY)
    guide = text_of(await journey.dm_with("I pressed Grant Access", journey.alice))
    assert "API Key for Project: paste the key" in guide
    assert "fine-tuning data only" in guide
    await journey.press("I pressed Grant Access", having=journey.create_instance)
    await journey.stands(State.CONNECTED)
    await journey.thread_says("Recorded: OpenAI has nothing to grant here")
    journey.world.netskope.flow(INSTANCE)
    await journey.shows(Rung.INSTANCE_RECORDED, Rung.DATA_FLOWS)
    assert await journey.rungs() == {Rung.INSTANCE_RECORDED, Rung.DATA_FLOWS}
    read = [text_of(one) for one in (*journey.cards(), *journey.alice.dms())]
    assert not GRANT.search("\n".join([*journey.thread(), *read]))
    assert journey.world.openai.calls == []
    assert journey.world.mailbox.messages == []


async def test_without_a_token_it_stands_on_a_persons_word_and_nothing_is_watched(begin: Start) -> None:
    journey = await begin(**ALONE, **NO_TENANT_TOKEN, GREENLIGHT_REVIEW="off")
    await begun(journey)
    await journey.card_says(READY)
    await journey.press("I pressed Grant Access")
    await journey.press("I see the green check")
    card = text_of(await journey.stands(State.CONNECTED))
    assert "I keep watching" not in card
    assert await journey.rungs() == {Rung.GREEN_CHECK_SEEN}


async def test_a_deleted_instance_of_a_project_calls_for_attention(begin: Start) -> None:
    journey = await begin(**ALONE)
    await begun(journey)
    await journey.stands(State.IN_REVIEW)
    await journey.approve()
    await journey.card_says(READY)
    journey.create_instance()
    await journey.stands(State.CONNECTED)
    await journey.hours_pass(0.01)
    journey.world.netskope.delete(INSTANCE)
    await journey.hours_pass(0.4)
    await journey.stands(State.ATTENTION)


async def test_both_onboarding_types_of_one_workspace_run_side_by_side(begin: Start) -> None:
    journey = await begin(**BOTH)
    await journey.ask(**{PRODUCT: "Netskope"})
    person = await journey.open_form()
    project = {PRODUCT: "Netskope Organization Project", "Instance name": "Fine Tuning"}
    sent = await person.submit(journey.form() | project)
    assert "I did not keep the key" in text_of(sent.view)
    found = {one.connector: one for one in await journey.home.ground.store.requests()}
    assert set(found) == {"netskope", "netskope_project"}
    assert found["netskope_project"].draft.scope == "read"
    assert found["netskope_project"].tenant == journey.world.netskope.tenant_url
    assert await journey.home.ground.store.sealed_key(found["netskope"].id)
    assert await journey.home.ground.store.sealed_key(found["netskope_project"].id) is None
    assert found["netskope_project"].draft.workspace_id == local.WORKSPACE


async def test_a_project_key_comes_from_the_api_platform(begin: Start) -> None:
    journey = await begin(**BOTH)
    journey.new_key()
    person = await journey.open_form()
    route = "Workspace Admin key: it has its Compliance permission"
    typed = {PRODUCT: "Netskope Organization Project", "Where does the key come from?": route}
    sent = await person.submit(journey.form() | typed)
    assert "A project key is an API Platform key" in sent.errors["Where does the key come from?"]
    assert await journey.home.ground.store.requests() == []
