"""The Dockerfile as data: what its last stage copies, sets and starts."""

from __future__ import annotations

import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The parts of a machine that stand in for the base image.
SYSTEM = ("usr", "bin", "sbin", "lib", "lib64", "etc")


@dataclass(frozen=True)
class Recipe:
    """The last stage."""

    environ: dict[str, str]
    copied: tuple[tuple[str, str], ...]
    user: str
    command: tuple[str, ...]


def read(text: str) -> Recipe:
    """Read a Dockerfile; raises `ValueError` when its last stage starts nothing."""
    stage = text[text.rindex("\nFROM ") :].replace("\\\n", " ")
    pairs = [pair for line in re.findall(r"^ENV (.+)$", stage, re.MULTILINE) for pair in line.split()]
    copies = [line.split() for line in re.findall(r"^COPY (?!--from)(.+)$", stage, re.MULTILINE)]
    found = re.search(r"^ENTRYPOINT (\[.+\])$", stage, re.MULTILINE)
    user = re.search(r"^USER (\S+)$", stage, re.MULTILINE)
    if not (found and user):
        raise ValueError("no ENTRYPOINT or no USER")
    return Recipe(
        {
            name: value.replace("$PATH", "/usr/bin:/bin")
            for name, _, value in (p.partition("=") for p in pairs)
        },
        tuple((source, parts[-1]) for parts in copies for source in parts[:-1]),
        user[1],
        tuple(json.loads(found[1])),
    )


def lay_out(recipe: Recipe, root: Path, context: Path = ROOT) -> list[tuple[Path, Path]]:
    """Put in place what the stage copies; return what has to be bound: the system, and this very venv."""
    app = root / "app"
    app.mkdir(parents=True)
    for source, _ in recipe.copied:
        place = context / source
        if place.is_dir():
            shutil.copytree(
                place, app / source, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", ".env")
            )
        else:
            shutil.copy(place, app / source)
    binds = [(Path("/") / name, root / name) for name in SYSTEM if (Path("/") / name).is_dir()]
    base = Path(sys.base_prefix).resolve()
    if base.parts[1] not in SYSTEM:
        binds.append((base, root / base.relative_to("/")))
    return [*binds, (Path(sys.prefix), root / "venv")]
