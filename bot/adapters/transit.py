"""HashiCorp Vault's Transit engine as a key wrapper; hvac is synchronous, so every call has a thread.

The context goes along as associated data (key type aes256-gcm96, Vault 1.9 or newer). Policy needed:
`update` on `<mount>/encrypt/<key>` and `<mount>/decrypt/<key>`, `read` on `<mount>/keys/<key>`.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import hvac
import requests
from hvac import exceptions

from bot.adapters.vault import Wrapped
from bot.doctor.seen import KeyServiceSeen, KeyTrouble
from bot.domain.errors import GreenlightError, Transient, VaultError

T = TypeVar("T")

PROVIDER = "Vault"
TIMEOUT = 5.0
_FORBIDDEN = (exceptions.Forbidden, exceptions.Unauthorized)
REFUSES, NO_TOKEN = "refuses the token; renew it, or give it the policy", "the token file cannot be read"
NO_KEY, WRONG_KIND = (
    "Vault has no such Transit mount or key.",
    "The Transit key must be of type aes256-gcm96.",
)
_TROUBLES = {
    REFUSES: KeyTrouble.REFUSED,
    NO_TOKEN: KeyTrouble.NO_TOKEN,
    NO_KEY: KeyTrouble.NO_KEY,
    WRONG_KIND: KeyTrouble.WRONG_KIND,
}


@dataclass(frozen=True)
class TransitKey:
    """Where a key of Vault's is, and the file that holds the token to use it with."""

    addr: str
    token_file: Path
    key: str
    mount: str
    namespace: str | None = None


class Transit:
    """Wraps data keys in Vault; the wrapping key never leaves it. Raises `Transient` while Vault is away.

    `primary_id` is `v` and the version of the Transit key that wrapped last: rotation in Vault is seen by
    `refresh` (at the start, and before a re-wrap) and by every wrap.
    """

    def __init__(self, at: TransitKey) -> None:
        self._client: Any = hvac.Client(
            url=at.addr, namespace=at.namespace, timeout=TIMEOUT, allow_redirects=False, verify=True
        )
        self._token_file = at.token_file
        self._key = at.key
        self._mount = at.mount
        self._version = 0

    @property
    def primary_id(self) -> str:
        """`v` and the version of the Transit key."""
        return f"v{self._version}"

    async def refresh(self) -> None:
        """Ask Vault for the key's latest version; raises VaultError when the key cannot do what is needed."""
        kind, version = await self._ask(self._read_key)
        if kind != "aes256-gcm96":
            raise VaultError(WRONG_KIND)
        self._version = version

    def _read_key(self) -> tuple[str, int]:
        found = self._client.secrets.transit.read_key(self._key, self._mount)["data"]
        return str(found.get("type")), int(found["latest_version"])

    async def wrap(self, data_key: bytes, context: bytes) -> Wrapped:
        """Have Vault encrypt a data key, bound to the context."""
        version, ciphertext = await self._ask(lambda: self._encrypt(data_key, context))
        self._version = max(version, self._version)
        return Wrapped(f"v{version}", ciphertext.encode())

    def _encrypt(self, data_key: bytes, context: bytes) -> tuple[int, str]:
        found = self._client.secrets.transit.encrypt_data(
            self._key, plaintext=_text(data_key), associated_data=_text(context), mount_point=self._mount
        )
        ciphertext = str(found["data"]["ciphertext"])
        return int(ciphertext.split(":")[1].removeprefix("v")), ciphertext

    async def unwrap(self, wrapped: bytes, context: bytes, key_id: str) -> bytes:  # noqa: ARG002
        """Have Vault decrypt it; the ciphertext itself says which version wrapped it."""
        return await self._ask(lambda: self._decrypt(wrapped, context))

    def _decrypt(self, wrapped: bytes, context: bytes) -> bytes:
        found = self._client.secrets.transit.decrypt_data(
            self._key, wrapped.decode(), associated_data=_text(context), mount_point=self._mount
        )
        return base64.b64decode(found["data"]["plaintext"])

    async def _ask(self, call: Callable[[], T]) -> T:
        return await asyncio.to_thread(self._call, call)

    def _call(self, call: Callable[[], T]) -> T:
        """Do one call with the token of the moment and read its answer; foreign errors end here.

        A redirect (which is not followed: it would take the token along) is no usable answer either.
        """
        try:
            self._client.token = self._token_file.read_text(encoding="utf-8").strip()
            return call()
        except OSError as error:  # requests' errors are among them
            raise Transient(PROVIDER, _reason(error)) from None
        except _FORBIDDEN:
            raise Transient(PROVIDER, REFUSES) from None
        except exceptions.InvalidRequest:
            raise VaultError("Vault cannot open this: damaged, or of another request or key.") from None
        except exceptions.InvalidPath:
            raise VaultError(NO_KEY) from None
        except (exceptions.VaultError, LookupError, ValueError, TypeError, AttributeError) as error:
            raise Transient(PROVIDER, f"no usable answer ({type(error).__name__})") from None


def _reason(error: OSError) -> str:
    if isinstance(error, requests.RequestException):
        return f"cannot be reached ({type(error).__name__})"
    return NO_TOKEN


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


async def open_transit(at: TransitKey) -> Transit:
    """Connect and learn the key's version; raises `Transient` or `VaultError` with one sentence."""
    transit = Transit(at)
    await transit.refresh()
    return transit


async def look_at_transit(at: TransitKey) -> KeyServiceSeen:
    """Read the key, encrypt a word and decrypt it again, as the bot would; what fails is in the answer."""
    transit = Transit(at)
    seen = KeyServiceSeen(at.addr, at.mount, at.key, str(at.token_file))
    step = "read"
    try:
        await transit.refresh()
        step = "encrypt"
        wrapped = await transit.wrap(b"doctor", b"doctor")
        step = "decrypt"
        await transit.unwrap(wrapped.box, b"doctor", wrapped.key_id)
    except GreenlightError as error:
        said = error.said if isinstance(error, Transient) else str(error)
        return replace(seen, step=step, trouble=_trouble(error, said), said=said)
    return seen


def _trouble(error: GreenlightError, said: str) -> KeyTrouble:
    otherwise = KeyTrouble.AWAY if isinstance(error, Transient) else KeyTrouble.BROKEN
    return _TROUBLES.get(said, otherwise)
