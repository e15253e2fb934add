"""The App Home: what waits for me, what I asked for, what is connected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.lifecycle import Terms
from bot.domain.request import Request
from bot.views import actions as a
from bot.views import blocks as b
from bot.views import buttons, status, words

SHOWN = 8


def home(
    *,
    mine: Sequence[Request],
    waiting: Sequence[Request],
    connected: Sequence[Request],
    at: datetime,
    terms: Terms,
    may_start: bool = True,
) -> dict[str, Any]:
    """Return the view for `views.publish`; `waiting` are those this person may decide."""
    start = [b.button("Connect ChatGPT", a.START, style="primary", label="Connect a ChatGPT workspace")]
    blocks = [
        b.header("Greenlight"),
        b.section("Connects ChatGPT Enterprise to Netskope, with a reviewer's yes, and keeps proving it."),
        *(b.actions(start) if may_start else []),
        *_part("Waiting for your review", waiting, terms, deciding=True),
        *_part("Your open requests", mine, terms),
        *_part("Connected", connected, terms),
        b.context(f"As of {b.date(at)}. {b.code(f'{a.COMMAND} list')} shows all."),
    ]
    return {"type": "home", "blocks": blocks[: b.MAX_VIEW_BLOCKS]}


def _part(title: str, found: Sequence[Request], terms: Terms, *, deciding: bool = False) -> list[b.Block]:
    listed = [block for request in found[:SHOWN] for block in _one(request, terms, deciding)]
    more = len(found) - SHOWN
    rest = [b.context(f"{more} more are not shown here.")] if more > 0 else []
    return [b.divider(), b.section(f"*{title}: {len(found)}*"), *listed, *rest]


def _one(request: Request, terms: Terms, deciding: bool) -> list[b.Block]:
    told = f"{status.row(request)}\n{words.turn(request, terms).sentence}"
    row = buttons.card_row(request) if deciding else buttons.requester_row(request, terms)
    return [b.section(told), *b.actions([*row, buttons.show(request)])]
