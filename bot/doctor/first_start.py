"""The first start: nothing is set yet, so say, step by step, how the Slack app comes into being."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

MOST_OF_A_URL = 7000  # characters; servers and browsers take eight thousand
FIRST = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "GREENLIGHT_CHANNEL")
_NEW_APP = "https://api.slack.com/apps?new_app=1&manifest_yaml="
_CHANNEL = """\
In Slack, in the security team's channel, type: /invite @Greenlight
   Open the channel's details and copy the id at the end (C...)."""
_ENV = """\
Write a file named .env in this folder (all settings: .env.example):
   SLACK_BOT_TOKEN=xoxb-...
   SLACK_APP_TOKEN=xapp-...
   GREENLIGHT_CHANNEL=C...
   GREENLIGHT_REVIEWERS=S...          # people (U...) or user groups (S...) who may approve"""


def is_first(set_names: Iterable[str]) -> bool:
    """Whether none of the settings that every installation needs is there."""
    return not set(FIRST) & set(set_names)


def link(manifest_yaml: str) -> str | None:
    """The address that opens Slack's form with the manifest filled in; None where it would be too long."""
    url = _NEW_APP + quote(manifest_yaml, safe="")
    return url if len(url) <= MOST_OF_A_URL else None


def walkthrough(manifest_yaml: str, command: str = "greenlight") -> str:
    """The numbered steps for a terminal; `command` is how this program is called there."""
    url = link(manifest_yaml)
    create = (
        [f"Open this address, choose your workspace, Next, Create:\n   {url}"]
        if url
        else [
            f"Save the manifest: {command} manifest > manifest.yml",
            "Open https://api.slack.com/apps, Create New App, From a manifest: paste manifest.yml, Create.",
        ]
    )
    steps = [
        *create,
        "Install App: Install to Workspace. Copy the Bot User OAuth Token (xoxb-...).",
        "Basic Information, App-Level Tokens, Generate: add connections:write. Copy the token (xapp-...).",
        _CHANNEL,
        _ENV,
        f"Check: {command} doctor",
        f"Start: {command} run",
    ]
    numbered = "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1))
    return (
        f"Nothing is configured yet. To try everything without Slack: {command} demo\n"
        f"To set up Slack, in about five minutes:\n\n{numbered}\n"
    )
