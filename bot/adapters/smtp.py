"""Outgoing mail over SMTP: STARTTLS when offered, TLS from the start for ``smtps://``.

With a user name in the URL, a server that is not on loopback must offer STARTTLS: credentials never travel in
the clear.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Any
from urllib.parse import SplitResult, unquote

import aiosmtplib
from pydantic import SecretStr

from bot import tracing
from bot.adapters.http import TOGETHER, UnsafeUrlError, is_loopback, split_url
from bot.domain.errors import Refused, Transient
from bot.domain.mail import Letter, check_address
from bot.domain.shape import redact

PROVIDER = "mail server"
TIMEOUT = 20.0
GOODBYE = 1.0
_WIRE = SMTP.clone(cte_type="7bit")  # every server takes it
_PORTS = {"smtp": 587, "smtps": 465}

ERRORS: tuple[tuple[type[Exception], type[Transient | Refused], str], ...] = (
    (TimeoutError, Transient, "no answer in time"),  # aiosmtplib's is one too
    (aiosmtplib.SMTPServerDisconnected, Transient, "connection lost"),
    (aiosmtplib.SMTPConnectError, Transient, "cannot connect"),
    (ssl.SSLError, Refused, "secure connection failed"),
    (OSError, Transient, "cannot connect"),
    (aiosmtplib.SMTPException, Refused, "the server does not offer what the configuration needs"),
    (ValueError, Refused, "the letter or the configuration cannot be sent"),
)
"""For errors without a reply code; first match wins."""


class SmtpMailer:
    """Sends one letter per connection; raises `Transient` or `Refused` from `bot.domain.errors`."""

    def __init__(
        self, url: SecretStr, sender: str, *, timeout: float = TIMEOUT, total: float = TOGETHER
    ) -> None:
        """`timeout` bounds each answer of the server in seconds, `total` a whole sending."""
        self._url = url
        check_address("sender", sender)
        self._sender = sender
        self._timeout = timeout
        self._total = total
        _split(url)  # a wrong URL fails at start-up, not at the first letter

    async def send(self, letter: Letter) -> None:
        """Hand `letter` to the server; returns once the server took responsibility for its `to`.

        Either that recipient gets it or nobody does: a letter that only the copy took would go to the copy
        again with every retry. A copy that is refused is done without.
        """
        with tracing.span("smtp send"):
            async with self._session() as session:
                message = _message(letter).as_bytes()
                await session.mail(self._sender)
                await session.rcpt(letter.to)
                for copy in letter.cc:
                    with suppress(aiosmtplib.SMTPRecipientRefused):
                        await session.rcpt(copy)
                await session.data(message)

    async def greet(self) -> None:
        """Connect, encrypt, log in, say goodbye; no mail is sent. Raises `Transient` or `Refused`."""
        async with self._session() as session:
            await session.noop()

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """Connect, encrypt, log in; what the server answers to the goodbye undoes nothing."""
        parts = _split(self._url)
        session = aiosmtplib.SMTP(**_way(parts, parts.hostname or ""), timeout=self._timeout)
        try:
            async with asyncio.timeout(self._total):
                await session.connect()
                yield session
        except aiosmtplib.SMTPRecipientRefused as error:
            raise _from_code(error.code, "recipient refused") from None
        except aiosmtplib.SMTPResponseException as error:
            raise _from_code(error.code, self._quiet(error.message)) from None
        except tuple(kind for kind, _, _ in ERRORS) as error:
            raise _without_code(error) from None
        finally:
            with suppress(aiosmtplib.SMTPException, OSError):
                await session.quit(timeout=GOODBYE)
            session.close()

    def _quiet(self, said: str) -> str:
        # A server may echo what it was given.
        parts = _split(self._url)
        for secret in (parts.password, parts.username):
            said = (
                said.replace(unquote(secret), "[redacted]").replace(secret, "[redacted]") if secret else said
            )
        return redact(said, 120)


def _split(url: SecretStr) -> SplitResult:
    parts = split_url("SMTP_URL", url.get_secret_value())
    if parts.scheme not in _PORTS or not parts.hostname:
        raise UnsafeUrlError("SMTP_URL must look like smtp://user:password@host:587 or smtps://host")
    return parts


def _way(parts: SplitResult, host: str) -> dict[str, Any]:
    """How to reach the server and who to be there, as aiosmtplib's arguments."""
    return {
        "hostname": host,
        "port": parts.port or _PORTS[parts.scheme],
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "use_tls": parts.scheme == "smtps",
        "start_tls": _start_tls(parts, host),
    }


def _start_tls(parts: SplitResult, host: str) -> bool | None:
    if parts.scheme == "smtps":
        return False
    return True if parts.username and not is_loopback(host) else None  # None: when offered


def _message(letter: Letter) -> EmailMessage:
    message = EmailMessage(policy=_WIRE)
    message["From"] = letter.sender
    message["To"] = letter.to
    if letter.cc:
        message["Cc"] = ", ".join(letter.cc)
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    message["Subject"] = letter.subject
    message["Message-ID"] = letter.message_id
    if letter.references:
        message["In-Reply-To"] = letter.references[-1]
        message["References"] = " ".join(letter.references)
    message["Date"] = formatdate()
    message.set_content(letter.body)
    return message


def _from_code(code: int, said: str) -> Transient | Refused:
    kind = Transient if 400 <= code < 500 else Refused
    return kind(PROVIDER, f"{code} {said}".strip())


def _without_code(error: Exception) -> Transient | Refused:
    kind, said = next((kind, said) for known, kind, said in ERRORS if isinstance(error, known))
    return kind(PROVIDER, said)
