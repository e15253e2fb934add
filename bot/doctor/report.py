"""The findings as text for a terminal, as JSON for a script, and as a private Slack message."""

from __future__ import annotations

import json
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict

from bot.doctor import spoken
from bot.doctor.finding import Finding, Standing
from bot.views import blocks as b
from bot.views.blocks import Message

_INDENT = " " * 10
_ORDER = (Standing.FAILURE, Standing.WARNING, Standing.UNSEEN)
_CODE = re.compile(r"`([^`]+)`")
_SHOWN = 40  # of a message's 50 blocks


def as_text(findings: Sequence[Finding]) -> str:
    """One paragraph per finding, in the order they were looked at, and a last line that sums up."""
    return "\n".join([*map(_paragraph, findings), "", summary(findings)])


def _paragraph(finding: Finding) -> str:
    head = f"{finding.standing.upper() if _is_bad(finding) else finding.standing:9} {finding.name}: "
    lines = [head + finding.why]
    if finding.mend:
        # Never wrapped: a command is copied as it stands.
        lines.append(textwrap.indent(f"-> {finding.mend}", _INDENT))
    return "\n".join(lines)


def _is_bad(finding: Finding) -> bool:
    return finding.standing in {Standing.FAILURE, Standing.WARNING}


def summary(findings: Sequence[Finding]) -> str:
    """One line with the counts."""
    return _counted(findings, str)


def _counted(findings: Sequence[Finding], named: Callable[[str], str]) -> str:
    counted = Counter(finding.standing for finding in findings)
    parts = [f"{counted[standing]} {named(standing.value)}" for standing in Standing if counted[standing]]
    return ", ".join(parts) or "nothing was checked"


def as_json(findings: Sequence[Finding]) -> str:
    """`{"standing": worst, "findings": [{name, standing, why, mend}]}`."""
    body = {"standing": worst(findings), "findings": [asdict(finding) for finding in findings]}
    return json.dumps(body, indent=2, ensure_ascii=False)


def worst(findings: Sequence[Finding]) -> Standing:
    """The worst standing among the findings."""
    found = {finding.standing for finding in findings}
    return next((standing for standing in _ORDER if standing in found), Standing.OK)


def exit_code(findings: Sequence[Finding]) -> int:
    """1 when something does not work, else 0; a warning is no failure."""
    return int(worst(findings) is Standing.FAILURE)


def as_message(findings: Sequence[Finding]) -> Message:
    """The same for one person in Slack: what needs attention first, what is well in one line."""
    bad = [finding for standing in _ORDER for finding in findings if finding.standing is standing]
    well = [finding.name for finding in findings if finding.standing is Standing.OK]
    lines = [_line(finding) for finding in bad[:_SHOWN]]
    if well:
        lines.append(f"*{spoken.standing('ok')}*: {b.esc(', '.join(well), 2000)}")
    text = f"Greenlight doctor: {_counted(findings, spoken.standing)}"
    return b.message(text, [b.section(f"*{text}*"), *(b.section(line) for line in lines)])


def _line(finding: Finding) -> str:
    mend = f"\n→ {_marked(spoken.in_words(finding.mend))}" if finding.mend else ""
    why = b.esc(spoken.in_words(finding.why), 800)
    return f"*{spoken.standing(finding.standing)}* · {b.esc(finding.name)}: {why}{mend}"


def _marked(text: str) -> str:
    """Keep the commands as code, escape the words around them."""
    parts = _CODE.split(text)
    return "".join(b.code(part, 700) if at % 2 else _words(part) for at, part in enumerate(parts))


def _words(text: str) -> str:
    lead, tail = text[:1].isspace(), text[-1:].isspace()
    return f"{' ' if lead else ''}{b.esc(text, 800)}{' ' if tail and text.strip() else ''}"
