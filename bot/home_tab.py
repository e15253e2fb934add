"""The Home tab as a use case: what this person may see through their lens, published and kept up to date."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Protocol

from bot.domain.lens import Filter, Lens, lens
from bot.domain.policy import Action, Actor, may
from bot.domain.request import OPEN, State
from bot.domain.waiting import waits_for
from bot.ports import Clock, Directory, People
from bot.service import Service
from bot.views import home
from bot.views.language import speaking

LOOKED_AT = 500
NOTICE_LIVES = timedelta(minutes=1)  # long enough to be read, although the tab is refreshed meanwhile


class Publisher(Protocol):
    """Slack's Home tab."""

    async def publish(self, user_id: str, view: dict[str, Any]) -> None:
        """Set a person's Home tab; raises `Transient` or `Refused`."""


class HomeTab:
    """Builds and publishes Home tabs; remembers who has one open where `people` is given."""

    def __init__(
        self,
        service: Service,
        directory: Directory,
        screen: Publisher,
        clock: Clock,
        people: People | None = None,
    ) -> None:
        self._service = service
        self._directory = directory
        self._screen = screen
        self._clock = clock
        self._people = people

    async def opened(self, user: str, team: str, seen: Lens | None = None, notice: str = "") -> None:
        """Show it because the person asked for it, and keep it up to date from now on."""
        chosen = seen or Lens()
        if self._people:
            until = self._clock() + NOTICE_LIVES
            kept = f"{chosen.text}|{until.timestamp():.0f}|{notice}" if notice else chosen.text
            await self._people.opened_home(user, kept, self._clock())
        await self.show(user, team, chosen, notice)

    async def show(self, user: str, team: str, seen: Lens, notice: str = "") -> None:
        """Publish it as it stands now; `notice` is what came of the last click there (mrkdwn)."""
        actor = await self._directory.actor(user, team)
        with speaking(actor.locale, self._service.terms.language):
            view = await self._view(actor, seen, notice)
        await self._screen.publish(user, view)

    async def refresh(self, user: str) -> None:
        """Publish it anew for a person who has it open; for anybody else this is nothing."""
        found = await self._people.open_homes(self._clock()) if self._people else {}
        if user in found:
            seen, _, said = found[user].partition("|")
            until, _, notice = said.partition("|")
            lives = notice if until and self._clock().timestamp() < float(until) else ""
            await self.show(user, self._service.home.team, lens(seen), lives)

    async def _view(self, actor: Actor, seen: Lens, notice: str) -> dict[str, Any]:
        terms = self._service.terms
        lively = await self._service.visible(actor, limit=LOOKED_AT, states=OPEN | {State.ATTENTION})
        listed = await self._service.visible(actor, limit=LOOKED_AT, states=seen.filter.states)
        cut = LOOKED_AT in (len(lively), len(listed))
        if seen.filter is Filter.MINE:
            listed = [request for request in listed if request.requester == actor.id]
        return home.home(
            waiting=[request for request in lively if waits_for(actor, request, smtp=terms.smtp)],
            listed=listed,
            lens=seen,
            reader=actor.id,
            at=self._clock(),
            terms=terms,
            may_start=may(actor, Action.START) is None,
            reviews=actor.reviewer,
            notice=notice,
            latest=LOOKED_AT if cut else 0,
        )
