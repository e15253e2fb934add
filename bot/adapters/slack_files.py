"""Slack as a place for files, with the optional scope `files:write`: in one direct message.

The way of a file: `files.getUploadURLExternal`, a POST of its bytes, `files.completeUploadExternal`.
Source: the method pages on docs.slack.dev.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import send_to
from bot.adapters.slack_directory import names_of
from bot.adapters.slack_errors import ask


class SlackUploads:
    """Uploads files (`handlers.doorstep.Uploads`)."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def names(self, ids: Sequence[str]) -> Mapping[str, str]:
        """How these people are called; whom Slack does not name is left out."""
        return await names_of(self._client, ids)

    async def share(self, user_id: str, files: Mapping[str, bytes], said: str) -> None:
        """Upload all files, then show them together, so that half a pack is never seen."""
        opened = await ask(self._client.conversations_open(users=user_id))
        uploaded: list[dict[str, str | None]] = [
            {"id": await self._upload(name, body), "title": name} for name, body in files.items()
        ]
        await ask(
            self._client.files_completeUploadExternal(
                files=uploaded, channel_id=opened["channel"]["id"], initial_comment=said
            )
        )

    async def _upload(self, name: str, body: bytes) -> str:
        answer = await ask(self._client.files_getUploadURLExternal(filename=name, length=len(body)))
        await send_to(self._client, str(answer["upload_url"]), "invalid_upload_url", data=body)
        return str(answer["file_id"])
