"""A directory that also knows who stands in for whom: delegations count while they last, failing closed."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.domain.delegation import Delegation, stood_in_for
from bot.domain.errors import NotAllowed, StoreUnavailable, Transient, UnfitDelegate
from bot.domain.policy import Actor, Refusal, unfit
from bot.ports import Clock, People, Roster

LONGEST = timedelta(days=90)
log = structlog.get_logger(__name__)


class Delegates:
    """Wraps a directory (`bot.ports.Roster`) and adds the mandates of delegates."""

    def __init__(self, directory: Roster, people: People, clock: Clock, team_id: str) -> None:
        self._directory = directory
        self._people = people
        self._clock = clock
        self._team_id = team_id

    async def actor(self, user_id: str, team_id: str) -> Actor:
        """Describe the person, with those they stand in for who are reviewers still."""
        actor = await self._directory.actor(user_id, team_id)
        if actor.reviewer or not actor.known:
            return actor
        absent = stood_in_for(user_id, await self._delegations(), self._clock())
        entitled = [one for one in absent if await self._is_entitled(one)]
        return actor.model_copy(update={"stands_in_for": tuple(entitled)}) if entitled else actor

    async def reviewers(self) -> frozenset[str]:
        """Everybody who may review now, delegates included."""
        own, now = await self._directory.reviewers(), self._clock()
        lasting = [
            one for one in await self._delegations() if one.reviewer in own and one.at <= now < one.until
        ]
        return own | {one.delegate for one in lasting if await self._is_known_entitled(one.reviewer)}

    async def _is_known_entitled(self, user_id: str) -> bool:
        """Return the same; false of whom Slack cannot say it, for the others are waiting behind."""
        try:
            return await self._is_entitled(user_id)
        except Transient as error:
            if error.retry_after:
                raise
            return False

    async def _is_entitled(self, user_id: str) -> bool:
        """Whether this person could decide now: the settings may go on listing somebody who has left."""
        found = await self._directory.actor(user_id, self._team_id)
        return found.reviewer and unfit(found) is None

    async def by_email(self, email: str) -> str:
        """The id of the active person with this address, or empty; raises `Transient`."""
        return await self._directory.by_email(email)

    def invalidate(self, group_id: str) -> None:
        """Forget who is in this group."""
        self._directory.invalidate(group_id)

    def invalidate_person(self, user_id: str) -> None:
        """Forget what Slack said of a person."""
        self._directory.invalidate_person(user_id)

    async def person(self, user_id: str, team_id: str) -> Actor:
        """Describe the person alone: nobody is asked for whom they stand in."""
        return await self._directory.person(user_id, team_id)

    def locale(self, user_id: str) -> str | None:
        """Return the person's locale as last seen, without asking anybody; None when never seen."""
        return self._directory.locale(user_id)

    async def meet(self, user_id: str) -> str:
        """Return the same, asking about somebody never seen."""
        return await self._directory.meet(user_id)

    async def name(self, actor: Actor, delegate_id: str, until: datetime) -> Delegation:
        """Let a reviewer name who decides in their place; raises `NotAllowed`, `UnfitDelegate`.

        Only for who is a reviewer by right: a mandate cannot be handed on.
        """
        delegate = await self._directory.actor(delegate_id, actor.team)
        if not actor.reviewer:
            raise NotAllowed(Refusal.NOT_REVIEWER)
        if (refusal := unfit(delegate)) or delegate_id == actor.id:
            raise UnfitDelegate(refusal or Refusal.NOT_YOURS)
        now = self._clock()
        end = min(until, now + LONGEST)
        delegation = Delegation(reviewer=actor.id, delegate=delegate_id, until=end, at=now)
        await self._people.delegate(delegation)
        return delegation

    async def back(self, actor: Actor) -> bool:
        """The reviewer decides for themselves again; false where nobody decided in their place."""
        at = self._clock()
        given = await self._people.delegations()
        if not any(one.reviewer == actor.id and one.until > at for one in given):
            return False
        await self._people.end_delegation(actor.id, at)
        return True

    async def _delegations(self) -> list[Delegation]:
        try:
            return await self._people.delegations()
        except StoreUnavailable:
            log.warning("delegations_unreadable")
            return []
