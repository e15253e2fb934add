"""Outgoing mail as a list."""

from dataclasses import dataclass, field

from bot.domain.errors import Refused, Transient
from bot.domain.mail import Letter


@dataclass
class MailerTwin:
    """Keeps letters; the next error in `errors` is raised instead."""

    sent: list[Letter] = field(default_factory=list)
    errors: list[Transient | Refused] = field(default_factory=list)

    async def send(self, letter: Letter) -> None:
        """Keep the letter, or raise."""
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append(letter)
