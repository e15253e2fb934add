"""Threat 7: whose sign-in counts. The adapter against a provider that signs for real, and lies if told to."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from bot.adapters.http import open_client
from bot.adapters.oidc import Client, OidcProvider
from bot.domain.errors import Refused, Transient
from bot.domain.identity import Errand, Identity, fits
from bot.sandbox.oidc import CLIENT_ID, CLIENT_SECRET, OidcSandbox

ERRAND = Errand(nonce="n" * 32, verifier="v" * 64)
BACK = "http://127.0.0.1:1/confirmed"


@pytest.fixture(scope="module")
def one_key() -> OidcSandbox:
    """Making RSA keys takes most of the time: the tests share a provider and reset what it does wrong."""
    return OidcSandbox()


@pytest.fixture
async def provider(one_key: OidcSandbox) -> AsyncIterator[OidcSandbox]:
    one_key.lies = type(one_key.lies)()
    one_key.clock = time.time
    async with one_key:
        yield one_key


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with open_client("test") as client:
        yield client


def adapter(provider: OidcSandbox, http: httpx.AsyncClient, acr: str = "", **more: Any) -> OidcProvider:
    client = Client(provider.issuer, CLIENT_ID, SecretStr(CLIENT_SECRET), BACK, acr)
    return OidcProvider(http, client, **more)


async def sign_in(adapter: OidcProvider, http: httpx.AsyncClient, errand: Errand = ERRAND) -> Identity:
    there = await http.get(await adapter.authorization_url(errand, "s" * 32))
    assert there.status_code == 302, there.text
    (code,) = parse_qs(urlsplit(there.headers["location"]).query)["code"]
    return await adapter.identify(code, errand)


async def test_a_sign_in_names_issuer_and_subject(provider: OidcSandbox, http: httpx.AsyncClient):
    found = await sign_in(adapter(provider, http), http)
    assert found.subject == f"{provider.issuer} rita@idp"
    assert provider.violations == []


async def test_another_verifier_than_the_one_promised_is_refused(
    provider: OidcSandbox, http: httpx.AsyncClient
):
    made = adapter(provider, http)
    there = await http.get(await made.authorization_url(ERRAND, "s" * 32))
    (code,) = parse_qs(urlsplit(there.headers["location"]).query)["code"]
    with pytest.raises(Refused, match="status_400"):
        await made.identify(code, Errand(nonce=ERRAND.nonce, verifier="w" * 64))
    assert provider.violations.pop() == "token: code_verifier"


def forged(provider: OidcSandbox, algorithm: str) -> str:
    """A token whose signature is the public key used as a shared secret, or none at all."""
    head = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "typ": "JWT"}).encode()).rstrip(b"=")
    body = base64.urlsafe_b64encode(json.dumps({"iss": provider.issuer, "sub": "rita@idp"}).encode()).rstrip(
        b"="
    )
    mark = base64.urlsafe_b64encode(hashlib.sha256(head + body).digest()).rstrip(b"=")
    return b".".join((head, body, mark if algorithm != "none" else b"")).decode()


def lie(**changes: Any) -> Callable[[OidcSandbox], None]:
    def apply(provider: OidcSandbox) -> None:
        for name, value in changes.items():
            setattr(provider.lies, name, value)

    return apply


LIES: dict[str, Callable[[OidcSandbox], None]] = {
    "another audience": lie(claims={"aud": "another client"}),
    "another issuer": lie(claims={"iss": "https://evil.example"}),
    "another nonce": lie(claims={"nonce": "replayed"}),
    "no nonce": lie(without=("nonce",)),
    "no expiry": lie(without=("exp",)),
    "no subject": lie(without=("sub",)),
    "a subject that is no text": lie(claims={"sub": 7}),
    "expired": lie(claims={"exp": 1_700_000_000}),
    "from the future": lie(claims={"iat": 4_000_000_000}),
    "signed in yesterday": lie(claims={"auth_time": 1_700_000_000}),
    "a sign-in time that is no number": lie(claims={"auth_time": "now"}),
    "several parties": lie(claims={"aud": [CLIENT_ID, "another"]}),
    "a foreign key under a known id": lie(foreign_key=True),
    "an unknown key": lie(kid="unknown"),
    "a shared-secret signature": lie(algorithm="HS256"),
    "no signature": lie(algorithm="none"),
    "forged none": lambda provider: lie(token=forged(provider, "none"))(provider),
    "forged HS256": lambda provider: lie(token=forged(provider, "HS256"))(provider),
    "nonsense": lie(token="a.b.c"),
    "an error": lie(status=400),
}


@pytest.mark.parametrize("name", LIES)
async def test_an_id_token_that_is_not_proven_is_refused(
    provider: OidcSandbox, http: httpx.AsyncClient, name: str
):
    LIES[name](provider)
    with pytest.raises(Refused) as refused:
        await sign_in(adapter(provider, http), http)
    assert "rita" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://10.0.0.5/token"},
        {"authorization_endpoint": "ftp://127.0.0.1/"},
        {"jwks_uri": None},
    ],
)
async def test_a_description_of_another_provider_leads_nowhere(
    provider: OidcSandbox, http: httpx.AsyncClient, metadata: dict[str, Any]
):
    provider.lies.metadata = metadata
    with pytest.raises(Refused):
        await sign_in(adapter(provider, http), http)


async def test_a_provider_that_is_away_is_asked_again_later(provider: OidcSandbox, http: httpx.AsyncClient):
    made = adapter(provider, http)
    provider.lies.status = 503
    with pytest.raises(Transient):
        await sign_in(made, http)
    await provider.close()
    with pytest.raises(Transient):
        await made.identify("code", ERRAND)


async def test_a_new_signing_key_is_found_by_itself(provider: OidcSandbox, http: httpx.AsyncClient):
    ahead = [0.0]
    made = adapter(provider, http, clock=lambda: time.time() + ahead[0])
    await sign_in(made, http)
    provider.rotate()
    ahead[0] = 60.0
    assert (await sign_in(made, http)).subject.endswith("rita@idp")


async def test_a_weaker_sign_in_than_asked_for_is_refused(provider: OidcSandbox, http: httpx.AsyncClient):
    made = adapter(provider, http, acr="phr")
    provider.lies.claims = {"acr": "pwd"}
    with pytest.raises(Refused, match="too_weak"):
        await sign_in(made, http)
    provider.lies.claims = {}
    assert (await sign_in(made, http)).claims["acr"] == "phr"


@pytest.mark.parametrize(
    ("claims", "claim", "expected"),
    [
        ({}, "", True),
        ({"https://slack.com/user_id": "U1", "https://slack.com/team_id": "T1"}, "", True),
        ({"https://slack.com/user_id": "U2"}, "", False),
        ({"https://slack.com/team_id": "T2"}, "", False),
        ({"slack": "U1"}, "slack", True),
        ({"slack": "U2"}, "slack", False),
        ({}, "slack", False),
        ({"slack": "U1", "https://slack.com/user_id": "U2"}, "slack", False),
    ],
)
def test_claims_that_speak_against_the_slack_user_win(claims: dict[str, str], claim: str, expected: bool):
    assert fits(Identity("idp someone", claims), "U1", "T1", claim) is expected
