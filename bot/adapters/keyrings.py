"""Who wraps data keys: the operator's key set, followed in its file, and key services beside it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from importlib.metadata import entry_points
from pathlib import Path

import structlog
from pydantic import SecretStr

from bot.adapters.vault import Keyring, KeyWrapper, Wrapped
from bot.domain.errors import VaultError

GROUP = "greenlight.key_providers"
LOCAL = "local"

log = structlog.get_logger(__name__)


class KeyFile:
    """A key set in a file that is looked at before every use: rotation reaches a running bot by itself."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp, self._ring = _stamp(path), _read(path)
        self._complaint = ""

    def __repr__(self) -> str:
        return f"KeyFile({self._ring!r})"

    @property
    def ring(self) -> Keyring:
        """The key set as the file has it now; one that cannot be read leaves the last one in force."""
        try:
            stamp = _stamp(self._path)
            complaint = self._adopt(_read(self._path), stamp) if stamp != self._stamp else ""
        except VaultError as error:
            complaint = str(error)
        if complaint not in {"", self._complaint}:  # said once, not with every key that is opened
            log.error("key_set_not_taken_over", why=complaint)
        self._complaint = complaint
        return self._ring

    def _adopt(self, fresh: Keyring, stamp: tuple[int, ...]) -> str:
        if fresh.installation_secret != self._ring.installation_secret:
            return "The file holds the key set of another installation."
        self._ring, self._stamp = fresh, stamp
        return ""

    @property
    def primary_id(self) -> str:
        """The id of the key that wraps new data keys."""
        return self.ring.primary_id

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys, the primary first."""
        return self.ring.ids

    async def wrap(self, data_key: bytes, context: bytes) -> Wrapped:
        """Wrap under the primary key of the moment."""
        return await self.ring.wrap(data_key, context)

    async def unwrap(self, wrapped: bytes, context: bytes, key_id: str) -> bytes:
        """Undo `wrap`; raises VaultError when the key is not in the set or the context differs."""
        return await self.ring.unwrap(wrapped, context, key_id)


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        raise VaultError("The file of the key set cannot be read.") from None
    return (found.st_mtime_ns, found.st_ino, found.st_size)


def _read(path: Path) -> Keyring:
    try:
        return Keyring.parse(SecretStr(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        raise VaultError("The file of the key set cannot be read.") from None


def write_whole(path: Path, text: SecretStr) -> None:
    """Replace a file in one step, mode 600: a reader sees the old text or the new, a crash loses neither."""
    draft = _draft(path, text)
    try:
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    _sync_folder(path)


def write_once(path: Path, text: SecretStr) -> None:
    """Write a file in one step like `write_whole`; whoever comes second uses the first one's."""
    draft = _draft(path, text)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    _sync_folder(path)  # or a power loss leaves keys sealed under a key set that is gone


def _draft(path: Path, text: SecretStr) -> Path:
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text.get_secret_value() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise
    return Path(draft)


def _sync_folder(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Wrappers:
    """The key set and any key services as one: the first named wraps, all of them unwrap what they wrapped.

    A service's key ids carry its name in front (`vault-v3`), so that each sealed text finds its way back.
    """

    def __init__(
        self, local: Keyring | KeyFile, services: Mapping[str, KeyWrapper], primary: str = LOCAL
    ) -> None:
        self._local = local
        self._services = dict(services)
        self._primary: KeyWrapper = local if primary == LOCAL else self._services[primary]
        self._prefix = "" if primary == LOCAL else f"{primary}-"

    @property
    def primary_id(self) -> str:
        """The id of the key that wraps new data keys."""
        return self._prefix + self._primary.primary_id

    async def wrap(self, data_key: bytes, context: bytes) -> Wrapped:
        """Wrap under the first provider's primary key."""
        wrapped = await self._primary.wrap(data_key, context)
        return wrapped._replace(key_id=self._prefix + wrapped.key_id)

    async def unwrap(self, wrapped: bytes, context: bytes, key_id: str) -> bytes:
        """Undo `wrap` by whoever did it."""
        if key_id in self._local.ids:
            return await self._local.unwrap(wrapped, context, key_id)
        name, _, inner = key_id.partition("-")
        if name in self._services:
            return await self._services[name].unwrap(wrapped, context, inner)
        return await self._local.unwrap(wrapped, context, key_id)


Opener = Callable[[], Awaitable[KeyWrapper]]


async def open_provider(name: str) -> KeyWrapper:
    """Open an installed key provider: an entry point that names `async def open() -> KeyWrapper`.

    It reads its own environment. Raises VaultError when none of this name is installed, or it does not open;
    what it raises itself stays out of the sentence, since nobody knows what it quotes.
    """
    found = entry_points(group=GROUP, name=name)
    if not found:
        raise VaultError(
            f"GREENLIGHT_KEY_PROVIDER names {name}, and no installed package provides it ({GROUP})."
        )
    try:
        opener: Opener = next(iter(found)).load()
        return await opener()
    except Exception as error:  # noqa: BLE001  # somebody else's code
        raise VaultError(f"The key provider {name} does not open ({type(error).__name__}).") from None
