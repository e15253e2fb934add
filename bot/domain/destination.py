"""Where ChatGPT's data are to be read: which product, which tenant of it; and what an installation offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.connectors import CONNECTORS, DEFAULT
from bot.domain.errors import NotOffered
from bot.domain.request import Request, Scope


class Destination(NamedTuple):
    """A product, and the tenant of it; empty where it has none, or none is known."""

    connector: str
    tenant: str


@dataclass(frozen=True)
class Offer:
    """What may be connected here: products by id, and the tenants of those that have any; the first is usual.

    Without `tenants` such a product has one that nobody named.
    """

    connectors: tuple[str, ...] = (DEFAULT,)
    tenants: tuple[str, ...] = ()

    def choose(self, connector: str, tenant: str, scope: Scope) -> Destination:
        """Return where a new request goes; an empty choice is the usual product, or the only tenant.

        Raises `NotOffered`.
        """
        chosen = connector or self.connectors[0]
        if chosen not in self.connectors or not asks_for(chosen, scope):
            raise NotOffered
        if not CONNECTORS[chosen].has_tenant:
            return Destination(chosen, "")
        tenants = self.tenants or ("",)
        if tenant not in tenants and (tenant or len(tenants) > 1):
            raise NotOffered  # of several, nobody guesses the one that was meant
        return Destination(chosen, tenant or tenants[0])


def asks_for(connector: str, scope: Scope) -> bool:
    """Whether this product may ask OpenAI for this scope; one that asks for none carries the least."""
    return scope in (CONNECTORS[connector].scopes or (Scope.READ,))


def destination_of(request: Request) -> Destination:
    """Return where this request goes."""
    return Destination(request.connector, request.tenant)
