"""The evidence pack as two files: HTML to read and print, JSON to check."""

from __future__ import annotations

import json

from bot.views.pack import Pack
from bot.views.pack_page import page


def files(pack: Pack) -> dict[str, str]:
    """Return the text of each file by its name."""
    name = pack["request"]["id"]
    return {
        f"{name}.html": page(pack),
        f"{name}.json": json.dumps(pack, indent=2, ensure_ascii=False) + "\n",
    }
