"""The pages outside Slack, wired from the settings: the key page and the confirmation of risky approvals."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

import httpx
from aiohttp.web import RouteDef

from bot.domain.errors import GreenlightError
from bot.domain.ticket import ID_BYTES
from bot.ground import Ground
from bot.key_page import KeyPage, Window
from bot.links import Links
from bot.ports import Clock, Directory, Messenger
from bot.service import Service
from bot.settings import Settings
from bot.step_up import StepUp, Watched
from bot.transports.confirmations import BACK, ConfirmationPages
from bot.transports.pages import KeyPages


@dataclass(frozen=True)
class Outside:
    """What the settings ask for; nothing of it is served otherwise."""

    key_page: KeyPage | None = None
    step_up: StepUp | None = None
    routes: list[RouteDef] = field(default_factory=list)


@dataclass(frozen=True)
class Inside:
    """What the pages need of the bot."""

    service: Service
    directory: Directory
    messenger: Messenger
    window: Window
    channel: Watched
    ground: Ground
    clock: Clock
    http: httpx.AsyncClient


def open_pages(settings: Settings, inside: Inside) -> Outside:
    """Wire the pages that the settings ask for."""
    url = settings.public_url
    if url is None:
        return Outside()
    ground = inside.ground
    links = Links(ground.tickets, ground.link_secret, url, inside.clock, _dice)
    key_page = _key_page(inside, links) if settings.intake == "link" else None
    step_up = _step_up(settings, inside, links, url)
    routes = KeyPages(key_page, url).routes() if key_page else []
    if step_up and settings.oidc_issuer:
        routes += ConfirmationPages(step_up, url).routes()
    return Outside(key_page, step_up, routes)


def _key_page(inside: Inside, links: Links) -> KeyPage:
    return KeyPage(inside.service, links, inside.directory, inside.messenger, inside.window)


def _step_up(settings: Settings, inside: Inside, links: Links, url: str) -> StepUp | None:
    issuer, client_id, secret = settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret
    if issuer is None or client_id is None or secret is None:
        return None
    # PyJWT comes with the extra "oidc": only who configures it needs it.
    try:
        from bot.adapters.oidc import Client, OidcProvider  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise GreenlightError("GREENLIGHT_OIDC_ISSUER needs `pip install 'greenlight-bot[oidc]'`.") from error

    client = Client(issuer, client_id, secret, url.rstrip("/") + BACK, settings.oidc_acr)
    return StepUp(
        inside.service,
        links,
        inside.ground.tickets,
        inside.directory,
        inside.messenger,
        inside.channel,
        OidcProvider(inside.http, client, clock=lambda: inside.clock().timestamp()),
        claim=settings.oidc_user_claim,
        dice=lambda: secrets.token_urlsafe(24),
    )


def _dice() -> bytes:
    return secrets.token_bytes(ID_BYTES)
