"""How to reach the server: one URL for standalone, TLS, Unix socket, Sentinel and Cluster.

Defaults of redis-py 8 that bite (measured): writes are retried up to 11 times, a pool of 100 that raises when
it is empty, a socket time-out shorter than a blocking read. Hence explicit retries, pools that wait when they
are empty (redis-py has one for a single server only: a Cluster gets `Turns`), and a client of its own for
blocking reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster
from redis.asyncio.cluster import ClusterPipeline
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import ConnectionError as NoConnection

Client = Redis | RedisCluster
BLOCK_SECONDS = 20
ANSWER_SECONDS = 2.0
CONNECTIONS = 20


def connect(url: str, *, blocking: bool = False, turn: float = ANSWER_SECONDS) -> Client:
    """Build a client for `redis://`, `rediss://`, `unix://`, `redis+sentinel://h:p,h:p/name`, `redis+cluster://`.

    A `blocking` client waits longer than BLOCK_SECONDS for an answer; never share it with ordinary commands.
    `turn` is how many seconds a command waits for a free connection.
    """
    options = _options(blocking)
    scheme, _, rest = url.partition("://")
    if scheme.endswith("+cluster"):
        nodes = f"{scheme.removesuffix('+cluster')}://{rest}"
        return PatientCluster.from_url(nodes, turn=turn, **options)
    if scheme.endswith("+sentinel"):
        return _sentinel(url, options, turn)
    pool = BlockingConnectionPool.from_url(url, max_connections=CONNECTIONS, timeout=turn, **options)
    return Redis.from_pool(pool)


def _options(blocking: bool) -> dict[str, Any]:
    retry = Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.3), retries=0 if blocking else 2)
    return {
        "decode_responses": True,
        "socket_connect_timeout": ANSWER_SECONDS,
        "socket_timeout": BLOCK_SECONDS + 5 if blocking else ANSWER_SECONDS,
        "retry": retry,
    }


class Turns:
    """At most `limit` things at once; who waits longer than `seconds` is refused as if there were no way."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._free = asyncio.Semaphore(limit)
        self._seconds = seconds

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a turn and keep it."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._free.acquire()
        except TimeoutError:
            raise NoConnection("no connection was free") from None
        try:
            yield
        finally:
            self._free.release()


class PatientCluster(RedisCluster):
    """A Cluster client that waits for a free connection; redis-py's own raises when there is none."""

    def __init__(self, *args: Any, turn: float = ANSWER_SECONDS, **options: Any) -> None:
        super().__init__(*args, **options)
        self.turns = Turns(CONNECTIONS, turn)

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Run one command in turn."""
        async with self.turns.one():
            return await super().execute_command(*args, **options)

    def pipeline(self, transaction: Any = None, shard_hint: Any = None) -> ClusterPipeline:
        """Collect commands, to be sent in turn."""
        if shard_hint:
            raise NotImplementedError("a Cluster knows no shards")
        return PatientPipeline(self, transaction)  # type: ignore[abstract]  # redis-py's own is, too


class PatientPipeline(ClusterPipeline):
    """Commands for one Cluster that wait for a connection."""

    cluster_client: PatientCluster

    async def execute(self, raise_on_error: bool = True, allow_redirections: bool = True) -> list[Any]:
        """Send all commands in turn."""
        async with self.cluster_client.turns.one():
            return await super().execute(raise_on_error, allow_redirections)


class PatientPool(SentinelConnectionPool, BlockingConnectionPool):
    """The way to whichever server the Sentinels name; waits when every connection is in use."""


class GuardedRedis(Redis):
    """A client that leaves no connection to its Sentinels behind; redis-py forgets them."""

    guards: tuple[Redis, ...] = ()

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        """Close the connections to the server and to the Sentinels."""
        await super().aclose(close_connection_pool)
        for guard in self.guards:
            await guard.aclose()


def _sentinel(url: str, options: dict[str, Any], turn: float) -> Redis:
    parts = urlsplit(url)
    path = parts.path.strip("/").split("/")
    hosts = [_host(item) for item in parts.netloc.rpartition("@")[2].split(",")]
    login = {"username": parts.username or None, "password": parts.password or None}
    sentinel_password = parse_qs(parts.query).get("sentinel_password", [None])[0]
    sentinel: Any = Sentinel(  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        hosts,
        sentinel_kwargs={"password": sentinel_password, "socket_timeout": ANSWER_SECONDS},
        db=int(path[1]) if len(path) > 1 else 0,
        **login,
        **options,
    )
    master: GuardedRedis = sentinel.master_for(
        path[0],
        redis_class=GuardedRedis,
        connection_pool_class=PatientPool,
        max_connections=CONNECTIONS,
        timeout=turn,
    )
    master.guards = tuple(sentinel.sentinels)
    return master


def _host(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return (host, int(port)) if host else (text, 26379)
