"""The doctor speaks German where it is read in German, and English to scripts and terminals."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.doctor import as_json, as_message, as_text, spoken
from bot.doctor.finding import failure, ok, unseen, warning
from bot.views.language import speaking

ROOT = Path(__file__).parents[3]
SAYING = ["slack", "store", "outside", "keys", "copies"]
SILENT = {"ok"}  # what is well is only named
NAMED_FIRST = {"warning", "failure", "unseen", "bad"}
# Pieces of a sentence whose whole is translated, names of findings, of rights and of commands.
PIECES = {
    "the certificate is not trusted here", "no answer in time", "no connection", "to read the key",
    "to encrypt", "to decrypt", "does not offer", ", or put people into that user group in Slack",
    " and X more",
    "the certificate is not trusted here; is a TLS-inspecting proxy in between?", "has no members",
    "is no user group of this workspace, or it is disabled", "cannot be looked up: Slack says X",
    "is nobody in this workspace", "is deactivated", "is a bot", "is a guest, and guests may not act",
    "A round trip takes X ms", "X; a click has three seconds for about four of them.",
    "X: X.", "X: X", "X X.", "X X", "nothing that was acknowledged is lost", "a crash loses at most a second",
    "audit file", "audit collector", "key service", "user group", "netskope X",
    "Audit Log: View", "Application Events: View", "Alerts: View",
    "`chmod 600 X`", "`mkdir -p -m 700 X`", "nc -vz X X", 'redis-cli -u "$REDIS_URL"',
}  # fmt: skip
COMMANDS = ("ACL ", "curl ", "openssl ", "printf ", "vault ", "path ", "-H ")


def said(name: str) -> Iterator[str]:
    """Every text in a module of the doctor that may reach a person, with X for what varies."""
    tree = ast.parse((ROOT / "bot" / "doctor" / f"{name}.py").read_text())
    unsaid: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef) and isinstance(node.body[0], ast.Expr):
            unsaid.add(node.body[0].value)
        elif isinstance(node, ast.JoinedStr):
            unsaid |= {part for value in node.values for part in ast.walk(value)}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            unsaid |= {x for one in node.args for x in ast.walk(one)} if node.func.id in SILENT else set()
            unsaid |= set(ast.walk(node.args[0])) if node.func.id in NAMED_FIRST else set()
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "name":
            unsaid |= set(ast.walk(node.value))
    for node in ast.walk(tree):
        text = _text(node) if node not in unsaid else ""
        if " " in text.strip() and text not in PIECES and not text.startswith(COMMANDS):
            yield text


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@pytest.mark.parametrize("name", SAYING)
def test_everything_the_doctor_says_has_its_german(name: str) -> None:
    with speaking("de-DE"):
        assert [text for text in said(name) if spoken.in_words(text) == text] == []


def test_german_names_what_varies_as_often_as_english() -> None:
    slots = spoken._SLOT.findall
    wrong = [one for one, german in spoken.TEXTS.items() if set(slots(one)) != set(slots(german))]
    assert wrong == []


FINDINGS = [
    ok("redis version", "valkey 8.1."),
    warning("redis TLS", "The way to the server is not encrypted.", "Look at the log."),
    failure(
        "channel",
        "The bot is not a member of #security.",
        "In Slack, in that channel, type `/invite @Greenlight`.",
    ),
    unseen("slack scopes", "Slack did not say which scopes the token has."),
]


def test_a_message_is_german_for_german_readers_and_keeps_names_and_commands() -> None:
    with speaking("de-DE"):
        shown = str(as_message(FINDINGS))
    for words in (
        "1 Fehler",
        "1 Warnung",
        "Der Bot ist kein Mitglied von #security.",
        "`/invite @Greenlight`",
    ):
        assert words in shown
    assert "channel" in shown
    assert "not a member" not in shown


def test_scripts_and_terminals_read_english_whoever_asks() -> None:
    with speaking("de-DE"):
        assert "not a member of #security" in as_json(FINDINGS)
        assert "not a member of #security" in as_text(FINDINGS)
