"""Programs under test as processes of their own, and what the kernel says they cost."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
OURS = ("greenlight", ("-m", "bot", "run"))
FOREIGN = ("SLACK_", "GREENLIGHT_", "OPENAI_", "NETSKOPE_", "SMTP_", "REDIS_")


def pin(pid: int, core: int) -> None:
    """Keep a process on one core, where the machine has two and lets us."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
    everything = range(os.cpu_count() or 1)
    if len(everything) > 1 and (cores or core == 0):
        os.sched_setaffinity(pid, {list(everything)[core]})


class Program:
    """One process; `name` is what the tables call it."""

    def __init__(
        self, name: str, arguments: tuple[str, ...], environment: Mapping[str, str], log: Path
    ) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
        self.name = name
        self.environment = {**kept, **environment}
        self.log = log
        self._arguments = arguments
        self._process: asyncio.subprocess.Process | None = None

    @property
    def port(self) -> int:
        """Where it listens for Slack."""
        return int(self.environment["GREENLIGHT_HTTP_PORT"])

    @property
    def pid(self) -> int:
        """The process id."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process.pid

    async def spawn(self) -> Self:
        """Start without waiting for anything."""
        with self.log.open("ab") as out:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *self._arguments, env=self.environment, stdout=out, stderr=out, cwd=ROOT
            )
        pin(self.pid, 0)
        return self

    async def until_listening(self, patience: float = 30.0) -> float:
        """Wait until the port accepts; returns the seconds it took."""
        began = time.perf_counter()
        while time.perf_counter() - began < patience:
            if self._process and self._process.returncode is not None:
                break
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.003)
                continue
            writer.close()
            return time.perf_counter() - began
        raise RuntimeError(f"{self.name} does not listen:\n{self.log.read_text()[-2000:]}")

    async def start(self) -> Self:
        """Start and wait until it listens."""
        await self.spawn()
        await self.until_listening()
        return self

    async def stop(self, how: str = "terminate") -> None:
        """End it: `terminate` or `kill`."""
        if self._process and self._process.returncode is None:
            getattr(self._process, how)()
            await self._process.wait()

    async def ended(self) -> None:
        """Wait until it ends by itself."""
        if self._process:
            await self._process.wait()

    def cpu(self) -> float:
        """CPU seconds used so far by all of its threads, by the scheduler's own count."""
        try:
            return _on_cpu(self.pid)
        except OSError:
            return 0.0

    def resident(self) -> float:
        """Resident memory in MiB."""
        for line in Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0


def _on_cpu(pid: int) -> float:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
