"""Check an export or an audit mirror without the store: only the file, and the key set for the seals."""

from __future__ import annotations

import hmac
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError

from bot.adapters.vault import Keyring, derive
from bot.domain.audit import Entry, end_seal, flaws, pack_seal, page_seal
from bot.domain.errors import GreenlightError
from bot.views.pack import FORMAT

AUDIT_PURPOSE = "audit"
_DATA = re.compile(r'<script type="application/json" id="evidence">(.*?)</script>', re.DOTALL)
_PAGE = re.compile(r"(.*)<!-- seal ([0-9a-f]{64}) -->\n", re.DOTALL)


def secret_of(keys: Path) -> bytes:
    """The audit key of an installation, from its key set; raises VaultError or GreenlightError."""
    return derive(Keyring.parse(SecretStr(_text(keys))).installation_secret, AUDIT_PURPOSE)


def verify_file(path: Path, secret: bytes | None) -> dict[str, list[str]]:
    """What is wrong with each chain of a file, by request; GreenlightError for another kind of file."""
    text = _text(path)
    try:
        if path.suffix == ".jsonl":
            return _mirror(text, secret)
        inside = _DATA.search(text)
        found = _export(_parsed(inside[1] if inside else text), secret)
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError):
        raise GreenlightError(
            f"{path.name} is no evidence pack and no audit mirror, or it is damaged."
        ) from None
    if inside and secret and not _is_as_sealed(text, secret):
        for problems in found.values():
            problems.append("the page was changed, or comes without its seal")
    return found


def _is_as_sealed(text: str, secret: bytes) -> bool:
    page = _PAGE.fullmatch(text)
    return page is not None and hmac.compare_digest(page[2], page_seal(page[1], secret))


def _parsed(text: str) -> Any:
    """Read JSON in which no field stands twice: readers differ in which of the two they show."""
    try:
        return json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a field stands twice")
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise GreenlightError(f"{path.name} cannot be read ({type(error).__name__}).") from None


def _export(pack: dict[str, Any], secret: bytes | None) -> dict[str, list[str]]:
    if pack["format"] != FORMAT:
        raise GreenlightError(
            f"This pack has format {str(pack['format'])[:40]}; this release reads {FORMAT}."
        )
    chain, request = pack["chain"], str(pack["request"]["id"])
    head, length = str(chain["head"]), int(chain["length"])
    entries = [Entry.model_validate(entry) for entry in chain["entries"]]
    found = flaws(entries, head, secret, length)
    found += [f"entry {n}: is of {one.request}" for n, one in enumerate(entries, 1) if one.request != request]
    if secret and chain["seal"] != end_seal(request, length, head, secret):
        found.append("the seal of the end does not match: the last entries may be missing")
    if secret and not hmac.compare_digest(str(pack.get("seal")).encode(), pack_seal(pack, secret).encode()):
        found.append("what stands around the chain was changed, or comes without its seal")
    return {request: found}


def read_mirror(path: Path) -> dict[str, list[Entry]]:
    """The entries of a mirror by request; lines that are none are left out (`verify_file` names them)."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for line in _lines(_text(path)):
        try:
            entry = Entry.model_validate_json(line)
        except ValidationError:
            continue
        found[entry.request].append(entry)
    return dict(found)


def _lines(text: str) -> list[str]:
    """Split as JSON Lines does: the other line ends that Unicode knows may stand inside a text."""
    return text.removesuffix("\n").split("\n") if text else []


def differences(stored: list[Entry], copied: list[Entry]) -> list[str]:
    """What a copy holds and the store does not, or not so: a chain that was written anew shows here."""
    by_seq = {entry.seq: entry for entry in stored}
    return [
        f"entry {copy.seq}: {'differs from' if copy.seq in by_seq else 'is only in'} the copy"
        for copy in copied
        if by_seq.get(copy.seq) != copy
    ]


def _mirror(text: str, secret: bytes | None) -> dict[str, list[str]]:
    """A mirror holds entries of many requests in any order, some of them twice, each line by itself."""
    by_request: dict[str, dict[int, Entry]] = defaultdict(dict)
    found: dict[str, list[str]] = defaultdict(list)
    for number, line in enumerate(_lines(text), start=1):
        try:
            entry = Entry.model_validate(_parsed(line))
        except ValueError:  # ValidationError is one
            found["mirror"].append(f"line {number}: is no audit entry")
            continue
        if by_request[entry.request].setdefault(entry.seq, entry) != entry:
            found[entry.request].append(f"line {number}: says something else about entry {entry.seq}")
    for request, entries in by_request.items():
        chain = [entries[seq] for seq in sorted(entries)]
        found[request] += flaws(chain, chain[-1].hash, secret)
    return dict(found)
