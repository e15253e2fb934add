from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack.blocks import message_problems, view_problems
from bot.views import blocks as b
from tests.bot.views.reading import HOSTILE, texts


@given(texts)
def test_an_untrusted_text_can_neither_mention_nor_link_nor_style(text: str) -> None:
    for shown in (b.esc(text), b.code(text).strip("`")):
        assert not set("<>\n\r`") & set(shown)
        assert not re.search(r"&(?!amp;|lt;|gt;)", shown)
    assert not set("*~") & set(b.esc(text))


def test_a_key_name_keeps_its_underscores_but_emphasis_does_not_survive() -> None:
    assert b.esc("netskope_casb_key") == "netskope_casb_key"
    assert b.esc("_really_ *urgent* :fire:") == "ˍreallyˍ ∗urgent∗ ∶fire:"


def test_a_value_in_a_code_span_stays_what_it_was() -> None:
    assert b.code("org-a_b*c") == "`org-a_b*c`"
    assert b.code("  \u200b") == b.NOT_GIVEN


@given(st.lists(texts, min_size=1, max_size=40))
def test_no_text_is_too_long_for_slack(parts: list[str]) -> None:
    escaped = " ".join([b.esc(part) for part in parts] + [b.code(part) for part in parts])
    raw = "".join(parts)
    made = [
        b.header(raw),
        b.section(escaped),
        b.section(b.block_code(raw)),
        b.context(escaped),
        *b.fields([(b.esc(raw, 20), escaped)] * 13),
        *b.actions([b.button(raw, "a", raw, label=raw, ask=b.confirm(raw, escaped, raw))]),
    ]
    assert message_problems(made) == []


@given(texts, texts)
def test_a_form_fits_whatever_was_typed_before(hint: str, initial: str) -> None:
    view = b.modal(
        hint, [b.text_input("f", hint, hint=hint, initial=initial)], submit=hint or "Send", close=hint
    )
    assert view_problems(view) == []


@given(texts, st.integers(min_value=20, max_value=400))
def test_a_cut_never_leaves_half_an_entity_or_an_open_tag(text: str, limit: int) -> None:
    cut = b.mrkdwn(b.esc(text, 1000) + b.date(datetime(2026, 1, 1, tzinfo=UTC)), limit)["text"]
    assert len(cut) <= limit
    assert cut.count("<") == cut.count(">")
    assert not re.search(r"&(?!amp;|lt;|gt;)", cut)


def test_a_time_is_shown_in_the_readers_zone_with_utc_as_fallback() -> None:
    at = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
    assert b.date(at) == "<!date^1795442700^{date_short} at {time}|2026-11-23 14:05 UTC>"


@pytest.mark.parametrize("user", ["U123ABC", "W0AB"])
def test_a_slack_user_is_mentioned(user: str) -> None:
    assert b.mention(user) == f"<@{user}>"


@pytest.mark.parametrize("user", ["", "channel", "U1> <!here", HOSTILE])
def test_what_is_no_user_id_is_never_mentioned(user: str) -> None:
    assert "<" not in b.mention(user)


def test_a_screen_reader_hears_which_request_a_button_is_about() -> None:
    assert (
        b.button("Approve", "approve", label="Approve, GL-7K3M9Q")["accessibility_label"]
        == "Approve, GL-7K3M9Q"
    )


def test_nothing_is_linked_or_mentioned_by_slacks_own_guessing() -> None:
    assert b.section("see evil.example")["text"]["verbatim"] is True
