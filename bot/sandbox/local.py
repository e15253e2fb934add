"""The whole outside world on loopback: Slack, OpenAI, a Netskope tenant, a mailbox, and the way to it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.sandbox.mailbox import Mailbox
from bot.sandbox.netskope import NetskopeSandbox
from bot.sandbox.openai import KeyState, OpenAISandbox
from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.methods import HISTORY
from bot.sandbox.slack.server import DEFAULT_SCOPES

WORKSPACE = "f7f33107-5fb9-4ee1-8922-3eae76b5b5a0"
ORGANIZATION = "org-p13k3klgno5cqxbf0q8hpgrk"
CHANNEL = "C0SECURITY"
ADMIN, ADMIN2 = "U0ADMIN", "U0ADMIN2"
REVIEWER, REVIEWER2 = "U0REVIEW1", "U0REVIEW2"
APP = "ChatGPT Enterprise"


class LocalWorld:
    """Everything Greenlight talks to, started and stopped together."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        rate_limits: float = 0,
        green_delay: float = 0.0,
        audit_delay: float = 0.0,
        history: bool = True,
        files: bool = False,
        emails: bool = False,
    ) -> None:
        """Slack grants what the manifest asks for; without `history` nothing is read back.

        Optional scopes: `files` to upload, `emails` to look people up by their address.
        """
        optional = {("files:write",): files, ("users:read.email",): emails}
        asked = [scope for scope in DEFAULT_SCOPES if history or scope not in HISTORY]
        scopes = (*asked, *(one for names, wanted in optional.items() if wanted for one in names))
        self.slack = SlackSandbox(clock=clock, rate_limits=rate_limits, scopes=scopes)
        self.openai = OpenAISandbox(clock)
        self.netskope = NetskopeSandbox(
            clock, green_delay=green_delay, audit_delay=audit_delay, accepts=self._reads
        )
        self.mailbox = Mailbox(clock)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self.slack.start()
        self._stack.push_async_callback(self.slack.close)
        for part in (self.openai, self.netskope, self.mailbox):
            await part.start()
            self._stack.push_async_callback(part.close)
            part.on_change.append(lambda: self.slack.changes.announce("elsewhere"))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def new_key(self, state: str = "pending", workspace: str = WORKSPACE) -> str:
        """Create an API key at OpenAI, as an admin would at platform.openai.com; shown once."""
        half = secrets.token_hex(29)
        key = f"sk-proj-{half}T3BlbkFJ{half[::-1]}"
        self.openai.add_key(key, state, workspace, ORGANIZATION)
        return key

    def _reads(self, workspace: str, key: str) -> bool:
        """Whether OpenAI would let this key read this workspace: only then Netskope's check turns green."""
        known = self.openai.keys.get(key)
        opens = known is not None and known.state in (KeyState.READ, KeyState.READ_DELETE)
        return opens and known is not None and known.workspace_id == workspace.strip().lower()

    def environment(
        self, data_dir: Path, *, transport: str = "socket", port: int = 0, scale: float = 1.0
    ) -> dict[str, str]:
        """The environment that points an unchanged bot at this world."""
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.url,
            "GREENLIGHT_TRANSPORT": transport,
            "GREENLIGHT_HTTP_PORT": str(port),
            "GREENLIGHT_DATA_DIR": str(data_dir),
            "GREENLIGHT_CHANNEL": CHANNEL,
            "GREENLIGHT_ADMINS": f"{ADMIN} {ADMIN2}",
            "GREENLIGHT_REVIEWERS": "S0SECURITY",
            "OPENAI_COMPLIANCE_URL": self.openai.compliance_url,
            "OPENAI_API_URL": self.openai.api_url,
            "NETSKOPE_TENANT_URL": self.netskope.tenant_url,
            "NETSKOPE_API_TOKEN": self.netskope.token,
            "SMTP_URL": self.mailbox.url,
            "GREENLIGHT_MAIL_FROM": "greenlight@acme.example",
            "GREENLIGHT_POLL_SCALE": str(scale),
            "GREENLIGHT_ACK_SECONDS": str(self.slack.world.patience),
        }
