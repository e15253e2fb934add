"""What the people who run the bot read when something needs their hands."""

from __future__ import annotations

from collections.abc import Mapping

from bot.views import blocks as b
from bot.views.blocks import Message
from bot.views.language import say

REMEDIES = {
    "not_in_channel": "Invite it there again: /invite @Greenlight.",
    "channel_not_found": "Check GREENLIGHT_CHANNEL, and invite the bot if the channel is private.",
    "is_archived": "Unarchive the channel, or set GREENLIGHT_CHANNEL to another one.",
    "is_inactive": "Unarchive the channel, or set GREENLIGHT_CHANNEL to another one.",
    "channel_is_shared": "The security channel is shared with another organization: end that, or set "
    "GREENLIGHT_CHANNEL to another one.",
    "missing_scope": "Reinstall the app from manifest.yml.",
}
WORDS = {
    "idle": "open requests had no step due; scheduled again",
    "overdue": "steps are long overdue: is a bot running?",
    "unshown": "cards do not show the present state; scheduled again",
    "keys": "keys of ended requests were still stored; destroyed now",
    "clock": "the clocks of bot and Redis differ by more than ten seconds",
    "rounds": "the rounds that remind people had stopped; started again",
    "chain": "flaws in the record of delegations and of work on the key set; "
    "`greenlight audit verify` lists them",
    "dead": "steps were given up; `greenlight requests repair` posts a card anew",
}


def slack_refuses(said: str) -> Message:
    """Say that messages wait because of a refusal, and how to mend it."""
    remedy = say(REMEDIES.get(said, "The operator of this bot finds more in its log."))
    text = say(
        "Greenlight cannot post its messages: Slack says {said}. {remedy} Nothing is lost; "
        "messages wait and are posted when this is mended.",
        said=b.code(said),
        remedy=remedy,
    )
    return b.message(text, [b.section(text)])


def found_wrong(troubles: Mapping[str, int]) -> Message:
    """Report what the auditor found, by kind and number."""
    lines = [f"• {count}: {say(WORDS.get(kind, kind))}" for kind, count in sorted(troubles.items())]
    text = say("Greenlight checked itself and found something wrong:") + "\n" + "\n".join(lines)
    return b.message(text, [b.section(text)])


def unreachable(user: str, said: str) -> Message:
    """Say that a person takes no direct messages, in the card's thread."""
    text = say(
        "{who}: I could not send you a direct message (Slack says {said}). {command} shows what is next.",
        who=b.mention(user),
        said=b.code(said),
        command=b.code("/greenlight status"),
    )
    return b.message(text, [b.section(text)])
