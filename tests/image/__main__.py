"""`make image`: build the image by the Dockerfile without an engine's daemon, look into it, work in it.

Needs root, buildah and, where no registry can be reached (`--debian`), debootstrap. Builds in a folder of its
own and leaves nothing behind. Exit code 0 only when no planted secret is in a layer or in the configuration,
and the canary of the main job held inside.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.image.canary import confined, play
from tests.image.container import impossible
from tests.image.recipe import ROOT, read

PLANTED = "PLANTED-in-the-surroundings-of-the-build-0123456789"
DEBIAN = ("--variant=minbase", "--include=python3,python3-venv,ca-certificates", "bookworm")


class Workshop:
    """buildah with a storage of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._options = ["--root", str(folder / "storage"), "--runroot", str(folder / "run")]

    def __call__(self, *words: str) -> str:
        """Run one command of buildah's; what it says."""
        command = ["buildah", *self._options, "--storage-driver", "vfs", *words]
        environ = os.environ | {"GREENLIGHT_PLANTED": PLANTED}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
        if done.returncode:
            raise SystemExit(f"{' '.join(words[:2])}: {done.stderr[-3000:]}")
        return done.stdout.strip()

    def base_of_debian(self) -> str:
        """Make a base image from Debian's packages: what the real base is made of as well."""
        root = self.folder / "debian"
        subprocess.run(["debootstrap", *DEBIAN, str(root)], check=True, stdout=subprocess.DEVNULL)
        (root / "usr/bin/python").symlink_to("python3")
        container = self("from", "scratch")
        self("add", "-q", container, str(root), "/")
        self("commit", "-q", "--rm", container, "localhost/base")
        shutil.rmtree(root)
        return "localhost/base"

    def build(self, base: str) -> str:
        """Build by the Dockerfile, with secrets planted where they must not be picked up."""
        context = self.folder / "context"
        shutil.copytree(
            ROOT, context, ignore=shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache")
        )
        for place in (".env", "bot/.env", "handlers/.env", "var/key", "secrets/slack_bot_token"):
            (context / place).parent.mkdir(exist_ok=True)
            (context / place).write_text(PLANTED)
        self(
            *("bud", "--isolation", "chroot", "--format", "docker", "--build-arg", f"PYTHON={base}"),
            *("--volume", "/etc/ssl/certs:/etc/ssl/certs:ro", "-t", "localhost/greenlight", str(context)),
        )
        return "localhost/greenlight"


def look_into(workshop: Workshop, image: str) -> tuple[list[str], int]:
    """Where the planted secret is in configuration, history or layers; and how many files were read."""
    archive = workshop.folder / "image"
    workshop("push", "-q", image, f"dir:{archive}")
    leaks, files = [], 0
    for blob in sorted(archive.iterdir()):
        for name, content in _files(blob):
            files += 1
            if PLANTED.encode() in content or name.endswith(".env"):
                leaks.append(f"{blob.name[:12]}: {name}")
    if PLANTED in workshop("inspect", "--type", "image", image):
        leaks.append("configuration")
    return leaks, files


def _files(blob: Path) -> Iterator[tuple[str, bytes]]:
    if not tarfile.is_tarfile(blob):
        yield blob.name, blob.read_bytes()
        return
    with tarfile.open(blob) as layer:
        for member in layer:
            if member.isfile() and (found := layer.extractfile(member)):
                yield member.name, found.read()


def of_image(workshop: Workshop, image: str) -> dict[str, str]:
    """The environment that an engine would set, from the image itself."""
    config = json.loads(workshop("inspect", "--type", "image", image))["OCIv1"]["config"]
    wanted = read((ROOT / "Dockerfile").read_text())
    if (config["User"], tuple(config["Entrypoint"])) != (wanted.user, wanted.command):
        raise SystemExit(f"the image starts something else: {config['User']} {config['Entrypoint']}")
    return dict(pair.split("=", 1) for pair in config["Env"])


def main() -> int:
    """Build, look, work."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--debian", action="store_true", help="make the base from Debian's packages")
    chosen = options.parse_args()
    why = impossible() or ("" if shutil.which("buildah") else "needs buildah")
    if why:
        sys.stdout.write(f"NOT BUILT: {why}\n")
        return 2
    folder = Path(tempfile.mkdtemp(prefix="gl-image-"))
    folder.chmod(0o755)
    workshop = Workshop(folder)
    try:
        base = workshop.base_of_debian() if chosen.debian else "docker.io/library/python:3.13-slim-bookworm"
        return _examine(workshop, workshop.build(base))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _examine(workshop: Workshop, image: str) -> int:
    write = sys.stdout.write
    leaks, files = look_into(workshop, image)
    write(f"layers and configuration: {files} files read, planted secret in {leaks or 'none'}\n")
    environ = of_image(workshop, image)
    root = Path(workshop("mount", workshop("from", "--pull-never", image)))
    place = workshop.folder / "work"
    place.mkdir(mode=0o755)
    found = asyncio.run(play(root, place, environ, ("python", "-m", "bot"), keep=(PLANTED,)))
    rights = confined(found.status)
    write(
        f"rights of the process: {rights or 'user 10001, no capability, no new privileges, root read-only'}\n"
    )
    write(f"canary: {found.request}, {len(found.written)} files written, key in {found.leaks or 'none'}\n")
    if found.blind:
        write(f"the search saw nothing of the request in: {', '.join(found.blind)}\n")
    return 1 if leaks or rights or found.leaks or found.blind or found.code or not files else 0


if __name__ == "__main__":
    sys.exit(main())
