"""The App Home: what waits for me, then a list with a filter and pages; its buttons act in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.connectors import DEFAULT
from bot.domain.lens import Filter, Lens
from bot.domain.lifecycle import Terms
from bot.domain.patience import Blocker, blocker
from bot.domain.request import FINAL, WATCHED, Request, State
from bot.views import actions as a
from bot.views import blocks as b
from bot.views import buttons, ladder, naming, words
from bot.views.digest import age
from bot.views.language import Spoken, say

ONLOOKER = (
    "I connect ChatGPT Enterprise to a security product. An administrator begins it: ask one of yours. What "
    "you have part in is listed here."
)
WAITING_SHOWN = 8
PAGE = 6

FILTERS: Spoken[Filter] = Spoken(
    {
        Filter.OPEN: "Open requests",
        Filter.MINE: "My requests and connections",
        Filter.CONNECTED: "Connected workspaces",
        Filter.RECENT: "Recently closed",
    }
)
BLOCKERS: Spoken[Blocker] = Spoken(
    {
        Blocker.REQUESTER: "its requester",
        Blocker.REVIEWERS: "the reviewers",
        Blocker.OPENAI: "OpenAI Support",
        Blocker.NOBODY: "Greenlight",
    }
)


def home(
    *,
    waiting: Sequence[Request],
    listed: Sequence[Request],
    lens: Lens,
    reader: str,
    at: datetime,
    terms: Terms,
    may_start: bool = True,
    reviews: bool = False,
    notice: str = "",
    latest: int = 0,
) -> dict[str, Any]:
    """Return the view for `views.publish`; `waiting` are those this person can move.

    `latest`: there are more requests than were looked at, which are this many, the latest changed.
    """
    start = [
        b.button(say("Connect ChatGPT"), a.START, style="primary", label=say("Connect a ChatGPT workspace"))
    ]
    blocks = [
        b.header("Greenlight"),
        *([b.section(f"*{notice}*" if "*" not in notice else notice)] if notice else []),
        *_waiting(waiting, reader, at, terms, reviews),
        *([] if may_start or reviews else [b.context(say(ONLOOKER))]),
        b.divider(),
        *b.actions([*(start if may_start else []), _filter(lens.filter)]),
        *_list(listed, lens, at, terms),
        *(
            [b.context(say("Only the {count} requests that changed last are counted here.", count=latest))]
            if latest
            else []
        ),
        b.context(say("As of {at}; it stays up to date while you look.", at=b.date(at))),
    ]
    return {"type": "home", "private_metadata": lens.text, "blocks": blocks[: b.MAX_VIEW_BLOCKS]}


def _filter(chosen: Filter) -> b.Block:
    return b.select(
        a.HOME_FILTER, say("Show"), [(str(one), words_) for one, words_ in FILTERS.items()], chosen
    )


def _waiting(
    found: Sequence[Request], reader: str, at: datetime, terms: Terms, reviews: bool
) -> list[b.Block]:
    """The oldest first: who waited longest is served first."""
    queue = sorted(found, key=lambda request: request.state_since)
    title = f"*{say('Waits for you')}: {len(queue)}*"
    if not queue:
        nobody = say("Nothing to review.") if reviews else say("Nothing to do.")
        return [b.section(f"{title}\n{nobody}")]
    more = len(queue) - WAITING_SHOWN
    rest = [b.context(say("{more} more are not shown here.", more=more))] if more > 0 else []
    shown = [block for request in queue[:WAITING_SHOWN] for block in _mine(request, reader, at, terms)]
    return [b.section(title), *shown, *rest]


def _mine(request: Request, reader: str, at: datetime, terms: Terms) -> list[b.Block]:
    told = f"{_line(request, at, terms)}\n{words.turn(request, terms, reader=reader).sentence}"
    decides = request.state is State.IN_REVIEW and request.requester != reader
    row = buttons.card_row(request)[:2] if decides else buttons.requester_row(request, terms)[:3]
    return [b.section(told), *b.actions([*row, buttons.show(request)])]


def _list(found: Sequence[Request], lens: Lens, at: datetime, terms: Terms) -> list[b.Block]:
    pages = max(1, -(-len(found) // PAGE))
    page = min(lens.page, pages - 1)
    title = f"*{FILTERS[lens.filter]}: {len(found)}*"
    where = say(", page {page} of {pages}", page=page + 1, pages=pages) if pages > 1 else ""
    shown = [
        block for one in found[page * PAGE : (page + 1) * PAGE] for block in _row(one, lens.filter, at, terms)
    ]
    empty = [] if found else [b.context(_nothing(lens.filter))]
    return [b.section(title + where), *shown, *empty, *b.actions(_pager(lens.filter, page, pages))]


def _nothing(chosen: Filter) -> str:
    if chosen is not Filter.OPEN:
        return say("None.")
    return say(
        "None. What is connected, and how it stands: choose *{list}* above.", list=FILTERS[Filter.CONNECTED]
    )


def _row(request: Request, chosen: Filter, at: datetime, terms: Terms) -> list[b.Block]:
    health = request.state in WATCHED
    told = (
        f"{_line(request, at, terms)}\n{_health(request, at, terms) if health else _blocked(request, terms)}"
    )
    row = buttons.watched_row(request) if health and chosen is not Filter.OPEN else []
    return [b.section(told), *b.actions([*row, buttons.show(request)])]


def _line(request: Request, at: datetime, terms: Terms) -> str:
    name = _name(request, terms)
    return say(
        "*{id}* {name}: {state}, for {age}",
        id=b.esc(request.id),
        name=name,
        state=naming.title(request),
        age=age(request.state_since, at),
    )


def _name(request: Request, terms: Terms) -> str:
    """The instance's name; the product where it is not the usual one, the tenant where there are several."""
    product = "" if request.connector == DEFAULT else f" ({b.esc(request.product.name)})"
    host = request.tenant.removeprefix("https://")
    tenant = f" ({b.esc(host, 80)})" if host and len(terms.tenants) > 1 else ""
    return b.code(request.draft.instance_name, 64) + product + tenant


def _blocked(request: Request, terms: Terms) -> str:
    asked = say("asked by {who}", who=b.mention(request.requester))
    if request.state in FINAL:
        return asked
    who = blocker(request, smtp=terms.smtp)
    name = b.mention(request.requester) if who is Blocker.REQUESTER else BLOCKERS[who]
    return say("waits for {name}, {asked} {at}", name=name, asked=asked, at=b.date(request.opened_at))


def _health(request: Request, at: datetime, terms: Terms) -> str:
    asked = request.probes.last_at
    checked = say(", key checked {at}", at=b.date(asked)) if asked else ""
    concerns = "".join(f"; {CONCERNS[one]}" for one in request.warned if one in CONCERNS)
    return f"{ladder.verdict(request, terms, at)}: {ladder.summary(request)}{checked}{concerns}"


CONCERNS: Spoken[str] = Spoken(
    {
        "key_expiry": "the key expires soon",
        "requester_left": "its requester has left",
        "creator_left": "who made the key has left",
        "quiet": "no data lately",
    }
)


def _pager(chosen: Filter, page: int, pages: int) -> list[b.Block]:
    row = []
    if page > 0:
        row.append(b.button(say("Previous page"), a.HOME_PREVIOUS, Lens(chosen, page - 1).text))
    if page + 1 < pages:
        row.append(b.button(say("Next page"), a.HOME_NEXT, Lens(chosen, page + 1).text))
    return row
