"""The evidence ladder in words: each claim shown, not shown or lost, with its source and time; never more."""

from __future__ import annotations

from datetime import datetime

from bot.domain.evidence import Evidence, Rung, Standing, recorded, shown, verified
from bot.domain.lifecycle import Terms
from bot.domain.request import Request, Scope
from bot.domain.windows import still_flows
from bot.views import blocks as b
from bot.views import naming, words
from bot.views.language import say

NEEDS_TOKEN = frozenset({Rung.INSTANCE_RECORDED, Rung.DATA_FLOWS})
LOSING = "losing probes in a row"
OUT_OF_REACH = "out of reach: this installation has no {product} token"


def lines(request: Request, terms: Terms) -> list[str]:
    """Return one mrkdwn line per rung, and one for the delete scope where it was asked for."""
    found = [_line(request, rung, terms) for rung in Rung]
    if request.draft.scope is not Scope.READ:
        found.insert(2, _delete(request))
    return found


def proven(request: Request, terms: Terms) -> list[str]:
    """Return one mrkdwn line per rung that is shown right now."""
    return [_line(request, rung, terms) for rung in Rung if shown(request.evidence, rung)]


def _delete(request: Request) -> str:
    product, unproven = request.product, say(words.DELETE_UNPROVEN)
    if not product.calls:
        return say("E2 · OpenAI granted delete: *{unproven}*", unproven=unproven)
    return say(
        "E2 · OpenAI granted delete ({product}: write): *{unproven}*", product=product.name, unproven=unproven
    )


def beyond(request: Request, rung: Rung) -> str:
    """Return why this product can never show the rung; nothing where it can."""
    product = request.product
    return "" if rung in product.rungs else say(product.words.beyond, product=product.name)


def _line(request: Request, rung: Rung, terms: Terms) -> str:
    claim = f"{rung.value} · {naming.claim(request, rung)}"
    evidence = request.evidence.get(rung)
    if why := beyond(request, rung):
        return say("{claim}: *cannot be shown for this product* ({why})", claim=claim, why=why)
    if evidence is None:
        if rung in NEEDS_TOKEN and not terms.looks(request):
            why = say(OUT_OF_REACH, product=request.product.name)
            return say("{claim}: *not shown* ({why})", claim=claim, why=why)
        return say("{claim}: *not shown yet*", claim=claim)
    standing = words.STANDINGS[evidence.standing.value]
    if evidence.rung is Rung.DATA_FLOWS and shown(request.evidence, rung):
        standing = standing if still_flows(request, terms, request.updated_at) else say("last seen")
    return f"{claim}: *{standing}* {_source(evidence)}"


def _source(evidence: Evidence) -> str:
    person = f"{b.mention(evidence.by)}, " if evidence.by and evidence.rung is Rung.GREEN_CHECK_SEEN else ""
    actor = say(" by {by}", by=b.code(evidence.by, 80)) if evidence.by and not person else ""
    detail = f" ({b.esc(_detail(evidence.detail), 120)})" if evidence.detail else ""
    since = say("since ") if evidence.standing is Standing.LOST else ""
    return f"{since}{b.date(evidence.at)}, {person}{b.esc(say(evidence.source))}{actor}{detail}"


def _detail(text: str) -> str:
    """Say the one detail that is a sentence of ours; all others are names of the tenant's records."""
    count, _, rest = text.partition(" ")
    return say("{count} refusals in a row", count=count) if rest == LOSING else text


def verdict(request: Request, terms: Terms, at: datetime) -> str:
    """Return the one word the ladder allows: data flowing, verified (and on whose word), or neither."""
    flows = request.evidence.get(Rung.DATA_FLOWS)
    seen = b.utc(flows.at) if flows and shown(request.evidence, Rung.DATA_FLOWS) else ""
    flowing = still_flows(request, terms, at)
    if not request.product.grants:
        return _recorded(request, flowing, seen)
    if not verified(request.evidence):
        return say("Not verified")
    if not request.product.keeps_records:
        return say("Verified: E2 by a live probe, E4 on a person's word")
    if flowing:
        return say("Verified, data flowing")
    return say("Verified, data last seen {at}", at=seen) if seen else say("Verified")


def _recorded(request: Request, flowing: bool, seen: str) -> str:
    """A project key has no grant to prove, so the word is another one."""
    if not recorded(request.evidence):
        return say("Not recorded")
    if flowing:
        return say("Recorded, data flowing")
    if seen:
        return say("Recorded, data last seen {at}", at=seen)
    return say("Recorded: OpenAI has nothing to grant here")


def summary(request: Request) -> str:
    """Return the ladder in one plain line for notifications: ``E1 shown, E2 shown, E3 not shown``."""
    stands = [(rung, request.evidence.get(rung)) for rung in Rung if rung in request.product.rungs]
    return ", ".join(
        f"{rung.value} {words.STANDINGS[found.standing.value if found else 'not shown']}"
        for rung, found in stands
    )
