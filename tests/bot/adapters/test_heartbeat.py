"""The dead man's switch over real HTTP: it pings, fails quietly, and never says where."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from aiohttp import web

from bot.adapters.heartbeat import Heartbeat

SECRET = "3f1c0a77-ping"


@dataclass
class Watchman:
    """Somebody who expects to hear from us."""

    url: str = ""
    status: int = 200
    heard: list[str] = field(default_factory=list)

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append(f"{request.method} {request.path}")
        return web.Response(status=self.status)


@pytest.fixture
async def watchman() -> AsyncIterator[Watchman]:
    found, app = Watchman(), web.Application()
    app.router.add_route("*", "/{any:.*}", found.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/{SECRET}"
    yield found
    await runner.cleanup()


async def test_one_call_is_one_ping(watchman: Watchman) -> None:
    async with httpx.AsyncClient() as client:
        await Heartbeat(client, watchman.url)()
    assert watchman.heard == [f"GET /{SECRET}"]


@pytest.mark.parametrize("trouble", ["refused", "gone"])
async def test_a_failure_is_a_line_in_the_log_that_does_not_say_where(
    watchman: Watchman, trouble: str, capsys: pytest.CaptureFixture[str]
) -> None:
    watchman.status = 404
    url = watchman.url if trouble == "refused" else f"http://127.0.0.1:1/{SECRET}"
    async with httpx.AsyncClient() as client:
        await Heartbeat(client, url)()
    said = capsys.readouterr().out
    assert ("heartbeat_refused" if trouble == "refused" else "heartbeat_lost") in said
    assert SECRET not in said
