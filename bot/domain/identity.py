"""Step-up: which approvals need a second proof of who decides, and whose sign-in counts for whom."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.domain.request import Request, Scope

SLACK_USER, SLACK_TEAM = "https://slack.com/user_id", "https://slack.com/team_id"
DELETING = frozenset({Scope.WRITE, Scope.BOTH})


def is_risky(request: Request, production: Collection[str]) -> bool:
    """Whether an approval lets content be deleted, or concerns a tenant that is listed as production."""
    return request.draft.scope in DELETING or (urlsplit(request.tenant).hostname or "") in production


@dataclass(frozen=True)
class Identity:
    """Who signed in at the identity provider: `subject` names issuer and person, for good."""

    subject: str
    claims: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Errand:
    """One trip of one browser to the identity provider."""

    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    @property
    def challenge(self) -> str:
        """What the provider is told of the verifier (RFC 7636, S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def fits(identity: Identity, user: str, team: str, claim: str) -> bool:
    """Whether what the provider says does not speak against this Slack user.

    `claim` is the one that holds a Slack user id; without it, what "Sign in with Slack" calls it is heeded
    where it is given, and the subject is pinned to the user at first use (`bot.ports.Tickets.pin`).
    """
    said = identity.claims
    if claim and said.get(claim) != user:
        return False
    return said.get(SLACK_USER, user) == user and said.get(SLACK_TEAM, team) == team
