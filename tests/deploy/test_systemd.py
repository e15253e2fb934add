"""The systemd unit: what systemd itself says of it, and that it starts what exists."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import REFERENCE

ROOT = Path(__file__).parents[2]
UNIT = (ROOT / "deploy" / "greenlight.service").read_text()


def values(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)


def test_it_runs_the_bot_and_leaves_time_to_drain() -> None:
    assert values("ExecStart") == ["/opt/greenlight/.venv/bin/greenlight run"]
    assert int(values("TimeoutStopSec")[0]) > 10
    assert values("Restart") == ["on-failure"]


def test_every_credential_is_handed_over_as_the_file_of_a_secret_setting() -> None:
    secrets = {f"{row.name}_FILE" for row in REFERENCE if row.secret}
    credentials = {one.partition(":")[0] for one in values("LoadCredential")}
    files = dict(one.split("=") for one in values("Environment") if "_FILE=" in one)
    assert set(files) <= secrets
    assert {file.removeprefix("%d/") for file in files.values()} == credentials


def test_no_secret_stands_in_the_unit() -> None:
    names = {row.name for row in REFERENCE if row.secret}
    assert not names & {one.partition("=")[0] for one in values("Environment")}


def test_the_data_folder_is_the_one_systemd_makes() -> None:
    assert f"GREENLIGHT_DATA_DIR=/var/lib/{values('StateDirectory')[0]}" in values("Environment")
    assert values("StateDirectoryMode") == ["0700"]


@pytest.mark.parametrize("shield", ["NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="])
def test_it_is_shielded(shield: str) -> None:
    assert shield in UNIT.splitlines()


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "greenlight.service"
    unit.write_text(UNIT.replace("/opt/greenlight/.venv/bin/greenlight", sys.executable))
    done = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, check=False)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "greenlight" in line]
    assert ours == []
