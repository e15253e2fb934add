"""HashiCorp Vault's Transit engine over real HTTP: tokens, key versions, associated data, bad days."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN = "hvs.CanaryToken0123456789"


@dataclass
class VaultServer:
    """One Transit key, `greenlight`; `fails` is every call's status instead, `denied` what is not allowed."""

    url: str = ""
    token: str = TOKEN
    kind: str = "aes256-gcm96"
    versions: list[bytes] = field(default_factory=lambda: [secrets.token_bytes(32)])
    fails: int | None = None
    denied: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/v1/transit/keys/greenlight", self._key)
        app.router.add_route("*", "/v1/transit/encrypt/greenlight", self._encrypt)
        app.router.add_route("*", "/v1/transit/decrypt/greenlight", self._decrypt)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner
        await self._runner.cleanup()

    def rotate(self) -> None:
        """As `vault write -f transit/keys/greenlight/rotate` does."""
        self.versions.append(secrets.token_bytes(32))

    def _refusal(self, request: web.Request) -> web.Response | None:
        self.calls.append(request.path)
        if self.fails:
            return web.json_response({"errors": ["no"]}, status=self.fails)
        if request.headers.get("X-Vault-Token") != self.token or request.path.split("/")[3] in self.denied:
            return web.json_response({"errors": ["permission denied"]}, status=403)
        return None

    async def _key(self, request: web.Request) -> web.Response:
        data = {"type": self.kind, "latest_version": len(self.versions)}
        return self._refusal(request) or web.json_response({"data": data})

    async def _encrypt(self, request: web.Request) -> web.Response:
        if refused := self._refusal(request):
            return refused
        body = await request.json()
        nonce, version = secrets.token_bytes(12), len(self.versions)
        box = nonce + AESGCM(self.versions[-1]).encrypt(
            nonce, _bytes(body, "plaintext"), _bytes(body, "associated_data")
        )
        ciphertext = f"vault:v{version}:{base64.b64encode(box).decode()}"
        return web.json_response({"data": {"ciphertext": ciphertext, "key_version": version}})

    async def _decrypt(self, request: web.Request) -> web.Response:
        if refused := self._refusal(request):
            return refused
        body = await request.json()
        try:
            _, version, box = body["ciphertext"].split(":")
            raw = base64.b64decode(box)
            key = self.versions[int(version.removeprefix("v")) - 1]
            plain = AESGCM(key).decrypt(raw[:12], raw[12:], _bytes(body, "associated_data"))
        except (InvalidTag, ValueError, IndexError):
            return web.json_response({"errors": ["cipher: message authentication failed"]}, status=400)
        return web.json_response({"data": {"plaintext": base64.b64encode(plain).decode()}})


def _bytes(body: dict[str, Any], name: str) -> bytes:
    return base64.b64decode(body.get(name) or "")
