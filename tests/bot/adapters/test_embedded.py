"""The embedded server with real processes: start together, die, come back, stop."""

import asyncio
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import redis.asyncio as redis

from bot.adapters.embedded import EmbeddedServer, EmbeddedServerError, find_server
from tests.wait import until

# A user of the server as a process of its own: says its URL, and closes when its input ends.
USER = """
import asyncio, sys
from pathlib import Path
from bot.adapters.embedded import EmbeddedServer

async def main():
    server = EmbeddedServer(Path(sys.argv[1]))
    print(await server.start(), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.close()

asyncio.run(main())
"""


class User:
    """One process that uses the embedded server of a folder."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, folder: Path) -> "User":
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", USER, str(folder), stdin=pipe, stdout=pipe
        )
        return cls(process)

    async def url(self) -> str:
        return (await self.process.stdout.readline()).decode().strip()

    async def leave(self) -> None:
        self.process.stdin.close()
        assert await self.process.wait() == 0

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()


async def ask(url: str, *command: str):
    async with redis.Redis.from_url(url, decode_responses=True, retry=None, socket_timeout=60) as client:
        return await client.execute_command(*command)


async def pid_of(url: str) -> int:
    return (await ask(url, "INFO", "server"))["process_id"]


def servers_on(folder: Path) -> list[int]:
    """Processes whose working folder is the server's data folder."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink() == folder / "valkey":
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


needs_proc = pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="counts processes through /proc")


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Path]:
    yield tmp_path
    for process in servers_on(tmp_path):
        os.kill(process, signal.SIGKILL)


@needs_proc
async def test_three_users_that_start_at_once_share_one_server(folder: Path) -> None:
    users = await asyncio.gather(*(User.start(folder) for _ in range(3)))
    urls = {await user.url() for user in users}
    assert len(urls) == 1
    assert len(servers_on(folder)) == 1
    for user in users:
        await user.leave()
    assert servers_on(folder) == []


async def test_the_last_one_out_stops_the_server_and_no_one_before(folder: Path) -> None:
    first, second = EmbeddedServer(folder), EmbeddedServer(folder)
    url = await first.start()
    await second.start()
    await first.close()
    assert await ask(url, "PING")
    await second.close()
    with pytest.raises(redis.ConnectionError):
        await ask(url, "PING")


async def test_a_killed_user_leaves_its_server_and_data_to_the_next(folder: Path) -> None:
    doomed = await User.start(folder)
    url = await doomed.url()
    process = await pid_of(url)
    await ask(url, "SET", "kept", "yes")
    await doomed.kill()

    heir = EmbeddedServer(folder)
    assert await heir.start() == url
    assert await ask(url, "GET", "kept") == "yes"
    assert await pid_of(url) == process
    await heir.close()
    with pytest.raises(redis.ConnectionError):
        await ask(url, "PING")


async def test_a_killed_server_loses_nothing_and_is_started_again_under_its_user(folder: Path) -> None:
    server = EmbeddedServer(folder)
    url = await server.start()
    process = await pid_of(url)
    for number in range(50):
        await ask(url, "XADD", "log", "*", "n", str(number))
    os.kill(process, signal.SIGKILL)

    async def back() -> bool:
        try:
            return await pid_of(url) != process
        except redis.RedisError:
            return False

    await until(back, what="the server to be started again")
    assert await ask(url, "XLEN", "log") == 50
    await server.close()


async def test_user_and_server_killed_together_lose_nothing(folder: Path) -> None:
    doomed = await User.start(folder)
    url = await doomed.url()
    process = await pid_of(url)
    await ask(url, "SET", "kept", "yes")
    await doomed.kill()
    os.kill(process, signal.SIGKILL)

    heir = EmbeddedServer(folder)
    await heir.start()
    assert await ask(url, "GET", "kept") == "yes"
    await heir.close()


async def test_ctrl_c_for_the_users_group_does_not_reach_the_server(folder: Path) -> None:
    server = EmbeddedServer(folder)
    process = await pid_of(await server.start())
    assert os.getpgid(process) != os.getpgid(0)
    assert os.getsid(process) != os.getsid(0)
    await server.close()


async def test_data_survives_an_orderly_stop(folder: Path) -> None:
    server = EmbeddedServer(folder)
    url = await server.start()
    await ask(url, "SET", "kept", "yes")
    await server.close()
    await server.close()
    await server.start()
    assert await ask(url, "GET", "kept") == "yes"
    await server.close()


async def test_the_server_writes_before_it_answers_and_never_evicts(folder: Path) -> None:
    server = EmbeddedServer(folder)
    url = await server.start()
    chosen = {
        name: (await ask(url, "CONFIG", "GET", name))[name]
        for name in ("appendonly", "appendfsync", "maxmemory-policy", "port")
    }
    assert chosen == {
        "appendonly": "yes",
        "appendfsync": "always",
        "maxmemory-policy": "noeviction",
        "port": "0",
    }
    await server.close()


async def test_nobody_else_on_the_machine_can_reach_socket_or_data(folder: Path) -> None:
    server = EmbeddedServer(folder)
    socket = Path((await server.start()).removeprefix("unix://"))
    assert [mode_of(path) for path in (socket, socket.parent, folder / "valkey")] == [0o600, 0o700, 0o700]
    await server.close()


async def test_a_data_folder_with_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 20) / ("deeper" * 10)
    server = EmbeddedServer(folder)
    url = await server.start()
    assert len(url.removeprefix("unix://")) <= 100
    assert await ask(url, "PING")
    await server.close()
    Path(url.removeprefix("unix://")).parent.rmdir()


async def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    server = EmbeddedServer(folder)
    await server.start()
    await server.close()
    manifest = folder / "valkey" / "appendonlydir" / "appendonly.aof.manifest"
    manifest.write_text("damaged\n")
    with pytest.raises(EmbeddedServerError, match=r"stopped at once: .*AOF"):
        await server.start()
    await server.close()


async def test_a_data_folder_that_cannot_be_made_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedServerError, match=r"cannot be used: "):
        await EmbeddedServer(tmp_path / "file").start()


def test_the_server_binary_is_found() -> None:
    assert os.access(find_server(), os.X_OK)
