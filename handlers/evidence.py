"""The evidence pack for reviewers: what it says, and both files where the token may upload them.

Uploading needs one more scope (`files:write`), which the manifest does not ask for: the summary with the
chain's head is enough to check a file that the operator hands over.
"""

from __future__ import annotations

from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.service import Evidenced
from bot.views import actions as a
from bot.views import pack, pack_files, status
from bot.views.language import ENGLISH, speaking
from handlers.actor import Visit, visit
from handlers.doorstep import Doorstep, Uploads
from handlers.errors import Complaints, sentence

log = structlog.get_logger(__name__)


class Evidence:
    """Listener of the button."""

    def __init__(self, doorstep: Doorstep, complaints: Complaints) -> None:
        self._doorstep = doorstep
        self._complaints = complaints

    def register(self, app: AsyncApp) -> None:
        """Listen to the button."""
        app.action(a.EVIDENCE)(self.summarise)

    async def summarise(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Check the chain now; say privately what the pack will say, with its files where that may be."""
        guest = visit(body)
        async with self._doorstep.in_time():
            actor = await self._doorstep.actor(guest)
            found = await self._doorstep.service.pack(guest.request_id, actor)
        await ack()
        self._doorstep.inflight.spawn(self._answer(guest, found))

    async def _answer(self, guest: Visit, found: Evidenced) -> None:
        files = await self._files(guest, found)
        terms, now = self._doorstep.terms, self._doorstep.clock()
        told = status.evidence(found.request, len(found.entries), found.flaws, terms, at=now, files=files)
        await self._complaints.tell(guest, told)

    async def _files(self, guest: Visit, found: Evidenced) -> str:
        """Hand the files over and say what became of them: the summary is told whatever that is."""
        uploads = self._doorstep.uploads
        if uploads is None:
            return status.files_optional()
        try:
            await self._hand_over(uploads, guest.user_id, found)
        except Exception as error:  # noqa: BLE001  # becomes words; `sentence` logs what nobody foresaw
            log.warning("files_lost", error=type(error).__name__, user=guest.user_id)
            return status.files_failed(sentence(error))
        return status.files_sent()

    async def _hand_over(self, uploads: Uploads, user_id: str, found: Evidenced) -> None:
        request, doorstep = found.request, self._doorstep
        people = await uploads.names(pack.actors(request, found.entries))
        with speaking(ENGLISH):  # the page says of itself that it is in English
            made = pack.build(request, found.entries, doorstep.terms, doorstep.clock(), found.seal, people)
            texts = pack_files.files(made, doorstep.service.home.audit_secret)
        files = {name: text.encode() for name, text in texts.items()}
        await uploads.share(user_id, files, status.files_comment(request))
