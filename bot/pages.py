"""The reference pages of the docs, drawn from the code: `python -m bot.pages` writes docs/reference/.

A test holds the pages against this module, so none of them is ever stale.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path

from cyclopts import App

from bot import metrics
from bot.cli import app
from bot.connectors import CONNECTORS
from bot.domain.diagnosis import CONCLUSIVE, NO_NEWS, TABLE, UNKNOWN, Verdict
from bot.domain.evidence import Rung
from bot.domain.lifecycle import TABLE as MOVES
from bot.domain.request import FINAL, Event, State
from bot.reference import env_example, markdown_table
from bot.views import words
from bot.views.advice import ADVICE
from bot.views.status import COMMANDS

FOLDER = Path("docs/reference")
_NOTE = "\n<!-- Written by `make reference`; change the code, not this page. -->\n"


def pages() -> dict[str, str]:
    """Every page by its file name."""
    return {
        "settings.md": settings(),
        "metrics.md": metric_list(),
        "commands.md": commands(),
        "states.md": states(),
        "events.md": events(),
        "verdicts.md": verdicts(),
    }


def _page(title: str, lead: str, *parts: str) -> str:
    return "\n".join([f"# {title}{_NOTE}", lead, "", *parts]).rstrip() + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def settings() -> str:
    """Every environment variable."""
    lead = (
        "Read from the environment and from `.env`; the environment wins. Each secret may also come from a "
        "file: `NAME_FILE=/path`. The same as a file to fill in: `.env.example`."
    )
    return _page("Settings", lead, markdown_table())


def metric_list() -> str:
    """Every metric as it stands in /metrics."""
    rows = []
    for metric in metrics.ALL:
        (described,) = metric.describe()
        suffix = "_total" if described.type == "counter" else ""
        labels = ", ".join(f"`{label}`" for label in metric._labelnames)  # noqa: SLF001  # no public way
        rows.append(
            (f"`{described.name}{suffix}`", described.type, labels or "none", described.documentation)
        )
    lead = (
        "Served at `/metrics`. Labels hold only words of ours, never ids, names or secrets. The gauges are "
        "counted in the store when they are asked for, by every replica alike: use `max`, not `sum`."
    )
    return _page("Metrics", lead, _table(("name", "type", "labels", "meaning"), rows))


def commands() -> str:
    """Slash command and command line."""
    in_slack = _table(("in Slack", "does"), ((f"`{typed}`", does) for typed, does in COMMANDS))
    line = _table(("command line", "does"), _command_lines(app, "greenlight"))
    return _page("Commands", "Answers to the slash command are seen by who typed it only.", in_slack, line)


def _command_lines(part: App, path: str) -> Iterator[tuple[str, str]]:
    for name in part:
        if name.startswith("-"):
            continue
        inner, here = part[name], f"{path} {name}"
        if inner.default_command is None:
            yield from _command_lines(inner, here)
        else:
            said = inspect.getdoc(inner.default_command) or ""
            first = said.partition("\n\n")[0].replace("\n", " ")
            yield f"`{here}{_options(inner)}`", first


def _options(part: App) -> str:
    assert part.default_command is not None  # noqa: S101  # asked by the caller
    shown = []
    for parameter in inspect.signature(part.default_command).parameters.values():
        name = parameter.name.replace("_", "-")
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            shown.append(
                name.upper() if parameter.default is inspect.Parameter.empty else f"[{name.upper()}]"
            )
        elif parameter.default is False:
            shown.append(f"[--{name}]")
        else:
            shown.append(f"[--{name} {name.upper()}]")
    return "".join(f" {one}" for one in shown)


def states() -> str:
    """Every state and every rung, in the words that people read."""
    state_rows = (
        (
            f"`{state}`",
            words.STATES[state],
            "final: key destroyed, history kept" if state in FINAL else "open",
        )
        for state in State
    )
    rung_rows = ((str(rung), words.RUNGS[rung]) for rung in Rung)
    lead = (
        "Which event leads from where to where: [lifecycle.md](../lifecycle.md), drawn from the same table."
    )
    return _page(
        "States and evidence",
        lead,
        _table(("state", "what people read", "kind"), state_rows),
        _table(("rung", "claim"), rung_rows),
        "What each product can show (a request for it never shows another rung); see "
        "[how to add one](../how-to/add-a-connector.md):",
        _table(("product", "setting", "rungs", "scopes", "E4 means"), _connector_rows()),
    )


def _connector_rows() -> Iterable[tuple[str, ...]]:
    return (
        (
            one.full_name,
            f"`{one.id}`",
            ", ".join(sorted(one.rungs)),
            ", ".join(one.scopes),
            one.words.seen_claim.replace("{product}", one.name),
        )
        for one in CONNECTORS.values()
    )


def events() -> str:
    """Every event under the name that audit trail, log and metrics give it."""
    rows = (
        (f"`{kind.model_fields['kind'].default}`", _first(kind), _who(kind), _where(kind))
        for kind in Event.__subclasses__()
    )
    lead = (
        "What happens to a request. The audit trail (`event`), the log (`what`) and the metric "
        "`greenlight_transitions_total` use these names; what each leads to is in "
        "[lifecycle.md](../lifecycle.md)."
    )
    workspace = (
        "In the chain of the whole workspace, which belongs to no request: `delegated` and "
        "`delegation_ended` (who stands in for a reviewer), `key_set_changed` and `keys_rewrapped` "
        "(`greenlight keys`), `keys_destroyed` (the auditor found keys of requests that had ended)."
    )
    return _page("Events", lead, _table(("event", "what happened", "by", "counts in"), rows), workspace)


def _first(kind: type[Event]) -> str:
    return (inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " ")


def _who(kind: type[Event]) -> str:
    if "message_id" in kind.model_fields:  # a letter, which the bot may send for a person
        return "a person, or `greenlight`"
    return "a person (Slack's id)" if "by" in kind.model_fields else "Greenlight"


def _where(kind: type[Event]) -> str:
    found = [state for state in State if (state, kind) in MOVES]
    if len(found) == len(State):
        return "every state"
    return ", ".join(f"`{state}`" for state in found) or "the beginning"


def verdicts() -> str:
    """Every verdict, and the words for every row of the table that leads to it."""
    kinds = _table(("verdict", "what it may change"), ((f"`{one}`", _weight(one)) for one in Verdict))
    rows = (
        (row.id, f"`{row.verdict}`", advice.title, advice.what_it_means, advice.next_action)
        for row in (*TABLE, UNKNOWN)
        if (advice := ADVICE[row.id])
    )
    lead = (
        "What OpenAI's answers to a probe mean. The table is read from the top, and the first row that fits "
        "counts. Words in braces are filled in for the request."
    )
    return _page("Verdicts", lead, kinds, _table(("row", "verdict", "title", "means", "next"), rows))


def _weight(verdict: Verdict) -> str:
    if verdict in NO_NEWS:
        return "nothing: it says nothing about the key"
    return (
        "evidence, after two of a kind" if verdict in CONCLUSIVE else "nothing: nobody can tell what it means"
    )


def main() -> None:
    """Write every page, and `.env.example`."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    Path(".env.example").write_text(env_example(), encoding="utf-8")


if __name__ == "__main__":
    main()
