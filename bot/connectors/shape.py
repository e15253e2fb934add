"""What Greenlight has to know of a product that reads ChatGPT Enterprise with an OpenAI key: data, no code.

Texts are English templates for `bot.views.language.say`; `german` holds their translations, so that one file
is all of a connector. Every text may use `{product}`, the connector's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Words:
    """What the product's console calls things; slots stand beside the fields that have more than `{product}`.

    The guide's slots: `{where} {workspace_id} {organization_id} {admin_email} {instance_name} {key_name}
    {last4}`.
    """

    # before the person did it
    ready: str
    turn: str
    guide_title: str
    steps: tuple[str, ...]  # the guide's slots
    note: str
    open_label: str
    paste: str
    # they say that they did it
    pressed_button: str
    pressed_noted: str
    pressed_said: str  # {who} {looks}
    pressed_wait: str
    # they see that it worked
    refresh: str  # the guide's slots
    missing: str  # the guide's slots
    meaning: str
    seen_button: str
    seen_ask: str
    seen_beside: str  # {instance_name}
    seen_noted: str
    seen_said: str  # {who} {instance_name}
    seen_turn: str
    # the rungs of evidence, and why some are beyond this product
    recorded_claim: str
    seen_claim: str
    beyond: str
    # the end
    remove: str  # {tenant} {instance_name}
    # a warning where the product's guide forbids keys of service accounts; else empty
    service_account: str = ""

    def texts(self) -> tuple[str, ...]:
        """Return every template that is said."""
        found: list[str] = []
        for one in fields(self):
            value = getattr(self, one.name)
            found += value if isinstance(value, tuple) else [value]
        return tuple(text for text in found if text)


@dataclass(frozen=True)
class Connector:
    """One product.

    `maker`: who is named where it is about the tenant, not about the product.
    `scopes`: what it may ask of OpenAI, in the form's words (`bot.domain.request.Scope`).
    `calls`: what the product itself calls these, where it has words of its own.
    `rungs`: the claims there is evidence for (`bot.domain.evidence.Rung`); no other is ever shown.
    `has_tenant`: whether an address of the customer's own is known to Greenlight by its settings.
    `source`: the page the texts were written from, with its date.
    """

    id: str
    name: str
    maker: str
    full_name: str
    scopes: tuple[str, ...]
    rungs: frozenset[str]
    words: Words
    german: Mapping[str, str]
    source: str
    calls: Mapping[str, str]
    has_tenant: bool = False

    @property
    def grants(self) -> bool:
        """Whether OpenAI has to grant the key something, which is then asked for, probed and watched."""
        return "E2" in self.rungs

    @property
    def keeps_records(self) -> bool:
        """Whether Greenlight can read what the product itself recorded; otherwise only people attest it."""
        return "E3" in self.rungs
