"""The sentences for every row of the verdict table: what it means and who does what next."""

from dataclasses import dataclass

from bot.views.blocks import NOT_GIVEN
from bot.views.language import say


@dataclass(frozen=True)
class Advice:
    """Plain English for one row; may hold {last4}, {workspace_id}, {organization_id}, {created_by},
    {product}."""

    title: str
    what_it_means: str
    next_action: str

    def fill(
        self, *, last4: str, workspace_id: str, organization_id: str, created_by: str, product: str
    ) -> "Advice":
        """Return the same advice in the language spoken now, with the names filled in."""
        names = {
            "last4": last4,
            "workspace_id": workspace_id,
            "organization_id": organization_id or say(NOT_GIVEN),
            "created_by": created_by or say("its creator"),
            "product": product,
        }
        return Advice(*(say(text, **names) for text in (self.title, self.what_it_means, self.next_action)))


NOT_ASKED = Advice("Not asked yet", "OpenAI has not answered yet.", "Nothing to do: I am asking.")

ADVICE: dict[str, Advice] = {
    "1": Advice(
        "OpenAI granted read",
        "The key ending {last4} can read workspace {workspace_id} through the Compliance API.",
        "Nothing to do on OpenAI's side. Delete cannot be checked without "
        "risk, so if you asked for it, rely on OpenAI's reply.",
    ),
    "2": Advice(
        "The key reads logs, but not users and files",
        "The key ending {last4} carries the logging permission only; {product} also needs the broad "
        "compliance read.",
        "For an Admin key: a workspace Owner edits it at admin.openai.com > Credentials > Admin keys "
        "and adds the broad compliance read. For an API Platform key: ask OpenAI Support for "
        "compliance_export read.",
    ),
    "3": Advice(
        "The key does not read conversations",
        "The key ending {last4} opens part of the Compliance API, but not the conversation messages "
        "{product} scans.",
        "A workspace Owner must add Conversation messages, or the broad compliance permission, to the key.",
    ),
    "3-scope": Advice(
        "The key lacks Conversation messages",
        "OpenAI says the Admin key ending {last4} has no permission for conversation messages. Only a"
        " workspace Owner can give it.",
        "Ask a workspace Owner to add Conversation messages or the broad compliance permission at "
        "admin.openai.com > Credentials > Admin keys.",
    ),
    "3-fedramp": Advice(
        "This workspace has no compliance logs",
        "The key ending {last4} reads users, but OpenAI has no log endpoint for workspace "
        "{workspace_id}. That is known for FedRAMP workspaces.",
        "Ask OpenAI Support whether the Compliance logs are available for your workspace.",
    ),
    "4": Advice(
        "The key is valid, the scopes are missing",
        "The key ending {last4} is valid, and OpenAI has not added the Compliance scopes yet.",
        "Wait for OpenAI Support's answer. If it has been quiet for some days, send a reminder in the"
        " same thread.",
    ),
    "4-admin": Advice(
        "The Admin key has no Compliance permission yet",
        "The Admin key ending {last4} is valid, but carries no Compliance permission. No e-mail is "
        "needed for it.",
        "A workspace Owner edits the key at admin.openai.com > Credentials > Admin keys and adds the "
        "Compliance permission.",
    ),
    "5": Advice(
        "The key is alive, but not enabled for this workspace",
        "OpenAI knows the key ending {last4}, and its Compliance API refuses it for workspace "
        "{workspace_id}.",
        "If OpenAI has not confirmed yet, wait. If it has, compare the Organization IDs at "
        "chatgpt.com/admin/settings and platform.openai.com/settings/organization/general: both must "
        "be the same (you gave {organization_id}).",
    ),
    "5-admin": Advice(
        "The Admin key is not accepted for this workspace",
        "OpenAI refuses the Admin key ending {last4} for workspace {workspace_id} without saying why."
        " It was made for another workspace, has no Compliance permission, or is an API Platform key.",
        "Look at admin.openai.com > Credentials > Admin keys: is the right workspace selected, is the"
        " key active, and does it carry the Compliance permission?",
    ),
    "5-lost": Advice(
        "OpenAI now refuses the key for this workspace",
        "The key ending {last4} could read workspace {workspace_id} before; now OpenAI refuses it "
        "without saying why.",
        "Check that the key still exists and that {created_by} is still an Owner; then ask OpenAI Support.",
    ),
    "5-unasked": Advice(
        "OpenAI refuses, the reason is not known yet",
        "OpenAI refuses the key ending {last4} without saying why, and its second address gave no "
        "usable answer, so a living key cannot be told from a dead one.",
        "Nothing to do: the bot asks again. If this stays, the bot's network may block the API "
        "Platform address.",
    ),
    "6": Advice(
        "OpenAI seems to have processed the key, but not for this workspace",
        "The key ending {last4} has already lost its other permissions, which happens when OpenAI "
        "grants the Compliance scopes, and workspace {workspace_id} still refuses it.",
        "Reply to OpenAI Support's ticket with the Workspace ID {workspace_id}. If the key was "
        "restricted when it was created, create a new one with Permissions: All.",
    ),
    "7": Advice(
        "OpenAI does not know this key",
        "The key ending {last4} is not recognised: mistyped, cut off, deleted or revoked.",
        "Paste the whole key again, or create a new one. A new key needs a new approval.",
    ),
    "7-admin": Advice(
        "OpenAI does not know this Admin key",
        "The Admin key ending {last4} is not recognised: mistyped, cut off, expired or revoked.",
        "Paste the whole key again, or create a new one at admin.openai.com > Credentials > Admin keys.",
    ),
    "7-split": Advice(
        "OpenAI contradicts itself",
        "One call accepts the key ending {last4}, the next says it does not exist. That happens for "
        "minutes around a change.",
        "Nothing to do: the bot asks again.",
    ),
    "8": Advice(
        "The key no longer works",
        "The key ending {last4} was granted and is now refused everywhere: revoked, expired, or "
        "{created_by} lost the role or left.",
        "Check the key's Status and Expiration and whether {created_by} is still an Owner. A new key "
        "needs a new approval, and goes into {product} again.",
    ),
    "8-admin": Advice(
        "The Admin key no longer works",
        "The Admin key ending {last4} was granted and is now refused: revoked, expired, or {created_by} lost "
        "the role or left.",
        "Check the key's Status and Expiration and whether {created_by} is still an Owner. A new key "
        "needs a new approval, and goes into {product} again.",
    ),
    "8-dead": Advice(
        "The key no longer exists",
        "The key ending {last4} was granted, and OpenAI no longer knows it: deleted or revoked.",
        "Find out who removed it. Create a new key, get it approved, and enter it in {product}.",
    ),
    "9": Advice(
        "OpenAI does not find this workspace",
        "For the key ending {last4} there is no workspace {workspace_id}: a wrong or foreign id, or a"
        " plan without the Compliance API.",
        "Copy the Workspace ID again from chatgpt.com/admin/settings. It needs ChatGPT Enterprise or Edu.",
    ),
    "9-split": Advice(
        "OpenAI contradicts itself about this workspace",
        "For the key ending {last4} OpenAI answers for the logs of workspace {workspace_id}, and does not "
        "find its users. A wrong id would be refused by both.",
        "Nothing to do: the bot asks again, and nothing counts as lost. If it stays, OpenAI may have moved "
        "that address: look for a newer version of Greenlight.",
    ),
    "10": Advice(
        "The key belongs to another organization",
        "The organization of the key ending {last4} does not own workspace {workspace_id}. Often the "
        "key was made in a personal organization.",
        "Create the key in the organization that belongs to the workspace (you gave "
        "{organization_id}), and correct the request.",
    ),
    "11": Advice(
        "The Workspace ID is malformed",
        "OpenAI does not accept {workspace_id} as a Workspace ID.",
        "Copy the Workspace ID again from chatgpt.com/admin/settings; it looks like 8-4-4-4-12 "
        "hexadecimal digits.",
    ),
    "12": Advice(
        "That is the Organization ID",
        "OpenAI took the Workspace ID for an organization.",
        "At chatgpt.com/admin/settings both ids stand side by side: copy the Workspace ID.",
    ),
    "13": Advice(
        "The network address is not allowed",
        "OpenAI refuses calls from the bot's address. The Compliance API has its own IP allowlist, "
        "always on.",
        "Add the bot's address and those of {product} to the Compliance API allowlist (a list of its own, "
        "under Access Restrictions), and wait 15 minutes.",
    ),
    "14": Advice(
        "Something in front of OpenAI answered",
        "A web page came back instead of the API: a proxy, or OpenAI's edge, stopped the bot. It says"
        " nothing about the key.",
        "Nothing to do for the requester. The bot's operator looks at the network; the request stays "
        "as it is.",
    ),
    "15": Advice(
        "OpenAI asks the bot to slow down",
        "The key's rate limit is used up; {product} shares it.",
        "Nothing to do: the bot waits as long as OpenAI asks.",
    ),
    "16": Advice(
        "OpenAI cannot be reached",
        "The connection failed or took too long. It says nothing about the key.",
        "Nothing to do: the bot asks again. After an hour the bot's operator should look at the network.",
    ),
    "16-tls": Advice(
        "The secure connection to OpenAI failed",
        "The certificate could not be checked, which usually means a proxy inspects the bot's "
        "traffic. Nothing was sent.",
        "Nothing to do for the requester. The bot's operator exempts OpenAI's addresses or adds the "
        "proxy's certificate.",
    ),
    "16-5xx": Advice(
        "OpenAI has a problem",
        "OpenAI answered with an error of its own. It says nothing about the key.",
        "Nothing to do: the bot asks again.",
    ),
    "17": Advice(
        "OpenAI accepts the key, {product} does not",
        "The bot reads workspace {workspace_id} with the key ending {last4}, so the key is good.",
        "In {product} check: the key is in the field for the workspace, the Workspace ID is "
        "{workspace_id}, and the addresses of {product} are on the Compliance API allowlist.",
    ),
    "unknown": Advice(
        "OpenAI's answer is unclear",
        "The bot does not know this answer, so it draws no conclusion. Its structure, without values,"
        " was kept.",
        "Nothing to do: the bot asks again. If it stays, send the structure to the maintainers.",
    ),
}
"""By row id. `17` is no answer of OpenAI: it is said when Netskope fails while the probe succeeds."""
