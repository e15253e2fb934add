"""What the settings decide, in the core's words: terms of the lifecycle, the offer, how fast time runs."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from bot.adapters.http import TOGETHER
from bot.addresses import is_loopback
from bot.domain.destination import Offer
from bot.domain.lifecycle import Step, Terms
from bot.domain.pace import SLACK_SECONDS
from bot.settings import Settings
from bot.worker import LEASE


def terms_of(settings: Settings) -> Terms:
    """What the settings decide about the lifecycle."""
    readable = readable_tenants(settings)
    return Terms(
        quorum=settings.quorum,
        quorum_delete=settings.quorum_delete or settings.quorum,
        review=settings.review == "required",
        tenant_token=bool(readable),
        readable=readable,
        tenants=tuple(settings.tenants),
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


def readable_tenants(settings: Settings) -> frozenset[str]:
    """Return the tenants with a token; the only one also answers for requests that name none."""
    found = {tenant for tenant, token in settings.tenants.items() if token}
    return frozenset(found | ({""} if len(settings.tenants) == 1 and found else set()))


def offer_of(settings: Settings) -> Offer:
    """What the settings let people connect."""
    return Offer(connectors=settings.connectors, tenants=tuple(settings.tenants))


def slack_scale(settings: Settings) -> float:
    """How fast Slack's limits run: as documented, unless Slack is a local one in a rehearsal."""
    return min(1.0, settings.poll_scale) if _is_local(settings) else 1.0


def lease_of(settings: Settings) -> float:
    """For how many seconds a step belongs to who claimed it; fewer in a rehearsal, which is killed often."""
    return max(5.0, LEASE * slack_scale(settings))


def provider_patience(settings: Settings) -> float:
    """How long all calls of one step to a provider may take, in seconds: an end within the step's own time.

    A step that is cut off itself has not found out that its provider does not answer.
    """
    return min(TOGETHER, lease_of(settings) * 3 / 4)


def slack_patience(settings: Settings) -> float:
    """How long Slack waits for an answer, in seconds: three, unless Slack is a local one in a rehearsal."""
    return settings.ack_seconds if _is_local(settings) else SLACK_SECONDS


def _is_local(settings: Settings) -> bool:
    return is_loopback(urlsplit(settings.slack_api_url).hostname)


def mirror_places(settings: Settings) -> dict[Step, Path | str | None]:
    """Return where copies of the audit trail go, by the step that takes them there."""
    return {Step.MIRROR_FILE: settings.audit_file, Step.MIRROR_URL: settings.audit_url}
