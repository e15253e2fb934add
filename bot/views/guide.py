"""The guide for the Netskope tenant: what to click, which values to copy, what the green check means.

Source: Netskope, "Configure ChatGPT Enterprise for the Next Generation API Data Protection", 2025-12-05.
"""

from __future__ import annotations

import re

from bot.domain.request import Request
from bot.views import actions as a
from bot.views import blocks as b
from bot.views.language import say

PATH = "Settings > Configure App Access > Next Gen > CASB API > ChatGPT Enterprise > Setup CASB API Instance"
_HOST = re.compile(r"(?:https://)?([a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?)/?", re.IGNORECASE)

GREEN_CHECK = (
    "*What the green check means:* Netskope accepted the key for this instance. It does not yet show that "
    "conversations are scanned; the first event with access method API Connector shows that."
)


def tenant_url(tenant: str) -> str:
    """Return the tenant's https address, or nothing when it is not a plain host."""
    found = _HOST.fullmatch(tenant.strip())
    return f"https://{found.group(1).lower()}" if found else ""


def blocks(request: Request) -> list[b.Block]:
    """Return the numbered steps, with every value ready to copy."""
    return [
        b.section(f"*{say('Your turn: set up the instance in Netskope')}*\n" + "\n".join(_steps(request))),
        b.section(
            say(
                "*The onboarding type is final.* Enterprise Workspace covers conversations, files, "
                "memories and users; Organization Project covers fine-tuning data only. To change it "
                "later you would need a new instance."
            )
        ),
        b.context(say(GREEN_CHECK)),
    ]


def open_button(request: Request) -> list[b.Block]:
    """Return the button that opens the tenant, where its address is known."""
    url = tenant_url(request.tenant)
    return (
        [b.button(say("Open Netskope"), a.OPEN_TENANT, label=say("Open the Netskope tenant"), url=url)]
        if url
        else []
    )


def _steps(request: Request) -> list[str]:
    draft = request.draft
    url = tenant_url(request.tenant)
    where = b.link(url, url.removeprefix("https://")) if url else say("your tenant")
    return [
        say("1. Open {where} as an administrator: {path}.", where=where, path=b.esc(PATH)),
        say("2. Choose the onboarding type *Enterprise Workspace*."),
        say("3. Administrator Email: {admin_email}", admin_email=b.code(draft.admin_email)),
        say("4. Workspace ID: {workspace_id}", workspace_id=b.code(draft.workspace_id)),
        (
            say(
                "5. API Key for Enterprise Workspace: paste the key named {key_name}, ending "
                "{last4}, from where you keep it (I never show it). Older tenants call this field "
                "API Key. Leave API Key for Project empty.",
                key_name=b.code(draft.key_name),
                last4=b.code(request.key.last4),
            )
        ),
        say(
            "6. Instance Name: {instance_name}, exactly so: I look for this name in the records.",
            instance_name=b.code(draft.instance_name),
        ),
        say("7. Press *Grant Access* there, then *I pressed Grant Access* here."),
        (
            say(
                "8. Refresh the browser. When a green check stands beside the instance name, press "
                "*I see the green check*."
            )
        ),
    ]


def waiting_for_green(request: Request) -> list[b.Block]:
    """Return what to do between Grant Access and the green check, and when it does not come."""
    return [
        b.section(
            say(
                "*Refresh Netskope and look for {instance_name}.* When a green check stands beside "
                "it, press *I see the green check*.",
                instance_name=b.code(request.draft.instance_name),
            )
        ),
        b.context(
            say(
                "No green check? See that the key is in the field for Enterprise Workspace, that the "
                "Workspace ID is {workspace_id}, and that Netskope's addresses are on the IP "
                "allowlist of OpenAI's Compliance API (a list of its own).",
                workspace_id=b.code(request.draft.workspace_id),
            ),
            say(GREEN_CHECK),
        ),
    ]
