"""The composition root: `build` wires everything, `serve` runs it."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import httpx
import structlog
from aiohttp.web import RouteDef
from prometheus_client import CollectorRegistry
from slack_sdk.web.async_client import AsyncWebClient

from bot import __version__, metrics, rounds
from bot.adapters.heartbeat import Heartbeat
from bot.adapters.http import open_client
from bot.adapters.netskope import NetskopeTenant
from bot.adapters.openai import OpenAICompliance
from bot.adapters.pacing import RedisPacer
from bot.adapters.people import RedisPeople
from bot.adapters.slack import SlackMessenger, SlackScreens, keep_warm, slack_client
from bot.adapters.slack_channel import ChannelWatch, PrivateMessenger
from bot.adapters.slack_directory import Roles, SlackDirectory
from bot.adapters.slack_files import SlackUploads
from bot.adapters.slack_start import SlackFacts, StartError, preflight
from bot.adapters.telemetry import exporting
from bot.alarm import Alarm
from bot.auditor import Auditor
from bot.clock import clock_of, idle_of, utc_now
from bot.courier import Courier
from bot.delegates import Delegates
from bot.domain.errors import StoreUnavailable
from bot.domain.ids import new_request_id
from bot.domain.lifecycle import Step, Terms
from bot.domain.pace import ANSWERING
from bot.ground import Ground, ground
from bot.health import HealthServer, routes
from bot.home_tab import HomeTab
from bot.installed import (
    lease_of,
    offer_of,
    provider_patience,
    readable_tenants,
    slack_patience,
    slack_scale,
    terms_of,
)
from bot.loop import kept_up, settle
from bot.makers import departed
from bot.outside import Inside, open_pages
from bot.ports import AuditMirror, Books, Casb, Clock, Compliance, Mailer, Messenger
from bot.service import Home, Service
from bot.settings import Settings, cautions, environment_of_process, required_for_run
from bot.steps import Ports, performers
from bot.transports import HttpTransport, SocketTransport, bolt_app
from bot.transports.named import NamedApp
from bot.views.blocks import Message
from bot.views.language import speak
from bot.worker import FIRST_RETRY, LAST_RETRY, Worker, ended
from handlers import register
from handlers.doorstep import Doorstep, InFlight

DRAIN_SECONDS = 2.5
log = structlog.get_logger(__name__)


@dataclass
class Bot:
    """A wired bot; `run` serves until told to stop."""

    facts: SlackFacts
    service: Service
    worker: Worker
    auditor: Auditor
    books: Books
    inflight: InFlight
    ground: Ground
    directory: SlackDirectory
    channel: ChannelWatch
    stopping: asyncio.Event
    begin: Callable[[], Awaitable[None]]
    transport: SocketTransport | HttpTransport = field(init=False)
    health: HealthServer | None = field(init=False, default=None)

    def listen_by(
        self, settings: Settings, app: NamedApp, slack: AsyncWebClient, pages: list[RouteDef]
    ) -> None:
        """Choose the transport; health and metrics share its port in HTTP mode."""
        registry = CollectorRegistry()
        metrics.register(registry)
        host, port = settings.http_host, settings.http_port
        if settings.transport == "socket" and settings.slack_app_token:
            self.transport = SocketTransport(
                app, slack, settings.slack_app_token, private_hosts=settings.private_hosts
            )
            self.health = HealthServer(
                self.readiness, registry, refresh=self.count, host=host, port=port, more=pages
            )
        elif settings.slack_signing_secret:
            served = [*routes(self.readiness, registry, self.count), *pages]
            secret = settings.slack_signing_secret
            self.transport = HttpTransport(app, secret, host=host, port=port, routes=served)

    @property
    def http_port(self) -> int:
        """Where /healthz, /readyz and /metrics (and /slack/events) are served."""
        return self.health.port if self.health else cast("HttpTransport", self.transport).port

    async def start(self) -> None:
        """Listen; raises `StartError` when Slack or the port is not to be had."""
        try:
            if self.health:
                await self.health.start()
            await self.transport.start()
        except OSError as error:
            raise StartError(f"GREENLIGHT_HTTP_PORT cannot be listened on: {error.strerror}.") from None

    async def close(self) -> None:
        """Release the listeners."""
        await self.transport.close()
        if self.health:
            await self.health.close()

    async def readiness(self) -> Mapping[str, bool]:
        """What has to be there for a click to be answered and kept."""
        store = await self._store_answers()
        return {"slack": self.transport.ready, "store": store, "serving": not self.stopping.is_set()}

    async def _store_answers(self) -> bool:
        try:
            await self.ground.store.ping()
        except StoreUnavailable:
            return False
        return True

    async def count(self) -> None:
        """Set the gauges; what cannot be counted now keeps its last value."""
        try:
            census = await self.books.census()
        except StoreUnavailable:
            return
        for state, count in census.states.items():
            metrics.REQUESTS.labels(state).set(count)
        metrics.OUTBOX_DEPTH.set(census.outbox)
        metrics.DEAD_LETTERS.set(census.dead)

    async def run(self) -> None:
        """Serve until `stopping` is set, then drain."""
        speak(self.service.terms.language)  # every task begun from here starts with it
        await self.start()
        work = asyncio.create_task(self.worker.run(first=self.begin), name="worker")
        died = metrics.AUDITS.labels("died").inc
        audits = asyncio.create_task(kept_up("auditor", self.auditor.run, died), name="auditor")
        stop = asyncio.create_task(self.stopping.wait(), name="stop")
        log.info("ready", team=self.facts.team_id, version=__version__)
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        await self.drain()
        await work
        await ended(audits)

    async def drain(self) -> None:
        """Leave in order within ten seconds; what is not finished is still in the schedule."""
        self.stopping.set()
        log.info("draining")
        await self.worker.stop(DRAIN_SECONDS)  # meanwhile clicks are still answered: the sockets go last
        await self.transport.stop_receiving()
        await self.inflight.drain(DRAIN_SECONDS)


@asynccontextmanager
async def build(settings: Settings, *, clock: Clock = utc_now) -> AsyncIterator[Bot]:
    """Open every resource, wire every object, close all in reverse order.

    Any other clock than the real one may be set while the bot waits, so it looks at it more often.
    Raises `StartError` with one clear sentence when a setting, token, scope or channel is wrong.
    """
    if problems := required_for_run(settings):
        raise StartError(" ".join(problems))
    async with AsyncExitStack() as stack:
        stack.enter_context(exporting(settings.otel_exporter_otlp_endpoint, __version__))
        slack = await stack.enter_async_context(
            slack_client(
                settings.slack_bot_token,
                settings.slack_api_url,
                private_hosts=settings.private_hosts,
                patience=slack_patience(settings),
            )
        )
        roles = Roles(settings.admins, settings.reviewers)
        facts = await preflight(
            slack,
            channel=settings.channel or "",
            app_token=settings.slack_app_token if settings.transport == "socket" else None,
            groups=bool(roles.groups),
        )
        for warning in facts.warnings:
            log.warning("start_warning", what=warning)
        base = await stack.enter_async_context(ground(settings, facts.team_id))
        for warning in base.warnings:
            log.warning("start_warning", what=warning)
        http = await stack.enter_async_context(open_client(__version__, private_hosts=settings.private_hosts))
        bot = _wire(settings, clock, slack, facts, roles, base, http)
        stack.push_async_callback(bot.close)
        warm = asyncio.create_task(keep_warm(slack), name="keep warm")
        stack.push_async_callback(ended, warm)
        yield bot


def _wire(
    settings: Settings,
    clock: Clock,
    slack: AsyncWebClient,
    facts: SlackFacts,
    roles: Roles,
    base: Ground,
    http: httpx.AsyncClient,
) -> Bot:
    mailer, terms, offer = _mailer(settings), terms_of(settings), offer_of(settings)
    patience = slack_patience(settings)
    home = Home(facts.team_id, facts.team_name, offer, base.audit_secret)
    limit = settings.start_limit
    service = Service(base.store, base.vault, home, terms, clock, new_id, start_limit=limit)
    messenger = SlackMessenger(slack)
    listed, people = (
        SlackDirectory(slack, facts.team_id, roles, patience=patience),
        RedisPeople(base.store, base.decisions),
    )
    directory = Delegates(listed, people, clock, facts.team_id)
    alarm = Alarm(base.store, messenger, directory.reviewers)
    watch = ChannelWatch(slack, settings.channel or "", patience=patience)
    courier = Courier(
        PrivateMessenger(messenger, watch), RedisPacer(base.store), alarm, scale=slack_scale(settings)
    )
    screens = SlackScreens(slack, patience=patience)
    ports = Ports(
        service=service,
        store=base.store,
        directory=directory,
        compliance=_compliance(settings, http),
        messenger=courier,
        clock=clock,
        channel=settings.channel or "",
        casbs=_casbs(settings, http),
        mailer=mailer,
        mail_from=settings.mail_from or "",
        mirrors=mirrors_of(settings, http),
        decisions=base.decisions,
        people=people,
        refresh_home=HomeTab(service, directory, screens, clock, people).refresh,
    )
    inflight = InFlight()
    inside = Inside(service, directory, messenger, screens, watch, base, clock, http)
    outside = open_pages(settings, inside)
    doorstep = Doorstep(
        service=service,
        directory=directory,
        messenger=messenger,
        screens=screens,
        clock=clock,
        offer=offer,
        permalink_base=facts.permalink_base,
        checkup=lambda: _examine(settings, clock),
        people=people,
        departed=partial(departed, ports),
        delegates=directory,
        channel_id=settings.channel or "",
        inflight=inflight,
        save_seconds=patience * ANSWERING,
        key_page=outside.key_page,
        step_up=outside.step_up,
        channel=watch,
        uploads=SlackUploads(slack) if facts.uploads else None,
    )
    app = bolt_app(slack, facts)
    register(app, doorstep)
    bot = Bot(
        facts=facts,
        service=service,
        worker=Worker(
            base.store,
            performers(ports) | rounds.performers(ports),
            clock,
            lease=lease_of(settings),
            last_retry=max(FIRST_RETRY, LAST_RETRY * slack_scale(settings)),
            idle=idle_of(clock),
        ),
        auditor=_auditor(settings, clock, base, terms, courier, http),
        books=base.books,
        begin=partial(rounds.begin, ports),
        inflight=inflight,
        ground=base,
        directory=listed,
        channel=watch,
        stopping=asyncio.Event(),
    )
    bot.listen_by(settings, app, slack, outside.routes)
    return bot


def _auditor(
    settings: Settings,
    clock: Clock,
    base: Ground,
    terms: Terms,
    messenger: Messenger,
    http: httpx.AsyncClient,
) -> Auditor:
    url = settings.heartbeat_url
    ping = Heartbeat(http, url.get_secret_value()) if url else None
    channel, scale = settings.channel or "", slack_scale(settings)
    return Auditor(
        base.store,
        base.books,
        terms,
        clock,
        messenger,
        channel,
        decisions=base.decisions,
        ping=ping,
        scale=scale,
        check_clock=clock is utc_now,
    )


def mirrors_of(settings: Settings, http: httpx.AsyncClient) -> dict[Step, AuditMirror]:
    """The copies of the audit trail that the settings ask for."""
    if not (settings.audit_file or settings.audit_url):
        return {}
    from bot.adapters.audit_mirror import FileMirror, remote_mirror  # noqa: PLC0415

    found: dict[Step, AuditMirror] = {}
    if settings.audit_file:
        found[Step.MIRROR_FILE] = FileMirror(settings.audit_file)
    if settings.audit_url:
        found[Step.MIRROR_URL] = remote_mirror(settings.audit_url, settings.audit_token, http)
    return found


async def _examine(settings: Settings, clock: Clock) -> Message:
    from bot.checkup import Checkup  # noqa: PLC0415  # the doctor is at home when somebody calls
    from bot.doctor import as_message  # noqa: PLC0415

    checkup = Checkup(settings, clock, environ=environment_of_process())
    return as_message(await checkup.findings())


def _compliance(settings: Settings, http: httpx.AsyncClient) -> Compliance:
    compliance, api = settings.openai_compliance_url, settings.openai_api_url
    return OpenAICompliance(http, compliance, api, together=provider_patience(settings))


def _casbs(settings: Settings, http: httpx.AsyncClient) -> dict[str, Casb]:
    """One reader per tenant, bound to its address and its own token."""
    found: dict[str, Casb] = {
        url: NetskopeTenant(http, url, token, together=provider_patience(settings))
        for url, token in settings.tenants.items()
        if token
    }
    return found | ({"": next(iter(found.values()))} if "" in readable_tenants(settings) else {})


def _mailer(settings: Settings) -> Mailer | None:
    if settings.smtp_url is None or settings.mail_from is None:
        return None
    from bot.adapters.smtp import SmtpMailer  # noqa: PLC0415

    return SmtpMailer(settings.smtp_url, settings.mail_from, total=provider_patience(settings))


def new_id() -> str:
    """A request id that nobody can guess."""
    return new_request_id(secrets.token_bytes(4))


async def serve(settings: Settings) -> None:
    """Run one bot until SIGTERM or SIGINT."""
    for caution in cautions(settings, environment_of_process()):
        log.warning("start_warning", what=caution)
    async with build(settings, clock=clock_of(os.environ, settings.slack_api_url)) as bot:
        settle()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, bot.stopping.set)
        await bot.run()
