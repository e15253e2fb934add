"""A lock against a checkout of the advisory database: what hits, what does not, what is too old to tell."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from tools.advisories import CLEAN, UNKNOWN, VULNERABLE, Snapshot, flaws, judge, locked, read

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LOCK = "aiohttp==3.9.1 \\\n    --hash=sha256:00\nTyping_Extensions==4.0 ; python_version < '3.13' \\\n"


def advisory(*events: dict[str, str], versions: list[str] | None = None, **more: str) -> dict[str, object]:
    return {
        "id": "PYSEC-1",
        "modified": "2026-11-20T12:00:00Z",
        "affected": [
            {
                "package": {"name": "AIOHTTP", "ecosystem": "PyPI"},
                "ranges": [
                    {"type": "GIT", "events": [{"introduced": "0"}]},
                    {"type": "ECOSYSTEM", "events": [*events]},
                ],
                "versions": versions or [],
            }
        ],
    } | more


def checkout(folder: Path, one: dict[str, object]) -> Path:
    place = folder / "vulns" / "aiohttp" / "PYSEC-1.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(yaml.safe_dump(one))
    return folder


@pytest.mark.parametrize(
    ("events", "versions", "hit"),
    [
        ([{"introduced": "0"}, {"fixed": "3.9.2"}], [], True),
        ([{"introduced": "0"}, {"fixed": "3.9.1"}], [], False),
        ([{"introduced": "0"}], [], True),
        ([{"introduced": "3.9.2"}], [], False),
        ([{"introduced": "0"}, {"last_affected": "3.9.1"}], [], True),
        ([{"introduced": "0"}, {"last_affected": "3.9.0"}], [], False),
        ([{"introduced": "0"}, {"fixed": "3.0"}, {"introduced": "3.9"}, {"fixed": "3.10"}], [], True),
        ([{"introduced": "0"}, {"fixed": "3.0"}, {"introduced": "3.10"}], [], False),
        ([], ["3.9.1"], True),
        ([], ["3.9.10"], False),
        ([{"introduced": "0"}, {"fixed": "no version"}], [], True),
    ],
)
def test_a_version_is_hit_exactly_inside_a_range(
    events: list[dict[str, str]], versions: list[str], hit: bool
) -> None:
    snapshot = Snapshot({"aiohttp": [advisory(*events, versions=versions)]}, NOW)
    assert bool(flaws(snapshot, "aiohttp", "3.9.1")) is hit
    assert flaws(snapshot, "yarl", "3.9.1") == []


def test_names_are_compared_as_the_index_does() -> None:
    assert locked(LOCK) == [("aiohttp", "3.9.1"), ("typing-extensions", "4.0")]


def test_each_outcome_has_its_code_and_its_words(tmp_path: Path) -> None:
    bad = read(checkout(tmp_path / "bad", advisory({"introduced": "0"})))
    withdrawn = advisory({"introduced": "0"}, withdrawn="2026-11-21T00:00:00Z")
    other = read(checkout(tmp_path / "fine", advisory({"introduced": "4"})))
    assert judge(bad, LOCK, NOW)[0] == VULNERABLE
    assert "aiohttp 3.9.1: PYSEC-1" in judge(bad, LOCK, NOW)[1]
    assert judge(other, LOCK, NOW)[0] == CLEAN
    old = judge(other, LOCK, NOW + timedelta(days=100))
    assert (old[0], "102 days old" in old[1]) == (UNKNOWN, True)
    assert read(checkout(tmp_path / "gone", withdrawn)) is None
    assert judge(None, LOCK, NOW)[0] == judge(other, "", NOW)[0] == UNKNOWN


def test_the_command_takes_a_checkout(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(LOCK)
    folder = checkout(tmp_path / "db", advisory({"introduced": "0"}))
    command = [sys.executable, "-m", "tools.audit", str(tmp_path / "lock"), "--db", str(folder)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, "PYSEC-1" in done.stdout) == (VULNERABLE, True), done.stderr
