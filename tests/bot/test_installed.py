"""What the settings decide about time: a provider gives up, or is given up, before the step is."""

from __future__ import annotations

import pytest

from bot.adapters.http import TOGETHER
from bot.installed import lease_of, provider_patience
from bot.settings import load_settings
from bot.worker import LEASE, SETTLING

SOMETHING = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "GREENLIGHT_CHANNEL": "C0SECURITY"}
REHEARSAL = {"SLACK_API_URL": "http://127.0.0.1:9/api/", "GREENLIGHT_POLL_SCALE": "0.02"}


@pytest.mark.parametrize("more", [{}, REHEARSAL], ids=["production", "rehearsal"])
def test_a_slow_provider_is_found_out_within_the_time_of_the_step_that_asks(more: dict[str, str]) -> None:
    settings = load_settings(SOMETHING | more)
    assert provider_patience(settings) < lease_of(settings) * (1 - SETTLING)


def test_production_has_the_documented_times() -> None:
    settings = load_settings(SOMETHING)
    assert (lease_of(settings), provider_patience(settings)) == (LEASE, TOGETHER)
