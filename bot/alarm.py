"""Telling the operators: at once in metric and log, at most once a day per trouble in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

import structlog

from bot import metrics
from bot.domain.errors import ProviderError, StoreUnavailable
from bot.domain.fates import SPEECHLESS
from bot.ports import Messenger, Store
from bot.views import operators

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
        try:
            if said in SPEECHLESS or not await self._store.remember_once(f"alarm:{said}", DAY):
                return
            message = operators.slack_refuses(said)
            for person in sorted(await self._reviewers()):
                await self._messenger.post(person, message.text, message.blocks)
        except (ProviderError, StoreUnavailable) as error:
            log.warning("operators_not_told", why=str(error)[:200])
