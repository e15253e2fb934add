"""A local mail server that keeps every letter, and refuses when told to."""

import asyncio
import email
import email.policy
import ssl
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from bot.sandbox.loopback import HOST


@dataclass(frozen=True)
class Received:
    """One letter with its envelope."""

    at: float
    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class Mailbox:
    """SMTP on loopback; with `tls` it offers STARTTLS, with `login` it demands user and password after it."""

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        *,
        tls: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
    ) -> None:
        self.clock = clock
        self.on_change: list[Callable[[], None]] = []
        self.received: list[Received] = []
        self._tls = tls
        self._login = login
        self._refusals: deque[tuple[str, str]] = deque()
        self._server: asyncio.Server | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Return the value for ``SMTP_URL``; meaningful once started."""
        return f"smtp://{HOST}:{self._port}"

    @property
    def messages(self) -> list[EmailMessage]:
        """Return the letters, oldest first."""
        return [received.message for received in self.received]

    def refuse(self, reply: str, *, at: str = "data", times: int = 1, address: str = "") -> None:
        """Answer the next letters with an SMTP reply such as ``451 4.3.0 try later``, at `rcpt` or `data`.

        With an `address`, that recipient is refused, whenever it comes.
        """
        self._refusals.extend([(address or at, reply)] * times)

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; 0 takes a free port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, HOST, port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _protocol(self) -> SMTP:
        return SMTP(
            self,
            hostname="mail.sandbox.example",
            tls_context=self._tls,
            auth_required=self._login is not None,
            authenticator=self._authenticate if self._login else None,
            enable_SMTPUTF8=True,
        )

    def _authenticate(
        self, _server: SMTP, _session: object, _envelope: object, _mechanism: str, data: Any
    ) -> AuthResult:
        known = isinstance(data, LoginPassword) and self._login == (
            data.login.decode(),
            data.password.decode(),
        )
        return AuthResult(success=known, handled=False)

    def _refusal(self, at: str) -> str | None:
        return self._refusals.popleft()[1] if self._refusals and self._refusals[0][0] == at else None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds its hooks by name
        self, _server: SMTP, _session: object, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if refusal := self._refusal("rcpt") or self._refusal(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: object, envelope: Any) -> str:  # noqa: N802
        """Keep or refuse a letter."""
        if refusal := self._refusal("data"):
            return refusal
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.received.append(Received(self.clock(), envelope.mail_from, tuple(envelope.rcpt_tos), message))
        for tell in self.on_change:
            tell()
        return "250 OK"
