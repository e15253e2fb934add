"""Fixtures for all tests: a real Valkey per test process."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, settings

from bot.adapters.embedded import find_server
from tests.wait import until_now

# Slack's three seconds are tested where they matter; elsewhere a machine that stalls must not fail a test.
os.environ.setdefault("GREENLIGHT_ACK_SECONDS", "20")
# A busy machine is slow, not wrong; and what is drawn is the same in every run, so that a run decides about
# what was changed. `make fuzz` draws anew, and so does this with DRAW=anew.
settings.register_profile(
    "shared",
    deadline=None,
    derandomize=os.environ.get("DRAW") != "anew",
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("shared")


def _answers(socket: Path) -> bool:
    with redis.Redis(unix_socket_path=str(socket), retry=None) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """A real server of this test process only (xdist workers get one each), without persistence."""
    folder = Path(tempfile.mkdtemp(prefix="gl-"))  # short: a socket path may have 104 bytes
    socket = folder / "s"
    options = ["--port", "0", "--unixsocket", str(socket), "--dir", str(folder), "--save", ""]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([str(find_server()), *options], stdout=log, stderr=log)
    try:
        until_now(lambda: _answers(socket), what="the test server to answer")
        yield f"unix://{socket}"
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder)


@pytest.fixture
def redis_url(valkey_url: str) -> str:
    """The same server, empty."""
    with redis.Redis.from_url(valkey_url) as client:
        client.flushall()
    return valkey_url
