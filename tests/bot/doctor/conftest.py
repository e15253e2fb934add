"""An installation in the local world that a doctor can look at, and break, and mend."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import redis

from bot.adapters.embedded import find_server
from bot.adapters.vault import Keyring
from bot.checkup import Checkup
from bot.doctor import Finding, Standing
from bot.sandbox.local import LocalWorld
from bot.settings import load_settings
from tests.wait import until

ROOT = Path(__file__).parents[3]


@dataclass
class Patient:
    """One installation: the local world, an environment, a store of its own; `now` is its clock."""

    world: LocalWorld
    folder: Path
    environ: dict[str, str]
    store: redis.Redis
    now: datetime | None = None
    hello: str | None = None
    ran: list[str] = field(default_factory=list)

    async def findings(self) -> list[Finding]:
        now = self.now
        checkup = Checkup(
            load_settings(self.environ),
            (lambda: now) if now else (lambda: datetime.now(UTC)),
            environ=self.environ,
            hello=self.hello,
        )
        return await checkup.findings()

    async def found(self, name: str) -> Finding:
        """The one finding of this name."""
        (finding,) = [one for one in await self.findings() if one.name == name]
        return finding

    async def told(self, finding: Finding) -> None:
        """Run every command that the finding tells, as an operator would in a shell."""
        commands = re.findall(r"`([^`]+)`", finding.mend)
        assert commands, f"no command in {finding.mend!r}"
        for command in commands:
            await asyncio.to_thread(self._run, command)

    def _run(self, command: str) -> None:
        self.ran.append(command)
        paths = f"{self.folder / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        environ = {**os.environ, **self.environ, "PATH": paths, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            ["sh", "-c", command],
            check=False,
            env=environ,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


REDIS_CLI = """#!{python}
import sys, redis
at = sys.argv.index("-u")
url, words = sys.argv[at + 1], sys.argv[at + 2:]
answer = redis.Redis.from_url(url, decode_responses=True).execute_command(*words)
print(answer)
"""


@pytest.fixture
def own_store() -> Iterator[tuple[Path, int]]:
    """A server of this test alone, since doctors change the configuration: (folder, port)."""
    folder = Path(tempfile.mkdtemp(prefix="gl-"))
    from bot.sandbox.process import free_port

    port = free_port()
    words = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    words += ["--appendonly", "yes", "--appendfsync", "always"]
    users = "user default on nopass ~* &* +@all\nuser greenlight on >pw ~* &* +@all\n"
    (folder / "conf").write_text(users)
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([str(find_server()), str(folder / "conf"), *words], stdout=log, stderr=log)
    yield folder, port
    server.kill()
    server.wait()
    shutil.rmtree(folder)


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


@pytest.fixture
async def patient(own_store: tuple[Path, int], tmp_path: Path) -> AsyncIterator[Patient]:
    _, port = own_store
    cli = tmp_path / "bin" / "redis-cli"
    cli.parent.mkdir()
    cli.write_text(REDIS_CLI.format(python=sys.executable))
    cli.chmod(0o755)
    keys = tmp_path / "keys"
    keys.write_text(Keyring.generate().dump().get_secret_value())
    keys.chmod(stat.S_IRUSR | stat.S_IWUSR)
    async with LocalWorld() as world:
        environ = world.environment(tmp_path / "data")
        environ |= {
            "REDIS_URL": f"redis://greenlight:pw@127.0.0.1:{port}/0",
            "GREENLIGHT_ENCRYPTION_KEYS_FILE": str(keys),
        }
        with redis.Redis.from_url(environ["REDIS_URL"], retry=None, decode_responses=True) as client:
            await until(lambda: answers(client), what="the server")
            client.set("gl:team", world.slack.team_id)
            yield Patient(world, tmp_path, environ, client)


def bad(findings: list[Finding]) -> dict[str, Any]:
    """What needs attention, by name; how fast the store answers says something of this machine only."""
    wrong = (one for one in findings if one.standing in {Standing.WARNING, Standing.FAILURE})
    return {one.name: one for one in wrong if one.name != "redis latency"}
