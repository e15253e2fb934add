"""The one Slack message per request: its present state, on what evidence, and whose turn it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.casb import TroubleKind
from bot.domain.evidence import Rung, shown
from bot.domain.lifecycle import Terms
from bot.domain.request import FINAL, Approval, Concern, Request, State
from bot.views import blocks as b
from bot.views import buttons, correction, ladder, naming, words
from bot.views.blocks import Message
from bot.views.language import Spoken, say

FINGERPRINT = 12
UNREAD: Spoken[TroubleKind] = Spoken(
    {
        TroubleKind.BAD_TOKEN: "The operator of this bot must give it a valid token: `/greenlight doctor` "
        "says how.",
        TroubleKind.NOT_PERMITTED: "The bot's token lacks a right there: `/greenlight doctor` tells the "
        "operator which.",
        TroubleKind.NO_ROUTE: "The tenant does not know this address: `/greenlight doctor` tells the "
        "operator what to check.",
        TroubleKind.LIMITED: "The tenant asked me to slow down, and I do.",
        TroubleKind.OUTAGE: "The tenant cannot be reached at the moment; nobody has to do anything.",
        TroubleKind.MALFORMED: "It answered something else than records. If that lasts for hours, "
        "`/greenlight doctor` tells the operator what to check.",
        TroubleKind.FAILED_EXECUTION: "It could not search its own records. If that lasts for hours, "
        "`/greenlight doctor` tells the operator what to check.",
        TroubleKind.TRUNCATED: "There are more than one look can read; the next one goes on from there.",
    }
)


def card(request: Request, at: datetime, *, terms: Terms, permalink_base: str = "") -> Message:
    """Return the card as it stands at `at`; `permalink_base` is the card's own address, where known."""
    blocks = [
        b.header(f"{request.id}: {naming.title(request)}"),
        b.section(f"*{say('Next')}*\n{words.turn(request, terms).sentence}"),
        *facts(request),
        *approvals(request, terms),
        b.section("\n".join([f"*{say('Evidence')}*", *ladder.lines(request, terms)])),
        *[b.section(text) for text in (words.last_word(request), trouble(request, at)) if text],
        b.context(*_small(request, permalink_base)),
        *b.actions(buttons.card_row(request)),
    ]
    return b.message(plain(request, terms), blocks)


def plain(request: Request, terms: Terms) -> str:
    """Return the card in a few sentences, for notifications and screen readers."""
    turn = words.turn(request, terms)
    name = b.esc(request.draft.instance_name, 80)
    return say(
        "{id}, ChatGPT to {product} ({name}): {state} since {since}. Next: {turn} Evidence: {summary}.",
        product=request.product.name,
        id=request.id,
        name=name,
        state=naming.title(request),
        since=b.utc(request.state_since),
        turn=turn.plain,
        summary=ladder.summary(request),
    )


def facts(request: Request) -> list[b.Block]:
    """Return what was asked for, in two columns; of the key only what may be shown."""
    draft, key = request.draft, request.key
    fingerprint = b.code(key.fingerprint[:FINGERPRINT])
    return b.fields(
        [
            (say("Workspace ID"), b.code(draft.workspace_id)),
            (say("Organization ID"), b.code(draft.organization_id)),
            _place(request),
            (say("Instance name"), b.code(draft.instance_name)),
            (
                say("API key"),
                say(
                    "{key_name} ending {last4}, fingerprint {fingerprint}",
                    key_name=b.code(draft.key_name),
                    last4=b.code(key.last4),
                    fingerprint=fingerprint,
                ),
            ),
            (say("Created by"), b.code(draft.created_by)),
            *_asked_of_openai(request),
            (say("Requester"), b.mention(request.requester)),
            (say("Administrator email"), b.code(draft.admin_email)),
        ]
    )


def _asked_of_openai(request: Request) -> list[tuple[str, str]]:
    if not request.product.grants:
        return [(say("Requested scope"), say("None: a project key gets no Compliance scopes"))]
    draft = request.draft
    return [(say("Requested scope"), words.SCOPES[draft.scope]), (say("Route"), words.ROUTES[draft.route])]


def _place(request: Request) -> tuple[str, str]:
    product = request.product
    if product.has_tenant:
        return say("{product} tenant", product=product.maker), b.code(request.tenant)
    return say("Product"), b.esc(product.full_name)


def approvals(request: Request, terms: Terms) -> list[b.Block]:
    """Return who said yes, of how many; nothing where no review is asked for and none was given."""
    if not request.approvals and (not terms.review or request.state in FINAL | {State.CHECKING}):
        return []
    names = [say("{who} on {at}", who=_voice(yes), at=b.date(yes.at)) for yes in request.approvals[:20]]
    listed = ", ".join(names) or say("none yet")
    return [
        b.section(
            say(
                "*Approvals: {count} of {quorum}*",
                count=len(request.approvals),
                quorum=terms.approvals_needed(request),
            )
            + f"\n{listed}"
        )
    ]


def _voice(yes: Approval) -> str:
    if not yes.on_behalf:
        return b.mention(yes.by)
    return say("{who} in the place of {absent}", who=b.mention(yes.by), absent=b.mention(yes.on_behalf))


def trouble(request: Request, at: datetime) -> str:
    """Return what the bot could not find out, since when; nothing where all is well."""
    found = []
    log = request.probes
    if Concern.CREATOR_LEFT in request.warned and request.state not in FINAL:
        found.append(
            say(
                "*{creator}, who made the key, is deactivated in Slack.* The key will stop working at "
                "OpenAI. {remedy}",
                creator=b.code(request.draft.created_by, 80),
                remedy=correction.new_maker(request),
            )
        )
    if log.no_news_since and request.state not in FINAL:
        about = words.advice(request)
        found.append(
            say(
                "*OpenAI has given no usable answer since {since}* ({span}): {title}. This "
                "moves nothing; I keep asking.",
                since=b.date(log.no_news_since),
                span=_for(at - log.no_news_since),
                title=b.esc(about.title),
            )
        )
    if doubted(request):
        found.append(
            say(
                "*OpenAI has refused the key since {since}* ({count} in a row). I ask again before I call "
                "the proof lost; nobody has to act yet.",
                since=b.date(log.losing.since or at),
                count=log.losing.count,
            )
        )
    if log.blocked_since and request.state not in FINAL:
        found.append(
            say(
                "*The key cannot be watched since {since}* ({span}): OpenAI refuses the bot's network "
                "address. Nothing counts as lost by that, and nothing is confirmed.",
                since=b.date(log.blocked_since),
                span=_for(at - log.blocked_since),
            )
        )
    if request.tenant_troubles and request.state not in FINAL:
        found.append(_unread(request, at))
    if request.hint:
        found.append(
            say(
                "Seen in {product}'s records, our instance not named, so not counted: {hint}",
                product=request.product.name,
                hint=b.esc(request.hint),
            )
        )
    return "\n".join(found)


def doubted(request: Request) -> bool:
    """Whether a proof that is still shown is being denied, not often enough yet to call it lost."""
    watched = request.state is State.CONNECTED and shown(request.evidence, Rung.READ_GRANTED)
    return watched and request.probes.losing.count > 0


def _unread(request: Request, at: datetime) -> str:
    """What the tenant did not let us read, since when, and who can do what about it."""
    since = request.tenant_troubled_since or request.tenant_looked_at or at
    remedy = UNREAD[request.tenant_trouble] if request.tenant_trouble else ""
    return say(
        "*{product}'s records could not all be read since {since}* ({span}): {told}. This says nothing bad "
        "or good; I keep looking. {remedy}",
        product=request.product.name,
        since=b.date(since),
        span=_for(at - since),
        told=", ".join(b.code(text, 120) for text in request.tenant_troubles[:3]),
        remedy=remedy,
    ).rstrip()


def _for(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 2:
        return say("just now")
    return (
        say("for {minutes} minutes", minutes=minutes)
        if minutes < 120
        else say("for {hours} hours", hours=minutes // 60)
    )


def _small(request: Request, permalink: str) -> list[str]:
    told = [
        say(
            "In this state since {since}, opened {opened}",
            since=b.date(request.state_since),
            opened=b.date(request.opened_at),
        )
    ]
    if request.probes.last_at:
        answer = b.esc(words.advice(request).title)
        told.append(say("OpenAI last asked {at}: {answer}", at=b.date(request.probes.last_at), answer=answer))
    if request.next_probe_at and request.state not in FINAL:
        told.append(say("Next check about {at}", at=b.date(request.next_probe_at)))
    if request.deadline_at and request.state not in FINAL:
        told.append(say("Closes by itself on {at} if nobody acts", at=b.date(request.deadline_at)))
    if permalink:
        told.append(b.link(permalink, say("Link to this card")))
    return told
