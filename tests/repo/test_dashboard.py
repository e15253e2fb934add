"""Dashboard and alerts ask for what the bot serves, and for all of it; `tests/deploy` runs them for real."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest

from bot import metrics
from bot.domain.diagnosis import Verdict
from bot.domain.request import State

OBSERVABILITY = Path(__file__).parents[2] / "deploy" / "observability"
DASHBOARD = json.loads((OBSERVABILITY / "grafana-dashboard.json").read_text())
ALERTS = yaml.safe_load((OBSERVABILITY / "alerts.yml").read_text())
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
QUERIES = {
    f"{panel['title']} {target['refId']}": target["expr"]
    for panel in DASHBOARD["panels"]
    for target in panel["targets"]
}


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


def test_what_happens_seldom_is_served_as_nothing_before_it_happens() -> None:
    """Prometheus sees no increase in a series that begins with its first event."""
    code = (
        "import prometheus_client as p; from bot import metrics; metrics.register(r := p.CollectorRegistry())"
    )
    words = [sys.executable, "-c", f"{code}; print(p.generate_latest(r).decode())"]
    fresh = subprocess.run(words, capture_output=True, text=True, check=True, cwd=OBSERVABILITY.parents[1])
    series = {f'greenlight_time_in_state_seconds_count{{state="{one}"}} 0.0' for one in State}
    series |= {f'greenlight_verdicts_total{{verdict="{one}"}} 0.0' for one in Verdict}
    assert series <= set(fresh.stdout.splitlines())


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
