"""Steps one by one: what a step that comes again does, and does not do twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from bot import steps
from bot.domain.audit import Entry
from bot.domain.destination import Offer
from bot.domain.errors import Queued, Refused, Transient
from bot.domain.lifecycle import Due, Step
from bot.domain.policy import Actor
from bot.domain.request import Place, State
from bot.ports import Blocks, Claimed
from bot.service import Home
from bot.steps import Ports
from tests.factories import NOW, story
from tests.twins.store import StoreTwin

CARD = Place(channel="C0SECURITY", ts="1.1")


@dataclass
class Slack:
    """A Slack that refuses direct messages, and sometimes has no turn for the thread."""

    busy: bool = False
    said: list[str] = field(default_factory=list)

    async def post(self, channel: str, text: str, blocks: Blocks, **_: Any) -> Place:
        if channel != CARD.channel:
            raise Refused("slack", "messages_tab_disabled")
        if self.busy:
            raise Queued("slack", "waiting for its turn", retry_after=1.0)
        self.said.append(text)
        return CARD


@dataclass
class Journal:
    """The service as `tell` uses it."""

    entries: list[Entry]
    terms: Any
    home: Home = field(
        default_factory=lambda: Home(
            "T0GREEN", "Acme", Offer(tenants=("https://acme.goskope.com",)), b"audit"
        )
    )

    async def entry(self, _request_id: str, seq: int) -> Entry:
        return self.entries[seq - 1]


class People:
    """A directory in which everybody is an ordinary person."""

    async def actor(self, user_id: str, team_id: str) -> Actor:
        return Actor(id=user_id, team=team_id)


@pytest.mark.parametrize(("age", "wait"), [(0.1, 1.0), (8, 4.0), (3600, 15.0)])
async def test_a_note_looks_for_its_card_the_more_seldom_the_longer_slack_takes(
    age: float, wait: float
) -> None:
    told, nobody, slack = story(State.IN_REVIEW), None, Slack()
    service: Any = Journal(told.entries, told.terms)
    request = told.request.model_copy(update={"card": None})
    at = request.opened_at + timedelta(seconds=age)
    ports = Ports(service, StoreTwin(), People(), nobody, slack, lambda: at, CARD.channel)  # type: ignore[arg-type]
    with pytest.raises(Transient) as later:
        await steps.note(request, Claimed(request.id, Step.NOTE, 1, NOW, 1, "token"), ports)
    assert (later.value.retry_after, slack.said) == (wait, [])


async def test_a_note_whose_card_is_held_back_looks_again_when_the_card_was_tried_again() -> None:
    told, nobody, slack, store = story(State.IN_REVIEW), None, Slack(), StoreTwin()
    service: Any = Journal(told.entries, told.terms)
    request = told.request.model_copy(update={"card": None})
    at = request.opened_at + timedelta(hours=1)
    ports = Ports(service, store, People(), nobody, slack, lambda: at, CARD.channel)  # type: ignore[arg-type]
    await store.schedule(request.id, [Due(Step.CARD, at + timedelta(seconds=300))])
    with pytest.raises(Transient) as later:
        await steps.note(request, Claimed(request.id, Step.NOTE, 1, NOW, 1, "token"), ports)
    assert later.value.retry_after == 300 + steps.AFTER_CARD


async def test_a_word_in_the_thread_that_had_no_turn_is_said_later_and_then_once() -> None:
    told = story(State.IN_REVIEW)
    request, slack = told.request.model_copy(update={"card": CARD}), Slack(busy=True)
    service: Any = Journal(told.entries, told.terms)
    nobody: Any = None
    ports = Ports(service, StoreTwin(), People(), nobody, slack, lambda: NOW, CARD.channel)  # type: ignore[arg-type]
    step = Claimed(request.id, Step.TELL, 1, NOW, 1, "token")
    with pytest.raises(Queued):
        await steps.tell(request, step, ports)
    slack.busy = False
    for _ in range(2):
        assert await steps.tell(request, step, ports) is None
    assert len(slack.said) == 1
