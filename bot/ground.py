"""The ground an installation stands on: server, key set, vault, store; Slack is not needed for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from bot.adapters.books import RedisBooks
from bot.adapters.decisions import RedisDecisions
from bot.adapters.embedded import EmbeddedServer
from bot.adapters.redis import RedisStore
from bot.adapters.redis_check import check_server, serve_team, team_served
from bot.adapters.redis_client import Client, connect
from bot.adapters.tickets import RedisTickets
from bot.adapters.vault import Vault, derive
from bot.domain.errors import GreenlightError, StoreUnavailable
from bot.keyring import KeySet, keyring_of, wrappers_of
from bot.settings import Settings


@dataclass(frozen=True)
class Ground:
    """The storage side of an installation."""

    keys: KeySet
    vault: Vault
    audit_secret: bytes = field(repr=False)
    store: RedisStore
    tickets: RedisTickets
    link_secret: bytes = field(repr=False)
    books: RedisBooks
    warnings: list[str]
    client: Client
    team: str
    decisions: RedisDecisions


@asynccontextmanager
async def ground(settings: Settings, team: str | None = None) -> AsyncIterator[Ground]:
    """Open the server and the key set; without `team`, the one that the bot served last."""
    async with AsyncExitStack() as stack:
        url = settings.redis_url.get_secret_value() if settings.redis_url else None
        if url is None:
            server = EmbeddedServer(settings.data_dir)
            url = await server.start()
            stack.push_async_callback(server.close)
        client, blocking = connect(url), connect(url, blocking=True)
        stack.push_async_callback(blocking.aclose)
        stack.push_async_callback(client.aclose)
        keys = keyring_of(settings)
        secret = keys.ring.installation_secret
        vault = Vault(await wrappers_of(settings, keys), secret)
        try:
            warnings = await check_server(client) if team else []
            team = await _team(client, team)
        except StoreUnavailable as error:
            raise StoreUnavailable(
                f"The storage does not answer ({error}); check REDIS_URL. Nothing was started."
            ) from error
        store = RedisStore(client, blocking, team)
        yield Ground(
            keys,
            vault,
            audit_secret := derive(secret, "audit"),
            store,
            RedisTickets(client, team),
            derive(secret, "links"),
            RedisBooks(client, store),
            warnings,
            client,
            team,
            RedisDecisions(store, audit_secret),
        )


async def _team(client: Client, team: str | None) -> str:
    """The Slack team whose data this is: remembered by the bot, read back by operator commands."""
    if team:
        await serve_team(client, team)
        return team
    if known := await team_served(client):
        return known
    raise GreenlightError("This store has not been used by a bot yet: run `greenlight run` first.")
