"""What Slack's refusals and the network's failures mean for us: one table, used by every call to Slack.

Source of the names: the error lists of the Web API methods on docs.slack.dev.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import metrics, tracing
from bot.domain.errors import ProviderError, Refused, Transient

SLACK = "slack"
CALL_SECONDS = 10.0
LONGEST_WAIT = 3600.0  # Slack names seconds; a proxy in between has named dates
_NAME = re.compile(r"[a-z][a-z0-9_]{1,60}")

# Everything Slack says that is not here will be said again tomorrow: `Refused`.
PASSING = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
        "request_timeout",
        "service_unavailable",
        "internal_error",
        "fatal_error",
        "team_added_to_org",
        "org_login_required",
        "accesslimited",
        "external_channel_migrating",
        "hash_conflict",
        "update_failed",
    }
)


async def ask(call: Awaitable[AsyncSlackResponse], *, within: float = CALL_SECONDS) -> AsyncSlackResponse:
    """Await one Web API call for at most `within` seconds; raises `Transient` or `Refused` only."""
    method = _method(call)
    metrics.SLACK_CALLS.labels(method).inc()
    try:
        with tracing.span(method):
            async with asyncio.timeout(within):
                return await call
    except (SlackClientError, aiohttp.ClientError, OSError, UnicodeDecodeError) as error:
        failure = translate(error)
    metrics.SLACK_ERRORS.labels(method, failure.said).inc()
    raise failure  # outside the handler: Slack's answer stays out of the traceback


def _method(call: Awaitable[AsyncSlackResponse]) -> str:
    """The Web API method of slack_sdk's coroutine: `chat_postMessage` is `chat.postMessage`."""
    return str(getattr(call, "__name__", "unknown")).replace("_", ".")


def translate(error: Exception) -> ProviderError:
    """Return our error for a foreign one; only Slack's own error name is repeated."""
    response = getattr(error, "response", None)
    if response is None:
        return Transient(SLACK, "timeout" if isinstance(error, TimeoutError) else "unreachable")
    # slack_sdk hands over its own response, or aiohttp's when the body was no JSON.
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    return from_answer(status, getattr(response, "headers", {}), getattr(response, "data", None))


def from_answer(status: int, headers: Mapping[str, str], data: Any) -> ProviderError:
    """Return our error for an answer that is not ok."""
    said = _said(status, data)
    if status == 429 or status >= 500 or said in PASSING:
        return Transient(SLACK, said, _wait(headers))
    if not isinstance(data, dict) or "ok" not in data:  # a proxy's page is no answer of Slack
        return Transient(SLACK, said)
    return Refused(SLACK, said)


def _said(status: int, data: Any) -> str:
    name = data.get("error") if isinstance(data, dict) else None
    return name if isinstance(name, str) and _NAME.fullmatch(name) else f"http_{status}"


def _wait(headers: Mapping[str, str]) -> float | None:
    named = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    return min(float(named), LONGEST_WAIT) if str(named).isascii() and str(named).isdigit() else None
