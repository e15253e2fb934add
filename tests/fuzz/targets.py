"""Every parser that meets the outside: what it is fed, and what it may do with it.

A parser may answer, or raise an error of its own kind; anything else is a crash. What it answers or says in
its error must not hold the planted secret, unless holding it is its job (`quotes`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from bot import key_page, step_up
from bot.adapters import oidc
from bot.adapters.vault import Keyring, Vault
from bot.domain.answers import read_answer, read_wait
from bot.domain.audit import Entry
from bot.domain.casb import read_audit, read_events
from bot.domain.diagnosis import diagnose
from bot.domain.errors import BadLink, NotAllowed, NotFound, Refused, VaultError
from bot.domain.identity import Errand
from bot.domain.ids import parse_request_id
from bot.domain.mail import NotAnAddressError, UnsafeHeaderError
from bot.domain.request import Request
from bot.domain.tenant import read_records
from bot.domain.ticket import ID_BYTES, Purpose, issue, read, write
from bot.settings import SettingsError, load_settings
from bot.transports import pages, socket_mode
from bot.transports.web import is_signed
from bot.variables import REFERENCE
from bot.views import actions, blocks, intake, reasons, support_mail
from bot.views.actions import unpack
from handlers.actor import visit
from tests.factories import a_request, in_state
from tests.fuzz import delivery
from tests.fuzz.mutate import SECRET

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEYRING = Keyring.generate()
VAULT = Vault(KEYRING, KEYRING.installation_secret)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


@dataclass(frozen=True)
class Target:
    """One parser; `weight` is its share of the inputs, `short` how many `make test` tries."""

    inputs: st.SearchStrategy[Any]
    parse: Callable[[Any], Any]
    allowed: tuple[type[BaseException], ...] = ()
    weight: int = 6
    quotes: bool = False
    short: int = 300


def now_or_never(work: Coroutine[Any, Any, Any]) -> Any:
    """The outcome of a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waited")


def _pressed(user: str = "U0ADMIN", value: str = "GL-7K3M9Q|0123456789abcdef") -> dict[str, Any]:
    return {
        "type": "block_actions",
        "user": {"id": user, "team_id": "T0GREEN"},
        "team": {"id": "T0GREEN"},
        "trigger_id": "1.2.3",
        "response_url": "https://hooks.slack.com/actions/x",
        "actions": [{"action_id": "approve", "value": value, "action_ts": "1.2"}],
    }


def form_state(**typed: str) -> dict[str, Any]:
    """`view.state.values` of a filled-in form."""
    texts = {
        actions.WORKSPACE_ID: "f7f33107-5fb9-4ee1-8922-3eae76b5b5a0",
        actions.ORGANIZATION_ID: "org-p13k3klgno5cqxbf0q8hpgrk",
        actions.KEY: SECRET,
        actions.KEY_NAME: "netskope",
        actions.CREATED_BY: "Rita",
        actions.ADMIN_EMAIL: "rita@example.com",
        actions.INSTANCE_NAME: "chatgpt",
        actions.REASON: "the key is shared",
    } | typed
    values: dict[str, Any] = {name: {name: {"value": text}} for name, text in texts.items()}
    for name, chosen in ((actions.ROUTE, "support_email"), (actions.SCOPE, "both")):
        values[name] = {name: {"selected_option": {"value": chosen}}}
    return values


PAYLOADS: tuple[dict[str, Any], ...] = (
    _pressed(),
    {
        "command": "/greenlight",
        "text": "status GL-7K3M9Q",
        "user_id": "U0ADMIN",
        "team_id": "T0GREEN",
        "trigger_id": "1",
    },
    {
        "type": "view_submission",
        "user": {"id": "U0ADMIN", "team_id": "T0GREEN"},
        "team": {"id": "T0GREEN"},
        "view": {"id": "V1", "hash": "1.a", "callback_id": "intake", "state": {"values": form_state()}},
    },
    {"type": "shortcut", "callback_id": "connect_chatgpt", "user": {"id": "U0ADMIN"}, "trigger_id": "1"},
    {
        "type": "event_callback",
        "event_id": "Ev1",
        "team_id": "T0GREEN",
        "event": {"type": "subteam_members_changed", "subteam_id": "S0SECURITY"},
    },
    {
        "type": "event_callback",
        "event_id": "Ev2",
        "team_id": "T0GREEN",
        "event": {"type": "app_home_opened", "user": "U0ADMIN", "tab": "home"},
    },
)
payload = st.sampled_from(PAYLOADS) | st.dictionaries(
    st.sampled_from(["type", "user", "team", "actions", "view", "event", "command", "event_id"]), JSON
)


def _visit(body: Any) -> Any:
    guest = visit(body if isinstance(body, dict) else {"type": body})
    return (guest, guest.pressed) if guest.target else guest


def _frame(text: str) -> Any:
    frame = socket_mode._parsed(text)
    return socket_mode._retry(frame), repr(frame.get("type"))[:0]


def _form(values: Any) -> Any:
    typed = intake.parse(values)
    found = intake.problems(typed) | intake.problems(typed, key_required=False, admin_key=True)
    return found, intake.warnings(typed), repr(typed), intake.key_problem(typed)


def _reason(values: Any) -> Any:
    return reasons.problems(reasons.parse(values), required=True)


def _letter(fields: Any) -> Any:
    texts = {
        name: text
        for name, text in (fields.items() if isinstance(fields, dict) else ())
        if isinstance(text, str) and name in LETTER
    }
    request = a_request(
        **{name: text for name, text in texts.items() if name not in {"company", "message_id"}}
    ).model_copy(update={"company": texts.get("company", "Acme")})
    support_mail.mailto(request)
    message_id = texts.get("message_id", "<a@example.com>")
    letter = support_mail.letter(request, sender="greenlight@example.com", message_id=message_id)
    for header in (letter.subject, letter.message_id, *letter.cc, letter.reply_to or ""):
        assert not set(header) & set("\r\n\x00"), "a header with a line break"
    return None


LETTER = ("admin_email", "company", "key_name", "created_by", "instance_name", "message_id")
letters = st.fixed_dictionaries(
    {
        name: st.sampled_from(["a@example.com", "Acme", "<a@b.example>", SECRET]) | st.text(max_size=30)
        for name in LETTER
    }
)

NAMES = [row.name for row in REFERENCE if not row.name.endswith("_FILE")]
environ = st.dictionaries(
    st.sampled_from(NAMES),
    st.text(max_size=30)
    | st.sampled_from(
        ["https://example.com/v1", "smtp://u:p@h:25", "1", "U0ADMIN S0SECURITY", "xoxb-1", SECRET]
    ),
    max_size=6,
)


def _settings(found: Any) -> Any:
    named = found if isinstance(found, dict) else {}
    texts = {str(name): text for name, text in named.items() if isinstance(text, str) and "\0" not in text}
    load_settings({name: text for name, text in texts.items() if not name.endswith("_FILE")})


def _provider(body: bytes) -> Any:
    seen = []
    for status in (200, 401, 403, 500):
        wait = read_wait(body[:20].decode(errors="replace"), AT)
        assert wait is None or (math.isfinite(wait) and wait >= 0)
        seen.append(
            read_answer(
                "logs",
                status=status,
                content_type="application/json",
                body=body,
                hide=SECRET,
                retry_after=wait,
            )
        )
    return seen, diagnose(seen[:2], was_granted=False, admin_key=False)


def _tenant(body: bytes) -> Any:
    window = {"since": AT, "until": AT}
    named = {"instance_name": "chatgpt", "workspace_id": "f7f33107-5fb9-4ee1-8922-3eae76b5b5a0"}
    found = read_records("audit", status=200, content_type="application/json", body=body, retry_after=None)
    if isinstance(found, list):
        read_audit(found, **named, **window)
        read_events(found, what="application event", **named, **window)


ANSWERS: tuple[Any, ...] = (
    {"error": {"code": "missing_scope", "message": f"Missing scopes for {SECRET}"}},
    {"data": [{"id": "x"}], "has_more": False},
    {"detail": [{"loc": ["path", "workspace_id"], "msg": "invalid", "type": "uuid"}]},
    {
        "ok": 1,
        "result": [
            {
                "audit_log_event": "Next Gen CASB API instance created",
                "timestamp": 1_795_435_200,
                "supporting_data": {
                    "data_type": "instance",
                    "data_values": ["chatgpt", "ChatGPT Enterprise"],
                },
                "user": "rita@example.com",
            }
        ],
    },
)
answers = (st.sampled_from(ANSWERS) | JSON).map(lambda found: json.dumps(found).encode()) | st.binary(
    max_size=60
)

SEALED = now_or_never(VAULT.seal(SecretStr(SECRET), request="GL-7K3M9Q", field="api_key", version=1))
TICKET = write(issue(Purpose.INTAKE, "U0ADMIN", AT, b"d" * ID_BYTES), b"s" * 32)
STORED = in_state(a_request().state).model_dump_json()
ENTRY = json.dumps(
    {
        "request": "GL-7K3M9Q",
        "seq": 1,
        "at": "2026-11-23T12:00:00Z",
        "event": "opened",
        "by": "U1",
        "state_from": "",
        "state_to": "checking",
        "facts": {},
        "prev": "",
        "hash": "0" * 64,
        "seal": "0" * 64,
    }
)
DRAFT = key_page.Draft(team="T0GREEN", typed={"workspace_id": "x"}).model_dump_json()
TRIP = step_up.Trip(
    user="U1",
    approval=step_up.Approval(team="T", request_id="GL-7K3M9Q", fingerprint="0" * 16, click="c"),
    browser="b",
    nonce="n",
    verifier="v",
).model_dump_json()


def _unsealed(sealed: str) -> Any:
    found = now_or_never(VAULT.open(sealed, request="GL-7K3M9Q", field="api_key"))
    assert sealed == SEALED, "a changed text opened"
    return repr(found)


def _ticket(text: str) -> Any:
    found = read(text, Purpose.INTAKE, b"s" * 32)
    assert text == TICKET, "a changed link was taken"
    return found


def _stored(text: str) -> Any:
    for model in (Request, Entry, key_page.Draft, step_up.Approval, step_up.Trip):
        try:
            model.model_validate_json(text)
        except ValidationError:
            continue


CLIENT = oidc.Client("https://idp.example", "greenlight", SecretStr("x"), "https://bot.example/confirmed")
PROVIDER = oidc.OidcProvider(httpx.AsyncClient(trust_env=False), CLIENT, clock=AT.timestamp)
PROVIDER._keys = (math.inf, {})
PROVIDER._endpoints = (
    math.inf,
    oidc._Endpoints("https://idp.example/a", "https://idp.example/t", "https://idp.example/k"),
)
TOKEN = (
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIiwidHlwIjoiSldUIn0."
    "eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwic3ViIjoicml0YSIsImF1ZCI6ImdyZWVubGlnaHQifQ.c2lnbmF0dXJl"
)
CLAIMS: dict[str, Any] = {
    "iss": "https://idp.example",
    "sub": "rita",
    "aud": "greenlight",
    "nonce": "n",
    "auth_time": int(AT.timestamp()),
}
METADATA: dict[str, Any] = {
    "keys": [
        {"kty": "RSA", "kid": "k1", "n": "0vx7agoebGcQSuuPiLJX", "e": "AQAB", "use": "sig", "alg": "RS256"}
    ],
    "authorization_endpoint": "https://idp.example/a",
    "token_endpoint": "https://idp.example/t",
    "jwks_uri": "https://idp.example/k",
}


def _id_token(token: str) -> Any:
    return now_or_never(PROVIDER._claims(token))


def _claims(found: Any) -> Any:
    claims = {"sub": None, "aud": None} | (found if isinstance(found, dict) else {})
    identity = PROVIDER._identity(claims, Errand(nonce="n", verifier="v"))
    return identity.subject[:0]


def _metadata(found: Any) -> Any:
    known = found if isinstance(found, dict) else {}
    oidc._key_set(known)
    oidc._endpoints(known)


def _signature(parts: Any) -> Any:
    stamp, mark, body = (*(parts if isinstance(parts, list) else ()), "", "", b"")[:3]
    texts = {"X-Slack-Request-Timestamp": str(stamp), "X-Slack-Signature": str(mark)}
    assert not is_signed(
        SecretStr("signing"), texts, body if isinstance(body, bytes) else b"", AT.timestamp()
    )


def _posted(body: bytes) -> Any:
    field = pages._field(body)
    return intake.key_problem(key_page._with_key(key_page.Draft(team="T", typed={}), field))


def _escaped(text: str) -> Any:
    for shown in (blocks.esc(text), blocks.code(text), blocks.link("https://example.com", text)):
        bare = shown.removeprefix("<https://example.com|").removesuffix(">") if "|" in shown[:25] else shown
        assert "<" not in bare, "markup got through"
        assert ">" not in bare, "markup got through"
        assert "\n" not in bare, "a line break got through"


TARGETS: dict[str, Target] = {
    "slack payload": Target(payload, _visit, (NotAllowed, NotFound), 10, quotes=True),
    "socket frame": Target(
        st.sampled_from([json.dumps({"envelope_id": "e", "type": "interactive", "payload": PAYLOADS[0]})])
        | st.text(max_size=60),
        _frame,
        weight=8,
    ),
    "modal state": Target(st.just(form_state()) | JSON, _form, weight=8),
    "reason": Target(st.just(form_state()) | JSON, _reason, weight=6),
    "action value": Target(
        st.sampled_from(["GL-7K3M9Q|0123456789abcdef"]) | st.text(max_size=40), unpack, weight=8
    ),
    "request id": Target(st.sampled_from(["GL-7K3M9Q"]) | st.text(max_size=20), parse_request_id, weight=8),
    "mail fields": Target(letters, _letter, (UnsafeHeaderError, NotAnAddressError), 3),
    "settings": Target(environ, _settings, (SettingsError,), 2),
    "openai answer": Target(answers, _provider, weight=4),
    "netskope answer": Target(answers, _tenant, weight=8),
    "sealed text": Target(st.just(SEALED) | st.text(max_size=60), _unsealed, (VaultError,), 6),
    "key set": Target(
        st.just(KEYRING.dump().get_secret_value()) | st.text(max_size=60),
        lambda text: repr(Keyring.parse(SecretStr(text))),
        (VaultError,),
        5,
    ),
    "link": Target(st.just(TICKET) | st.text(max_size=60), _ticket, (BadLink,), 8),
    "stored document": Target(st.sampled_from([STORED, ENTRY, DRAFT, TRIP]), _stored, weight=6),
    "id token": Target(st.just(TOKEN) | st.text(max_size=60), _id_token, (Refused,), 6),
    "id token claims": Target(st.just(CLAIMS) | JSON, _claims, (Refused,), 5),
    "provider metadata": Target(st.just(METADATA) | JSON, _metadata, (Refused,), 5),
    "slack signature": Target(
        st.tuples(st.text(max_size=20), st.text(max_size=80), st.binary(max_size=40)).map(list),
        _signature,
        weight=6,
    ),
    "posted key": Target(
        st.sampled_from([urlencode({"key": SECRET}).encode()]) | st.binary(max_size=80), _posted, weight=6
    ),
    # The whole way, and so a thousand times slower than a parser: few inputs in a million.
    "delivery": Target(
        st.deferred(lambda: st.sampled_from(delivery.rig().recorded)), delivery.deliver, weight=1, short=150
    ),
    "text for slack": Target(st.text(max_size=80), _escaped, weight=6),
}
