"""Redacted structure of foreign JSON: names and types, never a value, so an unknown answer can be kept."""

import re
from collections import deque
from collections.abc import Iterator
from itertools import islice

SHAPE_LIMIT = 300
MESSAGE_LIMIT = 400
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_SECRETS = re.compile(
    r"(?i)\b(?:sk|pk|sess|org|user|proj|key|xox[a-z])[-_][A-Za-z0-9_.*-]{4,}"  # keys and ids
    r"|\b[^\s@<>()\"']{1,64}@[^\s@<>()\"']{1,255}"  # addresses
    r"|\bbearer\s+\S+"
    # Anything as long as a token, but for plain words joined to the name of a scope: the verdicts read those.
    r"|(?<![A-Za-z0-9_-])"
    r"(?!(?-i:(?:[a-z]{1,16}[_-])*compliance(?:[_-][a-z]{1,16})*)(?![A-Za-z0-9_-]))"
    r"[A-Za-z0-9_-]{32,}"
)
_DEPTH = 4
_WIDTH = 12


def shape_of(value: object, depth: int = _DEPTH) -> str:
    """Return the structure of parsed JSON, bounded: ``{data:[{id:str}],has_more:bool}``."""
    return _shape(value, depth)[:SHAPE_LIMIT]


def _shape(value: object, depth: int) -> str:
    if isinstance(value, dict):
        return _object_shape(value, depth)
    if isinstance(value, list):
        return "[]" if not value else f"[{_shape(value[0], depth - 1) if depth else '...'}]"
    return "null" if value is None else type(value).__name__


def _object_shape(value: dict[object, object], depth: int) -> str:
    if not depth:
        return "{...}"
    parts = [f"{_safe_name(name)}:{_shape(item, depth - 1)}" for name, item in list(value.items())[:_WIDTH]]
    return "{" + ",".join([*parts, "..."] if len(value) > _WIDTH else parts) + "}"


def _safe_name(name: object) -> str:
    # A provider may key an object by an address or an id; only names that look like a schema's are kept.
    return name if isinstance(name, str) and _NAME.fullmatch(name) else "?"


def redact(text: str, limit: int = MESSAGE_LIMIT) -> str:
    """Return `text` on one line, bounded, with everything that looks like a key or an address replaced."""
    flat = " ".join(printable(text[: limit * 4]).split())
    return _SECRETS.sub("[redacted]", flat)[:limit]


def printable(text: str) -> str:
    """Return `text` without control characters and lone surrogates, so that it can be stored and shown."""
    return "".join(character if character.isprintable() else " " for character in text)


def leaves(value: object, limit: int = 2000) -> Iterator[tuple[str, str]]:
    """Yield (nearest key, text) of every scalar in parsed JSON, breadth first, at most `limit` of them."""
    queue: deque[tuple[str, object]] = deque([("", value)])
    while queue and limit:
        limit -= 1
        key, item = queue.popleft()
        if isinstance(item, dict):
            queue.extend((str(name), inner) for name, inner in islice(item.items(), limit))
        elif isinstance(item, list):
            queue.extend((key, inner) for inner in item[:limit])
        elif item is not None:
            yield key, str(item)
