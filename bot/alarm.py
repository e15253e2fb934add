"""Telling the operators: at once in metric and log, at most once a day per trouble in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

import structlog

from bot import metrics
from bot.courier import told_once
from bot.domain.errors import ProviderError, StoreUnavailable, Transient
from bot.domain.fates import SPEECHLESS
from bot.ports import Messenger, Store
from bot.views import operators
from bot.views.blocks import Message

DAY = 24 * 3600.0

log = structlog.get_logger(__name__)


class Alarm:
    """Slack refuses for a reason that only a person can mend: the reviewers hear of it in a direct message.

    They are the people the bot knows by name; the channel itself may be what is broken.
    """

    def __init__(
        self, store: Store, messenger: Messenger, reviewers: Callable[[], Awaitable[Iterable[str]]]
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._reviewers = reviewers

    async def __call__(self, said: str) -> None:
        """Tell once a day; a failure to tell is a line in the log."""
        metrics.ALARMS.labels(said).inc()
        log.error("slack_needs_a_person", said=said)
        if said in SPEECHLESS:
            return
        try:
            async with told_once(self._store, f"alarm:{said}", DAY) as is_new:
                if is_new:
                    await self._tell_each(operators.slack_refuses(said))
        except (ProviderError, StoreUnavailable) as error:
            log.warning("operators_not_told", why=str(error)[:200])

    async def _tell_each(self, message: Message) -> None:
        """Tell every reviewer who can be reached; raises when nobody could and a later try may help."""
        told, passing = 0, None
        for person in sorted(await self._reviewers()):
            try:
                await self._messenger.post(person, message.text, message.blocks)
                told += 1
            except ProviderError as error:
                log.warning("operator_not_told", user=person, said=error.said)
                passing = error if isinstance(error, Transient) else passing
        if passing and not told:
            raise passing
