"""What every key wrapper promises: the local key set, its file, Vault over HTTP, an installed provider."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.adapters.keyrings import KeyFile, Wrappers, open_provider
from bot.adapters.transit import TransitKey, open_transit
from bot.adapters.vault import Keyring, KeyWrapper, Vault
from bot.domain.errors import VaultError
from tests.twins.vault_server import TOKEN, VaultServer

KEY = SecretStr("sk-admin-7f3a91Canary_0123456789")
PLACE = {"request": "GL-7K3M9Q", "field": "api_key"}
PLUGIN = """
from bot.adapters.vault import Keyring
async def open():
    return Keyring.generate()
"""


GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-key-provider.md"
# A stand-in for boto3 that wraps for real: a changed text or another context does not open.
BOTO3 = """
import json, os
from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

class Kms:
    key = AESGCM(bytes(32))
    def encrypt(self, KeyId, Plaintext, EncryptionContext):
        nonce, known = os.urandom(12), json.dumps([KeyId, EncryptionContext]).encode()
        return {"CiphertextBlob": nonce + self.key.encrypt(nonce, Plaintext, known)}
    def decrypt(self, KeyId, CiphertextBlob, EncryptionContext):
        try:
            known = json.dumps([KeyId, EncryptionContext]).encode()
            return {"Plaintext": self.key.decrypt(CiphertextBlob[:12], CiphertextBlob[12:], known)}
        except InvalidTag:
            raise ClientError("InvalidCiphertextException") from None

def client(service):
    assert service == "kms"
    return Kms()
"""
BOTOCORE = """
class BotoCoreError(Exception): pass
class ClientError(Exception):
    def __init__(self, code):
        self.response = {"Error": {"Code": code}}
"""


def documented() -> str:
    """The example of the guide, as it stands there."""
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert 'aws = "greenlight_aws_kms:open"' in GUIDE.read_text(encoding="utf-8")
    return str(code)


def lay_boto3(folder: Path) -> None:
    (folder / "boto3.py").write_text(BOTO3)
    (folder / "botocore").mkdir()
    (folder / "botocore" / "__init__.py").touch()
    (folder / "botocore" / "exceptions.py").write_text(BOTOCORE)


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str = PLUGIN) -> None:
    """A package of somebody else's, as pip leaves it on the disk."""
    (folder / "acme_kms.py").write_text(code)
    info = folder / "acme_kms-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-kms\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[greenlight.key_providers]\nacme = acme_kms:open\n")
    monkeypatch.syspath_prepend(str(folder))


async def a_transit(server: VaultServer, folder: Path) -> KeyWrapper:
    (folder / "token").write_text(f"{TOKEN}\n")
    return await open_transit(TransitKey(server.url, folder / "token", key="greenlight", mount="transit"))


@pytest.fixture(
    params=["key set", "file", "vault", "key set beside vault", "vault beside key set", "plug-in", "guide"]
)
async def wrapper(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[KeyWrapper]:
    async with AsyncExitStack() as stack:
        ring = Keyring.generate()
        match request.param:
            case "key set":
                yield ring
            case "file":
                (tmp_path / "keys").write_text(ring.dump().get_secret_value())
                yield KeyFile(tmp_path / "keys")
            case "plug-in":
                install(tmp_path, monkeypatch)
                yield Wrappers(ring, {"acme": await open_provider("acme")}, "acme")
                sys.modules.pop("acme_kms")
            case "guide":
                lay_boto3(tmp_path)
                monkeypatch.setenv("AWS_KMS_KEY", "alias/greenlight")
                install(tmp_path, monkeypatch, documented())
                yield Wrappers(ring, {"acme": await open_provider("acme")}, "acme")
                for name in ("acme_kms", "boto3", "botocore.exceptions", "botocore"):
                    sys.modules.pop(name)
            case _:
                transit = await a_transit(await stack.enter_async_context(VaultServer()), tmp_path)
                primary = "local" if request.param.startswith("key set") else "vault"
                yield transit if request.param == "vault" else Wrappers(ring, {"vault": transit}, primary)


async def test_what_it_wrapped_it_unwraps_under_the_id_it_gave(wrapper: KeyWrapper) -> None:
    key_id, box = await wrapper.wrap(b"k" * 32, b"context")
    assert key_id == wrapper.primary_id
    assert b"k" * 8 not in box
    assert await wrapper.unwrap(box, b"context", key_id) == b"k" * 32


async def test_another_context_does_not_open_it(wrapper: KeyWrapper) -> None:
    key_id, box = await wrapper.wrap(b"k" * 32, b"context")
    with pytest.raises(VaultError):
        await wrapper.unwrap(box, b"other", key_id)


async def test_a_changed_box_does_not_open(wrapper: KeyWrapper) -> None:
    key_id, box = await wrapper.wrap(b"k" * 32, b"context")
    with pytest.raises(VaultError):
        await wrapper.unwrap(box[:-3] + b"AAA", b"context", key_id)


async def test_a_secret_survives_the_whole_way_and_a_re_wrap(wrapper: KeyWrapper) -> None:
    vault = Vault(wrapper, b"i" * 32)
    sealed = await vault.seal(KEY, **PLACE, version=1)
    assert not vault.needs_rewrap(sealed)
    again = await vault.rewrap(sealed, **PLACE)
    assert again != sealed
    assert (await vault.open(again, **PLACE)).get_secret_value() == KEY.get_secret_value()
    assert "Canary" not in sealed + again + repr(wrapper)


async def test_its_id_can_stand_in_a_sealed_text(wrapper: KeyWrapper) -> None:
    assert wrapper.primary_id.replace("-", "").replace("_", "").isalnum()


async def test_a_provider_that_does_not_open_is_told_by_its_class_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = KEY.get_secret_value()
    install(tmp_path, monkeypatch, f"async def open():\n    raise RuntimeError({secret!r})\n")
    with pytest.raises(VaultError, match=r"acme does not open \(RuntimeError\)") as caught:
        await open_provider("acme")
    sys.modules.pop("acme_kms")
    assert secret not in str(caught.value)
    assert caught.value.__cause__ is None
