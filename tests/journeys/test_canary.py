"""A marked key and every other secret, through the journey and its failures, at DEBUG: found nowhere."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
import redis.asyncio
import trustme

from bot.adapters.embedded import EmbeddedServer
from bot.domain.evidence import Rung
from bot.domain.request import State
from bot.sandbox import local
from bot.sandbox.local import LocalWorld
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.netskope import Fault, NetskopeSandbox
from tests.journeys.conftest import INSTANCE, Apart, Start
from tests.search import leaks
from tests.wait import until

CANARY = "sk-proj-CANARYq7Xw2" + "mZ8vK4tR6yB1nH9s" * 3 + "T3BlbkFJ" + "jD5gF3aL0cP7eU2i" * 3
PASSWORD = 'smtp-canary/"Pa55+w0rd"%&<ö>'  # every way of writing it down looks different
TENANT_TOKEN = "netskope-canary-token-4711"
TYPED = ("Workspace ID", "Organization ID", "Key name", "Created by", "Administrator email", "Instance name")


async def _is_rewritten(client: redis.asyncio.Redis) -> bool:
    state = await client.info("persistence")
    return not state["aof_rewrite_in_progress"] and not state["aof_rewrite_scheduled"]


async def stored(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every value of the bot's own server, and every byte of its files."""
    url = EmbeddedServer(folder).url
    async with redis.asyncio.Redis.from_url(url) as client:
        found = [(f"redis {key.decode()}", await _value(client, key)) async for key in client.scan_iter()]
        await client.config_set("rdbcompression", "no")
        await client.save()
        await client.bgrewriteaof()
        await until(lambda: _is_rewritten(client), what="the append-only file to be written anew")
    files = [path for path in (folder / "valkey").rglob("*") if path.is_file()]
    assert any(path.suffix == ".rdb" for path in files)
    assert any(path.suffix == ".aof" for path in files)
    return iter([*found, *((f"file {path.name}", path.read_bytes()) for path in files)])


async def _value(client: redis.asyncio.Redis, key: bytes) -> bytes:
    kind = (await client.type(key)).decode()
    read = {
        "none": lambda: client.get(key),  # gone since it was listed: the bot is at work
        "string": lambda: client.get(key),
        "hash": lambda: client.hgetall(key),
        "zset": lambda: client.zrange(key, 0, -1),
        "set": lambda: client.smembers(key),
        "list": lambda: client.lrange(key, 0, -1),
        "stream": lambda: client.xrange(key),
    }[kind]
    value = await read()
    return key + b" " + (value if isinstance(value, bytes) else repr(value).encode())


def shown(world: LocalWorld) -> Iterator[tuple[str, bytes]]:
    """Everything the bot said to Slack, to mail, and everything Slack shows because of it."""
    for call in world.slack.calls:
        yield f"slack {call.method}", json.dumps(call.args, default=str).encode()
    for delivery in world.slack.deliveries:
        for attempt in delivery.attempts:
            yield f"answer to {delivery.type}", json.dumps(attempt.body, default=str).encode()
    for message in world.slack.world.posted:
        yield "message", (message.text + json.dumps(message.blocks)).encode()
    for letter in world.mailbox.messages:
        yield "mail", letter.as_bytes()
    for call in world.openai.calls:
        yield "openai path", f"{call.path} {call.user_agent}".encode()
    for path in world.netskope.calls:
        yield "netskope path", path.encode()


async def metrics(port: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
        return await answer.read()


async def mistaken(journey: Apart) -> None:
    """Paste the key where it does not belong, into the form and into the reason of a denial."""
    await journey.open_form()
    for label in TYPED:
        journey.alice.fill(journey.form())
        typed = f"{CANARY}@acme.example" if "email" in label else CANARY
        answer = await journey.alice.submit({label: typed})
        assert answer.errors or answer.shown_error, label
    await journey.alice.close_modal()
    await journey.alice.slash("/greenlight", f"status {CANARY}")
    await journey.alice.slash("/greenlight", CANARY)


async def troubled(journey: Apart) -> None:
    """Every provider fails for a while, and strange payloads arrive."""
    faults = journey.world.slack.faults
    faults.status("chat.update", 500)
    faults.reset("chat.postMessage")
    journey.world.netskope.set_fault(Fault.MALFORMED)
    for trouble in ("outage", "html", "malformed", "pending_silent"):
        before = len(journey.world.openai.calls)
        journey.openai_grants(trouble)
        await journey.until(lambda b=before: len(journey.world.openai.calls) > b + 2, f"probes in {trouble}")
    strange = {"type": "view_submission", "view": {"callback_id": "intake", "state": {"values": CANARY}}}
    await journey.world.slack.deliver("interactive", strange | {"user": {"id": "U0ADMIN"}}, "U0ADMIN")
    await journey.world.slack.deliver("interactive", {"type": CANARY, "actions": [CANARY]}, "U0ADMIN")


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_no_secret_is_found_anywhere(apart: Start, tmp_path: Path, transport: str):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    world = LocalWorld()
    world.mailbox = Mailbox(tls=context, login=("greenlight", PASSWORD))
    world.netskope = NetskopeSandbox(token=TENANT_TOKEN)
    world.openai.add_key(CANARY, "pending", local.WORKSPACE, local.ORGANIZATION)
    await world.mailbox.start()
    smtp = world.mailbox.url.replace("//", f"//greenlight:{quote(PASSWORD, safe='')}@")
    port = smtp.rpartition(":")[2]
    await world.mailbox.close()
    world.mailbox.start = _on(world.mailbox, int(port))
    journey = await apart(
        transport,
        world,
        GREENLIGHT_LOG_LEVEL="DEBUG",
        SMTP_URL=smtp,
        SSL_CERT_FILE=str(tmp_path / "ca.pem"),
    )
    journey.key = CANARY
    await mistaken(journey)
    await journey.in_review(API_key=CANARY)
    assert "key or token" in str((await journey.deny(f"because {CANARY}")).errors)
    await journey.rita.close_modal()
    await journey.approve()
    await journey.until(lambda: world.mailbox.messages, "the e-mail, sent with the password")
    await troubled(journey)
    world.openai.set_state(CANARY, "read_delete")
    world.netskope.set_fault(None)
    await journey.kill_and_restart()
    await journey.stands(State.AWAITING_NETSKOPE)
    await journey.press("I pressed Grant Access", having=journey.create_instance)
    await journey.stands(State.CONNECTED)
    await journey.press("I see the green check")
    world.netskope.flow(INSTANCE)
    await journey.shows(*Rung)

    secrets = {
        "key": CANARY,
        "bot token": world.slack.bot_token,
        "app token": world.slack.app_token,
        "signing secret": world.slack.signing_secret,
        "tenant token": TENANT_TOKEN,
        "mail password": PASSWORD,
    }
    places = [
        ("log", journey.running.output.encode()),
        ("metrics", await metrics(journey.environment["GREENLIGHT_HTTP_PORT"])),
        *await stored(tmp_path / "data"),
        *shown(world),
    ]
    assert len(places) > 60
    assert '"level": "debug"' in journey.running.output or "ready" in journey.running.output
    assert leaks(secrets, places) == []
    # The search looked at something: what may be said is in what each place says.
    said = {place.partition(" ")[0]: b"" for place, _ in places}
    for place, text in places:
        said[place.partition(" ")[0]] += text
    (request_id,) = set(re.findall(rb"GL-\w{6}", said["mail"]))
    assert [
        place
        for place in ("log", "redis", "file", "slack", "message", "mail")
        if request_id not in said[place]
    ] == []
    assert b"greenlight_" in said["metrics"]


def _on(mailbox: Mailbox, port: int):
    start = type(mailbox).start
    return lambda: start(mailbox, port)
