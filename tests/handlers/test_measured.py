"""What a delivery costs is measured behind both transports, and every call to Slack is counted."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry

from bot import metrics
from tests.handlers.conftest import IN_REVIEW, House


def sample(name: str, **labels: str) -> float:
    registry = CollectorRegistry()
    metrics.register(registry)
    return registry.get_sample_value(f"greenlight_{name}", labels) or 0.0


@pytest.mark.parametrize("kind", ["slash_commands", "interactive", "events_api"])
async def test_every_kind_of_delivery_is_timed_until_its_answer(house: House, kind: str) -> None:
    before = sample("ack_seconds_count", kind=kind)
    person = house.person("U0REVIEW1")
    if kind == "slash_commands":
        await person.slash("/greenlight", "help")
    elif kind == "interactive":
        card = await house.show_card(await house.opened(*IN_REVIEW))
        await person.click(card, "Approve")
    else:
        await house.slack.event({"type": "app_home_opened", "user": "U0REVIEW1", "tab": "home"}, "U0REVIEW1")
    assert sample("ack_seconds_count", kind=kind) == before + 1
    assert sample("ack_seconds_sum", kind=kind) > 0


async def test_calls_and_errors_are_counted_by_slacks_own_names(house: House) -> None:
    calls, errors = {"method": "users.info"}, {"method": "users.info", "error": "fatal_error"}
    before = sample("slack_calls_total", **calls), sample("slack_errors_total", **errors)
    house.slack.faults.error("users.info", "fatal_error")
    await house.person("U0REVIEW2").slash("/greenlight", "list")
    assert sample("slack_calls_total", **calls) == before[0] + 1
    assert sample("slack_errors_total", **errors) == before[1] + 1
