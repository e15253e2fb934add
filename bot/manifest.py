"""The Slack app manifest: what the app is called, may do and hears, for both transports.

`manifest.yml` and `manifest.json` at the root of the repository are `render()`; tests keep them equal.
Source of names and limits: slackapi/manifest-schema 2.0.0 and docs.slack.dev/reference/app-manifest.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from bot.views.actions import COMMAND, SHORTCUT

Manifest = dict[str, Any]

EVENTS_PATH = "/slack/events"
EVENTS = ("app_home_opened", "app_uninstalled", "subteam_members_changed", "tokens_revoked")
SCOPES = (
    "channels:read",
    "chat:write",
    "commands",
    "groups:read",
    "im:write",
    "usergroups:read",
    "users:read",
)
# Asked for, and the bot starts without: to find a message of its own again that a crash left behind. They
# reach the channels the bot is a member of, and no direct message (docs/adr/0010).
HISTORY_SCOPES = ("channels:history", "groups:history")
ASKED_SCOPES = tuple(sorted((*SCOPES, *HISTORY_SCOPES)))
# Never asked for, used when an operator adds them: docs/how-to/configure.md says what for.
EMAIL_SCOPE = "users:read.email"
OPTIONAL_SCOPES = ("files:write", EMAIL_SCOPE)
KNOWN_SCOPES = frozenset({*ASKED_SCOPES, *OPTIONAL_SCOPES})
_LONG_DESCRIPTION = """\
Greenlight takes a ChatGPT Enterprise workspace from a request to a proven connection with Netskope's \
Next Gen CASB API. An admin asks with /greenlight, a reviewer of the security team approves, OpenAI grants \
the Compliance API scopes, the admin presses Grant Access in Netskope, and everyone sees in the security \
channel where it stands, on what evidence, and who has to act next. The API key is encrypted at once, never \
shown again, and destroyed when the request ends.\
"""


def render(public_url: str | None = None) -> Manifest:
    """The manifest for Socket Mode, or for signed HTTP at the public https URL of the bot."""
    url = f"{public_url.rstrip('/')}{EVENTS_PATH}" if public_url else None
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Greenlight",
            "description": "Connects ChatGPT Enterprise with Netskope, and proves that it is connected",
            "long_description": _LONG_DESCRIPTION,
            "background_color": "#14532d",
        },
        "features": _features(url),
        "oauth_config": {"scopes": {"bot": list(ASKED_SCOPES)}},
        "settings": {
            "event_subscriptions": {**_if("request_url", url), "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **_if("request_url", url)},
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }


def _features(url: str | None) -> Manifest:
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": True,
        },
        "bot_user": {"display_name": "Greenlight", "always_online": True},
        "shortcuts": [
            {
                "name": "Connect ChatGPT",
                "type": "global",
                "callback_id": SHORTCUT,
                "description": "Request a connection of a ChatGPT workspace with Netskope",
            }
        ],
        "slash_commands": [
            {
                "command": COMMAND,
                **_if("url", url),
                "description": "Connect a ChatGPT workspace with Netskope, or see where a request stands",
                "usage_hint": "[connect|status|list|verify|rotate|cancel|doctor|help] [GL-...]",
                "should_escape": False,
            }
        ],
    }


def _if(name: str, value: str | None) -> dict[str, str]:
    return {name: value} if value else {}


def as_yaml(manifest: Manifest) -> str:
    """The form that Slack's web page takes."""
    return yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=100)


def as_json(manifest: Manifest) -> str:
    """The form that the Slack CLI reads."""
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def problems(manifest: Mapping[str, Any]) -> list[str]:
    """What keeps an app with this manifest from working, or gives it too much; one sentence each."""
    features, settings = _part(manifest, "features"), _part(manifest, "settings")
    scopes = _part(manifest, "oauth_config", "scopes").get("bot") or []
    events = _part(settings, "event_subscriptions").get("bot_events") or []
    rules = (
        (_part(features, "app_home").get("home_tab_enabled"), "App Home is off; switch the Home tab on."),
        (
            _part(features, "app_home").get("messages_tab_enabled"),
            "The Messages tab is off; direct messages would fail with messages_tab_disabled.",
        ),
        (_part(settings, "interactivity").get("is_enabled"), "Interactivity is off; no button would work."),
        (_named(features, "slash_commands", "command", COMMAND), f"The slash command {COMMAND} is missing."),
        (_named(features, "shortcuts", "callback_id", SHORTCUT), f"The shortcut {SHORTCUT} is missing."),
        (_is_reachable(features, settings), f"Without Socket Mode every URL is https://...{EVENTS_PATH}."),
        *((scope in scopes, f"The bot scope {scope} is missing.") for scope in SCOPES),
        *((event in events, f"The bot event {event} is missing.") for event in EVENTS),
        *((scope in KNOWN_SCOPES, f"The bot scope {scope} is not needed; remove it.") for scope in scopes),
    )
    return [sentence for fulfilled, sentence in rules if not fulfilled]


def _part(tree: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    for name in path:
        tree = tree.get(name) or {}
    return tree


def _named(features: Mapping[str, Any], kind: str, key: str, name: str) -> bool:
    return any(one.get(key) == name for one in features.get(kind) or [])


def _is_reachable(features: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    if settings.get("socket_mode_enabled"):
        return True
    urls = [
        _part(settings, "event_subscriptions").get("request_url"),
        _part(settings, "interactivity").get("request_url"),
        *(command.get("url") for command in features.get("slash_commands") or []),
    ]
    return _all_https(urls)


def _all_https(urls: Iterable[str | None]) -> bool:
    return all(url and url.startswith("https://") and url.endswith(EVENTS_PATH) for url in urls)
