"""The lifecycle table drawn as Markdown: `python -m bot.domain.drawing > docs/lifecycle.md`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.evidence import LOSS_COUNT, LOSS_SPAN, PROOF_COUNT, PROOF_SPAN
from bot.domain.lifecycle import REMINDED, TABLE, Rule, Step
from bot.domain.pace import CONFIRMING, DOUBTING, LOOK_PACE, PATIENCE, PROBE_PACE, Pace
from bot.domain.request import (
    FINAL,
    OPEN,
    WATCHED,
    Announced,
    Event,
    FollowUpAsked,
    KeyProbed,
    Reminded,
    Snoozed,
    State,
)

COMMAND = "python -m bot.domain.drawing > docs/lifecycle.md"
INTRODUCTION = f"""# The life of a request

Drawn from the table in `bot/domain/lifecycle.py`; do not edit. After a change of the table: `{COMMAND}`.
"""
Cells = tuple[str, ...]


def document() -> str:
    """The whole page."""
    return f"{INTRODUCTION}\n{_diagram()}\n{_states()}{_rows()}{_paces()}{_proof()}"


def _ordered() -> list[tuple[State, type[Event], Rule]]:
    """The table by state and event in their declared order, so that the page is the same every time."""
    states, events = list(State), Event.__subclasses__()
    rows = [(state, event, rule) for (state, event), rule in TABLE.items()]
    return sorted(rows, key=lambda row: (states.index(row[0]), events.index(row[1])))


def _diagram() -> str:
    arrows: dict[tuple[State, State], list[str]] = {}
    for state, event, rule in _ordered():
        for to in rule.to:
            if to is not state:
                arrows.setdefault((state, to), []).append(event.__name__)
    drawn = [f"    {source} --> {to}: {', '.join(events)}" for (source, to), events in arrows.items()]
    ends = [f"    {state} --> [*]" for state in State if state in FINAL]
    opening = f"    [*] --> {State.CHECKING}: Opened"
    return "\n".join(["```mermaid", "stateDiagram-v2", opening, *drawn, *ends, "```", ""])


def _states() -> str:
    rows = [(f"`{state}`", _kind(state), _span(PATIENCE.get(state))) for state in State]
    note = "Every way into a final state destroys the key and clears every timer.\n"
    return _section("States", ("state", "kind", "expires after"), rows) + note


def _kind(state: State) -> str:
    return next(name for name, states in KINDS.items() if state in states)


KINDS = {"open": OPEN, "watched": WATCHED, "final": FINAL}


def _rows() -> str:
    rows = [
        (f"`{state}`", event.__name__, _targets(rule), _says(rule), _timers(state, event, rule))
        for state, event, rule in _ordered()
        if event is not Announced
    ]
    note = (
        f"`{Announced.__name__}` (where a message is) applies in every state, moves nothing, says nothing. "
        "What is not in the table is refused.\n"
    )
    return _section("Events", ("state", "event", "to", "says", "steps"), rows) + note


def _targets(rule: Rule) -> str:
    return " or ".join(f"`{to}`" for to in rule.to)


def _says(rule: Rule) -> str:
    said = ", ".join(f"`{step}`" for step in Step if step in rule.says)
    return f"{said}, if it moves" if said and rule.quiet else said or "-"


def _timers(state: State, event: type[Event], rule: Rule) -> str:
    """The card is always refreshed; a move sets the timers of the new state and clears the others."""
    steps = {Step.CARD}
    for to in rule.to:
        steps |= (
            {Step.PROBE} if to in PROBE_PACE and _sets(event, Step.PROBE, moved=to is not state) else set()
        )
        steps |= {Step.LOOK} if to in LOOK_PACE and _sets(event, Step.LOOK, moved=to is not state) else set()
        steps |= {Step.WARN, Step.EXPIRE} if to in PATIENCE and to is not state else set()
        steps |= {Step.WARN} if to in WATCHED and to is not state else set()
        steps |= {Step.SUCCEED} if to is State.CONNECTED and to is not state else set()
        steps |= {Step.REMIND} if to in REMINDED and (to is not state or event in _REMINDING) else set()
        steps |= {Step.FOLLOW_UP} if event is FollowUpAsked else set()
        steps |= (
            {Step.MAIL} if to is State.AWAITING_OPENAI and (to is not state or event is KeyProbed) else set()
        )
    return ", ".join(f"`{step}`" for step in Step if step in steps)


_REMINDING = (Reminded, Snoozed)


def _sets(event: type[Event], step: Step, *, moved: bool) -> bool:
    reports = {Step.PROBE: "KeyProbed", Step.LOOK: "TenantChecked"}[step]
    return moved or event.__name__ in {"CheckAsked", reports}


def _paces() -> str:
    rows = [
        (f"`{state}`", _pace(PROBE_PACE.get(state)), _pace(LOOK_PACE.get(state)))
        for state in State
        if state in PROBE_PACE or state in LOOK_PACE
    ]
    note = (
        f"A first `granted` is confirmed after {_span(CONFIRMING.least)}; what was shown and is denied "
        f"is asked again every {_span(DOUBTING.least)}. `Retry-After` is honoured up to a day. "
        "`GREENLIGHT_POLL_SCALE` multiplies every interval; jitter moves one by a tenth, within its bounds. "
        "Reminders, notice and expiry: `GREENLIGHT_PATIENCE`. "
        "Looks need a tenant token; the e-mail needs a mail server and the support route.\n"
    )
    return _section("Pace", ("state", "probe of the key", "look into the tenant"), rows) + note


def _pace(pace: Pace | None) -> str:
    if pace is None:
        return "-"
    return f"{pace.share:.0%} of the time waited, {_span(pace.least)} to {_span(pace.most)}"


def _proof() -> str:
    return (
        "## Proof and loss\n\n"
        f"A grant is proven by {PROOF_COUNT} identical verdicts at least {_span(PROOF_SPAN)} apart, "
        f"lost by {LOSS_COUNT} losing ones over at least {_span(LOSS_SPAN)}. "
        "429, 5xx, timeouts and HTML answers never move a state.\n"
    )


def _section(title: str, head: Cells, rows: Sequence[Cells]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return f"## {title}\n\n{table}\n\n"


def _span(span: timedelta | None) -> str:
    if span is None:
        return "-"
    for name, unit in (("days", 86_400), ("h", 3600), ("min", 60)):
        if span.total_seconds() >= unit and span.total_seconds() % unit == 0:
            return f"{span.total_seconds() / unit:g} {name}"
    return f"{span.total_seconds():g} s"


if __name__ == "__main__":
    sys.stdout.write(document())
