"""What a person reads around a one-time page: the link in Slack, and the page itself as one HTML document.

A page has no script, no picture and nothing from elsewhere, and no link but one to the identity provider; its
one style sheet is named by its hash in the policy that goes with it.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html import escape
from typing import Any

from bot.domain.request import Request
from bot.views import actions as a
from bot.views import blocks as b
from bot.views.language import current, say

MINUTES = 10
FIELD = "key"
STYLE = """
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem;line-height:1.25}
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem}dt{font-weight:600}dd{margin:0}
dd,code{overflow-wrap:anywhere}
label{display:block;font-weight:600;margin:1.25rem 0 .25rem}
input{font:inherit;width:100%;box-sizing:border-box;padding:.6rem;
border:2px solid #6b7280;border-radius:.4rem}
button{font:inherit;font-weight:600;margin-top:1rem;padding:.6rem 1.2rem;border:0;border-radius:.4rem;
background:#14532d;color:#fff}
:focus-visible{outline:3px solid #2563eb;outline-offset:2px}
.wrong{border-left:4px solid #b91c1c;padding:.25rem .75rem}
.small{font-size:.9rem}
"""
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


HINT = (
    "A new key that begins with sk-. It is encrypted at once, never shown again, and destroyed when the "
    "request ends. This page works once."
)


@dataclass(frozen=True)
class About:
    """What a link to the key page is about."""

    user: str
    workspace_id: str
    key_name: str
    request_id: str = ""


def policy() -> str:
    """Return the Content-Security-Policy of every page here."""
    return (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )


def page(title: str, *parts: str, go_to: str = "") -> str:
    """Return one HTML document; `parts` are HTML, ready escaped. `go_to`: where the browser goes at once."""
    body = "\n".join(parts)
    onward = f'<meta http-equiv="refresh" content="0;url={escape(go_to)}">' if go_to else ""
    return (
        f'<!doctype html>\n<html lang="{current()}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="robots" content="noindex">{onward}<title>{escape(title)} - Greenlight</title>'
        f"<style>{STYLE}</style></head>\n<body><main>\n<h1>{escape(title)}</h1>\n{body}\n</main></body></html>\n"
    )


def paragraph(text: str) -> str:
    """Return a text as a paragraph."""
    return f"<p>{escape(text)}</p>"


def facts(*pairs: tuple[str, str]) -> str:
    """Return names and values as a list; empty values are left out."""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs if value)
    return f"<dl>{rows}</dl>"


def key_form(about: About, problem: str = "") -> str:
    """Return the page that asks for the key; `problem` is what was wrong with the last one."""
    described = "hint problem" if problem else "hint"
    invalid = ' aria-invalid="true"' if problem else ""
    wrong = f'<p class="wrong" id="problem" role="alert">{escape(problem)}</p>' if problem else ""
    return page(
        say("Your API key for Greenlight"),
        facts(
            (say("Slack user"), about.user),
            (say("Workspace ID"), about.workspace_id),
            (say("Key name"), about.key_name),
            (say("Request"), about.request_id),
        ),
        paragraph(
            say(
                "Is this not what you asked for in Slack? Then close this page: somebody else made this link."
            )
        ),
        '<form method="post" autocomplete="off">',
        f'<label for="{FIELD}">{escape(say("API key"))}</label>{wrong}',
        f'<input type="password" id="{FIELD}" name="{FIELD}" required maxlength="400" autocomplete="off" '
        f'autocapitalize="off" spellcheck="false" aria-describedby="{described}"{invalid} autofocus>',
        f'<p class="small" id="hint">{escape(say(HINT))}</p>',
        f"<button>{escape(say('Hand over the key'))}</button></form>",
    )


def key_taken(request_id: str, last4: str, warnings: tuple[str, ...] = ()) -> str:
    """Return the page that says that the request is open."""
    return page(
        say("Key received"),
        paragraph(
            say(
                "Request {id} has its key, ending {last4}.",
                id=request_id,
                last4=last4,
            )
        ),
        *(paragraph(say("Please note: {warning}", warning=words)) for words in warnings),
        paragraph(say("Go on in Slack: the result comes as a direct message. You can close this page.")),
    )


def trouble(title: str, words: str) -> str:
    """Return the page for a link that does not work, in plain words."""
    return page(say(title), paragraph(say(words)))


def offered(url: str) -> dict[str, Any]:
    """Return the modal that holds the link; only the person who sent the form sees it."""
    told = say(
        "*One thing is missing: the API key.*\nOpen the page and hand it over there. The link is yours "
        "alone, works once, and ends in {minutes} minutes; nothing is saved until then.",
        minutes=MINUTES,
    )
    label = say("Open the page for the API key in your browser")
    row = b.actions([b.button(say("Open the page"), a.OPEN_PAGE, label=label, style="primary", url=url)])
    return b.modal(say("Hand over the key"), [b.section(told), *row], close=say("Close"))


def arrived(request: Request) -> b.Message:
    """Return the direct message for a person whose window is closed."""
    text = say("The key for {id} has arrived. I am checking it with OpenAI.", id=b.code(request.id))
    if not request.product.grants:
        text = say(
            "The key for {id} has arrived. Only its last four characters are kept.", id=b.code(request.id)
        )
    return b.message(text, [b.section(text)])
