"""A hostile client for the HTTP endpoint, on loopback and bounded: `tests.hostile.attacks PORT SECONDS`.

Each attack says what it saw: a status, "closed" when the connection was ended on it, "held" when the bot let
it wait. Only refusals are fine.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable

from bot.sandbox.slack.delivery import signed_headers

HOST = "127.0.0.1"
PATH = "/slack/events"
BODY = b"command=%2Fgreenlight&text=help&team_id=T0GREEN&user_id=U0ADMIN&trigger_id=1.2"
REFUSALS = frozenset(
    {"400", "401", "403", "404", "405", "411", "413", "414", "415", "417", "431", "501", "closed"}
)
FLOODERS = 24

Attack = Callable[[int], Awaitable[str]]


def request(
    body: bytes = BODY, method: str = "POST", path: str = PATH, length: int | None = None, **more: str
) -> bytes:
    """One raw request; header names with underscores."""
    headers = {
        "Host": HOST,
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body) if length is None else length),
    } | {name.replace("_", "-"): value for name, value in more.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body


def signed(secret: str, body: bytes = BODY, at: float | None = None) -> dict[str, str]:
    found = signed_headers(secret, body, time.time() if at is None else at)
    return {name.replace("-", "_"): value for name, value in found.items()}


async def send(port: int, *parts: bytes, pause: float = 0.0, patience: float = 60.0) -> str:
    """Send parts with pauses between them and say how the bot answered."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        async with asyncio.timeout(patience):
            for part in parts:
                writer.write(part)
                await writer.drain()
                if pause:
                    await asyncio.sleep(pause)
            line = await reader.readline()
            return line.split()[1].decode() if line.count(b" ") >= 2 else "closed"
    except TimeoutError:
        return "held"
    except OSError:
        return "closed"
    finally:
        writer.close()


def attacks(quiet: float) -> dict[str, Attack]:
    """Every attack by name; `quiet` is how many seconds the bot lets a silent connection live."""
    big = b"x" * (2 * 1024 * 1024)
    now = str(int(time.time()))

    async def unsigned(port: int) -> str:
        return await send(port, request())

    async def forged(port: int) -> str:
        return await send(port, request(**signed("not the secret")))

    async def replayed(port: int) -> str:
        return await send(port, request(**signed("sandbox-signing-secret", at=time.time() - 330)))

    async def from_the_future(port: int) -> str:
        return await send(port, request(**signed("sandbox-signing-secret", at=time.time() + 330)))

    async def changed(port: int) -> str:
        return await send(port, request(BODY + b"&x=1", **signed("sandbox-signing-secret")))

    async def strange_stamp(port: int) -> str:
        stamp = random.choice(("NaN", "1e9", "-1", "0x10", "9" * 400, "", " 1"))
        return await send(port, request(X_Slack_Request_Timestamp=stamp, X_Slack_Signature="v0=" + "0" * 64))

    async def oversized(port: int) -> str:
        return await send(port, request(big, **signed("sandbox-signing-secret", big)))

    async def oversized_unsigned(port: int) -> str:
        return await send(port, request(big))

    async def said_to_be_huge(port: int) -> str:
        return await send(port, request(length=10**12, X_Slack_Request_Timestamp=now))

    async def long_header(port: int) -> str:
        return await send(port, request(X_Long="x" * 70_000))

    async def many_headers(port: int) -> str:
        return await send(port, request(**{f"X_H{n}": "x" * 50 for n in range(2000)}))

    async def truncated(port: int) -> str:
        return await send(
            port, request(length=len(BODY) + 500, **signed("sandbox-signing-secret")), patience=quiet + 60
        )

    async def slow_head(port: int) -> str:
        head = request()[:120]
        return await send(port, *(head[i : i + 1] for i in range(120)), pause=quiet / 20, patience=quiet + 60)

    async def silent(port: int) -> str:
        return await send(port, b"", patience=quiet + 60)

    async def smuggled(port: int) -> str:
        return await send(
            port, request(b"0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n", Transfer_Encoding="chunked")
        )

    async def bad_chunks(port: int) -> str:
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nX-Slack-Request-Timestamp: {now}\r\n"
        kind = "Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
        return await send(port, (head + kind + "ZZ\r\nxx\r\n").encode())

    async def nonsense(port: int) -> str:
        return await send(port, random.randbytes(300) + b"\r\n\r\n")

    async def other_method(port: int) -> str:
        return await send(port, request(b"", method=random.choice(("PUT", "DELETE", "TRACE"))))

    async def other_path(port: int) -> str:
        paths = (
            "/../../etc/passwd",
            "/slack/events/",
            "/intake/x",
            "/confirm/..%2f",
            "/%00",
            "/" + "a" * 9000,
        )
        return await send(port, request(b"", method="GET", path=random.choice(paths)))

    async def other_type(port: int) -> str:
        return await send(
            port, request(b"<x/>", Content_Type="text/xml", **signed("sandbox-signing-secret", b"<x/>"))
        )

    found = [value for name, value in locals().items() if asyncio.iscoroutinefunction(value)]
    return {attack.__name__: attack for attack in found}


async def each(port: int, quiet: float) -> dict[str, str]:
    """Try every attack once, all at the same time."""
    known = attacks(quiet)
    seen = await asyncio.gather(*(attack(port) for attack in known.values()))
    return dict(zip(known, seen, strict=True))


async def flood(port: int, seconds: float, quiet: float = 15.0) -> Counter[str]:
    """Attack from many connections for a while, and hold some open that say nothing."""
    seen = Counter[str]()
    quick = [
        one
        for name, one in attacks(quiet).items()
        if name not in {"truncated", "slow_head", "silent", "oversized"}
    ]

    async def attacker(number: int) -> None:
        dice = random.Random(number)
        while True:  # once at least, however long this machine stands still
            try:
                seen[await dice.choice(quick)(port)] += 1
            except OSError:
                seen["closed"] += 1
            if time.monotonic() > until:
                return

    idle = [await asyncio.open_connection(HOST, port) for _ in range(100)]
    until = time.monotonic() + seconds
    await asyncio.gather(*(attacker(number) for number in range(FLOODERS)))
    for _, writer in idle:
        writer.close()
    return seen


def main() -> None:
    """Attack as a process of its own and print the counts."""
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    sys.stdout.write(json.dumps(asyncio.run(flood(port, seconds))))


if __name__ == "__main__":
    main()
