"""The evidence pack as two files: HTML to read and print, JSON to check."""

from __future__ import annotations

import json

from bot.domain.audit import page_seal, sealed_pack
from bot.views.pack import Pack
from bot.views.pack_page import page


def files(pack: Pack, audit_secret: bytes) -> dict[str, str]:
    """Return the text of each file by its name, each sealed as a whole by the installation's audit key."""
    name = pack["request"]["id"]
    sealed = sealed_pack(pack, audit_secret)
    shown = page(sealed)
    return {
        f"{name}.html": f"{shown}<!-- seal {page_seal(shown, audit_secret)} -->\n",
        f"{name}.json": json.dumps(sealed, indent=2, ensure_ascii=False) + "\n",
    }
