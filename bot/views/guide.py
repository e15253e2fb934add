"""The guide for the product's console: what to click, which values to copy, what a person's word means.

The texts are the connector's (`bot.connectors`), which names the page it was written from.
"""

from __future__ import annotations

import re

from bot.domain.request import Request
from bot.views import actions as a
from bot.views import blocks as b
from bot.views.language import say

_HOST = re.compile(r"(?:https://)?([a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?)/?", re.IGNORECASE)


def tenant_url(tenant: str) -> str:
    """Return the tenant's https address, or nothing when it is not a plain host."""
    found = _HOST.fullmatch(tenant.strip())
    return f"https://{found.group(1).lower()}" if found else ""


def blocks(request: Request) -> list[b.Block]:
    """Return the numbered steps, with every value ready to copy."""
    product = request.product
    steps = "\n".join(say(step, **_values(request)) for step in product.words.steps)
    return [
        b.section(f"*{say(product.words.guide_title, product=product.name)}*\n{steps}"),
        b.section(say(product.words.note, product=product.name)),
        b.context(say(product.words.meaning, product=product.name)),
    ]


def open_button(request: Request) -> list[b.Block]:
    """Return the button that opens the tenant, where its address is known."""
    url, product = tenant_url(request.tenant), request.product
    if not url or not product.has_tenant:
        return []
    label = say(product.words.open_label, product=product.name)
    return [b.button(say("Open {product}", product=product.name), a.OPEN_TENANT, label=label, url=url)]


def _values(request: Request) -> dict[str, str]:
    """Return what the connector's texts may name, ready to show."""
    draft, url = request.draft, tenant_url(request.tenant)
    return {
        "product": request.product.name,
        "where": b.link(url, url.removeprefix("https://")) if url else say("your tenant"),
        "admin_email": b.code(draft.admin_email),
        "workspace_id": b.code(draft.workspace_id),
        "organization_id": b.code(draft.organization_id),
        "key_name": b.code(draft.key_name),
        "last4": b.code(request.key.last4),
        "instance_name": b.code(draft.instance_name),
    }


def waiting_for_green(request: Request) -> list[b.Block]:
    """Return what to do until a person sees that it worked, and when that does not come."""
    product, values = request.product, _values(request)
    return [
        b.section(say(product.words.refresh, **values)),
        b.context(say(product.words.missing, **values), say(product.words.meaning, product=product.name)),
    ]
