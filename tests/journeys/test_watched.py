"""The auditor at work in the whole bot: it is heard of outside, and its findings reach the channel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from bot.sandbox import local
from bot.sandbox.slack import text_of
from tests.journeys.conftest import Journey, Start


@dataclass
class Watchman:
    """Somebody outside who expects to hear from the bot."""

    url: str = ""
    heard: list[str] = field(default_factory=list)

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append(f"{request.method} {request.path}")
        return web.Response(status=204)


@pytest.fixture
async def watchman() -> AsyncIterator[Watchman]:
    found, app = Watchman(), web.Application()
    app.router.add_get("/alive", found.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/alive"
    yield found
    await runner.cleanup()


@pytest.mark.parametrize("transport", ["socket"])
async def test_a_bot_in_order_is_heard_of_outside_and_what_is_not_in_order_is_said_in_the_channel(
    begin: Start, watchman: Watchman
) -> None:
    journey: Journey = await begin(GREENLIGHT_HEARTBEAT_URL=watchman.url)
    await journey.until(lambda: watchman.heard, "a sign of life")
    ground = journey.home.ground
    await ground.client.xadd(ground.store.keys.dead, {"step": "GL-AAAAAA|note|3", "why": "Slack says: odd"})

    def told() -> bool:
        return any("given up" in text_of(one) for one in journey.world.slack.world.messages(local.CHANNEL))

    await journey.until(told, "the operators to read of it")
