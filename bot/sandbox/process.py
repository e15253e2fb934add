"""The unchanged bot as a process of its own, started, drained and killed like in production."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import aiohttp

READY_SECONDS = 120.0
PORTS = range(15_000, 32_000)  # Linux hands out 32768 and above, others 49152 and above
PATIENCE = "GREENLIGHT_ACK_SECONDS"


def free_port() -> int:
    """A port nobody listens on, from below those that systems hand out to outgoing connections.

    One that the system chooses may be somebody's again before the program that is to listen has started.
    """
    while True:
        port = PORTS.start + secrets.randbelow(len(PORTS))
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class BotProcess:
    """`python -m bot run` with an environment; its output goes to `log`."""

    def __init__(self, environment: Mapping[str, str], log: Path, *, folder: Path | None = None) -> None:
        self._environment = {**surroundings(), **environment}
        self._log = log
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    def like(self, *, folder: Path) -> BotProcess:
        """One more with the same environment and log, of the code in another folder."""
        return BotProcess(self._environment, self._log, folder=folder)

    @property
    def pid(self) -> int:
        """The process id; only while started."""
        return self._running().pid

    @property
    def alive(self) -> bool:
        """Whether the process runs right now."""
        return self._process is not None and self._process.returncode is None

    @property
    def output(self) -> str:
        """Everything it has written so far."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    async def start(self) -> None:
        """Start and wait for /readyz; raises `RuntimeError` with the last lines when that fails."""
        with self._log.open("ab") as log:  # opening a local file once
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                env=self._environment,
                stdout=log,
                stderr=log,
                cwd=self._folder,
            )
        await self._until_ready()

    async def _until_ready(self) -> None:
        url = f"http://127.0.0.1:{self._environment['GREENLIGHT_HTTP_PORT']}/readyz"
        try:
            async with asyncio.timeout(READY_SECONDS), aiohttp.ClientSession() as session:
                while not await _answers(session, url):
                    if self._running().returncode is not None:
                        raise RuntimeError(f"the bot stopped at once:\n{self.output[-2000:]}")
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise RuntimeError(f"the bot is not ready:\n{self.output[-2000:]}") from None

    async def stop(self) -> int:
        """SIGTERM and wait; returns the exit code."""
        if self._running().returncode is None:
            self._running().send_signal(signal.SIGTERM)
        return await self._running().wait()

    @property
    def exit_code(self) -> int | None:
        """The exit code; None while it runs."""
        return self._running().returncode

    async def ended(self) -> int:
        """Wait until it ends by itself, or by a signal from elsewhere; returns the exit code."""
        return await self._running().wait()

    async def kill(self) -> None:
        """SIGKILL: no goodbye."""
        if self._running().returncode is None:
            self._running().kill()
        await self._running().wait()

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError("not started")
        return self._process


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


def surroundings() -> dict[str, str]:
    """The surroundings without any setting of a real installation; how patient a local Slack is stays."""
    ours = ("SLACK_", "GREENLIGHT_", "OPENAI_", "NETSKOPE_", "SMTP_", "REDIS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    patience = os.environ.get(PATIENCE)
    return kept | ({PATIENCE: patience} if patience else {})
