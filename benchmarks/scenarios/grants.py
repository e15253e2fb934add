"""From OpenAI's grant to the notice: the real lifecycle on a clock that jumps, beside a poll every 60 s."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from benchmarks.figures import Findings, Line, Plot, Rounds, at_most, percentile
from benchmarks.lab import Lab
from benchmarks.load import ORGANIZATION
from bot.domain.diagnosis import Diagnosis, Verdict
from bot.domain.ids import new_request_id
from bot.domain.lifecycle import Step, Terms, advance, opening
from bot.domain.request import Approved, Draft, KeyFacts, KeyProbed, Request, Route, Scope, State

OURS, FIXED = "greenlight", "a poll every 60 s"
HORIZON = timedelta(hours=48)
MISSING = Diagnosis(verdict=Verdict.MISSING, row="3", seen=("logs 403", "users 403"))
GRANTED = Diagnosis(verdict=Verdict.GRANTED, row="1", seen=("logs 200", "users 200"))
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@dataclass
class Waits:
    """What people waited and what it cost."""

    seen: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)


async def measure(lab: Lab) -> Findings:
    """Grants after minutes (as the targets model them) and after days (as OpenAI Support answers)."""
    rounds, dice = Rounds(), random.Random(7)
    count = 20 if lab.size.tiny else 150 if lab.size.quick else 600
    stories = {
        "grants around 10 minutes": (lambda: dice.lognormvariate(6.4, 0.8), HORIZON),
        "grants around 1 day": (lambda: dice.lognormvariate(11.4, 0.6), timedelta(days=7)),
    }
    lines = []
    for story, (draw, horizon) in stories.items():
        delays = [None if dice.random() < 0.1 else draw() for _ in range(count)]
        ours, fixed = Waits(), Waits()
        for number, delay in enumerate(delays):
            _ours(number, delay, horizon, ours)
            _fixed(delay, horizon, dice.uniform(0, 60), fixed)
        for name, waits in ((OURS, ours), (FIXED, fixed)):
            _note(rounds, story, name, waits)
            x = [percentile(waits.seen, share / 100) for share in range(1, 100)]
            lines.append(Line(label=f"{name}, {story}", x=x, y=[share / 100 for share in range(1, 100)]))
    first = next(iter(stories))
    p50, calls = rounds[f"{first}: on the card, p50"], rounds[f"{first}: calls per request"]
    later = rounds[f"{first}: told, p50"].middle(OURS) - p50.middle(OURS)
    reason = (
        "issue 2 sets the least wait at 30 s, because every probe stands in the customer's audit log and "
        "shares "
        "Netskope's rate limit; the target's model polled every 2 s at first. With grants that take a day "
        "(the usual "
        "case) a fixed poll is sooner and costs more than ten times the calls"
    )
    goals = [
        at_most("8.14", "grant to card p50 <= 0.25 x a fixed 60 s poll", p50.ratio(OURS, FIXED), 0.25,
                lambda r: f"{r:.2f} x ({p50.middle(OURS):.0f} of {p50.middle(FIXED):.0f} s)", reason),
        at_most("8.14", "at <= 0.45 x its calls", calls.ratio(OURS, FIXED), 0.45,
                lambda r: f"{r:.2f} x ({calls.middle(OURS):.0f} of {calls.middle(FIXED):.0f})"),
        at_most("9", "grant to notice in the channel <= one polling interval and 1 s", later, 1,
                lambda v: f"one interval and {v:.0f} s (p50; on the card: one interval)",
                "a state changes on the second of two equal verdicts at least 60 s apart; one alone has been "
                "wrong (the card shows the first at once)"),
    ]  # fmt: skip
    note = (
        "The real table and `advance` on a jumping clock; a tenth is never granted (48 h, or 7 days). 'On "
        "the card' is the "
        "first probe that sees the grant; 'told' is the state change, which wants two verdicts 60 s apart "
        "(the fixed "
        "poll is held to the same proof)."
    )
    plot = Plot(name="grants", title="From grant to card", kind="ecdf", x_label="seconds", y_label="share",
                lines=lines, log=True)  # fmt: skip
    return Findings(tables=[rounds.table("From grant to notice", note)], goals=goals, plots=[plot])


def _note(rounds: Rounds, story: str, name: str, waits: Waits) -> None:
    for what, values in (("on the card", waits.seen), ("told", waits.told)):
        for share in (50, 95):
            rounds.add(f"{story}: {what}, p{share}", "s", name, percentile(values, share / 100))
    rounds.add(f"{story}: calls per request", "", name, sum(waits.calls) / len(waits.calls))


def _ours(number: int, delay: float | None, horizon: timedelta, waits: Waits) -> None:
    terms, at = Terms(), START
    request, due = _waiting(number, terms, at)
    granted = at + timedelta(seconds=delay) if delay is not None else None
    calls, seen = 0, None
    while due and due < START + horizon:
        there = granted is not None and due >= granted
        calls += 1
        seen = seen or (due if there else None)
        change = advance(
            request,
            KeyProbed(diagnosis=GRANTED if there else MISSING, subject=request.fingerprint),
            due,
            terms,
        )
        request = change.request
        if request.state is not State.AWAITING_OPENAI:
            assert granted is not None
            assert seen is not None
            waits.seen.append((seen - granted).total_seconds())
            waits.told.append((due - granted).total_seconds())
            break
        due = next((one.at for one in change.due if one.step is Step.PROBE), None)
    waits.calls.append(calls)


def _waiting(number: int, terms: Terms, at: datetime) -> tuple[Request, datetime | None]:
    """A request that OpenAI is to grant, and when it is probed next."""
    draft = Draft(
        route=Route.SUPPORT_EMAIL,
        workspace_id="f7f33107-5fb9-4ee1-8922-3eae76b5b5a0",
        organization_id=ORGANIZATION,
        key_name="netskope-casb",
        created_by="Rita Example",
        scope=Scope.READ,
        admin_email="rita@example.com",
        instance_name="chatgpt-enterprise",
    )
    key = KeyFacts(last4="abcd", fingerprint="0" * 16)
    new = Request(
        id=new_request_id(number.to_bytes(4)), team="T0", company="Bench", tenant="https://acme.goskope.com",
        requester="U0ADMIN", draft=draft, key=key, opened_at=at, updated_at=at, state_since=at,
    )  # fmt: skip
    request = opening(new, terms).request
    request = advance(request, KeyProbed(diagnosis=MISSING, subject=request.fingerprint), at, terms).request
    change = advance(request, Approved(by="U0REVIEW", fingerprint=request.fingerprint), at, terms)
    return change.request, next((one.at for one in change.due if one.step is Step.PROBE), None)


def _fixed(delay: float | None, horizon: timedelta, phase: float, waits: Waits) -> None:
    if delay is None:
        waits.calls.append(int(horizon.total_seconds() // 60))
        return
    polls = max(0, int((delay - phase) // 60) + 1)
    seen = phase + polls * 60 - delay
    waits.seen.append(seen)
    waits.told.append(seen + 60)
    waits.calls.append(polls + 2)
