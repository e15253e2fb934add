"""Slack as a place to say and show things, over one session whose connections stay warm."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.egress import Egress, GuardedConnector
from bot.adapters.slack_client import PooledClient
from bot.adapters.slack_errors import SLACK, ask, from_answer, translate
from bot.domain.errors import ProviderError, Refused, Transient
from bot.domain.pace import ANSWERING, SLACK_SECONDS
from bot.domain.request import Place
from bot.ports import Blocks

MARK_TYPE = "greenlight"
HISTORY_PAGES = 5
WARM_SECONDS = 25.0
KEEPALIVE_SECONDS = 90.0  # must exceed WARM_SECONDS, or every click pays for a new TLS connection
TOTAL_SECONDS, CONNECT_SECONDS = 10.0, 4.0  # for a call, and for its connection

log = structlog.get_logger(__name__)


@asynccontextmanager
async def slack_client(
    token: SecretStr | None,
    base_url: str,
    *,
    private_hosts: Collection[str] = (),
    patience: float = SLACK_SECONDS,
) -> AsyncIterator[AsyncWebClient]:
    """Open the one client that everybody shares; it never retries by itself, our schedule does.

    With a local Slack that has more `patience` than Slack has, so have its calls.
    """
    share = patience / SLACK_SECONDS
    timeout = aiohttp.ClientTimeout(total=TOTAL_SECONDS * share, sock_connect=CONNECT_SECONDS * share)
    connector = GuardedConnector(
        Egress(private_hosts),
        limit=40,
        ttl_dns_cache=300,
        keepalive_timeout=KEEPALIVE_SECONDS,
    )
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        client = PooledClient(
            token=token.get_secret_value() if token else None,
            base_url=base_url,
            session=session,
            retry_handlers=[],
        )
        if urlsplit(base_url).hostname in {"127.0.0.1", "localhost", "::1"}:
            client.proxy = None  # slack_sdk takes HTTPS_PROXY even for this machine
        yield client


async def keep_warm(client: AsyncWebClient, *, every: float = WARM_SECONDS, connections: int = 2) -> None:
    """Call Slack now and then, for ever: the first click after a silence then pays one round trip, not three.

    `auth.test` is cheap, unlimited in practice, and a token that was revoked shows up in the log.
    """
    while True:
        # Not at once: the start-up check has just warmed a connection for the first click.
        await asyncio.sleep(every)
        calls = (ask(client.auth_test()) for _ in range(connections))
        for found in await asyncio.gather(*calls, return_exceptions=True):
            if isinstance(found, ProviderError):
                log.warning("slack_unwell", said=found.said)
            elif isinstance(found, BaseException):
                raise found


class SlackMessenger:
    """Posts and edits messages (`bot.ports.Messenger`)."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._direct: dict[str, str] = {}
        self._unreadable: set[str] = set()

    async def post(
        self, channel: str, text: str, blocks: Blocks, *, thread: Place | None = None, mark: str = ""
    ) -> Place:
        """Post to a channel or, by user id, to a person; return where the message is."""
        metadata = {"event_type": MARK_TYPE, "event_payload": {"mark": mark}} if mark else None
        where = await self._conversation(channel)
        answer = await ask(
            self._client.chat_postMessage(
                channel=where,
                text=text,
                blocks=list(blocks),
                thread_ts=thread.ts if thread else None,
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
            )
        )
        return Place(channel=answer["channel"], ts=answer["ts"])

    async def update(self, place: Place, text: str, blocks: Blocks) -> None:
        """Edit a message in place."""
        await ask(
            self._client.chat_update(channel=place.channel, ts=place.ts, text=text, blocks=list(blocks))
        )

    async def find(self, channel: str, mark: str, *, since: datetime, thread: Place | None) -> Place | None:
        """Read back what was said since; without the history scopes there is nothing to read."""
        where = await self._conversation(channel)
        latest = ""
        for _ in range(HISTORY_PAGES):
            answer = await self._page(where, since, thread, latest)
            messages = answer["messages"] if answer else []
            for message in messages:
                if _mark_of(message) == mark:
                    return Place(channel=where, ts=message["ts"])
            if not messages or not answer or not answer.get("has_more"):
                return None
            latest = min(message["ts"] for message in messages)
        return None

    async def _page(self, where: str, since: datetime, thread: Place | None, latest: str) -> Any:
        if where[:1] in self._unreadable:
            return None
        asked = {"channel": where, "oldest": f"{since.timestamp():.6f}", "limit": 200}
        asked |= {"include_all_metadata": True} | ({"latest": latest} if latest else {})
        try:
            if thread:
                return await ask(self._client.conversations_replies(ts=thread.ts, **asked))  # type: ignore[arg-type]
            return await ask(self._client.conversations_history(**asked))  # type: ignore[arg-type]
        except Refused as error:
            if error.said == "missing_scope":
                self._unreadable.add(where[:1])
            log.warning("history_unreadable", said=error.said)
            return None

    async def remove(self, place: Place) -> None:
        """Delete a message of ours; one that is gone already is fine."""
        try:
            await ask(self._client.chat_delete(channel=place.channel, ts=place.ts))
        except Refused as error:
            if error.said != "message_not_found":
                raise

    async def _conversation(self, channel: str) -> str:
        if not channel.startswith(("U", "W")):
            return channel
        if channel not in self._direct:
            answer = await ask(self._client.conversations_open(users=channel))
            self._direct[channel] = answer["channel"]["id"]
        return self._direct[channel]


def _mark_of(message: dict[str, Any]) -> str:
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    return str(payload.get("mark") or "")


class SlackScreens:
    """Shows modals and the Home tab, and answers one person privately (`handlers.doorstep.Screens`)."""

    def __init__(self, client: AsyncWebClient, *, patience: float = SLACK_SECONDS) -> None:
        self._client = client
        self._within = patience * ANSWERING  # a trigger id lives no longer than Slack waits

    async def open(self, trigger_id: str, view: dict[str, Any]) -> tuple[str, str]:
        """Open a modal and return its id and hash.

        The id is empty when it was opened before: by a redelivery, or by a call whose answer got lost.
        """
        try:
            return await self._open(trigger_id, view)
        except Transient as error:
            # A pooled connection that Slack had closed says so only when it is used.
            if error.said != "unreachable":
                raise
        return await self._open(trigger_id, view)

    async def _open(self, trigger_id: str, view: dict[str, Any]) -> tuple[str, str]:
        try:
            answer = await ask(self._client.views_open(trigger_id=trigger_id, view=view), within=self._within)
        except Refused as error:
            if error.said == "exchanged_trigger_id":
                return "", ""
            raise
        return answer["view"]["id"], answer["view"]["hash"]

    async def update(self, view_id: str, view: dict[str, Any], view_hash: str | None = None) -> None:
        """Replace an open modal, unless it changed since `view_hash`."""
        await ask(self._client.views_update(view_id=view_id, view=view, hash=view_hash))

    async def publish(self, user_id: str, view: dict[str, Any]) -> None:
        """Set a person's Home tab."""
        await ask(self._client.views_publish(user_id=user_id, view=view))

    async def whisper(self, response_url: str, text: str, blocks: Sequence[dict[str, Any]] = ()) -> None:
        """Say something to the one person who clicked; the message they clicked stays as it is."""
        body = {"text": text, "response_type": "ephemeral", "replace_original": False}
        if blocks:
            body["blocks"] = list(blocks)
        await send_to(self._client, response_url, "invalid_response_url", json=body)


async def send_to(client: AsyncWebClient, url: str, otherwise: str, **content: Any) -> None:
    """POST to an address that Slack gave us; `otherwise` is the refusal when it is not Slack's.

    Such an address is good for whoever has it, so no error names it. Raises `Transient` or `Refused`.
    """
    session = client.session
    if session is None or not is_slacks(url, client.base_url):
        raise Refused(SLACK, otherwise)
    try:
        async with session.post(url, proxy=client.proxy, allow_redirects=False, **content) as answer:
            if answer.status == 200:
                return
            failure = from_answer(answer.status, answer.headers, {"ok": False})
    except (aiohttp.ClientError, OSError) as error:
        failure = translate(error)
    raise failure


def is_slacks(url: str, base_url: str) -> bool:
    """Whether words for a person may go to this address: Slack's own hosts, or where its Web API is."""
    try:
        parts, home = urlsplit(url), urlsplit(base_url)
    except ValueError:
        return False
    host = (parts.hostname or "").rstrip(".")
    at_slack = host.endswith((".slack.com", ".slack-gov.com")) and parts.port in (None, 443)
    return (parts.scheme == "https" and at_slack) or parts[:2] == home[:2]
