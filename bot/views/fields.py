"""The inputs of the form that opens a request."""

from __future__ import annotations

from collections.abc import Sequence

from bot.connectors import Connector
from bot.views import actions as a
from bot.views import blocks as b
from bot.views import choices
from bot.views.language import say
from bot.views.typed import Typed

Products = Sequence[Connector]

SEEN = (
    "*About the key:* Slack has no hidden field, so the key is readable on your screen while you type, "
    "and it "
    "passes through Slack once. OpenAI advises against sending keys through chat. I encrypt it at once, "
    "never "
    "show more than its last four characters, and destroy it when this request ends."
)
LINKED = (
    "*About the key:* it is not asked for here, so that it never passes through Slack. When you send this "
    "form you "
    "get a link to a page that takes it: yours alone, good once, for ten minutes."
)
KEPT = " *Leave the field empty to keep the key I have.*"


def names(products: Products) -> str:
    """Name the products that can be chosen."""
    return say(" or ").join(one.name for one in products)


def inputs(
    typed: Typed, correcting: bool, link: bool, products: Products, tenants: Sequence[str]
) -> list[b.Block]:
    """Return every input; the key is asked for here unless it is typed on a `link`ed page."""
    small = say(LINKED) if link else say(SEEN) + (say(KEPT) if correcting else "")
    scopes = [row for row in choices.said(choices.SCOPES) if any(row[0] in one.scopes for one in products)]
    return [
        *_product(typed, products),
        *_tenant(typed, products, tenants),
        b.radio(
            a.ROUTE, say("Where does the key come from?"), choices.said(choices.ROUTES), chosen=typed.route
        ),
        _workspace(typed),
        _organization(typed),
        *([_key_choice()] if link and correcting else [] if link else [_key(correcting, names(products))]),
        b.context(small),
        *_about_key(typed),
        *([b.radio(a.SCOPE, say("Requested scope"), scopes, chosen=typed.scope)] if scopes else []),
        *_about_tenant(typed, names(products)),
    ]


def _product(typed: Typed, products: Products) -> list[b.Block]:
    """Ask which product it is for, where there is a choice."""
    if len(products) == 1:
        return []
    rows = [(one.id, one.name, _asks(one)) for one in products]
    return [b.radio(a.PRODUCT, say("Which product is to read the workspace?"), rows, chosen=typed.product)]


def _tenant(typed: Typed, products: Products, tenants: Sequence[str]) -> list[b.Block]:
    """Ask which tenant it is for, where there is a choice."""
    having = [one for one in products if one.has_tenant]
    if len(tenants) < 2 or not having:
        return []
    hint = say("Only for {product}.", product=names(having)) if len(having) < len(products) else ""
    rows = [(one, one.removeprefix("https://")) for one in tenants]
    makers = say(" or ").join(dict.fromkeys(one.maker for one in having))
    return [b.menu(a.TENANT, say("{product} tenant", product=makers), rows, typed.tenant, hint)]


def _asks(product: Connector) -> str:
    if not product.grants:
        return say("Nothing to ask OpenAI for; its own records show the connection.")
    if product.keeps_records:
        return say("Its own records prove the connection.")
    return say("Guided; that it is connected rests on a person's word.")


def _workspace(typed: Typed) -> b.Block:
    return b.text_input(
        a.WORKSPACE_ID,
        say("Workspace ID"),
        hint=say("From chatgpt.com/admin/settings, Workspace details."),
        placeholder="xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
        initial=typed.workspace_id,
        limit=300,
    )


def _organization(typed: Typed) -> b.Block:
    return b.text_input(
        a.ORGANIZATION_ID,
        say("Organization ID"),
        hint=say(
            "Beside the Workspace ID. The same id must stand at "
            "platform.openai.com/settings/organization/general: a key made in another (or a "
            "personal) organization is refused."
        ),
        placeholder="org-...",
        initial=typed.organization_id,
        limit=300,
    )


def _key_choice() -> b.Block:
    return b.radio(a.KEY_CHOICE, say("API key"), choices.said(choices.KEYS), chosen="keep")


def _key(correcting: bool, product: str) -> b.Block:
    return b.text_input(
        a.KEY,
        say("API key"),
        hint=say(
            "A new key, used for nothing else: OpenAI removes every other permission from it, "
            "and its rate limit is shared with {product}.",
            product=product,
        ),
        placeholder="sk-...",
        limit=400,
        optional=correcting,
    )


def _about_key(typed: Typed) -> list[b.Block]:
    expires = b.text_input(
        a.EXPIRES_ON,
        say("Expires on"),
        hint=say("Of an Admin key with an expiration, as YYYY-MM-DD. I tell you in time to rotate it."),
        placeholder="2027-01-31",
        initial=typed.expires_on,
        limit=10,
        optional=True,
    )
    return [*_named_key(typed), expires]


def _named_key(typed: Typed) -> list[b.Block]:
    return [
        b.text_input(
            a.KEY_NAME,
            say("Key name"),
            hint=say("Exactly as OpenAI's key list shows it."),
            placeholder="chatgpt-compliance",
            initial=typed.key_name,
        ),
        b.text_input(
            a.CREATED_BY,
            say("Created by"),
            hint=say(
                "Name or e-mail as the key list shows it; an Owner of both the organization and the "
                "workspace."
            ),
            placeholder="Rita Example",
            initial=typed.created_by,
        ),
    ]


def _about_tenant(typed: Typed, product: str) -> list[b.Block]:
    return [
        b.text_input(
            a.ADMIN_EMAIL,
            say("Administrator email"),
            hint=say("Gets a copy of the e-mail to OpenAI, and the notices of {product}.", product=product),
            placeholder="rita@example.com",
            initial=typed.admin_email,
            limit=300,
        ),
        b.text_input(
            a.INSTANCE_NAME,
            say("Instance name"),
            hint=say(
                "The name of the connection in {product}; where its records can be read, they are searched "
                "for it.",
                product=product,
            ),
            placeholder="chatgpt-enterprise",
            initial=typed.instance_name,
        ),
    ]
