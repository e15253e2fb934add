"""What a correction means, said before it is made and after: what it voids, and what it leaves alone."""

from __future__ import annotations

from bot.domain.request import GRANTED, WATCHED, Request
from bot.views import blocks as b
from bot.views.language import say

VOIDS = "Correct what is wrong and send it again. A change voids approvals given so far."
VOIDS_THE_GRANT = (
    "*Before you change something:* another workspace, organization, route, key, scope or instance name "
    "voids the approval, and all begins again with the check and the review. The key's name, its creator, "
    "its expiry and the administrator's e-mail may change freely. What stands in the product's console "
    "already does not change with it: change it there as well."
)


def intro(*, granted: bool) -> str:
    """Return what stands above the form; `granted`: OpenAI's part is done already."""
    return say(VOIDS_THE_GRANT) if granted else say(VOIDS)


def is_light(request: Request) -> bool:
    """Return whether a correction that was just saved left the approval and the proof as they were."""
    kept = request.product.grants or request.approvals or request.evidence
    return request.state in GRANTED and bool(kept)


def kept(request: Request) -> b.Block:
    """Return the view after a light correction."""
    told = say(
        "*Request {id} is corrected.*\nThe approval and what was proven still stand. Go on in {product} "
        "with the values in the new direct message.",
        id=b.code(request.id),
        product=request.product.name,
    )
    return b.modal(say("Corrected"), [b.section(told)], close=say("Done"))


def new_maker(request: Request) -> str:
    """Say what to do when the person who made the key is gone."""
    if request.state in WATCHED:
        return say(
            "Have a new key made by an owner who stays, then press *Rotate key*: the old connection stays "
            "until the new key is proven."
        )
    return say(
        "Have a new key made by an owner who stays, then press *Correct* in the direct message from me, or "
        "cancel and start again."
    )
