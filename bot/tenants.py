"""Several Netskope tenants in one variable: a JSON object from each tenant's address to its token.

An empty token is a tenant whose records this installation may not read. Nothing here repeats a value.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

from pydantic import AfterValidator, SecretStr

from bot.addresses import base_url, require

MOST = 20
_TOKEN = re.compile(r"[!-~]*")


def _checked(secret: SecretStr) -> SecretStr:
    read(secret)
    return secret


def read(secret: SecretStr) -> dict[str, SecretStr | None]:
    """Return the tenants by address, each with its token; raises `ValueError` that names no value."""
    try:
        found = json.loads(secret.get_secret_value(), object_pairs_hook=_pairs)
    except (ValueError, RecursionError):
        raise ValueError("not acceptable") from None
    if not isinstance(found, dict) or not 0 < len(found) <= MOST:
        raise ValueError("not acceptable")
    return found


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, SecretStr | None]:
    tenants: dict[str, SecretStr | None] = {}
    for address, token in pairs:
        require(isinstance(token, str) and _TOKEN.fullmatch(token.strip()))
        url = base_url(address)
        require(url not in tenants)
        tenants[url] = SecretStr(token.strip()) if token.strip() else None
    return tenants


TenantTokens = Annotated[SecretStr, AfterValidator(_checked)]
