"""The way out over HTTP against real sockets: bounded, never redirected, every failure named."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
import trustme
from aiohttp import web

from bot.adapters.http import READ_LIMIT, Reply, UnsafeUrlError, check_base_url, fetch, open_client

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[..., Awaitable[str]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    runners: list[web.AppRunner] = []

    async def start(handler: Handler, tls: ssl.SSLContext | None = None) -> str:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", handler)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        return f"http{'s' if tls else ''}://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with open_client("1.2.3", timeout=httpx.Timeout(60.0)) as client:
        yield client


@pytest.fixture
async def hasty() -> AsyncIterator[httpx.AsyncClient]:
    async with open_client("1.2.3", timeout=httpx.Timeout(0.5)) as client:
        yield client


async def get(client: httpx.AsyncClient, url: str, **more: object) -> Reply | str:
    return await fetch(client, url, params={}, headers={}, **more)  # type: ignore[arg-type]


async def test_the_bot_says_who_it_is_and_asks_for_plain_json(
    serve: Serve, client: httpx.AsyncClient
) -> None:
    seen: list[dict[str, str]] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(dict(request.headers))
        return web.Response()

    await get(client, await serve(handler))
    assert seen[0]["User-Agent"].startswith("Greenlight/1.2.3 (+compliance-connection-check")
    assert (seen[0]["Accept"], seen[0]["Accept-Encoding"]) == ("application/json", "identity")


async def test_a_redirect_is_an_answer_and_is_not_followed(serve: Serve, client: httpx.AsyncClient) -> None:
    paths: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        paths.append(request.path)
        raise web.HTTPTemporaryRedirect("/elsewhere")

    reply = await get(client, await serve(handler) + "/here")
    assert isinstance(reply, Reply)
    assert reply.status == 307
    assert paths == ["/here"]


async def test_an_endless_body_is_read_up_to_the_limit_only(serve: Serve, client: httpx.AsyncClient) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 4096)

    reply = await get(client, await serve(handler))
    assert isinstance(reply, Reply)
    assert reply.body == b"x" * READ_LIMIT


async def test_an_unwanted_body_is_never_waited_for(serve: Serve, client: httpx.AsyncClient) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        await asyncio.Event().wait()
        return response

    reply = await get(client, await serve(handler), wants_body=lambda _: False)
    assert isinstance(reply, Reply)
    assert (reply.status, reply.body) == (200, None)


async def test_a_dripping_answer_meets_the_deadline(serve: Serve, client: httpx.AsyncClient) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:  # each byte comes in time for the read time-out, the whole never does
            await response.write(b" ")
            await asyncio.sleep(0.05)

    async with asyncio.timeout(60):  # it would drip for ever
        assert await get(client, await serve(handler), deadline=0.5) == "timeout"


async def test_silence_is_a_timeout(serve: Serve, hasty: httpx.AsyncClient) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        return web.Response()

    assert await get(hasty, await serve(handler)) == "timeout"


async def test_a_closed_port_and_an_unknown_host_are_connection_failures(
    client: httpx.AsyncClient, hasty: httpx.AsyncClient
) -> None:
    assert await get(client, "http://127.0.0.1:1/") == "connect"
    assert await get(hasty, "http://nowhere.invalid/") in ("connect", "timeout")


async def test_a_certificate_nobody_trusts_is_a_tls_failure(serve: Serve, client: httpx.AsyncClient) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)

    async def handler(request: web.Request) -> web.Response:
        return web.Response()

    assert await get(client, await serve(handler, tls)) == "tls"


async def test_a_connection_cut_in_the_middle_is_a_connection_failure(client: httpx.AsyncClient) -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(cut, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await get(client, f"http://127.0.0.1:{port}/") == "connect"


async def test_no_http_is_a_connection_failure(client: httpx.AsyncClient) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await get(client, f"http://127.0.0.1:{port}/") == "connect"


async def test_a_company_proxy_is_not_asked_for_loopback(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    async def handler(request: web.Request) -> web.Response:
        return web.Response(text="direct")

    async with open_client("0") as client:
        reply = await get(client, await serve(handler))
    assert isinstance(reply, Reply)
    assert reply.body == b"direct"


async def test_connections_are_reused(serve: Serve, client: httpx.AsyncClient) -> None:
    ports: set[object] = set()

    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername"))
        return web.json_response({})

    url = await serve(handler)
    for _ in range(3):
        await get(client, url)
    assert len(ports) == 1


def test_httpx_is_too_quiet_to_log_a_url() -> None:
    open_client("0")
    assert logging.getLogger("httpx").level == logging.WARNING
    assert logging.getLogger("httpcore").level == logging.WARNING


@pytest.mark.parametrize(
    "url", ["https://api.chatgpt.com/v1/", "http://127.0.0.1:8080/x", "http://localhost:1", "http://[::1]:1"]
)
def test_https_and_loopback_are_base_urls(url: str) -> None:
    assert check_base_url("X", url) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://api.chatgpt.com/v1",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "https://user:canary@host",
        "https://host?canary=1",
        "https://host#canary",
        "ftp://host",
        "host",
        "",
        "https://",
        "https://[canary",
    ],
)
def test_anything_else_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(UnsafeUrlError, match="OPENAI_API_URL") as caught:
        check_base_url("OPENAI_API_URL", url)
    assert "canary" not in str(caught.value)
