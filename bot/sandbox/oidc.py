"""A local identity provider: OpenID Connect's code flow with PKCE, real RS256 signatures, a real key set.

As strict as the specification (OpenID Connect Core 1.0, RFC 7636); `lies` makes it answer as a broken or
hostile provider would.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import jwt
from aiohttp import BasicAuth, web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from bot.sandbox.loopback import Loopback

CLIENT_ID, CLIENT_SECRET = "greenlight", "sandbox-client-secret"


@dataclass
class Grant:
    """A code that was given out and what it stands for."""

    subject: str
    redirect_uri: str
    challenge: str
    nonce: str
    acr: str = ""
    used: bool = False


@dataclass
class Lies:
    """What this provider does wrong."""

    claims: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    algorithm: str = "RS256"
    foreign_key: bool = False
    kid: str | None = None
    token: str | None = None
    status: int = 200
    metadata: dict[str, Any] = field(default_factory=dict)


class OidcSandbox(Loopback):
    """The provider; `signed_in` is whose session the browser has there."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__(clock)
        self.signed_in = "rita@idp"
        self.claims: dict[str, dict[str, Any]] = {}
        self.lies = Lies()
        self.grants: dict[str, Grant] = {}
        self.violations: list[str] = []
        self._key = _new_key()
        self._foreign = _new_key()
        self._kid = secrets.token_hex(4)

    @property
    def issuer(self) -> str:
        """The issuer identifier."""
        return self.origin

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one leaves the key set."""
        self._key, self._kid = _new_key(), secrets.token_hex(4)

    def routes(self, app: web.Application) -> None:
        """Serve discovery, keys, the sign-in and the token endpoint."""
        app.router.add_get("/.well-known/openid-configuration", self._metadata)
        app.router.add_get("/keys", self._keys)
        app.router.add_get("/authorize", self._authorize)
        app.router.add_post("/token", self._token)

    async def _metadata(self, _request: web.Request) -> web.Response:
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.origin}/authorize",
            "token_endpoint": f"{self.origin}/token",
            "jwks_uri": f"{self.origin}/keys",
            "code_challenge_methods_supported": ["S256"],
        }
        return web.json_response(found | self.lies.metadata)

    async def _keys(self, _request: web.Request) -> web.Response:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return web.json_response({"keys": [public | {"kid": self._kid, "use": "sig", "alg": "RS256"}]})

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = request.query
        wrong = [
            name
            for name, right in (
                ("response_type", asked.get("response_type") == "code"),
                ("client_id", asked.get("client_id") == CLIENT_ID),
                ("scope", "openid" in asked.get("scope", "").split()),
                ("state", asked.get("state")),
                ("nonce", asked.get("nonce")),
                ("code_challenge", len(asked.get("code_challenge", "")) == 43),
                ("code_challenge_method", asked.get("code_challenge_method") == "S256"),
            )
            if not right
        ]
        if wrong:
            self.violations.append(f"authorize: {wrong}")
            return web.Response(status=400, text=f"wrong: {wrong}")
        code, back = secrets.token_urlsafe(16), asked["redirect_uri"]
        acr = asked.get("acr_values", "")
        self.grants[code] = Grant(self.signed_in, back, asked["code_challenge"], asked["nonce"], acr)
        query = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return web.Response(status=302, headers={"Location": f"{back}?{query}"})

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        grant = self.grants.get(form.get("code", ""))
        if problem := self._problem(request, form, grant):
            self.violations.append(f"token: {problem}")
            return web.json_response({"error": "invalid_grant"}, status=400)
        assert grant  # noqa: S101  # no problem means there is one
        grant.used = True
        answer = {"access_token": "unused", "token_type": "Bearer", "id_token": self._id_token(grant)}
        return web.json_response(answer, status=self.lies.status)

    def _problem(self, request: web.Request, form: dict[str, str], grant: Grant | None) -> str:
        try:
            login = BasicAuth.decode(request.headers.get("Authorization", ""))
        except ValueError:
            return "no client authentication"
        verifier = form.get("code_verifier", "")
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        checks = (
            ((login.login, login.password) == (CLIENT_ID, CLIENT_SECRET), "client"),
            (form.get("grant_type") == "authorization_code", "grant_type"),
            (grant is not None and not grant.used, "code"),
            (grant is not None and grant.redirect_uri == form.get("redirect_uri"), "redirect_uri"),
            (grant is not None and grant.challenge == digest, "code_verifier"),
        )
        return next((name for fine, name in checks if not fine), "")

    def _id_token(self, grant: Grant) -> str:
        if self.lies.token is not None:
            return self.lies.token
        now = int(self.clock())
        claims = {
            "iss": self.issuer,
            "sub": grant.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": grant.nonce,
        }
        claims |= ({"acr": grant.acr} if grant.acr else {}) | self.claims.get(grant.subject, {})
        claims |= self.lies.claims
        for name in self.lies.without:
            claims.pop(name, None)
        key: Any = self._foreign if self.lies.foreign_key else self._key
        if self.lies.algorithm == "HS256":
            key = "a shared secret that nobody agreed on, long enough"
        elif self.lies.algorithm == "none":
            key = None
        headers = {"kid": self.lies.kid or self._kid}
        return jwt.encode(claims, key, algorithm=self.lies.algorithm, headers=headers)


def _new_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)
