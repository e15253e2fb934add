"""Vault's bad days, its rotation, and the way to it and back."""
# ruff: noqa: ASYNC240

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.adapters.keyrings import Wrappers
from bot.adapters.transit import Transit, TransitKey, open_transit
from bot.adapters.vault import Keyring, Vault
from bot.domain.errors import GreenlightError, Transient, VaultError
from bot.keyring import keyring_of, wrappers_of
from bot.settings import load_settings
from tests.twins.vault_server import TOKEN, VaultServer

KEY = SecretStr("sk-admin-7f3a91Canary_0123456789")
PLACE = {"request": "GL-7K3M9Q", "field": "api_key"}


@pytest.fixture
async def server() -> AsyncIterator[VaultServer]:
    async with VaultServer() as running:
        yield running


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(TOKEN)
    return path


async def transit_of(server: VaultServer, token: Path) -> Transit:
    return await open_transit(TransitKey(server.url, token, key="greenlight", mount="transit"))


@pytest.mark.parametrize("status", [403, 412, 429, 500, 502, 503, 418])
async def test_a_vault_that_is_away_or_refuses_is_asked_again_later(server, token, status: int) -> None:
    transit = await transit_of(server, token)
    key_id, box = await transit.wrap(b"k" * 32, b"context")
    server.fails = status
    with pytest.raises(Transient) as caught:
        await transit.unwrap(box, b"context", key_id)
    told = "".join(traceback.format_exception(caught.value))
    assert TOKEN not in told
    assert server.url not in told
    server.fails = None
    assert await transit.unwrap(box, b"context", key_id) == b"k" * 32


async def test_a_vault_that_sends_the_bot_elsewhere_is_not_followed_with_the_token(server, token) -> None:
    heard: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(request.headers.get("X-Vault-Token", ""))
        return web.Response(status=307, headers={"Location": f"{server.url}{request.path}"})

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", hear)
    async with TestServer(app) as moved:
        place = TransitKey(str(moved.make_url("")).rstrip("/"), token, key="greenlight", mount="transit")
        with pytest.raises(Transient, match="no usable answer"):
            await open_transit(place)
    assert heard == [TOKEN]
    assert server.calls == []


@pytest.mark.parametrize(
    "answer", ["{}", '{"data": []}', '{"data": {"type": "aes256-gcm96"}}', "[]", "x", ""]
)
async def test_an_answer_that_is_none_of_vaults_is_asked_for_again_later(answer: str, token) -> None:
    async def say(_request: web.Request) -> web.Response:
        return web.Response(text=answer, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", say)
    async with TestServer(app) as strange:
        place = TransitKey(str(strange.make_url("")).rstrip("/"), token, key="greenlight", mount="transit")
        with pytest.raises(Transient, match="no usable answer"):
            await open_transit(place)
        transit = Transit(place)
        with pytest.raises(Transient, match="no usable answer"):
            await transit.wrap(b"k" * 32, b"context")
        with pytest.raises(Transient, match="no usable answer"):
            await transit.unwrap(b"vault:v1:x", b"context", "v1")


async def test_a_closed_port_and_a_lost_token_file_are_transient(server, token: Path) -> None:
    gone = Transit(TransitKey("http://127.0.0.1:9", token, key="greenlight", mount="transit"))
    with pytest.raises(Transient, match="cannot be reached"):
        await gone.refresh()
    transit = await transit_of(server, token)
    token.unlink()
    with pytest.raises(Transient, match="token file"):
        await transit.wrap(b"k" * 32, b"")


async def test_a_renewed_token_is_read_from_its_file(server, token: Path) -> None:
    transit = await transit_of(server, token)
    server.token = "hvs.renewed"
    with pytest.raises(Transient, match="refuses the token"):
        await transit.wrap(b"k" * 32, b"")
    token.write_text("hvs.renewed\n")
    assert await transit.wrap(b"k" * 32, b"")


async def test_a_key_of_another_type_or_name_is_said_at_the_start(server, token: Path) -> None:
    server.kind = "rsa-2048"
    with pytest.raises(VaultError, match="aes256-gcm96"):
        await transit_of(server, token)
    with pytest.raises(VaultError, match="no such Transit"):
        await open_transit(TransitKey(server.url, token, key="other", mount="transit"))


async def test_a_rotation_in_vault_asks_for_a_re_wrap_and_opens_meanwhile(server, token: Path) -> None:
    transit = await transit_of(server, token)
    vault = Vault(transit, b"i" * 32)
    sealed = await vault.seal(KEY, **PLACE, version=1)
    server.rotate()
    await transit.refresh()
    assert vault.needs_rewrap(sealed)
    assert await vault.open(sealed, **PLACE) == KEY
    again = await vault.rewrap(sealed, **PLACE)
    assert not vault.needs_rewrap(again)
    server.versions[0] = b"x" * 32
    assert await vault.open(again, **PLACE) == KEY


async def test_the_move_into_vault_and_out_again_is_a_re_wrap(server, token: Path) -> None:
    ring, transit = Keyring.generate(), await transit_of(server, token)
    local, beside = (
        Vault(Wrappers(ring, {}), b"i" * 32),
        Vault(Wrappers(ring, {"vault": transit}, "vault"), b"i" * 32),
    )
    sealed = await local.seal(KEY, **PLACE, version=1)
    assert beside.needs_rewrap(sealed)
    inside = await beside.rewrap(sealed, **PLACE)
    assert await beside.open(inside, **PLACE) == KEY
    with pytest.raises(VaultError, match="no longer holds key"):
        await local.open(inside, **PLACE)
    back = Vault(Wrappers(ring, {"vault": transit}, "local"), b"i" * 32)
    assert await local.open(await back.rewrap(inside, **PLACE), **PLACE) == KEY


async def test_the_settings_choose_the_provider(server, token: Path) -> None:
    keys = Keyring.generate().dump().get_secret_value()
    named = {
        "GREENLIGHT_ENCRYPTION_KEYS": keys,
        "GREENLIGHT_KEY_PROVIDER": "vault,local",
        "VAULT_ADDR": server.url,
        "VAULT_TOKEN_FILE": str(token),
    }
    settings = load_settings(named)
    assert (await wrappers_of(settings, keyring_of(settings))).primary_id == "vault-v1"
    for missing in ("VAULT_ADDR", "VAULT_TOKEN_FILE"):
        settings = load_settings(named | {missing: ""})
        with pytest.raises(GreenlightError, match="Set VAULT_ADDR"):
            await wrappers_of(settings, keyring_of(settings))
    settings = load_settings(named | {"GREENLIGHT_KEY_PROVIDER": "nosuch"})
    with pytest.raises(VaultError, match="no installed package provides it"):
        await wrappers_of(settings, keyring_of(settings))
