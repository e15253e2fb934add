"""How people are called on a page, where a mention would be only an id."""

from __future__ import annotations

from bot.domain.errors import ProviderError
from bot.ports import Directory


async def called(directory: Directory, user: str, team: str) -> str:
    """Return a person's name for a page; their id where Slack does not say it, or not now."""
    try:
        return (await directory.actor(user, team)).name or user
    except ProviderError:
        return user
