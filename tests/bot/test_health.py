"""What a load balancer, an orchestrator and Prometheus get to see."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from prometheus_client import CollectorRegistry, Counter

from bot import metrics
from bot.health import HealthServer


class Needs:
    """What the bot needs, switched by the test."""

    def __init__(self) -> None:
        self.checks = {"redis": True, "slack": True}
        self.error: Exception | None = None
        self.hangs = False

    async def __call__(self) -> dict[str, bool]:
        if self.hangs:
            await asyncio.Event().wait()
        if self.error:
            raise self.error
        return self.checks


@pytest.fixture
def needs() -> Needs:
    return Needs()


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
async def base(needs: Needs, registry: CollectorRegistry) -> AsyncIterator[str]:
    server = HealthServer(needs, registry, port=0)
    await server.start()
    yield f"http://127.0.0.1:{server.port}"
    await server.close()


async def get(url: str) -> tuple[int, str]:
    async with ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def get_ready(base: str) -> tuple[int, dict]:
    async with ClientSession() as session, session.get(f"{base}/readyz") as answer:
        return answer.status, await answer.json()


async def test_it_is_alive_even_when_it_is_not_ready(base: str, needs: Needs) -> None:
    needs.checks = {"redis": False}
    assert await get(f"{base}/healthz") == (200, "ok\n")


async def test_it_is_ready_when_everything_it_needs_is_there(base: str) -> None:
    assert await get_ready(base) == (200, {"ready": True, "checks": {"redis": True, "slack": True}})


async def test_it_is_not_ready_when_one_thing_is_missing_and_says_which(base: str, needs: Needs) -> None:
    needs.checks = {"redis": True, "slack": False}
    assert await get_ready(base) == (503, {"ready": False, "checks": {"redis": True, "slack": False}})


async def test_a_check_that_fails_is_not_ready_and_tells_no_details(base: str, needs: Needs) -> None:
    needs.error = RuntimeError("redis://user:hidden@host")
    status, answer = await get(f"{base}/readyz")
    assert status == 503
    assert "hidden" not in answer


async def test_a_check_that_hangs_is_not_ready(base: str, needs: Needs) -> None:
    needs.hangs = True
    status, _ = await asyncio.wait_for(get_ready(base), timeout=60)
    assert status == 503


async def test_metrics_come_from_the_registry_that_was_passed_in(
    base: str, registry: CollectorRegistry
) -> None:
    Counter("seen", "Seen", registry=registry).inc(3)
    status, text = await get(f"{base}/metrics")
    assert status == 200
    assert "seen_total 3.0" in text
    assert "python_info" not in text


async def test_every_metric_of_the_bot_is_served_once_registered(
    base: str, registry: CollectorRegistry
) -> None:
    metrics.register(registry)
    metrics.SLACK_ERRORS.labels("chat.update", "message_not_found").inc()
    _, text = await get(f"{base}/metrics")
    for metric in metrics.ALL:
        assert f"# TYPE {metric.describe()[0].name}" in text
    assert 'greenlight_slack_errors_total{error="message_not_found",method="chat.update"}' in text


def test_every_metric_is_in_the_list_and_begins_with_our_name() -> None:
    defined = [
        value for name, value in vars(metrics).items() if name.isupper() and hasattr(value, "describe")
    ]
    assert len(defined) == len(metrics.ALL)
    assert all(metric.describe()[0].name.startswith("greenlight_") for metric in metrics.ALL)


async def test_it_listens_on_loopback_unless_told_otherwise(
    needs: Needs, registry: CollectorRegistry
) -> None:
    server = HealthServer(needs, registry, port=0)
    await server.start()
    assert server.addresses == ["127.0.0.1"]
    await server.close()


async def test_a_taken_port_is_an_error_at_start(
    base: str, needs: Needs, registry: CollectorRegistry
) -> None:
    second = HealthServer(needs, registry, port=int(base.rpartition(":")[2]))
    with pytest.raises(OSError, match="address already in use"):
        await second.start()
    await second.close()
