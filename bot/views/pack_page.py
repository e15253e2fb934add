"""The evidence pack as one HTML file: printable, no script, no outside resource, the JSON inside."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import Any

from bot.views import pack_plot
from bot.views.pack import Pack

STYLE = (
    """
:root { color: #14231a; background: #fff; font: 15px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 2rem 1.5rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem; padding-bottom: .25rem; border-bottom: 2px solid #14532d; }
p { margin: .4rem 0; } .small, .quiet { color: #4b5a51; font-size: .875rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; }
th, td { border-bottom: 1px solid #dde5e0; }
thead th { border-bottom: 1px solid #7c8b82; } tbody th { font-weight: 600; white-space: nowrap; }
code, pre { font: .85em/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
td code { white-space: pre-wrap; } .when { white-space: nowrap; font-variant-numeric: tabular-nums; }
pre { background: #f4f7f5; border: 1px solid #dde5e0; padding: .75rem 1rem; white-space: pre-wrap; }
.verdict { display: inline-block; margin: .5rem 0 0; padding: .2rem .7rem; border: 2px solid #14532d; }
.verdict { font-weight: 600; }
.shown { color: #14532d; font-weight: 600; } .lost { color: #9b1c1c; font-weight: 600; }
svg { width: 100%; height: auto; display: block; }
@page { margin: 16mm; }
@media print { body { max-width: none; padding: 0; } h2 { break-after: avoid; }
  tr, svg { break-inside: avoid; } }
"""
    + pack_plot.STYLE
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"


def page(pack: Pack) -> str:
    """Return the whole file."""
    asked = pack["request"]
    title = f"Evidence: {asked['id']}"
    parts = [
        _head(pack),
        _asked(asked, pack["people"]),
        _decisions(pack),
        _rungs(pack),
        _mail(pack["mail"], pack["people"]),
        _time(pack),
        _chain(pack),
    ]
    data = json.dumps(pack, ensure_ascii=False).replace("<", "\\u003c")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body><main>"
        + "\n".join(parts)
        + f'</main>\n<script type="application/json" id="evidence">{data}</script>\n</body></html>\n'
    )


def _head(pack: Pack) -> str:
    asked = pack["request"]
    return (
        f"<h1>{_t(asked['id'])}: ChatGPT Enterprise to {_t(asked['product'])}</h1>"
        f"<p>{_t(asked['company'])}, instance <code>{_t(asked['instance_name'])}</code>. "
        f"{_t(asked['state_words'])} since {_when(asked['state_since'])}.</p>"
        f'<p class="verdict">{_t(pack["verdict"])}</p>'
        f'<p class="small">Evidence pack made by Greenlight on {_when(pack["made_at"])}. All times are UTC. '
        f"People are named as in Slack, with their Slack ids.</p>"
    )


def _asked(asked: Pack, people: Pack) -> str:
    rows = (
        ("Requester", _person(asked["requester"], people)),
        ("ChatGPT workspace", asked["workspace_id"]),
        ("OpenAI organization", asked["organization_id"]),
        ("Product", asked["product_in_full"]),
        ("Tenant", asked["tenant"] or "not known to Greenlight"),
        ("Requested scope", asked["scope"]),
        (
            "API key",
            f"{asked['key_name']}, ends {asked['key_last4']}, fingerprint {asked['key_fingerprint']}",
        ),
        ("Created by", asked["created_by"]),
        ("Administrator email", asked["admin_email"]),
        ("Fingerprint of the whole", asked["fingerprint"]),
    )
    cells = "".join(
        f'<tr><th scope="row">{_t(name)}</th><td><code>{_t(value)}</code></td></tr>' for name, value in rows
    )
    return f"<h2>What was asked</h2><table><tbody>{cells}</tbody></table>"


def _decisions(pack: Pack) -> str:
    rows = [
        (
            _when(one["at"]),
            _t(_decider(one, pack["people"])),
            _t(one["decision"]) + ("" if one["in_force"] else ", void: the request was corrected since"),
            _t(one["reason"]) if one["reason"] else f"<code>{_t(one['fingerprint'] or '')}</code>",
        )
        for one in pack["decisions"]
    ]
    told = _table(("When", "Who", "Decision", "Fingerprint approved, or reason"), rows)
    return "<h2>Who decided what</h2>" + (told if rows else "<p>Nobody has decided yet.</p>")


def _decider(decision: Pack, people: dict[str, str]) -> str:
    absent, who = decision["on_behalf"], _person(decision["by"], people)
    place = f" in the place of {_person(absent, people)}" if absent else ""
    return who + place + (", confirmed by a sign-in" if decision["step_up"] else "")


def _rungs(pack: Pack) -> str:
    rows = [
        (
            _t(one["rung"]),
            _t(one["claim"]),
            f'<span class="{escape(one["standing"].split()[0])}">{_t(one["standing"])}</span>',
            _when(one.get("at")),
            _t("; ".join(_source(one, pack["people"]))),
        )
        for one in pack["rungs"]
    ]
    small = f'<p class="small">Delete scope: {_t(pack["delete_scope"])}.</p>' if pack["delete_scope"] else ""
    return "<h2>Evidence</h2>" + _table(("Rung", "Claim", "Standing", "Since", "Source"), rows) + small


def _mail(mail: Pack | None, people: Pack) -> str:
    if mail is None:
        told = "Not needed: the key's permission was set at its creation."
        return f"<h2>E-mail to OpenAI Support</h2><p>{told}</p>"
    sent = mail["sent"]
    told = (
        f"Sent by {_t(_person(sent['by'], people))} on {_when(sent['at'])}."
        if sent
        else "Not sent by anybody on record; the text would be this:"
    )
    number = f" Message-ID <code>{_t(sent['message_id'])}</code>." if sent and sent.get("message_id") else ""
    text = f"To: {mail['to']}\nSubject: {mail['subject']}\n\n{mail['body']}"
    return f"<h2>E-mail to OpenAI Support</h2><p>{told}{number}</p><pre>{_t(text)}</pre>"


def _time(pack: Pack) -> str:
    rows = [
        (str(one["seq"]), _when(one["at"]), _t(_person(one["by"], pack["people"])), _t(one["said"]))
        for one in pack["timeline"]
        if one["notable"]
    ]
    rest = len(pack["timeline"]) - len(rows)
    small = (
        f'<p class="small">{rest} more entries (unchanged checks, messages posted) are in the data below.</p>'
    )
    gone = pack["key_destroyed_at"]
    key = (
        f"<p>The key was destroyed on {_when(gone)}.</p>"
        if gone
        else "<p>The key is still kept, encrypted.</p>"
    )
    table = _table(("Entry", "When", "Who", "What happened"), rows)
    return f"<h2>Timeline</h2>{pack_plot.plot(pack)}{key}{table}{small if rest else ''}"


def _chain(pack: Pack) -> str:
    chain = pack["chain"]
    return (
        f"<h2>Proof</h2><p>{chain['length']} audit entries, each chained to the one before it by its hash "
        f"and sealed. They are inside this file, in the data block at its end.</p>"
        f"<table><tbody><tr><th scope='row'>Head</th><td><code>{_t(chain['head'])}</code></td></tr>"
        f"<tr><th scope='row'>Seal of the end</th><td><code>{_t(chain['seal'])}</code></td></tr>"
        f"</tbody></table>"
        f"<p>{_t(chain['how_to_verify'].replace('`', ''))}</p>"
    )


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    top = "".join(f'<th scope="col">{_t(head)}</th>' for head in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scroll" tabindex="0" role="group" aria-label="Table">{table}</div>'


def _when(iso: str | None) -> str:
    if not iso:
        return ""
    at = datetime.fromisoformat(iso)
    return f'<time class="when" datetime="{escape(iso)}">{at:%Y-%m-%d %H:%M}</time>'


def _person(user: str | None, people: Pack) -> str:
    return f"{people[user]} ({user})" if user in people else user or ""


def _source(rung: Pack, people: Pack) -> list[str]:
    parts = (rung.get("source"), _person(rung.get("by"), people), rung.get("detail"))
    return [str(one) for one in parts if one]


def _t(value: Any) -> str:
    return escape(str(value))
