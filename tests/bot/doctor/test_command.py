"""The doctor as people meet it: on the command line and in Slack."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from dotenv import dotenv_values
from pydantic import SecretStr

from bot.adapters.vault import Keyring
from bot.doctor.first_start import MOST_OF_A_URL, is_first, link, walkthrough
from bot.manifest import as_yaml, render
from bot.sandbox.process import surroundings
from tests.bot.doctor.conftest import ROOT, Patient


def greenlight(folder: Path, environ: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    around = {**surroundings(), **environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        env=around, cwd=folder, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


async def test_the_command_says_what_is_wrong_and_exits_with_it(patient: Patient) -> None:
    well = await asyncio.to_thread(greenlight, patient.folder, patient.environ, "doctor", "--json")
    assert well.returncode == 0, well.stderr
    findings = json.loads(well.stdout)["findings"]
    assert {"slack scopes", "redis persistence", "netskope audit", "mail server"} <= {
        one["name"] for one in findings
    }
    patient.world.slack.world.remove_bot("C0SECURITY")
    ill = await asyncio.to_thread(greenlight, patient.folder, patient.environ, "doctor")
    assert ill.returncode == 1
    assert "FAILURE   channel: The bot is not a member" in ill.stdout
    secrets = (patient.world.slack.bot_token, patient.world.netskope.token, ":pw@")
    assert not any(secret in ill.stdout + ill.stderr for secret in secrets)


def test_settings_that_cannot_be_read_are_findings_too(tmp_path: Path) -> None:
    done = greenlight(tmp_path, {"SLACK_BOT_TOKEN": "nonsense"}, "doctor")
    assert done.returncode == 1
    assert "SLACK_BOT_TOKEN must be" in done.stdout
    assert "nonsense" not in done.stdout


@pytest.mark.parametrize("command", ["run", "doctor"])
def test_who_starts_with_nothing_is_walked_through_it(tmp_path: Path, command: str) -> None:
    done = greenlight(tmp_path, {}, command)
    assert done.returncode == 2
    assert "1. Open this address" in done.stdout
    assert "/invite @Greenlight" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_script_that_asks_where_nothing_is_configured_gets_json_too(tmp_path: Path) -> None:
    done = greenlight(tmp_path, {}, "doctor", "--json")
    (finding,) = json.loads(done.stdout)["findings"]
    assert (done.returncode, finding["standing"], finding["name"]) == (2, "failure", "settings")
    assert list(tmp_path.iterdir()) == []  # and nothing was started to look at


def test_one_variable_is_enough_not_to_be_a_beginner() -> None:
    assert is_first(["PATH", "GREENLIGHT_DATA_DIR"])
    assert not is_first(["PATH", "SLACK_BOT_TOKEN"])


def test_the_link_opens_the_form_with_this_very_manifest() -> None:
    manifest = render()
    url = link(as_yaml(manifest))
    assert url is not None
    query = parse_qs(urlsplit(url).query)
    assert query["new_app"] == ["1"]
    assert yaml.safe_load(query["manifest_yaml"][0]) == manifest


def test_a_manifest_too_long_for_a_link_goes_by_file() -> None:
    long = "x" * MOST_OF_A_URL
    assert link(long) is None
    assert "greenlight manifest > manifest.yml" in walkthrough(long)


async def test_steps_that_were_given_up_are_listed_and_done_again(patient: Patient) -> None:
    letter = {"step": "GL-000001|card|0", "why": "slack: not_in_channel"}
    prefix = f"gl:{{{patient.world.slack.team_id}}}:"
    patient.store.xadd(prefix + "dead", letter)
    listed = await asyncio.to_thread(greenlight, patient.folder, patient.environ, "steps", "dead")
    assert listed.stdout == "GL-000001|card|0  slack: not_in_channel\n"
    await asyncio.to_thread(greenlight, patient.folder, patient.environ, "steps", "retry")
    assert patient.store.xlen(prefix + "dead") == 0
    assert patient.store.zscore(prefix + "due", "GL-000001|card|0") is not None


async def test_empty_lists_say_so_and_keep_standard_output_empty(patient: Patient) -> None:
    expected = {
        ("requests", "list"): "No requests yet: somebody has to type /greenlight in Slack.\n",
        ("steps", "dead"): "No step was given up.\n",
        ("audit", "verify"): "There is no request to check.\n",
    }
    for words, told in expected.items():
        done = await asyncio.to_thread(greenlight, patient.folder, patient.environ, *words)
        assert (done.returncode, done.stdout) == (0, "")
        assert done.stderr.endswith(told)


async def test_an_unknown_request_is_one_sentence_that_says_where_to_look(patient: Patient) -> None:
    done = await asyncio.to_thread(
        greenlight, patient.folder, patient.environ, "requests", "show", "GL-7K3M9Q"
    )
    assert done.returncode == 1
    assert done.stderr == "greenlight: No request GL-7K3M9Q. `greenlight requests list` shows them.\n"


def test_a_new_key_set_is_one_line_that_can_stand_in_dotenv(tmp_path: Path) -> None:
    printed = greenlight(tmp_path, {}, "keys", "new").stdout
    (tmp_path / ".env").write_text(f"GREENLIGHT_ENCRYPTION_KEYS={printed}", encoding="utf-8")
    read = dotenv_values(tmp_path / ".env")
    keys = Keyring.parse(SecretStr(read["GREENLIGHT_ENCRYPTION_KEYS"] or ""))
    assert keys.dump().get_secret_value().split() == printed.strip().split(",")


@pytest.mark.parametrize("url", ["http://bot.example", "bot.example", "https://bot.example/path?x"])
def test_a_manifest_for_an_address_that_slack_would_refuse_is_refused(tmp_path: Path, url: str) -> None:
    done = greenlight(tmp_path, {}, "manifest", "--url", url)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "https://HOST" in done.stderr
