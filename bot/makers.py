"""Who made each key, as far as Slack knows them by e-mail: a key dies when its maker's account does."""

from __future__ import annotations

import re
from contextlib import suppress

from bot.domain.errors import Transient, UserError
from bot.domain.request import OPEN, WATCHED, Concern, Request, Warned
from bot.steps import Ports

_ADDRESS = re.compile(r"[^\s<>()\"',;:@]{1,64}@[^\s<>()\"',;:@]+\.[^\s<>()\"',;:@.]+")


def address_in(created_by: str) -> str:
    """The e-mail address in what was typed as "Created by"; empty where there is none."""
    found = _ADDRESS.search(created_by)
    return found.group().lower() if found else ""


class Makers:
    """The makers of one round: each address is looked up once.

    Slack finds no deactivated people by e-mail, so whoever was found once is remembered by id. When that
    person is gone, the address is looked up again: somebody else may have it by now.
    """

    def __init__(self, ports: Ports, known: dict[str, str]) -> None:
        self._ports = ports
        self._known = known
        self._asked: dict[str, str] = {}

    @classmethod
    async def remembered(cls, ports: Ports) -> Makers:
        """Start from those who were found before; raises `StoreUnavailable`."""
        return cls(ports, await ports.people.key_makers() if ports.people else {})

    async def left(self, request: Request) -> bool:
        """Whether the maker of this request's key is known, and deactivated.

        Raises `StoreUnavailable`, and `Transient` where Slack says when to ask again.
        """
        address = address_in(request.draft.created_by)
        known = self._known.get(address, "") if address else ""
        if known and not await self._is_gone(known):
            return False
        try:
            found = await self._look_up(address) if address else ""
        except Transient as error:  # somebody else may have the address by now: asked again tomorrow
            _wait_where_told(error)
            return False
        return bool(known) and not found

    def knows(self, user: str) -> bool:
        """Whether this person was found to be the maker of any key."""
        return user in self._known.values()

    def made_by(self, request: Request, user: str) -> bool:
        """Whether this person was found to be the maker of this request's key."""
        return self._known.get(address_in(request.draft.created_by)) == user

    async def _is_gone(self, user: str) -> bool:
        try:
            actor = await self._ports.directory.actor(user, self._ports.service.home.team)
        except Transient as error:
            _wait_where_told(error)
            return False
        return actor.deactivated

    async def _look_up(self, address: str) -> str:
        if address not in self._asked:
            found = self._asked[address] = await self._ports.directory.by_email(address)
            if found and self._ports.people:
                await self._ports.people.made_key(address, found)
                self._known[address] = found
        return self._asked[address]


def _wait_where_told(error: Transient) -> None:
    """Go on later: else those behind the first fifty of a minute would never be asked about."""
    if error.retry_after:
        raise error


async def departed(ports: Ports, user: str) -> None:
    """Slack says that this person is deactivated: tell those whose key they made, at once."""
    makers = await Makers.remembered(ports)
    if not makers.knows(user):  # nearly everybody: nobody reads every request because somebody left
        return
    async for request in ports.store.each(OPEN | WATCHED):
        theirs = makers.made_by(request, user) and Concern.CREATOR_LEFT not in request.warned
        with suppress(UserError, Transient):  # it moved on or was said meanwhile; the day's watch says it
            if theirs and await makers.left(request):
                await ports.service.apply(request.id, Warned(about=Concern.CREATOR_LEFT))
