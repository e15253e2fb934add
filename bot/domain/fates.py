"""What becomes of a message that Slack refuses: one table, a policy per error name.

Source of the names: the error lists of chat.postMessage, chat.update and conversations.open on
docs.slack.dev. A renamed channel is no error: the bot knows channels by id. A name that is not here is buried
as a dead letter, which the auditor reports.
"""

from __future__ import annotations

from enum import StrEnum


class Fate(StrEnum):
    """The policies."""

    ANEW = "anew"  # the message is gone: post it again
    PLAIN = "plain"  # Slack dislikes its form: say the same as plain text
    DROP = "drop"  # this person cannot be reached: say so in the card's thread, once
    HOLD = "hold"  # a person must mend something: keep the work, tell the operators, try again
    BURY = "bury"  # nobody foresaw it: a dead letter


FATES: dict[str, Fate] = {
    # the message
    "message_not_found": Fate.ANEW,
    "cant_update_message": Fate.ANEW,
    "edit_window_closed": Fate.ANEW,
    "cannot_reply_to_message": Fate.ANEW,
    "thread_not_found": Fate.ANEW,
    # its form
    "msg_too_long": Fate.PLAIN,
    "msg_blocks_too_long": Fate.PLAIN,
    "invalid_blocks": Fate.PLAIN,
    "invalid_blocks_format": Fate.PLAIN,
    "invalid_attachments": Fate.PLAIN,
    # the person
    "messages_tab_disabled": Fate.DROP,
    "cannot_dm_bot": Fate.DROP,
    "user_disabled": Fate.DROP,
    "user_not_found": Fate.DROP,
    "user_not_visible": Fate.DROP,
    # the channel
    "channel_not_found": Fate.HOLD,
    "not_in_channel": Fate.HOLD,
    "channel_is_shared": Fate.HOLD,  # ours: strangers would read it (bot.adapters.slack_channel)
    "is_archived": Fate.HOLD,
    "is_inactive": Fate.HOLD,
    "restricted_action": Fate.HOLD,
    "restricted_action_read_only_channel": Fate.HOLD,
    "restricted_action_thread_only_channel": Fate.HOLD,
    "restricted_action_non_threadable_channel": Fate.HOLD,
    "restricted_action_thread_locked": Fate.HOLD,
    "posting_to_channel_denied": Fate.HOLD,
    # the app
    "token_revoked": Fate.HOLD,
    "token_expired": Fate.HOLD,
    "account_inactive": Fate.HOLD,
    "invalid_auth": Fate.HOLD,
    "not_authed": Fate.HOLD,
    "missing_scope": Fate.HOLD,
    "no_permission": Fate.HOLD,
    "access_denied": Fate.HOLD,
    "app_access_restricted": Fate.HOLD,
    "ekm_access_denied": Fate.HOLD,
    "team_access_not_granted": Fate.HOLD,
    "enterprise_is_restricted": Fate.HOLD,
}

# With these Slack cannot be used to tell anybody anything: the log and the metric have to do.
SPEECHLESS = frozenset({"token_revoked", "token_expired", "account_inactive", "invalid_auth", "not_authed"})


def fate_of(said: str, *, direct: bool = False) -> Fate:
    """The policy for Slack's error; in a direct message an unknown channel means an unreachable person."""
    if direct and said == "channel_not_found":
        return Fate.DROP
    return FATES.get(said, Fate.BURY)
