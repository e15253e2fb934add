import asyncio
from collections.abc import AsyncIterator
from dataclasses import fields
from typing import Any

import pytest

from bot.adapters.slack_directory import Roles, SlackDirectory
from bot.domain.errors import Transient
from bot.domain.policy import Actor
from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.model import User
from tests.wait import until

TEAM = "T0GREEN"
GROUPS = Roles(admins=("S0ADMINS", "U0OUTSIDE"), reviewers=("S0SECURITY", "U0ADMIN2"))


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    async with SlackSandbox() as sandbox:
        sandbox.world.add_group("S0ADMINS", "admins", ["U0ADMIN"])
        yield sandbox


class Odd(User):
    """A person of whom Slack says something more."""

    more: dict[str, Any]

    def to_json(self, **asked: bool) -> dict[str, Any]:
        return super().to_json(**asked) | self.more


def is_odd(slack: SlackSandbox, user_id: str, **more: Any) -> None:
    known = slack.world.users[user_id]
    odd = Odd(**{one.name: getattr(known, one.name) for one in fields(known)})
    odd.more = more
    slack.world.users[user_id] = odd


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def directory(client, clock, roles: Roles = GROUPS) -> SlackDirectory:
    return SlackDirectory(client, TEAM, roles, clock=clock, patience=20)


def traits(actor: Actor) -> set[str]:
    return {name for name, value in actor if value is True} - {"known"}


class TestDescribing:
    @pytest.mark.parametrize(
        ("user", "expected"),
        [
            ("U0ADMIN", {"admin"}),
            ("U0ADMIN2", {"reviewer"}),
            ("U0REVIEW1", {"reviewer"}),
            ("U0OUTSIDE", {"admin"}),
            ("U0GUEST", {"guest"}),
            ("U0GONE", {"deactivated"}),
            ("U0BOT2", {"bot"}),
            ("U0FOREIGN", {"other_team"}),
        ],
    )
    async def test_each_trait_is_what_slack_and_the_settings_say(self, client, clock, user, expected):
        assert traits(await directory(client, clock).actor(user, TEAM)) == expected

    async def test_without_a_list_slacks_own_admins_may_request_and_nobody_may_review(self, client, clock):
        people = directory(client, clock, Roles())
        assert traits(await people.actor("U0ADMIN", TEAM)) == {"admin"}
        assert traits(await people.actor("U0REVIEW1", TEAM)) == set()

    @pytest.mark.parametrize(
        ("flag", "trait"),
        [
            ("deleted", "deactivated"),
            ("is_bot", "bot"),
            ("is_workflow_bot", "bot"),
            ("is_connector_bot", "bot"),
            ("is_restricted", "guest"),
            ("is_ultra_restricted", "guest"),
            ("is_invited_user", "guest"),
            ("is_stranger", "other_team"),
        ],
    )
    async def test_each_flag_of_slacks_alone_is_enough(self, slack, client, clock, flag, trait):
        is_odd(slack, "U0ADMIN2", **{flag: True})
        assert traits(await directory(client, clock).actor("U0ADMIN2", TEAM)) == {"reviewer", trait}

    @pytest.mark.parametrize("claimed", ["T0OTHER", "", "E0ORG"])
    async def test_a_payload_of_another_team_is_one_of_a_stranger(self, client, clock, claimed):
        assert (await directory(client, clock).actor("U0ADMIN", claimed)).other_team

    async def test_nobody_is_not_known(self, client, clock):
        assert not (await directory(client, clock).actor("U0NOBODY", TEAM)).known

    async def test_zone_and_language_are_kept(self, client, clock):
        actor = await directory(client, clock).actor("U0ADMIN2", TEAM)
        assert (actor.tz, actor.locale) == ("America/New_York", "en-US")


class TestFailingClosed:
    @pytest.mark.parametrize("method", ["users.info", "usergroups.users.list"])
    @pytest.mark.parametrize("said", ["internal_error", "invalid_auth", "account_inactive", "fatal_error"])
    async def test_when_slack_cannot_say_nobody_is_described(self, slack, client, clock, method, said):
        slack.faults.error(method, said)
        with pytest.raises(Transient):
            await directory(client, clock).actor("U0ADMIN", TEAM)

    @pytest.mark.parametrize("told", [{"id": "U0ADMIN"}, {"id": None}])
    async def test_an_answer_about_somebody_else_describes_nobody(self, slack, client, clock, told):
        is_odd(slack, "U0REVIEW1", **told)
        with pytest.raises(Transient):
            await directory(client, clock).actor("U0REVIEW1", TEAM)

    async def test_and_the_failure_is_not_remembered(self, slack, client, clock):
        people = directory(client, clock)
        slack.faults.rate_limited("users.info", retry_after=3)
        with pytest.raises(Transient) as error:
            await people.actor("U0ADMIN", TEAM)
        assert error.value.retry_after == 3
        assert (await people.actor("U0ADMIN", TEAM)).admin

    async def test_a_group_that_is_gone_has_no_members_and_listed_people_keep_their_role(
        self, slack, client, clock
    ):
        slack.world.groups["S0SECURITY"].disabled = True
        people = directory(client, clock)
        assert not (await people.actor("U0REVIEW1", TEAM)).reviewer
        assert (await people.actor("U0ADMIN2", TEAM)).reviewer


class TestKeeping:
    async def test_an_answer_is_kept_for_a_minute_and_no_longer(self, slack, client, clock):
        people = directory(client, clock)
        assert (await people.actor("U0REVIEW1", TEAM)).reviewer
        slack.world.groups["S0SECURITY"].users.remove("U0REVIEW1")
        slack.world.users["U0REVIEW1"].deleted = True
        clock.now = 59.9
        assert traits(await people.actor("U0REVIEW1", TEAM)) == {"reviewer"}
        clock.now = 60.0
        assert traits(await people.actor("U0REVIEW1", TEAM)) == {"deactivated"}

    async def test_an_invalidated_group_is_asked_anew(self, slack, client, clock):
        people = directory(client, clock)
        await people.actor("U0REVIEW1", TEAM)
        slack.world.groups["S0SECURITY"].users.remove("U0REVIEW1")
        people.invalidate("S0SECURITY")
        assert not (await people.actor("U0REVIEW1", TEAM)).reviewer

    async def test_thirty_clicks_at_once_ask_once(self, slack, client, clock):
        people = directory(client, clock)
        await asyncio.gather(*(people.actor("U0REVIEW1", TEAM) for _ in range(30)))
        assert len(slack.calls) == 3  # the person and the two groups

    async def test_somebody_who_stops_waiting_does_not_take_the_answer_from_others(
        self, slack, client, clock
    ):
        people = directory(client, clock)
        slack.faults.slow("users.info", seconds=0.1)
        first = asyncio.create_task(people.actor("U0ADMIN", TEAM))
        second = asyncio.create_task(people.actor("U0ADMIN", TEAM))
        await until(lambda: "U0ADMIN" in people._people._tasks, what="the look-up to begin")
        first.cancel()
        assert (await second).admin
