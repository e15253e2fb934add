"""What `greenlight requests repair` does: post a request's card anew."""

from __future__ import annotations

import structlog

from bot.adapters.slack import SlackMessenger, slack_client
from bot.clock import utc_now
from bot.domain.errors import ProviderError
from bot.domain.request import Announced, Request
from bot.ground import Ground
from bot.installed import offer_of, terms_of
from bot.main import new_id
from bot.service import Home, Service
from bot.settings import Settings

log = structlog.get_logger(__name__)


async def post_card_anew(settings: Settings, base: Ground, request: Request) -> None:
    """Forget where the card is, so that it is posted again, and take the old one away."""
    home = Home(request.team, request.company, offer_of(settings), base.audit_secret)
    service = Service(base.store, base.vault, home, terms_of(settings), utc_now, new_id)
    await service.apply(request.id, Announced(surface="card", place=None))
    if request.card and settings.slack_bot_token:
        async with slack_client(
            settings.slack_bot_token, settings.slack_api_url, private_hosts=settings.private_hosts
        ) as slack:
            try:
                await SlackMessenger(slack).remove(request.card)
            except ProviderError as error:
                log.warning("old_card_stays", said=error.said)
