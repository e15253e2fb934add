"""What the Dockerfile puts into the image, at work as the image would run it; built whole: `make image`."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.image.canary import confined, play
from tests.image.container import impossible
from tests.image.recipe import ROOT, lay_out, read

RECIPE = read((ROOT / "Dockerfile").read_text())


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the container's user may enter; pytest's own belong to root alone."""
    made = Path(tempfile.mkdtemp(prefix="gl-image-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def root(folder: Path) -> Iterator[Path]:
    made = folder / "root"
    binds = lay_out(RECIPE, made)
    bound = []
    try:
        for source, place in binds:
            place.mkdir(parents=True, exist_ok=True)
            subprocess.run(["mount", "--bind", str(source), str(place)], check=True)
            bound.append(place)
        yield made
    finally:
        for place in reversed(bound):
            subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.skipif(bool(impossible()), reason=impossible() or "possible")
async def test_in_the_images_surroundings_the_key_is_in_no_file_and_no_environment(root: Path, folder: Path):
    (folder / "run").mkdir(mode=0o755)
    found = await play(root, folder / "run", RECIPE.environ, RECIPE.command)
    assert confined(found.status) == []
    assert (found.leaks, found.blind) == ([], [])
    assert found.request in found.said
    assert (
        found.request.encode() in (folder / "run/data/audit.jsonl").read_bytes()
    )  # it looks where things are
    assert found.code == 0


def test_a_process_with_a_right_too_many_is_noticed():
    mine = Path("/proc/self/status").read_text() if Path("/proc/self/status").exists() else ""
    assert not mine or confined(mine)


def test_the_recipe_is_the_dockerfiles():
    assert RECIPE.command == ("python", "-m", "bot")
    assert RECIPE.user == "10001:10001"
    assert {source for source, _ in RECIPE.copied} == {"LICENSE", "bot", "handlers"}
    assert RECIPE.environ["PYTHONPATH"] == "/app"
