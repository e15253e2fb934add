"""Ask for known vulnerabilities of the locked dependencies; run by `make audit`.

pip-audit counts a package that it could not look up as skipped and still ends with 0: here that is its own
outcome. Exit codes: 0 all looked up and nothing known, 1 vulnerabilities, 2 not (all) looked up.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CLEAN, VULNERABLE, UNKNOWN = 0, 1, 2
SECONDS = 300


def main() -> None:
    """Audit the file named on the command line, `requirements.txt` when none is."""
    path = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "requirements.txt")
    command = [sys.executable, "-m", "pip_audit", "-r", path, "--require-hashes", "--disable-pip"]
    command += ["--progress-spinner", "off", "-f", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        done = subprocess.CompletedProcess(command, UNKNOWN, "", "")
    code, told = judge(done.stdout)
    print(told)
    sys.exit(code)


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
