"""Nothing that a person or a provider wrote leaves a view as markup, wherever the view shows it.

Every public function of every view module is called with hostile values of what its signature asks for: a
view that is added is tried by itself, or `tests/repo/test_views_tried.py` asks how.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import views
from bot.connectors import CONNECTORS
from bot.domain import errors as e
from bot.domain import request as r
from bot.domain.audit import Entry
from bot.domain.casb import CasbReport, Sighting
from bot.domain.delegation import Delegation
from bot.domain.diagnosis import Verdict
from bot.domain.evidence import Rung
from bot.domain.lens import Filter, Lens
from bot.domain.mail import Letter, NotAnAddressError, UnsafeHeaderError
from bot.domain.request import KeyFacts, Request, State
from bot.views import actions, blocks, one_time, pack, typed, words
from tests.bot.views.reading import markup, texts
from tests.bot.views.test_messages import ALLOWED_TAGS
from tests.factories import NOW, REVIEWER, TERMS, Story, a_diagnosis, story

ROOT = Path(__file__).parents[3]
# A fence, a mention, a link, a tag, a formula, a header: what each kind of reader would take for its own.
BAIT = (
    "=A`B`` ```C <!channel> <@U0EVIL> <https://evil.example|go> *D* <img src=x onerror=alert(1)>"
    "</script><script>alert(2)</script>&lt;b&gt; \r\nBcc: evil@evil.example\t\x00\u202e,\"'"
)
MARK = "A`B"  # only a text that escaped its quoting still holds this


@dataclass(frozen=True)
class Shown:
    """One hostile text wherever a person or a provider can put one."""

    text: str
    told: Story

    @property
    def request(self) -> Request:
        return self.told.request

    @property
    def entry(self) -> Entry:
        return self.told.last

    @property
    def pack(self) -> pack.Pack:
        names = dict.fromkeys(pack.actors(self.request, self.told.entries), self.text)
        made = pack.build(self.request, self.told.entries, TERMS, self.told.at, "0" * 64, names)
        return json.loads(json.dumps(made))


@cache
def shown(text: str, state: State) -> Shown:
    """A request in this state, all of whose texts are hostile."""
    typed = dict.fromkeys(
        ("workspace_id", "organization_id", "key_name", "created_by", "admin_email", "instance_name"), text
    )
    key = KeyFacts(last4=text[:4], fingerprint=text)
    told = story(state, tenant=text, company=text, key=key, expires_on=date(2027, 1, 1), **typed)
    seen = Sighting(at=NOW, what=text, detail=text, by=text)
    if state in {State.VERIFYING, State.CONNECTED}:
        told.then(r.TenantChecked(report=CasbReport(instance=seen, data=seen)))
    if state is State.CHECKING:
        told.then(r.KeyProbed(diagnosis=a_diagnosis(Verdict.WRONG_WORKSPACE)))
    if state in {State.AWAITING_OPENAI, State.VERIFYING, State.CONNECTED}:
        told.then(r.KeyProbed(diagnosis=a_diagnosis(Verdict.UNCLEAR, row="unknown")))
    if state is State.IN_REVIEW:
        told.then(r.Denied(by=REVIEWER, reason=text))
    return Shown(text, told)


UNTIL = NOW + timedelta(days=1)

# How a value of each annotation is made; a view that asks for something else fails until it stands here.
MADE: dict[str, Callable[[Shown], Any]] = {
    "str": lambda s: s.text,
    "str | None": lambda s: s.text,
    "bool": lambda _: False,
    "int": lambda _: 3,
    "Request": lambda s: s.request,
    "Sequence[Request]": lambda s: [s.request] * 3,
    "Entry": lambda s: s.entry,
    "Sequence[Entry]": lambda s: s.told.entries,
    "Terms": lambda _: TERMS,
    "datetime": lambda s: s.told.at,
    "datetime | None": lambda s: s.told.at,
    "Delegation": lambda s: Delegation(reviewer=s.text, delegate=s.text, until=UNTIL, at=NOW),
    "Lens": lambda _: Lens(Filter.OPEN),
    "Target": lambda s: actions.Target(s.request.id, "0"),
    "Mapping[Rung, Evidence]": lambda s: s.request.evidence,
    "Rung": lambda _: Rung.GREEN_CHECK_SEEN,
    "Diagnosis | None": lambda _: a_diagnosis(Verdict.WRONG_WORKSPACE),
    "Sequence[str]": lambda s: [s.text],
    "tuple[str, str]": lambda s: (s.text, s.text),
    "About": lambda s: one_time.About(s.text, s.text, s.text, s.text),
    "Pack": lambda s: s.pack,
    "e.GreenlightError": lambda s: e.NotFound(s.text),
    "Products": lambda s: [s.request.product],
    "tuple[str, ...]": lambda _: tuple(CONNECTORS),
    "Typed": lambda s: typed.prefill(s.request.draft),
}
# What is ours among the texts: given ready made, and so not hostile.
OURS: dict[str, Any] = {
    "blank.form.tenant": "acme.goskope.com",
    "handover.once.key": "sk-a-key-is-no-text-of-theirs",
    "intake.already_open.request_id": "GL-7K3M9Q",
    "intake.already_open.link": "https://acme.slack.com",
    "intake.refused.words": "Our own words.",
    "naming.done.event": "email_sent",
    "operators.found_wrong.troubles": {"chain": 3},
    "pack_files.files.audit_secret": b"audit",
    "status.files_failed.why": "Our own words.",
    "one_time.offered.url": "https://bot.example/intake/x",
    "one_time.page.parts": "<p>ready escaped</p>",
    "status.evidence.files": "",
    "status.said.words_": "Our own words.",
    "step_up.asked.url": "https://bot.example/confirm/x",
    "step_up.on_the_way.url": "https://idp.example/authorize?state=x&nonce=y",
    "status.window.told": blocks.Message("Our own words.", ()),
    "support_mail.letter.message_id": "<a@acme.example>",
    "support_mail.letter.sender": "greenlight@acme.example",
    "follow_up.letter.message_id": "<a@acme.example>",
    "follow_up.letter.sender": "greenlight@acme.example",
}
SHOWN = frozenset(
    {"Message", "b.Message", "View", "b.Block", "list[b.Block]", "dict[str, Any]", "Prepared", "Turn"}
    | {"str", "str | None", "list[str]", "dict[str, str]", "Letter"}
)
# Of these types a view returns what it read or decided: values that a view above shows.
NOT_SHOWN = frozenset(
    {"bool", "Typed", "Draft", "Target | None", "Diagnosis | None", "Choices", "tuple[str, datetime | None]"}
    | {"Pack", "Advice"}
)
_ID, _FIELD = "an id or value that only we, or a mail program, read", "plain text under a field of a form"
NOT_MARKUP: dict[str, str] = {
    "actions.pack": _ID,
    "away.parse": _ID,
    "away.problems": _FIELD,
    "follow_up.message_id_for": _ID,
    "follow_up.references": _ID,
    "intake.key_problem": _FIELD,
    "intake.last4": _ID,
    "intake.problems": _FIELD,
    "intake.warnings": _FIELD,
    "one_time.policy": "a header of ours",
    "pack.actors": _ID,
    "pack.plain": "undoes our markup for the page, which escapes it again",
    "reasons.parse": _ID,
    "reasons.problems": _FIELD,
    "support_mail.message_id": _ID,
    "support_mail.message_id_for": _ID,
}
TOOLS = {"blocks", "language", "mistakes", "repair"}  # what views are made of: tested by themselves
HTML = {"one_time", "pack_page", "pack_plot", "pack_files"}  # modules whose texts are pages
PAGES = {"step_up.confirm_form", "step_up.confirmed", "step_up.on_the_way"}
ONWARD = '<a href="https://idp.example/authorize?state=x&amp;nonce=y">Go on to the sign-in</a>'
PLAIN = {"follow_up.body", "support_mail.body", "support_mail.copyable"}
HEADERS = {"follow_up.subject", "support_mail.subject"}
URLS = {"follow_up.mailto", "support_mail.mailto", "guide.tenant_url"}


def public() -> dict[str, Callable[..., Any]]:
    """Every view by its name."""
    found = {}
    for module in pkgutil.iter_modules(views.__path__):
        loaded = importlib.import_module(f"bot.views.{module.name}")
        for name, one in vars(loaded).items():
            ours = inspect.unwrap(one).__module__ == loaded.__name__ if callable(one) else False
            if ours and inspect.isfunction(inspect.unwrap(one)) and not name.startswith("_"):
                found[f"{module.name}.{name}"] = inspect.unwrap(one)
    return {name: one for name, one in found.items() if name.partition(".")[0] not in TOOLS}


RENDERS = {
    name: one
    for name, one in public().items()
    if name not in NOT_MARKUP and inspect.signature(one).return_annotation not in NOT_SHOWN
}


def render(name: str, s: Shown) -> Any:
    """Call a view with hostile values of what it asks for, and note who reads what it returns."""
    given: dict[str, Any] = {}
    several: list[Any] = []
    for parameter in inspect.signature(RENDERS[name]).parameters.values():
        own = f"{name}.{parameter.name}"
        value = OURS[own] if own in OURS else MADE[parameter.annotation](s) if _asked(parameter) else None
        if parameter.kind is parameter.VAR_POSITIONAL:
            several = [value]
        elif own in OURS or _asked(parameter):
            given[parameter.name] = value
    try:
        found = RENDERS[name](*given.values(), *several) if several else RENDERS[name](**given)
    except (UnsafeHeaderError, NotAnAddressError):  # a letter that is refused is written to nobody
        return ""
    return as_read(name, found)


def _asked(parameter: inspect.Parameter) -> bool:
    return parameter.default is parameter.empty


def as_read(name: str, found: Any) -> Any:
    """Mark a text with the kind of its reader."""
    if isinstance(found, Letter):
        return mailed(found)
    if name in HEADERS:
        return header(found)
    if name in URLS:
        return url(found)
    if name in PLAIN:
        return plain(found)
    if name == "step_up.on_the_way":
        assert found.count(ONWARD) == 1
        found = found.replace(ONWARD, "")  # the one link that any page has
    if isinstance(found, str) and (name.partition(".")[0] in HTML or name in PAGES):
        return html(found)
    if name == "pack_files.files":
        return [html(text) for file, text in found.items() if file.endswith(".html")]
    return list(found) if isinstance(found, words.Turn) else found


# --- how each kind of reader is asked


class _Html(str):
    __slots__ = ()


class _Plain(str):
    __slots__ = ()


html, plain = _Html, _Plain


def header(text: str) -> _Plain:
    assert not set(text) & set("\r\n\x00"), "a header with a line break"
    return _Plain(text)


def url(text: str) -> _Plain:
    assert not set(text) & set('\r\n\x00<>|` "'), "a link that can be left"
    assert not text or text.startswith(("https://", "mailto:support@openai.com?")), text[:40]
    assert "\nbcc:" not in unquote(text).lower().partition("body=")[0]
    return _Plain(text)


def mailed(letter: Letter) -> list[Any]:
    assert letter.to == "support@openai.com"
    for field in (letter.subject, letter.message_id, letter.reply_to or "", *letter.cc):
        header(field)
    return [_Plain(letter.body)]


class Tags(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def harmless_page(text: str) -> None:
    tags = Tags()
    tags.feed(text)
    tags.close()
    for tag, attributes in tags.found:
        assert tag not in {"img", "iframe", "object", "embed", "link", "base", "a", "b"}, tag
        assert tag != "script" or attributes == {"type": "application/json", "id": "evidence"}
        assert not [name for name in attributes if name.startswith("on") or name in {"src", "href"}]


def harmless_in_slack(text: str) -> None:
    assert not set("<>") & set(ALLOWED_TAGS.sub("", text)), text[:300]
    assert MARK not in re.sub(r"```.*?```", "", text, flags=re.DOTALL), "a fence was left"
    assert "```C" not in text, "a block was left"


def strings(node: Any) -> Iterator[str]:
    """Every text in which Slack interprets markup, and every text that is not yet in a block."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, blocks.Message):
        yield node.text
        yield from markup(list(node.blocks))
    elif isinstance(node, Mapping):
        yield from (
            markup(node) if "type" in node else (one for value in node.values() for one in strings(value))
        )
    elif isinstance(node, list | tuple):
        for value in node:
            yield from strings(value)


def harmless(found: Any) -> None:
    for text in strings(found):
        if isinstance(text, _Html):
            harmless_page(text)
        elif not isinstance(text, _Plain):
            harmless_in_slack(text)


@pytest.mark.parametrize("name", RENDERS)
def test_no_text_of_theirs_is_markup_of_ours(name: str) -> None:
    for state in State:
        harmless(render(name, shown(BAIT, state)))


@given(texts, st.sampled_from(State))
@settings(max_examples=15)
def test_nor_is_any_other_text(text: str, state: State) -> None:
    one = shown(f"{text}A`B{text}", state)
    for name in RENDERS:
        harmless(render(name, one))


def test_a_view_that_lets_something_through_is_noticed() -> None:
    for bad in ("<!channel>", "<@U0EVIL|x>", "<https://evil.example/path|go>", "`A`B`"):
        with pytest.raises(AssertionError):
            harmless(blocks.Message("fine", (blocks.section(bad),)))
    for bad in ("<img src=x>", '<p onclick="x">', "<script>alert(1)</script>"):
        with pytest.raises(AssertionError):
            harmless(html(bad))


def test_nothing_writes_a_spreadsheet() -> None:
    """So no cell of one can be a formula; whoever adds CSV adds it to what is tried here."""
    for path in (*(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").rglob("*.py")):
        assert "import csv" not in path.read_text(encoding="utf-8"), path
