"""Outgoing mail over SMTP: STARTTLS when offered, TLS from the start for ``smtps://``."""

from pydantic import SecretStr

from bot.domain.mail import Letter


class SmtpMailer:
    """Sends one letter per connection; raises `Transient` or `Refused` from `bot.domain.errors`."""

    def __init__(self, url: SecretStr, sender: str) -> None:
        self._url = url
        self._sender = sender

    async def send(self, letter: Letter) -> None:
        """Hand `letter` to the server; returns once the server took responsibility."""
        raise NotImplementedError
