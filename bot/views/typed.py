"""What stands in the form: read from Slack's values and repaired, or taken from a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import SecretStr

from bot.domain.request import Draft
from bot.views import actions as a
from bot.views import choices, repair


@dataclass(frozen=True, repr=False)
class Typed:
    """What stands in the form, repaired; any field may still be wrong, or hold a secret pasted there.

    `product` (the connector's id) and `tenant` are chosen here, or fixed by the request that is corrected or
    replaced; empty where there is no choice.
    """

    product: str = ""
    tenant: str = ""
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


def prefill(draft: Draft, product: str = "") -> Typed:
    """Return what the form shows when a request is corrected; never the key."""
    kept = draft.model_dump(mode="json") | {"expires_on": str(draft.expires_on or "")}
    return Typed(**kept, product=product)


def successor(draft: Draft, product: str = "") -> Typed:
    """Return what the form of a rotation shows: all but what a new key has of its own."""
    return replace(prefill(draft, product), key_name="", created_by="", expires_on="", replaces="")


def parse(values: object) -> Typed:
    """Read `view.state.values`, repaired; whatever the structure is, it never raises."""
    return Typed(
        product=_chosen(values, a.PRODUCT),
        tenant=_chosen(values, a.TENANT),
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
