"""A container without an engine: a root that cannot be written, a user of its own, no capability, no way up.

What an engine does with an image, done by the kernel alone: a mount namespace, binds, chroot, setpriv. The
network is the machine's, so that the world on loopback is reachable. Needs root and Linux.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import aiohttp

USER = 10001
TOOLS = ("unshare", "setpriv", "chroot", "mount")
# $1 root, $2 folder for /data, $3 folder for the secrets; then the environment and the command.
INSIDE = """
set -eu
root=$1 data=$2 secrets=$3; shift 3
mount --rbind "$root" "$root"
mount --bind "$data" "$root/data"
mount --bind "$secrets" "$root/run/secrets"
mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs "$root/tmp"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
for one in null urandom; do mount --bind "/dev/$one" "$root/dev/$one"; done
mount -o remount,bind,ro,nosuid,nodev "$root/run/secrets"
mount -o remount,bind,ro "$root"
cd "$root"
exec chroot "$root" setpriv --reuid=10001 --regid=10001 --clear-groups --inh-caps=-all --ambient-caps=-all \
  --bounding-set=-all --no-new-privs env -i "$@"
"""


def impossible() -> str:
    """Why no container can be made here; empty when one can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "needs root on Linux, for mount namespaces"
    missing = [name for name in TOOLS if shutil.which(name) is None]
    return f"needs {', '.join(missing)}" if missing else ""


class Container:
    """Commands inside one root; `environ` is all they get, `data` all they can keep."""

    def __init__(self, root: Path, data: Path, secrets: Path, environ: Mapping[str, str], log: Path) -> None:
        self._root, self._data, self._secrets = root, data, secrets
        self._environ = {"HOME": "/app", **environ}  # what engines set, by /etc/passwd
        self._log = log
        self._main: asyncio.subprocess.Process | None = None
        data.mkdir(mode=0o700)
        os.chown(data, USER, USER)
        secrets.mkdir(mode=0o500)
        os.chown(secrets, USER, USER)
        for name in ("data", "tmp", "proc", "dev", "run/secrets"):
            (root / name).mkdir(parents=True, exist_ok=True)
        for name in ("null", "urandom"):
            (root / "dev" / name).touch()

    def keep_secret(self, settings: Mapping[str, str]) -> None:
        """Hand settings over as files, as docker-compose.yml does."""
        for name, text in settings.items():
            file = self._secrets / name.lower()
            file.write_text(text)
            file.chmod(0o400)
            os.chown(file, USER, USER)
            self._environ[f"{name}_FILE"] = f"/run/secrets/{name.lower()}"

    async def _start(self, command: Sequence[str], out: int) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *("unshare", "--mount", "--propagation", "private", "sh", "-c", INSIDE, "sh"),
            *(str(self._root), str(self._data), str(self._secrets)),
            *(f"{name}={value}" for name, value in self._environ.items()),
            *command,
            stdout=out,
            stderr=asyncio.subprocess.STDOUT,
        )

    async def run(self, *command: str) -> str:
        """Run a command beside the bot, as `docker exec` would; what it says."""
        process = await self._start(command, asyncio.subprocess.PIPE)
        out, _ = await process.communicate()
        return out.decode()

    async def start(self, *command: str) -> None:
        """Start the main process and wait until it says that it is ready."""
        with self._log.open("ab") as log:
            self._main = await self._start(command, log.fileno())
        url = f"http://127.0.0.1:{self._environ['GREENLIGHT_HTTP_PORT']}/readyz"
        async with asyncio.timeout(120), aiohttp.ClientSession() as session:
            while not await _answers(session, url):
                if self._main.returncode is not None:
                    raise RuntimeError(f"it stopped at once:\n{self.output[-2000:]}")
                await asyncio.sleep(0.05)

    @property
    def main(self) -> Path:
        """The main process as /proc shows it."""
        assert self._main
        return Path(f"/proc/{self._main.pid}")

    @property
    def output(self) -> str:
        """Everything the main process said."""
        return self._log.read_text(errors="replace")

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Signal the main process and wait; its exit code."""
        assert self._main
        if self._main.returncode is None:
            self._main.send_signal(how)
        return await self._main.wait()


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False
