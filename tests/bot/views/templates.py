"""Every English template that the code can say, gathered from its syntax and its tables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bot.connectors import CONNECTORS, Words
from bot.domain import changes
from bot.views import advice, choices, decommission, digest, mistakes, operators, status

ROOT = Path(__file__).parents[3]
PLACES = ("bot/views", "bot/transports", "handlers", "bot")
# `say(...)` of anything else than a literal or a constant: the tables below hold what it can be there.
TABLES: dict[str, tuple[str, ...]] = {
    "bot/views/advice.py:text": tuple(
        text
        for one in (*advice.ADVICE.values(), advice.NOT_ASKED)
        for text in (one.title, one.what_it_means, one.next_action)
    ),
    "bot/views/choices.py:words": tuple(
        row[1] for table in (choices.ROUTES, choices.SCOPES, choices.KEYS) for row in table
    ),
    "bot/views/choices.py:more": tuple(
        row[2] for table in (choices.ROUTES, choices.SCOPES, choices.KEYS) for row in table
    ),
    "bot/views/decommission.py:TITLES[chore]": tuple(decommission.TITLES.values()),
    "bot/views/digest.py:one": tuple(row[1] for row in digest.UNITS),
    "bot/views/digest.py:many": tuple(row[2] for row in digest.UNITS),
    "bot/views/ladder.py:evidence.source": (
        changes.PROBE_SOURCE,
        changes.AUDIT_SOURCE,
        changes.EVENTS_SOURCE,
        changes.PERSON_SOURCE,
    ),
    "bot/views/mistakes.py:found": tuple(
        paste.words
        for table in (mistakes.WORKSPACE_PASTES, mistakes.ORGANIZATION_PASTES, mistakes.KEY_PASTES)
        for paste in table
    ),
    "bot/views/operators.py:REMEDIES.get(said, 'The operator of this bot finds more in its log.')": (
        *operators.REMEDIES.values(),
        "The operator of this bot finds more in its log.",
    ),
    "bot/views/operators.py:WORDS.get(kind, kind)": tuple(operators.WORDS.values()),
    "bot/views/status.py:what": tuple(what for _, what in status.COMMANDS),
    "bot/views/guide.py:step": tuple(step for one in CONNECTORS.values() for step in one.words.steps),
    "bot/views/naming.py:own[rung]": tuple(
        text for one in CONNECTORS.values() for text in (one.words.recorded_claim, one.words.seen_claim)
    ),
    "bot/views/naming.py:words.DONE.templates[event]": (),  # `Spoken`: read from the syntax
    "bot/views/one_time.py:title": (),  # both are read from the calls of `trouble`
    "bot/views/one_time.py:words": (),
    "bot/views/language.py:self.templates[key]": (),  # `Spoken`: its tables are read from the syntax
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module that may say something."""
    for place in PLACES:
        for path in sorted((ROOT / place).glob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def templates() -> set[str]:
    """All of them; raises `LookupError` for a `say` that nobody can follow."""
    return {text for name, tree in modules() for text in _of(name, tree)}


# Sentences for documents that stay English: the evidence pack, the mail to OpenAI, the log.
ENGLISH_ONLY = {"bot/views/pack.py", "bot/views/pack_plot.py", "bot/views/support_mail.py"}
SENTENCE = re.compile(r"\*?[A-Z][^\n]* [^\n]*[.!?]\*?", re.DOTALL)


def sentences() -> set[str]:
    """Every text of a module-level constant that reads like something said to a person."""
    found = set()
    for name, tree in modules():
        if name in ENGLISH_ONLY or not name.startswith(("bot/views/", "handlers/")):
            continue
        for node in tree.body:
            value = getattr(node, "value", None) if _targets(node) else None
            if isinstance(value, ast.Constant) and SENTENCE.fullmatch(str(value.value)):
                found.add(str(value.value))
    return found


def _of(name: str, tree: ast.Module) -> Iterator[str]:
    constants = {target.id: node.value for node in tree.body for target in _targets(node)}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args):
        called = ast.unparse(call.func)
        if called in {"say", "trouble", "one_time.trouble"}:
            wanted = call.args if called != "say" else call.args[:1]
            for argument in wanted:
                yield from _texts(name, argument, constants, strict=called == "say")
        elif called == "Spoken" and isinstance(call.args[0], ast.Dict):
            yield from (ast.literal_eval(value) for value in call.args[0].values)


def _targets(node: ast.stmt) -> list[ast.Name]:
    if isinstance(node, ast.Assign):
        return [target for target in node.targets if isinstance(target, ast.Name)]
    return [node.target] if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else []


def _texts(name: str, node: ast.expr, constants: dict[str, ast.expr | None], *, strict: bool) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    found = _imported(name, node, constants)
    if found is not None:
        return [found]
    where = f"{name}:{ast.unparse(node)}"
    if own := _of_connectors(node):
        return own
    if where in TABLES:
        return list(TABLES[where])
    if strict:
        raise LookupError(f"nobody knows what is said here: {where}")
    return []


def _of_connectors(node: ast.expr) -> list[str]:
    """`product.words.ready` is that text of every connector."""
    found = re.search(r"\bwords\.(\w+)$", ast.unparse(node))
    if not found or found[1] not in Words.__annotations__:
        return []
    return [text for one in CONNECTORS.values() if (text := str(getattr(one.words, found[1])))]


def _imported(name: str, node: ast.expr, constants: dict[str, ast.expr | None]) -> str | None:
    text = ast.unparse(node)
    if not text.split(".")[-1].isupper():
        return None
    local = constants.get(text)
    if isinstance(local, ast.Constant):
        return str(local.value)
    module = __import__(name.removesuffix(".py").replace("/", "."), fromlist=["x"])
    found: object = module
    for part in text.split("."):
        found = getattr(found, part)
    return found if isinstance(found, str) else None
