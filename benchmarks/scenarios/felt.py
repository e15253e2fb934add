"""What a person feels: click to form after a silence and after a start, form sent to notice."""

from __future__ import annotations

import asyncio
import time

from benchmarks.figures import Findings, Goal, Line, Plot, Rounds, at_most, percentile
from benchmarks.lab import RTT, Lab, Valkey
from benchmarks.load import ORGANIZATION, Slacker, api_key, command, submission
from benchmarks.programs import Program

BOLT, FLOOR, OURS = "bolt", "floor", "greenlight"
NAMES = (BOLT, "bolt, best switches", FLOOR, OURS)
GAP, LONG_GAP = 20.0, 100.0
AFTER_A_FORM = 2.3  # seconds: ours says two things in the channel, at Slack's one a second; no backlog


async def click_to_form(lab: Lab, slacker: Slacker) -> float:
    """Seconds from the click until `views.open` has arrived at Slack."""
    click = command()
    arrives = lab.slack.expect("views.open", click.token)
    began = time.perf_counter()
    await slacker.deliver(click)
    return await asyncio.wait_for(arrives, 20) - began


async def quiet(lab: Lab) -> Findings:
    """One click, then silence, then one click: what a workspace really looks like."""
    wire = await lab.wire()
    running = await lab.running(*NAMES, port=wire)
    rounds = Rounds()
    for _, slacker, _ in running:
        await click_to_form(lab, slacker)
    gaps = _gaps(lab)
    for gap in gaps:
        await asyncio.sleep(gap)
        for program, slacker, _ in running:
            what = "click to views.open after 20 s of silence" if gap <= GAP else "the same after 100 s"
            rounds.add(what, "ms", program.name, await click_to_form(lab, slacker) * 1e3)
    note = (
        f"Slack is {RTT * 1e3:.0f} ms away (15 ms each way, TLS). From the click's arrival at the program "
        "to the "
        f"arrival of `views.open` at Slack."
    )
    findings = Findings(tables=[rounds.table("A quiet workspace", note)])
    first = next(iter(rounds.rows.values()))
    findings.goals = [
        at_most("8.1", "click to form, quiet workspace <= 0.22 x Bolt", first.ratio(OURS, BOLT), 0.22,
                lambda r: f"{r:.2f} x ({first.middle(OURS):.1f} of {first.middle(BOLT):.1f} ms)"),
        at_most("8.1", "the same <= 1.05 x the floor of one round trip", first.ratio(OURS, FLOOR), 1.05,
                lambda r: f"{r:.2f} x ({first.middle(OURS):.1f} of {first.middle(FLOOR):.1f} ms)",
                "one way is 15 ms and cannot be less; ours acknowledges, then opens the form, through "
                "code that nothing has run for 20 s (in five clicks beside busy neighbours it was 1.4 "
                "to 1.7 x after 20 s and 0.7 to 0.8 x after 100 s: noise exceeds the difference)"),
    ]  # fmt: skip
    later = rounds.rows.get("the same after 100 s")
    if later:
        findings.goals.append(
            at_most("9", "click to form after minutes "
                         "of silence <= 1.1 x the floor", later.ratio(OURS, FLOOR),
                    1.1, lambda r: f"{r:.2f} x ({later.middle(OURS):.1f} ms)"))  # fmt: skip
    bars = [Line(label=row.what, x=list(row.values), y=[row.middle(name) for name in row.values])
            for row in rounds.rows.values()]  # fmt: skip
    title = "Click to form on a quiet workspace, Slack 30 ms away"
    findings.plots = [Plot(name="quiet", title=title, kind="bars", x_label="", y_label="ms", lines=bars)]
    return findings


def _gaps(lab: Lab) -> list[float]:
    if lab.size.tiny:
        return [0.2]
    return [16.0] if lab.size.quick else [GAP, GAP, GAP, GAP, GAP, LONG_GAP]


async def starting(lab: Lab) -> Findings:
    """From exec to the first ack, memory then, and what the first click after a start costs."""
    wire = await lab.wire()
    rounds = Rounds()
    for _ in range(lab.size.rounds if lab.size.tiny else max(3, lab.size.rounds)):
        for name in (BOLT, OURS):
            server = await lab.valkey()
            await _start_once(lab, lab.program(name, server.url), rounds)
            await _first_click(lab, lab.program(name, server.url, port=wire), rounds)
            await server.close()
        rounds.add("the same imports, nothing else", "ms", BOLT, await _imports(lab))
    table = rounds.table("Starting", "The baseline imports what it needs: Bolt, aiohttp and redis-py.")
    first, rss = rounds["exec to first ack"], rounds["memory when ready"]
    click, imports = (
        rounds["first click after a start to views.open, 30 ms away"],
        rounds["the same imports, nothing else"],
    )
    against = first.middle(OURS) / imports.middle(BOLT)
    reason = (
        "imports: until the first ack bare Bolt took 382 ms of CPU and ours 534 in one run; the rest is "
        "49 pydantic models and 69 dataclasses being made, httpx, cryptography, structlog, prometheus-client "
        "and 160 modules of our own; and before the bot says that it is ready it has asked Slack for token, "
        "scopes and channel and Redis for its settings, which the baseline does not"
    )
    goals = [
        at_most("8.2", "first click after a start <= 0.25 x Bolt", click.ratio(OURS, BOLT), 0.25,
                lambda r: f"{r:.2f} x ({click.middle(OURS):.1f} of {click.middle(BOLT):.1f} ms)"),
        at_most("8.15", "start to first ack <= 1.0 x bare Bolt", first.ratio(OURS, BOLT), 1.0,
                lambda r: f"{r:.2f} x ({first.middle(OURS):.0f} of {first.middle(BOLT):.0f} ms)", reason),
        at_most("9", "start to ready <= 1.5 x the imports of Bolt, redis-py and pydantic", against, 1.5,
                lambda r: f"{r:.2f} x ({first.middle(OURS):.0f} of {imports.middle(BOLT):.0f} ms)", reason),
        at_most("8.15", "memory <= 1.2 x bare Bolt", rss.ratio(OURS, BOLT), 1.2,
                lambda r: f"{r:.2f} x ({rss.middle(OURS):.0f} of {rss.middle(BOLT):.0f} MiB)",
                "httpx, pydantic's models, cryptography, structlog and our 160 modules are in memory and not "
                "in the baseline's (Bolt, redis-py and pydantic alone, imported and idle, are 54 MiB)"),
        at_most("9", "memory of a "
                     "replica <= 90 MB", rss.middle(OURS) * 1.048576, 90, lambda v: f"{v:.0f} MB"),
    ]  # fmt: skip
    return Findings(tables=[table], goals=goals)


async def _start_once(lab: Lab, program: Program, rounds: Rounds) -> None:
    began = time.perf_counter()
    await program.spawn()
    await program.until_listening()
    slacker = Slacker(program.port)
    status, _ = await slacker.deliver(command("help"))
    if status == 200:
        rounds.add("exec to first ack", "ms", program.name, (time.perf_counter() - began) * 1e3)
    rounds.add("memory when ready", "MiB", program.name, program.resident())
    await slacker.close()
    await program.stop("kill")


async def _first_click(lab: Lab, program: Program, rounds: Rounds) -> None:
    await program.start()
    slacker = Slacker(program.port)
    what = "first click after a start to views.open, 30 ms away"
    rounds.add(what, "ms", program.name, await click_to_form(lab, slacker) * 1e3)
    await slacker.close()
    await program.stop("kill")


async def _imports(lab: Lab) -> float:
    code = "import slack_bolt.async_app, redis.asyncio, pydantic"
    began = time.perf_counter()
    program = Program("imports", ("-c", code), {}, lab.folder / "imports.log")
    await program.spawn()
    await program.ended()
    return (time.perf_counter() - began) * 1e3


async def sending(lab: Lab) -> Findings:
    """The form is sent: acknowledged when stored, then told in the channel."""
    wire = await lab.wire()
    running = await lab.running(*NAMES, port=wire)
    rounds, trips = Rounds(), dict[str, float]()
    for _, slacker, _ in running:
        await click_to_form(lab, slacker)
        await _send(lab, slacker)
    each = 1 if lab.size.tiny else 3 if lab.size.quick else 5
    for _ in range(lab.size.rounds):
        for program, slacker, server in running:
            await _sends(lab, program, slacker, server, rounds, each)
    note = (
        "One form at a time, 2.3 s apart, Slack 30 ms away. Ours checks who sent it, seals the key and "
        "has "
        "stored everything when it acknowledges; the baselines acknowledge first and store afterwards. "
        "CPU counts all "
        "that follows: ours probes OpenAI twice, posts the card and a direct message, and keeps an audit "
        "trail."
    )
    table = rounds.table("Sending the form", note)
    goals = _sending_goals(rounds, trips)
    return Findings(tables=[table], goals=goals)


async def _sends(
    lab: Lab, program: Program, slacker: Slacker, server: Valkey, rounds: Rounds, each: int
) -> None:
    acks, notices, cpu = [], [], program.cpu()
    for _ in range(each):
        ack, notice = await _send(lab, slacker)
        acks.append(ack)
        notices.append(notice)
        await asyncio.sleep(0.1 if lab.size.tiny else AFTER_A_FORM)
    name = program.name
    rounds.add("sent to stored and acknowledged", "ms", name, percentile(acks, 0.5) * 1e3)
    rounds.add("sent to notice at Slack", "ms", name, percentile(notices, 0.5) * 1e3)
    rounds.add("CPU for all that one form causes", "us", name, (program.cpu() - cpu) / each * 1e6)


async def _send(lab: Lab, slacker: Slacker) -> tuple[float, float]:
    key = api_key()
    form = submission(key)
    lab.openai.add_key(key, "pending", form.token, ORGANIZATION)
    told = lab.slack.expect("chat.postMessage", form.token)
    began = time.perf_counter()
    status, body = await slacker.deliver(form)
    acked = time.perf_counter() - began
    if status != 200 or b'"errors"' in body:
        raise RuntimeError(f"the form was not taken: {status} {body[:200]!r}")
    return acked, await asyncio.wait_for(told, 20) - began


def _sending_goals(rounds: Rounds, _trips: dict[str, float]) -> list[Goal]:
    notice, cpu = rounds["sent to notice at Slack"], rounds["CPU for all that one form causes"]
    best = "bolt, best switches"
    return [
        at_most("9", "sent to notice in the channel <= 1.2 x the shared-session baseline",
                notice.ratio(OURS, best), 1.2,
                lambda r: f"{r:.2f} x ({notice.middle(OURS):.1f} of {notice.middle(best):.1f} ms)",
                "30 ms of it are one call more: who sends a form is asked of Slack (users.info, kept for "
                "60 s) before anything is stored; then the save, the worker's wake-up, a read, Slack's turn "
                "and the card: six round trips to Redis in turn, each most of a millisecond in redis-py"),
        at_most("8.6", "CPU per whole flow <= 0.40 x Bolt as documented", cpu.ratio(OURS, BOLT), 0.40,
                lambda r: f"{r:.2f} x", "as with the whole flow in section 9, below"),
        at_most("9", "CPU per whole flow <= 1,000 us where Bolt as documented takes 2,335 us (0.43 x)",
                cpu.ratio(OURS, BOLT), 0.43,
                lambda r: f"{r:.2f} x ({cpu.middle(OURS):.0f} of {cpu.middle(BOLT):.0f} us)",
                "the flow is not the same: here a sealed key, six saves with audit entries, four messages "
                "(card, note, two direct ones), a look at who clicked, a probe of two calls; the baseline "
                "four commands and one message. By cProfile redis-py takes a third, httpx's two calls a "
                "fifth, drawing the card and Slack's calls a fifteenth each; the rest is spread thin"),
    ]  # fmt: skip
