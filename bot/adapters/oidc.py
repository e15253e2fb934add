"""The identity provider of step-up approvals: OpenID Connect's code flow with PKCE, ID tokens by PyJWT.

Sources: OpenID Connect Core 1.0 (3.1.2, 3.1.3.7), Discovery 1.0, RFC 7636, RFC 9207. Nothing a provider sent
is ever logged or repeated: `Refused.said` is one of our own words.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import jwt
from pydantic import SecretStr

from bot.adapters.http import READ_LIMIT, Reply, UnsafeUrlError, check_base_url, fetch
from bot.domain.errors import Refused, Transient
from bot.domain.identity import Errand, Identity

PROVIDER = "The identity provider"
ALGORITHMS = ("RS256", "PS256", "ES256")
KEPT_SECONDS = 3600.0
KEYS_AGAIN_SECONDS = 30.0  # how soon an unknown key id may ask for the key set once more
LEEWAY_SECONDS = 30
MAX_AGE_SECONDS = 300  # a sign-in older than this is done again
TOKEN_SECONDS = 10.0


@dataclass(frozen=True)
class Client:
    """How this installation is registered at the provider."""

    issuer: str
    client_id: str
    client_secret: SecretStr
    redirect_uri: str
    acr: str = ""


@dataclass(frozen=True)
class _Endpoints:
    authorization: str
    token: str
    keys: str


class OidcProvider:
    """Sends people to sign in, and reads who did (`bot.ports.IdentityProvider`)."""

    def __init__(
        self, http: httpx.AsyncClient, client: Client, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._http = http
        self._client = client
        self._clock = clock
        self._endpoints: tuple[float, _Endpoints] | None = None
        self._keys: tuple[float, dict[str, jwt.PyJWK]] | None = None

    async def authorization_url(self, errand: Errand, state: str) -> str:
        """Return where the browser goes; raises `Transient`, `Refused`."""
        asked = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": self._client.redirect_uri,
            "scope": "openid",
            "state": state,
            "nonce": errand.nonce,
            "code_challenge": errand.challenge,
            "code_challenge_method": "S256",
            "max_age": str(MAX_AGE_SECONDS),
        } | ({"acr_values": self._client.acr} if self._client.acr else {})
        where = (await self._discovered()).authorization
        return f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}"

    async def identify(self, code: str, errand: Errand) -> Identity:
        """Exchange the code and return who signed in; raises `Transient`, `Refused`."""
        endpoints = await self._discovered()
        answer = await self._post(
            endpoints.token,
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self._client.redirect_uri,
                "code_verifier": errand.verifier,
            },
        )
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise Refused(PROVIDER, "no_id_token")
        return self._identity(await self._claims(token), errand)

    def _identity(self, claims: dict[str, Any], errand: Errand) -> Identity:
        now = self._clock()
        nonce, subject, signed_in = claims.get("nonce"), claims["sub"], claims.get("auth_time")
        if not isinstance(nonce, str) or not hmac.compare_digest(
            nonce.encode(errors="replace"), errand.nonce.encode()
        ):
            raise Refused(PROVIDER, "wrong_nonce")
        if isinstance(claims["aud"], list) and claims.get("azp") != self._client.client_id:
            raise Refused(PROVIDER, "wrong_party")
        if signed_in is not None and not _is_recent(signed_in, now):
            raise Refused(PROVIDER, "signed_in_too_long_ago")
        if self._client.acr and claims.get("acr") not in self._client.acr.split():
            raise Refused(PROVIDER, "too_weak")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise Refused(PROVIDER, "no_subject")
        named = {name: value for name, value in claims.items() if isinstance(value, str)}
        return Identity(subject=f"{self._client.issuer} {subject}", claims=named)

    async def _claims(self, token: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            key = await self._key(str(header.get("kid") or ""), str(header.get("alg") or ""))
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._client.client_id,
                issuer=self._client.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise Refused(PROVIDER, "bad_id_token") from None
        return claims

    async def _key(self, kid: str, algorithm: str) -> jwt.PyJWK:
        if algorithm not in ALGORITHMS:
            raise Refused(PROVIDER, "bad_algorithm")
        age = KEPT_SECONDS
        for _ in range(2):
            keys = await self._key_set(age)
            found = keys.get(kid) or (next(iter(keys.values())) if not kid and len(keys) == 1 else None)
            if found is not None:
                if found.algorithm_name != algorithm:
                    raise Refused(PROVIDER, "bad_algorithm")
                return found
            age = KEYS_AGAIN_SECONDS
        raise Refused(PROVIDER, "unknown_key")

    async def _key_set(self, age: float) -> dict[str, jwt.PyJWK]:
        now = self._clock()
        if self._keys is None or now - self._keys[0] > age:
            self._keys = (now, _key_set(await self._get((await self._discovered()).keys)))
        return self._keys[1]

    async def _discovered(self) -> _Endpoints:
        now = self._clock()
        if self._endpoints is None or now - self._endpoints[0] > KEPT_SECONDS:
            found = await self._get(f"{self._client.issuer}/.well-known/openid-configuration")
            if found.get("issuer") != self._client.issuer:
                raise Refused(PROVIDER, "wrong_issuer")
            self._endpoints = (now, _endpoints(found))
        return self._endpoints[1]

    async def _get(self, url: str) -> dict[str, Any]:
        reply = await fetch(self._http, url, params={}, headers={})
        if not isinstance(reply, Reply):
            raise Transient(PROVIDER, reply)
        if reply.status >= 500 or reply.status == 429:
            raise Transient(PROVIDER, f"status_{reply.status}")
        return _object(reply.status, reply.body or b"")

    async def _post(self, url: str, form: dict[str, str]) -> dict[str, Any]:
        # Credentials form-encoded inside Basic, as RFC 6749 2.3.1 says.
        login = httpx.BasicAuth(
            quote(self._client.client_id, safe=""),
            quote(self._client.client_secret.get_secret_value(), safe=""),
        )
        try:
            async with (
                asyncio.timeout(TOKEN_SECONDS),
                self._http.stream("POST", url, data=form, auth=login) as answer,
            ):
                body = bytearray()
                async for chunk in answer.aiter_raw():
                    body += chunk
                    if len(body) > READ_LIMIT:
                        raise Refused(PROVIDER, "answer_too_long")
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            raise Transient(PROVIDER, "unreachable") from None
        if answer.status_code >= 500 or answer.status_code == 429:
            raise Transient(PROVIDER, f"status_{answer.status_code}")
        return _object(answer.status_code, bytes(body))


def _is_recent(signed_in: object, now: float) -> bool:
    is_number = isinstance(signed_in, int | float) and not isinstance(signed_in, bool)
    return is_number and now - float(signed_in) <= MAX_AGE_SECONDS + LEEWAY_SECONDS  # type: ignore[arg-type]


def _object(status: int, body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if status != 200 or not isinstance(found, dict):
        raise Refused(PROVIDER, f"status_{status}")
    return found


def _endpoints(found: dict[str, Any]) -> _Endpoints:
    try:
        return _Endpoints(
            *(_endpoint(found.get(name)) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"))
        )
    except UnsafeUrlError:
        raise Refused(PROVIDER, "unsafe_endpoint") from None


def _endpoint(url: object) -> str:
    text = url if isinstance(url, str) else ""
    check_base_url("endpoint", text.partition("?")[0])
    return text


def _key_set(found: dict[str, Any]) -> dict[str, jwt.PyJWK]:
    keys: dict[str, jwt.PyJWK] = {}
    listed = found.get("keys")
    for one in listed if isinstance(listed, list) else ():
        if not isinstance(one, dict) or one.get("use", "sig") != "sig" or one.get("kty") not in ("RSA", "EC"):
            continue
        try:
            key = jwt.PyJWK.from_dict(one)
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError, KeyError):
            continue
        if key.algorithm_name in ALGORITHMS:
            keys[str(one.get("kid") or "")] = key
    return keys
