"""Every row of the verdict table has words, and their placeholders are known."""

import re

import pytest

from bot.domain.diagnosis import TABLE, UNKNOWN
from bot.views.advice import ADVICE, Advice

KNOWN = {"last4", "workspace_id", "organization_id", "created_by", "product"}


def test_every_row_has_words_and_no_words_are_without_a_row() -> None:
    assert set(ADVICE) == {row.id for row in (*TABLE, UNKNOWN)} | {"17"}


@pytest.mark.parametrize("advice", ADVICE.values(), ids=ADVICE.keys())
def test_words_are_complete_sentences_with_known_names(advice: Advice) -> None:
    for text in (advice.what_it_means, advice.next_action):
        assert text.endswith((".", "?"))
        assert "  " not in text
    assert advice.title
    assert not advice.title.endswith(".")
    assert set(re.findall(r"{(\w*)}", "".join(vars(advice).values()))) <= KNOWN


@pytest.mark.parametrize("advice", ADVICE.values(), ids=ADVICE.keys())
def test_filling_leaves_no_placeholder(advice: Advice) -> None:
    filled = advice.fill(
        last4="9aBc", workspace_id="w-1", organization_id="", created_by="", product="Netskope"
    )
    assert "{" not in "".join(vars(filled).values())


def test_a_value_that_looks_like_a_placeholder_stays_as_typed() -> None:
    advice = Advice("t", "{created_by} has {last4}.", "a.")
    filled = advice.fill(
        last4="9aBc", workspace_id="w", organization_id="o", created_by="{last4}", product="Netskope"
    )
    assert filled.what_it_means == "{last4} has 9aBc."
