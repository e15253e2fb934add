"""Step-up: a risky approval counts only after its reviewer has signed in at the identity provider.

The click in Slack approves nothing by itself: it yields a private link, whose page sends the browser to the
provider; what comes back must be the same browser, the same errand, and a person pinned to the Slack user.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.domain.errors import BadLink, LinkUsed, NotAllowed, ProviderError
from bot.domain.identity import Errand, Identity, fits
from bot.domain.policy import Action, Actor, Refusal, may
from bot.domain.request import Approved, Request
from bot.domain.ticket import LIFETIME, Purpose
from bot.links import Links
from bot.names import called
from bot.ports import Directory, IdentityProvider, Messenger, Tickets
from bot.service import Outcome, Service
from bot.views import step_up as view
from bot.views.language import speaking


class Approval(BaseModel):
    """What a reviewer is about to confirm."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    team: str
    request_id: str
    fingerprint: str
    click: str


class Trip(BaseModel):
    """One browser's way to the provider and back."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    user: str
    approval: Approval
    browser: str
    nonce: str
    verifier: str


class Watched(Protocol):
    """The security channel, as far as approvals are concerned."""

    async def is_shared(self) -> bool:
        """Whether people of another organization see it; raises `Transient`."""


class StepUp:
    """The use cases of the confirmation."""

    def __init__(
        self,
        service: Service,
        links: Links,
        tickets: Tickets,
        directory: Directory,
        messenger: Messenger,
        channel: Watched,
        provider: IdentityProvider,
        *,
        claim: str,
        dice: Callable[[], str],
    ) -> None:
        self._service = service
        self._links = links
        self._tickets = tickets
        self._directory = directory
        self._messenger = messenger
        self._channel = channel
        self._provider = provider
        self._claim = claim
        self._dice = dice

    async def begin(self, actor: Actor, request_id: str, fingerprint: str, click: str) -> str:
        """Return the link for this reviewer; raises `TooMany`."""
        about = Approval(team=actor.team, request_id=request_id, fingerprint=fingerprint, click=click)
        return await self._links.make(Purpose.STEP_UP, actor.id, about.model_dump_json())

    async def look(self, token: str) -> tuple[str, str, Request]:
        """Return the names of who is to confirm and who asked, and for what, as often as anybody looks.

        Raises `BadLink`, `LinkUsed`.
        """
        kept = await self._links.find(Purpose.STEP_UP, token)
        about = _approval(kept.text)
        request = await self._service.get(about.request_id)
        reviewer = await called(self._directory, kept.ticket.user, about.team)
        return reviewer, await called(self._directory, request.requester, about.team), request

    async def leave(self, token: str, browser: str) -> str:
        """Use the link up and return where the browser signs in; `browser` comes back as its cookie."""
        await self._links.count(token, Purpose.STEP_UP)
        ticket = (await self._links.find(Purpose.STEP_UP, token)).ticket
        errand, state = Errand(nonce=self._dice(), verifier=self._dice() + self._dice()), self._dice()
        where = await self._provider.authorization_url(errand, state)
        text = await self._tickets.take(ticket.id)
        if text is None:
            raise LinkUsed
        trip = Trip(
            user=ticket.user,
            approval=_approval(text),
            browser=_digest(browser),
            nonce=errand.nonce,
            verifier=errand.verifier,
        )
        await self._tickets.keep(_trip(state), trip.model_dump_json(), LIFETIME.total_seconds())
        return where

    async def arrive(self, state: str, code: str, browser: str) -> Outcome:
        """Take what the provider sent the browser back with; approve, once.

        Raises `BadLink`, `LinkUsed`, `NotAllowed`, `Stale`, `NotPossible`, `ProviderError`, ...
        """
        text = await self._tickets.take(_trip(state)) if 20 <= len(state) <= 64 and state.isascii() else None
        if text is None:
            raise LinkUsed
        trip = Trip.model_validate_json(text)
        if not browser or not hmac.compare_digest(_digest(browser), trip.browser):
            raise BadLink
        identity = await self._provider.identify(code, Errand(nonce=trip.nonce, verifier=trip.verifier))
        actor = await self._directory.actor(trip.user, trip.approval.team)
        await self._must_be(identity, actor, trip.approval)
        outcome = await self._approve(actor, trip.approval)
        await self._say_so(actor, outcome.request)
        return outcome

    async def _must_be(self, identity: Identity, actor: Actor, about: Approval) -> None:
        """Refuse a sign-in of somebody else; whoever may not approve is not pinned either."""
        if await self._channel.is_shared():
            raise NotAllowed(Refusal.SHARED_CHANNEL)
        if refusal := may(actor, Action.APPROVE, await self._service.get(about.request_id)):
            raise NotAllowed(refusal)
        pinned = fits(identity, actor.id, actor.team, self._claim) and await self._tickets.pin(
            actor.id, identity.subject
        )
        if not pinned:
            raise NotAllowed(Refusal.OTHER_IDENTITY)

    async def _approve(self, actor: Actor, about: Approval) -> Outcome:
        return await self._service.apply(
            about.request_id,
            Approved(by=actor.id, fingerprint=about.fingerprint, step_up=True),
            actor=actor,
            action=Action.APPROVE,
            idempotency=f"step-up:{about.click}",
        )

    async def _say_so(self, actor: Actor, request: Request) -> None:
        with speaking(actor.locale, self._service.terms.language):  # not the browser's, which the page speaks
            said = view.confirmed_in_slack(request)
        try:
            await self._messenger.post(actor.id, said.text, said.blocks)
        except ProviderError:
            return  # the page says it, and so does the card


def _approval(text: str) -> Approval:
    try:
        return Approval.model_validate_json(text)
    except ValidationError:
        raise BadLink from None


def _trip(state: str) -> str:
    return f"trip:{state}"


def _digest(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()
