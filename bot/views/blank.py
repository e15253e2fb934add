"""The form before anything was typed, rendered and encoded once per language."""

from __future__ import annotations

from bot.connectors import CONNECTORS
from bot.ports import Prepared
from bot.views import intake
from bot.views.language import kept


@kept
def form(*, tenants: tuple[str, ...], link: bool, products: tuple[str, ...]) -> Prepared:
    """Return the empty form: the same for everybody who reads this language."""
    return Prepared(intake.build(tenants=tenants, link=link, products=[CONNECTORS[one] for one in products]))
