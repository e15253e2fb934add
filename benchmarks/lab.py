"""The bench: servers, certificates, wires and programs, started and stopped together."""

from __future__ import annotations

import asyncio
import os
import shutil
import ssl
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import trustme
from redis.asyncio import Redis

from benchmarks.load import SECRET, Slacker
from benchmarks.programs import OURS, Program, pin
from benchmarks.relay import Relay
from benchmarks.slack import CHANNEL, BenchSlack
from bot.adapters.embedded import find_server
from bot.adapters.vault import Keyring
from bot.sandbox.openai import OpenAISandbox
from bot.sandbox.process import free_port

PROGRAMS = {
    "bolt": ("-m", "benchmarks.baselines.bolt"),
    "bolt, best switches": ("-m", "benchmarks.baselines.bolt"),
    "floor": ("-m", "benchmarks.baselines.lean"),
    OURS[0]: OURS[1],
}
RTT = 0.030


@dataclass(frozen=True)
class Size:
    """How much to measure: `rounds` interleaved rounds of `seconds` each."""

    rounds: int
    seconds: float
    quick: bool = False
    tiny: bool = False


FULL = Size(5, 1.5)
QUICK = Size(2, 0.8, quick=True)
TINY = Size(1, 0.2, quick=True, tiny=True)


class Valkey:
    """A server of its own with an append-only file, and what it counts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"unix://{folder / 's'}"
        self.client: Redis = Redis.from_url(self.url, decode_responses=True)
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start and wait for an answer."""
        options = ["--port", "0", "--unixsocket", str(self.folder / "s"), "--dir", str(self.folder)]
        options += ["--save", "", "--appendonly", "yes", "--appendfsync", "everysec"]
        options += ["--maxmemory-policy", "noeviction", "--auto-aof-rewrite-percentage", "0"]
        with (self.folder / "log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(find_server()), *options, stdout=log, stderr=log
            )
        pin(self._process.pid, 1)
        while not (self.folder / "s").exists():  # noqa: ASYNC110  # another process makes it
            await asyncio.sleep(0.01)
        await self.client.ping()

    async def close(self) -> None:
        """Stop it."""
        await self.client.aclose()
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def used(self) -> int:
        """Bytes in use."""
        return int((await self.client.info("memory"))["used_memory"])

    async def counts(self) -> dict[str, int]:
        """How often each command ran, inner commands of scripts included."""
        stats = await self.client.info("commandstats")
        return {name.removeprefix("cmdstat_"): row["calls"] for name, row in stats.items()}

    async def reads(self) -> int:
        """How many times the server read from a client: one per round trip, a pipeline being one."""
        return int((await self.client.info("stats"))["total_reads_processed"])


class Lab:
    """Everything a scenario may use."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.folder = Path(tempfile.mkdtemp(prefix="glb-"))
        self.slack = BenchSlack()
        self.openai = OpenAISandbox()
        self._stack = AsyncExitStack()
        self._ca = trustme.CA()
        self._certificates = self.folder / "ca.pem"
        self._number = 0

    async def __aenter__(self) -> Self:
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        pin(os.getpid(), 1)
        self._ca.cert_pem.write_to_path(str(self._certificates))
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._ca.issue_cert("127.0.0.1", "localhost").configure_cert(tls)
        await self.slack.start(tls)
        self._stack.push_async_callback(self.slack.close)
        await self.openai.start()
        self._stack.push_async_callback(self.openai.close)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def valkey(self) -> Valkey:
        """A fresh server."""
        folder = self.folder / f"v{self._next()}"
        folder.mkdir()
        server = Valkey(folder)
        await server.start()
        self._stack.push_async_callback(server.close)
        return server

    async def wire(self, rtt: float = RTT) -> int:
        """A port that leads to Slack over a longer wire."""
        relay = Relay(self.slack.port, rtt)
        port = await relay.start()
        self._stack.push_async_callback(relay.close)
        return port

    def program(self, name: str, redis_url: str, *, port: int | None = None, **extra: str) -> Program:
        """A program that is not started yet; `port` is that of Slack or of a wire to it."""
        environment = {
            "SLACK_BOT_TOKEN": "xoxb-bench",
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": f"https://localhost:{port or self.slack.port}/api/",
            "SSL_CERT_FILE": str(self._certificates),
            "GREENLIGHT_TRANSPORT": "http",
            "GREENLIGHT_HTTP_PORT": str(free_port()),
            "GREENLIGHT_CHANNEL": CHANNEL,
            "GREENLIGHT_REVIEWERS": "U0REVIEW",
            "GREENLIGHT_ENCRYPTION_KEYS": Keyring.generate().dump().get_secret_value(),
            "GREENLIGHT_DATA_DIR": str(self.folder / "data"),
            "REDIS_URL": redis_url,
            "OPENAI_COMPLIANCE_URL": self.openai.compliance_url,
            "OPENAI_API_URL": self.openai.api_url,
            "NETSKOPE_TENANT_URL": "https://acme.goskope.com",
            "BENCH_MODE": "first" if name == "bolt, best switches" else "",
        }
        log = self.folder / f"p{self._next()}.log"
        program = Program(name, PROGRAMS[name], {**environment, **extra}, log)
        self._stack.push_async_callback(program.stop, "kill")
        return program

    async def running(self, *names: str, port: int | None = None) -> list[tuple[Program, Slacker, Valkey]]:
        """These programs, started, each with its own server and warmed by a few clicks."""
        found = []
        for name in names:
            server = await self.valkey()
            program = await self.program(name, server.url, port=port).start()
            slacker = Slacker(program.port)
            self._stack.push_async_callback(slacker.close)
            found.append((program, slacker, server))
        return found

    def _next(self) -> int:
        self._number += 1
        return self._number


def machine() -> str:
    """What this was measured on, and how busy it was."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores ({model}), load {load:.1f} at the start, {time.strftime('%Y-%m-%d')}"
