"""Look the locked dependencies up in a checkout of an advisory database: `make audit DB=path`.

For machines that reach no vulnerability service; reads the OSV files of github.com/pypa/advisory-database.
Exit codes as in `tools.audit`: an old snapshot knows nothing of what was found since, and is no clean result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

CLEAN, VULNERABLE, UNKNOWN = 0, 1, 2
FRESH = timedelta(days=14)
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True)
class Snapshot:
    """Advisories by package, and when the newest of them was changed."""

    by_package: Mapping[str, list[dict[str, Any]]]
    newest: datetime

    @property
    def size(self) -> int:
        """How many advisories there are."""
        return sum(len(found) for found in self.by_package.values())


def locked(text: str) -> list[tuple[str, str]]:
    """Name and version of every line of a lock."""
    return [(canonicalize_name(name), version) for name, version in LOCKED.findall(text)]


def read(checkout: Path) -> Snapshot | None:
    """Read a checkout; None when there is not one advisory in it."""
    found: dict[str, list[dict[str, Any]]] = {}
    newest = datetime.min.replace(tzinfo=UTC)
    for path in sorted(checkout.glob("vulns/*/*.yaml")):
        advisory = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506  # it makes texts only
        newest = max(newest, datetime.fromisoformat(advisory["modified"]))
        if "withdrawn" not in advisory:
            found.setdefault(canonicalize_name(path.parent.name), []).append(advisory)
    return Snapshot(found, newest) if found else None


# Everything stays text: 1.10 is a version and no number, a time need not be one of YAML's.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def flaws(snapshot: Snapshot, name: str, version: str) -> list[str]:
    """The advisories that hit this version."""
    return [one["id"] for one in snapshot.by_package.get(name, []) if _hits(one, name, version)]


def _hits(advisory: Mapping[str, Any], name: str, version: str) -> bool:
    ours = [one for one in advisory["affected"] if canonicalize_name(one["package"]["name"]) == name]
    return any(version in one.get("versions", ()) or _in_ranges(one, Version(version)) for one in ours)


def _in_ranges(affected: Mapping[str, Any], version: Version) -> bool:
    ranges = [one for one in affected.get("ranges", ()) if one["type"] == "ECOSYSTEM"]
    return any(_in_range(list(_steps(one["events"])), version) for one in ranges)


def _steps(events: list[dict[str, str]]) -> Iterator[tuple[Version, str]]:
    for event in events:
        for kind, at in event.items():
            try:
                yield Version(at), kind
            except InvalidVersion:  # of before PEP 440; the list of versions has it
                continue


def _in_range(steps: list[tuple[Version, str]], version: Version) -> bool:
    hit = False
    for at, kind in sorted(steps):
        if kind == "introduced" and version >= at:
            hit = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            hit = False
    return hit


def judge(snapshot: Snapshot | None, lock: str, now: datetime) -> tuple[int, str]:
    """The exit code and the words for a lock against a snapshot."""
    packages = locked(lock)
    if snapshot is None or not packages:
        return UNKNOWN, "NOT AUDITED: no advisories there, or no locked packages. This is no clean result."
    bad = [f"{name} {at}: {flaw}" for name, at in packages for flaw in flaws(snapshot, name, at)]
    day = f"{snapshot.newest:%Y-%m-%d}"
    known = sum(name in snapshot.by_package for name, _ in packages)
    told = f"{len(packages)} packages against {snapshot.size} advisories, the newest of {day}"
    if bad:
        return VULNERABLE, f"VULNERABLE ({told}):\n" + "\n".join(bad)
    if now - snapshot.newest > FRESH:
        days = (now - snapshot.newest).days
        return UNKNOWN, f"NOT AUDITED UP TO DATE: {told}: none hits, but the snapshot is {days} days old."
    return CLEAN, f"{told} ({known} packages have some): none hits."
