"""Releases are reproducible, say what is in them, and name nobody's server."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).parents[2]
EPOCH = {"SOURCE_DATE_EPOCH": "1764000000"}


def release(out: Path) -> dict[str, bytes]:
    command = [sys.executable, "-m", "tools.release", str(out)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | EPOCH, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in out.iterdir()}


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The same release made twice, in two folders."""
    return release(tmp_path_factory.mktemp("one")), release(tmp_path_factory.mktemp("two"))


def part(files: dict[str, bytes], ending: str) -> bytes:
    return next(content for name, content in files.items() if name.endswith(ending))


def test_two_builds_are_the_same_to_the_byte(released) -> None:
    first, second = released
    assert first == second
    assert sorted(name.rpartition(".")[2] for name in first) == ["SHA256SUMS", "gz", "json", "whl"]


def test_the_checksums_are_those_of_the_files(released) -> None:
    files, _ = released
    lines = files["SHA256SUMS"].decode().splitlines()
    assert {line.split("  ")[1]: line.split("  ")[0] for line in lines} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "SHA256SUMS"
    }


def test_the_wheel_holds_the_packages_and_no_tests(released, tmp_path: Path) -> None:
    (tmp_path / "w.whl").write_bytes(part(released[0], ".whl"))
    names = zipfile.ZipFile(tmp_path / "w.whl").namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"bot", "handlers", "greenlight_bot"}
    assert not any("__pycache__" in name for name in names)


def test_the_bill_of_materials_lists_every_locked_package_with_its_hashes_and_no_address(released) -> None:
    text = part(released[0], ".cdx.json").decode()
    document = json.loads(text)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    lock = (ROOT / "requirements.txt").read_text()
    listed = {f"{one['name']}=={one['version']}": one for one in document["components"]}
    assert set(listed) == set(re.findall(r"^([A-Za-z0-9._-]+==[^\s;\\]+)", lock, re.MULTILINE))
    hashes = {found["value"] for one in listed.values() for found in one["properties"]}
    assert hashes == set(re.findall(r"sha256:([0-9a-f]{64})", lock))
    assert "://" not in json.dumps(document["components"])
    assert document["metadata"]["component"]["name"] == "greenlight-bot"
