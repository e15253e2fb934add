"""Each fault, injected into a healthy installation: found, named, and gone when what is told was done."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.slack_look import MOST_PEOPLE
from bot.adapters.vault import Keyring
from bot.doctor import Standing, spoken
from bot.manifest import ASKED_SCOPES
from bot.sandbox.local import CHANNEL
from bot.sandbox.netskope import Fault as TenantFault
from bot.sandbox.process import free_port
from bot.sandbox.slack import DEFAULT_SCOPES
from bot.views.language import speaking
from tests.bot.doctor.conftest import Patient, bad

Do = Callable[[Patient], object]
FAILURE, WARNING = Standing.FAILURE, Standing.WARNING


@dataclass
class Case:
    """`mend` None: the told commands are run in a shell; else it is what the told click does."""

    name: str
    standing: Standing
    says: str
    breaks: Do
    tells: str = ""
    mend: Do | None = None


def env(**values: str) -> Do:
    return lambda patient: patient.environ.update(values)


def drop(*names: str) -> Do:
    return lambda patient: [patient.environ.pop(name, None) for name in names]


def group(users: list[str]) -> Do:
    return lambda p: setattr(p.world.slack.world.groups["S0SECURITY"], "users", users)


def scopes(change: Callable[[frozenset[str]], frozenset[str]]) -> Do:
    def apply(patient: Patient) -> None:
        patient.world.slack._api.scopes = change(patient.world.slack._api.scopes)

    return apply


def channel(**flags: bool) -> Do:
    def apply(patient: Patient) -> None:
        for name, value in flags.items():
            setattr(patient.world.slack.world.channels[CHANNEL], name, value)

    return apply


def user(user_id: str, **flags: bool) -> Do:
    def apply(patient: Patient) -> None:
        for name, value in flags.items():
            setattr(patient.world.slack.world.users[user_id], name, value)

    return apply


def config(name: str, value: str) -> Do:
    return lambda patient: patient.store.config_set(name, value)


def replica_of(where: str) -> Do:
    return lambda patient: patient.store.execute_command("REPLICAOF", *where.split())


def hello(user_id: str) -> Do:
    return lambda patient: setattr(patient, "hello", user_id)


def default_user(patient: Patient) -> None:
    patient.environ["REDIS_URL"] = patient.environ["REDIS_URL"].replace("greenlight:pw@", "")


def own_user(patient: Patient) -> None:
    (command,) = [one for one in patient.ran if "ACL SETUSER" in one]
    assert "CHOOSE-A-PASSWORD" in command
    address = patient.environ["REDIS_URL"].partition("://")[2]
    patient.environ["REDIS_URL"] = f"redis://greenlight:CHOOSE-A-PASSWORD@{address}"


def rights(patient: Patient, *names: str) -> None:
    patient.world.netskope.tokens[patient.world.netskope.token] = frozenset(names)


def socket_mode_off(patient: Patient) -> None:
    patient.world.slack.faults.error("apps.connections.open", "socket_mode_disabled", times=99)


def good_day(patient: Patient) -> None:
    patient.world.slack.faults.clear()


def messages_tab(patient: Patient, *, on: bool) -> None:
    patient.world.slack.world.messages_tab_enabled = on
    patient.hello = "U0REVIEW1"


def late_clock(minutes: float) -> Do:
    return lambda p: setattr(p, "now", datetime.now(UTC) + timedelta(minutes=minutes) if minutes else None)


def stuck(patient: Patient) -> None:
    due = (time.time() - 600) * 1000
    patient.store.zadd(f"gl:{{{patient.world.slack.team_id}}}:due", {"GL-000001|probe|0": due})


def performed(patient: Patient) -> None:
    patient.store.delete(f"gl:{{{patient.world.slack.team_id}}}:due")


def given_up(patient: Patient) -> None:
    letter = {"step": "GL-000001|card|0", "why": "slack: not_in_channel"}
    patient.store.xadd(f"gl:{{{patient.world.slack.team_id}}}:dead", letter)


def sealed_elsewhere(patient: Patient) -> None:
    prefix = f"gl:{{{patient.world.slack.team_id}}}:"
    patient.store.sadd(prefix + "sealed", "GL-000001")
    patient.store.set(prefix + "vault:GL-000001", "gl1.1.k0ther.AAAA.BBBB")


def unsealed(patient: Patient) -> None:
    patient.store.delete(f"gl:{{{patient.world.slack.team_id}}}:sealed")


def keys_garbled(patient: Patient) -> None:
    Path(patient.environ["GREENLIGHT_ENCRYPTION_KEYS_FILE"]).write_text("nonsense")


def keys_right(patient: Patient) -> None:
    file = Path(patient.environ["GREENLIGHT_ENCRYPTION_KEYS_FILE"])
    file.write_text(Keyring.generate().dump().get_secret_value())


def key_file(mode: int) -> Do:
    return lambda p: Path(p.environ["GREENLIGHT_ENCRYPTION_KEYS_FILE"]).chmod(mode)


def token(value: str) -> Do:
    return lambda patient: patient.environ.update(SLACK_BOT_TOKEN=value)


def right_tokens(patient: Patient) -> None:
    slack = patient.world.slack
    patient.environ.update(SLACK_BOT_TOKEN=slack.bot_token, SLACK_APP_TOKEN=slack.app_token)


def right_token_of_tenant(patient: Patient) -> None:
    patient.environ["NETSKOPE_API_TOKEN"] = patient.world.netskope.token


def closed_port() -> str:
    return f"http://127.0.0.1:{free_port()}"


CASES = {
    "no channel set": Case("settings", FAILURE, "GREENLIGHT_CHANNEL", drop("GREENLIGHT_CHANNEL"),
                           "GREENLIGHT_CHANNEL", env(GREENLIGHT_CHANNEL=CHANNEL)),
    "a misspelt setting": Case("settings", WARNING, "did you mean GREENLIGHT_REVIEWERS",
                               env(GREENLIGHT_REVEIWERS="U1"), "remove", drop("GREENLIGHT_REVEIWERS")),
    "a wrong bot token": Case("slack bot token", FAILURE, "invalid_auth", token("xoxb-wrong"),
                              "Bot User OAuth Token", right_tokens),
    "slack out of reach": Case("slack bot token", FAILURE, "unreachable",
                               lambda p: p.environ.update(SLACK_API_URL=closed_port() + "/"), "curl",
                               lambda p: p.environ.update(SLACK_API_URL=p.world.slack.url)),
    "a missing scope": Case("slack scopes", FAILURE, "im:write", scopes(lambda s: s - {"im:write"}),
                            "greenlight manifest", scopes(lambda s: s | {"im:write"})),
    "no way to find a card again": Case("slack history scopes", WARNING, "second one",
                                        scopes(lambda s: s - {"groups:history"}), "greenlight manifest",
                                        scopes(lambda s: s | {"groups:history"})),
    "a spare scope": Case("slack spare scopes", WARNING, "im:history",
                          scopes(lambda s: s | {"im:history"}), "greenlight manifest",
                          scopes(lambda s: s - {"im:history"})),
    "a wrong app token": Case("slack socket mode", FAILURE, "invalid_auth",
                              env(SLACK_APP_TOKEN="xapp-wrong"), "connections:write", right_tokens),
    "socket mode off": Case("slack socket mode", FAILURE, "switched off", socket_mode_off, "Socket Mode",
                            good_day),
    "bot not in channel": Case("channel", FAILURE, "not a member",
                               lambda p: p.world.slack.world.remove_bot(CHANNEL), "/invite @Greenlight",
                               lambda p: p.world.slack.world.join(p.world.slack.bot_user_id, CHANNEL)),
    "channel archived": Case("channel", FAILURE, "archived", channel(is_archived=True), "Unarchive",
                             channel(is_archived=False)),
    "channel shared": Case("channel", FAILURE, "shared with another", channel(is_ext_shared=True),
                           "your own organization", channel(is_ext_shared=False)),
    "channel about to be shared": Case("channel", FAILURE, "about to be", channel(is_pending_ext_shared=True),
                                       "your own organization", channel(is_pending_ext_shared=False)),
    "channel unknown": Case("channel", FAILURE, "C0NOWHERE", env(GREENLIGHT_CHANNEL="C0NOWHERE"),
                            "/invite", env(GREENLIGHT_CHANNEL=CHANNEL)),
    "messages tab off": Case("slack messages tab", FAILURE, "messages_tab_disabled",
                             lambda p: messages_tab(p, on=False), "Messages Tab",
                             lambda p: messages_tab(p, on=True)),
    "clock wrong": Case("clock", FAILURE, "Slack differ", late_clock(10), "timedatectl", late_clock(0)),
    "clock off a little": Case("clock", WARNING, "Slack differ", late_clock(1), "timedatectl", late_clock(0)),
    "nobody can approve": Case("reviewers", FAILURE, "Nobody can approve", drop("GREENLIGHT_REVIEWERS"),
                               "GREENLIGHT_REVIEWERS", env(GREENLIGHT_REVIEWERS="S0SECURITY")),
    "an empty group": Case("user group S0SECURITY", WARNING, "no members", group([]), "S0SECURITY",
                           group(["U0REVIEW1", "U0REVIEW2"])),
    "an unknown group": Case("user group S0NOBODY", WARNING, "no user group",
                             env(GREENLIGHT_REVIEWERS="S0SECURITY S0NOBODY"), "S0NOBODY",
                             env(GREENLIGHT_REVIEWERS="S0SECURITY")),
    "a quorum out of reach": Case("reviewers", FAILURE, "5 approvals", env(GREENLIGHT_QUORUM="5"),
                                  "GREENLIGHT_QUORUM=2", env(GREENLIGHT_QUORUM="1")),
    "a quorum for deleting out of reach": Case(
        "reviewers", FAILURE, "GREENLIGHT_QUORUM_DELETE asks for 5", env(GREENLIGHT_QUORUM_DELETE="5"),
        "GREENLIGHT_QUORUM_DELETE=2", env(GREENLIGHT_QUORUM_DELETE="1"),
    ),
    "review off": Case("reviewers", WARNING, "Review is off", env(GREENLIGHT_REVIEW="off"),
                       "GREENLIGHT_REVIEW=required", env(GREENLIGHT_REVIEW="required")),
    "a deactivated admin": Case("person U0ADMIN2", WARNING, "deactivated", user("U0ADMIN2", deleted=True),
                                "U0ADMIN2", env(GREENLIGHT_ADMINS="U0ADMIN")),
    "nobody can request": Case("admins", FAILURE, "names nobody", env(GREENLIGHT_ADMINS="S0EMPTY"),
                               "GREENLIGHT_ADMINS", env(GREENLIGHT_ADMINS="U0ADMIN")),
    "nobody is left for a reviewer's own": Case("reviewers", WARNING, "nobody is left", group(["U0REVIEW1"]),
                                                "GREENLIGHT_REVIEWERS", group(["U0REVIEW1", "U0REVIEW2"])),
    "groups cannot be read": Case("user group S0SECURITY", FAILURE, "scope is missing",
                                  scopes(lambda s: s - {"usergroups:read"}), "greenlight manifest",
                                  scopes(lambda s: s | {"usergroups:read"})),
    "channels cannot be read": Case("channel", FAILURE, "scope is missing",
                                    scopes(lambda s: s - {"groups:read", "channels:read"}),
                                    "greenlight manifest",
                                    scopes(lambda s: s | {"groups:read", "channels:read"})),
    "nobody to send a test message to": Case("slack messages tab", FAILURE, "refused", hello("U0NOBODY"),
                                             "another person", hello("U0REVIEW1")),
    "an unknown admin": Case("person U0NOBODY", WARNING, "nobody", env(GREENLIGHT_ADMINS="U0ADMIN U0NOBODY"),
                             "U0NOBODY", env(GREENLIGHT_ADMINS="U0ADMIN")),
    "a guest as admin": Case("person U0ADMIN", WARNING, "guest", user("U0ADMIN", is_restricted=True),
                             "U0ADMIN", user("U0ADMIN", is_restricted=False)),
    "redis out of reach": Case("redis", FAILURE, "ConnectionError",
                               lambda p: p.environ.update(OLD=p.environ["REDIS_URL"],
                                                          REDIS_URL=f"redis://127.0.0.1:{free_port()}/0"),
                               "REDIS_URL", lambda p: p.environ.update(REDIS_URL=p.environ["OLD"])),
    "no append-only file": Case("redis persistence", WARNING, "loses decisions", config("appendonly", "no")),
    "a lazy append-only file": Case("redis persistence", WARNING, "appendfsync no",
                                    config("appendfsync", "no")),
    "the server is full": Case("redis writes", FAILURE, "OutOfMemoryError", config("maxmemory", "1")),
    "the server is a replica": Case("redis writes", FAILURE, "ReadOnlyError", replica_of("127.0.0.1 1"),
                                    "its primary", replica_of("NO ONE")),
    "the server asks for replicas": Case("redis writes", FAILURE, "ResponseError",
                                         config("min-replicas-to-write", "1"), "server's log",
                                         config("min-replicas-to-write", "0")),
    "eviction": Case("redis eviction", FAILURE, "allkeys-lru", config("maxmemory-policy", "allkeys-lru")),
    "the default user": Case("redis user", WARNING, "all-powerful", default_user),
    "keys garbled": Case("encryption keys", FAILURE, "key set", keys_garbled, "greenlight keys new",
                         keys_right),
    "key file open to all": Case("key file", WARNING, "644", key_file(0o644)),
    "another key set": Case("encryption keys", FAILURE, "k0ther", sealed_elsewhere, "old key set", unsealed),
    "openai out of reach": Case("openai compliance reachable", FAILURE, "no connection",
                                lambda p: p.environ.update(OPENAI_COMPLIANCE_URL=closed_port()), "curl",
                                lambda p: p.environ.update(
                                    OPENAI_COMPLIANCE_URL=p.world.openai.compliance_url)),
    "netskope out of reach": Case("netskope reachable", FAILURE, "no connection",
                                  lambda p: p.environ.update(NETSKOPE_TENANT_URL=closed_port()), "curl",
                                  lambda p: p.environ.update(
                                      NETSKOPE_TENANT_URL=p.world.netskope.tenant_url)),
    "netskope token unknown": Case("netskope audit", FAILURE, "does not know", env(NETSKOPE_API_TOKEN="x"),
                                   "NETSKOPE_API_TOKEN", right_token_of_tenant),
    "no right to the audit log": Case("netskope audit", FAILURE, "not_permitted",
                                      lambda p: rights(p, "application", "alert"), "Audit Log: View",
                                      lambda p: rights(p, "audit", "application", "alert")),
    "no right to alerts": Case("netskope alert", WARNING, "not_permitted",
                               lambda p: rights(p, "audit", "application"), "Alerts: View",
                               lambda p: rights(p, "audit", "application", "alert")),
    "netskope ill": Case("netskope audit", WARNING, "outage",
                         lambda p: p.world.netskope.set_fault(TenantFault.OUTAGE), "greenlight doctor",
                         lambda p: p.world.netskope.set_fault(None)),
    "netskope hidden behind a page": Case("netskope audit", WARNING, "No useful answer",
                                          lambda p: p.world.netskope.set_fault(TenantFault.HTML),
                                          "sign-in page", lambda p: p.world.netskope.set_fault(None)),
    "no tenant": Case("netskope", WARNING, "NETSKOPE_TENANT_URL is not set",
                      drop("NETSKOPE_TENANT_URL", "NETSKOPE_API_TOKEN"), "https://YOUR-TENANT.goskope.com",
                      lambda p: p.environ.update(NETSKOPE_TENANT_URL=p.world.netskope.tenant_url,
                                                 NETSKOPE_API_TOKEN=p.world.netskope.token)),
    "no tenant token": Case("netskope token", WARNING, "E3", drop("NETSKOPE_API_TOKEN"), "REST API v2",
                            right_token_of_tenant),
    "mail server out of reach": Case("mail server", FAILURE, "cannot connect",
                                     lambda p: p.environ.update(SMTP_URL=f"smtp://127.0.0.1:{free_port()}"),
                                     "host and port",
                                     lambda p: p.environ.update(SMTP_URL=p.world.mailbox.url)),
    "work that nobody does": Case("schedule", FAILURE, "10 minutes", stuck, "greenlight run", performed),
    "work given up": Case("dead letters", WARNING, "not_in_channel", given_up),
}  # fmt: skip


async def done(outcome: object) -> None:
    if isinstance(outcome, Awaitable):
        await outcome


async def test_the_optional_scopes_are_no_spare_ones(patient: Patient) -> None:
    scopes(lambda s: s | {"files:write", "users:read.email"})(patient)
    assert "slack spare scopes" not in {finding.name for finding in await patient.findings()}


async def test_without_the_scope_for_addresses_it_says_who_is_not_watched(patient: Patient) -> None:
    finding = await patient.found("key creators")
    assert finding.standing is Standing.UNSEEN
    assert "the key dies with them" in finding.why
    assert "add users:read.email" in finding.mend
    scopes(lambda s: s | {"users:read.email"})(patient)
    assert (await patient.found("key creators")).standing is Standing.OK


async def test_the_local_slack_grants_what_the_manifest_asks_for(patient: Patient) -> None:
    assert (await patient.found("slack scopes")).standing is Standing.OK
    assert set(DEFAULT_SCOPES) == set(ASKED_SCOPES)


async def test_a_healthy_installation_needs_nothing(patient: Patient) -> None:
    assert bad(await patient.findings()) == {}


FOREIGN = {"key service", "encryption keys"}  # what they say comes from elsewhere, as it is


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_a_fault_is_found_named_and_gone_when_mended_as_told(patient: Patient, case: Case) -> None:
    case.breaks(patient)
    finding = await patient.found(case.name)
    assert (finding.standing, case.says in finding.why) == (case.standing, True), finding
    assert case.tells in finding.mend
    with speaking("de-DE"):  # nothing is left in English for somebody who reads German
        assert spoken.in_words(finding.why) != finding.why or finding.name in FOREIGN
        assert spoken.in_words(finding.mend) != finding.mend or finding.mend.startswith("`")
    if case.mend:
        case.mend(patient)
    else:
        command = finding.mend.partition("` now")[0] + "`" if "` now" in finding.mend else finding.mend
        await patient.told(type(finding)(finding.name, finding.standing, finding.why, command))
        if case.breaks is default_user:
            own_user(patient)
    assert bad(await patient.findings()) == {}


async def test_the_told_acl_user_may_do_all_that_the_bot_does(patient: Patient) -> None:
    default_user(patient)
    await patient.told(await patient.found("redis user"))
    own_user(patient)
    from bot.sandbox.process import BotProcess
    from bot.sandbox.story import Story

    said: list[str] = []
    environ = patient.environ | {
        "GREENLIGHT_HTTP_PORT": str(free_port()),
        "GREENLIGHT_POLL_SCALE": "0.01",
    }
    bot = BotProcess(environ, patient.folder / "bot.log")
    await bot.start()
    try:
        await Story(patient.world, said.append).play()
    finally:
        assert await bot.stop() == 0
    assert "NoPermission" not in bot.output


async def test_a_large_group_of_admins_does_not_hide_the_reviewers(patient: Patient) -> None:
    crowd = [f"U{n:05d}" for n in range(MOST_PEOPLE + 10)]  # sorted before every other id
    for one in crowd:
        patient.world.slack.world.add_user(one)
    patient.world.slack.world.add_group("S0CROWD", "crowd", crowd)
    patient.environ["GREENLIGHT_ADMINS"] = "S0CROWD"
    assert (await patient.found("reviewers")).standing is not Standing.FAILURE
    assert f"{len(crowd)} can request" in (await patient.found("admins")).why
