"""Looking for a secret in whatever form something wrapped, escaped, cut or turned it."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

PIECE = 16  # characters of a secret that tell it from everything else


def pieces(text: bytes, size: int = PIECE, step: int | None = None) -> list[bytes]:
    """Cut a form of a secret: whoever finds no piece has not found it split, cut short or wrapped either."""
    last = max(0, len(text) - size)
    return [text[at : at + size] for at in [*range(0, last, step or size), last]]


def forms(secret: str) -> list[bytes]:
    """Every piece of every form to look for; a leak of twice PIECE characters in a row holds one of them."""
    raw = secret.encode()
    escaped = json.dumps(secret)[1:-1]
    texts = (quote(secret, safe=""), quote_plus(secret), escaped, json.dumps(escaped)[1:-1])
    found = pieces(raw, step=PIECE // 4)
    for form in (*texts, html.escape(secret), json.dumps(secret, ensure_ascii=False)[1:-1]):
        found += pieces(form.encode())
    found += pieces(raw[::-1])
    found += pieces(secret.encode("utf-16-le"), 2 * PIECE)
    found += [*pieces(raw.hex().encode(), 2 * PIECE), *pieces(raw.hex().upper().encode(), 2 * PIECE)]
    for before in range(3):  # where it begins in a longer text decides how it looks in base64
        encoded = base64.b64encode(b"\0" * before + raw)[4 if before else 0 : -4]
        found += [*pieces(encoded, PIECE + 4), *pieces(encoded.translate(_URLSAFE), PIECE + 4)]
    return list(dict.fromkeys(found))


_URLSAFE = bytes.maketrans(b"+/", b"-_")


def leaks(secrets: dict[str, str], places: Iterable[tuple[str, bytes]]) -> list[tuple[str, str]]:
    """Which secret is where; empty means nowhere."""
    kept = [(where, text) for where, text in places]
    everything = b"\0".join(text for _, text in kept)
    found = []
    for name, secret in secrets.items():
        hit = [form for form in forms(secret) if form in everything]
        found += [(name, where) for where, text in kept if any(form in text for form in hit)]
    return found
