"""The timeline of an evidence pack as inline SVG: a band of states, and lanes for who did something when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any, NamedTuple

from bot.domain.request import FINAL, State
from bot.views.pack import Pack

WIDTH, LEFT, RIGHT, TOP = 960, 130, 12, 8
BAND, LANE = 30, 26
LEAST, LETTER = 0.16, 6.4
TITLE = "States over time, and when people, OpenAI and {product} said something"
NOTE = "Short stays are drawn wider than they were; the table has the times. Large dots changed something."
PEOPLE = frozenset(
    {"opened", "corrected", "check_asked", "approved", "denied", "cancelled"}
    | {"email_sent", "grant_pressed", "key_shown", "green_check_seen"}
)
LANES = (
    ("People", PEOPLE),
    ("OpenAI's answers", frozenset({"key_probed"})),
    ("{product}'s records", frozenset({"tenant_checked"})),
    ("Time ran out", frozenset({"deadline_passed"})),
)
TONES = {
    State.CONNECTED: "good",
    State.ATTENTION: "bad",
    State.DENIED: "ended",
    State.CANCELLED: "ended",
    State.EXPIRED: "ended",
    State.RETIRED: "ended",
}
SHORT = {
    State.NEEDS_CORRECTION: "correction",
    State.IN_REVIEW: "in review",
    State.AWAITING_OPENAI: "OpenAI",
    State.AWAITING_NETSKOPE: "set up",
}
STYLE = """
.plot text { font: 12px system-ui, "Segoe UI", Roboto, sans-serif; fill: #14231a; }
.plot .axis { fill: #4b5a51; } .plot .rule { stroke: #c9d4cd; stroke-width: 1; }
.plot .wait { fill: #e6eee9; stroke: #7c8b82; } .plot .wait.odd { fill: #d3e0d8; }
.plot .good { fill: #9fd3b0; stroke: #14532d; } .plot .bad { fill: #f3c1bb; stroke: #9b1c1c; }
.plot .ended { fill: #d9d9d9; stroke: #555; }
.plot .mark { fill: #14532d; } .plot .still { fill: #9db3a5; }
"""


class _Stay(NamedTuple):
    state: State
    title: str
    start: datetime
    end: datetime


Rows = Sequence[tuple[datetime, dict[str, Any]]]


class _Scale:
    """Places times on the drawing: each stay in a state has its share, but never too little to be seen."""

    def __init__(self, stays: Sequence[_Stay]) -> None:
        whole = max((stays[-1].end - stays[0].start).total_seconds(), 1.0)
        shares = [max((stay.end - stay.start).total_seconds() / whole, LEAST) for stay in stays]
        self._stays, self._left = stays, [float(LEFT)]
        for share in shares:
            self._left.append(self._left[-1] + share / sum(shares) * (WIDTH - LEFT - RIGHT))

    def edge(self, number: int) -> float:
        """Where a stay begins; one past the last is the end."""
        return self._left[number]

    def x(self, at: datetime) -> float:
        """Where a time is."""
        number = max(i for i, stay in enumerate(self._stays) if stay.start <= at or i == 0)
        stay = self._stays[number]
        part = (at - stay.start) / (stay.end - stay.start) if stay.end > stay.start else 0.0
        return self.edge(number) + min(max(part, 0.0), 1.0) * (self.edge(number + 1) - self.edge(number))


def plot(pack: Pack) -> str:
    """Return the drawing; the table beside it says the same in words."""
    rows = [(datetime.fromisoformat(one["at"]), one) for one in pack["timeline"]]
    if not rows:
        return ""
    stays = _stays(rows, datetime.fromisoformat(pack["made_at"]))
    scale = _Scale(stays)
    product = escape(pack["request"]["product"])
    named = [(name.format(product=product), kinds) for name, kinds in LANES]
    lanes = [(name, kinds) for name, kinds in named if any(one["event"] in kinds for _, one in rows)]
    bottom = TOP + BAND + 26 + LANE * len(lanes)
    body = [_label("State", TOP + BAND / 2), *_band(stays, scale)]
    for number, (name, kinds) in enumerate(lanes):
        body += _lane(name, kinds, TOP + BAND + 26 + LANE * (number + 0.5), rows, scale)
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {bottom + 4}" role="img" '
        f'aria-label="{TITLE.format(product=product)}">'
        f"{''.join(body)}</svg><p class='quiet'>{NOTE}</p>"
    )


def _stays(rows: Rows, end: datetime) -> list[_Stay]:
    """The states in a row; a final one is only its moment, the present one lasts until now."""
    moves = [(at, one) for at, one in rows if one["state_from"] != one["state_to"]] or [rows[0]]
    last = moves[-1][0] if State(moves[-1][1]["state_to"]) in FINAL else max(end, moves[-1][0])
    ends = [at for at, _ in moves[1:]] + [last]
    return [
        _Stay(State(one["state_to"]), one["state_words"], at, until)
        for (at, one), until in zip(moves, ends, strict=True)
    ]


def _band(stays: Sequence[_Stay], scale: _Scale) -> list[str]:
    return [_stay(number, stay, scale) for number, stay in enumerate(stays)]


def _stay(number: int, stay: _Stay, scale: _Scale) -> str:
    left, width = scale.edge(number), scale.edge(number + 1) - scale.edge(number)
    tone = TONES.get(stay.state, "wait odd" if number % 2 else "wait")
    name, when = SHORT.get(stay.state, stay.state.value), f"{stay.start:%m-%d %H:%M}"
    return (
        f'<rect class="{tone}" x="{left:.1f}" y="{TOP}" width="{width:.1f}" height="{BAND}">'
        f"<title>{escape(stay.title)}, since {stay.start:%Y-%m-%d %H:%M} UTC</title></rect>"
        f'<text x="{left + 5:.1f}" y="{TOP + BAND / 2 + 4:.1f}">{escape(_fit(name, width))}</text>'
        f'<text class="axis" x="{left:.1f}" y="{TOP + BAND + 15}">{_fit(when, width)}</text>'
    )


def _fit(text: str, width: float) -> str:
    most = int((width - 6) / LETTER)
    if len(text) <= most:
        return text
    return f"{text[: most - 1].rstrip()}…" if most > 3 and not text[0].isdigit() else ""


def _lane(name: str, kinds: frozenset[str], y: float, rows: Rows, scale: _Scale) -> list[str]:
    line = f'<line class="rule" x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}"/>'
    return [_label(name, y), line, *(_mark(at, one, y, scale) for at, one in rows if one["event"] in kinds)]


def _mark(at: datetime, one: dict[str, Any], y: float, scale: _Scale) -> str:
    kind, size = ("mark", 5) if one["notable"] else ("still", 3)
    said = escape(f"{at:%Y-%m-%d %H:%M} UTC: {one['said']}")
    return f'<circle class="{kind}" cx="{scale.x(at):.1f}" cy="{y}" r="{size}"><title>{said}</title></circle>'


def _label(text: str, y: float) -> str:
    return f'<text x="0" y="{y + 4:.1f}">{escape(text)}</text>'
