"""What every connector keeps, whoever adds it: words in both languages, Slack's limits, no claim too many."""

from __future__ import annotations

import html
import re
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.connectors import CONNECTORS, DEFAULT, Connector, Words
from bot.domain import request as r
from bot.domain.destination import Offer
from bot.domain.diagnosis import Verdict
from bot.domain.errors import NotOffered, NotPossible
from bot.domain.evidence import Rung
from bot.domain.lifecycle import Step, Terms, advance
from bot.domain.request import Draft, Request, Scope, State
from bot.views import (
    card,
    decommission,
    guide,
    handover,
    happened,
    home,
    intake,
    ladder,
    notes,
    pack,
    pack_page,
    status,
    support_mail,
    words,
)
from bot.views.german import GERMAN
from bot.views.language import SLOT, speaking
from bot.views.pack_plot import plot
from tests.bot.views.reading import everything, fits, view_fits
from tests.factories import NOW, REVIEWER, TERMS, Story, begin, probed, recorded, story, yes

STEP_SLOTS = {"where", "workspace_id", "organization_id", "admin_email", "instance_name", "key_name", "last4"}
SLOTS: dict[str, set[str]] = {
    "steps": STEP_SLOTS,
    "refresh": STEP_SLOTS,
    "missing": STEP_SLOTS,
    "pressed_said": {"who", "looks"},
    "seen_said": {"who", "instance_name"},
    "seen_beside": {"instance_name"},
    "remove": {"tenant", "instance_name"},
}
OWN_NAME = {one.maker: re.compile(one.maker.split()[0], re.IGNORECASE) for one in CONNECTORS.values()}
ABOUT_A_GRANT = re.compile(
    "scope read|live probe|key is checked|am checking|to: support@openai", re.IGNORECASE
)
BEFORE_A_GRANT = frozenset({State.CHECKING, State.NEEDS_CORRECTION, State.AWAITING_OPENAI})
# Where there is nothing to grant, the states before a grant are never reached.
REACHABLE = [
    (one, state)
    for one in CONNECTORS.values()
    for state in State
    if one.grants or state not in BEFORE_A_GRANT
]
LABELS = ("ready", "pressed_button", "seen_button", "seen_ask", "open_label")


@pytest.fixture(params=CONNECTORS.values(), ids=CONNECTORS)
def product(request: pytest.FixtureRequest) -> Connector:
    found = request.param
    assert isinstance(found, Connector)
    return found


def about(product: Connector) -> dict[str, Any]:
    """What a request for this product has of its own."""
    tenant = "https://acme.goskope.com" if product.has_tenant else ""
    names = {"key_name": "compliance-key", "instance_name": "chatgpt-enterprise"}
    scope = Scope(product.scopes[-1]) if product.scopes else Scope.READ
    return {"connector": product.id, "tenant": tenant, "scope": scope, **names}


def told(product: Connector, state: State, terms: Terms = TERMS) -> Story:
    return story(state, terms, **about(product))


def all_that_is_said(product: Connector, state: State, terms: Terms) -> str:
    """Everything anybody reads about such a request, fitting into Slack."""
    tale = told(product, state, terms)
    request, at = tale.request, tale.at
    messages = [card.card(request, at, terms=terms), status.status(request, at, terms)]
    messages += [notes.your_turn(request, terms), status.listing([request], at)]
    messages += [status.evidence(request, 3, (), terms, at=request.updated_at, files=status.files_optional())]
    for entry in tale.entries:
        messages += [notes.note(request, entry, terms), notes.tell(request, entry, at, terms)]
    for message in messages:
        fits(message)
    view = home.home(waiting=[request], listed=[request], lens=home.Lens(), reader=r"U0X", at=at, terms=terms)
    views = [view, *_forms(request)]
    for one in views:
        view_fits(one)
    made = pack.build(request, tale.entries, terms, at, "seal")
    letter = support_mail.letter(request, sender="a@example.com", message_id="<a@example.com>")
    blocks = [*guide.blocks(request), *guide.waiting_for_green(request), *decommission.blocks(request)]
    said = [everything(one) for one in messages] + [str(views), str(blocks), pack_page.page(made), plot(made)]
    return "\n".join([*said, letter.subject, letter.body, str(handover.button(request))])


def _forms(request: Request) -> list[dict[str, Any]]:
    typed, products = intake.prefill(request.draft, request.connector), (request.product,)
    return [
        intake.build(
            typed, tenants=[request.tenant], correcting="GL-7K3M9Q|0123456789abcdef", products=products
        ),
        intake.build(
            typed, tenants=[request.tenant], rotating="GL-7K3M9Q|0123456789abcdef", products=products
        ),
        intake.build(tenants=[request.tenant], products=products),
        handover.once(request, "sk-x"),
    ]


def test_it_is_listed_under_its_own_id_and_names_where_its_texts_come_from(product: Connector) -> None:
    assert CONNECTORS[product.id] is product
    assert re.fullmatch(r"[a-z][a-z0-9_]*", product.id)
    assert re.search(r"20\d\d", product.source)
    assert set(product.scopes) <= set(Scope)
    assert set(product.calls) <= set(Scope)
    assert bool(product.scopes) == product.grants


def test_it_claims_a_persons_word_and_more(product: Connector) -> None:
    openai = {Rung.KEY_ALIVE, Rung.READ_GRANTED}
    assert Rung.GREEN_CHECK_SEEN in product.rungs <= set(Rung)
    assert product.rungs & openai in (set(), openai)
    assert product.grants or product.keeps_records  # else nothing but one word would be left
    assert bool(product.words.beyond) == (product.rungs != set(Rung))


def test_it_has_every_word_in_both_languages_with_the_slots_that_are_filled(product: Connector) -> None:
    texts = product.words.texts()
    assert set(texts) == set(product.german)
    optional = {"service_account", "beyond"}
    for one in fields(Words):
        value = getattr(product.words, one.name)
        assert value or one.name in optional, one.name
        for text in value if isinstance(value, tuple) else (value,):
            assert set(SLOT.findall(text)) <= SLOTS.get(one.name, set()) | {"product"}, text
            if text:
                assert set(SLOT.findall(product.german[text])) == set(SLOT.findall(text)), text


def test_two_connectors_never_translate_one_text_differently() -> None:
    for one in CONNECTORS.values():
        assert {text: GERMAN[text] for text in one.german} == dict(one.german)


def test_its_labels_fit_on_buttons_and_headers(product: Connector) -> None:
    for name in LABELS:
        for text in (getattr(product.words, name), product.german[getattr(product.words, name)]):
            assert len(text.replace("{product}", product.name)) <= 70, text


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(("product", "state"), REACHABLE, indirect=["product"])
def test_everything_said_names_this_product_alone_and_fits_into_slack(
    product: Connector, state: State, language: str
) -> None:
    with speaking(language):
        said = html.unescape(all_that_is_said(product, state, replace(TERMS, handover=True)))
    assert product.name in said
    if not product.grants:
        assert not ABOUT_A_GRANT.search(said)
    assert not re.search(r"\{(product|where|instance_name|workspace_id)\}", said)
    for other, name in OWN_NAME.items():
        # In keys of the stored state the first product's name stays: `awaiting_netskope`.
        assert other == product.maker or not name.search(said.replace("awaiting_netskope", "")), other


def test_the_guide_gives_every_value_that_has_to_be_copied(product: Connector) -> None:
    request = told(product, State.AWAITING_NETSKOPE).request
    shown = str(guide.blocks(request))
    assert request.draft.workspace_id in shown or not product.grants
    assert request.key.last4 in shown
    assert request.draft.key_name in shown
    for button in (product.words.pressed_button, product.words.seen_button):
        assert f"*{button}*" in shown


def test_no_rung_is_shown_or_promised_that_it_cannot_show(product: Connector) -> None:
    request = told(product, State.CONNECTED).request
    lines = ladder.lines(request, TERMS)
    for rung in Rung:
        line = next(line for line in lines if line.startswith(f"{rung} · ") and "delete" not in line)
        assert ("cannot be shown for this product" in line) == (rung not in product.rungs)
    assert set(request.evidence) <= product.rungs
    found = pack.build(request, [], TERMS, NOW, "seal")["rungs"]
    assert {one["rung"] for one in found if one["standing"] == "cannot be shown"} == set(Rung) - product.rungs


@pytest.mark.parametrize("state", [State.AWAITING_NETSKOPE, State.VERIFYING, State.CONNECTED])
def test_records_are_neither_looked_for_nor_believed_where_it_keeps_none(
    product: Connector, state: State
) -> None:
    tale = told(product, state)
    due = advance(tale.request, r.CheckAsked(by="U0X"), tale.at, TERMS).due
    assert (Step.LOOK in {one.step for one in due}) == product.keeps_records
    if not product.keeps_records:
        with pytest.raises(NotPossible):
            advance(tale.request, recorded(tale.at), tale.at + timedelta(minutes=1), TERMS)


@pytest.mark.parametrize("state", [State.AWAITING_NETSKOPE, State.VERIFYING, State.CONNECTED])
def test_openai_is_asked_only_where_it_has_something_to_grant(product: Connector, state: State) -> None:
    tale = told(product, state)
    due = advance(tale.request, r.CheckAsked(by="U0X"), tale.at, TERMS).due
    assert (Step.PROBE in {one.step for one in due}) == product.grants
    if not product.grants:
        with pytest.raises(NotPossible):
            advance(tale.request, probed(Verdict.GRANTED), tale.at + timedelta(minutes=1), TERMS)


def test_verified_says_whose_word_it_stands_on(product: Connector) -> None:
    request = told(product, State.CONNECTED).request
    verdict = ladder.verdict(request, TERMS, request.updated_at)
    assert ("on a person's word" in verdict) is not product.keeps_records
    assert ("Verified" in verdict, "Recorded" in verdict) == (product.grants, not product.grants)


def test_a_correction_before_the_decision_voids_what_was_approved_and_says_so(product: Connector) -> None:
    tale = told(product, State.IN_REVIEW, replace(TERMS, quorum=2)).then(yes(REVIEWER))
    assert len(tale.request.approvals) == 1
    draft = tale.request.draft.model_copy(update={"instance_name": "another"})
    tale.then(r.Corrected(by=tale.request.requester, draft=draft, key=tale.request.key))
    assert tale.request.approvals == ()
    assert tale.request.state is (State.CHECKING if product.grants else State.IN_REVIEW)
    assert "void" in happened.sentence(tale.request, tale.last, tale.terms)


@pytest.mark.parametrize("scope", Scope)
def test_a_scope_that_it_does_not_ask_for_is_refused_in_the_form_and_behind_it(
    product: Connector, scope: Scope
) -> None:
    typed = intake.prefill(_draft(scope), product.id)
    asked = scope in (product.scopes or (Scope.READ,))
    if product.scopes:
        assert ("scope" in intake.problems(typed, key_required=False)) is not asked
    else:
        assert intake.draft(typed).scope is Scope.READ
    offer = Offer((product.id,), ("https://a.example",))
    if asked:
        assert offer.choose(product.id, "", scope).connector == product.id
    else:
        with pytest.raises(NotOffered):
            offer.choose(product.id, "", scope)


def _draft(scope: Scope) -> Draft:
    return begin().request.draft.model_copy(update={"scope": scope})


def test_requests_for_two_products_are_different_things(product: Connector) -> None:
    mine, usual = begin(**about(product)).request, begin(**about(CONNECTORS[DEFAULT])).request
    other = usual.model_copy(update={"draft": mine.draft, "tenant": mine.tenant})
    same = product.id == DEFAULT
    assert (mine.connection == other.connection) is same
    assert (mine.fingerprint == other.fingerprint) is same


def test_what_is_said_without_a_request_is_said_as_for_the_usual_product() -> None:
    usual = CONNECTORS[DEFAULT].words
    assert words.STATES[State.AWAITING_NETSKOPE] == usual.ready
    assert words.RUNGS[Rung.INSTANCE_RECORDED] == usual.recorded_claim
    assert words.RUNGS[Rung.GREEN_CHECK_SEEN] == usual.seen_claim


def test_a_request_that_was_stored_before_there_was_a_choice_keeps_its_fingerprint() -> None:
    request = begin().request
    stored = request.model_dump(mode="json")
    del stored["connector"]
    again = Request.model_validate(stored)
    assert again == request
    assert again.fingerprint == "51dae04e09d80dd4"
    assert again.connection == f"{request.draft.workspace_id}|{request.tenant}"


def test_several_products_are_a_choice_in_the_form_and_one_is_none() -> None:
    both = intake.build(products=tuple(CONNECTORS.values()))
    view_fits(both)
    ids = {block.get("block_id") for block in both["blocks"]}
    assert "product" in ids
    assert "product" not in {block.get("block_id") for block in intake.build()["blocks"]}
