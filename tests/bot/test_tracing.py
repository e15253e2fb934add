"""Spans find the request they are about, and cost nothing while nobody listens."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot import log, tracing
from bot.adapters.telemetry import exporting
from bot.domain.errors import GreenlightError
from bot.tracing import Span, span, trace_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def spans() -> Iterator[list[Span]]:
    found: list[Span] = []
    remove = tracing.install(found.append)
    yield found
    remove()


def test_work_that_learns_late_what_it_is_about_joins_the_requests_trace(spans: list[Span]) -> None:
    with span("slack interactive"):
        assert tracing.trace() == ""
        with span("save", "GL-7K3M9Q"):
            assert tracing.trace() == trace_of("GL-7K3M9Q")
        assert tracing.trace() == trace_of("GL-7K3M9Q")
    save, delivery = spans
    assert save.parent is delivery
    assert delivery.trace == save.trace == trace_of("GL-7K3M9Q")


def test_two_replicas_agree_on_a_requests_trace_and_two_requests_differ() -> None:
    assert trace_of("GL-7K3M9Q") == trace_of("GL-7K3M9Q")
    assert trace_of("GL-7K3M9Q") != trace_of("GL-7K3M9R")
    assert len(trace_of("GL-7K3M9Q")) == 32


def test_work_inside_a_request_stays_in_its_trace(spans: list[Span]) -> None:
    with span("step probe", "GL-7K3M9Q"), span("http"):
        pass
    assert {one.trace for one in spans} == {trace_of("GL-7K3M9Q")}


def test_work_about_no_request_is_one_trace_of_its_own_without_loose_ends(spans: list[Span]) -> None:
    with span("slack slash_commands"), span("users.info"):
        pass
    (outer,) = spans
    assert outer.name == "slack slash_commands"
    assert len(outer.trace) == 32


def test_an_error_is_named_by_its_kind_and_not_quoted(spans: list[Span]) -> None:
    with pytest.raises(ValueError, match="typed"), span("step probe", "GL-7K3M9Q"):
        raise ValueError("what somebody typed")
    assert spans[0].error == "ValueError"


def test_nothing_is_recorded_while_nobody_listens() -> None:
    with span("step probe", "GL-7K3M9Q"):
        assert tracing.trace() == ""


def test_without_an_endpoint_nobody_listens() -> None:
    with exporting(None, "1"), span("step probe", "GL-7K3M9Q"):
        assert tracing.trace() == ""


def test_an_endpoint_without_the_extra_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)  # as if it were not installed
    with (
        pytest.raises(GreenlightError, match=r"greenlight-bot\[telemetry\]"),
        exporting("http://c:4318", "1"),
    ):
        pass


def test_a_bot_without_a_collector_does_not_even_load_opentelemetry() -> None:
    code = "import sys, bot.main; sys.exit('opentelemetry.exporter' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_a_log_line_names_the_trace_it_was_written_in(spans: list[Span]) -> None:
    stream = io.StringIO()
    log.configure("INFO", stream=stream, console=False)
    with span("step probe", "GL-7K3M9Q"):
        structlog.get_logger("bot").info("inside", request="GL-7K3M9Q")
    structlog.get_logger("bot").info("outside")
    inside, outside = (json.loads(line) for line in stream.getvalue().splitlines())
    assert inside["trace"] == trace_of("GL-7K3M9Q")
    assert "trace" not in outside
