from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.domain.request import Draft
from bot.views import actions as a
from bot.views import intake
from bot.views.actions import Target
from tests.bot.views.reading import HOSTILE, texts, view_fits
from tests.factories import ORGANIZATION, WORKSPACE, a_draft, a_request

KEY = "sk-proj-" + "A1b2" * 15 + "T3BlbkFJ" + "c3D4" * 15
ADMIN_KEY = KEY.replace("sk-proj-", "sk-admin-")
GOOD = {
    a.ROUTE: "support_email",
    a.WORKSPACE_ID: WORKSPACE,
    a.ORGANIZATION_ID: ORGANIZATION,
    a.KEY: KEY,
    a.KEY_NAME: "netskope-casb",
    a.CREATED_BY: "Rita Example",
    a.SCOPE: "both",
    a.ADMIN_EMAIL: "rita@example.com",
    a.INSTANCE_NAME: "chatgpt-enterprise",
}


def sent(**changes: str) -> dict[str, Any]:
    """`view.state.values` as Slack sends it."""
    chosen = {a.ROUTE, a.SCOPE}
    return {
        name: {name: {"selected_option": {"value": value}} if name in chosen else {"value": value}}
        for name, value in (GOOD | changes).items()
    }


def said(field: str, value: str, **more: str) -> str | None:
    return intake.problems(intake.parse(sent(**(more | {field: value})))).get(field)


def test_what_was_typed_comes_back_as_a_draft() -> None:
    typed = intake.parse(sent())
    assert intake.problems(typed) == {}
    assert intake.draft(typed) == a_draft()
    assert typed.key.get_secret_value() == KEY
    assert (intake.last4(typed), intake.is_admin_key(typed)) == ("c3D4", False)


def test_a_correction_starts_from_the_draft_and_ends_in_the_same() -> None:
    again = intake.prefill(a_draft())
    assert intake.draft(again) == a_draft()
    assert again.key.get_secret_value() == ""


@pytest.mark.parametrize(
    ("field", "pasted", "kept"),
    [
        (a.WORKSPACE_ID, f"  {WORKSPACE.upper()} ", WORKSPACE),
        (a.WORKSPACE_ID, f"“{WORKSPACE}”", WORKSPACE),
        (a.WORKSPACE_ID, f"`{WORKSPACE}`", WORKSPACE),
        (a.WORKSPACE_ID, f"\u200b{WORKSPACE}\ufeff", WORKSPACE),
        (a.WORKSPACE_ID, f"{{{WORKSPACE}}}", WORKSPACE),
        (a.WORKSPACE_ID, WORKSPACE.replace("-", ""), WORKSPACE),
        (a.WORKSPACE_ID, f"urn:uuid:{WORKSPACE}", WORKSPACE),
        (a.WORKSPACE_ID, WORKSPACE.replace("-", "\u2011"), WORKSPACE),
        (a.WORKSPACE_ID, WORKSPACE.replace("-", "\u2013"), WORKSPACE),
        (a.ORGANIZATION_ID, ORGANIZATION.replace("-", "\u2010"), ORGANIZATION),
        (a.ORGANIZATION_ID, f'"{ORGANIZATION}",', ORGANIZATION),
        (a.KEY, f"Bearer {KEY}", KEY),
        (a.KEY, f"Authorization: Bearer {KEY}", KEY),
        (a.KEY, f"'{KEY}'", KEY),
        (a.KEY, f"```{KEY}```", KEY),
        (a.KEY, f"OPENAI_API_KEY='{KEY}'", KEY),
        (a.KEY, f"{KEY[:40]}\n{KEY[40:]}\u200b", KEY),
        (a.KEY_NAME, "  netskope\u00a0 casb ", "netskope casb"),
        (a.ADMIN_EMAIL, "Rita Example <rita@example.com>", "rita@example.com"),
        (a.ADMIN_EMAIL, "<mailto:rita@example.com|rita@example.com>", "rita@example.com"),
        (a.ADMIN_EMAIL, "mailto:rita@example.com", "rita@example.com"),
    ],
)
def test_what_can_be_repaired_is_repaired_silently(field: str, pasted: str, kept: str) -> None:
    typed = intake.parse(sent(**{field: pasted}))
    value = typed.key.get_secret_value() if field == a.KEY else getattr(typed, field)
    assert value == kept
    assert intake.problems(typed) == {}


WRONG = [
    (a.ROUTE, "", "Choose where"),
    (a.SCOPE, "everything", "Choose the scope"),
    (a.WORKSPACE_ID, "", "Paste the Workspace ID"),
    (a.WORKSPACE_ID, ORGANIZATION, "This is the Organization ID"),
    (a.WORKSPACE_ID, "proj_abc123", "This is a project ID"),
    (a.WORKSPACE_ID, f"user-abcdefghijklmnopqrstuvwx__{WORKSPACE}", "This is a user ID"),
    (a.WORKSPACE_ID, "key_abc123", "tracking ID of an API key"),
    (a.WORKSPACE_ID, "00000000-0000-0000-0000-000000000000", "all zeros"),
    (a.WORKSPACE_ID, f"https://chatgpt.com/admin/{WORKSPACE}/settings", f"only the id in it: {WORKSPACE}"),
    (a.WORKSPACE_ID, "https://chatgpt.com/admin/settings", "This is an address, not the id"),
    (
        a.WORKSPACE_ID,
        f"https://x.io/{WORKSPACE}/be545252-ad04-4cfa-9ca5-deca58416151",
        "This is an address, not the id",
    ),
    (a.WORKSPACE_ID, f"Workspace ID: {WORKSPACE}", f"Paste only the id: {WORKSPACE}"),
    (a.WORKSPACE_ID, WORKSPACE[:-2], "missing or doubled"),
    (a.WORKSPACE_ID, "wrkspc-1234", "Anthropic workspace"),
    (a.WORKSPACE_ID, "ws_abc123", "placeholder of a guide"),
    (a.WORKSPACE_ID, "T024BE7LD8", "Slack workspace"),
    (a.WORKSPACE_ID, "g-p-abc", "GPT or a project in ChatGPT"),
    (a.WORKSPACE_ID, "rita@example.com", "e-mail address"),
    (a.WORKSPACE_ID, "Acme Corp", "8-4-4-4-12"),
    (a.WORKSPACE_ID, KEY, "remove it here"),
    (a.ORGANIZATION_ID, "", "Paste the Organization ID"),
    (a.ORGANIZATION_ID, WORKSPACE, "looks like the Workspace ID"),
    (a.ORGANIZATION_ID, "proj_abc123", "project ID"),
    (a.ORGANIZATION_ID, "user-abc", "user ID"),
    (a.ORGANIZATION_ID, "key_abc", "tracking ID"),
    (a.ORGANIZATION_ID, "https://platform.openai.com/settings/organization/general", "This is an address"),
    (a.ORGANIZATION_ID, "Acme", "org- followed by"),
    (a.ORGANIZATION_ID, f"Organization ID: {ORGANIZATION}", f"Paste only the id: {ORGANIZATION}"),
    (a.ORGANIZATION_ID, KEY, "remove it here"),
    (a.KEY, "", "Paste the API key"),
    (a.KEY, "sk-...WXYZ", "shortened form"),
    (a.KEY, "sk-proj-********************WXYZ", "shortened form"),
    (a.KEY, "sk-admin…wxyz", "shortened form"),
    (a.KEY, "key_abc123", "tracking ID of a key"),
    (a.KEY, "sk-ant-api03-" + "A1b2" * 20, "Anthropic key"),
    (a.KEY, KEY.replace("-", "\u2013"), "Another character slipped in"),
    (a.KEY, f"my key is {KEY}", "Something stands before the key"),
    (a.KEY, f"api_key: {KEY}", "Something stands before the key"),
    (a.KEY, f"key=sk-{'A1b2' * 12}", "Something stands before the key"),
    (a.KEY, "sess-" + "A1b2" * 10, "login session"),
    (a.KEY, "xoxb-123456789012-abcdef", "Slack token"),
    (a.KEY, "0123456789abcdef" * 2, "Netskope token"),
    (a.KEY, "eyJhbGciOi.eyJzdWIi.abc", "sign-in token"),
    (a.KEY, ORGANIZATION, "This is the Organization ID"),
    (a.KEY, f"{'sk-' + 'aB3' * 16}\n" * 2, "The key was pasted twice"),
    (a.KEY, WORKSPACE, "looks like the Workspace ID"),
    (a.KEY, "https://platform.openai.com/api-keys", "This is an address"),
    (a.KEY, "rita@example.com", "e-mail address"),
    (a.KEY, "AIzaSyA-something", "not an OpenAI key"),
    (a.KEY, "sk-proj-abc", "too short"),
    (a.KEY, KEY * 3, "too long"),
    (a.KEY, KEY.replace("b", "é"), "Another character slipped in"),
    (a.KEY, ADMIN_KEY, "OpenAI Support grants nothing to it"),
    (a.KEY_NAME, "", "Type the name"),
    (a.KEY_NAME, KEY, "remove it here"),
    (a.KEY_NAME, "key_abc123", "tracking ID"),
    (a.KEY_NAME, "n" * 101, "too long"),
    (a.CREATED_BY, "", "who created the key"),
    (a.CREATED_BY, f"Rita {KEY}", "remove it here"),
    (a.ADMIN_EMAIL, "", "administrator's e-mail"),
    (a.ADMIN_EMAIL, "rita.example.com", "@ is missing"),
    (a.ADMIN_EMAIL, "rita@@example.com", "more than one @"),
    (a.ADMIN_EMAIL, "rita@example.com, joe@example.com", "more than one @"),
    (a.ADMIN_EMAIL, "rita@gmial.com", "Did you mean gmail.com?"),
    (a.ADMIN_EMAIL, "rita@example.con", "example.com"),
    (a.ADMIN_EMAIL, "rita@example", "no dot"),
    (a.ADMIN_EMAIL, "rita@example..com", "a dot too many"),
    (a.ADMIN_EMAIL, "rita@example,com", "comma"),
    (a.ADMIN_EMAIL, "rita @example.com", "space"),
    (a.ADMIN_EMAIL, "@example.com", "missing before or after"),
    (a.ADMIN_EMAIL, "rïta@example.com", "unaccented"),
    (a.ADMIN_EMAIL, KEY, "remove it here"),
    (a.INSTANCE_NAME, "", "Choose a name"),
    (a.INSTANCE_NAME, "i" * 65, "at most 64"),
    (a.INSTANCE_NAME, "chat/gpt", "letters without accents"),
    (a.INSTANCE_NAME, "-chatgpt", "letter or digit at both ends"),
    (a.INSTANCE_NAME, KEY, "remove it here"),
]


@pytest.mark.parametrize(("field", "pasted", "words"), WRONG)
def test_every_wrong_paste_has_its_own_words_under_its_own_field(field: str, pasted: str, words: str) -> None:
    found = intake.problems(intake.parse(sent(**{field: pasted})))
    assert set(found) == {field}
    assert words in found[field]


@pytest.mark.parametrize(("field", "pasted", "words"), WRONG)
def test_no_message_repeats_a_pasted_secret(field: str, pasted: str, words: str) -> None:
    if len(pasted) > 20 and pasted not in {WORKSPACE, ORGANIZATION}:
        assert pasted not in (said(field, pasted) or "")


def test_an_api_platform_key_does_not_fit_the_admin_key_route() -> None:
    assert "not an Admin key" in (said(a.KEY, KEY, route="self_service") or "")
    assert said(a.KEY, ADMIN_KEY, route="self_service") is None


def test_swapped_ids_are_told_under_both_fields() -> None:
    found = intake.problems(intake.parse(sent(workspace_id=ORGANIZATION, organization_id=WORKSPACE)))
    assert set(found) == {a.WORKSPACE_ID, a.ORGANIZATION_ID}


def test_a_correction_keeps_the_key_unless_a_new_one_is_typed() -> None:
    typed = intake.parse(sent(api_key=""))
    assert intake.problems(typed, key_required=False, admin_key=False) == {}
    assert set(intake.problems(typed, key_required=False, admin_key=True)) == {a.KEY}
    bad = intake.parse(sent(api_key="sk-ant-" + "a" * 40))
    assert set(intake.problems(bad, key_required=False, admin_key=False)) == {a.KEY}


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.sampled_from([*a.INPUTS, "value", "selected_option"]), st.text()), inner
        ),
    ),
    max_leaves=12,
)


@given(anything)
def test_a_hostile_structure_is_read_as_an_incomplete_form(values: object) -> None:
    assert intake.problems(intake.parse(values))


@given(texts)
def test_any_text_in_any_field_gets_an_answer_and_no_field_is_lost(text: str) -> None:
    typed = intake.parse({name: {name: {"value": text}} for name in a.INPUTS})
    found = intake.problems(typed)
    assert all(0 < len(words) <= 2000 for words in found.values())
    view_fits(intake.build(typed, correcting="GL-7K3M9Q|0123456789abcdef"))


@pytest.mark.parametrize("link", [False, True])
@pytest.mark.parametrize("correcting", [None, "GL-7K3M9Q|0123456789abcdef"])
def test_the_form_fits_and_has_every_label_a_person_looks_for(correcting: str | None, link: bool) -> None:
    view = intake.build(tenants=["https://acme.goskope.com"], correcting=correcting, link=link)
    view_fits(view)
    labels = {block["label"]["text"] for block in view["blocks"] if block["type"] == "input"}
    assert ("API key" in labels) is not (link and correcting is None)
    assert labels >= {
        "Workspace ID",
        "Key name",
        "Created by",
        "Requested scope",
        "Organization ID",
        "Administrator email",
        "Instance name",
    }
    assert "…" not in json.dumps(view, ensure_ascii=False)
    key = {a.KEY_CHOICE} if link and correcting else set() if link else {a.KEY}
    assert {block["block_id"] for block in view["blocks"] if block["type"] == "input"} == {
        *(set(a.INPUTS) - {a.KEY}),
        *key,
    }


def test_the_form_says_beside_the_key_that_slack_shows_it() -> None:
    assert "Slack has no hidden field" in json.dumps(intake.build())
    assert "never passes through Slack" not in json.dumps(intake.build())
    assert "never passes through Slack" in json.dumps(intake.build(link=True))


def test_a_correction_knows_its_request_and_shows_all_but_the_key() -> None:
    typed = intake.parse(sent())
    view = intake.build(typed, correcting="GL-7K3M9Q|0123456789abcdef")
    assert a.unpack(view["private_metadata"]) == Target("GL-7K3M9Q", "0123456789abcdef")
    assert (view["callback_id"], intake.build()["callback_id"]) == (a.CORRECTION, a.INTAKE)
    elements = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    shown = {
        name: element.get("initial_value") or element.get("initial_option", {}).get("value")
        for name, element in elements.items()
    }
    assert shown == GOOD | {a.KEY: None, a.EXPIRES_ON: None}
    assert KEY not in json.dumps(view)


def test_what_was_typed_is_never_printed_by_accident() -> None:
    typed = intake.parse(sent(workspace_id=KEY))
    assert KEY not in repr(typed) + str(typed) + repr([typed]) + repr(typed.key)


@pytest.mark.parametrize(
    ("key", "scope", "words"),
    [
        (KEY.replace("sk-proj-", "sk-svcacct-"), "read", "service account"),
        (KEY.replace("T3BlbkFJ", ""), "read", "lacks a mark"),
        (KEY, "write", "Write alone"),
    ],
)
def test_what_is_unusual_is_said_but_goes_on(key: str, scope: str, words: str) -> None:
    typed = intake.parse(sent(api_key=key, scope=scope))
    assert intake.problems(typed) == {}
    assert [words in warning for warning in intake.warnings(typed)] == [True]


def test_the_usual_needs_no_warning() -> None:
    assert intake.warnings(intake.parse(sent())) == ()
    assert intake.warnings(intake.Typed(key=SecretStr(""))) == ()


def test_after_the_form_no_field_is_left_on_the_screen() -> None:
    views = [
        intake.checked(a_request(company=HOSTILE), ("Something to note.",)),
        intake.refused("Only administrators can do this."),
        intake.already_open("GL-7K3M9Q", "https://acme.slack.com/archives/C1/p1"),
        intake.already_open("GL-7K3M9Q"),
        intake.opening(),
    ]
    for view in views:
        view_fits(view)
        assert "input" not in {block["type"] for block in view["blocks"]}
        assert "submit" not in view


def test_the_second_request_is_shown_the_way_to_the_first() -> None:
    view = json.dumps(intake.already_open("GL-7K3M9Q", "https://acme.slack.com/archives/C1/p1"))
    assert "<https://acme.slack.com/archives/C1/p1|GL-7K3M9Q>" in view


def test_every_field_of_a_draft_is_in_the_form() -> None:
    assert set(Draft.model_fields) - {"replaces"} | {a.KEY} == set(a.INPUTS)


def test_a_rotation_shows_all_but_what_a_new_key_has_of_its_own() -> None:
    old = intake.draft(intake.parse(sent(expires_on="2027-01-31")))
    assert str(old.expires_on) == "2027-01-31"
    view = intake.build(intake.successor(old), rotating="GL-7K3M9Q|0123456789abcdef")
    assert (view["callback_id"], view["private_metadata"]) == (a.ROTATION, "GL-7K3M9Q|0123456789abcdef")
    elements = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    empty = {
        name for name, element in elements.items() if not {"initial_value", "initial_option"} & set(element)
    }
    assert empty == {a.KEY, a.KEY_NAME, a.CREATED_BY, a.EXPIRES_ON}


@pytest.mark.parametrize("text", ["31.01.2027", "2027-13-01", "soon"])
def test_an_expiry_that_is_no_date_is_said_under_its_field(text: str) -> None:
    assert "YYYY-MM-DD" in intake.problems(intake.parse(sent(expires_on=text)))[a.EXPIRES_ON]
