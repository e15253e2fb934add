"""Dashboard and alerts against a real Prometheus that has scraped a real bot."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest

from bot import metrics
from bot.domain.request import State
from tests.deploy.conftest import OBSERVABILITY, Played, evaluated, needed, query

DASHBOARD = json.loads((OBSERVABILITY / "grafana-dashboard.json").read_text())
ALERTS = yaml.safe_load((OBSERVABILITY / "alerts.yml").read_text())
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
QUERIES = {
    f"{panel['title']} {target['refId']}": target["expr"]
    for panel in DASHBOARD["panels"]
    for target in panel["targets"]
}
# What one short journey gives no sample of.
QUIET = {"Alarms", "Auditor: findings", "Auditor: rounds", "Slack errors", "Time in state"}


def served() -> str:
    registry = CollectorRegistry()
    metrics.register(registry)
    return generate_latest(registry).decode()


def names(expression: str) -> set[str]:
    return set(re.findall(r"\bgreenlight_[a-z_]+", expression))


def known() -> set[str]:
    types = [
        one for one in re.findall(r"^# TYPE (\S+) (\w+)$", served(), re.MULTILINE) if "_created" not in one[0]
    ]
    suffixes = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}
    return {name + suffix for name, kind in types for suffix in suffixes[kind]}


@pytest.mark.parametrize("expression", [*QUERIES.values(), *(rule["expr"] for rule in RULES)])
def test_every_metric_that_is_asked_for_is_served(expression: str) -> None:
    assert names(expression) <= known()


def test_every_metric_that_is_served_is_on_the_dashboard() -> None:
    shown = {re.sub("_(bucket|sum|count)$", "", name) for text in QUERIES.values() for name in names(text)}
    assert {re.sub("_(bucket|sum|count)$", "", name) for name in known()} == shown


def test_every_state_named_in_a_query_exists() -> None:
    text = " ".join([*QUERIES.values(), *(rule["expr"] for rule in RULES)])
    asked = {one for group in re.findall(r'state[=!~]+"([^"]+)"', text) for one in group.split("|")}
    assert asked <= set(State)


def test_every_alert_is_unit_tested_and_says_what_to_do() -> None:
    tests = yaml.safe_load((OBSERVABILITY / "alerts.test.yml").read_text())["tests"]
    fired = {t["alertname"] for test in tests for t in test["alert_rule_test"] if t["exp_alerts"]}
    assert fired == {rule["alert"] for rule in RULES}
    assert all(rule["annotations"]["description"] for rule in RULES)
    assert {rule["labels"]["severity"] for rule in RULES} == {"page", "ticket"}


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
