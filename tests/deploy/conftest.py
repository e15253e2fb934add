"""One bot process that has played the whole journey, watched by a real Prometheus and an OTLP collector."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import yaml
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from bot.sandbox.local import LocalWorld
from bot.sandbox.process import BotProcess, free_port
from bot.sandbox.story import Story
from bot.tracing import trace_of
from tests.wait import until

ROOT = Path(__file__).parents[2]
OBSERVABILITY = ROOT / "deploy" / "observability"


def needed(program: str) -> str:
    """The path of a program; without it the test is skipped here, and fails in CI."""
    if found := shutil.which(program):
        return found
    told = f"{program} is not installed: run `make system-packages` as root, or apt-get install prometheus"
    if os.environ.get("CI") == "true":
        pytest.fail(told)
    pytest.skip(told)


@dataclass
class Collector:
    """An OTLP/HTTP receiver."""

    spans: list[Span] = field(default_factory=list)
    raw: bytes = b""
    port: int = 0

    async def receive(self, request: web.Request) -> web.Response:
        self.raw += (body := await request.read())
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.spans += [span for scope in resource.scope_spans for span in scope.spans]
        return web.Response()


@dataclass
class Played:
    """What is left of the journey: transcript, log, spans, metrics, and who was in it."""

    world: LocalWorld
    story: Story
    request_id: str
    said: str
    log: str
    collector: Collector
    metrics: str
    prometheus: str


@contextmanager
def prometheus(folder: Path, target: int) -> Iterator[str]:
    """A real Prometheus with our rules, scraping the bot every 200 ms; yields its address, or ""."""
    program = shutil.which("prometheus")
    if program is None:
        yield ""
        return
    config: dict[str, Any] = yaml.safe_load((OBSERVABILITY / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "200ms", "scrape_timeout": "200ms", "evaluation_interval": "500ms"}
    config["rule_files"] = [str(OBSERVABILITY / "alerts.yml")]
    config["scrape_configs"][0]["static_configs"][0]["targets"] = [f"127.0.0.1:{target}"]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    port = free_port()
    words = [program, f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'tsdb'}"]
    with (folder / "prometheus.log").open("wb") as log:
        server = subprocess.Popen([*words, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def played(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Played]:
    folder = tmp_path_factory.mktemp("played")
    collector = Collector()
    app = web.Application()
    app.router.add_post("/v1/traces", collector.receive)
    runner = web.AppRunner(app)
    said: list[str] = []
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        world = await stack.enter_async_context(LocalWorld())
        port = free_port()
        environ = world.environment(folder / "data", port=port, scale=0.01)
        environ |= {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{runner.addresses[0][1]}",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        bot = BotProcess(environ, folder / "bot.log", folder=ROOT)
        await bot.start()
        with prometheus(folder, port) as address:
            story = Story(world, said.append)
            await story.play()
            metrics = await _get(f"http://127.0.0.1:{port}/metrics")
            if address:
                await until(lambda: _scraped(address), what="Prometheus to have seen the journey")
            card = str(story.card().blocks)
            request_id = card[card.index("GL-") :][:9]
            await until(lambda: _ended(collector, request_id), what="the last span to have been exported")
            text = "\n".join(said)
            yield Played(world, story, request_id, text, bot.output, collector, metrics, address)
        assert await bot.stop() == 0


def _ended(collector: Collector, request_id: str) -> bool:
    trace = bytes.fromhex(trace_of(request_id))
    return any(
        span.trace_id == trace and any(one.value.string_value == "connected" for one in span.attributes)
        for span in collector.spans
    )


async def evaluated(address: str) -> list[dict[str, Any]]:
    """Every alert with its health and state, once all were evaluated."""

    async def ready() -> list[dict[str, Any]]:
        async with aiohttp.ClientSession() as session, session.get(f"{address}/api/v1/rules") as answer:
            groups = (await answer.json())["data"]["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        return rules if all(rule["health"] != "unknown" for rule in rules) else []

    found: list[dict[str, Any]] = await until(ready, what="Prometheus to evaluate the alerts")
    return found


async def _get(url: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.text()


async def query(address: str, expression: str) -> list[dict[str, Any]]:
    """What Prometheus answers; an expression it does not understand is an error."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{address}/api/v1/query", params={"query": expression}) as answer,
    ):
        body = await answer.json()
    assert body["status"] == "success", (expression, body)
    found: list[dict[str, Any]] = body["data"]["result"]
    return found


async def _scraped(address: str) -> bool:
    try:
        # Three samples of what came last, so that every rate has something to go by.
        seen = 'count_over_time(greenlight_time_in_state_seconds_count{state="verifying"}[1m]) >= 3'
        return bool(await query(address, seen))
    except aiohttp.ClientError:
        return False
