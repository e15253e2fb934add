"""The rehearsal: journeys under way while replicas of an older version give way to this one, one by one."""

from __future__ import annotations

import asyncio
import json
import subprocess
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from bot.adapters.redis_client import connect
from bot.sandbox.process import BotProcess
from tests.chaos.report import Report
from tests.chaos.run import Run
from tests.chaos.world import Company
from tests.servers import server

HERE = Path(__file__).parents[2]
DEFECTS = ("step_failed", "work_after_answer_failed", "Traceback", "checkup_failed")
UNDER_WAY = 6  # messages posted before the first replica is replaced
SEED = 5


def unpack(version: str, folder: Path) -> Path:
    """The code of a commit or tag, in a folder of its own; raises `CalledProcessError` for an unknown one."""
    told = subprocess.run(["git", "archive", version], cwd=HERE, check=True, capture_output=True)
    with tarfile.open(fileobj=BytesIO(told.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


class Rehearsal:
    """An old and a new replica side by side, then two new ones; what the logs complain of is a problem."""

    def __init__(self, old: Path, journeys: int, say: Callable[[str], Any]) -> None:
        self._old = old
        self._journeys = journeys
        self._say = say
        self._gone: list[BotProcess] = []

    async def play(self, folder: Path) -> Report:
        """Run it; the report is good when every journey ended as its people decided."""
        run = Run(SEED, self._journeys, replicas=2, monkey=False, code=(self._old, HERE))
        with server(folder / "store") as store:
            seen: list[Company] = []

            async def meanwhile(company: Company) -> None:
                seen.append(company)
                await self._replace(company)

            report = await run.on(folder, store.url, None, self._say, meanwhile=meanwhile)
        for bot in (*self._gone, *seen[0].bots):
            report.wrong += [f"in a log: {line}" for line in complaints(bot.output)]
        return report

    async def _replace(self, company: Company) -> None:
        """When work is under way: the old replica leaves, and one of the new version takes its place."""
        slack = company.world.slack
        await slack.until(lambda: len(slack.world.posted) > UNDER_WAY, what="journeys under way", timeout=60)
        self._say("the old version works beside the new one")
        await slack.until(lambda: len(slack.world.posted) > 4 * UNDER_WAY, what="more of them", timeout=120)
        old = company.bots[0]
        await old.stop()
        self._gone.append(old)
        company.bots[0] = old.like(folder=HERE)
        await company.bots[0].start()
        self._say("the old version is gone")


def complaints(output: str) -> list[str]:
    """What a bot's log says of defects."""
    return [line for line in output.splitlines() if any(word in line for word in DEFECTS)]


async def sample(folder: Path, old: Path, version: str) -> dict[str, Any]:
    """What the old version writes: one request per state it was seen in, with chain, sealed key and steps."""
    run = Run(SEED, 12, replicas=1, monkey=False, code=(old,))
    found: dict[str, Any] = {"version": version, "requests": {}}
    with server(folder / "store") as store:
        watching: list[asyncio.Task[None]] = []

        async def meanwhile(company: Company) -> None:
            found["keys"] = company.keys
            watching.append(asyncio.create_task(_watch(store.url, found["requests"])))

        await run.on(folder, store.url, None, meanwhile=meanwhile)
        for task in watching:
            task.cancel()
    return found


async def _watch(url: str, found: dict[str, Any]) -> None:
    client: Any = connect(url)
    prefix = "gl:{T0GREEN}:"
    while True:
        async for key in client.scan_iter(match=f"{prefix}req:*", count=1000):
            request_id = key.rpartition(":")[2]
            doc = json.loads(await client.hget(key, "doc"))
            if doc["state"] in found:
                continue
            found[doc["state"]] = {
                "document": doc,
                "entries": (await client.lrange(f"{prefix}audit:{request_id}", 0, doc["version"] - 1)),
                "sealed": await client.get(f"{prefix}vault:{request_id}"),
                "steps": [one for one in await client.zrange(f"{prefix}due", 0, -1) if request_id in one],
            }
        await asyncio.sleep(0.02)
