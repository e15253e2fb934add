"""The form that opens a request, as a codec: build the modal, parse what was sent, say its problems.

Slack has no masked input and advises against secrets in modals, so the form says so beside the field, the key
becomes a `SecretStr` at once, and no view built here ever holds it (`initial_value`, `private_metadata`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.connectors import CONNECTORS, DEFAULT, Connector
from bot.domain.request import Draft, Request, Route, Scope
from bot.views import actions as a
from bot.views import blocks as b
from bot.views import correction, mistakes
from bot.views.fields import Products, inputs, names
from bot.views.language import say
from bot.views.typed import Typed as Typed  # noqa: PLC0414  # re-exported
from bot.views.typed import parse as parse  # noqa: PLC0414  # re-exported
from bot.views.typed import prefill as prefill  # noqa: PLC0414  # re-exported
from bot.views.typed import successor as successor  # noqa: PLC0414  # re-exported

View = dict[str, Any]
ADMIN_PREFIX = "sk-admin-"


def build(
    prefill: Typed | None = None,
    *,
    tenants: Sequence[str] = (),
    correcting: str | None = None,
    rotating: str | None = None,
    link: bool = False,
    granted: bool = False,
    products: Products = (CONNECTORS[DEFAULT],),
) -> View:
    """Return the modal; of several `products`, and of several `tenants`, the person chooses one.

    `correcting` is the request's `pack`ed target (it becomes the private metadata); the key may then stay
    empty. `rotating` likewise, of the connection that is to get a new key.
    `link`: the key is not asked for here but on a one-time page. `granted`: a correction so late voids more.
    """
    typed = prefill or Typed(route=Route.SUPPORT_EMAIL.value, scope=Scope.READ.value)
    return b.modal(
        say("Correct the request")
        if correcting
        else say("Rotate the key")
        if rotating
        else say("Connect ChatGPT"),
        [
            *_intro(tenants, correcting, rotating, granted, products),
            *inputs(typed, bool(correcting), link, products, tenants),
        ],
        submit=say("Check again") if correcting else say("Check and request"),
        close=say("Cancel"),
        callback_id=a.CORRECTION if correcting else a.ROTATION if rotating else a.INTAKE,
        private_metadata=correcting or rotating or "",
    )


ROTATING = (
    "A rotation is a request of its own: *a new key needs a new grant*, and goes into {product} in place "
    "of the old one. The old connection stays as it is until the new one is proven; then I retire it."
)


def _intro(
    tenants: Sequence[str],
    correcting: str | None,
    rotating: str | None,
    granted: bool,
    products: Products,
) -> list[b.Block]:
    if correcting:
        return [b.section(correction.intro(granted=granted))]
    named = names(products)
    first = (
        say(
            "This connects a ChatGPT Enterprise workspace to your {product} tenant {tenant}.",
            product=products[0].maker,
            tenant=b.code(tenants[0]),
        )
        if len(tenants) == len(products) == 1 and tenants[0] and products[0].has_tenant
        else say("This connects a ChatGPT Enterprise workspace to {product}.", product=named)
    )
    checked = any(one.grants for one in products)
    first += " " + (
        say("I check it with OpenAI, then a reviewer decides.") if checked else say("A reviewer decides.")
    )
    return [b.section(say(ROTATING, product=named) if rotating else first)]


def problems(
    typed: Typed, *, key_required: bool = True, admin_key: bool | None = None, today: date | None = None
) -> dict[str, str]:
    """Return block id -> what is wrong there, in words; empty means fine. A date before `today` is over.

    Correcting: `key_required=False`, and `admin_key` says what the key is that an empty field keeps.
    """
    product = CONNECTORS.get(typed.product or DEFAULT)
    found = {
        a.PRODUCT: None if product else say("Choose the product."),
        a.ROUTE: _route_problem(typed.route, product),
        a.WORKSPACE_ID: mistakes.workspace_id(typed.workspace_id),
        a.ORGANIZATION_ID: mistakes.organization_id(typed.organization_id),
        a.KEY: _key_problem(typed, key_required, admin_key),
        a.KEY_NAME: mistakes.name(
            typed.key_name, say("key name"), say("Type the name the key has in OpenAI's key list.")
        ),
        a.CREATED_BY: mistakes.name(
            typed.created_by, say("name"), say("Type who created the key, as OpenAI's key list shows it.")
        ),
        a.EXPIRES_ON: _expiry_problem(typed.expires_on, today),
        a.SCOPE: _scope_problem(typed.scope, product),
        a.ADMIN_EMAIL: mistakes.email(typed.admin_email),
        a.INSTANCE_NAME: mistakes.instance_name(typed.instance_name),
    }
    return {block_id: words for block_id, words in found.items() if words}


def _route_problem(route: str, product: Connector | None) -> str | None:
    if route not in set(Route):
        return say("Choose where the key comes from.")
    if product and not product.grants and route != Route.SUPPORT_EMAIL:
        return say("A project key is an API Platform key, without any e-mail: choose that.")
    return None


def _scope_problem(scope: str, product: Connector | None) -> str | None:
    if product and not product.scopes:
        return None
    if scope not in set(Scope):
        return say("Choose the scope the product is to get.")
    if product and scope not in product.scopes:
        return say("{product} asks for read only: choose Read.", product=product.name)
    return None


def _expiry_problem(text: str, today: date | None) -> str | None:
    found = _date(text)
    if text and not found:
        return say("Type the date as YYYY-MM-DD, or leave this empty.")
    if found and today and found < today:
        return say(
            "This day is over: with a key that has expired nothing can be connected. Correct the date, or "
            "leave this empty."
        )
    return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _key_problem(typed: Typed, required: bool, admin_key: bool | None) -> str | None:
    key = typed.key.get_secret_value()
    if not key and not required:
        return None if admin_key is None else mistakes.route_of(typed.route, admin_key)
    return mistakes.api_key(key) or mistakes.route_of(typed.route, is_admin_key(typed))


def key_problem(typed: Typed) -> str:
    """Say what is wrong with a key that was given elsewhere; empty means fine."""
    return _key_problem(typed, True, None) or ""


def warnings(typed: Typed) -> tuple[str, ...]:
    """Return what is unusual but may be right; the request goes on, OpenAI's answer decides."""
    key = typed.key.get_secret_value()
    product = CONNECTORS.get(typed.product, CONNECTORS[DEFAULT])
    found = []
    if key.startswith("sk-svcacct-"):
        if product.words.service_account:
            found.append(say(product.words.service_account, product=product.name))
    elif key and "T3BlbkFJ" not in key:
        found.append(
            say("The key lacks a mark that OpenAI's keys usually have. If OpenAI refuses it, copy it again.")
        )
    if typed.scope == Scope.WRITE:
        found.append(
            say(
                "Write alone gives {product} nothing to scan, and I cannot prove it: most people need Both.",
                product=product.name,
            )
        )
    return tuple(found)


def draft(typed: Typed) -> Draft:
    """Return the draft of a form without problems."""
    return Draft(
        route=Route(typed.route),
        workspace_id=typed.workspace_id,
        organization_id=typed.organization_id,
        key_name=typed.key_name,
        created_by=typed.created_by,
        scope=Scope(typed.scope) if CONNECTORS[typed.product or DEFAULT].scopes else Scope.READ,
        admin_email=typed.admin_email,
        instance_name=typed.instance_name,
        expires_on=_date(typed.expires_on),
        replaces=typed.replaces,
    )


def last4(typed: Typed) -> str:
    """Return the last four characters of the key."""
    return typed.key.get_secret_value()[-4:]


def is_admin_key(typed: Typed) -> bool:
    """Return whether it is an Admin key by its prefix (two kinds share it; only OpenAI tells them apart)."""
    return typed.key.get_secret_value().startswith(ADMIN_PREFIX)


def opening() -> View:
    """Return the view shown at once while something is looked up, to be replaced by `views.update`."""
    return b.modal(
        "Greenlight", [b.section(say("One moment: looking up the request..."))], close=say("Close")
    )


def checked(request: Request, warned: tuple[str, ...] = ()) -> View:
    """Return the view that replaces the form once the request exists: no inputs, so the key is off screen."""
    small = [b.context(say("*Please note:* {warning}", warning=b.esc(words))) for words in warned]
    told = say(
        "*Request {id} is open.*\nI am checking the key ending {last4} with OpenAI: two "
        "read-only calls, at most three. The result comes to you as a direct message, usually within a "
        "minute.",
        id=b.code(request.id),
        last4=b.code(request.key.last4),
    )
    if not request.product.grants:
        told = say(
            "*Request {id} is open.*\nA project key gets no Compliance scopes, so there is nothing to ask "
            "OpenAI. A direct message says what comes next.",
            id=b.code(request.id),
        )
        kept = say("I did not keep the key: only its last four characters and its fingerprint.")
        return b.modal(say("Request received"), [b.section(told), *small, b.context(kept)], close=say("Done"))
    kept = say("The key is encrypted. You can close this window; nothing is lost.")
    return b.modal(say("Request received"), [b.section(told), *small, b.context(kept)], close=say("Done"))


def refused(words: str) -> View:
    """Return the view shown when a person may not start, or nothing was saved; `words` are our mrkdwn."""
    return b.modal("Greenlight", [b.section(words)], close=say("Close"))


def already_open(request_id: str, link: str = "") -> View:
    """Return the view shown on top of the form when the workspace and tenant already have an open request."""
    where = b.link(link, request_id) if link else b.code(request_id)
    told = say(
        "*There is already an open request for this workspace, product and tenant: {where}.*\nNothing "
        "new was saved, and I did not keep the key. See where it stands with {command}. For a request in its "
        "place, cancel it first, then type {start}. For another workspace *go back* and change what you "
        "typed: it is all still there.",
        where=where,
        command=b.code(f"{a.COMMAND} status {request_id}"),
        start=b.code(a.COMMAND),
    )
    return b.modal(say("Already requested"), [b.section(told)], close=say("Go back"))


def already_ended(request_id: str) -> View:
    """Return the view for a form that was refused before, because of a request that has ended meanwhile."""
    told = say(
        "*This form was refused because of {request_id}, which has ended meanwhile.* A form that was refused "
        "is not taken any more, and I did not keep the key. Type {start} for a new one.",
        request_id=b.code(request_id),
        start=b.code(a.COMMAND),
    )
    return b.modal(say("Already requested"), [b.section(told)], close=say("Go back"))
