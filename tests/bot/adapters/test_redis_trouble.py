"""Bad days of the store, on a real server: refused clearly, nothing half-written, well again afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from bot.adapters.redis import RedisStore
from bot.adapters.redis_check import check_server
from bot.adapters.redis_client import CONNECTIONS, Turns, connect
from bot.domain.errors import Conflict, GreenlightError, StoreUnavailable
from bot.domain.lifecycle import Due, Step
from bot.domain.request import CheckAsked, State
from tests.contracts.test_store import AT, a_request, moved, opened
from tests.servers import Server, cluster, guarded, server
from tests.wait import until


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Server]:
    with server(tmp_path) as running:
        yield running


@asynccontextmanager
async def a_store(url: str) -> AsyncIterator[RedisStore]:
    # A storm waits for its turn; how long is the business of a test of its own, not of this machine's stalls.
    client, blocking = connect(url, turn=60), connect(url, blocking=True)
    try:
        yield RedisStore(client, blocking, "T0GREEN")
    finally:
        await client.aclose()
        await blocking.aclose()


@pytest.fixture
async def store(one: Server) -> AsyncIterator[RedisStore]:
    async with a_store(one.url) as found:
        yield found


async def everything(store: RedisStore) -> dict[str, bytes]:
    names = await store._redis.keys("*")
    return {name: await store._redis.dump(name) for name in names}


@pytest.fixture
async def raw(one: Server) -> AsyncIterator[RedisStore]:
    """The same server, read as bytes."""
    import redis.asyncio

    async with redis.asyncio.Redis(port=one.port) as client:
        yield RedisStore(client, client, "T0GREEN")


async def test_what_was_saved_is_there_after_the_server_was_killed(store: RedisStore, one: Server) -> None:
    request = await opened(store, a_request())
    one.kill()
    with pytest.raises(StoreUnavailable):
        await store.load(request.id)
    one.start()
    assert (await store.load(request.id)).request == request
    assert (await moved(store, request, CheckAsked(by="U1"), AT)).version == 2


async def test_a_replica_that_takes_no_writes_refuses_and_keeps_everything_as_it_was(
    store: RedisStore, raw: RedisStore, one: Server
) -> None:
    request = await opened(store, a_request())
    before = await everything(raw)
    one.ask("REPLICAOF", "127.0.0.1", "1")
    with pytest.raises(StoreUnavailable):
        await moved(store, request, CheckAsked(by="U1"), AT)
    with pytest.raises(StoreUnavailable):
        await store.claim(AT, 10, 30)
    one.ask("REPLICAOF", "NO", "ONE")
    assert await everything(raw) == before
    assert (await moved(store, request, CheckAsked(by="U1"), AT)).version == 2


async def test_a_full_server_refuses_and_keeps_everything_as_it_was(
    store: RedisStore, raw: RedisStore, one: Server
) -> None:
    request = await opened(store, a_request())
    before = await everything(raw)
    one.ask("CONFIG", "SET", "maxmemory", "1")
    with pytest.raises(StoreUnavailable):
        await moved(store, request, CheckAsked(by="U1"), AT)
    with pytest.raises(StoreUnavailable):
        await opened(store, a_request("GL-BBBBBB", "00000000-0000-4000-8000-000000000002"))
    one.ask("CONFIG", "SET", "maxmemory", "0")
    assert await everything(raw) == before
    assert (await moved(store, request, CheckAsked(by="U1"), AT)).version == 2


async def test_a_disk_that_hangs_for_a_moment_delays_a_save_but_does_not_double_it(
    store: RedisStore, one: Server
) -> None:
    request = await opened(store, a_request())
    one.pause()
    saving = asyncio.create_task(moved(store, request, CheckAsked(by="U1"), AT))
    done, _ = await asyncio.wait({saving}, timeout=2.3)  # longer than one try
    assert not done
    one.resume()
    assert (await saving).version == 2
    assert len(await store.entries(request.id)) == 2


async def test_a_flushed_script_cache_is_filled_again(store: RedisStore, one: Server) -> None:
    request = await opened(store, a_request())
    one.ask("SCRIPT", "FLUSH")
    assert (await moved(store, request, CheckAsked(by="U1"), AT)).version == 2


async def test_a_delivery_is_remembered_for_a_day(store: RedisStore) -> None:
    """Slack repeats for minutes; what a proxy or a person replays later must not count twice either."""
    await opened(store, a_request(), idempotency="click")
    assert 24 * 3600 - 60 < await store._redis.ttl(store.keys.seen("click")) <= 24 * 3600


async def test_a_storm_shares_a_few_connections(store: RedisStore, one: Server) -> None:
    request = await opened(store, a_request())
    found = await asyncio.gather(*(store.load(request.id) for _ in range(1000)))
    assert all(loaded.request == request for loaded in found)
    assert len(str(one.ask("CLIENT", "LIST")).splitlines()) <= CONNECTIONS + 2
    assert store._redis.connection_pool.max_connections == CONNECTIONS


async def a_storm(store: RedisStore) -> None:
    """Everybody reads and schedules in one moment; nobody may be refused for want of a connection."""
    request = await opened(store, a_request())
    wishes = [store.schedule(request.id, [Due(Step.NOTE, AT, n)]) for n in range(500)]
    found, _ = await asyncio.gather(
        asyncio.gather(*(store.load(request.id) for _ in range(1000))), asyncio.gather(*wishes)
    )
    assert all(loaded.request == request for loaded in found)
    assert len((await store.claim(AT, 1000, 30)).steps) == 500 + 3


@pytest.mark.parametrize("kind", ["cluster", "sentinel"])
async def test_a_storm_waits_for_its_turn_at_a_cluster_and_behind_a_sentinel(
    tmp_path: Path, kind: str
) -> None:
    with ExitStack() as stack:
        if kind == "cluster":
            servers = stack.enter_context(cluster(tmp_path))
            url = f"redis+cluster://{servers[0].address}"
        else:
            group = stack.enter_context(guarded(tmp_path))
            servers, url = [group.primary], group.url
        async with a_store(url) as store:
            await a_storm(store)
            for one in servers:
                assert len(str(one.ask("CLIENT", "LIST")).splitlines()) <= CONNECTIONS + 15


async def test_who_waits_too_long_for_a_connection_is_refused_and_does_not_block_the_next() -> None:
    turns = Turns(1, seconds=0.01)
    async with turns.one():
        with pytest.raises(RedisError, match="no connection was free"):
            async with turns.one():
                raise AssertionError
    async with turns.one():
        pass


async def test_the_same_version_on_another_history_is_a_conflict(store: RedisStore) -> None:
    """A failover may lose the last save; whoever still remembers it must not write on top of another one."""
    request = await opened(store, a_request())
    remembered = await moved(store, request, CheckAsked(by="U1"), AT)
    await store._redis.flushall()
    await opened(store, a_request())
    await moved(store, request, CheckAsked(by="U2"), AT)
    with pytest.raises(Conflict):
        await moved(store, remembered, CheckAsked(by="U1"), AT)


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-ttl", "allkeys-random"])
async def test_a_server_that_may_evict_is_refused_at_the_start(
    store: RedisStore, one: Server, policy: str
) -> None:
    one.ask("CONFIG", "SET", "maxmemory-policy", policy)
    with pytest.raises(GreenlightError, match=f"{policy}.*noeviction"):
        await check_server(store._redis)


async def test_a_server_without_an_append_only_file_is_warned_of(store: RedisStore, one: Server) -> None:
    assert await check_server(store._redis) == []
    one.ask("CONFIG", "SET", "appendonly", "no")
    (warning,) = await check_server(store._redis)
    assert "append-only" in warning


async def test_a_cluster_of_three_keeps_a_request_and_its_schedule(tmp_path: Path) -> None:
    with cluster(tmp_path) as nodes:
        async with a_store(f"redis+cluster://{nodes[0].address}") as store:
            assert await check_server(store._redis) == []
            request = await opened(store, a_request(), idempotency="click")
            assert (await moved(store, request, CheckAsked(by="U1"), AT)).version == 2
            assert (await store.load(request.id, "click")).seen == request.id
            assert [one.id for one in await store.requests()] == [request.id]
            await store.schedule(request.id, [Due(Step.CARD, AT)])
            steps = (await store.claim(AT, 10, 30)).steps
            for step in steps:
                await store.done(step)
            assert {step.step for step in steps} == {Step.CARD, Step.PROBE, Step.TELL}
            await asyncio.gather(store.wait(5), store.schedule(request.id, [Due(Step.CARD, AT)]))
            await store.ping()


async def test_after_a_failover_the_sentinel_leads_to_the_new_primary(tmp_path: Path) -> None:
    with guarded(tmp_path) as group:
        async with a_store(group.url) as store:
            request = await opened(store, a_request())
            assert group.primary.ask("WAIT", 1, 50_000) == 1
            group.primary.kill()
            with pytest.raises(StoreUnavailable):
                await moved(store, request, CheckAsked(by="U1"), AT)
            await asyncio.to_thread(group.lose_primary)

            async def saved() -> bool:
                try:
                    await moved(store, request, CheckAsked(by="U1"), AT)
                except StoreUnavailable:
                    return False
                return True

            await until(saved, what="the new primary to take a save")
            loaded = (await store.load(request.id)).request
            assert loaded
            assert (loaded.version, loaded.state) == (2, State.CHECKING)
            await store.schedule(request.id, [Due(Step.CARD, datetime.now(UTC))])

            async def woken() -> bool:  # its own client, which asks the Sentinel once per try
                try:
                    await store.wait(5)
                except StoreUnavailable:
                    return False
                return True

            await until(woken, what="the blocking client to find the new primary")
