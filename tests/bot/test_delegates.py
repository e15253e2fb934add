"""Who stands in for whom, asked anew at every click, failing closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.delegates import LONGEST, Delegates
from bot.domain.delegation import Delegation
from bot.domain.errors import NotAllowed, StoreUnavailable, Transient
from bot.domain.policy import Actor

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
RITA, OLGA = Actor(id="U0RITA", reviewer=True), Actor(id="U0OLGA")


@dataclass
class World:
    """A directory and what is remembered about people, as the wrapper sees them."""

    people: dict[str, Actor] = field(default_factory=lambda: {one.id: one for one in (RITA, OLGA)})
    kept: list[Delegation] = field(default_factory=list)
    away: bool = False

    async def actor(self, user_id: str, _team: str) -> Actor:
        return self.people.get(user_id, Actor(id=user_id, known=False))

    async def reviewers(self) -> frozenset[str]:
        return frozenset(one.id for one in self.people.values() if one.reviewer)

    def invalidate(self, group_id: str) -> None:
        self.people.pop(group_id, None)

    async def delegate(self, delegation: Delegation) -> None:
        self.kept.append(delegation)

    async def delegations(self) -> list[Delegation]:
        if self.away:
            raise StoreUnavailable
        return self.kept


def standing(world: World) -> Delegates:
    return Delegates(world, world, lambda: NOW, "T")  # type: ignore[arg-type]


async def test_a_mandate_is_worth_as_much_as_its_giver_is_now() -> None:
    world = World()
    await standing(world).name(RITA, "U0OLGA", NOW + timedelta(days=1))
    assert (await standing(world).actor("U0OLGA", "T")).stands_in_for == ("U0RITA",)
    assert await standing(world).reviewers() == {"U0RITA", "U0OLGA"}
    world.people["U0RITA"] = Actor(id="U0RITA")
    assert (await standing(world).actor("U0OLGA", "T")).stands_in_for == ()
    assert await standing(world).reviewers() == frozenset()


@pytest.mark.parametrize("gone", [{"deactivated": True}, {"guest": True}, {"bot": True}, {"known": False}])
async def test_nobody_stands_in_for_who_is_listed_as_a_reviewer_but_may_do_nothing_any_more(
    gone: dict[str, bool],
) -> None:
    world = World()
    await standing(world).name(RITA, "U0OLGA", NOW + timedelta(days=1))
    world.people["U0RITA"] = RITA.model_copy(update=gone)
    assert (await standing(world).actor("U0OLGA", "T")).stands_in_for == ()
    assert await standing(world).reviewers() == {"U0RITA"}


@pytest.mark.parametrize("told", [None, 30.0])
async def test_a_reviewer_whom_slack_cannot_describe_keeps_nobody_else_from_being_known(
    told: float | None,
) -> None:
    class Mute(World):
        async def actor(self, user_id: str, team: str) -> Actor:
            if user_id == "U0RITA":
                raise Transient("slack", "malformed_user", retry_after=told)
            return await super().actor(user_id, team)

    world = World()
    await standing(world).name(RITA, "U0OLGA", NOW + timedelta(days=1))
    mute = standing(Mute(world.people, world.kept))
    if told:  # Slack says when to ask again
        with pytest.raises(Transient):
            await mute.reviewers()
    else:
        assert await mute.reviewers() == {"U0RITA"}
    with pytest.raises(Transient):  # a click is decided on what is known, or not at all
        await mute.actor("U0OLGA", "T")


async def test_without_the_store_nobody_stands_in_for_anybody() -> None:
    world = World()
    await standing(world).name(RITA, "U0OLGA", NOW + timedelta(days=1))
    world.away = True
    assert await standing(world).actor("U0OLGA", "T") == OLGA
    assert await standing(world).reviewers() == {"U0RITA"}


async def test_a_mandate_cannot_be_handed_on_and_has_an_end() -> None:
    world = World()
    given = await standing(world).name(RITA, "U0OLGA", NOW + timedelta(days=4000))
    assert given.until == NOW + LONGEST
    olga = await standing(world).actor("U0OLGA", "T")
    for actor, delegate in ((olga, "U0RITA"), (RITA, "U0RITA"), (RITA, "U0NOBODY")):
        with pytest.raises(NotAllowed):
            await standing(world).name(actor, delegate, NOW + timedelta(days=1))
