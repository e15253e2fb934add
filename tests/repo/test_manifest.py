"""The Slack manifest: valid, in one piece, enough for the code, and no more than enough."""

import ast
import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema
import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters import slack_start
from bot.manifest import (
    ASKED_SCOPES,
    EVENTS,
    EVENTS_PATH,
    HISTORY_SCOPES,
    OPTIONAL_SCOPES,
    SCOPES,
    Manifest,
    as_json,
    problems,
    render,
)
from bot.sandbox.slack import DEFAULT_SCOPES
from bot.transports import web
from bot.views.actions import COMMAND, SHORTCUT

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
SCHEMA = json.loads((DATA / "slack-manifest.schema.2.0.0.json").read_text())
SCOPES_OF = json.loads((DATA / "slack-method-scopes.json").read_text())
SOCKET = render()
HTTP = render("https://bot.example/")

# Features and events that need a scope without any Web API method being called.
FEATURE_SCOPES = {"commands", "usergroups:read"}


def sources() -> Iterator[Path]:
    for folder in ("bot", "handlers"):
        for path in (ROOT / folder).rglob("*.py"):
            if "sandbox" not in path.parts:
                yield path


BY_ATTRIBUTE = {method.replace(".", "_"): method for method in SCOPES_OF}


def attributes_used() -> set[str]:
    """Methods of slack_sdk's client that the code names: `client.chat_postMessage`."""
    named = {
        node.attr
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
    }
    return {name for name in named & set(vars(AsyncWebClient)) if "_" in name.strip("_")}


# Not needed to start: looking for our own message after a crash (docs/adr/0010), the evidence pack as files.
FILES = {"files.getUploadURLExternal", "files.completeUploadExternal"}
BY_SCOPE = {"files:write": FILES, "users:read.email": {"users.lookupByEmail"}}
READS = {"conversations.history", "conversations.replies"}


def methods_used() -> set[str]:
    used = {BY_ATTRIBUTE[name] for name in attributes_used() if name in BY_ATTRIBUTE}
    return used - READS.union(*BY_SCOPE.values())


@pytest.mark.parametrize("manifest", [SOCKET, HTTP], ids=["socket", "http"])
def test_the_manifest_is_valid_by_slacks_own_schema(manifest: Manifest) -> None:
    jsonschema.validate(manifest, SCHEMA)


def test_the_schema_notices_a_slip_of_the_pen() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**SOCKET, "setings": {}}, SCHEMA)


def test_yaml_and_json_say_the_same_as_the_code() -> None:
    assert yaml.safe_load((ROOT / "manifest.yml").read_text()) == SOCKET
    assert (ROOT / "manifest.json").read_text() == as_json(SOCKET)


def test_the_socket_manifest_names_no_url_and_the_http_manifest_only_ours() -> None:
    assert "url" not in json.dumps(SOCKET)
    assert SOCKET["settings"]["socket_mode_enabled"]
    assert json.dumps(HTTP).count("https://bot.example/slack/events") == 3
    assert not HTTP["settings"]["socket_mode_enabled"]


def test_the_path_in_the_manifest_is_the_one_the_bot_listens_on() -> None:
    assert EVENTS_PATH == web.EVENTS_PATH


def test_command_and_shortcut_are_the_ones_people_are_told() -> None:
    (command,) = SOCKET["features"]["slash_commands"]
    (shortcut,) = SOCKET["features"]["shortcuts"]
    assert command["command"] == COMMAND == "/greenlight"
    assert command["usage_hint"] == "[connect|status|list|verify|rotate|cancel|doctor|help] [GL-...]"
    assert (shortcut["name"], shortcut["callback_id"]) == ("Connect ChatGPT", SHORTCUT)


def test_the_scopes_of_every_web_api_method_the_code_calls_are_known() -> None:
    assert attributes_used() - set(BY_ATTRIBUTE) == set()


def test_every_web_api_method_the_code_calls_is_covered_by_a_scope() -> None:
    used = methods_used()
    assert {"chat.postMessage", "views.open", "users.info"} <= used
    uncovered = {method for method in used if SCOPES_OF[method] and not set(SCOPES_OF[method]) & set(SCOPES)}
    assert uncovered == set()


def test_threat_13_every_scope_is_needed_by_a_method_or_a_feature() -> None:
    needed = {scope for method in methods_used() for scope in SCOPES_OF[method]} | FEATURE_SCOPES
    assert set(SCOPES) - needed == set()


def test_the_manifest_asks_to_read_the_bots_own_channels_and_for_nothing_more_than_that_needs() -> None:
    """So that a card can be found again that was posted in the moment of a crash."""
    assert {method.replace(".", "_") for method in READS} <= attributes_used()
    for method in READS:
        assert set(HISTORY_SCOPES) == {s for s in SCOPES_OF[method] if s.startswith(("channels:", "groups:"))}
    assert set(ASKED_SCOPES) - set(SCOPES) == set(HISTORY_SCOPES)
    assert SOCKET["oauth_config"]["scopes"]["bot"] == list(ASKED_SCOPES)
    assert set(slack_start.HISTORY_SCOPES) == set(HISTORY_SCOPES)


def test_direct_messages_and_search_are_out_of_the_bots_reach() -> None:
    assert not [
        scope for scope in ASKED_SCOPES if scope.startswith(("im:history", "mpim:", "search", "admin"))
    ]


def test_the_local_slack_grants_what_the_manifest_asks_for() -> None:
    assert set(DEFAULT_SCOPES) == set(ASKED_SCOPES)


@pytest.mark.parametrize("scope", OPTIONAL_SCOPES)
def test_an_optional_scope_is_used_documented_never_asked_for_and_no_problem_when_added(scope: str) -> None:
    methods = BY_SCOPE[scope]
    assert {method for method, scopes in SCOPES_OF.items() if scope in scopes} == methods
    assert {method.replace(".", "_") for method in methods} <= attributes_used()
    assert scope not in ASKED_SCOPES
    assert scope in (ROOT / "docs" / "how-to" / "configure.md").read_text()
    manifest = copy.deepcopy(SOCKET)
    manifest["oauth_config"]["scopes"]["bot"].append(scope)
    assert problems(manifest) == []


@pytest.mark.parametrize("manifest", [SOCKET, HTTP], ids=["socket", "http"])
def test_our_own_manifest_has_no_problem(manifest: Manifest) -> None:
    assert problems(manifest) == []


def without_home(manifest: Manifest) -> None:
    manifest["features"]["app_home"]["home_tab_enabled"] = False


def without_messages(manifest: Manifest) -> None:
    manifest["features"]["app_home"]["messages_tab_enabled"] = False


def without_buttons(manifest: Manifest) -> None:
    manifest["settings"]["interactivity"] = {"is_enabled": False}


def without_command(manifest: Manifest) -> None:
    manifest["features"]["slash_commands"][0]["command"] = "/other"


def without_shortcut(manifest: Manifest) -> None:
    del manifest["features"]["shortcuts"]


def without_socket(manifest: Manifest) -> None:
    manifest["settings"]["socket_mode_enabled"] = False


def with_more_than_needed(manifest: Manifest) -> None:
    manifest["oauth_config"]["scopes"]["bot"].append("im:history")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (without_home, "Home tab"),
        (without_messages, "Messages tab"),
        (without_buttons, "Interactivity"),
        (without_command, COMMAND),
        (without_shortcut, SHORTCUT),
        (without_socket, "https://"),
        (with_more_than_needed, "im:history is not needed"),
    ],
)
def test_a_changed_manifest_is_found_out(change: Callable[[Manifest], None], word: str) -> None:
    manifest = copy.deepcopy(SOCKET)
    change(manifest)
    (problem,) = problems(manifest)
    assert word in problem


def test_an_empty_manifest_lacks_everything() -> None:
    assert len(problems({})) == 6 + len(SCOPES) + len(EVENTS)


def test_the_slack_cli_finds_hooks_manifest_and_start() -> None:
    hooks = json.loads((ROOT / ".slack" / "hooks.json").read_text())
    assert hooks["hooks"]["get-hooks"].endswith("slack_cli_hooks.hooks.get_hooks")
    config = json.loads((ROOT / ".slack" / "config.json").read_text())
    assert config["manifest"]["source"] == "local"
    assert "bot.__main__" in (ROOT / "app.py").read_text()
