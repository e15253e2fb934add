"""The journal says who did what, counts what polling repeats, and keeps the order."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.sandbox.local import LocalWorld
from bot.sandbox.page.journal import Journal


@pytest.fixture
async def world() -> AsyncIterator[LocalWorld]:
    async with LocalWorld() as world:
        yield world


async def ask_netskope(world: LocalWorld) -> None:
    async with httpx.AsyncClient() as client:
        await client.get(f"{world.netskope.tenant_url}/api/v2/events/data/audit")


async def test_a_call_that_polling_repeats_is_one_line_with_a_count(world: LocalWorld) -> None:
    journal = Journal(world, lambda: 1.0)
    for _ in range(3):
        await ask_netskope(world)
        journal.gather()
    assert [(one.who, one.what, one.times) for one in journal.entries] == [
        ("bot", "asks Netskope GET /api/v2/events/data/audit", 3)
    ]


async def test_what_a_person_does_is_never_folded_together(world: LocalWorld) -> None:
    journal = Journal(world, lambda: 1.0)
    journal.note("you", "skip an hour")
    journal.note("you", "skip an hour")
    assert [one.times for one in journal.entries] == [1, 1]
    assert [one["number"] for one in journal.to_json()] == [1, 2]


async def test_a_refused_call_is_marked(world: LocalWorld) -> None:
    journal = Journal(world, lambda: 1.0)
    async with httpx.AsyncClient() as client:
        await client.post(f"{world.slack.url}chat.postMessage", headers={"Authorization": "Bearer xoxb-no"})
    journal.gather()
    assert [(one.what, one.bad) for one in journal.entries] == [
        ("asks Slack chat.postMessage: 200 invalid_auth", True)
    ]
