"""What the form lets people choose from: `(value, words, explanation)`, both texts at most 75 characters."""

from __future__ import annotations

from bot.domain.request import Route, Scope
from bot.views.language import say

Choices = tuple[tuple[str, str, str], ...]

ROUTES = (
    (
        Route.SUPPORT_EMAIL.value,
        "API Platform key: OpenAI Support grants the scopes",
        "Made at platform.openai.com/api-keys. I write the e-mail to OpenAI.",
    ),
    (
        Route.SELF_SERVICE.value,
        "Workspace Admin key: it has its Compliance permission",
        "Made at admin.openai.com > Credentials > Admin keys. No e-mail, no wait.",
    ),
)
SCOPES = (
    (Scope.READ.value, "Read", "Conversations, files and users are scanned."),
    (Scope.WRITE.value, "Write", "OpenAI calls it delete. It can't be checked; alone it stays unproven."),
    (Scope.BOTH.value, "Both", "Read and delete (write): content may also be removed."),
)
NEW_KEY = "new"
KEYS = (
    ("keep", "Keep the key I gave", "Only what else stands in this form changes."),
    (NEW_KEY, "Give another key", "You get a one-time page for it when you send this form."),
)


def said(choices: Choices) -> Choices:
    """Return the choices in the language spoken now."""
    return tuple((value, say(words), say(more)) for value, words, more in choices)
