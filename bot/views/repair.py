"""What can be repaired silently in a pasted value: spaces, quotes, hidden characters, `Bearer `, Slack links.

A repair never guesses: it only removes what cannot belong to the value.
"""

from __future__ import annotations

import re

from bot.views.blocks import visible

_QUOTES = "\"'`“”‘’«»‹›„‚´"
_SLACK_LINK = re.compile(r"<(?:mailto:|https?://)?[^|<>]*\|([^|<>]+)>|<(?:mailto:)?([^|<>]+)>")
_BEARER = re.compile(r"^(?:authorization\s*:\s*)?bearer\s+", re.IGNORECASE)
_ASSIGNED = re.compile(r"^(?:export\s+)?[A-Z][A-Z0-9_]{2,40}\s*=\s*")
_NAMED_ADDRESS = re.compile(r"^[^<>@]*<\s*([^<>\s]+@[^<>\s]+)\s*>$")
_BARE_UUID = re.compile(r"[0-9a-f]{32}")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−﹣－", "-"))  # what text programs make of a hyphen
_URN = re.compile(r"^(?:urn:uuid:)")


def line(text: object, limit: int = 3000) -> str:
    """Return a text on one line, no hidden characters, no quotes around it; what is no string is empty."""
    if not isinstance(text, str):
        return ""
    plain = visible(text[: limit * 2]).strip()
    while plain and (stripped := plain.strip(_QUOTES).strip()) != plain:
        plain = stripped
    return plain[:limit]


def key(text: object) -> str:
    """Return a pasted key without quotes, line breaks, `Bearer ` and ``OPENAI_API_KEY=``."""
    bare = _BEARER.sub("", _ASSIGNED.sub("", line(text)))
    return "".join(line(bare).split())


def identifier(text: object) -> str:
    """Return a pasted id without spaces, brackets and trailing punctuation, its hyphens plain."""
    return "".join(line(text).translate(_DASHES).strip("{}()[]<>,;").split()).strip(_QUOTES)


def workspace(text: object) -> str:
    """Return a workspace id in lower case; 32 digits without dashes get their dashes back."""
    bare = identifier(text)
    lower = _URN.sub("", bare.lower())
    if _BARE_UUID.fullmatch(lower):
        return "-".join((lower[:8], lower[8:12], lower[12:16], lower[16:20], lower[20:]))
    # Only what looks like a UUID is lower-cased: the words for a wrong paste need what was typed.
    return lower if re.fullmatch(r"[0-9a-f-]+", lower) else bare


def email(text: object) -> str:
    """Return the address out of ``Rita <rita@acme.com>``, ``mailto:`` and Slack's own link form."""
    bare = line(text)
    if found := _SLACK_LINK.fullmatch(bare):
        bare = found.group(1) or found.group(2)
    elif found := _NAMED_ADDRESS.match(bare):
        bare = found.group(1)
    return line(re.sub(r"^mailto:", "", bare, flags=re.IGNORECASE)).strip("<>,; ")
