"""The form that opens a request, as a codec: build the modal, parse what was sent, say its problems.

Slack has no masked input and advises against secrets in modals, so the form says so beside the field, the key
becomes a `SecretStr` at once, and no view built here ever holds it (`initial_value`, `private_metadata`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pydantic import SecretStr

from bot.domain.request import Draft, Request, Route, Scope
from bot.views import actions as a
from bot.views import blocks as b
from bot.views import choices, correction, mistakes, repair
from bot.views.language import say

View = dict[str, Any]
ADMIN_PREFIX = "sk-admin-"

SEEN = (
    "*About the key:* Slack has no hidden field, so the key is readable on your screen while you type, and "
    "it passes through Slack once. OpenAI advises against sending keys through chat. I encrypt it at once, "
    "never show more than its last four characters, and destroy it when this request ends."
)
LINKED = (
    "*About the key:* it is not asked for here, so that it never passes through Slack. When you send this "
    "form you get a link to a page that takes it: yours alone, good once, for ten minutes."
)
KEPT = " *Leave the field empty to keep the key I have.*"


@dataclass(frozen=True, repr=False)
class Typed:
    """What stands in the form, repaired; any field may still be wrong, or hold a secret pasted there."""

    route: str = ""
    workspace_id: str = ""
    organization_id: str = ""
    key: SecretStr = field(default_factory=lambda: SecretStr(""))
    key_name: str = ""
    created_by: str = ""
    scope: str = ""
    admin_email: str = ""
    instance_name: str = ""
    expires_on: str = ""
    replaces: str = ""
    wants_key: bool = False

    def __repr__(self) -> str:
        return "Typed(...)"


def build(
    prefill: Typed | None = None,
    *,
    tenant: str = "",
    correcting: str | None = None,
    rotating: str | None = None,
    link: bool = False,
    granted: bool = False,
) -> View:
    """Return the modal.

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
        [*_intro(tenant, correcting, rotating, granted), *_inputs(typed, bool(correcting), link)],
        submit=say("Check again") if correcting else say("Check and request"),
        close=say("Cancel"),
        callback_id=a.CORRECTION if correcting else a.ROTATION if rotating else a.INTAKE,
        private_metadata=correcting or rotating or "",
    )


ROTATING = (
    "A rotation is a request of its own: *a new key needs a new grant*, and goes into Netskope in place "
    "of the old one. The old connection stays as it is until the new one is proven; then I retire it."
)


def _intro(tenant: str, correcting: str | None, rotating: str | None, granted: bool) -> list[b.Block]:
    if correcting:
        return [b.section(correction.intro(granted=granted))]
    first = (
        say(
            "This connects a ChatGPT Enterprise workspace to your Netskope tenant {tenant}.",
            tenant=b.code(tenant),
        )
        if tenant
        else say("This connects a ChatGPT Enterprise workspace to Netskope.")
    )
    first += " " + say("I check it with OpenAI, then a reviewer decides.")
    return [b.section(say(ROTATING) if rotating else first)]


def _inputs(typed: Typed, correcting: bool, link: bool) -> list[b.Block]:
    small = say(LINKED) if link else say(SEEN) + (say(KEPT) if correcting else "")
    return [
        b.radio(
            a.ROUTE, say("Where does the key come from?"), choices.said(choices.ROUTES), chosen=typed.route
        ),
        _workspace(typed),
        _organization(typed),
        *([_key_choice()] if link and correcting else [] if link else [_key(correcting)]),
        b.context(small),
        *_about_key(typed),
        b.radio(a.SCOPE, say("Requested scope"), choices.said(choices.SCOPES), chosen=typed.scope),
        *_about_tenant(typed),
    ]


def _workspace(typed: Typed) -> b.Block:
    return b.text_input(
        a.WORKSPACE_ID,
        say("Workspace ID"),
        hint=say("From chatgpt.com/admin/settings, Workspace details."),
        placeholder="f7f33107-5fb9-4ee1-8922-3eae76b5b5a0",
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


def _key(correcting: bool) -> b.Block:
    return b.text_input(
        a.KEY,
        say("API key"),
        hint=say(
            "A new key, used for nothing else: OpenAI removes every other permission from it, "
            "and its rate limit is shared with Netskope."
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
            placeholder="netskope-casb",
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


def _about_tenant(typed: Typed) -> list[b.Block]:
    return [
        b.text_input(
            a.ADMIN_EMAIL,
            say("Administrator email"),
            hint=say("Gets a copy of the e-mail to OpenAI, and Netskope's notifications."),
            placeholder="rita@example.com",
            initial=typed.admin_email,
            limit=300,
        ),
        b.text_input(
            a.INSTANCE_NAME,
            say("Instance name"),
            hint=say("The name of the connection in Netskope; Netskope's records are searched for it."),
            placeholder="chatgpt-enterprise",
            initial=typed.instance_name,
        ),
    ]


def prefill(draft: Draft) -> Typed:
    """Return what the form shows when a request is corrected; never the key."""
    kept = draft.model_dump(mode="json") | {"expires_on": str(draft.expires_on or "")}
    return Typed(**kept)


def successor(draft: Draft) -> Typed:
    """Return what the form of a rotation shows: all but what a new key has of its own."""
    return replace(prefill(draft), key_name="", created_by="", expires_on="", replaces="")


def parse(values: object) -> Typed:
    """Read `view.state.values`, repaired; whatever the structure is, it never raises."""
    return Typed(
        route=_chosen(values, a.ROUTE),
        workspace_id=repair.workspace(_text(values, a.WORKSPACE_ID)),
        organization_id=repair.identifier(_text(values, a.ORGANIZATION_ID)),
        key=SecretStr(repair.key(_text(values, a.KEY))),
        key_name=repair.line(_text(values, a.KEY_NAME)),
        created_by=repair.line(_text(values, a.CREATED_BY)),
        scope=_chosen(values, a.SCOPE),
        admin_email=repair.email(_text(values, a.ADMIN_EMAIL)),
        instance_name=repair.line(_text(values, a.INSTANCE_NAME)),
        expires_on=repair.line(_text(values, a.EXPIRES_ON)),
        wants_key=_chosen(values, a.KEY_CHOICE) == choices.NEW_KEY,
    )


def _element(values: object, block_id: str) -> Mapping[str, Any]:
    block = values.get(block_id) if isinstance(values, Mapping) else None
    element = block.get(block_id) if isinstance(block, Mapping) else None
    return element if isinstance(element, Mapping) else {}


def _text(values: object, block_id: str) -> str:
    value = _element(values, block_id).get("value")
    return value if isinstance(value, str) else ""


def _chosen(values: object, block_id: str) -> str:
    option = _element(values, block_id).get("selected_option")
    value = option.get("value") if isinstance(option, Mapping) else None
    return value if isinstance(value, str) else ""


def problems(typed: Typed, *, key_required: bool = True, admin_key: bool | None = None) -> dict[str, str]:
    """Return block id -> what is wrong there, in words; empty means fine.

    Correcting: `key_required=False`, and `admin_key` says what the key is that an empty field keeps.
    """
    found = {
        a.ROUTE: None if typed.route in set(Route) else say("Choose where the key comes from."),
        a.WORKSPACE_ID: mistakes.workspace_id(typed.workspace_id),
        a.ORGANIZATION_ID: mistakes.organization_id(typed.organization_id),
        a.KEY: _key_problem(typed, key_required, admin_key),
        a.KEY_NAME: mistakes.name(
            typed.key_name, say("key name"), say("Type the name the key has in OpenAI's key list.")
        ),
        a.CREATED_BY: mistakes.name(
            typed.created_by, say("name"), say("Type who created the key, as OpenAI's key list shows it.")
        ),
        a.EXPIRES_ON: _expiry_problem(typed.expires_on),
        a.SCOPE: None if typed.scope in set(Scope) else say("Choose the scope Netskope is to get."),
        a.ADMIN_EMAIL: mistakes.email(typed.admin_email),
        a.INSTANCE_NAME: mistakes.instance_name(typed.instance_name),
    }
    return {block_id: words for block_id, words in found.items() if words}


def _expiry_problem(text: str) -> str | None:
    return None if not text or _date(text) else say("Type the date as YYYY-MM-DD, or leave this empty.")


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
    found = []
    if key.startswith("sk-svcacct-"):
        found.append(
            say("The key belongs to a service account. Netskope's guide asks for a key owned by a person.")
        )
    elif key and "T3BlbkFJ" not in key:
        found.append(
            say("The key lacks a mark that OpenAI's keys usually have. If OpenAI refuses it, copy it again.")
        )
    if typed.scope == Scope.WRITE:
        found.append(
            say("Write alone gives Netskope nothing to scan, and I cannot prove it: most people need Both.")
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
        scope=Scope(typed.scope),
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
        "read-only calls. The result comes to you as a direct message, usually within a "
        "minute.",
        id=b.code(request.id),
        last4=b.code(request.key.last4),
    )
    kept = say("The key is encrypted. You can close this window; nothing is lost.")
    return b.modal(say("Request received"), [b.section(told), *small, b.context(kept)], close=say("Done"))


def refused(words: str) -> View:
    """Return the view shown when a person may not start, or nothing was saved; `words` are our mrkdwn."""
    return b.modal("Greenlight", [b.section(words)], close=say("Close"))


def already_open(request_id: str, link: str = "") -> View:
    """Return the view shown on top of the form when the workspace and tenant already have an open request."""
    where = b.link(link, request_id) if link else b.code(request_id)
    told = say(
        "*There is already an open request for this workspace and tenant: {where}.*\nNothing "
        "new was saved, and I did not keep the key. See where it stands with {command}, or "
        "cancel it first. *Go back* to change what you typed: it is all still there.",
        where=where,
        command=b.code(f"{a.COMMAND} status {request_id}"),
    )
    return b.modal(say("Already requested"), [b.section(told)], close=say("Go back"))
