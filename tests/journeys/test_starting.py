"""What is missing or wrong is said in one clear sentence, and the bot does not start."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.sandbox import local
from bot.sandbox.local import LocalWorld
from bot.sandbox.process import BotProcess, free_port, surroundings
from bot.sandbox.slack import DEFAULT_SCOPES, SlackSandbox


def nothing(_world: LocalWorld) -> None:
    return


def shared_outside(world: LocalWorld) -> None:
    world.slack.world.channels[local.CHANNEL].is_ext_shared = True


def archived(world: LocalWorld) -> None:
    world.slack.world.archive(local.CHANNEL)


def uninvited(world: LocalWorld) -> None:
    world.slack.world.remove_bot(local.CHANNEL)


def slack_away(world: LocalWorld) -> None:
    world.slack.faults.status("auth.test", 503, times=20)


@dataclass
class Case:
    """A mistake, and the words that name it."""

    words: str
    wrong: dict[str, str] = field(default_factory=dict)
    prepare: Callable[[LocalWorld], None] = nothing
    scopes: tuple[str, ...] = DEFAULT_SCOPES


CASES = {
    "no bot token": Case("Set SLACK_BOT_TOKEN", {"SLACK_BOT_TOKEN": ""}),
    "wrong bot token": Case("SLACK_BOT_TOKEN is not valid", {"SLACK_BOT_TOKEN": "xoxb-of-somebody-else"}),
    "not a bot token": Case("SLACK_BOT_TOKEN must be", {"SLACK_BOT_TOKEN": "xapp-1-mixed-up"}),
    "no app token": Case("Set SLACK_APP_TOKEN", {"SLACK_APP_TOKEN": ""}),
    "wrong app token": Case("SLACK_APP_TOKEN is not valid", {"SLACK_APP_TOKEN": "xapp-1-of-somebody-else"}),
    "no signing secret": Case(
        "Set SLACK_SIGNING_SECRET", {"GREENLIGHT_TRANSPORT": "http", "SLACK_SIGNING_SECRET": ""}
    ),
    "no channel": Case("Set GREENLIGHT_CHANNEL", {"GREENLIGHT_CHANNEL": ""}),
    "missing scope": Case("lacks the bot scopes im:write", scopes=tuple({*DEFAULT_SCOPES} - {"im:write"})),
    "unknown channel": Case("does not exist or is private", {"GREENLIGHT_CHANNEL": "C0NOWHERE"}),
    "not in the channel": Case("does not have the bot as a member", prepare=uninvited),
    "shared channel": Case("is shared with another organization", prepare=shared_outside),
    "archived channel": Case("is archived", prepare=archived),
    "Slack away": Case("does not answer", prepare=slack_away),
    "Redis away": Case(
        "check REDIS_URL",
        {"REDIS_URL": "redis://127.0.0.1:1", "GREENLIGHT_ENCRYPTION_KEYS": "set in the test"},
    ),
    "an unusable key set": Case(
        "GREENLIGHT_ENCRYPTION_KEYS", {"REDIS_URL": "redis://127.0.0.1:1", "GREENLIGHT_ENCRYPTION_KEYS": "x"}
    ),
}


WITHOUT = """
import runpy, sys
sys.modules[sys.argv.pop(1)] = None  # as if the package were not installed
runpy.run_module("bot", run_name="__main__", alter_sys=True)
"""
EXTRAS = {
    "oidc": (
        "jwt",
        {
            "GREENLIGHT_OIDC_ISSUER": "https://login.example.com",
            "GREENLIGHT_OIDC_CLIENT_ID": "greenlight",
            "GREENLIGHT_OIDC_CLIENT_SECRET": "of-the-provider",
            "GREENLIGHT_PUBLIC_URL": "https://bot.example.com",
        },
    ),
    "vault": (
        "hvac",
        {
            "GREENLIGHT_KEY_PROVIDER": "vault,local",
            "VAULT_ADDR": "http://127.0.0.1:1",
            "VAULT_TOKEN_FILE": "/nowhere/token",
        },
    ),
}


async def run(environment: dict[str, str], *python: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *(python or ("-m", "bot")),
        "run",
        env=surroundings() | environment,
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )
    _, said = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode or 0, said.decode()


@pytest.mark.parametrize("name", CASES)
async def test_each_mistake_is_one_sentence_and_no_start(name: str, tmp_path: Path):
    from bot.adapters.vault import Keyring

    case = CASES[name]
    world = LocalWorld()
    world.slack = SlackSandbox(scopes=case.scopes)
    async with world:
        case.prepare(world)
        environment = world.environment(tmp_path, port=free_port()) | case.wrong
        if environment.get("GREENLIGHT_ENCRYPTION_KEYS") == "set in the test":
            environment["GREENLIGHT_ENCRYPTION_KEYS"] = Keyring.generate().dump().get_secret_value()
        code, said = await run(environment)
    lines = [line for line in said.splitlines() if line.startswith("greenlight: ")]
    assert code != 0
    assert "Traceback" not in said
    assert len(lines) == 1, said
    assert case.words in lines[0], said
    assert said.strip().endswith(lines[0])
    secrets = {value for key, value in case.wrong.items() if "TOKEN" in key and value}
    assert not [secret for secret in secrets if secret in said]


@pytest.mark.parametrize("extra", EXTRAS)
async def test_what_is_configured_but_not_installed_is_named(extra: str, tmp_path: Path):
    package, settings = EXTRAS[extra]
    async with LocalWorld() as world:
        environment = world.environment(tmp_path, port=free_port()) | settings
        code, said = await run(environment, "-c", WITHOUT, package)
    assert code != 0
    assert said.strip().splitlines()[-1].startswith("greenlight: ")
    assert f"pip install 'greenlight-bot[{extra}]'" in said
    assert "Traceback" not in said


async def test_a_port_that_is_taken_is_said(tmp_path: Path):
    async with LocalWorld() as world:
        taken = int(world.slack.base.rpartition(":")[2])
        code, said = await run(world.environment(tmp_path, port=taken))
    assert code != 0
    assert "GREENLIGHT_HTTP_PORT cannot be listened on" in said
    assert "Traceback" not in said


async def test_what_will_surprise_later_is_one_line_at_the_start(tmp_path: Path):
    """A misspelled setting has no effect, and without reviewers nobody can approve; the bot runs on."""
    async with LocalWorld() as world:
        environment = world.environment(tmp_path / "data", port=free_port())
        environment["GREENLIGHT_REVIEWER"] = environment.pop("GREENLIGHT_REVIEWERS")
        process = BotProcess(environment, tmp_path / "log")
        await process.start()
        await process.stop()
    warned = [line for line in process.output.splitlines() if "start_warning" in line]
    assert sum("did you mean GREENLIGHT_REVIEWERS?" in line for line in warned) == 1
    assert sum("Nobody can approve" in line for line in warned) == 1
    assert len(warned) == 2, warned
