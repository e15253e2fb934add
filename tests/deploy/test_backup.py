"""Backup and restore as the guide tells it, tried with a real store and real keys."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis
from pydantic import SecretStr

from bot.adapters.embedded import find_server
from bot.domain.destination import Offer
from bot.domain.errors import VaultError
from bot.domain.lifecycle import Terms
from bot.domain.policy import Actor
from bot.ground import Ground, ground
from bot.sandbox.process import free_port
from bot.service import Home, Service
from bot.settings import Settings
from tests.factories import a_draft
from tests.wait import until

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "how-to" / "back-up-and-restore.md"
KEY = "sk-proj-" + "a1B2" * 15 + "T3BlbkFJ" + "c3D4" * 15
ACTOR = Actor(id="U0ADMIN", team="T0", admin=True)
AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def service(base: Ground) -> Service:
    home = Home("T0", "Acme", Offer(tenants=("https://acme.goskope.com",)), base.audit_secret)
    return Service(base.store, base.vault, home, Terms(), lambda: AT, lambda: "GL-7K3M9Q")


async def fill(base: Ground) -> None:
    await service(base).open(a_draft(), SecretStr(KEY), ACTOR, admin_key=False, idempotency="t")


async def check(base: Ground) -> None:
    """Everything is there: the request, its intact chain, its due steps, and the key opens."""
    desk = service(base)
    request = await desk.get("GL-7K3M9Q")
    key = await desk.key_of(request)
    assert key is not None
    assert key.get_secret_value() == KEY
    assert len(await base.store.entries(request.id)) == request.version
    claims = await base.store.claim(AT, 10, 30)  # the clock of `service`, whatever today is
    assert {one.request_id for one in claims.steps} == {"GL-7K3M9Q"}


def commands(heading: str, folder: Path, copy: Path) -> str:
    """The shell commands that the guide shows under a heading, with our folders."""
    _, _, section = GUIDE.read_text().partition(f"## {heading}\n")
    (block,) = re.findall(r"```sh\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    return block.replace("/var/lib/greenlight", str(folder)).replace("/backup", str(copy))


def run(text: str) -> None:
    tested = "\n".join(line for line in text.splitlines() if "systemctl" not in line)
    subprocess.run(["sh", "-euc", tested], check=True, capture_output=True)


async def test_the_embedded_store_is_copied_while_it_runs_and_opens_elsewhere(tmp_path: Path) -> None:
    here, elsewhere, copy = tmp_path / "here", tmp_path / "elsewhere", tmp_path / "copy"
    copy.mkdir()
    async with ground(Settings(data_dir=here), "T0") as base:
        await fill(base)
        await asyncio.to_thread(run, commands("Back up the embedded store", here, copy))
    shutil.rmtree(here)
    elsewhere.mkdir(mode=0o700)
    await asyncio.to_thread(run, commands("Restore the embedded store", elsewhere, copy))
    async with ground(Settings(data_dir=elsewhere)) as base:
        await check(base)


async def test_without_the_key_set_a_backup_opens_no_key(tmp_path: Path) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    async with ground(Settings(data_dir=here), "T0") as base:
        await fill(base)
    shutil.copytree(here, elsewhere)
    (elsewhere / "encryption-keys").unlink()
    async with ground(Settings(data_dir=elsewhere)) as base:
        desk = service(base)
        request = await desk.get("GL-7K3M9Q")
        with pytest.raises(VaultError):
            await desk.key_of(request)


@asynccontextmanager
async def server(folder: Path, *words: str) -> AsyncIterator[str]:
    """A server as an operator runs one, with its files in this folder."""
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "", *words]
    process = subprocess.Popen(  # noqa: ASYNC220  # a start takes a millisecond
        [str(find_server()), *options], stdout=subprocess.DEVNULL
    )
    url = f"redis://127.0.0.1:{port}/0"
    client = redis.Redis.from_url(url, retry=None)
    try:
        await until(lambda: _answers(client), what="the server")
        yield url
    finally:
        client.close()
        process.kill()  # a server that is busy with its files ignores a polite word
        process.wait()


def _written(client: redis.Redis) -> bool:
    told = client.info("persistence")
    return not told["aof_rewrite_in_progress"] and not told["aof_rewrite_scheduled"]


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


async def test_an_rdb_snapshot_of_ones_own_redis_opens_elsewhere_with_the_key_set(tmp_path: Path) -> None:
    from bot.adapters.vault import Keyring

    keys = Keyring.generate().dump()
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    async with server(first, "--appendonly", "yes") as url:
        async with ground(Settings(redis_url=SecretStr(url), encryption_keys=keys), "T0") as base:
            await fill(base)
        with redis.Redis.from_url(url) as client:
            client.save()
    shutil.copy(first / "dump.rdb", second)
    # An append-only server ignores an RDB file, so it starts without one and switches it on afterwards.
    async with server(second, "--appendonly", "no") as url:
        with redis.Redis.from_url(url) as client:
            client.config_set("appendonly", "yes")
            await until(lambda: _written(client), what="the first append-only file")
        async with ground(Settings(redis_url=SecretStr(url), encryption_keys=keys)) as base:
            await check(base)
    assert list((second / "appendonlydir").iterdir())
