"""The key service and the copies of the audit trail: each fault found, with the command that mends it."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web

from bot.adapters.audit_mirror import look_at_collector
from bot.adapters.http import open_client
from bot.doctor import Standing
from bot.doctor.copies import collector
from bot.doctor.seen import CopySeen, CopyTrouble
from bot.sandbox.process import free_port
from tests.bot.doctor.conftest import Patient, bad
from tests.twins.vault_server import TOKEN, VaultServer

Break = Callable[[Patient, VaultServer], object]


def use(server: VaultServer, folder: Path) -> dict[str, str]:
    """The settings that name this Vault."""
    token = folder / "vault-token"
    token.write_text(TOKEN)
    return {
        "GREENLIGHT_KEY_PROVIDER": "vault,local",
        "VAULT_ADDR": server.url,
        "VAULT_TOKEN_FILE": str(token),
    }


def token_file(patient: Patient) -> Path:
    return Path(patient.environ["VAULT_TOKEN_FILE"])


FAULTS: dict[str, tuple[Break, str, str]] = {
    "away": (
        lambda p, _: p.environ.update(VAULT_ADDR=f"http://127.0.0.1:{free_port()}"),
        "cannot be reached",
        "/v1/sys/health",
    ),
    "sealed": (lambda _, v: setattr(v, "fails", 503), "no usable answer", "unseal Vault"),
    "no token file": (lambda p, _: token_file(p).unlink(), "cannot be read", "vault token create"),
    "an expired token": (
        lambda p, _: token_file(p).write_text("old"),
        "refuses the token",
        "vault token create",
    ),
    "no right to read": (lambda _, v: v.denied.add("keys"), "to read the key", "transit/keys/greenlight"),
    "no right to encrypt": (lambda _, v: v.denied.add("encrypt"), "to encrypt", "transit/encrypt/greenlight"),
    "no right to decrypt": (lambda _, v: v.denied.add("decrypt"), "to decrypt", "transit/decrypt/greenlight"),
    "no such key": (
        lambda p, _: p.environ.update(VAULT_TRANSIT_KEY="other"),
        "no Transit key other",
        "vault write -f transit/keys/other type=aes256-gcm96",
    ),
    "a key of another kind": (
        lambda _, v: setattr(v, "kind", "rsa-4096"),
        "not of type aes256-gcm96",
        "type=aes256-gcm96",
    ),
    "not set": (lambda p, _: p.environ.pop("VAULT_TOKEN_FILE"), "VAULT_TOKEN_FILE", "docs/keys.md"),
}


async def test_a_vault_that_does_its_work_is_well(patient: Patient) -> None:
    async with VaultServer() as vault:
        patient.environ |= use(vault, patient.folder)
        found = await patient.findings()
    (finding,) = [one for one in found if one.name == "key service"]
    assert (finding.standing, "wraps and unwraps" in finding.why) == (Standing.OK, True)
    assert bad(found) == {}
    assert {path.split("/")[3] for path in vault.calls} == {"keys", "encrypt", "decrypt"}


async def test_what_is_wrong_with_the_key_service_is_told_with_its_command(patient: Patient) -> None:
    well = dict(patient.environ)
    for name, (breaks, says, tells) in FAULTS.items():
        async with VaultServer() as server:
            patient.environ = well | use(server, patient.folder)
            breaks(patient, server)
            found = bad(await patient.findings())
        assert list(found) == ["key service"], name  # and nothing else is blamed
        assert says in found["key service"].why, name
        assert tells in found["key service"].mend, name
        assert "`" in found["key service"].mend, name
        assert TOKEN not in str(found), name


async def test_a_provider_that_is_not_installed_is_told(patient: Patient) -> None:
    patient.environ["GREENLIGHT_KEY_PROVIDER"] = "acme"
    found = bad(await patient.findings())
    assert list(found) == ["key service"]
    assert "no installed package provides it" in found["key service"].why


# --- the file


async def test_a_file_that_can_be_appended_to_is_well_and_stays_as_it_is(patient: Patient) -> None:
    file = patient.folder / "audit.jsonl"
    patient.environ["GREENLIGHT_AUDIT_FILE"] = str(file)
    assert (await patient.found("audit file")).standing is Standing.OK
    assert not file.exists()
    file.write_text("a line\n")
    assert (await patient.found("audit file")).standing is Standing.OK
    assert file.read_text() == "a line\n"


async def test_a_file_that_cannot_is_told_and_mended_by_the_command(patient: Patient) -> None:
    for kind in ("no folder", "a folder", "a link"):
        file = patient.folder / kind.replace(" ", "-") / "audit.jsonl"
        patient.environ["GREENLIGHT_AUDIT_FILE"] = str(file)
        if kind == "a folder":
            file.mkdir(parents=True)
        elif kind == "a link":
            file.parent.mkdir()
            file.symlink_to("/dev/null")
        finding = await patient.found("audit file")
        assert finding.standing is Standing.FAILURE, kind
        await patient.told(finding)
        assert (await patient.found("audit file")).standing is Standing.OK, kind


async def test_a_place_where_nothing_can_be_written_is_told(patient: Patient) -> None:
    patient.environ["GREENLIGHT_AUDIT_FILE"] = "/proc/audit.jsonl"
    finding = await patient.found("audit file")
    assert finding.standing is Standing.FAILURE
    assert "cannot be written" in finding.why
    told = f"`touch /proc/audit.jsonl && chown {os.geteuid()} /proc/audit.jsonl`"
    assert told in finding.mend  # root runs it for the user that the bot is


# --- the collector


@pytest.fixture
async def statuses() -> AsyncIterator[tuple[str, list[int], list[str]]]:
    """A collector that answers what it is told to: (url, statuses, tokens and methods it saw)."""
    answers, seen = [405], list[str]()

    async def answer(request: web.Request) -> web.Response:
        seen.append(f"{request.method} {request.headers.get('Authorization', '')}")
        return web.Response(status=answers[0])

    app = web.Application()
    app.router.add_route("*", "/audit", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/audit", answers, seen
    await runner.cleanup()


async def test_a_collector_is_looked_at_without_an_entry(
    patient: Patient, statuses: tuple[str, list[int], list[str]]
) -> None:
    url, answers, seen = statuses
    patient.environ |= {"GREENLIGHT_AUDIT_URL": url, "GREENLIGHT_AUDIT_TOKEN": "collector-token"}
    standing = {}
    for status in (405, 401, 500):
        answers[0] = status
        finding = await patient.found("audit collector")
        standing[status] = finding.standing
        assert "collector-token" not in str(finding)
    assert standing == {405: Standing.OK, 401: Standing.FAILURE, 500: Standing.WARNING}
    assert set(seen) == {"GET Bearer collector-token"}


async def test_a_collector_that_is_away_is_told(patient: Patient) -> None:
    tells = {"http": "curl", "syslog+tls": "openssl s_client -brief -connect", "syslog+tcp": "nc -vz"}
    for scheme, command in tells.items():
        patient.environ["GREENLIGHT_AUDIT_URL"] = f"{scheme}://127.0.0.1:{free_port()}"
        finding = await patient.found("audit collector")
        assert finding.standing is Standing.FAILURE, scheme
        assert "no connection" in finding.why, scheme
        assert command in finding.mend, scheme


async def test_a_syslog_server_is_greeted_without_a_message() -> None:
    heard = asyncio.Event()
    got: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.read())
        writer.close()
        heard.set()

    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(await asyncio.start_server(listen, "127.0.0.1", 0))
        url = f"syslog+tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        client = await stack.enter_async_context(open_client("test"))
        assert await look_at_collector(url, None, client) == CopySeen(url)
        async with asyncio.timeout(60):
            await heard.wait()
    assert got == [b""]


async def test_a_certificate_that_nobody_here_trusts_is_named() -> None:
    import trustme

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with AsyncExitStack() as stack:
        made = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
        server = await stack.enter_async_context(made)
        url = f"syslog+tls://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        client = await stack.enter_async_context(open_client("test"))
        seen = await look_at_collector(url, None, client)
    assert seen == CopySeen(url, CopyTrouble.AWAY, "tls")
    assert "certificate" in collector(seen).why
