"""What the settings decide, in the core's words: terms of the lifecycle, the offer, how fast time runs."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from bot.addresses import is_loopback
from bot.domain.destination import Offer
from bot.domain.lifecycle import Step, Terms
from bot.settings import Settings


def terms_of(settings: Settings) -> Terms:
    """What the settings decide about the lifecycle."""
    return Terms(
        quorum=settings.quorum,
        review=settings.review == "required",
        tenant_token=settings.netskope_api_token is not None,
        smtp=settings.smtp_url is not None,
        watch=settings.watch,
        step_up=settings.oidc_issuer is not None,
        production=frozenset(settings.production_tenants),
        scale=settings.poll_scale,
        handover=settings.handover,
        mirrors=tuple(step for step, where in mirror_places(settings).items() if where),
        patience=settings.patience,
        reviewers=settings.reviewers,
        language=settings.language,
    )


def offer_of(settings: Settings) -> Offer:
    """What the settings let people connect."""
    tenants = (settings.netskope_tenant_url,) if settings.netskope_tenant_url else ()
    return Offer(connectors=settings.connectors, tenants=tenants)


def slack_scale(settings: Settings) -> float:
    """How fast Slack's limits run: as documented, unless Slack is a local one in a rehearsal."""
    local = is_loopback(urlsplit(settings.slack_api_url).hostname)
    return min(1.0, settings.poll_scale) if local else 1.0


def mirror_places(settings: Settings) -> dict[Step, Path | str | None]:
    """Return where copies of the audit trail go, by the step that takes them there."""
    return {Step.MIRROR_FILE: settings.audit_file, Step.MIRROR_URL: settings.audit_url}
