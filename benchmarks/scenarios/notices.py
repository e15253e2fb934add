"""A burst of notices to one channel that takes one message a second (and three at once)."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from slack_sdk.errors import SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.figures import Findings, Line, Plot, Rounds, at_most
from benchmarks.lab import Lab
from benchmarks.load import ORGANIZATION, Slacker, api_key, submission
from benchmarks.slack import CHANNEL, BenchSlack, Call

OURS = "greenlight"
RATE, BURST = 1.0, 3


async def measure(lab: Lab) -> Findings:
    """So many people send the form in one moment; every card has to reach the channel."""
    rounds, count = Rounds(), 2 if lab.size.tiny else 6 if lab.size.quick else 20
    curves = []
    for name, retries in (("slack_sdk as it comes", 0), ("slack_sdk, 100 retries", 100)):
        curves.append(_note(rounds, name, await _by_sdk(lab, count, retries), count))
    curves.append(_note(rounds, OURS, await _by_us(lab, count), count))
    over, calls = rounds["time beyond the floor"], rounds["calls per notice delivered"]
    lost = rounds["delivered"].middle(OURS) < count
    goals = [
        at_most("8.7", f"{count} notices at once: all delivered, the last <= 1.05 x the floor",
                9.0 if lost else over.middle(OURS), 1.05, _beyond,
                "cards share the channel with their threads, and the pacer keeps a margin"),
        at_most("8.7", "<= 1.05 calls per notice", calls.middle(OURS), 1.05, lambda v: f"{v:.2f} calls"),
    ]  # fmt: skip
    plot = Plot(name="notices", title="A burst into one channel", kind="lines", x_label="seconds",
                y_label="notices delivered", lines=curves)  # fmt: skip
    note = (
        f"{count} notices at once; the local Slack takes {RATE:.0f} a second per channel after a burst of "
        f"{BURST} and answers 429 to the rest. The floor is what that limit allows for as many messages as "
        "went through; ours also posts a note into each card's thread, which counts."
    )
    return Findings(tables=[rounds.table("A burst of notices", note)], goals=goals, plots=[plot])


def _beyond(ratio: float) -> str:
    return f"{ratio:.2f} x the floor" if ratio < 9 else "not all arrived"


def _note(rounds: Rounds, name: str, calls: list[Call], count: int) -> Line:
    good = [call.at for call in calls if call.ok]
    first = calls[0].at
    floor = max(0.5, (len(good) - BURST) / RATE)
    rounds.add("asked for", "", name, count)
    rounds.add("delivered", "", name, len(good))
    rounds.add("calls per notice delivered", "", name, len(calls) / max(1, len(good)))
    rounds.add("last one after", "s", name, good[-1] - first)
    rounds.add("time beyond the floor", "x", name, (good[-1] - first) / floor)
    return Line(label=name, x=[at - first for at in good], y=[float(n + 1) for n in range(len(good))])


async def _by_sdk(lab: Lab, count: int, retries: int) -> list[Call]:
    slack = await _plain_slack()
    handlers = [AsyncRateLimitErrorRetryHandler(max_retry_count=retries)] if retries else None
    client = AsyncWebClient(
        "xoxb-bench", base_url=f"http://127.0.0.1:{slack.port}/api/", retry_handlers=handlers
    )

    async def one(number: int) -> None:
        with suppress(SlackClientError):
            await client.chat_postMessage(channel=CHANNEL, text=f"notice {number}")

    await asyncio.gather(*(one(number) for number in range(count)))
    await slack.close()
    return _posts(slack)


async def _plain_slack() -> BenchSlack:
    slack = BenchSlack()
    await slack.start(None)
    slack.limit = {}
    return slack


async def _by_us(lab: Lab, count: int) -> list[Call]:
    lab.slack.limit, server = {}, await lab.valkey()
    bot = await lab.program(OURS, server.url).start()
    slacker = Slacker(bot.port)
    before = len(lab.slack.calls)
    forms = []
    for _ in range(count):
        key = api_key()
        form = submission(key)
        lab.openai.add_key(key, "pending", form.token, ORGANIZATION)
        forms.append(slacker.deliver(form))
    await asyncio.gather(*forms)
    await _silence(lab.slack, 6.0 if lab.size.tiny else 15.0)
    await bot.stop()
    lab.slack.limit = None
    return _posts(lab.slack, before)


async def _silence(slack: BenchSlack, seconds: float) -> None:
    """Wait until nothing was posted for so long."""
    end = time.perf_counter() + 300
    while time.perf_counter() < end:
        last = max((call.at for call in slack.calls if call.method == "chat.postMessage"), default=0.0)
        if last and time.perf_counter() - last > seconds:
            return
        await asyncio.sleep(0.2)


def _posts(slack: BenchSlack, after: int = 0) -> list[Call]:
    calls = list(slack.calls)[after:]
    return [one for one in calls if one.method == "chat.postMessage" and one.args.get("channel") == CHANNEL]
