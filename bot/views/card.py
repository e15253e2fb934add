"""The one Slack message per request: its present state, on what evidence, and whose turn it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.lifecycle import Terms
from bot.domain.request import FINAL, Request, State
from bot.views import blocks as b
from bot.views import buttons, ladder, words
from bot.views.blocks import Message

FINGERPRINT = 12


def card(request: Request, at: datetime, *, terms: Terms, permalink_base: str = "") -> Message:
    """Return the card as it stands at `at`; `permalink_base` is the card's own address, where known."""
    blocks = [
        b.header(f"{request.id}: {words.STATES[request.state]}"),
        b.section(f"*Next*\n{words.turn(request, terms).sentence}"),
        *facts(request),
        *approvals(request, terms),
        b.section("\n".join(["*Evidence*", *ladder.lines(request, terms)])),
        *[b.section(text) for text in (words.last_word(request), trouble(request, at)) if text],
        b.context(*_small(request, permalink_base)),
        *b.actions(buttons.card_row(request)),
    ]
    return b.message(plain(request, terms), blocks)


def plain(request: Request, terms: Terms) -> str:
    """Return the card in a few sentences, for notifications and screen readers."""
    turn = words.turn(request, terms)
    name = b.esc(request.draft.instance_name, 80)
    return (
        f"{request.id}, ChatGPT to Netskope ({name}): {words.STATES[request.state]} since "
        f"{b.utc(request.state_since)}. Next: {turn.plain} Evidence: {ladder.summary(request)}."
    )


def facts(request: Request) -> list[b.Block]:
    """Return what was asked for, in two columns; of the key only what may be shown."""
    draft, key = request.draft, request.key
    fingerprint = b.code(key.fingerprint[:FINGERPRINT])
    return b.fields(
        [
            ("Workspace ID", b.code(draft.workspace_id)),
            ("Organization ID", b.code(draft.organization_id)),
            ("Netskope tenant", b.code(request.tenant)),
            ("Instance name", b.code(draft.instance_name)),
            ("API key", f"{b.code(draft.key_name)} ending {b.code(key.last4)}, fingerprint {fingerprint}"),
            ("Created by", b.code(draft.created_by)),
            ("Requested scope", words.SCOPES[draft.scope]),
            ("Route", words.ROUTES[draft.route]),
            ("Requester", b.mention(request.requester)),
            ("Administrator email", b.code(draft.admin_email)),
        ]
    )


def approvals(request: Request, terms: Terms) -> list[b.Block]:
    """Return who said yes, of how many; nothing where no review is asked for and none was given."""
    if not request.approvals and (not terms.review or request.state in FINAL | {State.CHECKING}):
        return []
    names = [f"{b.mention(yes.by)} on {b.date(yes.at)}" for yes in request.approvals[:20]]
    listed = ", ".join(names) or "none yet"
    return [b.section(f"*Approvals: {len(request.approvals)} of {terms.quorum}*\n{listed}")]


def trouble(request: Request, at: datetime) -> str:
    """Return what the bot could not find out, since when; nothing where all is well."""
    found = []
    log = request.probes
    if log.no_news_since and request.state not in FINAL:
        about = words.advice(request)
        found.append(
            f"*OpenAI has given no usable answer since {b.date(log.no_news_since)}* "
            f"({_for(at - log.no_news_since)}): {b.esc(about.title)}. This moves nothing; I keep asking."
        )
    if request.tenant_troubles and request.state not in FINAL:
        told = ", ".join(b.code(text, 120) for text in request.tenant_troubles[:3])
        when = f" on {b.date(request.tenant_looked_at)}" if request.tenant_looked_at else ""
        found.append(
            f"*Netskope's records could not all be read*{when}: {told}. This says nothing bad or good."
        )
    if request.hint:
        found.append(f"Seen in Netskope's records, app not stated, so not counted: {b.esc(request.hint)}")
    return "\n".join(found)


def _for(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 2:
        return "just now"
    return f"for {minutes} minutes" if minutes < 120 else f"for {minutes // 60} hours"


def _small(request: Request, permalink: str) -> list[str]:
    told = [f"In this state since {b.date(request.state_since)}, opened {b.date(request.opened_at)}"]
    if request.probes.last_at:
        answer = b.esc(words.advice(request).title)
        told.append(f"OpenAI last asked {b.date(request.probes.last_at)}: {answer}")
    if request.next_probe_at and request.state not in FINAL:
        told.append(f"Next check about {b.date(request.next_probe_at)}")
    if request.deadline_at and request.state not in FINAL:
        told.append(f"Closes by itself on {b.date(request.deadline_at)} if nobody acts")
    if permalink:
        told.append(b.link(permalink, "Link to this card"))
    return told
