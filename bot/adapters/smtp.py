"""Outgoing mail over SMTP: STARTTLS when offered, TLS from the start for ``smtps://``.

With a user name in the URL, a server that is not on loopback must offer STARTTLS: credentials never travel in
the clear.
"""

import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Any
from urllib.parse import SplitResult, unquote

import aiosmtplib
from pydantic import SecretStr

from bot import tracing
from bot.adapters.http import UnsafeUrlError, is_loopback, split_url
from bot.domain.errors import Refused, Transient
from bot.domain.mail import Letter, check_address
from bot.domain.shape import redact

PROVIDER = "mail server"
_PORTS = {"smtp": 587, "smtps": 465}

ERRORS: tuple[tuple[type[Exception], type[Transient | Refused], str], ...] = (
    (aiosmtplib.SMTPTimeoutError, Transient, "no answer in time"),
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

    def __init__(self, url: SecretStr, sender: str, *, timeout: float = 20.0) -> None:
        self._url = url
        check_address("sender", sender)
        self._sender = sender
        self._timeout = timeout
        _split(url)  # a wrong URL fails at start-up, not at the first letter

    async def send(self, letter: Letter) -> None:
        """Hand `letter` to the server; returns once the server took responsibility."""
        try:
            with tracing.span("smtp send"):
                refused, _ = await self._deliver(letter)
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = {one.recipient: one.code for one in error.recipients}
            raise _from_code(codes.get(letter.to, 550), "recipient refused") from None
        except aiosmtplib.SMTPResponseException as error:
            raise _from_code(error.code, self._quiet(error.message)) from None
        except tuple(kind for kind, _, _ in ERRORS) as error:
            raise _without_code(error) from None
        if letter.to in refused:
            raise _from_code(refused[letter.to].code, "recipient refused")

    async def greet(self) -> None:
        """Connect, encrypt, log in, say goodbye; no mail is sent. Raises `Transient` or `Refused`."""
        parts = _split(self._url)
        host = parts.hostname or ""
        client = aiosmtplib.SMTP(**_way(parts, host), timeout=self._timeout)
        try:
            async with client:
                await client.noop()
        except aiosmtplib.SMTPResponseException as error:
            raise _from_code(error.code, self._quiet(error.message)) from None
        except tuple(kind for kind, _, _ in ERRORS) as error:
            raise _without_code(error) from None

    async def _deliver(self, letter: Letter) -> tuple[dict[str, aiosmtplib.SMTPResponse], str]:
        parts = _split(self._url)
        host = parts.hostname or ""
        return await aiosmtplib.send(
            _message(letter),
            sender=self._sender,
            recipients=[letter.to, *letter.cc],
            **_way(parts, host),
            timeout=self._timeout,
        )

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
    message = EmailMessage(policy=SMTP)
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
