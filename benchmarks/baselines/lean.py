"""The floor: no framework, one warm pooled session, one script for the save."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import uuid
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web
from redis.asyncio import Redis

from benchmarks.baselines.bolt import modal

SCRIPT = """
redis.call('HSET', KEYS[1], 'doc', ARGV[1])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
redis.call('XADD', KEYS[3], '*', 'e', 'opened')
return 1
"""


class Floor:
    """Two kinds of payload, answered at once."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._secret = os.environ["SLACK_SIGNING_SECRET"].encode()
        self._base = os.environ["SLACK_API_URL"]
        self._login = {"Authorization": f"Bearer {os.environ['SLACK_BOT_TOKEN']}"}
        self._redis = Redis.from_url(os.environ["REDIS_URL"])
        self._view = modal()
        self._tasks: set[asyncio.Task[None]] = set()

    async def call(self, method: str, **args: object) -> None:
        """One Web API call."""
        async with self._session.post(self._base + method, json=args, headers=self._login) as answer:
            await answer.read()

    async def warm(self) -> None:
        """Keep a connection warm."""
        while True:
            await self.call("auth.test")
            await asyncio.sleep(25)

    async def events(self, request: web.Request) -> web.Response:
        """Verify, act, answer."""
        body = await request.read()
        stamp = request.headers["X-Slack-Request-Timestamp"]
        digest = hmac.new(self._secret, f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"v0={digest}", request.headers["X-Slack-Signature"]):
            return web.Response(status=401)
        fields = parse_qs(body.decode(), keep_blank_values=True)
        if "payload" in fields:
            self._spawn(self._submit(json.loads(fields["payload"][0])))
        elif not fields["text"][0]:
            self._spawn(self.call("views.open", trigger_id=fields["trigger_id"][0], view=self._view))
        return web.Response()

    async def _submit(self, payload: dict[str, dict[str, dict[str, object]]]) -> None:
        request = f"GL-{uuid.uuid4().hex[:6]}"
        values = json.dumps(payload["view"]["state"]["values"])
        await self._redis.eval(
            SCRIPT, 3, f"lean:{request}", "lean:due", f"lean:a:{request}", values, 1, request
        )
        await self.call("chat.postMessage", channel=os.environ["GREENLIGHT_CHANNEL"], text=values)

    def _spawn(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def serve() -> None:
    """Serve until killed."""
    connector = aiohttp.TCPConnector(limit=40, keepalive_timeout=90)
    async with aiohttp.ClientSession(connector=connector) as session:
        floor = Floor(session)
        app = web.Application()
        app.router.add_post("/slack/events", floor.events)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await floor.call("auth.test")
        await web.TCPSite(runner, "127.0.0.1", int(os.environ["GREENLIGHT_HTTP_PORT"])).start()
        await floor.warm()


if __name__ == "__main__":
    asyncio.run(serve())
