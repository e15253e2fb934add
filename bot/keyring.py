"""The key set of an installation, where it is kept, and who wraps data keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.adapters.keyrings import LOCAL, KeyFile, Wrappers, open_provider, write_once, write_whole
from bot.adapters.vault import Keyring, KeyWrapper
from bot.domain.errors import GreenlightError, VaultError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.adapters.transit import TransitKey
    from bot.doctor.seen import KeyServiceSeen

KEYRING_FILE = "encryption-keys"
VAULT = "vault"
_NO_VAULT = "Set VAULT_ADDR and VAULT_TOKEN_FILE: GREENLIGHT_KEY_PROVIDER names vault."
_NO_HVAC = "GREENLIGHT_KEY_PROVIDER=vault needs `pip install 'greenlight-bot[vault]'`."


@dataclass(frozen=True)
class KeySet:
    """The operator's key set: kept in a file that can be rewritten, or given as a value."""

    ring: Keyring
    file: KeyFile | None = None
    path: Path | None = None

    def replace(self, fresh: Keyring) -> bool:
        """Write the new set where the old one is kept; False where that is the operator's own business."""
        if self.path is None:
            return False
        try:
            write_whole(self.path, fresh.dump())
        except OSError as error:
            told = f"The key set cannot be written ({type(error).__name__}); nothing was changed."
            raise GreenlightError(told) from None
        return True


def keyring_of(settings: Settings) -> KeySet:
    """The configured key set; with the embedded server it is created once in the data folder (mode 600)."""
    path = settings.encryption_keys_file
    if settings.encryption_keys and path is None:
        try:
            return KeySet(Keyring.parse(settings.encryption_keys))
        except VaultError as error:
            raise VaultError(f"GREENLIGHT_ENCRYPTION_KEYS cannot be used: {error}") from None
    if path is None:
        path = Path(settings.data_dir) / KEYRING_FILE
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_once(path, Keyring.generate().dump())
    file = KeyFile(path)
    return KeySet(file.ring, file, path)


async def wrappers_of(settings: Settings, keys: KeySet) -> Wrappers:
    """The key set with the key services named in GREENLIGHT_KEY_PROVIDER; the first named wraps."""
    names = [name for name in settings.key_provider if name != LOCAL]
    services = {name: await _service(settings, name) for name in names}
    return Wrappers(keys.file or keys.ring, services, settings.key_provider[0])


async def _service(settings: Settings, name: str) -> KeyWrapper:
    if name != VAULT:
        return await open_provider(name)
    at = _vault_key(settings)
    from bot.adapters.transit import open_transit  # noqa: PLC0415  # hvac is an extra

    return await open_transit(at)


async def look_at_vault(settings: Settings) -> KeyServiceSeen | str:
    """Ask Vault what the bot asks of it; one sentence where it cannot even be asked."""
    try:
        at = _vault_key(settings)
    except GreenlightError as error:
        return str(error)
    from bot.adapters.transit import look_at_transit  # noqa: PLC0415  # hvac is an extra

    return await look_at_transit(at)


def _vault_key(settings: Settings) -> TransitKey:
    """The key of Vault's to use; raises GreenlightError without its settings, or without the extra."""
    if settings.vault_addr is None or settings.vault_token_file is None:
        raise GreenlightError(_NO_VAULT)
    try:
        from bot.adapters.transit import TransitKey  # noqa: PLC0415  # hvac is an extra
    except ImportError:
        raise GreenlightError(_NO_HVAC) from None
    return TransitKey(
        settings.vault_addr,
        settings.vault_token_file,
        key=settings.vault_transit_key,
        mount=settings.vault_transit_mount,
        namespace=settings.vault_namespace,
    )
