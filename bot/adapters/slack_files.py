"""Slack as a place for files, with the optional scope `files:write`: in one direct message.

The way of a file: `files.getUploadURLExternal`, a POST of its bytes, `files.completeUploadExternal`.
Source: the method pages on docs.slack.dev.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import is_slacks
from bot.adapters.slack_directory import names_of
from bot.adapters.slack_errors import SLACK, ask, from_answer, translate
from bot.domain.errors import Refused


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
        await self._post(str(answer["upload_url"]), body)
        return str(answer["file_id"])

    async def _post(self, url: str, body: bytes) -> None:
        """Send the bytes; the address is good for whoever has it, so no error names it."""
        session = self._client.session
        if session is None or not is_slacks(url, self._client.base_url):
            raise Refused(SLACK, "invalid_upload_url")
        try:
            async with session.post(
                url, data=body, proxy=self._client.proxy, allow_redirects=False
            ) as answer:
                if answer.status == 200:
                    return
                failure = from_answer(answer.status, answer.headers, {"ok": False})
        except (aiohttp.ClientError, OSError) as error:
            failure = translate(error)
        raise failure
