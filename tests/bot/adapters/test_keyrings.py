"""The key set in a file: written whole, followed while it changes, never exchanged for another one's."""
# ruff: noqa: ASYNC240, PTH208

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.adapters.keyrings import KeyFile, write_once, write_whole
from bot.adapters.vault import Keyring, Vault
from bot.domain.errors import VaultError

KEY = SecretStr("sk-admin-7f3a91Canary_0123456789")
PLACE = {"request": "GL-7K3M9Q", "field": "api_key"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_whole(tmp_path / "keys", Keyring.generate().dump())
    return tmp_path / "keys"


async def test_a_running_bot_follows_a_rotation_of_its_file(path: Path) -> None:
    file = KeyFile(path)
    vault = Vault(file, file.ring.installation_secret)
    sealed = await vault.seal(KEY, **PLACE, version=1)
    write_whole(path, file.ring.with_new_primary().dump())
    assert vault.needs_rewrap(sealed)
    assert await vault.open(sealed, **PLACE) == KEY
    elsewhere = Keyring.parse(SecretStr(path.read_text()))
    fresh = await Vault(elsewhere, b"i").seal(KEY, **PLACE, version=1)
    assert await vault.open(fresh, **PLACE) == KEY


@pytest.mark.parametrize("text", ["", "nonsense", None])
async def test_a_file_that_is_damaged_or_gone_leaves_the_last_key_set_in_force(
    path: Path, text: str | None
) -> None:
    file = KeyFile(path)
    before = file.ids
    path.unlink() if text is None else path.write_text(text)
    assert file.ids == before
    assert (await file.wrap(b"k", b"c")).key_id == before[0]


async def test_another_installations_key_set_is_not_taken_over(path: Path) -> None:
    file = KeyFile(path)
    before = file.ids
    write_whole(path, Keyring.generate().dump())
    assert file.ids == before


def test_a_file_without_a_key_set_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(VaultError):
        KeyFile(tmp_path / "none")


def test_a_key_set_is_written_for_its_owner_only_and_leaves_no_draft(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["keys"]


def test_a_folder_that_refuses_keeps_the_old_file_and_no_draft(path: Path) -> None:
    before = path.read_text()
    (path.parent / "taken").mkdir()
    (path.parent / "taken" / "full").touch()
    with pytest.raises(OSError):
        write_whole(path.parent / "taken", SecretStr("new"))
    assert path.read_text() == before
    assert sorted(os.listdir(path.parent)) == ["keys", "taken"]


def test_a_standby_key_opens_first_and_seals_only_once_it_is_promoted() -> None:
    ring = Keyring.generate()
    standby = ring.with_standby()
    assert standby.primary_id == ring.primary_id
    assert standby.promoted().ids == (standby.ids[-1], ring.primary_id)
    assert standby.promoted().primary_only().ids == (standby.ids[-1],)


async def test_a_file_that_is_not_taken_over_is_complained_of_once(path: Path) -> None:
    file = KeyFile(path)
    good = path.read_text()
    with capture_logs() as logs:
        for text in ("nonsense", Keyring.generate().dump().get_secret_value(), good, "nonsense"):
            path.write_text(text)
            for _ in range(3):
                assert file.ids
    whys = [line["why"] for line in logs if line["event"] == "key_set_not_taken_over"]
    assert [why.split()[-1] for why in whys] == ["bytes`.", "installation.", "bytes`."]


def test_of_two_that_create_a_key_set_the_first_one_counts(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    for text in ("first", "second"):
        write_once(path, SecretStr(text))
    assert path.read_text() == "first\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["keys"]
