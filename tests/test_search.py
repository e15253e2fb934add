"""The search that the canaries rest on finds a secret in any dress, and nothing that may be shown."""

from __future__ import annotations

import base64
import html
import json
import secrets
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest

from tests.search import leaks

HALF = secrets.token_hex(29)
KEY = f"sk-proj-{HALF}T3BlbkFJ{HALF[::-1]}"
PASSWORD = 'p@ss/w"örd+%20&<tag>\\1'

DRESSES: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "in a URL": lambda text: f"https://x/?{urlencode({'key': text})}".encode(),
    "in a path": lambda text: quote(text, safe="").encode(),
    "in a form": lambda text: quote_plus(text).encode(),
    "in JSON": lambda text: json.dumps({"key": text}).encode(),
    "in JSON that keeps letters": lambda text: json.dumps({"key": text}, ensure_ascii=False).encode(),
    "in JSON inside JSON": lambda text: json.dumps({"body": json.dumps({"key": text})}).encode(),
    "in HTML": lambda text: html.escape(text).encode(),
    "in base64": lambda text: base64.b64encode(text.encode()),
    "in base64 after one": lambda text: base64.b64encode(f"x{text}".encode()),
    "in base64 after two": lambda text: base64.b64encode(f"xy{text}yx".encode()),
    "in base64 for URLs": lambda text: base64.urlsafe_b64encode(f"user:{text}".encode()),
    "in hexadecimal": lambda text: text.encode().hex().encode(),
    "in capital hexadecimal": lambda text: text.encode().hex().upper().encode(),
    "in UTF-16": lambda text: text.encode("utf-16"),
    "backwards": lambda text: text.encode()[::-1],
}
CUTS: dict[str, Callable[[str], str]] = {
    "its first half": lambda text: text[: len(text) // 2],
    "its second half": lambda text: text[len(text) // 2 :],
    "on two lines": lambda text: f"{text[:60]}\n    {text[60:]}",
    "without its beginning": lambda text: text[8:],
    "its middle": lambda text: text[50:90],
}


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("secret", [KEY, PASSWORD], ids=["key", "password"])
def test_a_secret_is_found_however_it_is_dressed(secret: str, dress: str) -> None:
    text = b"before " + DRESSES[dress](secret) + b" after"
    assert leaks({"secret": secret}, [("elsewhere", b"nothing"), ("here", text)]) == [("secret", "here")]


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("dress", DRESSES)
def test_a_part_of_a_key_is_found_however_it_is_dressed(dress: str, cut: str) -> None:
    assert leaks({"key": KEY}, [("here", DRESSES[dress](CUTS[cut](KEY)))])


def test_what_may_be_shown_is_not_taken_for_the_key() -> None:
    shown = f"key ending {KEY[-4:]}, sk-proj-... {secrets.token_hex(64)} {base64.b64encode(b'x' * 99)!r}"
    assert leaks({"key": KEY}, [("here", shown.encode())]) == []
