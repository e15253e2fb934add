"""The same bot, another product: from `/greenlight` to verified by attestation, and both side by side."""

from __future__ import annotations

import json
import re

from bot.connectors import CONNECTORS
from bot.domain.evidence import Rung
from bot.domain.lifecycle import Step
from bot.domain.request import State
from bot.sandbox import local
from bot.sandbox.slack import text_of
from tests.journeys.conftest import INSTANCE, NO_SMTP, Journey, Start

BOTH = {"GREENLIGHT_CONNECTORS": "netskope,palo_alto"}
PALO_ALTO = CONNECTORS["palo_alto"]
CHOICE = {"Which product is to read the workspace?": PALO_ALTO.name, "Requested scope": "Read"}
NAMED = {"Key name": "palo-alto-agent-security"}
FOREIGN = re.compile("netskope|green check|Grant Access", re.IGNORECASE)


async def second(journey: Journey) -> None:
    """Ask for Palo Alto with a key that OpenAI has not granted yet."""
    journey.new_key()
    person = await journey.open_form()
    sent = await person.submit(journey.form(**CHOICE, **NAMED))
    assert not sent.errors, sent.errors
    assert "is open" in text_of(sent.view), text_of(sent.view)


def read_by(journey: Journey) -> str:
    """All that the channel and Alice can read."""
    read = [*journey.cards(), *journey.alice.dms()]
    return "\n".join([*journey.thread(), *(text_of(one) for one in read)])


async def test_a_second_product_goes_from_the_form_to_verified_on_a_persons_word(begin: Start) -> None:
    journey = await begin(**BOTH)
    await second(journey)
    card = await journey.card_says("Waiting for review")
    assert PALO_ALTO.full_name in text_of(card)
    assert text_of(card).count("cannot be shown for this product") == 2  # E3 and E5
    await journey.approve()
    (mail,) = await journey.until(lambda: journey.world.mailbox.messages, "the e-mail")
    letter = mail.get_body().get_content()
    assert f"Purpose: {PALO_ALTO.full_name}." in letter
    assert f"Organization ID: {local.ORGANIZATION}" in letter
    assert "Requested scope: read (" in letter
    assert not FOREIGN.search(letter)
    journey.openai_grants("read")
    await journey.card_says("Ready to be added in Palo Alto SaaS Agent Security")
    guide = text_of(await journey.dm_with("I added it", journey.alice))
    assert local.WORKSPACE in guide
    assert local.ORGANIZATION in guide
    assert "One key for one product" in guide
    await journey.press("I added it")
    await journey.told(journey.alice, "Noted: ChatGPT Enterprise is added")
    await journey.press("I see it connected")
    card = await journey.card_says("Connected")
    shown = await journey.card_says(
        "E4 · A named person saw it connected in Palo Alto SaaS Agent Security: shown"
    )
    assert f"<@{local.ADMIN}>" in json.dumps(shown.blocks) or "Alice" in text_of(shown)
    await journey.thread_says("Verified: E2 by a live probe, E4 on a person's word")
    assert await journey.rungs() == {Rung.KEY_ALIVE, Rung.READ_GRANTED, Rung.GREEN_CHECK_SEEN}
    assert not FOREIGN.search(read_by(journey))
    assert journey.world.netskope.calls == []


async def test_the_evidence_pack_of_the_second_product_names_it_and_nothing_else(begin: Start) -> None:
    journey = await begin(**BOTH)
    await second(journey)
    await journey.card_says("Waiting for review")
    await journey.rita.click(await journey.card(), "Evidence pack")
    told = await journey.told(journey.rita, "Evidence of")
    assert "Not verified" in told
    assert not FOREIGN.search(told)


async def test_the_second_product_asks_for_no_more_than_it_says(begin: Start) -> None:
    journey = await begin(**BOTH, **NO_SMTP)
    person = await journey.open_form()
    sent = await person.submit(journey.form(**CHOICE | {"Requested scope": "Both"}))
    assert sent.errors == {"Requested scope": f"{PALO_ALTO.name} asks for read only: choose Read."}
    assert await journey.home.ground.store.requests() == []


async def test_one_workspace_may_have_a_request_for_each_product_at_the_same_time(begin: Start) -> None:
    journey = await begin(**BOTH)
    first = journey.new_key()
    person = await journey.open_form()
    usual = {"Which product is to read the workspace?": "Netskope"}
    sent = await person.submit(journey.form(**usual))
    assert "is open" in text_of(sent.view)
    await second(journey)
    assert journey.key != first
    await journey.until(lambda: len(journey.cards()) == 2 or None, "two cards")
    again = await journey.open_form()
    refused = await again.submit(journey.form(**CHOICE, **NAMED))
    assert "already an open request for this workspace, product and tenant" in text_of(refused.view)
    found = {one.connector: one for one in await journey.home.ground.store.requests()}
    assert set(found) == {"netskope", "palo_alto"}
    assert found["palo_alto"].tenant == ""
    assert found["netskope"].tenant == journey.world.netskope.tenant_url


async def test_a_connection_of_the_second_product_is_watched_by_its_key_alone(begin: Start) -> None:
    journey = await begin(**BOTH)
    await second(journey)
    await journey.card_says("Waiting for review")
    await journey.approve()
    journey.openai_grants("read")
    await journey.press("I added it")
    await journey.press("I see it connected")
    await journey.stands(State.CONNECTED)
    request = await journey.request()
    schedule = await journey.home.books.lacking([request.id], State.CONNECTED, [Step.PROBE, Step.LOOK])
    assert schedule == {request.id: (Step.LOOK,)}
    journey.world.openai.set_state(journey.key, "revoked")
    await journey.hours_pass(7)
    card = await journey.stands(State.ATTENTION)
    assert INSTANCE in text_of(card)
