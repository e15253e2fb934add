"""Bolt for Python as its documentation shows it: AsyncApp, its own HTTP server, a new session per API call.

`BENCH_MODE=first` answers before the listener ends (process_before_response), with one shared session: the
best that Bolt's own switches give. `BENCH_LISTENERS` registers that many other commands first.
Redis is used as tutorials do: four commands in turn, then the message.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
import uuid

import aiohttp
from redis.asyncio import Redis
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

FORM = ("route", "workspace_id", "organization_id", "api_key", "key_name", "created_by", "scope")
INPUTS = (*FORM, "admin_email", "instance_name")


def modal() -> dict[str, object]:
    """A form with as many inputs as ours."""
    blocks = [
        {
            "type": "input",
            "block_id": name,
            "label": {"type": "plain_text", "text": name},
            "element": {"type": "plain_text_input", "action_id": name},
        }
        for name in INPUTS
    ]
    words = {name: {"type": "plain_text", "text": name} for name in ("title", "submit", "close")}
    return {"type": "modal", "callback_id": "intake", "blocks": blocks, **words}


def build(session: aiohttp.ClientSession | None = None) -> AsyncApp:
    """The app with its two listeners."""
    token, url = os.environ["SLACK_BOT_TOKEN"], os.environ["SLACK_API_URL"]
    app = AsyncApp(
        client=AsyncWebClient(token=token, base_url=url, session=session),
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        process_before_response=session is not None,
    )
    for number in range(int(os.environ.get("BENCH_LISTENERS", "0"))):
        app.command(f"/other{number}")(_ignored)
    redis = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
    background: set[asyncio.Task[None]] = set()

    def spawn(work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        background.add(task)
        task.add_done_callback(background.discard)

    async def open_form(body: dict[str, str], client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal())

    @app.command("/greenlight")
    async def click(ack: AsyncAck, body: dict[str, str], client: AsyncWebClient) -> None:
        await ack()
        if body.get("text"):
            return
        if session is None:
            await open_form(body, client)
        else:
            spawn(open_form(body, client))

    async def announce(values: dict[str, dict[str, dict[str, str]]], client: AsyncWebClient) -> None:
        request = f"GL-{uuid.uuid4().hex[:6]}"
        now = str(time.time())
        typed = {name: values[name][name].get("value") or "" for name in INPUTS}
        await redis.hset(f"naive:req:{request}", mapping={**typed, "api_key": "sealed", "at": now})
        await redis.sadd("naive:open", request)
        await redis.zadd("naive:due", {request: float(now)})
        await redis.xadd(f"naive:audit:{request}", {"event": "opened", "at": now})
        await client.chat_postMessage(
            channel=os.environ["GREENLIGHT_CHANNEL"], text=f"{request}: {typed['workspace_id']}"
        )

    @app.view("intake")
    async def submit(
        ack: AsyncAck, body: dict[str, dict[str, dict[str, object]]], client: AsyncWebClient
    ) -> None:
        values = json.loads(json.dumps(body["view"]["state"]["values"]))
        await ack()
        if session is None:
            await announce(values, client)
        else:
            spawn(announce(values, client))

    return app


async def _ignored(ack: AsyncAck) -> None:
    await ack()


async def serve() -> None:
    """Serve until killed."""
    connector = aiohttp.TCPConnector(limit=40)
    async with aiohttp.ClientSession(connector=connector) as shared:
        app = build(shared if os.environ.get("BENCH_MODE") == "first" else None)
        server = app.server(port=int(os.environ["GREENLIGHT_HTTP_PORT"]), host="127.0.0.1")
        runner = aiohttp.web.AppRunner(server.web_app, access_log=None)
        await runner.setup()
        await aiohttp.web.TCPSite(runner, "127.0.0.1", int(os.environ["GREENLIGHT_HTTP_PORT"])).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
