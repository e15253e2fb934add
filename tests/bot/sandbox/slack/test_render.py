import pytest

from bot.sandbox.slack import SlackSandbox, text_of
from bot.sandbox.slack.render import plain
from tests.bot.sandbox.slack.tiny_bot import CARD_WITH_IDS, FORM


@pytest.mark.parametrize(
    ("mrkdwn", "read"),
    [
        ("*bold* and _soft_ and ~gone~", "bold and soft and gone"),
        ("snake_case_name 2*3*4", "snake_case_name 2*3*4"),
        ("<https://x.example/a|the page>", "the page (https://x.example/a)"),
        ("<https://x.example>", "https://x.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<@U0ADMIN> in <#C0SECURITY|security>, <!here>", "@Alice in #security, @here"),
        ("<!date^1800000000^{date}|15 Jan>", "15 Jan"),
        (":white_check_mark: done :unheard_of:", "✅ done :unheard_of:"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
    ],
)
def test_mrkdwn_is_read_without_its_marks(mrkdwn: str, read: str) -> None:
    assert plain(mrkdwn, {"U0ADMIN": "Alice"}) == read


async def test_a_message_is_read_with_its_buttons(slack: SlackSandbox) -> None:
    message = slack.world.post("C0SECURITY", slack.bot_user_id, "short", blocks=CARD_WITH_IDS)
    assert text_of(message) == "A request\n[Approve] [Details]"
    slack.world.edit(message, blocks=[])
    assert text_of(message) == "short"


async def test_a_modal_is_read_with_what_was_typed_and_what_is_wrong(slack: SlackSandbox) -> None:
    view = slack.world.open_view("U0ADMIN", FORM)
    slack.person("U0ADMIN").fill({"Workspace ID": "w-1"})
    view.errors = {"workspace": "Not an id"}
    assert text_of(view).splitlines() == [
        "== Connect ChatGPT ==",
        "Workspace ID: w-1",
        "    ! Not an id",
        "Administrator email (optional): ____",
        "Requested scope: ____  [Read | Both]",
        "[Explain]",
        "[Never mind] [Send]",
    ]


async def test_what_is_not_known_is_shown_as_json_and_never_as_nothing(slack: SlackSandbox) -> None:
    message = slack.world.post(
        "C0SECURITY", slack.bot_user_id, "x", blocks=[{"type": "rich_text", "elements": []}]
    )
    assert text_of(message) == '{"type": "rich_text", "elements": []}'
