"""Many requests in a store: real ones through the service, or clones where only the number matters."""

from __future__ import annotations

import json
import secrets
import time
import uuid
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from benchmarks.lab import Valkey
from benchmarks.load import ORGANIZATION, api_key
from benchmarks.slack import CHANNEL, TEAM
from bot.adapters.redis import RedisStore
from bot.adapters.redis_client import connect
from bot.adapters.vault import Keyring, Vault, derive
from bot.domain.destination import Offer
from bot.domain.diagnosis import Diagnosis, Verdict
from bot.domain.ids import new_request_id
from bot.domain.lifecycle import Terms
from bot.domain.policy import Actor
from bot.domain.request import Announced, Draft, KeyProbed, Place, Request, Route, Scope
from bot.ports import Save
from bot.service import Home, Service

CLONE = """
-- KEYS req due mine recent state shown | ARGV id from to score prefix state steps
local doc = redis.call('HGET', KEYS[1], 'doc')
local version = redis.call('HGET', KEYS[1], 'v')
for number = tonumber(ARGV[2]), tonumber(ARGV[3]) do
  local id = string.format('GL-%06d', number)
  local fields = doc and string.gsub(doc, (string.gsub(ARGV[1], '-', '%%-')), id) or ''
  redis.call('HSET', ARGV[5] .. 'req:' .. id, 'v', version, 'doc', fields, 'op', 'x')
  for _, step in ipairs(cjson.decode(ARGV[7])) do
    redis.call('ZADD', KEYS[2], tonumber(ARGV[4]) + number, id .. '|' .. step .. '|0')
  end
  redis.call('HSET', KEYS[6], id, ARGV[6])
  redis.call('ZADD', KEYS[3], number, id)
  redis.call('ZADD', KEYS[4], number, id)
  redis.call('ZADD', KEYS[5], number, id)
end
"""


class Office:
    """A service over a real store, without Slack."""

    def __init__(self, server: Valkey) -> None:
        self.client, self.blocking = connect(server.url), connect(server.url, blocking=True)
        keyring = Keyring.generate()
        self.keys_text = keyring.dump().get_secret_value()
        self.store = RedisStore(self.client, self.blocking, TEAM)
        vault = Vault(keyring, keyring.installation_secret)
        offer = Offer(tenants=("https://acme.goskope.com",))
        home = Home(TEAM, "Bench", offer, derive(keyring.installation_secret, "audit"))
        self.service = Service(self.store, vault, home, Terms(), _now, _new_id)

    async def close(self) -> None:
        """Hang up."""
        await self.client.aclose()
        await self.blocking.aclose()

    async def opened(self) -> Request:
        """One request as the form makes it."""
        draft = Draft(
            route=Route.SUPPORT_EMAIL,
            workspace_id=str(uuid.uuid4()),
            organization_id=ORGANIZATION,
            key_name="netskope-casb",
            created_by="Rita Example",
            scope=Scope.READ,
            admin_email="rita@example.com",
            instance_name="chatgpt-enterprise",
        )
        who = Actor(id=f"U0ADMIN{secrets.randbelow(10**6)}", team=TEAM, known=True, admin=True)
        done = await self.service.open(
            draft, SecretStr(api_key()), who, admin_key=False, idempotency=f"view:{uuid.uuid4().hex}"
        )
        return done.request

    async def reads(self) -> int:
        """How often the server has read from its clients."""
        info: dict[str, int] = await self.client.info("stats")  # type: ignore[union-attr]
        return info["total_reads_processed"]

    async def save_seconds(self, count: int) -> float:
        """Seconds per save alone: the script with all its keys."""
        spent, saved = 0.0, self.store.save

        async def timed(change: Save) -> str | None:
            nonlocal spent
            began = time.perf_counter()
            try:
                return await saved(change)
            finally:
                spent += time.perf_counter() - began

        self.store.save = timed  # type: ignore[method-assign]
        for _ in range(count):
            await self.opened()
        self.store.save = saved  # type: ignore[method-assign]
        return spent / count

    async def in_review(self, *, calm: bool = False) -> Request:
        """The same after its card and its first probe, waiting for people; `calm`: its messages are sent."""
        request = await self.opened()
        card = Announced(surface="card", place=Place(channel=CHANNEL, ts="1700000000.000100"))
        await self.service.apply(request.id, card)
        missing = Diagnosis(verdict=Verdict.MISSING, row="3", seen=("logs 403", "users 403"))
        subject = request.fingerprint
        done = await self.service.apply(request.id, KeyProbed(diagnosis=missing, subject=subject))
        if calm:
            await self.client.zrem(
                self.store.keys.schedule[0],
                *[
                    f"{request.id}|{step}|{ref}"
                    for step, ref in (("card", 0), ("note", 3), ("tell", 1), ("tell", 3))
                ],
            )
        return done.request


async def clones(server: Valkey, office: Office, count: int) -> None:
    """Many waiting requests, due from tomorrow on."""
    request = await office.in_review()
    keys = office.store.keys
    names = [
        keys.request(request.id),
        keys.schedule[0],
        keys.mine("U0"),
        keys.recent,
        keys.state(request.state),
        keys.shown,
    ]
    due = await server.client.zrange(keys.schedule[0], 0, -1)
    named = [str(one).split("|") for one in due]
    steps = json.dumps(
        [step for owner, step, ref in named if owner == request.id and ref == "0" and step != "card"]
    )
    tomorrow = round((_now() + timedelta(days=1)).timestamp() * 1000)
    prefix = keys.request("")[: -len("req:")]
    for start in range(0, count, 10_000):
        last = min(start + 10_000, count) - 1
        await server.client.eval(
            CLONE, len(names), *names, request.id, start, last, tomorrow, prefix, request.state, steps
        )
    await server.client.zrem(
        keys.schedule[0], *await server.client.zrangebyscore(keys.schedule[0], 0, tomorrow - 1)
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return new_request_id(secrets.token_bytes(4))
