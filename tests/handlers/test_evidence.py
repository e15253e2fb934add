"""The button "Evidence pack": a summary for everybody who may, and the files where the token may upload."""

import json

import pytest

from bot.domain.audit import Entry, flaws
from bot.sandbox.slack import DEFAULT_SCOPES
from bot.sandbox.slack.render import text_of
from tests.handlers.conftest import AT_NETSKOPE, KEY, House
from tests.search import leaks

granted = pytest.mark.parametrize("scopes", [(*DEFAULT_SCOPES, "files:write")], ids=["files:write"])
SENT = "Both files (HTML and JSON) are in your direct message"


async def press(house: House, user: str = "U0REVIEW1") -> str:
    request = await house.opened(*AT_NETSKOPE)
    delivery = await house.person(user).click(await house.show_card(request), "Evidence pack")
    assert delivery.acked
    return request.id


def uploaded(house: House, user: str) -> dict[str, bytes]:
    """What is in this person's direct message, by name."""
    files = [one for message in house.person(user).dms() for one in message.files]
    return {one["title"]: house.slack.world.uploads[one["id"]].body or b"" for one in files}


async def test_without_the_scope_nothing_is_uploaded_and_the_scope_is_named(house: House):
    request_id = await press(house)
    await house.told(
        house.person("U0REVIEW1"),
        "Evidence of",
        f"greenlight requests export {request_id}",
        "optional Slack scope `files:write`",
    )
    assert not [method for method in house.methods() if method.startswith("files.")]


@granted
async def test_with_the_scope_both_files_are_in_the_reviewers_own_direct_message(house: House):
    request_id = await press(house)
    reviewer = house.person("U0REVIEW1")
    await house.told(reviewer, "Evidence of", "the chain is intact", SENT)
    files = uploaded(house, "U0REVIEW1")
    assert set(files) == {f"{request_id}.html", f"{request_id}.json"}
    pack = json.loads(files[f"{request_id}.json"])
    entries = [Entry.model_validate(one) for one in pack["chain"]["entries"]]
    assert flaws(entries, pack["chain"]["head"], b"audit", pack["chain"]["length"]) == []
    page = files[f"{request_id}.html"].decode()
    assert pack["chain"]["head"] in page
    assert reviewer.id in page
    others = {message.channel for message in house.slack.world.posted if message.files}
    assert others == {house.slack.world.im("U0REVIEW1").id}


@granted
async def test_no_secret_is_in_the_uploaded_bytes_nor_in_what_is_said(house: House):
    await press(house)
    told = await house.told(house.person("U0REVIEW1"), SENT)
    files = uploaded(house, "U0REVIEW1")
    everything = b"".join(files.values()) + told.encode()
    assert KEY[-4:].encode() in everything  # the search would find something
    slack = house.slack
    secrets = {"key": KEY, "bot": slack.bot_token, "app": slack.app_token, "signing": slack.signing_secret}
    assert leaks(secrets, [("pack", everything)]) == []


@granted
@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
async def test_what_slack_refuses_is_said_to_the_clicker_alone_with_the_summary(house: House, method: str):
    house.slack.faults.error(method, "file_uploads_disabled")
    await press(house)
    reviewer = house.person("U0REVIEW1")
    told = await house.told(reviewer, "Evidence of", "could not be sent to you", "requests export")
    assert SENT not in told
    assert uploaded(house, "U0REVIEW1") == {}
    assert [text_of(one) for one in house.person("U0REVIEW2").ephemerals()] == []


@granted
async def test_a_slow_upload_does_not_keep_the_click_waiting(house: House):
    house.slack.faults.slow("upload", seconds=1)
    request_id = await press(house)  # back as soon as the click is acknowledged
    assert uploaded(house, "U0REVIEW1") == {}
    await house.told(house.person("U0REVIEW1"), SENT)
    assert f"{request_id}.html" in uploaded(house, "U0REVIEW1")


@granted
async def test_nobody_but_reviewers_gets_a_file(house: House):
    await press(house, "U0OUTSIDE")
    await house.told(house.person("U0OUTSIDE"), "Only reviewers")
    assert not [method for method in house.methods() if method.startswith("files.")]
