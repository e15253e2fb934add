"""OpenAI's Compliance API through two or three read-only calls per probe; the key is in one header only.

Source: OpenAI Admin API specification 2.5.3. Each call is written to the customer's audit log. The routes for
conversations were removed in June 2026 and are never called; nothing is ever written or deleted.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

import httpx
from pydantic import SecretStr

from bot.adapters.http import TOGETHER, Reply, check_base_url, fetch
from bot.domain.answers import read_answer, read_wait
from bot.domain.diagnosis import Answer, Call, Diagnosis, Verdict, diagnose, unexplained

_WORKSPACE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Ask = Callable[[Call, str, dict[str, str]], Awaitable[Answer]]
_KEY = re.compile(r"[\x21-\x7e]{1,512}")


class OpenAICompliance:
    """Probes a key against a ChatGPT workspace; never raises for what OpenAI or the network does."""

    def __init__(
        self, client: httpx.AsyncClient, compliance_url: str, api_url: str, *, together: float = TOGETHER
    ) -> None:
        """`together` bounds all calls of one probe in seconds."""
        self._client = client
        self._together = together
        self._compliance_url = check_base_url("OPENAI_COMPLIANCE_URL", compliance_url)
        self._api_url = check_base_url("OPENAI_API_URL", api_url)

    async def probe(
        self, workspace_id: str, key: SecretStr, *, at: datetime, was_granted: bool, admin_key: bool
    ) -> Diagnosis:
        """Return what OpenAI says about `key` for the workspace (a UUID) at this moment."""
        workspace = workspace_id.strip().lower()
        if not _WORKSPACE.fullmatch(workspace):
            return Diagnosis(verdict=Verdict.WRONG_WORKSPACE, row="11", seen=("not sent",))
        if not _KEY.fullmatch(key.get_secret_value()):
            return Diagnosis(verdict=Verdict.REJECTED, row="7", seen=("not sent",))
        ask = partial(self._ask, key=key, at=at, until=asyncio.get_running_loop().time() + self._together)
        answers = await self._compliance(workspace, at, ask)
        if not admin_key and unexplained(answers):
            answers.append(await ask("models", f"{self._api_url}/models", {}))
        return diagnose(answers, was_granted=was_granted, admin_key=admin_key)

    async def _compliance(self, workspace: str, at: datetime, ask: Ask) -> list[Answer]:
        base = f"{self._compliance_url}/compliance/workspaces/{workspace}"
        since = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        # From now on there are no logs yet: the answer proves the right and holds nothing.
        window = {"event_type": "CONVERSATION_MESSAGE", "after": since, "limit": "1"}
        logs = await ask("logs", f"{base}/logs", window)
        if logs.failure or logs.status == 429:  # the second call would meet the same
            return [logs]
        return [logs, await ask("users", f"{base}/users", {"limit": "1"})]

    async def _ask(
        self, call: Call, url: str, params: dict[str, str], *, key: SecretStr, at: datetime, until: float
    ) -> Answer:
        secret = key.get_secret_value()
        reply = await fetch(
            self._client,
            url,
            params=params,
            headers={"Authorization": f"Bearer {secret}"},
            # A list of users names a person: its body is left unread.
            wants_body=lambda status: call == "logs" or status != 200,
            deadline=until - asyncio.get_running_loop().time(),
        )
        return _answer(call, reply, secret, at) if isinstance(reply, Reply) else Answer(call, failure=reply)


def _answer(call: Call, reply: Reply, secret: str, at: datetime) -> Answer:
    return read_answer(
        call,
        status=reply.status,
        content_type=reply.content_type,
        body=reply.body,
        retry_after=read_wait(reply.retry_after, at),
        challenged=reply.challenged,
        hide=secret,
    )
