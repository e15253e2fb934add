"""What becomes of a message that Slack refuses: every documented error has its policy, spelled out here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.adapters.slack_errors import PASSING
from bot.domain.fates import FATES, SPEECHLESS, Fate, fate_of

DOCUMENTED = json.loads((Path(__file__).parents[1] / "sandbox/slack/documented.json").read_text())["methods"]
SAYING = ("chat.postMessage", "chat.update", "conversations.open")

THE_MESSAGE_IS_GONE = """
    message_not_found cant_update_message edit_window_closed cannot_reply_to_message thread_not_found
"""
ITS_FORM = "msg_too_long msg_blocks_too_long invalid_blocks invalid_blocks_format invalid_attachments"
THE_PERSON = "messages_tab_disabled cannot_dm_bot user_disabled user_not_found user_not_visible"
A_PERSON_HAS_TO_MEND_IT = """
    channel_not_found not_in_channel channel_is_shared is_archived is_inactive restricted_action
    restricted_action_read_only_channel restricted_action_thread_only_channel
    restricted_action_non_threadable_channel restricted_action_thread_locked posting_to_channel_denied
    app_access_restricted missing_scope no_permission access_denied ekm_access_denied
    team_access_not_granted enterprise_is_restricted
"""
THE_TOKEN = "token_revoked token_expired account_inactive invalid_auth not_authed"  # the same, but speechless
RETRIED = """
    ratelimited rate_limited message_limit_exceeded request_timeout service_unavailable internal_error
    fatal_error team_added_to_org org_login_required accesslimited external_channel_migrating update_failed
"""
# Only a defect of ours could cause these: a dead letter, which the auditor reports.
OURS = """
    as_user_not_supported attachment_payload_limit_exceeded draft_already_deleted draft_already_sent
    draft_has_conflict draft_not_found duplicate_channel_not_found duplicate_message_not_found
    invalid_metadata_format invalid_metadata_schema markdown_text_conflict metadata_must_be_sent_from_app
    metadata_too_large missing_file_data no_text send_on_behalf_not_allowed
    slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked
    slack_connect_lists_sharing_blocked team_not_found too_many_attachments too_many_contact_cards
    block_mismatch blocked_file_type cant_broadcast_message file_deleted file_is_deleted file_not_found
    file_share_limit_reached max_file_sharing_exceeded no_dual_broadcast_content_update
    slack_connect_blocked_file_type slack_connect_clip_sharing_blocked
    slack_connect_file_upload_sharing_blocked streaming_state_conflict unable_to_share_files
    invalid_user_combination method_not_supported_for_channel_type not_enough_users too_many_users
    users_list_not_supplied something_new
"""
POLICIES = {
    Fate.ANEW: THE_MESSAGE_IS_GONE,
    Fate.PLAIN: ITS_FORM,
    Fate.DROP: THE_PERSON,
    Fate.HOLD: A_PERSON_HAS_TO_MEND_IT + THE_TOKEN,
    Fate.BURY: OURS,
}


@pytest.mark.parametrize(("said", "fate"), [(said, fate) for fate in Fate for said in POLICIES[fate].split()])
def test_each_error_has_its_policy(said: str, fate: Fate) -> None:
    assert fate_of(said) is fate


@pytest.mark.parametrize("said", RETRIED.split())
def test_what_passes_is_tried_again_and_never_judged(said: str) -> None:
    assert said in PASSING
    assert said not in FATES


@pytest.mark.parametrize("method", SAYING)
def test_every_error_that_slack_documents_was_thought_of(method: str) -> None:
    thought_of = {said for names in (*POLICIES.values(), RETRIED) for said in names.split()}
    assert set(DOCUMENTED[method]["errors"]) - thought_of == set()
    assert set(FATES) <= thought_of


def test_in_a_direct_message_an_unknown_channel_is_a_person_who_cannot_be_reached() -> None:
    assert fate_of("channel_not_found", direct=True) is Fate.DROP
    assert fate_of("is_archived", direct=True) is Fate.HOLD


def test_slack_is_not_used_to_say_that_slack_cannot_be_used() -> None:
    assert set(THE_TOKEN.split()) == SPEECHLESS
