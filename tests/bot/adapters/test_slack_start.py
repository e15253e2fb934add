import pytest
from pydantic import SecretStr

from bot.adapters.slack import slack_client
from bot.adapters.slack_errors import ask
from bot.adapters.slack_start import StartError, _check_scopes, preflight
from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.server import DEFAULT_SCOPES

CHANNEL = "C0SECURITY"


async def start(slack: SlackSandbox, *, token: str = "", app_token: str = "", channel: str = CHANNEL, **more):
    async with slack_client(SecretStr(token or slack.bot_token), slack.url, patience=20) as client:
        secret = SecretStr(app_token or slack.app_token)
        return await preflight(client, channel=channel, app_token=secret, **more)


async def test_a_healthy_installation_is_described():
    async with SlackSandbox() as slack:
        facts = await start(slack, groups=True)
    assert (facts.team_id, facts.team_name, facts.bot_user_id) == ("T0GREEN", "Acme", "U0GREENBOT")
    assert facts.permalink_base == "https://acme.slack.com/archives/"
    assert (facts.channel_name, facts.warnings) == ("security", ())


@pytest.mark.parametrize(("more", "known"), [((), False), (("files:write",), True)])
async def test_the_optional_scope_for_files_is_known_from_the_start(more: tuple[str, ...], known: bool):
    async with SlackSandbox(scopes=[*DEFAULT_SCOPES, *more]) as slack:
        assert (await start(slack)).uploads is known


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"token": "xoxb-wrong"}, "SLACK_BOT_TOKEN is not valid"),
        ({"token": "xapp-1-A0GREEN-1-sandbox"}, "SLACK_BOT_TOKEN is not a bot token"),
        ({"app_token": "xapp-wrong"}, "SLACK_APP_TOKEN is not valid"),
        ({"app_token": "xoxb-sandbox-bot-token"}, "SLACK_APP_TOKEN is not an app-level token"),
        ({"channel": "C0NOWHERE"}, "does not exist or is private"),
        ({"channel": "C0GENERAL"}, "does not have the bot as a member"),
    ],
)
async def test_each_mistake_is_one_clear_sentence_without_a_token(changes, words):
    async with SlackSandbox() as slack:
        with pytest.raises(StartError, match=words) as error:
            await start(slack, **changes)
    text = str(error.value)
    assert text.endswith((".", ")"))
    assert not any(value in text for name, value in changes.items() if "token" in name)


@pytest.mark.parametrize("missing", ["chat:write", "commands", "im:write", "users:read"])
async def test_a_missing_scope_is_named(missing):
    async with SlackSandbox(scopes=set(DEFAULT_SCOPES) - {missing}) as slack:
        with pytest.raises(StartError, match=missing):
            await start(slack)


async def test_the_group_scope_is_needed_only_where_groups_are_named():
    async with SlackSandbox(scopes=set(DEFAULT_SCOPES) - {"usergroups:read"}) as slack:
        await start(slack)
        with pytest.raises(StartError, match="usergroups:read"):
            await start(slack, groups=True)


async def test_the_scope_that_reading_the_channel_needs_is_named():
    async with SlackSandbox(scopes=set(DEFAULT_SCOPES) - {"channels:read"}) as slack:
        with pytest.raises(StartError, match="channels:read"):
            await start(slack)


def test_scopes_that_slack_does_not_state_are_a_warning():
    assert "could not be checked" in _check_scopes(None, frozenset({"commands"}))[0]


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("is_ext_shared", "shared with another organization"),
        ("is_pending_ext_shared", "about to be shared"),
        ("is_archived", "is archived"),
    ],
)
async def test_a_channel_that_approvals_do_not_belong_in_is_refused(flag, words):
    async with SlackSandbox() as slack:
        setattr(slack.world.channels[CHANNEL], flag, True)
        with pytest.raises(StartError, match=words):
            await start(slack)


async def test_a_slack_that_does_not_answer_is_said_to_be_away():
    async with SlackSandbox() as slack:
        slack.faults.status("auth.test", 503)
        with pytest.raises(StartError, match="does not answer"):
            await start(slack)


async def test_the_app_token_is_not_needed_for_http():
    async with (
        SlackSandbox() as slack,
        slack_client(SecretStr(slack.bot_token), slack.url, patience=20) as client,
    ):
        await preflight(client, channel=CHANNEL)
        assert "apps.connections.open" not in [call.method for call in slack.calls]
        await ask(client.auth_test())
