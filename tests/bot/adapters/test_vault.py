"""Envelope encryption: what opens, what does not, and what rotation changes."""

import base64
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.adapters.vault import Keyring, Vault, derive
from bot.domain.errors import VaultError

KEY = SecretStr("sk-admin-7f3a91Canary_0123456789")
NAMES = st.text(max_size=20)
PLACE = {"request": "GL-7K3M9Q", "field": "key"}


def vault_of(keyring: Keyring) -> Vault:
    return Vault(keyring, keyring.installation_secret)


@pytest.fixture
def keyring() -> Keyring:
    return Keyring.generate()


@pytest.fixture
def vault(keyring: Keyring) -> Vault:
    return vault_of(keyring)


SHARED = vault_of(Keyring.generate())


@given(st.text(), NAMES, NAMES, st.integers(0, 10**6))
async def test_what_was_sealed_opens_for_its_own_request_field_and_version(text, request, field, version):
    place = {"request": request, "field": field, "version": version}
    sealed = await SHARED.seal(SecretStr(text), **place)
    assert (await SHARED.open(sealed, **place)).get_secret_value() == text
    assert (await SHARED.open(sealed, request=request, field=field)).get_secret_value() == text


@given(st.tuples(NAMES, NAMES), st.tuples(NAMES, NAMES))
async def test_threat_03_nothing_opens_for_another_request_or_field(mine, others):
    sealed = await SHARED.seal(KEY, request=mine[0], field=mine[1], version=1)
    if mine == others:
        return
    with pytest.raises(VaultError, match="another request or field"):
        await SHARED.open(sealed, request=others[0], field=others[1])


async def test_an_older_version_is_refused_and_cannot_be_relabelled(vault: Vault) -> None:
    sealed = await vault.seal(KEY, **PLACE, version=1)
    with pytest.raises(VaultError, match="another version"):
        await vault.open(sealed, **PLACE, version=2)
    with pytest.raises(VaultError):
        await vault.open(sealed.replace("gl1.1.", "gl1.2."), **PLACE, version=2)


@given(st.data())
async def test_one_changed_character_anywhere_is_noticed(data) -> None:
    sealed = await SHARED.seal(KEY, **PLACE, version=1)
    at = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda character: character != sealed[at]))
    with pytest.raises(VaultError):
        await SHARED.open(sealed[:at] + other + sealed[at + 1 :], **PLACE)


async def test_a_second_spelling_of_the_same_bytes_is_refused(vault: Vault) -> None:
    sealed = await vault.seal(
        SecretStr("x"), **PLACE, version=1
    )  # 29 bytes: the last character has spare bits
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = [sealed[:-1] + last for last in alphabet if last != sealed[-1]]
    for attempt in (*others, sealed.replace("gl1.1.", "gl1.01."), sealed + "=", sealed + "\n"):
        with pytest.raises(VaultError):
            await vault.open(attempt, **PLACE)


@given(st.text())
async def test_a_text_that_is_not_sealed_is_refused_without_any_other_error(text: str) -> None:
    for attempt in (text, f"gl1.1.k.{text}.{text}", f"gl1.{text}.k.AA.AA"):
        with pytest.raises(VaultError):
            await SHARED.open(attempt, **PLACE)


async def test_the_sealed_text_is_compact_ascii_and_differs_each_time(vault: Vault) -> None:
    first, second = [await vault.seal(KEY, **PLACE, version=1) for _ in range(2)]
    assert first != second
    assert first.isascii()
    assert len(first) < 190
    bodies = b"".join(base64.urlsafe_b64decode(part + "==") for part in first.split(".")[3:])
    assert b"Canary" not in bodies
    assert "Canary" not in first


async def test_rotation_keeps_old_secrets_readable_until_they_are_rewrapped(keyring: Keyring) -> None:
    sealed = await vault_of(keyring).seal(KEY, **PLACE, version=3)
    rotated = keyring.with_new_primary()
    vault = vault_of(rotated)
    assert vault.needs_rewrap(sealed)
    assert await vault.open(sealed, **PLACE) == KEY

    fresh = await vault.rewrap(sealed, **PLACE)
    assert not vault.needs_rewrap(fresh)
    alone = vault_of(rotated.primary_only())
    assert await alone.open(fresh, **PLACE, version=3) == KEY
    with pytest.raises(VaultError, match=f"no longer holds key {keyring.primary_id}"):
        await alone.open(sealed, **PLACE)


async def test_rewrapping_leaves_the_encrypted_secret_untouched(keyring: Keyring) -> None:
    sealed = await vault_of(keyring).seal(KEY, **PLACE, version=1)
    fresh = await vault_of(keyring.with_new_primary()).rewrap(sealed, **PLACE)
    assert fresh.split(".")[4] == sealed.split(".")[4]
    assert fresh.split(".")[2:4] != sealed.split(".")[2:4]


async def test_rewrapping_for_another_request_is_refused(vault: Vault) -> None:
    sealed = await vault.seal(KEY, **PLACE, version=1)
    with pytest.raises(VaultError):
        await vault.rewrap(sealed, request="GL-000000", field="key")


async def test_another_installations_key_set_opens_nothing(vault: Vault) -> None:
    sealed = await vault.seal(KEY, **PLACE, version=1)
    with pytest.raises(VaultError, match="no longer holds"):
        await vault_of(Keyring.generate()).open(sealed, **PLACE)


async def test_a_key_of_the_same_name_but_other_content_opens_nothing(keyring: Keyring) -> None:
    sealed = await vault_of(keyring).seal(KEY, **PLACE, version=1)
    impostor = Keyring({keyring.primary_id: bytes(32)}, keyring.installation_secret)
    with pytest.raises(VaultError, match="damaged"):
        await vault_of(impostor).open(sealed, **PLACE)


def test_a_fingerprint_survives_rotation_and_tells_installations_apart(keyring: Keyring) -> None:
    fingerprint = vault_of(keyring).fingerprint(KEY)
    assert len(fingerprint) == 16
    assert int(fingerprint, 16)
    rotated = keyring.with_new_primary().with_new_primary().primary_only()
    assert vault_of(Keyring.parse(rotated.dump())).fingerprint(KEY) == fingerprint
    assert vault_of(Keyring.generate()).fingerprint(KEY) != fingerprint


@given(st.text(), st.text())
def test_two_secrets_share_a_fingerprint_only_when_they_are_equal(one: str, other: str) -> None:
    same = SHARED.fingerprint(SecretStr(one)) == SHARED.fingerprint(SecretStr(other))
    assert same == (one == other)


def test_derived_secrets_differ_by_purpose(keyring: Keyring) -> None:
    assert len({derive(keyring.installation_secret, purpose) for purpose in ("a", "b", "a")}) == 2
    assert derive(keyring.installation_secret, "a") != keyring.installation_secret


@pytest.mark.parametrize("separator", ["\n", ",", ", ", "\r\n", "\n\n"])
def test_a_key_set_is_read_back_however_its_entries_are_separated(keyring: Keyring, separator: str) -> None:
    text = keyring.with_new_primary().dump().get_secret_value()
    again = Keyring.parse(SecretStr(f" {text.replace(chr(10), separator)}\n"))
    assert again.dump().get_secret_value() == text


def test_rotation_puts_the_new_key_first_and_keeps_the_others(keyring: Keyring) -> None:
    rotated = keyring.with_new_primary()
    assert rotated.ids == (rotated.primary_id, keyring.primary_id)
    assert rotated.primary_id != keyring.primary_id


GOOD = base64.urlsafe_b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Entry 1"),
        ("CANARY", "Entry 1"),
        (f"k1:{GOOD}\nk2:CANARY", "Entry 2"),
        (f"k1:{GOOD}\nk2:CANARY!", "damaged"),
        (f"k1:{GOOD}\nk2:AAAA", "Entry 2"),
        (f"k 1:{GOOD}", "Entry 1"),
        (f"k.1:{GOOD}", "Entry 1"),
        (f"k1:{GOOD}\nk1:{GOOD}", "repeats"),
        (f"k1:{GOOD}", "no fp: entry"),
        (f"fp:{GOOD}", "holds no key"),
    ],
)
def test_a_bad_key_set_is_refused_without_being_repeated(text: str, sentence: str) -> None:
    with pytest.raises(VaultError, match=sentence) as caught:
        Keyring.parse(SecretStr(text))
    shown = "".join(traceback.format_exception(caught.value))
    assert "CANARY" not in shown
    assert GOOD[:20] not in shown


async def test_no_repr_or_error_shows_key_material(keyring: Keyring, vault: Vault) -> None:
    sealed = await vault.seal(KEY, **PLACE, version=1)
    with pytest.raises(VaultError) as caught:
        await vault.open(sealed, request="other", field="key")
    shown = f"{keyring!r} {vault!r} {keyring.dump()!r} {''.join(traceback.format_exception(caught.value))}"
    for line in keyring.dump().get_secret_value().splitlines():
        assert line.split(":")[1] not in shown
    assert "Canary" not in shown


async def test_an_error_never_repeats_what_stands_where_a_keys_name_should() -> None:
    keyring = Keyring.generate()
    vault = Vault(keyring, keyring.installation_secret)
    sealed = await vault.seal(SecretStr("sk-x"), request="GL-AAAAAA", field="api_key", version=1)
    parts = sealed.split(".")
    for name in ("sk proj secret", "s" * 33, "<@U1>", ""):
        with pytest.raises(VaultError) as refused:
            await vault.open(".".join([*parts[:2], name, *parts[3:]]), request="GL-AAAAAA", field="api_key")
        assert not name or name not in str(refused.value)
        assert "not a sealed secret" in str(refused.value)
