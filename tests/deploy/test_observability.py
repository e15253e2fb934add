"""Dashboard and alerts against a real Prometheus that has scraped a real bot."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.deploy.conftest import OBSERVABILITY, Played, evaluated, needed, query
from tests.repo.test_dashboard import QUERIES

# What one short journey gives no sample of.
QUIET = {"Alarms", "Auditor: findings", "Auditor: rounds", "Slack errors"}


@pytest.mark.parametrize(
    "words",
    ["test rules alerts.test.yml", "check rules alerts.yml", "check config prometheus.yml"],
)
def test_promtool_agrees(words: str) -> None:
    done = subprocess.run(
        [needed("promtool"), *words.split()], cwd=OBSERVABILITY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.asyncio(loop_scope="package")
class TestARealPrometheus:
    async def test_it_answers_every_query_of_the_dashboard_with_the_journeys_numbers(
        self, played: Played
    ) -> None:
        needed("prometheus")
        empty = []
        for title, expression in QUERIES.items():
            asked = expression.replace("$__rate_interval", "1m")
            if not await query(played.prometheus, asked):
                empty.append(title)
        assert [title for title in empty if not title.startswith(tuple(QUIET))] == []

    async def test_it_evaluates_every_alert_and_a_healthy_bot_raises_none(self, played: Played) -> None:
        needed("prometheus")
        for rule in await evaluated(played.prometheus):
            assert rule["health"] == "ok", rule
            assert rule["state"] != "firing", rule

    async def test_the_journey_is_in_the_numbers(self, played: Played) -> None:
        lines = played.metrics.splitlines()
        assert 'greenlight_requests{state="connected"} 1.0' in lines
        assert 'greenlight_time_in_state_seconds_count{state="awaiting_openai"} 1.0' in lines
        assert "greenlight_time_to_grant_seconds_count 1.0" in lines
        assert "greenlight_time_to_connected_seconds_count 1.0" in lines
        for name in ("ack_seconds_count", "slack_calls_total", "verdicts_total", "step_lag_seconds_count"):
            assert any(re.match(rf"greenlight_{name}\S* [1-9]", line) for line in lines), name

    async def test_slacks_three_kinds_of_delivery_are_told_apart(self, played: Played) -> None:
        kinds = re.findall(r'greenlight_ack_seconds_count\{kind="(\w+)"\}', played.metrics)
        assert {"slash_commands", "interactive"} <= set(kinds)

    async def test_no_label_names_a_person_a_request_or_a_secret(self, played: Played) -> None:
        ours = "\n".join(line for line in played.metrics.splitlines() if not line.startswith("#"))
        for word in ("U0", "GL-", "acme", "@", played.story.key[-4:], "sk-", "xox"):
            assert word not in ours


def test_the_folder_holds_what_the_guide_names() -> None:
    assert {one.name for one in Path(OBSERVABILITY).iterdir()} == {
        "alerts.test.yml",
        "alerts.yml",
        "grafana-dashboard.json",
        "prometheus.yml",
    }
