"""From "I want to connect" to a saved request: the form, its answer, its correction."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import GreenlightError, NoSuccessor, NotAllowed, ProviderError
from bot.domain.policy import Action, may
from bot.domain.request import GRANTED, WATCHED, Request
from bot.key_page import KeyPage
from bot.views import actions as a
from bot.views import blank, correction, intake, one_time, words
from bot.views.language import current
from handlers.actor import Visit, visit
from handlers.doorstep import Doorstep, View
from handlers.errors import Complaints

Filled = Callable[[], Awaitable[View]]


class Intake:
    """Listeners of the form."""

    def __init__(self, doorstep: Doorstep, complaints: Complaints) -> None:
        self._doorstep = doorstep
        self._complaints = complaints

    @property
    def _links(self) -> bool:
        return self._doorstep.key_page is not None

    @property
    def _today(self) -> date:
        return self._doorstep.clock().date()

    def register(self, app: AsyncApp) -> None:
        """Listen to the shortcut, the buttons that open the form, and its submissions."""
        app.shortcut(a.SHORTCUT)(self.begin)
        app.action(a.START)(self.begin)
        app.action(a.CORRECT)(self.reopen)
        app.action(a.ROTATE)(self.rotate)
        app.view(a.INTAKE)(self.submit)
        app.view(a.ROTATION)(self.submit)
        app.view(a.CORRECTION)(self.resubmit)

    async def begin(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Open the form at once; whether this person may start is looked up while they read it."""
        guest = visit(body)
        await ack()
        self.start(guest)

    def start(self, guest: Visit) -> None:
        """Open the form after the answer, with nothing asked of anybody before."""
        self._doorstep.inflight.spawn(self._show(guest))

    async def _show(self, guest: Visit) -> None:
        screens = self._doorstep.screens
        try:
            spoken = current()
            view_id, view_hash = await screens.open(guest.trigger_id, self._form())
        except ProviderError as error:
            await self._complaints.later(error, guest)
            return
        refusal = await self._refusal(guest)
        if refusal and view_id:
            await replace(self._doorstep, view_id, intake.refused(refusal), view_hash)
        elif view_id and current() != spoken:
            # What was typed meanwhile stays: Slack keeps it where the ids of a field stay the same.
            await replace(self._doorstep, view_id, self._form(), view_hash)

    def _form(self) -> View:
        offer = self._doorstep.offer
        return blank.form(tenants=offer.tenants, link=self._links, products=offer.connectors)

    async def _refusal(self, guest: Visit) -> str:
        try:
            found = may(await self._doorstep.person(guest), Action.START)
        except ProviderError:
            return ""  # asked again, and then decided, when the form is sent
        return words.error(NotAllowed(found)) if found else ""

    async def submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Check what was typed, then save; the key leaves the screen with the answer."""
        guest = visit(body)
        typed = intake.parse(guest.values)
        if guest.form == a.ROTATION:
            old = await self._replaced(guest)
            typed = dataclasses.replace(typed, replaces=old.id, product=old.connector)
        elif len(self._doorstep.offer.connectors) == 1:
            typed = dataclasses.replace(typed, product=self._doorstep.offer.connectors[0])
        if problems := intake.problems(typed, key_required=not self._links, today=self._today):
            await ack(response_action="errors", errors=problems)
            return
        if self._doorstep.key_page:
            await ack(response_action="update", view=await self._offer(self._doorstep.key_page, guest, typed))
            return
        async with self._doorstep.in_time():
            actor = await self._doorstep.actor(guest)
            outcome = await self._doorstep.service.open(
                intake.draft(typed),
                typed.key,
                actor,
                admin_key=intake.is_admin_key(typed),
                idempotency=guest.key,
                connector=typed.product,
                tenant=typed.tenant,
            )
        view = intake.checked(outcome.request, intake.warnings(typed))
        await ack(response_action="update", view=view)

    async def _replaced(self, guest: Visit) -> Request:
        """Return the connection that gets a new key: its successor is for the same product."""
        async with self._doorstep.in_time():
            return await self._doorstep.service.get(guest.request_id, await self._doorstep.actor(guest))

    async def _offer(self, page: KeyPage, guest: Visit, typed: intake.Typed, request_id: str = "") -> View:
        """Keep what was typed and answer with the link for the key, which this person alone sees."""
        async with self._doorstep.in_time():
            actor = await self._doorstep.actor(guest)
            link = await page.begin(typed, actor, view_id=guest.view_id, request_id=request_id)
        return one_time.offered(link)

    async def reopen(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Open an empty view at once, then fill it with what was typed before."""
        guest = visit(body)
        await ack()
        self._doorstep.inflight.spawn(self._fill(guest, partial(self._correction, guest)))

    async def rotate(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Open the form of a new request that is to take a connection's place."""
        guest = visit(body)
        await ack()
        self.start_rotation(guest, guest.request_id)

    def start_rotation(self, guest: Visit, request_id: str) -> None:
        """Open the same form, from a button or a command."""
        self._doorstep.inflight.spawn(self._fill(guest, partial(self._rotation, guest, request_id)))

    async def _rotation(self, guest: Visit, request_id: str) -> View:
        try:
            actor = await self._doorstep.actor(guest)
            request = await self._doorstep.service.get(request_id, actor)
            if refusal := may(actor, Action.START):
                return intake.refused(words.error(NotAllowed(refusal)))
            if request.state not in WATCHED:
                return intake.refused(words.error(NoSuccessor(request.id, "not_connected")))
        except GreenlightError as error:
            return intake.refused(words.error(error))
        typed = intake.successor(request.draft, request.connector)
        return self._of(request, typed, rotating=a.pack(request))

    async def _fill(self, guest: Visit, filled: Filled) -> None:
        await fill(self._doorstep, self._complaints, guest, filled)

    async def _correction(self, guest: Visit) -> View:
        try:
            actor = await self._doorstep.actor(guest)
            request = await self._doorstep.service.get(guest.request_id)
            if refusal := may(actor, Action.CORRECT, request):
                return intake.refused(words.error(NotAllowed(refusal)))
        except GreenlightError as error:
            return intake.refused(words.error(error))
        typed = intake.prefill(request.draft, request.connector)
        return self._of(request, typed, correcting=a.pack(request), granted=request.state in GRANTED)

    def _of(self, request: Request, typed: intake.Typed, *, granted: bool = False, **what: str) -> View:
        """Return the form for a request whose product and tenant are given."""
        products = (request.product,)
        return intake.build(
            typed, tenants=(request.tenant,), link=self._links, products=products, granted=granted, **what
        )

    async def resubmit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Check and save a correction; an empty key field keeps the key."""
        guest = visit(body)
        typed = intake.parse(guest.values)
        async with self._doorstep.in_time():
            actor = await self._doorstep.actor(guest)
            before = await self._doorstep.service.get(guest.request_id, actor)
            typed = dataclasses.replace(typed, product=before.connector)
            page = self._doorstep.key_page if typed.wants_key else None
            kept = None if page else before.key.admin_key
            if problems := intake.problems(typed, key_required=False, admin_key=kept, today=self._today):
                if self._links and a.KEY in problems:  # that form has the choice in the key's place
                    problems[a.KEY_CHOICE] = problems.pop(a.KEY)
                await ack(response_action="errors", errors=problems)
                return
            if page:
                await ack(response_action="update", view=await self._offer(page, guest, typed, before.id))
                return
            key = typed.key if typed.key.get_secret_value() else None
            outcome = await self._doorstep.service.correct(
                before.id,
                intake.draft(typed),
                key,
                actor,
                admin_key=intake.is_admin_key(typed) if key else before.key.admin_key,
                idempotency=guest.key,
            )
        after = outcome.request
        light = correction.is_light(after)
        view = correction.kept(after) if light else intake.checked(after, intake.warnings(typed))
        await ack(response_action="update", view=view)


async def fill(doorstep: Doorstep, complaints: Complaints, guest: Visit, filled: Filled) -> None:
    """Open an empty window at once, for the trigger lives three seconds; then fill it."""
    try:
        view_id, view_hash = await doorstep.screens.open(guest.trigger_id, intake.opening())
    except ProviderError as error:
        await complaints.later(error, guest)
        return
    if view_id:
        await replace(doorstep, view_id, await filled(), view_hash)


async def replace(doorstep: Doorstep, view_id: str, view: View, view_hash: str) -> None:
    """Replace a modal that may be gone or sent by now; then there is nobody to tell."""
    try:
        await doorstep.screens.update(view_id, view, view_hash)
    except ProviderError:
        return
