"""Who people are, asked of Slack at click time: kept for a minute, failing closed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_errors import SLACK, ask
from bot.domain.errors import Refused, Transient
from bot.domain.pace import ASKING, SLACK_SECONDS
from bot.domain.policy import Actor

KEPT_SECONDS = 60.0
NOT_A_PERSON = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
# Such a group has no members as far as rights go; people listed by id keep theirs.
NO_GROUP = frozenset({"no_such_subteam", "plan_upgrade_required", "missing_scope", "permission_denied"})
_MOST_KEPT = 2000
_MOST_GREETED = 20_000  # two short texts each, whoever they are

T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Roles:
    """Who may request and who may review: user ids and user groups (`S...`)."""

    admins: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()

    @property
    def groups(self) -> frozenset[str]:
        """The user groups among them."""
        return frozenset(one for one in self.admins + self.reviewers if one.startswith("S"))


class Kept(Generic[T]):
    """Answers kept for a while; people who ask at the same moment share one call, failures are not kept."""

    def __init__(
        self, look_up: Callable[[str], Awaitable[T]], clock: Callable[[], float], seconds: float
    ) -> None:
        self._look_up = look_up
        self._clock = clock
        self._seconds = seconds
        self._tasks: dict[str, tuple[float, asyncio.Task[T]]] = {}

    async def get(self, name: str) -> T:
        """Return a kept answer, or look it up."""
        now = self._clock()
        until, task = self._tasks.get(name, (now, None))
        if task is None or until <= now:
            self._forget_old(now)
            task = asyncio.ensure_future(self._look_up(name))
            self._tasks[name] = (now + self._seconds, task)
            task.add_done_callback(lambda done: self._drop_failed(name, done))
        return await asyncio.shield(task)

    def forget(self, name: str) -> None:
        """Look this one up again next time."""
        self._tasks.pop(name, None)

    def _drop_failed(self, name: str, done: asyncio.Task[T]) -> None:
        failed = done.cancelled() or done.exception() is not None
        if failed and self._tasks.get(name, (0, None))[1] is done:
            self.forget(name)

    def _forget_old(self, now: float) -> None:
        if len(self._tasks) >= _MOST_KEPT:
            self._tasks = {name: kept for name, kept in self._tasks.items() if kept[0] > now}


class SlackDirectory:
    """Describes people by `users.info` and `usergroups.users.list` (`bot.ports.Directory`)."""

    def __init__(
        self,
        client: AsyncWebClient,
        team_id: str,
        roles: Roles,
        *,
        clock: Callable[[], float] = time.monotonic,
        seconds: float = KEPT_SECONDS,
        patience: float = SLACK_SECONDS,
    ) -> None:
        self._client = client
        self._within = patience * ASKING
        self._team_id = team_id
        self._roles = roles
        self._locales: dict[str, str] = {}  # older than a minute is good enough for a greeting
        self._people: Kept[dict[str, Any]] = Kept(self._person, clock, seconds)
        self._members: Kept[frozenset[str]] = Kept(self._group, clock, seconds)

    async def actor(self, user_id: str, team_id: str) -> Actor:
        """Describe the person; raises `Transient` when Slack cannot say.

        `team_id` is what the payload claims; both it and Slack's own word must be this workspace.
        """
        groups = sorted(self._roles.groups)
        person, *members = await asyncio.gather(
            self._people.get(user_id), *(self._members.get(group) for group in groups)
        )
        if not person:
            return Actor(id=user_id, team=team_id, known=False)
        belongs = dict(zip(groups, members, strict=True))
        return Actor(
            id=user_id,
            team=team_id,
            deactivated=_flag(person, "deleted"),
            bot=_flag(person, "is_bot", "is_workflow_bot", "is_connector_bot") or user_id == "USLACKBOT",
            guest=_flag(person, "is_restricted", "is_ultra_restricted", "is_invited_user"),
            other_team=self._is_foreign(person, team_id),
            admin=self._is_admin(person, user_id, belongs),
            reviewer=_is_among(user_id, self._roles.reviewers, belongs),
            name=_text(person.get("real_name")),
            tz=_text(person.get("tz")),
            locale=_text(person.get("locale")),
        )

    async def person(self, user_id: str, team_id: str) -> Actor:
        """Describe the person: of delegations this directory knows nothing anyway."""
        return await self.actor(user_id, team_id)

    def locale(self, user_id: str) -> str | None:
        """Return the person's locale as last seen, without asking; None when never seen."""
        return self._locales.get(user_id)

    async def meet(self, user_id: str) -> str:
        """Return the locale, asking Slack about strangers only; raises `Transient`."""
        if user_id not in self._locales:
            self._greeted(user_id, await self._people.get(user_id))
        return self._locales[user_id]

    async def reviewers(self) -> frozenset[str]:
        """Everybody who may review, groups spelled out; raises `Transient`."""
        listed = self._roles.reviewers
        groups = [await self._members.get(one) for one in listed if one.startswith("S")]
        return frozenset(one for one in listed if not one.startswith("S")).union(*groups)

    async def by_email(self, email: str) -> str:
        """The id of the active person with this address: needs the optional scope users:read.email.

        Slack finds no deactivated people this way, so whoever was found once is remembered by id elsewhere.
        Raises `Transient` when Slack cannot say.
        """
        try:
            answer = await ask(self._client.users_lookupByEmail(email=email), within=self._within)
        except Refused:
            return ""
        person = answer.get("user")
        return _text(person.get("id")) if isinstance(person, dict) else ""

    def invalidate(self, group_id: str) -> None:
        """Forget who is in a user group: Slack says it changed."""
        self._members.forget(group_id)

    def invalidate_person(self, user_id: str) -> None:
        """Forget what Slack said of a person; the next question is asked anew."""
        self._people.forget(user_id)

    def _is_admin(self, person: dict[str, Any], user_id: str, belongs: dict[str, frozenset[str]]) -> bool:
        if self._roles.admins:
            return _is_among(user_id, self._roles.admins, belongs)
        return _flag(person, "is_admin", "is_owner", "is_primary_owner")

    def _is_foreign(self, person: dict[str, Any], team_id: str) -> bool:
        in_org = (person.get("enterprise_user") or {}).get("teams") or ()
        at_home = self._team_id in {person.get("team_id"), *in_org}
        claims_home = team_id == self._team_id or (at_home and team_id in in_org)
        return _flag(person, "is_stranger") or not at_home or not claims_home

    async def _person(self, user_id: str) -> dict[str, Any]:
        """Return Slack's user object; empty when there is no such person."""
        try:
            answer = await ask(
                self._client.users_info(user=user_id, include_locale=True), within=self._within
            )
        except Refused as error:
            if error.said in NOT_A_PERSON:
                return {}
            raise Transient(SLACK, error.said) from None
        person = answer.get("user")
        if not isinstance(person, dict) or person.get("id") != user_id:
            raise Transient(SLACK, "malformed_user")
        self._greeted(user_id, person)
        return person

    def _greeted(self, user_id: str, person: dict[str, Any]) -> None:
        if len(self._locales) >= _MOST_GREETED:
            del self._locales[next(iter(self._locales))]
        self._locales[user_id] = _text(person.get("locale"))

    async def _group(self, group_id: str) -> frozenset[str]:
        try:
            answer = await ask(self._client.usergroups_users_list(usergroup=group_id), within=self._within)
        except Refused as error:
            if error.said not in NO_GROUP:
                raise Transient(SLACK, error.said) from None
            log.warning("user_group_unusable", group=group_id, said=error.said)
            return frozenset()
        return frozenset(one for one in answer.get("users") or () if isinstance(one, str))


def _is_among(user_id: str, listed: Iterable[str], belongs: dict[str, frozenset[str]]) -> bool:
    return any(user_id == one or user_id in belongs.get(one, frozenset()) for one in listed)


def _flag(person: dict[str, Any], *names: str) -> bool:
    return any(bool(person.get(name)) for name in names)


def _text(value: Any) -> str:
    return value[:64] if isinstance(value, str) else ""


async def names_of(client: AsyncWebClient, ids: Iterable[str]) -> dict[str, str]:
    """How people call themselves in Slack; whom Slack does not name, or not now, is left out."""
    found = {}
    for one in ids:
        try:
            answer = await ask(client.users_info(user=one))
        except (Refused, Transient):
            continue
        if name := _text(answer["user"].get("real_name")):
            found[one] = name
    return found
