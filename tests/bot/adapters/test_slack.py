import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient
from structlog.testing import capture_logs

from bot.adapters.slack import SlackMessenger, SlackScreens, keep_warm, slack_client
from bot.adapters.slack_errors import PASSING, ask, from_answer
from bot.domain.errors import Refused, Transient
from bot.ports import Prepared
from tests.wait import until

CHANNEL = "C0SECURITY"
HEARD = web.AppKey("heard", list)
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "*hi*"}}]


@pytest.fixture
def messenger(client: AsyncWebClient) -> SlackMessenger:
    return SlackMessenger(client)


class TestCalling:
    """`PooledClient` asks and understands as slack_sdk does."""

    async def test_arguments_arrive_as_slack_sdk_writes_them(self, slack, client):
        own = AsyncWebClient(slack.bot_token, base_url=slack.url, retry_handlers=[])
        own.proxy = None
        for one in (client, own):
            await one.users_info(user="U0ADMIN", include_locale=True)
            await one.chat_postMessage(channel=CHANNEL, text="ü <&>", unfurl_links=False, thread_ts=None)
            await one.auth_test()
        ours, theirs = slack.calls[:3], slack.calls[3:]
        assert [(call.method, call.args) for call in ours] == [(call.method, call.args) for call in theirs]

    async def test_a_token_given_for_one_call_is_used_for_it(self, slack, client):
        assert (await client.apps_connections_open(app_token=slack.app_token))["url"].startswith("ws")
        with pytest.raises(Refused) as refused:
            await ask(client.auth_test(token="xoxb-someone-else"))
        assert refused.value.said == "invalid_auth"

    @pytest.mark.parametrize("kind", [Prepared, dict])
    async def test_a_prepared_view_opens_like_any_other(self, slack, client, kind):
        body = {
            "type": "modal",
            "title": {"type": "plain_text", "text": "Größe"},
            "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": 'say "hi"'}}],
        }
        trigger = slack.world.new_trigger("U0ADMIN")
        answer = await client.views_open(trigger_id=trigger, view=kind(body))
        assert answer["view"]["title"]["text"] == "Größe"


class TestPosting:
    async def test_a_message_has_text_blocks_and_its_mark_and_unfurls_nothing(self, slack, messenger):
        place = await messenger.post(CHANNEL, "hi", BLOCKS, mark="card:GL-7K3M9Q")
        message = slack.world.message(place.channel, place.ts)
        assert (message.text, len(message.blocks)) == ("hi", 1)
        assert message.metadata == {"event_type": "greenlight", "event_payload": {"mark": "card:GL-7K3M9Q"}}
        assert (slack.calls[-1].args["unfurl_links"], slack.calls[-1].args["unfurl_media"]) == (False, False)

    async def test_it_can_go_into_a_thread_and_be_edited_in_place(self, slack, messenger):
        card = await messenger.post(CHANNEL, "card", BLOCKS)
        reply = await messenger.post(CHANNEL, "progress", BLOCKS, thread=card)
        assert slack.world.message(CHANNEL, reply.ts).thread_ts == card.ts
        await messenger.update(card, "newer", BLOCKS)
        assert slack.world.message(CHANNEL, card.ts).text == "newer"

    async def test_a_person_is_written_to_in_their_direct_message_opened_once(self, slack, messenger):
        first = await messenger.post("U0ADMIN", "one", BLOCKS)
        await messenger.post("U0ADMIN", "two", BLOCKS)
        assert first.channel.startswith("D")
        assert [call.method for call in slack.calls].count("conversations.open") == 1
        await messenger.update(first, "edited", BLOCKS)  # Slack wants the D... id here

    async def test_nothing_is_retried_behind_our_back(self, slack, messenger):
        slack.faults.reset("chat.postMessage")
        with pytest.raises(Transient):
            await messenger.post(CHANNEL, "hi", BLOCKS)
        assert [call.method for call in slack.calls].count("chat.postMessage") == 1


class TestErrors:
    async def test_a_rate_limit_says_how_long_to_wait(self, slack, messenger):
        slack.faults.rate_limited("chat.postMessage", retry_after=7)
        with pytest.raises(Transient) as error:
            await messenger.post(CHANNEL, "hi", BLOCKS)
        assert (error.value.said, error.value.retry_after) == ("ratelimited", 7.0)

    @pytest.mark.parametrize("said", sorted(PASSING))
    async def test_what_passes_is_transient(self, slack, messenger, said):
        slack.faults.error("chat.postMessage", said)
        with pytest.raises(Transient, match=said):
            await messenger.post(CHANNEL, "hi", BLOCKS)

    @pytest.mark.parametrize(
        "said", ["not_in_channel", "channel_not_found", "is_archived", "invalid_auth", "never_seen_before"]
    )
    async def test_what_does_not_is_refused(self, slack, messenger, said):
        slack.faults.error("chat.postMessage", said)
        with pytest.raises(Refused) as error:
            await messenger.post(CHANNEL, "hi", BLOCKS)
        assert error.value.said == said

    @pytest.mark.parametrize("status", [500, 502, 503])
    async def test_a_page_instead_of_an_answer_is_transient(self, slack, messenger, status):
        slack.faults.status("chat.postMessage", status)
        with pytest.raises(Transient, match=f"http_{status}"):
            await messenger.post(CHANNEL, "hi", BLOCKS)

    def test_a_failing_server_is_believed_in_nothing_it_says(self):
        assert isinstance(from_answer(503, {}, {"ok": False, "error": "not_in_channel"}), Transient)

    @pytest.mark.parametrize("data", [None, b"<html>", {}, {"ok": False, "error": "<b>sk-secret</b>"}])
    def test_nothing_but_an_error_name_is_repeated(self, data):
        assert from_answer(200, {}, data).said == "http_200"

    @pytest.mark.parametrize("told", ["soon", "-1", "", "1e3", "٣"])
    def test_a_strange_wait_is_no_wait(self, told):
        assert from_answer(429, {"Retry-After": told}, None).retry_after is None

    @pytest.mark.parametrize("told", ["1764000000", "9" * 16, "9" * 400])
    def test_a_wait_of_years_is_one_of_an_hour(self, told: str) -> None:
        assert from_answer(429, {"Retry-After": told}, None).retry_after == 3600

    async def test_a_slack_that_hangs_is_given_up(self, slack, client):
        slack.faults.timeout("auth.test", seconds=30)
        with pytest.raises(Transient, match="timeout"):
            await ask(client.auth_test(), within=0.1)

    async def test_no_slack_at_all_is_transient_and_the_token_stays_out_of_it(self):
        async with slack_client(SecretStr("xoxb-very-secret"), "http://127.0.0.1:9/api/") as client:
            with pytest.raises(Transient, match="unreachable") as error:
                await ask(client.auth_test())
        assert "xoxb-very-secret" not in repr(error.value) + repr(error.value.__context__)


def a_server(sends_on_to: object = None) -> TestServer:
    """A server that is not Slack's, or that sends everybody on to one."""
    heard: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(request.path)
        moved = {"Location": str(sends_on_to)}
        return web.Response(status=302, headers=moved) if sends_on_to else web.Response(text="ok")

    app = web.Application()
    app[HEARD] = heard
    app.router.add_post("/{any:.*}", hear)
    return TestServer(app)


class TestPrivateWords:
    @pytest.mark.parametrize("url", ["http://example.com/x", "file:///etc/passwd", "", "https:"])
    async def test_words_for_a_person_go_nowhere_else(self, client, url):
        with pytest.raises(Refused, match="invalid_response_url"):
            await SlackScreens(client, patience=20).whisper(url, "hi")

    async def test_words_for_a_person_are_not_offered_to_another_server_nor_sent_on_to_one(self, client):
        async with a_server() as elsewhere, a_server(sends_on_to=elsewhere.make_url("/x")) as home:
            with pytest.raises(Refused, match="invalid_response_url"):
                await SlackScreens(client, patience=20).whisper(str(elsewhere.make_url("/x")), "hi")
            async with slack_client(SecretStr("xoxb-x"), f"{home.make_url('/api/')}") as ours:
                with pytest.raises((Refused, Transient), match="302"):
                    await SlackScreens(ours, patience=20).whisper(str(home.make_url("/respond")), "hi")
            assert (home.app[HEARD], elsewhere.app[HEARD]) == (["/respond"], [])

    async def test_a_used_up_address_is_refused(self, slack, client):
        url = slack.world.new_response_url(slack.base, "commands", "U0ADMIN", "C0GENERAL")
        screens = SlackScreens(client, patience=20)
        for _ in range(5):
            await screens.whisper(url, "hi")
        with pytest.raises(Refused):
            await screens.whisper(url, "once too often")
        assert len(slack.person("U0ADMIN").ephemerals()) == 5


class TestKeepingWarm:
    async def test_it_asks_again_and_again_and_survives_a_bad_moment(self, slack, client):
        slack.faults.status("auth.test", 503)
        slack.faults.error("auth.test", "token_revoked")
        with capture_logs() as logs:
            warm = asyncio.create_task(keep_warm(client, every=0.01, connections=1))
            await until(lambda: len(slack.calls) >= 5, what="five calls")
            warm.cancel()
        assert [line["said"] for line in logs] == ["http_503", "token_revoked"]

    async def test_calls_share_connections(self, slack, client):
        for _ in range(5):
            await ask(client.auth_test())
        connector = client.session.connector
        assert sum(len(found) for found in connector._conns.values()) == 1
