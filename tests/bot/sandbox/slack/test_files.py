"""Uploading as Slack documents it: each refusal a row, and an upload URL that takes the right bytes once."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import DEFAULT_SCOPES, SlackSandbox
from tests.bot.sandbox.slack.test_web_api import COMMON, DOCUMENTED, form, refused

BODY = b"<!doctype html>"
GET, COMPLETE = "files.getUploadURLExternal", "files.completeUploadExternal"


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    async with SlackSandbox(scopes=[*DEFAULT_SCOPES, "files:write"]) as sandbox:
        yield sandbox


async def post(url: str, body: bytes) -> int:
    async with aiohttp.ClientSession() as session, session.post(url, data=body) as answer:
        return answer.status


async def announced(client: AsyncWebClient, length: int = len(BODY)) -> tuple[str, str]:
    answer = await client.files_getUploadURLExternal(filename="a.html", length=length)
    return answer["file_id"], answer["upload_url"]


async def unsent(client: AsyncWebClient) -> list[dict[str, str]]:
    return [{"id": (await announced(client))[0]}]


async def sent(client: AsyncWebClient) -> list[dict[str, str]]:
    file_id, url = await announced(client)
    assert await post(url, BODY) == 200
    return [{"id": file_id}]


async def shared(client: AsyncWebClient) -> list[dict[str, str]]:
    files = await sent(client)
    await client.files_completeUploadExternal(files=files)
    return files


async def too_short(client: AsyncWebClient) -> list[dict[str, str]]:
    file_id, url = await announced(client, len(BODY) + 1)
    assert await post(url, BODY) == 400
    return [{"id": file_id}]


Files = Callable[[AsyncWebClient], Awaitable[Any]]
ROWS: list[tuple[str, dict[str, Any], Files | None, str]] = [
    (GET, {"filename": "a.html"}, None, "invalid_arguments"),
    (GET, {"length": 7}, None, "invalid_arguments"),
    (GET, {"filename": "a.html", "length": "seven"}, None, "invalid_arguments"),
    (GET, {"filename": "a.html", "length": "0"}, None, "missing_argument"),
    (COMPLETE, {}, None, "invalid_arguments"),
    (COMPLETE, {"files": "{no json"}, None, "invalid_arguments"),
    (COMPLETE, {"files": [{"title": "without an id"}]}, None, "invalid_arguments"),
    (COMPLETE, {"files": [{"id": "F0NOWHERE"}]}, None, "file_not_found"),
    (COMPLETE, {}, unsent, "file_not_found"),
    (COMPLETE, {}, shared, "file_not_found"),
    (COMPLETE, {}, too_short, "file_not_found"),
    (COMPLETE, {"channel_id": "D0NOWHERE"}, sent, "channel_not_found"),
    (COMPLETE, {"channel_id": "C0GENERAL"}, sent, "not_in_channel"),
]


@pytest.mark.parametrize(("method", "args", "files", "error"), ROWS)
async def test_what_slack_refuses_of_files_is_refused_with_its_word(
    slack: SlackSandbox, client: AsyncWebClient, method: str, args: dict[str, Any], files: Any, error: str
) -> None:
    given = args | ({"files": await files(client)} if files else {})
    answer = await refused(client, method, form(given))
    assert answer["error"] == error
    assert error in DOCUMENTED[method]["errors"] or error in COMMON


def test_every_refusal_of_files_in_the_code_has_its_row() -> None:
    code = (Path(__file__).parents[4] / "bot" / "sandbox" / "slack" / "files.py").read_text()
    at_the_upload_url = {"no_such_upload", "length_mismatch"}  # answered with an HTTP status only
    found = set(re.findall(r'Refusal\(\s*"(\w+)"', code)) - at_the_upload_url
    assert found <= {error for *_, error in ROWS}


async def test_a_file_that_was_sent_is_shown_in_the_conversation(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    files = await sent(client)
    im = (await client.conversations_open(users="U0REVIEW1"))["channel"]["id"]
    await client.files_completeUploadExternal(
        files=[files[0] | {"title": "A"}], channel_id=im, initial_comment="Look"
    )
    (message,) = slack.person("U0REVIEW1").dms()
    assert (message.text, message.files) == ("Look", [{"id": files[0]["id"], "title": "A"}])
    assert slack.world.uploads[files[0]["id"]].body == BODY


async def test_an_upload_url_takes_bytes_once_and_no_other_exists(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    _, url = await announced(client)
    assert [await post(url, BODY), await post(url, BODY)] == [200, 400]
    assert await post(f"{slack.base}/upload/v1/nowhere", BODY) == 400
