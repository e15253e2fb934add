"""The Bolt app as both transports need it: verified before, authorised from what the start-up check found."""

from __future__ import annotations

import logging

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_start import SlackFacts


def bolt_app(client: AsyncWebClient, facts: SlackFacts) -> AsyncApp:
    """Return an app whose first request costs no call to Slack.

    The answer to Slack goes out when the listener returns; signatures were checked by the transport; who may
    do what is decided per click, so the installation is the same for every payload.
    """
    installation = AuthorizeResult(
        enterprise_id=facts.enterprise_id,
        team_id=facts.team_id,
        bot_user_id=facts.bot_user_id,
        bot_id=facts.bot_id,
        bot_token=client.token,
    )

    async def authorize() -> AuthorizeResult:
        return installation

    return AsyncApp(
        name="greenlight",
        logger=logging.getLogger("slack_bolt"),
        client=AsyncWebClient(base_url=client.base_url, session=client.session, retry_handlers=[]),
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        raise_error_for_unhandled_request=True,
    )
