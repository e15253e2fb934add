"""The doctor's round: look at everything the settings name, through the adapters, and collect the findings.

Nothing here starts the bot, changes a request or sends a mail; a part that cannot be looked at is a finding.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from itertools import chain
from urllib.parse import urlsplit

import structlog
from pydantic import SecretStr

from bot import __version__
from bot.adapters import machine, store_look
from bot.adapters.audit_mirror import look_at_collector, look_at_file
from bot.adapters.embedded import EmbeddedServer, find_server
from bot.adapters.http import Reply, open_client, reach
from bot.adapters.keyrings import LOCAL, Wrappers, open_provider
from bot.adapters.netskope import NetskopeTenant
from bot.adapters.redis_check import team_served
from bot.adapters.redis_client import Client, connect
from bot.adapters.slack import slack_client
from bot.adapters.slack_look import look_at_slack, say_hello
from bot.adapters.smtp import SmtpMailer
from bot.adapters.vault import Vault
from bot.connectors import DEFAULT
from bot.doctor import copies, keys, outside, slack, store
from bot.doctor.finding import Finding, Findings, Standing, failure, ok, warning
from bot.doctor.seen import HostSeen, SlackSeen, WorkSeen
from bot.domain.errors import GreenlightError, ProviderError, StoreUnavailable
from bot.installed import slack_patience
from bot.keyring import VAULT, KeySet, keyring_of, look_at_vault, wrappers_of
from bot.settings import Settings, required_for_run, unknown_names

Clock = Callable[[], datetime]
Part = Callable[[], Awaitable[Findings]]
PART_SECONDS = 30.0
log = structlog.get_logger(__name__)


class Checkup:
    """One round over one installation; `hello` is a person who gets a test message."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        environ: Mapping[str, str] | None = None,
        hello: str | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._environ = environ or {}
        self._hello = hello

    async def findings(self) -> Findings:
        """Look at everything at once; the order of the findings is always the same."""
        parts: Sequence[tuple[str, Part]] = (
            ("redis", self._store),
            ("slack", self._slack),
            ("outside", self._outside),
            ("mail server", self._mail),
            ("audit copies", self._copies),
        )
        found = await asyncio.gather(*(self._in_time(name, part) for name, part in parts))
        store_found, slack_found, *others = found
        everything = [*self._of_settings(), *slack_found, *store_found, *chain(*others)]
        known = {one.name for one in everything if one.standing is Standing.FAILURE}
        # What one part cannot see, another may have met.
        return [one for one in everything if one.standing is not Standing.UNSEEN or one.name not in known]

    async def _in_time(self, name: str, part: Part) -> Findings:
        try:
            async with asyncio.timeout(PART_SECONDS):
                return await part()
        except TimeoutError:
            return [
                failure(name, f"No answer within {PART_SECONDS:.0f} s.", "Run `greenlight doctor` again.")
            ]
        except Exception as error:
            # A defect in one part must not hide the others.
            log.exception("checkup_failed", part=name)
            return [failure(name, f"Could not be looked at: {type(error).__name__}.", "Look at the log.")]

    # --- the settings ------------------------------------------------------------------------

    def _of_settings(self) -> Findings:
        problems = required_for_run(self._settings)
        found = [failure("settings", *_split(problem)) for problem in problems]
        found += [
            warning("settings", sentence, "Correct or remove the name in the environment or `.env`.")
            for sentence in unknown_names(self._environ)
        ]
        return found or [ok("settings", "Complete, and every name is known.")]

    # --- Slack -------------------------------------------------------------------------------

    async def _slack(self) -> Findings:
        chosen = self._settings
        if chosen.slack_bot_token is None:
            return []  # said among the settings
        async with slack_client(
            chosen.slack_bot_token,
            chosen.slack_api_url,
            private_hosts=chosen.private_hosts,
            patience=slack_patience(chosen),
        ) as client:
            seen = await look_at_slack(
                client,
                app_token=chosen.slack_app_token if chosen.transport == "socket" else None,
                channel=chosen.channel,
                ids=(*chosen.reviewers, *chosen.admins),
            )
            now = self._clock()
            hello = await say_hello(client, self._hello) if self._hello and not seen.error else None
        token = slack.bot_token(seen)
        return [token] if seen.error else [token, *self._of_slack(seen, now, hello)]

    def _of_slack(self, seen: SlackSeen, now: datetime, hello: str | None) -> Findings:
        chosen = self._settings
        return [
            *slack.scopes(seen),
            slack.incoming(
                seen,
                transport=chosen.transport,
                has_secret=chosen.slack_signing_secret is not None,
                public_url=chosen.public_url,
            ),
            slack.channel(seen.channel),
            slack.messages_tab(False, hello),
            slack.clock(seen, now),
            *slack.roles(
                seen,
                admins=chosen.admins,
                reviewers=chosen.reviewers,
                review=chosen.review == "required",
                quorum={
                    "GREENLIGHT_QUORUM": chosen.quorum,
                    "GREENLIGHT_QUORUM_DELETE": chosen.quorum_delete or 1,
                },
            ),
        ]

    # --- the store ---------------------------------------------------------------------------

    async def _store(self) -> Findings:
        chosen = self._settings
        url = chosen.redis_url.get_secret_value() if chosen.redis_url else None
        found: Findings = []
        async with AsyncExitStack() as stack:
            if url is None:
                try:
                    server = EmbeddedServer(chosen.data_dir)
                    here = await server.start()
                except StoreUnavailable as error:
                    return [failure("embedded server", str(error), _EMBEDDED)]
                stack.push_async_callback(server.close)
                found.append(ok("embedded server", f"{find_server()}, data in {chosen.data_dir.resolve()}."))
                found.append(store.disk(machine.free_bytes(chosen.data_dir), str(chosen.data_dir)))
            client = connect(url or here)
            stack.push_async_callback(client.aclose)
            return [*found, *await self._of_store(client, url)]

    async def _of_store(self, client: Client, url: str | None) -> Findings:
        seen = await store_look.look_at_server(client)
        found = store.server(seen)
        if seen.error:
            return [*found, *await self._keys(frozenset())]
        found += [
            store.persistence(seen),
            store.eviction(seen),
            store.transport(url),
            store.account(seen, embedded=url is None),
        ]
        team = await team_served(client)
        if team is None:
            return [*found, *await self._keys(frozenset()), ok("schedule", "No bot has used this store yet.")]
        sealed = await store_look.sealed_with(client, team)
        now = self._clock()
        waiting = await store_look.look_at_work(client, team, now)
        return [*found, *await self._keys(sealed), *_of_work(waiting, now)]

    async def _keys(self, sealed: frozenset[str]) -> Findings:
        chosen = self._settings
        if chosen.redis_url and not chosen.encryption_keys:
            return []  # said among the settings
        try:
            held = keyring_of(chosen)
        except GreenlightError as error:
            return store.keys(str(error))
        service = await self._key_service()
        mode = machine.mode_if_ours(held.path) if held.path else None
        aside = [*service, *store.key_file(str(held.path), mode)]
        if any(one.standing is Standing.FAILURE for one in service):
            return aside
        try:
            wrappers = await wrappers_of(chosen, held)
            await _round_trip(wrappers, held)
        except GreenlightError as error:
            return [*store.keys(str(error)), *aside]
        services = {one.partition("-")[0] for one in sealed} & set(chosen.key_provider)
        known = {*held.ring.ids, *(one for one in sealed if one.partition("-")[0] in services)}
        return [*store.keys("", ids=known, primary=wrappers.primary_id, sealed_with=sealed), *aside]

    async def _key_service(self) -> Findings:
        """What wraps beside the key set, looked at by itself: it fails in other ways, mended elsewhere."""
        found: Findings = []
        for name in self._settings.key_provider:
            if name == VAULT:
                seen = await look_at_vault(self._settings)
                found.append(keys.not_opened(name, seen) if isinstance(seen, str) else keys.service(seen))
            elif name != LOCAL:
                try:
                    await open_provider(name)
                except GreenlightError as error:
                    found.append(keys.not_opened(name, str(error)))
        return found

    # --- the copies of the audit trail -------------------------------------------------------

    async def _copies(self) -> Findings:
        chosen, found = self._settings, Findings()
        if chosen.audit_file:
            found.append(copies.file(await asyncio.to_thread(look_at_file, chosen.audit_file)))
        if chosen.audit_url:
            async with open_client(__version__, private_hosts=chosen.private_hosts) as client:
                seen = await look_at_collector(chosen.audit_url, chosen.audit_token, client)
            found.append(copies.collector(seen))
        return found

    # --- the way out -------------------------------------------------------------------------

    async def _outside(self) -> Findings:
        chosen = self._settings
        hosts = {
            "openai compliance": chosen.openai_compliance_url,
            "openai api": chosen.openai_api_url,
        }
        async with open_client(__version__, private_hosts=chosen.private_hosts) as client:
            seen = [_host(name, url, await reach(client, url)) for name, url in hosts.items()]
            found = [outside.host(one) for one in seen]
        return [*found, *await self._tenants(), self._egress()]

    async def _tenants(self) -> Findings:
        """Every tenant by itself, with its own token."""
        tenants = self._settings.tenants
        if not tenants:
            return [outside.no_tenant(None)] if DEFAULT in self._settings.connectors else []
        several = len(tenants) > 1
        looks = (
            self._tenant(f"netskope {urlsplit(url).netloc}" if several else "netskope", url, token)
            for url, token in tenants.items()
        )
        return list(chain(*await asyncio.gather(*looks)))

    async def _tenant(self, name: str, url: str, token: SecretStr | None) -> Findings:
        async with open_client(__version__, private_hosts=self._settings.private_hosts) as client:
            seen = _host(name, url, await reach(client, url))
            if token is None:
                return [outside.host(seen), outside.no_tenant(url, name)]
            if seen.failure:
                return [outside.host(seen)]
            access = await NetskopeTenant(client, url, token).check_access(self._clock())
            return [outside.host(seen), *outside.netskope(access, name)]

    def _egress(self) -> Finding:
        host = urlsplit(self._settings.openai_compliance_url).hostname or ""
        return outside.egress(machine.public_address(host), machine.outgoing_proxy())

    async def _mail(self) -> Findings:
        chosen = self._settings
        if chosen.smtp_url is None:
            return [outside.mail(configured=False, said="")]
        try:
            await SmtpMailer(chosen.smtp_url, chosen.mail_from or "doctor@localhost.localdomain").greet()
        except ProviderError as error:
            return [outside.mail(configured=True, said=error.said)]
        return [outside.mail(configured=True, said="")]


_EMBEDDED = "Install the server: `pip install 'greenlight-bot[embedded]'`, or set REDIS_URL."


async def _round_trip(wrappers: Wrappers, held: KeySet) -> None:
    """Seal and open a word, so that a key service that refuses is noticed; raises `GreenlightError`."""
    vault = Vault(wrappers, held.ring.installation_secret)
    sealed = await vault.seal(SecretStr("doctor"), request="GL-DOCTOR", field="doctor", version=1)
    await vault.open(sealed, request="GL-DOCTOR", field="doctor")


def _of_work(seen: WorkSeen, now: datetime) -> Findings:
    refused = any("messages_tab_disabled" in reason for reason in seen.reasons)
    return [*store.work(seen, now), *([slack.messages_tab(True, None)] if refused else [])]


def _host(name: str, url: str, reply: Reply | str) -> HostSeen:
    if isinstance(reply, Reply):
        return HostSeen(name, url, status=reply.status, challenged=reply.challenged)
    return HostSeen(name, url, failure=reply)


def _split(problem: str) -> tuple[str, str]:
    """A sentence of the settings says what is missing by saying what to do; keep both readable."""
    name = problem.removeprefix("Set ").split()[0].rstrip(":,")
    return f"{name} is not set.", problem
