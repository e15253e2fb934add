"""Envelope encryption of the API key: one AES-256-GCM data key per secret, wrapped by a key set.

Sealed text, all ASCII: `gl1.<version>.<wrapping key id>.<wrapped data key>.<nonce and ciphertext>`, the last
two base64url without padding. Associated data binds it to format, request, field and version, so a sealed
text copied to another record does not open. Rotation re-wraps the data key and never touches the secret.
"""

import base64
import binascii
import hmac
import json
import re
import secrets
from hashlib import sha256
from typing import NamedTuple, Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from bot.domain.errors import VaultError

_FORMAT = "gl1"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_FINGERPRINT_DIGITS = 16
_INSTALLATION = "fp"
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


class Wrapped(NamedTuple):
    """A wrapped data key, and which key wrapped it: asked for later, the primary may be another one."""

    key_id: str
    box: bytes


class KeyWrapper(Protocol):
    """Where data keys are wrapped: the local key set, or a key service that never gives its key away."""

    @property
    def primary_id(self) -> str:
        """The id of the key that wraps new data keys: letters, digits, `-` and `_`."""
        ...

    async def wrap(self, data_key: bytes, context: bytes) -> Wrapped:
        """Wrap a data key under the primary key of the moment, bound to the context."""
        ...

    async def unwrap(self, wrapped: bytes, context: bytes, key_id: str) -> bytes:
        """Undo `wrap` of the named key; raises VaultError when key or context do not fit."""
        ...


class Keyring:
    """A key set kept by the operator: wrapping keys, the first of them primary, and the installation secret.

    Its text has one `id:base64url-of-32-bytes` a line (or separated by commas); the id `fp` is the
    installation secret, which fingerprints depend on and rotation therefore keeps.
    """

    def __init__(self, keys: dict[str, bytes], installation_secret: bytes) -> None:
        if not keys:
            raise VaultError("The key set holds no key; make one with `greenlight keys new`.")
        self._keys = dict(keys)
        self._installation_secret = installation_secret

    def __repr__(self) -> str:
        return f"Keyring(ids={list(self._keys)})"

    @classmethod
    def generate(cls) -> Self:
        """A new key set with one key and a new installation secret."""
        return cls({_new_id(()): secrets.token_bytes(_KEY_BYTES)}, secrets.token_bytes(_KEY_BYTES))

    @classmethod
    def parse(cls, text: SecretStr) -> Self:
        """The key set a text describes; raises VaultError naming the line, never its content."""
        keys: dict[str, bytes] = {}
        for number, line in enumerate(re.split(r"[\s,]+", text.get_secret_value().strip()), start=1):
            key_id, key = _parse_key(line, number)
            if key_id in keys:
                raise VaultError(f"Entry {number} of the key set repeats an id.")
            keys[key_id] = key
        installation_secret = keys.pop(_INSTALLATION, None)
        if installation_secret is None:
            raise VaultError("The key set has no fp: entry. Use its whole text, on one line.")
        return cls(keys, installation_secret)

    def dump(self) -> SecretStr:
        """The text that `parse` reads."""
        keys = {**self._keys, _INSTALLATION: self._installation_secret}
        return SecretStr("\n".join(f"{key_id}:{_encode(key)}" for key_id, key in keys.items()))

    def with_new_primary(self) -> Self:
        """The same set with a fresh key in front; what the old keys sealed still opens."""
        fresh = {_new_id(self._keys): secrets.token_bytes(_KEY_BYTES)}
        return type(self)({**fresh, **self._keys}, self._installation_secret)

    def with_standby(self) -> Self:
        """The same set with a fresh key at its end: it opens already, and seals only once it is promoted."""
        fresh = {_new_id(self._keys): secrets.token_bytes(_KEY_BYTES)}
        return type(self)({**self._keys, **fresh}, self._installation_secret)

    def promoted(self) -> Self:
        """The same set with its last key in front."""
        last = self.ids[-1]
        return type(self)({last: self._keys[last], **self._keys}, self._installation_secret)

    def primary_only(self) -> Self:
        """The set without its old keys: for when everything is re-wrapped."""
        return type(self)({self.primary_id: self._keys[self.primary_id]}, self._installation_secret)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys, the primary first."""
        return tuple(self._keys)

    @property
    def primary_id(self) -> str:
        """The id of the key that wraps new data keys."""
        return next(iter(self._keys))

    @property
    def installation_secret(self) -> bytes:
        """32 bytes that stay the same over all rotations; derive from it, never use it directly."""
        return self._installation_secret

    async def wrap(self, data_key: bytes, context: bytes) -> Wrapped:
        """Wrap a data key under the primary key, bound to the context."""
        return Wrapped(self.primary_id, _encrypt(self._keys[self.primary_id], data_key, context))

    async def unwrap(self, wrapped: bytes, context: bytes, key_id: str) -> bytes:
        """Undo `wrap`; raises VaultError when the key is not in the set or the context differs."""
        if key_id not in self._keys:
            raise VaultError(f"The key set no longer holds key {key_id}, which sealed this secret.")
        return _decrypt(self._keys[key_id], wrapped, context)


class Vault:
    """Seals and opens secrets, and names them by fingerprint."""

    def __init__(self, keyring: KeyWrapper, installation_secret: bytes) -> None:
        self._wrapper = keyring
        self._fingerprint_key = derive(installation_secret, "key fingerprint")

    async def seal(self, secret: SecretStr, *, request: str, field: str, version: int) -> str:
        """The sealed text of a secret, bound to its request, field and version (0 or more)."""
        context = _context(request, field, version)
        data_key = secrets.token_bytes(_KEY_BYTES)
        body = _encrypt(data_key, secret.get_secret_value().encode(), context)
        wrapped = await self._wrapper.wrap(data_key, context)
        return str(_Sealed(version, wrapped.key_id, wrapped.box, body))

    async def open(self, sealed: str, *, request: str, field: str, version: int | None = None) -> SecretStr:
        """The secret again; raises VaultError for another request, field, version, key set or any change."""
        parts = _Sealed.parse(sealed)
        if version is not None and version != parts.version:
            raise VaultError("The sealed secret has another version.")
        context = _context(request, field, parts.version)
        data_key = await self._wrapper.unwrap(parts.wrapped, context, parts.key_id)
        return SecretStr(_decrypt(data_key, parts.body, context).decode())

    async def rewrap(self, sealed: str, *, request: str, field: str) -> str:
        """The same secret under the present primary key; the secret itself is not decrypted."""
        parts = _Sealed.parse(sealed)
        context = _context(request, field, parts.version)
        data_key = await self._wrapper.unwrap(parts.wrapped, context, parts.key_id)
        wrapped = await self._wrapper.wrap(data_key, context)
        return str(parts._replace(key_id=wrapped.key_id, wrapped=wrapped.box))

    def needs_rewrap(self, sealed: str) -> bool:
        """Whether another key than the present primary wraps it."""
        return _Sealed.parse(sealed).key_id != self._wrapper.primary_id

    def wrapped_by(self, sealed: str) -> str:
        """The id of the key that wraps it."""
        return _Sealed.parse(sealed).key_id

    def fingerprint(self, secret: SecretStr) -> str:
        """16 hex digits of an HMAC-SHA256 that name a secret without telling it; rotation keeps them."""
        digest = hmac.new(self._fingerprint_key, secret.get_secret_value().encode(), sha256)
        return digest.hexdigest()[:_FINGERPRINT_DIGITS]


class _Sealed(NamedTuple):
    """The parts of a sealed text."""

    version: int
    key_id: str
    wrapped: bytes
    body: bytes

    def __str__(self) -> str:
        return f"{_FORMAT}.{self.version}.{self.key_id}.{_encode(self.wrapped)}.{_encode(self.body)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        parts = text.split(".")
        known = len(parts) == 5 and parts[0] == _FORMAT and re.fullmatch(r"[0-9]{1,18}", parts[1])
        if not known or not _KEY_ID.fullmatch(parts[2]):  # an error names the key: it may not be anything
            raise VaultError("This is not a sealed secret, or one of a newer release.")
        sealed = cls(int(parts[1]), parts[2], _decode(parts[3]), _decode(parts[4]))
        if str(sealed) != text:
            raise VaultError("The sealed secret is damaged.")
        return sealed


def derive(installation_secret: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose from the installation secret (HKDF-SHA256)."""
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=f"greenlight {purpose} v1".encode()).derive(
        installation_secret
    )


def _context(request: str, field: str, version: int) -> bytes:
    return json.dumps([_FORMAT, request, field, version], separators=(",", ":")).encode()


def _encrypt(key: bytes, plain: bytes, context: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, context)


def _decrypt(key: bytes, box: bytes, context: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], context)
    except (InvalidTag, ValueError):
        raise VaultError("The sealed secret is damaged, or belongs to another request or field.") from None


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise VaultError("The sealed secret or key set is damaged.") from None


def _parse_key(line: str, number: int) -> tuple[str, bytes]:
    key_id, _, encoded = line.partition(":")
    key = _decode(encoded.rstrip("="))
    if not _KEY_ID.fullmatch(key_id) or len(key) != _KEY_BYTES:
        raise VaultError(f"Entry {number} of the key set is not `id:base64url of 32 bytes`.")
    return key_id, key


def _new_id(taken: dict[str, bytes] | tuple[()]) -> str:
    while (fresh := f"k{secrets.token_hex(3)}") in taken:
        pass
    return fresh
