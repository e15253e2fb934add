"""The journey as an OTLP collector sees it, and what the log of the same journey holds."""

from __future__ import annotations

import json
import re

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from bot import tracing
from bot.sandbox import local
from tests.deploy.conftest import Played
from tests.wait import until

pytestmark = pytest.mark.asyncio(loop_scope="package")


def of_request(played: Played) -> list[Span]:
    wanted = bytes.fromhex(tracing.trace_of(played.request_id))
    return [span for span in played.collector.spans if span.trace_id == wanted]


def path(span: Span, spans: list[Span]) -> list[str]:
    """The names from the outermost span to this one."""
    by_id = {one.span_id: one for one in spans}
    names = [span.name]
    while span.parent_span_id in by_id:
        span = by_id[span.parent_span_id]
        names.insert(0, span.name)
    return names


async def test_one_trace_holds_the_way_from_slack_through_the_store_to_the_provider_and_back(
    played: Played,
) -> None:
    spans = of_request(played)
    paths = {" > ".join(path(span, spans)) for span in spans}
    assert "slack interactive > save" in paths
    assert "step probe > http" in paths
    assert "step probe > save" in paths
    assert "step card > chat.postMessage" in paths
    assert "step mail > smtp send" in paths
    assert "step look > http" in paths


def whole(spans: list[Span]) -> list[Span]:
    """These spans, if all of them have their parent among them."""
    known = {span.span_id for span in spans} | {b""}
    return spans if all(span.parent_span_id in known for span in spans) else []


async def test_every_span_has_its_parent_in_the_same_trace_and_lasted_some_time(played: Played) -> None:
    # A span is exported when it ends, what is inside it sooner; and the bot goes on watching the connection.
    spans = await until(lambda: whole(of_request(played)), what="every span's parent")
    assert all(span.end_time_unix_nano >= span.start_time_unix_nano > 0 for span in spans)


async def test_what_the_story_saved_stands_in_its_order(played: Played) -> None:
    saves = sorted(
        (span for span in of_request(played) if span.name == "save"), key=lambda one: one.start_time_unix_nano
    )
    states = [next(a.value.string_value for a in span.attributes if a.key == "state") for span in saves]
    assert states[0] == "checking"
    assert states[-1] == "connected"


def personal(played: Played) -> list[str]:
    people = [user.real_name for user in played.world.slack.world.users.values() if not user.is_bot]
    return [*people, "@acme", "@openai", "netskope-compliance", "ChatGPT Acme"]


def secret(played: Played) -> list[str]:
    slack = played.world.slack
    tokens = [slack.bot_token, slack.app_token, slack.signing_secret, played.world.netskope.token]
    return [played.story.key, played.story.key[-12:], *tokens]


async def test_spans_hold_no_secret_no_person_and_nothing_that_was_typed(played: Played) -> None:
    assert len(played.collector.spans) > 20
    text = played.collector.raw.decode("latin-1")
    for word in [*secret(played), *personal(played), local.WORKSPACE, local.ORGANIZATION, local.ADMIN]:
        assert word not in text, word


async def test_the_log_at_info_holds_no_secret_and_no_personal_data(played: Played) -> None:
    assert '"ready"' in played.log
    for word in [*secret(played), *personal(played), local.WORKSPACE, local.ORGANIZATION]:
        assert word not in played.log, word
    lines = [json.loads(line) for line in played.log.splitlines() if line.startswith("{")]
    moves = [(line["before"], line["after"]) for line in lines if line["event"] == "changed"]
    walked = ["new", "checking", "in_review", "awaiting_openai", "awaiting_netskope", "verifying"]
    assert [before for before, after in moves if before != after] == walked
    about = {(line["request"], line["trace"]) for line in lines if line["event"] == "changed"}
    assert about == {(played.request_id, tracing.trace_of(played.request_id))}
    users = [line for line in lines if line["level"] == "info" and re.search(r"\bU0[A-Z]", json.dumps(line))]
    assert users == []
