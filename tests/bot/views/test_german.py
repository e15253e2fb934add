"""The German catalogue is complete, fills the same slots, fits into Slack and leaves no English behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.domain import errors as e
from bot.domain.diagnosis import Verdict
from bot.domain.lens import Filter, Lens
from bot.domain.lifecycle import Terms
from bot.domain.policy import Refusal
from bot.domain.request import State
from bot.views import (
    advice,
    card,
    digest,
    follow_up,
    handover,
    home,
    intake,
    notes,
    one_time,
    operators,
    reasons,
    status,
    step_up,
    words,
)
from bot.views.actions import Target
from bot.views.blocks import Message
from bot.views.german import GERMAN
from bot.views.language import SLOT, speaking
from tests.bot.views.reading import fits, view_fits
from tests.bot.views.templates import sentences, templates
from tests.factories import NOW, REVIEWER, TERMS, a_diagnosis, story

ALONE = Terms(smtp=False, handover=True)
# The same in both languages: names, and what Netskope and OpenAI call it themselves.
SAME = {
    "3. Administrator Email: {admin_email}",
    "4. Workspace ID: {workspace_id}",
    "Greenlight",
    "OpenAI Support",
    "Tenant",
    "name",
}
# Words of English that are none of German; "and", "for" and "read" stand in names of OpenAI's and Netskope's.
ENGLISH = re.compile(
    r"\b(the|is|are|you|your|not|with|of|to|has|have|this|that|it|its|be|from|key|request|since|at|ending)\b",
    re.IGNORECASE,
)
# What is quoted: values, reasons, addresses, mentions, labels of others' screens.
QUOTED = re.compile(
    r"```.*?```|`[^`]*`|„[^“]*“|<[^>]*>|Settings &gt;[^.]*\.|admin\.openai\.com > Credentials > Admin keys"
    r"|API Key(?: for \w+(?: Workspace)?)?|Secret Key"
    r"|[\w.-]+@[\w.-]+|GREENLIGHT_\w+|platform\.openai\.com/[\w/-]+",
    re.DOTALL,
)


def test_every_text_has_its_german_and_every_german_text_is_said_somewhere() -> None:
    assert templates() - set(GERMAN) == set()
    assert set(GERMAN) - templates() == set()


def test_every_sentence_that_is_kept_in_a_constant_is_said_and_so_translated() -> None:
    assert sentences() - templates() == set()


def test_german_fills_the_same_slots() -> None:
    wrong = [text for text, told in GERMAN.items() if set(SLOT.findall(text)) != set(SLOT.findall(told))]
    assert wrong == []


def test_german_keeps_the_emphasis_and_the_space_around_a_text() -> None:
    for text, told in GERMAN.items():
        assert told.count("*") % 2 == 0, told
        assert (text[:1] == " ", text[-1:] == " ") == (told[:1] == " ", told[-1:] == " "), told


def test_german_is_not_english_again() -> None:
    same = {text for text, told in GERMAN.items() if text == told}
    assert same <= SAME
    assert [told for told in GERMAN.values() if _english(told)] == []


def messages(state: State, terms: Terms) -> Iterator[Message]:
    told = story(state, terms)
    request, at = told.request, told.at
    yield card.card(request, at, terms=terms)
    yield status.status(request, at, terms)
    yield status.decided_already(request)
    yield status.listing([request] * 30, at)
    for files in (
        status.files_sent(),
        status.files_failed(status.files_comment(request)),
        status.files_optional(),
    ):
        yield status.evidence(request, 7, (), terms, at=request.updated_at, files=files)
    yield notes.your_turn(request, terms)
    yield digest.digest([request], REVIEWER, at, terms)
    for entry in told.entries:
        yield notes.note(request, entry, terms)
        yield notes.tell(request, entry, at, terms)


def views(state: State) -> Iterator[dict[str, Any]]:
    told = story(state, TERMS)
    request = told.request
    yield home.home(
        waiting=[request] * 9,
        listed=[request] * 9,
        lens=Lens(Filter.OPEN, 0),
        reader=REVIEWER,
        at=told.at,
        terms=TERMS,
        reviews=True,
    )
    yield intake.build(tenants=["acme.goskope.com"])
    yield intake.build(link=True)
    yield intake.build(intake.prefill(request.draft), correcting="x|y", link=True)
    yield intake.build(intake.successor(request.draft), rotating="x|y")
    yield intake.opening()
    yield intake.checked(request)
    yield intake.already_open(request.id)
    yield reasons.denial(Target(request.id, "f"))
    yield reasons.cancellation(Target(request.id, "f"))
    yield handover.waiting()
    yield handover.once(request, "sk-x")
    yield one_time.offered("https://bot.example/x")


@pytest.mark.parametrize("terms", [TERMS, ALONE])
@pytest.mark.parametrize("state", State)
def test_what_a_german_reads_at_every_state_is_german_and_fits(state: State, terms: Terms) -> None:
    with speaking("de-DE"):
        for message in messages(state, terms):
            fits(message)
            assert not _leaks(message.text, list(message.blocks))


@pytest.mark.parametrize("state", State)
def test_every_form_and_the_home_tab_are_german_and_no_label_is_cut(state: State) -> None:
    with speaking("de-DE"):
        for view in views(state):
            view_fits(view)
            assert not _leaks("", view)
            assert [text for text in _plain(view) if text.endswith("…")] == []


def test_other_answers_are_german() -> None:
    with speaking("de-DE"):
        request = story(State.AWAITING_OPENAI, TERMS).request
        for message in (
            status.help_message(),
            status.unknown("x"),
            status.not_found("x"),
            status.listing([], NOW),
            operators.slack_refuses("is_archived"),
            operators.found_wrong(dict.fromkeys(operators.WORDS, 2)),
            operators.unreachable(REVIEWER, "cannot_dm"),
            step_up.asked(request.id, "https://bot.example/x"),
            step_up.confirmed_in_slack(request),
            one_time.arrived(request),
        ):
            fits(message)
            assert not _leaks(message.text, list(message.blocks))
        assert not _leaks("", follow_up.blocks(request, NOW)[:1])


def test_every_diagnosis_and_every_refusal_is_german() -> None:
    with speaking("de-DE"):
        request = story(State.AWAITING_OPENAI, TERMS).request
        for row in advice.ADVICE:
            found = words.advice_for(request, a_diagnosis(Verdict.MISSING, row=row))
            assert not _leaks(
                "", [{"text": part} for part in (found.title, found.what_it_means, found.next_action)]
            )
        for refusal in Refusal:
            assert not _leaks(words.error(e.NotAllowed(refusal)), [])
        for table in (words.STATES, words.SCOPES, words.ROUTES, words.DONE, words.SUCCESSION, words.RUNGS):
            for text in table.values():
                assert not _leaks(str(text), [])


def test_the_mail_to_openai_stays_english() -> None:
    told = story(State.AWAITING_OPENAI, Terms())
    with speaking("de-DE"):
        found = _whole(list(notes.your_turn(told.request, Terms()).blocks))
    assert "E-Mail an OpenAI Support" in found
    assert "say which scopes were granted" in found


def test_labels_that_the_design_fixes_stay_as_they_are_in_english() -> None:
    read = _whole(intake.build()) + _whole(list(card.card(*_at(State.IN_REVIEW), terms=TERMS).blocks))
    for label in (
        "Workspace ID",
        "API key",
        "Key name",
        "Created by",
        "Requested scope",
        "Organization ID",
        "Administrator email",
        "Instance name",
        "Approve",
        "Deny",
        "Cancel request",
    ):
        assert label in read


def _at(state: State) -> tuple[Any, Any]:
    told = story(state, TERMS)
    return told.request, told.at


def _leaks(text: str, node: Any) -> list[str]:
    return [part for part in (text, *_texts(node)) if _english(part)]


def _english(text: str) -> bool:
    bare = SLOT.sub("", QUOTED.sub("", text))
    return bool(ENGLISH.search(bare.replace("Conversation messages", "").replace("API Key", "")))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name in {"text", "accessibility_label"} and isinstance(value, str):
                yield value
            elif name != "placeholder":
                yield from _texts(value)
    elif isinstance(node, list | tuple):
        for one in node:
            yield from _texts(one)


def _plain(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "plain_text":
            yield node["text"]
        for value in node.values():
            yield from _plain(value)
    elif isinstance(node, list | tuple):
        for one in node:
            yield from _plain(one)


def _whole(node: Any) -> str:
    return "\n".join(_texts(node))
