"""An audit that could not look anything up never passes for a clean one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools.audit import CLEAN, UNKNOWN, VULNERABLE, judge

FINE = {"name": "httpx", "version": "1", "vulns": []}
BAD = {"name": "redis", "version": "2", "vulns": [{"id": "GHSA-1"}]}
SKIPPED = {"name": "yarl", "skip_reason": "Dependency not found and could not be audited"}


@pytest.mark.parametrize(
    ("found", "code", "word"),
    [
        ([FINE], CLEAN, "no known vulnerability"),
        ([FINE, BAD], VULNERABLE, "redis 2: GHSA-1"),
        ([BAD, SKIPPED], VULNERABLE, "GHSA-1"),
        ([FINE, SKIPPED], UNKNOWN, "NOT AUDITED: 1 of 2"),
        ([], UNKNOWN, "NOT AUDITED"),
    ],
)
def test_each_outcome_has_its_exit_code_and_its_words(found: list[object], code: int, word: str) -> None:
    answered = judge(json.dumps({"dependencies": found}))
    assert answered[0] == code
    assert word in answered[1]


@pytest.mark.parametrize("answer", ["", "Traceback", "{}", "[]", "null"])
def test_no_answer_is_no_clean_answer(answer: str) -> None:
    assert judge(answer) == (UNKNOWN, judge("")[1])


def test_a_service_that_is_out_of_reach_ends_with_its_own_exit_code(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"greenlight-no-such-package==1 --hash=sha256:{'0' * 64}\n")
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "tools.audit", str(lock)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, env=nowhere, capture_output=True, text=True, check=False)
    assert done.returncode == UNKNOWN, done.stderr
    assert done.stdout.startswith("NOT AUDITED")
