"""Build what is released: wheel, source archive, bill of materials, checksums; twice the same bytes.

Run by `make release`. Nothing is fetched: the build tools are in the locked development environment.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Fill the folder named on the command line, `dist` when none is."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"
    out.mkdir(parents=True, exist_ok=True)
    for old in out.iterdir():
        old.unlink()
    build(out)
    bill(out)
    checksums(out)
    print("\n".join(sorted(path.name for path in out.iterdir())))


def build(out: Path) -> None:
    """Build wheel and source archive with the time of the last commit in every file."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": _epoch()}
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(out.resolve())]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


def _epoch() -> str:
    known = os.environ.get("SOURCE_DATE_EPOCH")
    command = ["git", "log", "-1", "--format=%ct"]
    return (
        known or subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    )


def bill(out: Path) -> None:
    """Write the CycloneDX bill of materials of the locked dependencies, without any index's address."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    path = out / f"{project['name'].replace('-', '_')}-{project['version']}.cdx.json"
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", "--output-reproducible", "--of", "JSON"]
    command += ["--pyproject", str(ROOT / "pyproject.toml"), str(ROOT / "requirements.txt")]
    made = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    path.write_text(json.dumps(without_addresses(json.loads(made.stdout)), indent=2) + "\n")


def without_addresses(document: dict[str, Any]) -> dict[str, Any]:
    """Keep of each component what it is and its hashes; where to fetch it is the installer's business."""
    names = {part["bom-ref"]: part["purl"] for part in document["components"]}
    document["components"] = [_component(part) for part in document["components"]]
    for edge in document.get("dependencies", []):
        edge["ref"] = names.get(edge["ref"], edge["ref"])
        if "dependsOn" in edge:
            edge["dependsOn"] = sorted(names.get(one, one) for one in edge["dependsOn"])
    return document


def _component(part: dict[str, Any]) -> dict[str, Any]:
    hashes = [one["content"] for ref in part.pop("externalReferences", []) for one in ref.get("hashes", [])]
    part.pop("description", None)
    locked = [{"name": "greenlight:locked-sha256", "value": value} for value in sorted(set(hashes))]
    return part | {"bom-ref": part["purl"], "properties": locked}


def checksums(out: Path) -> None:
    """Write SHA256SUMS, as `sha256sum -c` reads it."""
    files = sorted(path for path in out.iterdir() if path.suffix in {".whl", ".gz", ".json"})
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in files]
    (out / "SHA256SUMS").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
