"""A wire of a given length: bytes arrive half a round trip later, a new connection costs one more."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Relay:
    """Forwards a local port to another with `rtt` seconds of round trip; TLS passes through untouched."""

    def __init__(self, target: int, rtt: float) -> None:
        self._target = target
        self._half = rtt / 2
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.connections = 0

    async def start(self) -> int:
        """Listen; returns the port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        """Cut everything."""
        if self._server:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        await asyncio.sleep(self._half * 2)  # the handshake of TCP, which loopback does for nothing
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._target)
        await asyncio.gather(self._pump(reader, up_writer), self._pump(up_reader, writer))
        self._writers.discard(writer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        with suppress(ConnectionError, OSError):
            while data := await reader.read(65536):
                loop.call_later(self._half, _send, writer, data)
        loop.call_later(self._half + 0.001, writer.close)


def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    if not writer.is_closing():
        writer.write(data)
