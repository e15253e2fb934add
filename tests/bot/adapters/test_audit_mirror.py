"""Copies of the audit trail: kept on the disk, taken by a collector, tried again while neither is so."""

from __future__ import annotations

import asyncio
import fcntl
import json
import ssl
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import trustme
from aiohttp import web
from pydantic import SecretStr

from bot.adapters.audit_mirror import FileMirror, HttpMirror, SyslogMirror, remote_mirror
from bot.adapters.http import open_client
from bot.domain.audit import Entry, link
from bot.domain.errors import Transient
from bot.domain.request import State
from bot.domain.upkeep import CHAIN
from tests.factories import story

ENTRY = link(story(State.IN_REVIEW).last, "before", b"secret")
TOKEN = SecretStr("collector-canary-7f3a91")


async def test_a_line_per_entry_is_appended_for_the_owner_only(tmp_path: Path) -> None:
    mirror = FileMirror(tmp_path / "audit.jsonl")
    await mirror.keep(ENTRY)
    await mirror.keep(ENTRY)
    lines = (tmp_path / "audit.jsonl").read_text().splitlines()
    assert [Entry.model_validate_json(line) for line in lines] == [ENTRY, ENTRY]
    assert stat.S_IMODE((tmp_path / "audit.jsonl").stat().st_mode) == 0o600


async def test_a_rotated_file_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    mirror = FileMirror(path)
    await mirror.keep(ENTRY)
    path.rename(tmp_path / "audit.jsonl.1")
    await mirror.keep(ENTRY)
    assert len(path.read_text().splitlines()) == 1


async def test_a_line_that_a_crash_cut_short_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_text('{"request": "GL-7K3')
    await FileMirror(path).keep(ENTRY)
    assert Entry.model_validate_json(path.read_text().splitlines()[1]) == ENTRY


async def test_a_line_that_another_is_writing_is_waited_for_and_not_taken_for_torn(tmp_path: Path):
    path = tmp_path / "audit.jsonl"
    first, second = (ENTRY.model_dump_json().encode() + b"\n" for _ in range(2))
    with path.open("ab", buffering=0) as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write(first[:20])
        keeping = asyncio.create_task(FileMirror(path).keep(ENTRY))
        _, waiting = await asyncio.wait({keeping}, timeout=0.5)
        other.write(first[20:])
    await keeping
    assert waiting == {keeping}
    assert path.read_bytes() == first + second


async def test_a_file_that_somebody_keeps_locked_is_tried_later_and_holds_no_thread(tmp_path: Path):
    path = tmp_path / "audit.jsonl"
    with ThreadPoolExecutor(1) as one, path.open("ab") as other:
        asyncio.get_running_loop().set_default_executor(one)
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Transient):
            await FileMirror(path, patience=0.2).keep(ENTRY)
        assert await asyncio.wait_for(asyncio.to_thread(int), 30) == 0
        fcntl.flock(other, fcntl.LOCK_UN)
        await FileMirror(path).keep(ENTRY)
    assert path.read_bytes().count(b"\n") == 1


async def test_a_missing_folder_or_a_link_is_refused_until_it_is_mended(tmp_path: Path) -> None:
    mirror = FileMirror(tmp_path / "none" / "audit.jsonl")
    with pytest.raises(Transient):
        await mirror.keep(ENTRY)
    (tmp_path / "elsewhere").symlink_to(tmp_path / "target")
    with pytest.raises(Transient):
        await FileMirror(tmp_path / "elsewhere").keep(ENTRY)
    (tmp_path / "none").mkdir()
    await mirror.keep(ENTRY)


@pytest.mark.parametrize(
    ("status", "kept"), [(200, True), (202, True), (302, False), (401, False), (503, False)]
)
async def test_only_a_2xx_answer_counts_as_kept(status: int, kept: bool) -> None:
    seen: list[tuple[str, str, object]] = []

    async def take(request: web.Request) -> web.Response:
        seen.append(
            (
                request.headers["Authorization"],
                request.headers["Idempotency-Key"],
                json.loads(await request.text()),
            )
        )
        return web.Response(status=status, headers={"Location": "/elsewhere"} if status == 302 else {})

    app = web.Application()
    app.router.add_post("/in", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with open_client("test") as http:
        mirror = HttpMirror(f"http://127.0.0.1:{runner.addresses[0][1]}/in", TOKEN, http)
        if kept:
            await mirror.keep(ENTRY)
        else:
            with pytest.raises(Transient, match=str(status)) as caught:
                await mirror.keep(ENTRY)
            assert "canary" not in str(caught.value)
    await runner.cleanup()
    ((bearer, key, body),) = seen
    assert (bearer, body) == (f"Bearer {TOKEN.get_secret_value()}", ENTRY.model_dump(mode="json"))
    assert key == f"{ENTRY.request}:{ENTRY.seq}:{ENTRY.seal[:16]}"


async def test_two_installations_of_one_collector_do_not_take_each_others_place() -> None:
    keys: list[str] = []

    async def take(request: web.Request) -> web.Response:
        keys.append(request.headers["Idempotency-Key"])
        return web.Response()

    app = web.Application()
    app.router.add_post("/in", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ours, theirs = (
        link(ENTRY.model_copy(update={"request": CHAIN}), "", name) for name in (b"ours", b"theirs")
    )
    async with open_client("test") as http:
        mirror = HttpMirror(f"http://127.0.0.1:{runner.addresses[0][1]}/in", TOKEN, http)
        for one in (ours, ours, theirs):
            await mirror.keep(one)
    await runner.cleanup()
    assert keys[0] == keys[1] != keys[2]


async def test_a_collector_that_is_not_there_is_tried_again() -> None:
    async with open_client("test") as http:
        for url in ("http://127.0.0.1:9/in", "syslog+tcp://127.0.0.1:9"):
            with pytest.raises(Transient):
                await remote_mirror(url, None, http).keep(ENTRY)


@pytest.mark.parametrize("tls", [True, False])
async def test_syslog_gets_one_counted_message_per_entry(tls: bool) -> None:
    authority = trustme.CA()
    server_side, client_side = (
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
        ssl.create_default_context(),
    )
    authority.issue_cert("127.0.0.1").configure_cert(server_side)
    authority.configure_trust(client_side)
    received: asyncio.Queue[bytes] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await received.put(await reader.read())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server_side if tls else None)
    port = server.sockets[0].getsockname()[1]
    await SyslogMirror(f"syslog+{'tls' if tls else 'tcp'}://127.0.0.1:{port}", client_side).keep(ENTRY)
    counted, _, message = (await asyncio.wait_for(received.get(), 60)).partition(b" ")
    server.close()
    assert int(counted) == len(message)
    head, _, body = message.partition(b" - {")
    assert head.startswith(b"<109>1 2026-")
    assert head.endswith(f"greenlight - {ENTRY.event}".encode())
    assert Entry.model_validate_json(b"{" + body) == ENTRY


async def test_a_syslog_server_with_a_strange_certificate_gets_nothing() -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    received = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.read())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    url = f"syslog+tls://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with pytest.raises(Transient, match="SSLCertVerificationError"):
        await SyslogMirror(url).keep(ENTRY)
    server.close()
    assert not any(received)
