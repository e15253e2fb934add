"""kill -9 under load, again and again: what was acknowledged and is lost; how soon work goes on."""

from __future__ import annotations

import asyncio
import json
import random
import time

from benchmarks.figures import Findings, Goal, Rounds, at_most
from benchmarks.lab import Lab, Valkey
from benchmarks.load import ORGANIZATION, Slacker, api_key, submission
from benchmarks.programs import Program
from benchmarks.scenarios.fill import Office, clones
from benchmarks.slack import CHANNEL, TEAM
from bot.adapters.redis import Keys

BOLT, OURS = "bolt", "greenlight"
RATE = 30.0
LEASE = 30.0


async def measure(lab: Lab) -> Findings:
    """Kills under submissions at 30/s, then the reckoning; then how soon due work is done again."""
    rounds = Rounds()
    kills = 1 if lab.size.tiny else 4 if lab.size.quick else 100
    wire, server = await lab.wire(), await lab.valkey()
    acked = await _kills(lab, OURS, server, wire, kills)
    lost = await _reckon(lab, server, acked, rounds, kills)
    few = max(1, kills // 5)
    theirs = await _kills(lab, BOLT, await lab.valkey(), wire, few)
    forgotten = theirs - _announced(lab)
    rounds.add("kills", "", BOLT, few)
    rounds.add("acknowledged forms", "", BOLT, len(theirs))
    rounds.add("acknowledged and lost or never announced", "", BOLT, len(forgotten))
    await _again(lab, rounds)
    restart = rounds["exec to the first due step done, many waiting"]
    goals = [
        Goal(row="8.12", asked=f"{kills} x kill -9 under load: nothing acknowledged is lost",
             measured=f"{lost} of {len(acked)} lost (Bolt as documented: "
                      f"{len(forgotten)} of {len(theirs)} in {few} kills)",
             met=lost == 0 and bool(acked), why="" if not lost and acked else "see the reckoning"),
        at_most("9", "the same replica restarted: due work goes on within 2 s", restart.middle(OURS), 2.0,
                lambda v: f"{v:.2f} s from exec, imports included",
                "start-up (imports and Slack's checks) is most of it"),
    ]  # fmt: skip
    if "due step of a killed replica done by another" in rounds.rows:
        other = rounds["due step of a killed replica done by another"]
        goals.append(at_most("9", "kill -9 to the next due step "
                                  "done elsewhere <= lease + 1 s", other.middle(OURS),
                             LEASE + 1, lambda v: f"{v:.1f} s (lease {LEASE:.0f} s)"))  # fmt: skip
    note = (
        f"Forms arrive at {RATE:.0f}/s, Slack is 30 ms away, the program is killed after 0.2 to 0.7 s of "
        "load and started "
        "again. An acknowledged form is lost when its request is not stored, or neither announced nor "
        "scheduled to be."
    )
    return Findings(tables=[rounds.table("kill -9", note)], goals=goals)


async def _kills(lab: Lab, name: str, server: Valkey, wire: int, kills: int) -> set[str]:
    """Load and kill, so many times; the workspaces whose form was acknowledged."""
    acked, dice = set[str](), random.Random(11)
    for _ in range(kills):
        program = await lab.program(name, server.url, port=wire).start()
        jobs = [asyncio.create_task(_load(lab, Slacker(program.port), acked))]
        await asyncio.sleep(dice.uniform(0.2, 0.7))
        await program.stop("kill")
        jobs[0].cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
    await asyncio.sleep(0.1)
    return acked


async def _load(lab: Lab, slacker: Slacker, acked: set[str]) -> None:
    async with asyncio.TaskGroup() as group:
        while True:
            group.create_task(_form(lab, slacker, acked))
            await asyncio.sleep(random.expovariate(RATE))


async def _form(lab: Lab, slacker: Slacker, acked: set[str]) -> None:
    key = api_key()
    form = submission(key)
    lab.openai.add_key(key, "pending", form.token, ORGANIZATION)
    try:
        status, body = await slacker.deliver(form)
    except (OSError, TimeoutError):
        return
    if status == 200 and (not body or b"is open" in body):
        acked.add(form.token)


async def _reckon(lab: Lab, server: Valkey, acked: set[str], rounds: Rounds, kills: int) -> int:
    """Count what was acknowledged and is neither told nor going to be."""
    office = Office(server)
    requests = await office.store.requests(limit=10**6)
    due = {str(member) for member in await server.client.zrange(Keys(TEAM).schedule[0], 0, -1)}
    known = {one.draft.workspace_id: one for one in requests}
    lost = 0
    for workspace in acked:
        found = known.get(workspace)
        lost += found is None or (found.card is None and f"{found.id}|card|0" not in due)
    marks = [str(_mark(call.args)) for call in lab.slack.calls if call.method == "chat.postMessage"]
    cards = [mark for mark in marks if mark.startswith("card:")]
    await office.close()
    rounds.add("kills", "", OURS, kills)
    rounds.add("acknowledged forms", "", OURS, len(acked))
    rounds.add("stored requests", "", OURS, len(requests))
    rounds.add("acknowledged and lost or never announced", "", OURS, lost)
    rounds.add("cards posted so far", "", OURS, len(set(cards)))
    rounds.add("cards posted twice", "", OURS, len(cards) - len(set(cards)))
    return lost


def _mark(args: dict[str, object]) -> object:
    metadata = args.get("metadata") or {}
    if isinstance(metadata, str):
        metadata = json.loads(metadata)
    return metadata.get("event_payload", {}).get("mark", "") if isinstance(metadata, dict) else ""


def _announced(lab: Lab) -> set[str]:
    texts = [str(call.args.get("text")) for call in lab.slack.calls if call.args.get("channel") == CHANNEL]
    return {text.rpartition(": ")[2] for text in texts}


async def _again(lab: Lab, rounds: Rounds) -> None:
    """Overdue work of one request among many: who does it, and when."""
    server, many = await lab.valkey(), 200 if lab.size.tiny else 20_000 if lab.size.quick else 100_000
    office = Office(server)
    await clones(server, office, many)
    request = await office.opened()
    schedule = office.store.keys.schedule[0]
    for _ in range(lab.size.rounds):
        await server.client.zadd(schedule, {f"{request.id}|card|0": 1})
        bot = lab.program(OURS, server.url)
        told = lab.slack.expect("chat.postMessage", request.draft.workspace_id)
        edited = lab.slack.expect("chat.update", request.draft.workspace_id)
        began = time.perf_counter()
        await bot.spawn()
        await asyncio.wait({told, edited}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        rounds.add("exec to the first due step done, many waiting", "s", OURS, time.perf_counter() - began)
        await asyncio.sleep(0.1)
        await bot.stop()
    if not lab.size.quick:
        await _elsewhere(lab, server, rounds, office)
    await office.close()


async def _elsewhere(lab: Lab, server: Valkey, rounds: Rounds, office: Office) -> None:
    """A replica dies with a step in its hands; another one takes it over when the lease has run out."""
    dying: Program = await lab.program(OURS, server.url).start()
    lab.slack.delays["chat.postMessage"] = 20.0
    request = await office.opened()
    await asyncio.wait_for(lab.slack.expect("chat.postMessage", request.draft.workspace_id), 20)
    other = await lab.program(OURS, server.url).start()
    lab.slack.delays.clear()
    # Slack has the card already: it is found and edited, or, if it were not, posted
    took_over = {
        lab.slack.expect(f"chat.{how}", request.draft.workspace_id) for how in ("update", "postMessage")
    }
    await dying.stop("kill")
    began = time.perf_counter()
    await asyncio.wait(took_over, timeout=60, return_when=asyncio.FIRST_COMPLETED)
    rounds.add("due step of a killed replica done by another", "s", OURS, time.perf_counter() - began)
    await other.stop()
