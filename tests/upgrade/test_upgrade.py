"""What an older version stored is read, decided on and proven; what a newer one stored is kept."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.adapters import documents
from bot.adapters.redis import RedisStore
from bot.adapters.redis_client import connect
from bot.adapters.vault import Keyring, Vault, derive
from bot.domain.audit import Entry, flaws, link
from bot.domain.errors import TooNew
from bot.domain.evidence import Rung
from bot.domain.lifecycle import Step, Terms, Transition, advance
from bot.domain.request import FINAL, Cancelled, CheckAsked, Request, State
from bot.ports import Save

SAMPLES = sorted((Path(__file__).parent / "data").glob("*.json"))
WRITTEN = [
    pytest.param(sample, state, id=f"{path.stem}-{state}")
    for path in SAMPLES
    for sample in [json.loads(path.read_text())]
    for state in sample["requests"]
]


def secret_of(sample: dict[str, Any]) -> bytes:
    ring = Keyring.parse(SecretStr(sample["keys"]))
    return derive(ring.installation_secret, "audit")


class TestWhatAnOlderVersionWrote:
    @pytest.mark.parametrize(("sample", "state"), WRITTEN)
    def test_every_field_means_what_it_meant(self, sample: dict[str, Any], state: str) -> None:
        old = sample["requests"][state]["document"]
        request = documents.read(json.dumps(old))
        assert request.state == state
        now = request.model_dump(mode="json")
        assert {name: now[name] for name in old} == old
        assert documents.read(documents.written(request)) == request

    @pytest.mark.parametrize(("sample", "state"), WRITTEN)
    def test_the_chain_verifies_and_goes_on(self, sample: dict[str, Any], state: str) -> None:
        found, secret = sample["requests"][state], secret_of(sample)
        request = documents.read(json.dumps(found["document"]))
        entries = [Entry.model_validate_json(row) for row in found["entries"]]
        assert flaws(entries, request.audit_head, secret, request.version) == []
        if request.state not in FINAL:
            later = request.updated_at + timedelta(minutes=1)
            moved = advance(request, Cancelled(by=request.requester), later, Terms())
            linked = [*entries, link(moved.entry, request.audit_head, secret)]
            assert flaws(linked, linked[-1].hash, secret) == []

    @pytest.mark.parametrize(("sample", "state"), WRITTEN)
    async def test_the_key_opens_and_every_step_is_known(self, sample: dict[str, Any], state: str) -> None:
        found = sample["requests"][state]
        assert all(documents.is_known(step.split("|")[1]) for step in found["steps"])
        if found["sealed"]:
            ring = Keyring.parse(SecretStr(sample["keys"]))
            vault = Vault(ring, ring.installation_secret)
            request_id = found["document"]["id"]
            key = await vault.open(found["sealed"], request=request_id, field="api_key")
            assert key.get_secret_value().endswith(found["document"]["key"]["last4"])

    def test_the_states_of_a_whole_life_are_among_the_samples(self) -> None:
        assert len({state for sample in SAMPLES for state in json.loads(sample.read_text())["requests"]}) >= 8


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[RedisStore]:
    client, blocking = connect(redis_url), connect(redis_url, blocking=True)
    yield RedisStore(client, blocking, "T0GREEN")
    await client.aclose()
    await blocking.aclose()


def a_document(**newer: object) -> dict[str, Any]:
    sample = json.loads(SAMPLES[-1].read_text())["requests"]["connected"]["document"]
    return sample | newer


async def put(store: RedisStore, document: dict[str, Any]) -> str:
    """Write a document as a newer version would have."""
    request_id = str(document["id"])
    head, version = document["audit_head"], document["version"]
    fields = {"v": version, "doc": json.dumps(document), "op": "newer", "head": head}
    await store._redis.hset(store.keys.request(request_id), mapping=fields)
    await store._redis.zadd(store.keys.recent, {request_id: 1})
    return request_id


def a_save(before: Request, moved: Transition) -> Save:
    entry = link(moved.entry, before.audit_head, b"audit")
    after = moved.request.model_copy(update={"audit_head": entry.hash})
    return Save(request=after, entry=entry, expected=before.version, due=moved.due, state_from=before.state)


class TestWhatANewerVersionWrote:
    async def test_fields_nobody_knows_here_survive_a_change_made_here(self, store: RedisStore) -> None:
        document = a_document(tomorrow={"is": "another day"})
        document["draft"] |= {"colour": "green"}
        document["evidence"]["E1"] |= {"weight": 3}
        request_id = await put(store, document)
        before = (await store.load(request_id)).request
        assert before
        moved = advance(before, CheckAsked(by="U0ADMIN"), before.updated_at + timedelta(minutes=1), Terms())
        assert await store.save(a_save(before, moved)) is None
        kept = json.loads(await store._redis.hget(store.keys.request(request_id), "doc"))
        assert kept["tomorrow"] == {"is": "another day"}
        assert kept["draft"]["colour"] == "green"
        assert kept["evidence"]["E1"]["weight"] == 3
        assert kept["version"] == before.version + 1

    @pytest.mark.parametrize(
        "newer", [{"state": "paused"}, {"warned": ["full_moon"]}, {"evidence": {"E9": {}}}], ids=str
    )
    async def test_a_value_nobody_knows_here_is_left_to_the_newer_version(
        self, store: RedisStore, newer: dict[str, Any]
    ) -> None:
        request_id = await put(store, a_document(**newer))
        readable = await put(store, a_document(id="GL-7K3M9Q"))
        with pytest.raises(TooNew):
            await store.load(request_id)
        assert [one.id for one in await store.requests()] == [readable]  # one hides nobody else

    async def test_work_nobody_knows_here_waits_for_the_newer_version_and_holds_up_nothing(
        self, store: RedisStore
    ) -> None:
        now = datetime.now(UTC)
        due = store.keys.schedule[0]
        await store._redis.zadd(due, {"GL-7K3M9Q|dance|0": 1, "GL-7K3M9Q|card|0": 2})
        claims = await store.claim(now, 16, 30)
        assert [claimed.step for claimed in claims.steps] == [Step.CARD]
        assert not (await store.claim(now, 16, 30)).steps
        again = await store._redis.zscore(due, "GL-7K3M9Q|dance|0")
        assert 0 < again - now.timestamp() * 1000 <= 2500
        assert int(await store._redis.hget(store.keys.schedule[2], "GL-7K3M9Q|dance|0")) == 0

    def test_an_audit_entry_with_more_in_it_still_verifies(self) -> None:
        found = json.loads(SAMPLES[-1].read_text())["requests"]["connected"]
        row = json.loads(found["entries"][0]) | {"place": "Berlin"}
        entry = Entry.model_validate(row | {"hash": "", "seal": ""})
        linked = link(entry, "", b"s")
        assert flaws([Entry.model_validate_json(linked.model_dump_json())], linked.hash, b"s") == []


def test_what_stands_at_its_default_is_not_written_so_an_older_version_can_read_it() -> None:
    request = documents.read(json.dumps(a_document()))
    fresh = json.loads(documents.written(request.model_copy(update={"evidence": {}, "hint": ""})))
    assert {"evidence", "hint", "took_over"}.isdisjoint(fresh)
    assert fresh["state"] == State.CONNECTED
    assert Rung.KEY_ALIVE in request.evidence
