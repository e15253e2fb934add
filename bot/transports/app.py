"""The Bolt app as both transports need it: verified before, authorised from what the start-up check found."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import structlog
from slack_bolt import BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient
from yarl import query_to_pairs

from bot import metrics, tracing
from bot.adapters.slack_start import SlackFacts
from bot.log import place
from bot.transports.named import NamedApp

log = structlog.get_logger(__name__)


@contextmanager
def delivered(kind: str) -> Iterator[None]:
    """Measure one delivery of Slack's from its arrival until its answer was handed over."""
    began = time.perf_counter()
    with tracing.span(f"slack {kind}"):
        yield
    metrics.ACK_SECONDS.labels(kind).observe(time.perf_counter() - began)


async def dispatch(
    app: NamedApp,
    body: str | dict[str, Any],
    headers: dict[str, Any],
    mode: Literal["http", "socket_mode"],
) -> BoltResponse:
    """Hand one payload to the listeners; one that nobody can even read is taken note of and answered."""
    try:
        answered = await app.answer(_read(body) if isinstance(body, str) else body)
        if answered is not None:
            return answered
        request = AsyncBoltRequest(body=body, headers=headers, mode=mode)
        if not _is_shaped(request.body):
            log.warning("unreadable_payload", error="shape")
            return BoltResponse(status=200)
        return await app.async_dispatch(request)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        log.warning("unreadable_payload", error=type(error).__name__, at=place(error))
        return BoltResponse(status=200)


def _read(body: str) -> dict[str, Any]:
    """Read a form of Slack's; empty for JSON, which are events: those are for Bolt.

    yarl's reader gives what `urllib.parse.parse_qsl` gives, in a third of its time.
    """
    if body.startswith("{"):
        return {}
    fields: dict[str, Any] = dict(query_to_pairs(body))
    payload = fields.get("payload")
    found = fields if payload is None else json.loads(payload)
    return found if isinstance(found, dict) else {}


def _is_shaped(body: Mapping[str, Any]) -> bool:
    """Whether the parts are there by which Bolt finds a listener: it takes their shape for granted."""
    kind = body.get("type")
    if not isinstance(body.get("event", {}), Mapping):  # read in every payload, whatever its type
        return False
    if kind == "event_callback":
        return isinstance(_part(body, "event").get("type"), str)
    if kind == "block_actions":
        actions = body.get("actions")
        if not isinstance(actions, list) or not actions:
            return False
        return all(isinstance(one, Mapping) and _is_text(one, "action_id") for one in actions)
    if kind in ("view_submission", "view_closed"):
        return _is_text(_part(body, "view"), "callback_id")
    if kind in ("shortcut", "message_action"):
        return _is_text(body, "callback_id")
    return isinstance(kind, str) or (kind is None and isinstance(body.get("command", ""), str))


def _part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def _is_text(part: Mapping[str, Any], name: str) -> bool:
    return isinstance(part.get(name), str)


def bolt_app(client: AsyncWebClient, facts: SlackFacts) -> NamedApp:
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

    logger = logging.getLogger("slack_bolt.greenlight")
    # Errors only while it is made: Bolt finds SLACK_BOT_TOKEN in the environment and warns of not using it.
    logger.setLevel(logging.ERROR)
    app = NamedApp(
        name="greenlight",
        logger=logger,
        client=AsyncWebClient(base_url=client.base_url, session=client.session, retry_handlers=[]),
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        raise_error_for_unhandled_request=True,
    )
    logger.setLevel(logging.WARNING)
    return app
