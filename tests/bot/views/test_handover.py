"""The hand-over: what a person is sent to do next can be done."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.domain.request import State
from bot.views import buttons, handover
from tests.factories import NOW, TERMS, in_state


def test_whoever_missed_the_key_is_sent_to_a_button_that_is_there() -> None:
    terms = replace(TERMS, handover=True)
    request = in_state(State.AWAITING_NETSKOPE, terms).model_copy(update={"key_shown_at": NOW})
    offered = {button["text"]["text"] for button in buttons.requester_row(request, terms)}
    named = set(re.findall(r"press \*(.+?)\*", handover.ALREADY))
    assert named
    assert named <= offered
