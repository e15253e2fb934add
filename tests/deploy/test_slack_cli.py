"""`slack run`: the hooks that the Slack CLI calls, called as it calls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.manifest import render
from bot.sandbox.local import LocalWorld
from bot.sandbox.process import free_port, surroundings
from tests.wait import until

ROOT = Path(__file__).parents[2]


def hook(name: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", f"slack_cli_hooks.hooks.{name}"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def in_the_environment(command: str) -> str:
    """What a shell prints in which the environment is active; the CLI has no other way to find Python."""
    environ = surroundings() | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-c", command], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_cli_finds_its_hooks_by_the_command_in_the_repository() -> None:
    command = json.loads((ROOT / ".slack" / "hooks.json").read_text())["hooks"]["get-hooks"]
    assert {"get-manifest", "start"} <= set(json.loads(in_the_environment(command))["hooks"])


def test_the_guide_makes_the_environment_that_the_command_needs() -> None:
    guide = (ROOT / "docs" / "how-to" / "install.md").read_text()
    steps = guide.partition("## The Slack CLI")[2].partition("```sh\n")[2].partition("```")[0].splitlines()
    assert steps == ["make .venv/.dev", ". .venv/bin/activate", "slack run"]
    assert "$(VENV)/.dev: requirements-dev.txt" in (ROOT / "Makefile").read_text()
    assert "\nslack-cli-hooks==" in (ROOT / "requirements-dev.txt").read_text()


def test_the_cli_gets_the_manifest_that_the_code_renders() -> None:
    assert json.loads(hook("get_manifest")) == render()


async def test_the_cli_starts_the_bot_with_the_tokens_it_injects(tmp_path: Path) -> None:
    async with LocalWorld() as world:
        port = free_port()
        environ = {**surroundings(), **world.environment(tmp_path / "data", port=port)}
        environ |= {
            "SLACK_CLI_XOXB": world.slack.bot_token,
            "SLACK_CLI_XAPP": world.slack.app_token,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        log = tmp_path / "log"
        with log.open("wb") as file:
            cli = subprocess.Popen(  # noqa: ASYNC220  # a start takes a millisecond
                [sys.executable, "-m", "slack_cli_hooks.hooks.start"],
                cwd=ROOT, env=environ, stdout=file, stderr=file, start_new_session=True,
            )  # fmt: skip
        try:
            await until(lambda: world.slack.sockets.hearing, what="the bot behind `slack run`")
            delivery = await world.slack.person("U0ADMIN").slash("/greenlight", "help")
            assert delivery.acked, log.read_text()
        finally:
            os.killpg(cli.pid, 15)
            cli.wait(120)


def test_under_the_cli_no_memory_is_written_down_on_a_crash_either(tmp_path: Path) -> None:
    code = (
        "import contextlib, resource, runpy\n"
        "with contextlib.suppress(SystemExit):\n"
        f"    runpy.run_path({str(ROOT / 'app.py')!r}, run_name='__main__')\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "(0, 0)"


@pytest.mark.parametrize("name", ["manifest.json", "app.py", ".slack/config.json"])
def test_what_the_cli_looks_for_is_there(name: str) -> None:
    assert (ROOT / name).is_file()
