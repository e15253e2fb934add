"""Real servers as processes that can be killed, paused and brought back: one, three, or guarded."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import redis

from bot.adapters.embedded import find_server
from bot.sandbox.process import PORTS, free_port
from tests.wait import until_now

CLUSTER_SLOTS = 16_384
BUS = 10_000  # so far above its port a Cluster's server listens for the others
QUICK_MS, PATIENT_MS = 500, 600_000
ANSWER_SECONDS = 60


def _port() -> int:
    """A free port whose bus port is free too, and like it below those of outgoing connections."""
    while (port := free_port()) + BUS >= PORTS.stop or not _is_free(port + BUS):
        continue
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Server:
    """One server on a port of this machine; what it wrote is on disk before it is acknowledged."""

    def __init__(self, folder: Path, *options: str, port: int = 0, mode: str = "") -> None:
        self.folder = folder
        self.port = port or _port()
        self._options = options
        self._mode = mode
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def ask(self, *command: str | float) -> object:
        with redis.Redis(port=self.port, retry=None, socket_timeout=ANSWER_SECONDS) as client:
            return client.execute_command(*command)

    def info(self, section: str) -> dict[str, object]:
        with redis.Redis(port=self.port, retry=None, socket_timeout=ANSWER_SECONDS) as client:
            return dict(client.info(section))

    def start(self) -> Server:
        self.folder.mkdir(parents=True, exist_ok=True)
        written = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        words = [self._mode, "--sentinel"] if self._mode else written
        base = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(find_server()), *words, *base, *self._options], stdout=log, stderr=log
            )
        until_now(self.answers, what=f"the server on {self.port}")
        return self

    def answers(self) -> bool:
        try:
            return bool(self.ask("PING"))
        except redis.RedisError:
            return False

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """As a disk that hangs: alive, connected, and silent."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, which: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            os.kill(self._process.pid, which)

    def _end(self, which: signal.Signals) -> None:
        self.resume()
        self._signal(which)
        if self._process:
            self._process.wait()


@contextmanager
def server(folder: Path, *options: str) -> Iterator[Server]:
    """One server."""
    one = Server(folder, *options)
    try:
        yield one.start()
    finally:
        one.kill()


@contextmanager
def cluster(folder: Path) -> Iterator[list[Server]]:
    """A Cluster of three primaries."""
    with ExitStack() as stack:
        nodes = [stack.enter_context(server(folder / str(n), "--cluster-enabled", "yes")) for n in range(3)]
        bounds = [CLUSTER_SLOTS * n // 3 for n in range(4)]
        for node, first, after in zip(nodes, bounds, bounds[1:], strict=False):
            node.ask("CLUSTER", "ADDSLOTSRANGE", first, after - 1)
            node.ask("CLUSTER", "MEET", "127.0.0.1", nodes[0].port)
        for node in nodes:
            until_now(
                lambda node=node: "cluster_state:ok" in str(node.ask("CLUSTER", "INFO")), what="a Cluster"
            )
            until_now(
                lambda node=node: "cluster_known_nodes:3" in str(node.ask("CLUSTER", "INFO")),
                what="three nodes",
            )
        yield nodes


class Guarded:
    """A primary, its replica, and a Sentinel that decides alone, and quickly once the primary was lost."""

    def __init__(self, primary: Server, replica: Server, guard: Server) -> None:
        self.primary = primary
        self.replica = replica
        self.guard = guard

    @property
    def url(self) -> str:
        return f"redis+sentinel://{self.guard.address}/green"

    def lose_primary(self) -> None:
        """Nothing more is promised by it, then it is gone, then its replica takes over.

        Before and after that a server that is merely slow is not taken for lost.
        """
        self.primary.pause()
        self.primary.kill()
        self.guard.ask("SENTINEL", "SET", "green", "down-after-milliseconds", QUICK_MS)
        until_now(self.promoted, what="the replica to take over", timeout=240)
        self.guard.ask("SENTINEL", "SET", "green", "down-after-milliseconds", PATIENT_MS)

    def promoted(self) -> bool:
        try:
            return self.replica.info("replication")["role"] == "master"
        except redis.RedisError:  # the Sentinel sends everybody away when it promotes it
            return False


@contextmanager
def guarded(folder: Path) -> Iterator[Guarded]:
    """A primary with a replica under a Sentinel."""
    with ExitStack() as stack:
        primary = stack.enter_context(server(folder / "primary"))
        follow = ("--replicaof", f"127.0.0.1 {primary.port}", "--repl-diskless-sync-delay", "0")
        replica = stack.enter_context(server(folder / "replica", *follow))
        until_now(lambda: replica.info("replication").get("master_link_status") == "up", what="a replica")
        config = folder / "sentinel.conf"
        config.write_text(
            f"sentinel monitor green 127.0.0.1 {primary.port} 1\n"
            f"sentinel down-after-milliseconds green {PATIENT_MS}\nsentinel failover-timeout green 3000\n"
        )
        guard = Server(folder / "sentinel", mode=str(config)).start()
        stack.callback(guard.kill)
        # One that stood still for two seconds would trust no clock for thirty, and decide nothing.
        guard.ask("SENTINEL", "DEBUG", "tilt-trigger", 10**6, "tilt-period", 1000)
        until_now(lambda: "'slaves': 1" in str(guard.info("sentinel")), what="a Sentinel that knows both")
        yield Guarded(primary, replica, guard)
