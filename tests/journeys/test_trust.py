"""What a security officer wants to see: one showing of the key, a trail that leaves the house, a proof."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis.asyncio
from aiohttp import web

from bot.adapters.vault import Keyring
from bot.domain.audit import Entry
from bot.domain.errors import NotAllowed
from bot.domain.policy import Actor
from bot.domain.request import State
from bot.offline import secret_of, verify_file
from bot.sandbox.local import LocalWorld
from bot.sandbox.slack import Message, text_of
from tests.journeys.conftest import Journey, Start
from tests.search import leaks

ROOT = Path(__file__).parents[2]


async def greenlight(journey: Journey, *words: str) -> tuple[int, str]:
    """Run a command of the operator's beside the running bot; return its exit code and all it said."""
    told = asyncio.subprocess
    process = await told.create_subprocess_exec(
        sys.executable, "-m", "bot", *words, cwd=ROOT, env={"PATH": os.environ["PATH"]} | journey.environment,
        stdout=told.PIPE, stderr=told.STDOUT,
    )  # fmt: skip
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


async def everything_stored(journey: Journey) -> bytes:
    """All that the server would write to its disk."""
    async with redis.asyncio.Redis.from_url(
        journey.environment["REDIS_URL"], decode_responses=False
    ) as client:
        await client.config_set("rdbcompression", "no")  # a compressed text could not be searched
        return b"".join([await client.dump(key) or b"" for key in await client.keys()])


def offered(message: Message) -> bool:
    return "[Show the key once]" in text_of(message)


async def test_threat_01_the_key_is_shown_once_to_its_requester_and_is_nowhere_else(
    begin: Start, capfd: pytest.CaptureFixture[str]
) -> None:
    journey: Journey = await begin(GREENLIGHT_HANDOVER="on", GREENLIGHT_LOG_LEVEL="DEBUG")
    await journey.at_netskope()
    message = await journey.dm_with("Show the key once", journey.alice)
    await journey.alice.click(message, "Show the key once")
    shown = await journey.modal_says(journey.alice, "It is not shown again")
    assert journey.key in shown
    assert journey.alice.top is not None
    assert journey.alice.top.private_metadata == ""
    with_key = [call.method for call in journey.world.slack.calls if journey.key in json.dumps(call.args)]
    assert with_key == ["views.update"]
    stored = await everything_stored(journey)
    assert journey.key[-4:].encode() in stored  # the search would find something
    assert (
        leaks({"key": journey.key}, [("store", stored), ("log", "".join(capfd.readouterr()).encode())]) == []
    )
    request = await journey.request()
    entries = await journey.home.ground.store.entries(request.id)
    (entry,) = [entry for entry in entries if entry.event == "key_shown"]
    assert entry.by == journey.alice.id
    assert request.key_shown_at == entry.at
    await journey.thread_says("was shown the key once")


async def test_the_key_is_not_shown_a_second_time_nor_to_anybody_else(begin: Start) -> None:
    journey: Journey = await begin(GREENLIGHT_HANDOVER="on")
    await journey.at_netskope()
    message = await journey.dm_with("Show the key once", journey.alice)
    request = await journey.request()
    for other in (journey.ben, journey.rita):
        actor = Actor(id=other.id, admin=True, reviewer=True)
        with pytest.raises(NotAllowed, match="not_yours"):
            await journey.home.service.show_key(request.id, actor, idempotency=f"by {other.id}")
    await journey.alice.click(message, "Show the key once")
    await journey.modal_says(journey.alice, "It is not shown again")
    await journey.alice.close_modal()
    await journey.alice.click(message, "Show the key once")
    again = await journey.modal_says(journey.alice, "shown only once")
    assert journey.key not in again


async def test_nobody_is_offered_the_key_where_the_operator_did_not_switch_it_on(journey: Journey) -> None:
    await journey.at_netskope()
    await journey.dm_with("I pressed Grant Access", journey.alice)
    assert not any(offered(message) for message in journey.alice.dms())


@dataclass
class Collector:
    """Takes audit entries by HTTP, once it is up."""

    url: str = ""
    up: bool = False
    refused: int = 0
    taken: list[str] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        if not self.up:
            self.refused += 1
            return web.Response(status=503)
        self.taken.append(await request.text())
        return web.Response(status=204)


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    found, app = Collector(), web.Application()
    app.router.add_post("/audit", found.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/audit"
    yield found
    await runner.cleanup()


async def test_threat_14_every_entry_reaches_the_file_and_a_collector_that_was_down(
    begin: Start, collector: Collector, tmp_path: Path
) -> None:
    file, keys = tmp_path / "audit.jsonl", tmp_path / "keys"
    keys.write_text(Keyring.generate().dump().get_secret_value())
    journey: Journey = await begin(
        GREENLIGHT_AUDIT_FILE=str(file),
        GREENLIGHT_AUDIT_URL=collector.url,
        GREENLIGHT_ENCRYPTION_KEYS="",
        GREENLIGHT_ENCRYPTION_KEYS_FILE=str(keys),
    )
    await journey.in_review()
    await journey.until(lambda: collector.refused, "the collector to be asked in vain")
    collector.up = True
    await journey.deny("not ours")
    await journey.stands(State.DENIED)
    request = await journey.request()

    async def written() -> set[int]:
        return {entry.seq for entry in await journey.home.ground.store.entries(request.id)}

    def taken() -> set[int]:
        return {Entry.model_validate_json(text).seq for text in collector.taken}

    async with asyncio.timeout(30):
        while taken() != await written():
            await journey.hours_pass(0.1)
            await asyncio.sleep(0.05)
    assert verify_file(file, secret_of(keys)) == {request.id: []}
    copied = {Entry.model_validate_json(line).seq for line in file.read_text().splitlines()}
    assert copied == await written()
    copies = [("file", file.read_bytes()), ("collector", "".join(collector.taken).encode())]
    assert leaks({"key": journey.key}, copies) == []
    code, told = await greenlight(journey, "audit", "verify", "--against", str(file))
    assert (code, told) == (0, f"{request.id}: intact\n")


async def test_each_message_each_probe_and_the_end_of_the_key_have_their_entry(journey: Journey) -> None:
    await journey.at_netskope()
    await journey.cancel("not needed")
    await journey.stands(State.CANCELLED)
    await journey.thread_says("cancelled the request")
    posted = [call for call in journey.world.slack.calls if call.method == "chat.postMessage" and call.ok]
    await journey.rest()
    request = await journey.request()
    entries = await journey.home.ground.store.entries(request.id)
    probes = [entry for entry in entries if entry.event == "key_probed"]
    assert probes
    assert all(entry.facts["key_read"] for entry in probes)
    assert [entry.event for entry in entries if entry.facts.get("key_destroyed")] == ["cancelled"]
    told = [entry for entry in entries if entry.event == "announced"]
    assert len(told) >= len(posted)
    assert {"card", "dm", "note"} <= {entry.facts["surface"] for entry in told}


async def test_the_operator_rotates_proves_and_hands_over_while_the_bot_works(
    begin: Start, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    keys.write_text(Keyring.generate().dump().get_secret_value())
    copy = tmp_path / "audit.jsonl"
    journey: Journey = await begin(
        GREENLIGHT_ENCRYPTION_KEYS="",
        GREENLIGHT_ENCRYPTION_KEYS_FILE=str(keys),
        GREENLIGHT_AUDIT_FILE=str(copy),
    )
    await journey.at_openai()
    old = keys.read_text().split(":")[0]
    code, told = await greenlight(journey, "keys", "rotate")
    assert (code, "1 sealed keys re-wrapped" in told) == (0, True), told
    fresh = keys.read_text().split(":")[0]
    assert fresh != old
    assert (await greenlight(journey, "keys", "prune"))[0] == 0
    assert old not in keys.read_text()
    decided = [one.event for one in await journey.home.ground.decisions.entries()]
    assert decided == ["keys_rewrapped", "key_set_changed"]
    await journey.until(lambda: copy.read_text().count('"request":"workspace"') == 2, "both to be copied")
    assert verify_file(copy, secret_of(keys))["workspace"] == []
    code, told = await greenlight(journey, "audit", "verify", "--against", str(copy))
    assert (code, "workspace: intact" in told) == (0, True), told
    exported = tmp_path / "workspace.json"
    assert await greenlight(journey, "audit", "export", "--out", str(tmp_path)) == (0, f"{exported}\n")
    assert verify_file(exported, secret_of(keys)) == {"workspace": []}
    assert await greenlight(journey, "keys", "list") == (0, f"{fresh}  wraps 1  (first of the key set)\n")
    journey.openai_grants()
    await journey.stands(State.AWAITING_NETSKOPE)  # the bot still opens the key, with the new set
    code, told = await greenlight(journey, "audit", "keys", "--deep")
    assert (code, "none is left over" in told) == (0, True), told
    name = (await journey.request()).id
    code, told = await greenlight(journey, "requests", "export", name, "--out", str(tmp_path / "pack"))
    assert (code, told.split()) == (
        0,
        [str(tmp_path / "pack" / f"{name}.{kind}") for kind in ("html", "json")],
    )
    for kind in ("html", "json"):
        path = tmp_path / "pack" / f"{name}.{kind}"
        assert journey.key not in path.read_text()
        assert journey.rita.user.real_name in path.read_text()
        assert verify_file(path, secret_of(keys)) == {name: []}
    path.write_text(re.sub(r'"by": "U0REVIEW1"', '"by": "U0SOMEONE"', path.read_text()))
    code, told = await greenlight(journey, "audit", "verify", "--file", str(path))
    assert code == 1
    assert "content was changed" in told


async def test_verifying_all_names_a_request_that_no_index_of_a_state_has_or_that_cannot_be_read(
    journey: Journey,
) -> None:
    await journey.in_review()
    name, store = (await journey.request()).id, journey.home.ground.store
    async with redis.asyncio.Redis.from_url(journey.environment["REDIS_URL"]) as client:
        # as if it moved while the indexes were read
        await client.zrem(store.keys.state(State.IN_REVIEW), name)
        assert await greenlight(journey, "audit", "verify") == (0, f"{name}: intact\n")
        await client.zadd(store.keys.recent, {"GL-AAAAAA": 1, "GL-BBBBBB": 2})
        await client.hset(store.keys.request("GL-BBBBBB"), "doc", "{}")
    code, told = await greenlight(journey, "audit", "verify")
    lost = [f"GL-{one}: its document is missing, damaged, or" for one in ("AAAAAA", "BBBBBB")]
    assert (code, [words in told for words in (f"{name}: intact", *lost)]) == (1, [True] * 3), told


async def test_an_entry_that_cannot_be_read_is_located_and_hides_neither_the_others_nor_the_pack(
    journey: Journey, tmp_path: Path
) -> None:
    await journey.in_review()
    name, store = (await journey.request()).id, journey.home.ground.store
    async with redis.asyncio.Redis.from_url(journey.environment["REDIS_URL"]) as client:
        await client.lset(store.keys.audit(name), 1, "torn")
    code, told = await greenlight(journey, "audit", "verify")
    assert (code, told.partition("; ")[0]) == (1, f"{name}: entry 2: sequence number 0")
    code, told = await greenlight(journey, "requests", "export", name, "--out", str(tmp_path))
    assert (code, "greenlight: entry 2: content was changed" in told) == (1, True), told
    pack = tmp_path / f"{name}.json"
    assert (
        f"{name}: entry 2: sequence number 0"
        in (await greenlight(journey, "audit", "verify", "--file", str(pack)))[1]
    )


async def test_a_key_set_given_as_a_value_is_printed_and_nothing_is_changed(begin: Start) -> None:
    journey: Journey = await begin()
    await journey.in_review()
    code, told = await greenlight(journey, "keys", "rotate")
    assert code == 0
    assert "Nothing was changed yet" in told
    before = journey.environment["GREENLIGHT_ENCRYPTION_KEYS"]
    printed = next(line for line in told.splitlines() if "fp:" in line)  # one line: it is pasted into .env
    assert set(re.split(r"[\s,]+", before.strip())) < set(printed.split(","))
    code, told = await greenlight(journey, "audit", "verify")
    assert (code, "intact" in told) == (0, True), told


async def test_a_reviewer_reads_the_evidence_and_nobody_else_does(journey: Journey) -> None:
    card = await journey.connected()
    await journey.rita.click(card, "Evidence pack")
    told = await journey.told(
        journey.rita, "Evidence of", "the chain is intact", "greenlight requests export"
    )
    assert journey.key not in told
    await journey.alice.click(card, "Evidence pack")
    await journey.told(journey.alice, "Only reviewers")


async def test_a_token_that_may_upload_brings_the_reviewer_a_file_that_verifies(
    begin: Start, tmp_path: Path
) -> None:
    world = LocalWorld(files=True)
    journey = await begin(world)
    card = await journey.in_review()
    await journey.rita.click(card, "Evidence pack")
    await journey.told(journey.rita, "Both files (HTML and JSON) are in your direct message")
    sent = {upload.title: upload.body or b"" for upload in world.slack.world.uploads.values()}
    (name,) = [one for one in sent if one.endswith(".json")]
    assert leaks({"key": journey.key}, sent.items()) == []
    (tmp_path / name).write_bytes(sent[name])
    code, told = await greenlight(journey, "audit", "verify", "--file", str(tmp_path / name))
    assert (code, "intact" in told) == (0, True), told
