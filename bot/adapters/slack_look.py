"""A look at the Slack app for the doctor: tokens, scopes, channel, people and groups; nothing is changed.

`say_hello` is the one exception, and only when an operator asks for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_errors import ask
from bot.doctor.seen import ChannelSeen, GroupSeen, PersonSeen, SlackSeen
from bot.domain.errors import ProviderError, Transient

MOST_PEOPLE = 50  # users.info is good for about a hundred a minute


async def look_at_slack(
    client: AsyncWebClient, *, app_token: SecretStr | None, channel: str | None, ids: Sequence[str]
) -> SlackSeen:
    """Ask Slack about the app and whom the settings name; failures are part of the answer.

    People are looked at in the order of `ids` (a group stands for its members), no more than `MOST_PEOPLE`.
    """
    try:
        answer = await ask(client.auth_test())
    except ProviderError as error:
        return SlackSeen(client.base_url, error=error.said, unreachable=isinstance(error, Transient))
    headers = {name.lower(): value for name, value in answer.headers.items()}
    app_error, seen_channel, groups = await asyncio.gather(
        _app_error(client, app_token),
        _channel(client, channel),
        _all(client, sorted({one for one in ids if one.startswith("S")})),
    )
    people = _in_order(ids, groups)
    known = await asyncio.gather(*(_person(client, one) for one in people[:MOST_PEOPLE]))
    return SlackSeen(
        client.base_url,
        team=answer.get("team_id") or "",
        team_name=answer.get("team") or "",
        is_bot=bool(answer.get("bot_id")),
        scopes=_scopes(headers),
        date=_date(headers),
        app_error=app_error,
        channel=seen_channel,
        people={one.id: one for one in known},
        not_looked_at=frozenset(people[MOST_PEOPLE:]),
        groups=groups,
    )


def _in_order(ids: Sequence[str], groups: Mapping[str, GroupSeen]) -> list[str]:
    named = (groups[one].members if one.startswith("S") else (one,) for one in ids)
    return list(dict.fromkeys(one for some in named for one in sorted(some)))


async def say_hello(client: AsyncWebClient, user_id: str) -> str:
    """Send one direct message; return "" when it was delivered, or Slack's error."""
    text = "Hello from `greenlight doctor`: direct messages work."
    try:
        opened = await ask(client.conversations_open(users=user_id))
        await ask(client.chat_postMessage(channel=opened["channel"]["id"], text=text))
    except ProviderError as error:
        return error.said
    return ""


def _scopes(headers: Mapping[str, str]) -> frozenset[str] | None:
    named = headers.get("x-oauth-scopes")
    return None if named is None else frozenset(one.strip() for one in named.split(",") if one.strip())


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        return parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
    except (TypeError, ValueError):
        return None


async def _app_error(client: AsyncWebClient, token: SecretStr | None) -> str | None:
    if token is None:
        return None
    try:
        await ask(client.apps_connections_open(app_token=token.get_secret_value()))
    except ProviderError as error:
        return error.said
    return None


async def _channel(client: AsyncWebClient, channel: str | None) -> ChannelSeen | None:
    if channel is None:
        return None
    try:
        found: dict[str, Any] = (await ask(client.conversations_info(channel=channel)))["channel"]
    except ProviderError as error:
        return ChannelSeen(channel, error=error.said)
    pending = ("is_pending_ext_shared", "pending_connected_team_ids", "pending_shared")
    return ChannelSeen(
        channel,
        name=str(found.get("name") or ""),
        member=bool(found.get("is_member")),
        archived=bool(found.get("is_archived")),
        shared=bool(found.get("is_ext_shared")),
        about_to_be_shared=any(found.get(flag) for flag in pending),
    )


async def _all(client: AsyncWebClient, groups: list[str]) -> dict[str, GroupSeen]:
    return {one.id: one for one in await asyncio.gather(*(_group(client, group) for group in groups))}


async def _group(client: AsyncWebClient, group: str) -> GroupSeen:
    try:
        answer = await ask(client.usergroups_users_list(usergroup=group))
    except ProviderError as error:
        return GroupSeen(group, error=error.said)
    return GroupSeen(group, members=tuple(one for one in answer.get("users") or () if isinstance(one, str)))


async def _person(client: AsyncWebClient, user_id: str) -> PersonSeen:
    try:
        person: dict[str, Any] = (await ask(client.users_info(user=user_id)))["user"]
    except ProviderError as error:
        return PersonSeen(user_id, error=error.said)
    guest = any(person.get(flag) for flag in ("is_restricted", "is_ultra_restricted", "is_stranger"))
    return PersonSeen(user_id, "", bool(person.get("deleted")), bool(person.get("is_bot")), guest)
