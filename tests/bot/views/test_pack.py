"""The evidence pack: complete, self-contained, without secrets, readable in a browser."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape

import pytest

from bot.domain import request as r
from bot.domain.casb import CasbReport, read_events
from bot.domain.diagnosis import Verdict
from bot.domain.evidence import Rung
from bot.domain.lifecycle import Terms
from bot.domain.request import State
from bot.views.pack import Pack, actors, build, plain
from bot.views.pack_page import page
from bot.views.support_mail import SUPPORT
from tests.bot.test_offline import a_pack, chained
from tests.factories import NOW, REQUESTER, REVIEWER, TERMS, WORKSPACE, Story, probed, story, yes

TWO = Terms(quorum=2)
HOSTILE = '<script>alert(1)</script><img src="https://evil.example/x"> & "quotes"'


def test_it_says_what_was_asked_who_approved_what_and_how_each_rung_is_known() -> None:
    pack = a_pack(State.CONNECTED)
    (yes,) = pack["decisions"]
    assert (yes["by"], yes["fingerprint"], yes["in_force"]) == (
        REVIEWER,
        pack["request"]["fingerprint"],
        True,
    )
    assert [rung["rung"] for rung in pack["rungs"]] == [rung.value for rung in Rung]
    assert all(rung["source"] and rung["at"] for rung in pack["rungs"] if rung["standing"] == "shown")
    assert "support@openai.com" in pack["mail"]["to"]
    assert pack["request"]["id"] in pack["mail"]["body"]
    assert [row["seq"] for row in pack["timeline"]] == list(range(1, pack["chain"]["length"] + 1))


def test_a_denial_is_there_with_its_reason_and_the_end_of_the_key() -> None:
    pack = a_pack(State.DENIED)
    assert pack["decisions"][-1]["reason"] == "the key is shared with another tool"
    assert pack["key_destroyed_at"] == pack["timeline"][-1]["at"]
    assert "The key was destroyed on" in page(pack)


def test_an_approval_that_a_correction_made_void_is_shown_as_void() -> None:
    pack = a_pack(State.CONNECTED)
    pack["decisions"][0]["in_force"] = False
    assert "void: the request was corrected since" in page(pack)


def _packed(told: Story) -> Pack:
    return build(told.request, told.entries, told.terms, told.at, "seal")


def test_an_approval_is_in_force_only_while_the_request_counts_it() -> None:
    told = story(State.IN_REVIEW, TWO).then(yes(REVIEWER))
    draft = told.request.draft.model_copy(update={"key_name": "another name"})
    told.then(r.Corrected(by=REQUESTER, draft=draft, key=told.request.key))
    assert told.request.approvals == ()
    (void,) = _packed(told)["decisions"]
    assert void["fingerprint"] == told.request.fingerprint  # the name is not part of it
    assert void["in_force"] is False
    told.then(probed(Verdict.MISSING), yes(REVIEWER), r.Denied(by="U0THIRD", reason="no longer wanted"))
    assert [one["in_force"] for one in _packed(told)["decisions"]] == [False, True, True]
    assert "no longer wanted" in page(_packed(told))


def test_a_decision_in_somebodys_place_or_with_a_sign_in_says_so() -> None:
    told = story(State.IN_REVIEW, TWO).then(
        lambda request: r.Approved(
            by="U0OLGA", on_behalf=REVIEWER, step_up=True, fingerprint=request.fingerprint
        )
    )
    (yes_,) = _packed(told)["decisions"]
    assert (yes_["on_behalf"], yes_["step_up"]) == (REVIEWER, True)
    shown = page(_packed(told))
    assert f"in the place of {REVIEWER}" in shown
    assert "confirmed by a sign-in" in shown


@pytest.mark.parametrize("state", State)
def test_the_page_needs_nothing_from_anywhere(state: State) -> None:
    made = page(a_pack(state))
    shown = re.sub(r"<script.*?</script>", "", made, flags=re.DOTALL)
    assert not re.search(r'(src|href|action|srcset)\s*=|url\(|@import|style="', shown)
    assert re.findall(r"<script[^>]*>", made) == ['<script type="application/json" id="evidence">']


def test_what_people_typed_stays_text() -> None:
    pack = a_pack(State.DENIED)
    pack["request"] |= {"instance_name": HOSTILE, "created_by": HOSTILE}
    pack["timeline"][0]["said"] = pack["decisions"][0]["reason"] = HOSTILE
    made = page(pack)
    assert "<script>alert" not in made
    assert "<img" not in made
    inside = re.search(r'id="evidence">(.*?)</script>', made, re.DOTALL)
    assert inside
    assert json.loads(inside[1])["request"]["created_by"] == HOSTILE
    assert HOSTILE in unescape(made)


def test_slacks_marks_become_words() -> None:
    text = "*<@U1>* saw `x` on <!date^1^{date}|2026-11-23>, <https://a.example|here> &amp; &lt;there&gt;"
    assert plain(text) == "U1 saw x on 2026-11-23, here & <there>"


@pytest.mark.parametrize("state", State)
def test_of_people_it_holds_who_acted_and_whom_the_request_names_and_nobody_else(state: State) -> None:
    request, entries = chained(state)
    pack = build(request, entries, TERMS, NOW, "", {REVIEWER: "Rita Reviewer"})
    shown = json.dumps(pack) + page(pack)
    assert set(re.findall(r"[\w.+-]+@[\w-]+\.\w+", shown)) <= {SUPPORT, request.draft.admin_email}
    assert set(re.findall(r"\bU0\w+", shown)) <= {request.requester, REVIEWER}


def test_whose_conversation_netskope_saw_is_in_no_pack() -> None:
    record = {"timestamp": NOW.timestamp(), "user": "jane.doe@acme.example", "userip": "10.9.8.7"}
    record |= {"access_method": "API Connector", "app": "ChatGPT Enterprise", "object": "Jane's payslip.pdf"}
    seen = read_events(
        [record],
        what="application event",
        instance_name="chatgpt-enterprise",
        workspace_id=WORKSPACE,
        since=NOW - timedelta(hours=1),
        until=NOW,
    )
    assert seen
    told = story(State.VERIFYING).then(r.TenantChecked(report=CasbReport(data=seen)))
    made = _packed(told)
    shown = json.dumps(made) + page(made)
    assert "application event" in shown
    for theirs in ("jane", "payslip", "10.9.8.7"):
        assert theirs not in shown.lower()


def test_people_are_named_where_their_names_are_known() -> None:
    request, entries = chained(State.CONNECTED)
    assert actors(request, entries) == sorted({REQUESTER, REVIEWER})
    named = page(build(request, entries, TERMS, NOW, "", {REVIEWER: "Rita <Reviewer>"}))
    assert f"Rita &lt;Reviewer&gt; ({REVIEWER})" in named
    assert "Rita &lt;Reviewer&gt; approved (1 of 1)." in named
    assert f"{REQUESTER} saw the green check" in named
