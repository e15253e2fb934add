"""What a saved change says in the log."""

import asyncio

from structlog.testing import capture_logs

from bot import changed, tracing
from bot.domain.errors import Transient
from bot.domain.lifecycle import Due, Step
from bot.domain.request import State
from bot.ports import Claimed
from bot.worker import Worker
from tests.factories import NOW, REVIEWER, story
from tests.twins.store import StoreTwin
from tests.wait import until


def test_a_move_and_what_a_person_did_are_lines_at_info_that_name_nobody() -> None:
    told = story(State.AWAITING_OPENAI)
    before = told.request.model_copy(update={"state": State.IN_REVIEW})
    with capture_logs() as lines:
        changed.note(before, told.request, told.last)
    assert told.last.by == REVIEWER
    assert [(line["log_level"], line["before"], line["after"]) for line in lines] == [
        ("info", "in_review", "awaiting_openai")
    ]
    assert REVIEWER not in str(lines)
    assert (lines[0]["request"], lines[0]["what"]) == (told.request.id, "approved")


def test_what_moved_nothing_and_nobody_did_is_a_line_at_debug() -> None:
    told = story(State.AWAITING_OPENAI)
    with capture_logs() as lines:
        changed.note(told.request, told.request, told.last.model_copy(update={"by": None}))
    assert [line["log_level"] for line in lines] == ["debug"]


async def test_a_step_about_a_person_is_put_off_without_naming_them() -> None:
    store = StoreTwin()

    async def perform(_: Claimed) -> None:
        raise Transient("slack", "service_unavailable")

    await store.schedule("U0ADMIN", [Due(step=Step.HOME, at=NOW)])
    await store.schedule("GL-7K3M9Q", [Due(step=Step.PROBE, at=NOW)])
    spans: list[tracing.Span] = []
    remove = tracing.install(spans.append)
    worker = Worker(store, {Step.HOME: perform, Step.PROBE: perform}, lambda: NOW)
    with capture_logs() as lines:
        working = asyncio.create_task(worker.run())
        await until(lambda: len(lines) == 2, what="both steps to be put off", timeout=30)
        await worker.stop()
        await working
    remove()
    assert [one.attributes.get("request") for one in spans if one.name == "step home"] == [None]
    named = {line["step"]: line.get("request") for line in lines}
    assert named == {Step.HOME: None, Step.PROBE: "GL-7K3M9Q"}
