"""Every error of ours, drawn once.

GreenlightError
├── UserError             a person did something that cannot be done; its words are for that person
│   ├── NotAllowed        policy says no; carries the Refusal
│   │   └── UnfitDelegate  who was named to stand in may do nothing here
│   ├── NotPossible       the table has no such move: the request has moved on
│   ├── Stale             what was approved is no longer what is on the card
│   ├── AlreadySaid       the same person already said the same thing
│   ├── AlreadyOpen       one open request per workspace, product and tenant; carries the first one's id
│   ├── NoSuccessor       a rotation that would not replace what it says; carries why
│   ├── NotOffered        this installation does not connect this product, tenant or scope
│   ├── NotFound          no request with this id
│   ├── TooMany           this person opened too many requests lately
│   │   └── WornOut       one link took too many posts; only another link helps
│   ├── StepUpNeeded      this approval counts only with a sign-in at the identity provider
│   ├── BadLink           a link that this installation did not make, or not for this
│   └── LinkUsed          a link that was used or ran out; carries the request it opened, if any
├── Conflict              somebody else saved first; load and try again
├── Busy                  more at once than this replica keeps in memory; nothing was saved
├── StoreUnavailable      Redis is away or refuses writes; nothing was saved
│   └── TooNew            a newer version wrote this, and this one cannot read it: try again after the update
├── VaultError            a sealed key cannot be opened (wrong request, wrong keyring, tampering)
└── ProviderError         an outside system; carries the provider's name and what it said, redacted
    ├── Transient         try again later
    │   └── Queued        our own pacing: it was not its turn, the provider was not asked
    └── Refused           trying again will not help
"""

from __future__ import annotations


class GreenlightError(Exception):
    """Root of all errors of ours."""


class UserError(GreenlightError):
    """A person asked for something that cannot be done; nothing was changed."""


class NotAllowed(UserError):
    """Policy refuses this actor; `refusal` names why (`bot.domain.policy.Refusal`)."""

    def __init__(self, refusal: str) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class UnfitDelegate(NotAllowed):
    """The person who was named as a delegate is no full member; `refusal` names why."""


class NotPossible(UserError):
    """The lifecycle table has no such move from the present state."""

    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"{event} does not apply in state {state}")
        self.state = state
        self.event = event


class Stale(UserError):
    """The approval was given for something that has changed since."""


class AlreadySaid(UserError):
    """This person already said this; it counts once."""


class AlreadyOpen(UserError):
    """There is an open request for the same workspace, product and tenant: `request_id`."""

    def __init__(self, request_id: str) -> None:
        super().__init__(request_id)
        self.request_id = request_id


class NoSuccessor(UserError):
    """This cannot take the place of a connection; `why`: not_connected, same_key or other_workspace."""

    def __init__(self, request_id: str, why: str) -> None:
        super().__init__(f"{request_id}: {why}")
        self.request_id = request_id
        self.why = why


class NotOffered(UserError):
    """The product, its tenant or the scope is none that this installation connects."""


class NotFound(UserError):
    """No request has this id."""

    def __init__(self, request_id: str) -> None:
        super().__init__(request_id)
        self.request_id = request_id


class TooMany(UserError):
    """This person started too many requests lately; `retry_after` in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"try again in {retry_after:.0f} s")
        self.retry_after = retry_after


class WornOut(TooMany):
    """One link took as many posts as it takes: a new link is needed."""


class StepUpNeeded(UserError):
    """A risky approval, and the reviewer has not confirmed it at the identity provider."""


class BadLink(UserError):
    """This installation did not sign this link for this purpose."""


class LinkUsed(UserError):
    """This link was used already (then `request_id` says for what) or its time ran out."""

    def __init__(self, request_id: str = "") -> None:
        super().__init__(request_id)
        self.request_id = request_id


class Conflict(GreenlightError):
    """The request changed between load and save."""


class Busy(GreenlightError):
    """More is under way than this replica keeps in memory; nothing was saved."""


class StoreUnavailable(GreenlightError):
    """Redis cannot be reached or refuses to write; nothing was saved."""


class TooNew(StoreUnavailable):
    """A newer version of Greenlight wrote what this one cannot read; another replica can."""


class VaultError(GreenlightError):
    """A sealed secret cannot be opened."""


class ProviderError(GreenlightError):
    """An outside system did not do what was asked.

    `said` is short and redacted; `retry_after` is in seconds when the provider named a time.
    """

    def __init__(self, provider: str, said: str, retry_after: float | None = None) -> None:
        super().__init__(f"{provider}: {said}")
        self.provider = provider
        self.said = said
        self.retry_after = retry_after


class Transient(ProviderError):
    """Trying again later may help."""


class Queued(Transient):
    """It was not this message's turn yet; nothing was asked of the provider, `retry_after` is its turn."""


class Refused(ProviderError):
    """Trying again will not help until a person changes something."""
