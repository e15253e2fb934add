"""The use cases: open, correct, apply, get, list; load, authorise, advance, save, again on a conflict."""

from __future__ import annotations

import asyncio
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import SecretStr

from bot import changed, metrics, tracing
from bot.domain.audit import Entry, end_seal, flaws, link
from bot.domain.destination import Destination, Offer, asks_for, destination_of
from bot.domain.errors import (
    AlreadySaid,
    Conflict,
    NoSuccessor,
    NotAllowed,
    NotFound,
    NotOffered,
    StoreUnavailable,
    TooMany,
    UserError,
)
from bot.domain.lifecycle import Due, Step, Terms, Transition, advance, opening
from bot.domain.mandate import in_whose_place
from bot.domain.policy import Action, Actor, may
from bot.domain.request import (
    WATCHED,
    Corrected,
    Draft,
    Event,
    KeyFacts,
    KeyShown,
    Place,
    Request,
    State,
)
from bot.ports import Clock, Loaded, Save, Store, Vault

KEY_FIELD = "api_key"
ATTEMPTS = 8
START_LIMIT = 10
HOUR = 3600.0
RECENT = 512  # documents of some kilobytes each

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """What became of an event; `duplicate`: an earlier delivery of the same click had done it."""

    request: Request
    duplicate: bool = False
    before: State | None = None


@dataclass(frozen=True)
class Evidenced:
    """A request with its audit chain, the chain's flaws, and the seal over where it ends."""

    request: Request
    entries: list[Entry]
    flaws: list[str]
    seal: str


@dataclass(frozen=True)
class Home:
    """The installation: which Slack team it serves, for which company, and what it connects."""

    team: str
    company: str
    offer: Offer
    audit_secret: bytes = field(repr=False)


class Service:
    """Changes requests; the only caller of `Store.save`."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        home: Home,
        terms: Terms,
        clock: Clock,
        new_id: Callable[[], str],
        *,
        start_limit: int = START_LIMIT,
    ) -> None:
        """`start_limit`: how many requests one person may start per hour."""
        self._start_limit = start_limit
        self._recent: OrderedDict[str, Request] = OrderedDict()
        self.terms = terms
        self.home = home
        self._store = store
        self._vault = vault
        self._clock = clock
        self._new_id = new_id

    async def open(
        self,
        draft: Draft,
        key: SecretStr,
        actor: Actor,
        *,
        admin_key: bool,
        idempotency: str,
        ticket: str | None = None,
        connector: str = "",
        tenant: str = "",
    ) -> Outcome:
        """Start a request with its key sealed in the same write, which also uses up the `ticket` given.

        `connector` and `tenant` name where it goes; a successor goes where the connection it replaces goes.
        Raises `NotAllowed`, `TooMany`, `NotOffered`, `AlreadyOpen` (one open request per workspace, product
        and tenant), `LinkUsed`, `StoreUnavailable`.
        """
        _authorise(actor, Action.START, None)
        wait = await self._store.permit(f"start:{actor.id}", idempotency, self._start_limit, HOUR)
        if wait:
            raise TooMany(wait)
        facts = self._facts(key, admin_key)
        place = await self._destination(draft, connector, tenant)
        await self._check_successor(draft, facts, place)
        for _ in range(ATTEMPTS):
            request = self._new_request(draft, facts, actor, place)
            sealed = await self._seal(request, key)
            try:
                start = opening(request, self.terms)
                return await self._save(request, start, sealed=sealed, idempotency=idempotency, ticket=ticket)
            except Conflict:  # the id is taken: one in a billion per request that exists
                continue
        raise Conflict(request.id)

    async def _destination(self, draft: Draft, connector: str, tenant: str) -> Destination:
        if draft.replaces:
            return destination_of(await self.get(draft.replaces))
        return self.home.offer.choose(connector, tenant, draft.scope)

    def _new_request(self, draft: Draft, key: KeyFacts, actor: Actor, place: Destination) -> Request:
        at = self._clock()
        return Request(
            id=self._new_id(),
            team=self.home.team,
            company=self.home.company,
            connector=place.connector,
            tenant=place.tenant,
            requester=actor.id,
            draft=draft,
            key=key,
            opened_at=at,
            updated_at=at,
            state_since=at,
        )

    async def correct(
        self,
        request_id: str,
        draft: Draft,
        key: SecretStr | None,
        actor: Actor,
        *,
        admin_key: bool,
        idempotency: str,
        ticket: str | None = None,
    ) -> Outcome:
        """Replace what was typed, and the key when a new one is given; approvals of the old are void."""
        before = await self.get(request_id)
        facts = self._facts(key, admin_key) if key else before.key
        draft = draft.model_copy(update={"replaces": before.draft.replaces})
        if not asks_for(before.connector, draft.scope):
            raise NotOffered
        await self._check_successor(draft, facts, destination_of(before))
        return await self.apply(
            request_id,
            Corrected(by=actor.id, draft=draft, key=facts),
            actor=actor,
            action=Action.CORRECT,
            idempotency=idempotency,
            sealed=await self._seal(before, key) if key else None,
            ticket=ticket,
        )

    async def _check_successor(self, draft: Draft, key: KeyFacts, place: Destination) -> None:
        """A rotation replaces a connection of the same workspace, product and tenant, with another key."""
        if not draft.replaces:
            return
        old = await self.get(draft.replaces)
        same = (old.draft.workspace_id, destination_of(old)) == (draft.workspace_id, place)
        faults = {
            "not_connected": old.state not in WATCHED,
            "other_workspace": not same,
            "same_key": old.key.fingerprint == key.fingerprint,
        }
        for why, found in faults.items():
            if found:
                raise NoSuccessor(old.id, why)

    def _facts(self, key: SecretStr, admin_key: bool) -> KeyFacts:
        last4 = key.get_secret_value()[-4:]
        return KeyFacts(last4=last4, fingerprint=self._vault.fingerprint(key), admin_key=admin_key)

    async def _seal(self, request: Request, key: SecretStr) -> str | None:
        if not request.product.grants:
            return None  # never probed, so not kept at all
        return await self._vault.seal(key, request=request.id, field=KEY_FIELD, version=1)

    async def apply(
        self,
        request_id: str,
        event: Event,
        *,
        actor: Actor | None = None,
        action: Action | None = None,
        idempotency: str | None = None,
        sealed: str | None = None,
        ticket: str | None = None,
    ) -> Outcome:
        """Let an event happen to a request.

        Raises `NotFound`, `NotAllowed`, `NotPossible`, `Stale`, `AlreadySaid`, `StoreUnavailable`; `Conflict`
        only when others kept saving first many times in a row.

        A document this process saw lately saves the round trip of loading it: the script that saves checks
        its version and the ledger of deliveries. What it refuses, or what the old document forbids, is
        decided again on a fresh one.
        """
        recent = self._recent.get(request_id)
        for _ in range(ATTEMPTS):
            request, is_fresh, recent = recent, recent is None, None
            if request is None:
                loaded = await self._store.load(request_id, idempotency)
                request = _found(loaded, request_id)
                if loaded.seen:
                    return Outcome(request, duplicate=True)
            try:
                if action:
                    _authorise(actor, action, request)
                said = in_whose_place(event, actor, request)
                transition = advance(request, said, self._clock(), self.terms)
            except UserError:
                if is_fresh:
                    raise
                continue
            try:
                return await self._save(
                    request, transition, sealed=sealed, idempotency=idempotency, ticket=ticket
                )
            except Conflict:
                self._recent.pop(request_id, None)
                metrics.CONFLICTS.inc()
        raise Conflict(request_id)

    async def _save(
        self,
        before: Request,
        transition: Transition,
        *,
        sealed: str | None,
        idempotency: str | None,
        ticket: str | None,
    ) -> Outcome:
        entry = link(transition.entry, before.audit_head, self.home.audit_secret)
        after = transition.request.model_copy(update={"audit_head": entry.hash})
        change = Save(
            request=after,
            entry=entry,
            expected=before.version,
            due=transition.due,
            clear=transition.clear,
            sealed=sealed,
            destroys_key=transition.destroys_key,
            idempotency=idempotency,
            ticket=ticket,
            state_from=before.state if before.version else None,
            connection_before=before.connection,
        )
        with tracing.span("save", before.id, event=entry.event, state=after.state):
            seen = await self._store.save(change)
        if seen:
            return Outcome(await self.get(seen), duplicate=True)
        self._keep(after)
        changed.note(before, after, entry)
        return Outcome(after, before=before.state if before.version else None)

    async def get(self, request_id: str, actor: Actor | None = None) -> Request:
        """Read one request; raises `NotFound`, and `NotAllowed` when this actor may not view it."""
        request = _found(await self._store.load(request_id), request_id)
        self._keep(request)
        if actor:
            _authorise(actor, Action.VIEW, request)
        return request

    async def visible(
        self, actor: Actor, *, limit: int = 20, states: frozenset[State] | None = None
    ) -> list[Request]:
        """Requests this actor may view, latest change first."""
        everything = may(actor, Action.VIEW) is None
        found = await self._store.requests(
            states=states, requester=None if everything else actor.id, limit=limit
        )
        return [request for request in found if may(actor, Action.VIEW, request) is None]

    async def seen(self, idempotency: str) -> str:
        """The request that an earlier delivery of this click changed; empty when there was none."""
        return (await self._store.load("", idempotency)).seen or ""

    def _keep(self, request: Request) -> None:
        """Remember the latest document; an older one never replaces it."""
        known = self._recent.get(request.id)
        if known is None or known.version <= request.version:
            self._recent[request.id] = request
            self._recent.move_to_end(request.id)
            while len(self._recent) > RECENT:
                self._recent.popitem(last=False)

    def card_of(self, request_id: str) -> Place | None:
        """Where the card was when this process last saw the request."""
        request = self._recent.get(request_id)
        return request.card if request else None

    async def refresh_card(self, request_id: str) -> None:
        """Have the card shown again soon."""
        await self._store.schedule(request_id, [Due(Step.CARD, self._clock())])

    async def card_shows(self, request: Request) -> None:
        """Remember what the card shows, for the auditor."""
        await self._store.showed(request.id, request.state)

    async def entry(self, request_id: str, seq: int) -> Entry | None:
        """One audit entry of a request."""
        return await self._store.entry(request_id, seq)

    async def show_key(
        self, request_id: str, actor: Actor, *, idempotency: str
    ) -> tuple[Request, SecretStr | None]:
        """Hand the key to its requester, one time; None when it was destroyed.

        It is decrypted first, so that a vault that is away does not use the one time up, and given out only
        after the event is saved: `AlreadySaid` for every later wish, also for the same click delivered twice.
        """
        request = await self.get(request_id)
        _authorise(actor, Action.SHOW_KEY, request)
        key = await self.key_of(request)
        event = KeyShown(by=actor.id)
        outcome = await self.apply(
            request_id, event, actor=actor, action=Action.SHOW_KEY, idempotency=idempotency
        )
        if outcome.duplicate or outcome.request.key.fingerprint != request.key.fingerprint:
            raise AlreadySaid
        return outcome.request, key

    async def pack(self, request_id: str, actor: Actor | None = None) -> Evidenced:
        """A request with its whole chain, and what is wrong with it; raises `NotFound`, `NotAllowed`."""
        request = await self.get(request_id)
        if actor:
            _authorise(actor, Action.EXPORT, request)
        entries = await self._store.entries(request_id)
        entries = entries[: request.version]  # what was added since the request was read
        secret = self.home.audit_secret
        seal = end_seal(request.id, request.version, request.audit_head, secret)
        return Evidenced(request, entries, flaws(entries, request.audit_head, secret, request.version), seal)

    async def key_of(self, request: Request) -> SecretStr | None:
        """Decrypt the key for one call, or None when it was destroyed; raises `VaultError`."""
        sealed = await self._store.sealed_key(request.id)
        return await self._vault.open(sealed, request=request.id, field=KEY_FIELD) if sealed else None


def _found(loaded: Loaded, request_id: str) -> Request:
    if loaded.request is None:
        raise NotFound(request_id)
    return loaded.request


def _authorise(actor: Actor | None, action: Action, request: Request | None) -> None:
    refusal = may(actor or Actor(id="", known=False), action, request)
    if refusal:
        raise NotAllowed(refusal)


async def until_saved(write: Callable[[], Awaitable[T]]) -> T:
    """Write down what has already happened outside, again until the store is back; the caller sets the limit.

    Giving up means doing it again later: a second card, a second letter.
    """
    pause = 0.05
    while True:
        try:
            return await write()
        except StoreUnavailable:
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  # spreads replicas
            pause = min(1.0, pause * 2)
