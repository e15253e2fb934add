"""One-time links: made for one Slack user, kept on the server, good for one page once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.domain.errors import LinkUsed, TooMany, WornOut
from bot.domain.ticket import LIFETIME, Purpose, Ticket, issue, read, write
from bot.ports import Clock, Tickets

ISSUED, ISSUED_SECONDS = 10, 600.0  # links a person may ask for in a window
TRIES = 20  # posts that one link takes

PATHS = {Purpose.INTAKE: "/intake", Purpose.STEP_UP: "/confirm"}


@dataclass(frozen=True)
class Kept:
    """A link that is good, and what it is about."""

    ticket: Ticket
    text: str = field(repr=False)


class Links:
    """Issues links and finds what they are about."""

    def __init__(
        self,
        tickets: Tickets,
        secret: bytes,
        public_url: str,
        clock: Clock,
        dice: Callable[[], bytes],
    ) -> None:
        self._tickets = tickets
        self._secret = secret
        self._public_url = public_url.rstrip("/")
        self._clock = clock
        self._dice = dice

    async def make(self, purpose: Purpose, user: str, text: str) -> str:
        """Keep `text` for LIFETIME and return the address that leads to it; raises `TooMany`."""
        if await self._tickets.count(f"issued:{purpose}:{user}", ISSUED_SECONDS) > ISSUED:
            raise TooMany(ISSUED_SECONDS)
        ticket = issue(purpose, user, self._clock(), self._dice())
        await self._tickets.keep(ticket.id, text, LIFETIME.total_seconds())
        return f"{self._public_url}{PATHS[purpose]}/{write(ticket, self._secret)}"

    async def find(self, purpose: Purpose, token: str) -> Kept:
        """Return what a link is about, which stays as it is; raises `BadLink`, `LinkUsed`."""
        ticket = read(token, purpose, self._secret)
        text = await self._tickets.read(ticket.id) if self._clock() < ticket.expires else None
        if text is None:
            raise LinkUsed
        return Kept(ticket, text)

    async def count(self, token: str, purpose: Purpose) -> None:
        """Count one post to a link; raises `BadLink`, and `WornOut` after TRIES of them."""
        ticket = read(token, purpose, self._secret)
        seconds = LIFETIME.total_seconds()
        if await self._tickets.count(f"tries:{ticket.id}", seconds) > TRIES:
            raise WornOut(seconds)

    def ticket(self, purpose: Purpose, token: str) -> Ticket:
        """Return the ticket of a link that this installation made; raises `BadLink`."""
        return read(token, purpose, self._secret)
