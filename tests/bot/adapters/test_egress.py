"""SSRF: an address is looked at when it is dialled; names that lead inside are refused."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import httpcore
import httpx
import pytest
from pydantic import SecretStr

from bot.adapters.egress import Egress, GuardedBackend, GuardedResolver, PrivateAddressError, is_public
from bot.adapters.http import fetch, open_client
from bot.adapters.slack import is_slacks, slack_client
from bot.sandbox.openai import OpenAISandbox

INSIDE = (
    *("127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1"),
    *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "2002:a00:1::", "x", "1"),
    *("64:ff9b::a00:1", "64:ff9b::7f00:1", "64:ff9b:1::808:808", "::10.0.0.1", "fec0::1", "2001::1"),
)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["104.18.32.47", "2606:4700::6812:202f", "8.8.8.8", "64:ff9b::808:808"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["8.8.8.8", "10.0.0.1"]])
def test_one_private_address_is_enough_to_refuse_a_name(addresses: list[str]) -> None:
    with pytest.raises(PrivateAddressError):
        Egress().check("api.openai.com", addresses)
    Egress(["API.openai.com"]).check("api.openai.com", addresses)


def test_this_machine_by_its_own_name_is_meant() -> None:
    Egress().check("localhost", ["127.0.0.1"])
    Egress().check("127.0.0.1", ["127.0.0.1"])


@pytest.mark.parametrize("host", ["[::ffff:127.0.0.1]", "127.0.0.2", "0.0.0.0"])
async def test_a_name_that_leads_inside_is_never_dialled(host: str) -> None:
    async with OpenAISandbox() as sandbox, open_client("test") as client:
        url = sandbox.origin.replace("127.0.0.1", host)
        assert await fetch(client, url, params={}, headers={}) == "connect"
        assert sandbox.calls == []


class Dialled(httpcore.AsyncNetworkBackend):
    """A network that nobody answers on, and that remembers who was called."""

    def __init__(self) -> None:
        self.hosts: list[str] = []

    async def connect_tcp(self, host: str, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        self.hosts.append(host)
        raise httpcore.ConnectError


async def test_what_is_dialled_is_the_address_that_was_looked_at_and_no_name_to_be_looked_up_again() -> None:
    backend, network = GuardedBackend(Egress()), Dialled()
    backend._inner = network  # type: ignore[assignment]
    with pytest.raises(httpcore.ConnectError):
        await backend.connect_tcp("localhost", 80)
    assert set(network.hosts) <= {"127.0.0.1", "::1"}
    assert network.hosts


async def test_a_listed_host_is_dialled() -> None:
    async with OpenAISandbox() as sandbox, open_client("test", private_hosts=["127.0.0.2"]) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(
                sandbox.origin.replace("127.0.0.1", "127.0.0.2")
            )  # dialled: nobody listens there
    async with OpenAISandbox() as sandbox, open_client("test") as client:
        assert (await client.get(sandbox.origin)).status_code == 404


async def test_slacks_session_looks_names_up_with_the_same_eyes() -> None:
    with pytest.raises(PrivateAddressError):
        await GuardedResolver(Egress()).resolve("127.1", 80)
    assert (await GuardedResolver(Egress(["127.1"])).resolve("127.1", 80))[0]["host"] == "127.0.0.1"


@pytest.mark.parametrize("host", ["[::ffff:127.0.0.1]", "127.0.0.2", "0.0.0.0"])
async def test_nor_does_slacks_session_dial_an_address_inside_that_needs_no_looking_up(host: str) -> None:
    async with OpenAISandbox() as sandbox:
        inside = sandbox.origin.replace("127.0.0.1", host)
        async with slack_client(SecretStr("xoxb-x"), f"{inside}/") as client:
            with pytest.raises(aiohttp.ClientConnectorDNSError):
                await client.auth_test()
        assert sandbox.calls == []


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1"])  # the second is looked up, and leads inside
async def test_a_company_proxy_is_inside_and_dialled_all_the_same(host: str) -> None:
    heard: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readline())
        writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
        await writer.drain()
        writer.close()

    async with (
        await asyncio.start_server(proxy, "127.0.0.1", 0) as server,
        slack_client(SecretStr("xoxb-x"), "https://slack.com/api/") as client,
    ):
        client.proxy = f"http://{host}:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(aiohttp.ClientHttpProxyError):
            await client.auth_test()
    assert heard == [b"CONNECT slack.com:443 HTTP/1.1\r\n"]


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://hooks.slack.com/actions/T1/2/3", True),
        ("https://hooks.slack-gov.com/actions/T1/2/3", True),
        ("http://127.0.0.1:80/respond/x", True),
        ("http://hooks.slack.com/actions", False),
        ("https://hooks.slack.com.evil.example/", False),
        ("https://evilslack.com/", False),
        ("https://hooks.slack.com:8443/", False),
        ("https://169.254.169.254/", False),
        ("http://127.0.0.1:81/", False),
        ("http://[/", False),
        ("", False),
    ],
)
def test_answers_go_to_slack_only(url: str, fine: bool) -> None:
    assert is_slacks(url, "http://127.0.0.1:80/api/") is fine
