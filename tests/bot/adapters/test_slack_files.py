"""Files for one person: all of them at once or none, and no error names an upload URL."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bot.adapters.slack import slack_client
from bot.adapters.slack_files import SlackUploads
from bot.domain.errors import ProviderError, Refused, Transient
from bot.sandbox.slack import DEFAULT_SCOPES, SlackSandbox

PACK = {"GL-1.html": "<p>ü</p>".encode(), "GL-1.json": b"{}"}


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    async with SlackSandbox(scopes=[*DEFAULT_SCOPES, "files:write"]) as sandbox:
        yield sandbox


@pytest.fixture
async def uploads(slack: SlackSandbox) -> AsyncIterator[SlackUploads]:
    async with slack_client(SecretStr(slack.bot_token), slack.url, patience=20) as client:
        yield SlackUploads(client)


async def test_all_files_arrive_in_one_message_as_they_are(slack: SlackSandbox, uploads: SlackUploads):
    await uploads.share("U0REVIEW1", PACK, "Here")
    (message,) = slack.person("U0REVIEW1").dms()
    assert message.text == "Here"
    found = {one["title"]: slack.world.uploads[one["id"]].body for one in message.files}
    assert found == PACK


@pytest.mark.parametrize(
    ("method", "status", "kind"),
    [("upload", 500, Transient), ("files.getUploadURLExternal", 503, Transient)],
)
async def test_when_one_file_fails_nothing_is_shown(
    slack: SlackSandbox, uploads: SlackUploads, method: str, status: int, kind: type[ProviderError]
):
    slack.faults.status(method, status)
    with pytest.raises(kind) as caught:
        await uploads.share("U0REVIEW1", PACK, "Here")
    assert slack.person("U0REVIEW1").dms() == []
    assert "upload/v1" not in repr(caught.value)


async def test_bytes_never_leave_for_an_address_that_is_not_slacks(
    slack: SlackSandbox, uploads: SlackUploads
):
    slack.world.base = "http://elsewhere.example"
    with pytest.raises(Refused, match="invalid_upload_url"):
        await uploads.share("U0REVIEW1", PACK, "Here")
    assert [call.method for call in slack.calls if call.method == "upload"] == []


async def test_a_person_who_is_gone_is_refused(uploads: SlackUploads):
    with pytest.raises(Refused, match="user_disabled"):
        await uploads.share("U0GONE", PACK, "Here")
