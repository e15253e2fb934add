"""What must be true of the Slack app before the bot says it is ready, each failure in one clear sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.slack_errors import ask
from bot.domain.errors import GreenlightError, ProviderError, Transient

SCOPES = frozenset({"commands", "chat:write", "users:read", "im:write"})
GROUP_SCOPE = "usergroups:read"
HISTORY_SCOPES = frozenset({"channels:history", "groups:history"})  # missing: a warning
FILE_SCOPE = "files:write"  # optional: the evidence pack also as files
_INVITE = "invite the bot there (/invite @Greenlight)"
_MEND = "`greenlight doctor` says where to get the right one."
BOT_TOKEN_PROBLEMS = {
    "invalid_auth": "is not valid",
    "not_authed": "is empty",
    "account_inactive": "belongs to an app that was removed",
    "token_revoked": "was revoked",
    "token_expired": "has expired",
    "not_allowed_token_type": "is not a bot token",
}
APP_TOKEN_PROBLEMS = BOT_TOKEN_PROBLEMS | {
    "not_allowed_token_type": "is not an app-level token (xapp-...)",
    "missing_scope": "lacks the scope connections:write",
    "forbidden_team": "does not belong to this workspace",
    "socket_mode_disabled": "is fine, but Socket Mode is switched off in the app's settings",
}


Found = TypeVar("Found")


class StartError(GreenlightError):
    """The bot cannot start; the text is one sentence for the operator."""


@dataclass(frozen=True)
class SlackFacts:
    """What Slack says about this installation; `warnings` are sentences for the operator."""

    team_id: str
    team_name: str
    team_domain: str
    bot_user_id: str
    bot_id: str
    enterprise_id: str | None = None
    channel_name: str = ""
    warnings: tuple[str, ...] = ()
    uploads: bool = False  # the optional scope for files was granted

    @property
    def permalink_base(self) -> str:
        """Where links to messages of this workspace begin."""
        return f"https://{self.team_domain}.slack.com/archives/"


async def preflight(
    client: AsyncWebClient,
    *,
    channel: str,
    app_token: SecretStr | None = None,
    groups: bool = False,
) -> SlackFacts:
    """Check tokens, scopes and the channel; raises `StartError`.

    `app_token` is for Socket Mode, `groups` says whether roles name user groups. The calls also open the TLS
    connection that the first click will use.
    """
    # Asked at the same time, for Slack may be far away; judged in this order.
    bot, app, where = await asyncio.gather(
        _check_bot_token(client),
        _check_app_token(client, app_token),
        _check_channel(client, channel),
        return_exceptions=True,
    )
    answer = _good(bot)
    granted = _granted(answer.headers)
    warnings = _check_scopes(granted, SCOPES | ({GROUP_SCOPE} if groups else set()))
    _good(app)
    name = _good(where)
    return SlackFacts(
        team_id=answer["team_id"],
        team_name=answer.get("team") or "",
        team_domain=_domain(answer.get("url") or ""),
        bot_user_id=answer["user_id"],
        bot_id=answer.get("bot_id") or "",
        enterprise_id=answer.get("enterprise_id"),
        channel_name=name,
        warnings=warnings,
        uploads=FILE_SCOPE in (granted or ()),
    )


def _good(found: Found | BaseException) -> Found:
    if isinstance(found, BaseException):
        raise found
    return found


async def _check_bot_token(client: AsyncWebClient) -> AsyncSlackResponse:
    try:
        answer = await ask(client.auth_test())
    except ProviderError as error:
        problem = BOT_TOKEN_PROBLEMS.get(error.said)
        told = f"SLACK_BOT_TOKEN {problem}: Slack says {error.said}; {_MEND}"
        raise StartError(told if problem else _unreachable(client, error)) from None
    if not answer.get("bot_id"):
        raise StartError("SLACK_BOT_TOKEN is not a bot token: Slack names no bot for it.")
    return answer


def _granted(headers: Mapping[str, str]) -> frozenset[str] | None:
    named = {name.lower(): value for name, value in headers.items()}.get("x-oauth-scopes")
    return None if named is None else frozenset(scope.strip() for scope in named.split(","))


def _check_scopes(granted: frozenset[str] | None, needed: frozenset[str]) -> tuple[str, ...]:
    if granted is None:
        return ("Slack did not say which scopes the bot token has, so they could not be checked.",)
    missing = sorted(needed - granted)
    if missing:
        raise StartError(
            f"The Slack app lacks the bot scopes {', '.join(missing)}: reinstall it from manifest.yml."
        )
    unread = ", ".join(sorted(HISTORY_SCOPES - granted))
    told = f"The Slack app lacks {unread}: a crash may leave a second card. Reinstall it from manifest.yml."
    return (told,) if unread else ()


async def _check_app_token(client: AsyncWebClient, token: SecretStr | None) -> None:
    if token is None:
        return
    try:
        await ask(client.apps_connections_open(app_token=token.get_secret_value()))
    except ProviderError as error:
        problem = APP_TOKEN_PROBLEMS.get(error.said)
        told = f"SLACK_APP_TOKEN {problem}: Slack says {error.said}; {_MEND}"
        raise StartError(told if problem else _unreachable(client, error)) from None


async def _check_channel(client: AsyncWebClient, channel: str) -> str:
    try:
        answer = await ask(client.conversations_info(channel=channel))
    except Transient as error:
        raise StartError(_unreachable(client, error)) from None
    except ProviderError as error:
        raise StartError(_no_channel(channel, error.said)) from None
    found: dict[str, Any] = answer["channel"]
    if problem := _channel_problem(found):
        raise StartError(f"GREENLIGHT_CHANNEL {channel} {problem}.")
    return str(found.get("name") or "")


def _channel_problem(channel: dict[str, Any]) -> str | None:
    problems = (
        ("is_archived", "is archived"),
        ("is_ext_shared", "is shared with another organization, where approvals do not belong"),
        ("is_pending_ext_shared", "is about to be shared with another organization"),
    )
    if channel.get("pending_connected_team_ids") or channel.get("pending_shared"):
        return "is about to be shared with another organization"
    found = next((words for flag, words in problems if channel.get(flag)), None)
    return found or (None if channel.get("is_member") else f"does not have the bot as a member: {_INVITE}")


def _no_channel(channel: str, said: str) -> str:
    if said == "missing_scope":
        return "The Slack app lacks the bot scopes channels:read, groups:read: update it from manifest.yml."
    if said == "channel_not_found":
        return f"GREENLIGHT_CHANNEL {channel} does not exist or is private: check the id and {_INVITE}."
    return f"GREENLIGHT_CHANNEL {channel} cannot be read: Slack says {said}."


def _unreachable(client: AsyncWebClient, error: ProviderError) -> str:
    if isinstance(error, Transient):
        return f"Slack at {client.base_url} does not answer ({error.said}); nothing was started."
    return f"Slack refuses to start this app: {error.said}."


def _domain(url: str) -> str:
    return url.removeprefix("https://").split(".", 1)[0]
