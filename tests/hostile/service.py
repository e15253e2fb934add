"""Honest traffic beside the hostile client: signed commands at a steady pace, their answers timed."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass

import aiohttp

from tests.hostile.attacks import BODY, HOST, PATH, signed

SECRET = "sandbox-signing-secret"
PACE = 40.0  # honest commands a second


@dataclass
class Level:
    """How fast and how often honest traffic was answered."""

    answers: int
    failed: int
    p50: float
    p99: float


async def honest(port: int, seconds: float) -> Level:
    """Send commands for a while; times in seconds."""
    times, failed, number = list[float](), 0, 0
    until = time.monotonic() + seconds
    url = f"http://{HOST}:{port}{PATH}"
    async with aiohttp.ClientSession() as session:
        while not times or time.monotonic() < until:
            number += 1
            body = BODY.replace(b"1.2", f"{number}.{port}".encode())
            headers = {name.replace("_", "-"): value for name, value in signed(SECRET, body).items()}
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            began = time.perf_counter()
            async with session.post(url, data=body, headers=headers | kind) as answer:
                text = await answer.text()
                failed += answer.status != 200 or "/greenlight status" not in text
            times.append(time.perf_counter() - began)
            await asyncio.sleep(max(0.0, 1 / PACE - times[-1]))
    times.sort()
    return Level(len(times), failed, times[len(times) // 2], times[int(len(times) * 0.99)])


async def beside(port: int, seconds: float) -> tuple[Level, Level, Counter[str]]:
    """Measure a quiet run, then one beside the hostile client, which is a process of its own."""
    quiet = await honest(port, seconds)
    client = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.hostile.attacks",
        str(port),
        str(seconds + 1),
        stdout=asyncio.subprocess.PIPE,
    )
    await asyncio.sleep(0.7)  # until it has started; what it costs to be early is a quieter sample
    attacked = await honest(port, seconds)
    out, _ = await client.communicate()
    return quiet, attacked, Counter(json.loads(out))
