"""Cards, notes, direct messages, lists, the Home: they fit, mention nobody unasked, offer what works."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import request as r
from bot.domain.casb import CasbReport, Sighting
from bot.domain.diagnosis import Verdict
from bot.domain.evidence import Rung
from bot.domain.lifecycle import TABLE, Terms, advance
from bot.domain.request import FINAL, OPEN, KeyFacts, Route, Scope, State
from bot.views import actions as a
from bot.views import card, guide, happened, ladder, notes, reasons, status, words
from bot.views.blocks import Message
from tests.bot.views.reading import HOSTILE, buttons, everything, fits, markup, texts, view_fits
from tests.factories import (
    GREEN,
    NOW,
    REQUESTER,
    REVIEWER,
    TERMS,
    a_diagnosis,
    begin,
    flowing,
    in_state,
    probed,
    recorded,
    story,
    yes,
)

NO_TOKEN = Terms()
WITH_SMTP = Terms(smtp=True)
TWO = Terms(quorum=2, tenant_token=True)
EVENTS = {
    a.APPROVE: r.Approved,
    a.DENY: r.Denied,
    a.CORRECT: r.Corrected,
    a.EMAIL_SENT: r.EmailSent,
    a.CHECK_NOW: r.CheckAsked,
    a.GRANT_PRESSED: r.GrantPressed,
    a.GREEN_CHECK: r.GreenCheckSeen,
    a.CANCEL: r.Cancelled,
    a.RETIRE: r.Cancelled,
    a.KEY_DELETED: r.ChoreDone,
    a.INSTANCE_DELETED: r.ChoreDone,
    a.ROTATE: r.Replaced,
    a.SHOW_KEY: r.KeyShown,
}
ALLOWED_TAGS = re.compile(
    r"<@[UW][A-Z0-9]+>|<!date\^\d+\^\{date_short\} at \{time\}\|[^<>]*>"
    r"|<mailto:support@openai\.com\?[^<>]*>|<https://[a-z0-9.:-]+\|[^<>]*>"
)


def of(message: Message) -> dict[str, dict[str, Any]]:
    return buttons(message.blocks)


def only_our_tags(text: str) -> None:
    assert not set("<>") & set(ALLOWED_TAGS.sub("", text))


def all_messages(told: Any, terms: Terms) -> list[Message]:
    request, at = told.request, told.at
    return [
        card.card(request, at, terms=terms),
        status.status(request, at, terms),
        status.decided_already(request),
        status.listing([request] * 30, at),
        notes.your_turn(request, terms),
        *(notes.note(request, entry, terms) for entry in told.entries),
        *(notes.tell(request, entry, at, terms) for entry in told.entries),
    ]


@pytest.mark.parametrize("terms", [TERMS, NO_TOKEN, WITH_SMTP, TWO])
@pytest.mark.parametrize("state", State)
def test_every_message_of_every_state_fits_into_slack(state: State, terms: Terms) -> None:
    for message in all_messages(story(state, terms), terms):
        fits(message)


@given(texts, texts, st.sampled_from(State))
def test_no_typed_text_can_break_a_message_or_mention_anybody(text: str, other: str, state: State) -> None:
    key = KeyFacts(last4=text[:4], fingerprint=other)
    typed = dict.fromkeys(("workspace_id", "organization_id", "key_name", "created_by", "admin_email"), text)
    told = story(state, TERMS, instance_name=other, tenant=other, company=text, key=key, **typed)
    for message in all_messages(told, TERMS):
        fits(message)
        for shown in [message.text, *markup(list(message.blocks))]:
            only_our_tags(shown)


@given(texts)
def test_no_reason_can_mention_anybody(reason: str) -> None:
    told = story(State.IN_REVIEW).then(r.Denied(by=REVIEWER, reason=reason))
    for message in all_messages(told, TERMS):
        fits(message)
        only_our_tags(everything(message))


@pytest.mark.parametrize("state", State)
def test_no_button_is_offered_that_the_lifecycle_refuses(state: State) -> None:
    told = story(state)
    for message in all_messages(told, TERMS):
        for action, button in of(message).items():
            if action not in a.LINKS:
                assert action == a.EVIDENCE or (state, EVENTS[action]) in TABLE
                assert a.unpack(button["value"]) == (told.request.id, told.request.fingerprint)
                assert told.request.id in button["accessibility_label"]


def test_the_card_asks_before_an_approval_counts_and_only_in_review() -> None:
    asked = of(card.card(in_state(State.IN_REVIEW), NOW, terms=TERMS))
    assert [asked[name]["text"]["text"] for name in (a.APPROVE, a.DENY, a.CANCEL)] == [
        "Approve",
        "Deny",
        "Cancel request",
    ]
    assert "WXYZ" in asked[a.APPROVE]["confirm"]["text"]["text"]
    others = [
        of(card.card(in_state(state), NOW, terms=TERMS)) for state in State if state is not State.IN_REVIEW
    ]
    assert not any({a.APPROVE, a.DENY} & set(found) for found in others)


@pytest.mark.parametrize("state", State)
def test_a_request_can_be_cancelled_from_its_card_exactly_while_it_is_open(state: State) -> None:
    assert (a.CANCEL in of(card.card(in_state(state), NOW, terms=TERMS))) is (state in OPEN)


@pytest.mark.parametrize(
    ("state", "terms", "turn"),
    [
        (State.NEEDS_CORRECTION, TERMS, (a.CORRECT, "Correct")),
        (State.AWAITING_OPENAI, TERMS, (a.EMAIL_SENT, "I sent the email")),
        (State.AWAITING_NETSKOPE, TERMS, (a.GRANT_PRESSED, "I pressed Grant Access")),
        (State.VERIFYING, TERMS, (a.GREEN_CHECK, "I see the green check")),
    ],
)
def test_the_requester_is_given_the_button_of_their_turn(
    state: State, terms: Terms, turn: tuple[str, str]
) -> None:
    told = story(state, terms)
    for message in (
        notes.tell(told.request, told.last, told.at, terms),
        notes.your_turn(told.request, terms),
    ):
        found = of(message)[turn[0]]
        assert (found["text"]["text"], found["style"]) == (turn[1], "primary")


def test_news_that_is_overtaken_comes_without_buttons() -> None:
    told = story(State.AWAITING_OPENAI)
    early = notes.tell(told.request, told.entries[0], told.at, TERMS)
    assert of(early) == {}
    assert "Waiting for OpenAI" in everything(early)


@pytest.mark.parametrize("state", State)
def test_the_plain_text_says_state_turn_and_evidence(state: State) -> None:
    request = in_state(state)
    text = card.card(request, NOW, terms=TERMS).text
    assert text.startswith("GL-7K3M9Q, ChatGPT to Netskope")
    assert "Next: " in text
    assert all(rung.value in text for rung in Rung)


def test_the_card_shows_what_was_asked_for_and_of_the_key_only_what_may_be_shown() -> None:
    told = everything(card.card(in_state(State.IN_REVIEW), NOW, terms=TERMS))
    for shown in ("f7f33107", "org-p13k", "acme.goskope.com", "chatgpt-enterprise", "WXYZ", "0123456789ab"):
        assert shown in told
    assert "0123456789abcdef" not in told
    assert "read and write (OpenAI: read and delete)" in told


def test_approvals_are_counted_against_the_quorum() -> None:
    told = story(State.IN_REVIEW, TWO).then(yes(REVIEWER))
    shown = everything(card.card(told.request, told.at, terms=TWO))
    assert "Approvals: 1 of 2" in shown
    assert f"<@{REVIEWER}>" in shown
    assert "approved (1 of 2)" in everything(notes.note(told.request, told.last, TWO))


def test_the_card_names_both_a_delegate_and_whose_place_they_took() -> None:
    told = story(State.IN_REVIEW, TWO).then(
        lambda request: r.Approved(by="U0OLGA", on_behalf=REVIEWER, fingerprint=request.fingerprint)
    )
    shown = everything(card.card(told.request, told.at, terms=TWO))
    assert f"<@U0OLGA> in the place of <@{REVIEWER}>" in shown


def test_each_rung_is_shown_with_source_time_and_person() -> None:
    told = story(State.VERIFYING).then(
        recorded(NOW + timedelta(hours=1)), GREEN, flowing(NOW + timedelta(hours=2))
    )
    shown = everything(card.card(told.request, told.at, terms=TERMS))
    assert re.search(r"E1 · .*: \*shown\* <!date.*OpenAI Compliance API", shown)
    assert re.search(r"E2 · OpenAI granted read: \*shown\* <!date.*OpenAI Compliance API", shown)
    assert re.search(r"E3 · .*: \*shown\* <!date.*Netskope tenant audit log by `rita`", shown)
    assert re.search(rf"E4 · .*: \*shown\* <!date.*<@{REQUESTER}>", shown)
    assert re.search(r"E5 · .*: \*shown\* <!date.*Netskope tenant events", shown)


def test_without_a_token_the_card_says_which_rungs_are_out_of_reach() -> None:
    shown = everything(card.card(in_state(State.CONNECTED, NO_TOKEN), NOW, terms=NO_TOKEN))
    assert re.findall(r"(E\d) [^\n]*out of reach", shown) == ["E3", "E5"]
    assert "out of reach" not in everything(card.card(in_state(State.CONNECTED), NOW, terms=TERMS))


def test_a_lost_rung_is_said_to_be_lost_since_when() -> None:
    shown = everything(card.card(in_state(State.ATTENTION), NOW, terms=TERMS))
    assert re.search(r"E2 · OpenAI granted read: \*lost\* since <!date", shown)


@pytest.mark.parametrize("scope", Scope)
def test_delete_is_never_claimed_to_be_verified(scope: Scope) -> None:
    shown = everything(card.card(in_state(State.CONNECTED, scope=scope), NOW, terms=TERMS))
    assert ("requested, not verified by the bot" in shown) is (scope is not Scope.READ)


@pytest.mark.parametrize("state", [state for state in State if state not in {State.CONNECTED, State.RETIRED}])
def test_verified_is_not_said_before_the_ladder_allows_it(state: State) -> None:
    for message in all_messages(story(state), TERMS):
        assert not re.search(r"(?<!Not )\bVerified", everything(message))


def test_the_final_message_states_each_rung() -> None:
    told = story(State.CONNECTED)
    for message in (
        notes.note(told.request, told.last, TERMS),
        notes.tell(told.request, told.last, told.at, TERMS),
    ):
        shown = everything(message)
        assert "*Verified*" in shown
        assert all(f"{rung.value} · " in shown for rung in Rung)


def test_data_flowing_is_said_at_the_last_rung() -> None:
    told = story(State.CONNECTED).then(flowing(NOW + timedelta(hours=3)))
    assert "Verified, data flowing" in everything(notes.your_turn(told.request, TERMS))


def test_data_that_flowed_long_ago_are_not_said_to_flow_and_not_after_a_deletion() -> None:
    told = story(State.CONNECTED)
    told.then(flowing(told.at))
    last = told.request.evidence[Rung.DATA_FLOWS].at
    for days, words_ in (
        (6.9, "Verified, data flowing"),
        (8, "Verified, data last seen"),
        (400, "last seen"),
    ):
        at = last + timedelta(days=days)
        assert words_ in ladder.verdict(told.request, TERMS, at)
        later = advance(told.request, r.CheckAsked(by=REQUESTER), at, TERMS).request
        flows = [line for line in ladder.lines(later, TERMS) if line.startswith("E5")]
        assert ("last seen" in flows[0]) is (days > 7)
    gone = Sighting(at=told.at + timedelta(minutes=5), what="Next Gen CASB API instance deleted")
    told.then(r.TenantChecked(report=CasbReport(deleted=gone)), GREEN)
    assert ladder.verdict(told.request, TERMS, told.at) == "Verified"


def test_an_outage_is_shown_since_when_and_moves_nothing() -> None:
    told = story(State.AWAITING_OPENAI).then(probed(Verdict.OUTAGE), probed(Verdict.LIMITED))
    shown = everything(card.card(told.request, told.at, terms=TERMS))
    assert re.search(r"OpenAI has given no usable answer since <!date\^1795437000", shown)
    assert "This moves nothing" in shown
    cured = told.then(probed(Verdict.MISSING))
    assert "no usable answer" not in everything(card.card(cured.request, cured.at, terms=TERMS))


def test_what_the_requester_has_to_correct_is_said_once_and_not_in_small_print() -> None:
    told = story(State.NEEDS_CORRECTION)
    message = notes.tell(told.request, told.entries[-1], told.at, TERMS)
    wanted = words.advice(told.request).next_action
    saying = [block["type"] for block in message.blocks if wanted in str(block)]
    assert saying == ["section"]


def test_a_connection_that_openai_refuses_is_said_to_be_in_doubt_until_it_counts_as_lost() -> None:
    told = story(State.CONNECTED).then(probed(Verdict.GRANTED))
    assert "has refused the key" not in everything(card.card(told.request, told.at, terms=TERMS))
    told = told.then(probed(Verdict.REVOKED), probed(Verdict.OUTAGE))
    shown = everything(card.card(told.request, told.at, terms=TERMS))
    since = int((told.at - timedelta(minutes=10)).timestamp())
    assert re.search(rf"OpenAI has refused the key since <!date\^{since}.*\(1 in a row\)", shown)
    cured = told.then(probed(Verdict.GRANTED))
    assert "has refused the key" not in everything(card.card(cured.request, cured.at, terms=TERMS))


def test_a_blocked_address_is_said_to_watch_nothing_since_when() -> None:
    told = story(State.CONNECTED).then(probed(Verdict.BLOCKED), probed(Verdict.BLOCKED))
    shown = everything(card.card(told.request, told.at, terms=TERMS))
    since = int((told.at - timedelta(minutes=10)).timestamp())
    assert re.search(rf"The key cannot be watched since <!date\^{since}", shown)
    assert "nothing is confirmed" in shown


@pytest.mark.parametrize("state", [State.CHECKING, State.AWAITING_OPENAI, State.CONNECTED])
def test_a_blocked_address_is_told_to_the_requester_with_what_to_do(state: State) -> None:
    told = story(state).then(probed(Verdict.BLOCKED))
    shown = everything(notes.tell(told.request, told.last, told.at, TERMS))
    assert "Next: You: Add the bot's address" in shown
    later = told.then(probed(Verdict.OUTAGE))
    assert "Add the bot's address" in everything(card.card(later.request, later.at, terms=TERMS))


def test_the_diagnosis_reaches_the_requester_in_plain_words_with_the_next_action() -> None:
    told = begin().then(probed(Verdict.WRONG_WORKSPACE))
    shown = everything(notes.tell(told.request, told.last, told.at, TERMS))
    assert "OpenAI does not find this workspace" in shown
    assert "Copy the Workspace ID again" in shown


def test_the_mail_is_drafted_unless_it_is_sent_for_them() -> None:
    by_hand, by_smtp = story(State.AWAITING_OPENAI), story(State.AWAITING_OPENAI, WITH_SMTP)
    drafted = notes.tell(by_hand.request, by_hand.last, by_hand.at, TERMS)
    assert "mailto:support@openai.com" in everything(drafted)
    sent = notes.tell(by_smtp.request, by_smtp.last, by_smtp.at, WITH_SMTP)
    assert "mailto:" not in everything(sent)
    assert a.EMAIL_SENT not in of(sent)
    # the copy goes to the administrator whom the form names, who may be another person than the requester
    assert f"with a copy to `{by_smtp.request.draft.admin_email}`" in everything(sent)


def test_an_admin_key_is_never_mailed_about() -> None:
    told = begin(route=Route.SELF_SERVICE).then(probed(Verdict.GRANTED), yes(REVIEWER))
    shown = notes.tell(told.request, told.last, told.at, TERMS)
    assert "mailto:" not in everything(shown)
    assert a.EMAIL_SENT not in of(shown)


def test_the_guide_leads_through_netskope_with_values_to_copy_and_the_warning() -> None:
    request = in_state(State.AWAITING_NETSKOPE)
    shown = everything(notes.your_turn(request, TERMS))
    steps = re.findall(r"^(\d)\. ", shown, re.MULTILINE)
    assert steps == list("12345678")
    for text in (
        "`f7f33107-5fb9-4ee1-8922-3eae76b5b5a0`",
        "`rita@example.com`",
        "`chatgpt-enterprise`",
        "`WXYZ`",
    ):
        assert text in shown
    assert "onboarding type is final" in shown
    assert of(notes.your_turn(request, TERMS))[a.OPEN_TENANT]["url"] == "https://acme.goskope.com"


@pytest.mark.parametrize(
    ("tenant", "url"),
    [
        ("https://acme.goskope.com", "https://acme.goskope.com"),
        ("acme.eu.goskope.com/", "https://acme.eu.goskope.com"),
        ("http://acme.goskope.com", ""),
        ("https://acme.goskope.com|x", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_only_a_plain_host_becomes_a_link(tenant: str, url: str) -> None:
    assert guide.tenant_url(tenant) == url


def test_a_second_reviewer_sees_who_decided() -> None:
    approved = everything(status.decided_already(in_state(State.AWAITING_OPENAI)))
    assert f"<@{REVIEWER}> approved this on <!date" in approved
    denied = everything(status.decided_already(in_state(State.DENIED)))
    assert f"<@{REVIEWER}> denied this on <!date" in denied
    assert "shared with another tool" in denied


@pytest.mark.parametrize("typed", ["conect", HOSTILE, ""])
def test_what_nobody_understands_gets_the_help(typed: str) -> None:
    for message in (status.unknown(typed), status.not_found(typed), status.help_message()):
        fits(message)
        assert "/greenlight status GL-..." in everything(message)
        only_our_tags(everything(message))


def test_an_empty_list_says_how_to_begin() -> None:
    assert "/greenlight" in everything(status.listing([], NOW))


def test_a_list_names_every_request_with_state_and_time() -> None:
    listed = status.listing(
        [in_state(state, id=f"GL-00000{i}") for i, state in enumerate(list(State)[:9])], NOW
    )
    fits(listed)
    assert [f"GL-00000{i}" in everything(listed) for i in range(9)] == [True] * 9


def test_the_forms_that_ask_why_know_their_request() -> None:
    target = a.Target("GL-7K3M9Q", "0123456789abcdef")
    for view, callback in (
        (reasons.denial(target), a.DENIAL),
        (reasons.cancellation(target), a.CANCELLATION),
    ):
        view_fits(view)
        assert a.unpack(view["private_metadata"]) == target
        assert view["callback_id"] == callback


@pytest.mark.parametrize(
    ("reason", "required", "fine"),
    [("", True, False), ("no", True, False), ("", False, True), ("wrong organization", True, True)],
)
def test_a_denial_needs_a_reason(reason: str, required: bool, fine: bool) -> None:
    assert (reasons.problems(reason, required=required) == {}) is fine


def test_a_reason_holds_no_key() -> None:
    assert a.REASON in reasons.problems("because sk-proj-" + "a" * 40, required=False)


@given(st.one_of(texts, st.none(), st.dictionaries(st.sampled_from([a.REASON, "value"]), texts)))
def test_a_reason_is_read_whatever_was_sent(value: object) -> None:
    assert len(reasons.parse({a.REASON: {a.REASON: {"value": value}}})) <= reasons.LIMIT
    assert reasons.parse(value) == ""


def test_every_event_has_its_sentence() -> None:
    kinds = {event.model_fields["kind"].default for event in r.Event.__subclasses__()}
    assert kinds == set(happened.SAID)


def test_an_entry_that_cannot_be_read_is_still_told() -> None:
    told = story(State.IN_REVIEW)
    broken = told.last.model_copy(update={"facts": {"diagnosis": {"verdict": 7}}})
    fits(notes.note(told.request, broken, TERMS))
    fits(notes.note(told.request, told.last.model_copy(update={"event": "<!here>"}), TERMS))


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_can_be_told_in_every_waiting_state(verdict: Verdict) -> None:
    told = story(State.AWAITING_OPENAI)
    event = r.KeyProbed(diagnosis=a_diagnosis(verdict))
    for message in all_messages(told.then(event), TERMS):
        fits(message)


@pytest.mark.parametrize("state", sorted(FINAL))
def test_a_closed_request_says_so_and_offers_nothing(state: State) -> None:
    shown = card.card(in_state(state), NOW, terms=TERMS)
    assert "is destroyed" in shown.text
    assert ("list is in the thread" in shown.text) is (state is State.RETIRED)
    assert set(of(shown)) == {a.EVIDENCE}
