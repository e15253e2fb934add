"""`greenlight demo --script` is as promised: two transports, half a minute, an honest exit code."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from pathlib import Path

import pytest

from bot.domain.evidence import Rung
from bot.sandbox import demo
from bot.sandbox.local import LocalWorld
from bot.sandbox.process import surroundings


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_the_script_ends_proven_within_half_a_minute(transport: str):
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--script"),
        env=surroundings() | {"GREENLIGHT_TRANSPORT": transport},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    transcript = said.decode()
    assert process.returncode == 0, transcript[-2000:]
    assert time.monotonic() - began < 30
    ending = transcript.rpartition("== The end ==")[2]
    assert all(f"{rung} · " in ending for rung in Rung)
    assert f"Connected and proven: {', '.join(Rung)} shown" in ending
    assert "a minute of the real product takes about a second" in transcript
    assert "Requester: @Alice Admin" in ending
    assert not re.search(r"[@#][UC]0\w", transcript), "people and channels are named as Slack names them"


async def test_a_connection_that_is_not_proven_is_said_and_is_no_success(tmp_path: Path):
    said: list[str] = []
    async with LocalWorld(green_delay=3600) as world:  # Netskope's green check does not come
        code = await demo._with_bot(world, tmp_path, "socket", said.append)
    assert code == 1
    assert "NOT PROVEN: expected: the tenant shows the green check" in said[-1]
