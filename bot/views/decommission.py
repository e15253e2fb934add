"""What is left to do in other systems when a connection is retired, and who says it is done."""

from __future__ import annotations

from bot.domain.request import Chore, Request
from bot.views import blocks as b
from bot.views.guide import tenant_url
from bot.views.language import say


def blocks(request: Request) -> list[b.Block]:
    """Return the checklist: open points as steps, done ones with who and when."""
    lines = "\n".join(_line(request, chore) for chore in _wanted(request))
    kept = say("I have no right to delete the key or the instance for you.")
    return [b.section(f"*{say('To finish the retirement')}*\n{lines}"), b.context(kept)]


def left(request: Request) -> bool:
    """Whether a point is still open."""
    return not {record.chore for record in request.chores}.issuperset(_wanted(request))


def _wanted(request: Request) -> tuple[Chore, ...]:
    """After a rotation the instance lives on with the new key."""
    return (Chore.KEY_DELETED,) if request.succeeded_by else tuple(Chore)


def _line(request: Request, chore: Chore) -> str:
    done = next((record for record in request.chores if record.chore == chore), None)
    if done:
        return say(
            "• Done: {chore}. {who} on {at}.",
            chore=say(TITLES[chore]),
            who=b.mention(done.by),
            at=b.date(done.at),
        )
    return say("• To do: {how}", how=_how(request, chore))


TITLES = {
    Chore.KEY_DELETED: "the key is deleted at OpenAI",
    Chore.INSTANCE_DELETED: "the instance is deleted",
}


def _how(request: Request, chore: Chore) -> str:
    if chore is Chore.KEY_DELETED:
        admin = "admin.openai.com > Credentials > Admin keys"
        where = admin if request.key.admin_key else "platform.openai.com/api-keys"
        key = say(
            "{key_name}, ending {last4}",
            key_name=b.code(request.draft.key_name),
            last4=b.code(request.key.last4, 8),
        )
        return say(
            "at OpenAI ({where}), delete the key {key}. Then press *I deleted the key*.", where=where, key=key
        )
    url = tenant_url(request.tenant)
    tenant = b.link(url, say("the tenant")) if url else say("the tenant")
    return say(
        request.product.words.remove,
        product=request.product.name,
        tenant=tenant,
        instance_name=b.code(request.draft.instance_name, 64),
    )
