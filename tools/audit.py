"""Ask for known vulnerabilities of the locked dependencies; run by `make audit`.

pip-audit counts a package that it could not look up as skipped and still ends with 0: here that is its own
outcome. Exit codes: 0 all looked up and nothing known, 1 vulnerabilities, 2 not (all) looked up.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools import advisories

ROOT = Path(__file__).parents[1]
CLEAN, VULNERABLE, UNKNOWN = 0, 1, 2
SECONDS = 300


def main() -> None:
    """Audit the file named on the command line, `requirements.txt` when none is.

    `--db PATH` looks it up in a checkout of the advisory database instead of asking the service.
    """
    options = argparse.ArgumentParser(description=main.__doc__)
    options.add_argument("lock", nargs="?", type=Path, default=ROOT / "requirements.txt")
    options.add_argument("--db", type=Path)
    chosen = options.parse_args()
    if chosen.db:
        lock = chosen.lock.read_text(encoding="utf-8")
        code, told = advisories.judge(advisories.read(chosen.db), lock, datetime.now(UTC))
    else:
        code, told = judge(_ask(str(chosen.lock)))
    print(told)
    sys.exit(code)


def _ask(path: str) -> str:
    command = [sys.executable, "-m", "pip_audit", "-r", path, "--require-hashes", "--disable-pip"]
    command += ["--progress-spinner", "off", "-f", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def judge(answer: str) -> tuple[int, str]:
    """The exit code and the words for what pip-audit answered (its JSON)."""
    try:
        found: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return UNKNOWN, "NOT AUDITED: the vulnerability service cannot be reached. This is no clean result."
    bad = [f"{one['name']} {one['version']}: {flaw['id']}" for one in found for flaw in one.get("vulns", [])]
    if bad:
        return VULNERABLE, "VULNERABLE:\n" + "\n".join(bad)
    skipped = [one["name"] for one in found if "vulns" not in one]
    if skipped or not found:
        told = f"{len(skipped)} of {len(found)} packages could not be looked up"
        return (
            UNKNOWN,
            f"NOT AUDITED: {told}; the vulnerability service does not know them or is not reached.",
        )
    return CLEAN, f"{len(found)} packages, no known vulnerability."


if __name__ == "__main__":
    main()
