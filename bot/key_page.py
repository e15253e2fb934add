"""Intake outside Slack: everything but the key is typed in the modal, the key on a page that works once.

Nothing half-open stays behind: until the key arrives there is only a draft that dies after ten minutes; the
save that opens (or corrects) the request uses the link up in the same script.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from bot.domain.errors import BadLink, LinkUsed, NotAllowed, ProviderError
from bot.domain.policy import Action, Actor, may
from bot.domain.request import Request
from bot.domain.ticket import Purpose
from bot.links import Links
from bot.names import called
from bot.ports import Blocks, Directory, Messenger
from bot.service import Outcome, Service
from bot.views import intake, one_time, repair
from bot.views.intake import Typed
from bot.views.language import speaking

FIELDS = tuple(one.name for one in fields(Typed) if one.name not in {"key", "wants_key"})


class Draft(BaseModel):
    """What waits for its key: what was typed, who may finish it, and the window that shows it."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    team: str
    typed: dict[str, str]
    request_id: str = ""
    view_id: str = ""


class Window(Protocol):
    """Slack's modal as far as this page needs it."""

    async def update(self, view_id: str, view: dict[str, Any], view_hash: str | None = None) -> None:
        """Replace an open modal; raises `ProviderError` when it is gone."""


@dataclass(frozen=True)
class Given:
    """What became of a key: the request, or what is wrong with the key."""

    outcome: Outcome | None = None
    problem: str = ""
    warnings: tuple[str, ...] = field(default=())


class KeyPage:
    """The use cases of the page."""

    def __init__(
        self, service: Service, links: Links, directory: Directory, messenger: Messenger, window: Window
    ) -> None:
        self._service = service
        self._links = links
        self._directory = directory
        self._messenger = messenger
        self._window = window

    async def begin(self, typed: Typed, actor: Actor, *, view_id: str, request_id: str = "") -> str:
        """Keep what was typed and return the link for the key; raises `NotAllowed`, `TooMany`."""
        action = Action.CORRECT if request_id else Action.START
        request = await self._service.get(request_id) if request_id else None
        if refusal := may(actor, action, request):
            raise NotAllowed(refusal)
        kept = {name: str(getattr(typed, name)) for name in FIELDS}
        draft = Draft(team=actor.team, typed=kept, request_id=request_id, view_id=view_id)
        return await self._links.make(Purpose.INTAKE, actor.id, draft.model_dump_json())

    async def look(self, token: str) -> one_time.About:
        """Say what a link is about, as often as anybody looks; raises `BadLink`, `LinkUsed`."""
        user, draft, _ = await self._find(token)
        return one_time.About(
            user=await called(self._directory, user, draft.team),
            workspace_id=draft.typed.get("workspace_id", ""),
            key_name=draft.typed.get("key_name", ""),
            request_id=draft.request_id,
        )

    async def give(self, token: str, typed_key: str) -> Given:
        """Take the key: open or correct the request with it, once.

        Raises `BadLink`, `LinkUsed`, `TooMany`, `NotAllowed`, `AlreadyOpen`, `StoreUnavailable`, `Transient`.
        """
        await self._links.count(token, Purpose.INTAKE)
        user, draft, ticket_id = await self._find(token)
        typed = _with_key(draft, typed_key)
        if problem := intake.key_problem(typed):
            return Given(problem=problem)
        actor = await self._directory.actor(user, draft.team)
        outcome = await self._save(actor, draft, typed, ticket_id)
        if outcome.duplicate:
            raise LinkUsed(outcome.request.id)
        with speaking(actor.locale, self._service.terms.language):  # not the browser's, which the page speaks
            await self._say_so(user, draft, outcome.request, intake.warnings(typed))
        return Given(outcome, warnings=intake.warnings(typed))

    async def _find(self, token: str) -> tuple[str, Draft, str]:
        ticket = self._links.ticket(Purpose.INTAKE, token)
        try:
            kept = await self._links.find(Purpose.INTAKE, token)
        except LinkUsed:
            raise LinkUsed(await self._service.seen(_click(ticket.id))) from None
        try:
            return ticket.user, Draft.model_validate_json(kept.text), ticket.id
        except ValidationError:
            raise BadLink from None

    async def _save(self, actor: Actor, draft: Draft, typed: Typed, ticket_id: str) -> Outcome:
        found, key, admin = intake.draft(typed), typed.key, intake.is_admin_key(typed)
        click = _click(ticket_id)
        if not draft.request_id:
            return await self._service.open(
                found,
                key,
                actor,
                admin_key=admin,
                idempotency=click,
                ticket=ticket_id,
                connector=draft.typed.get("product", ""),
                tenant=draft.typed.get("tenant", ""),
            )
        return await self._service.correct(
            draft.request_id, found, key, actor, admin_key=admin, idempotency=click, ticket=ticket_id
        )

    async def _say_so(self, user: str, draft: Draft, request: Request, warnings: tuple[str, ...]) -> None:
        """Show it where the person came from; when that window is closed, in a direct message."""
        try:
            if draft.view_id:
                await self._window.update(draft.view_id, intake.checked(request, warnings))
                return
        except ProviderError:
            pass  # the person closed the window
        said = one_time.arrived(request)
        blocks: Blocks = said.blocks
        try:
            await self._messenger.post(user, said.text, blocks)
        except ProviderError:
            return  # the page says it as well, and so does the message that every new request causes


def _click(ticket_id: str) -> str:
    return f"link:{ticket_id}"


def _with_key(draft: Draft, typed_key: str) -> Typed:
    typed: dict[str, Any] = {name: draft.typed.get(name, "") for name in FIELDS}
    return Typed(**typed, key=SecretStr(repair.key(typed_key[:2000])))
