"""The benchmarks still run: the quickest form of those that need the fewest processes."""

import asyncio
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = ("dispatch", "trips", "memory", "grants")


async def test_one_command_measures_ours_beside_the_baselines_and_writes_the_page(tmp_path: Path) -> None:
    arguments = ["-m", "benchmarks", "--tiny", "--out", str(tmp_path), *NAMES]
    run = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await run.communicate()
    assert run.returncode == 0, said.decode()[-2000:]
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    goals = re.findall(r"^\| [\d.]+ \| .+ \| (?:met|\*\*not met\*\*) \|$", page, re.MULTILINE)
    assert len(goals) >= 8
    assert {path.name for path in (tmp_path / "images").iterdir()} == {"bench-memory.svg", "bench-grants.svg"}
    assert all(f"{name}.json" in {p.name for p in (tmp_path / "benchmarks").iterdir()} for name in NAMES)
