"""The command line: `greenlight run | demo | doctor | requests | steps | audit | keys | manifest`."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Sized
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from bot import __version__
from bot.commands.audit import audit
from bot.commands.export import export
from bot.commands.keys import keys
from bot.commands.run import run, walk_a_beginner
from bot.domain.errors import GreenlightError, NotFound

if TYPE_CHECKING:  # the real imports happen inside the commands, so that --help stays fast
    from bot.doctor import Finding
    from bot.domain.request import Request
    from bot.ground import Ground
    from bot.settings import Settings

_CORRECT = "Correct it in the environment or `.env`; `.env.example` explains every setting."
app = App(
    name="greenlight", help="Connect ChatGPT Enterprise to Netskope, and prove it.", version=__version__
)
requests = App(name="requests", help="Look at requests.")
steps = App(name="steps", help="Work that was given up.")
requests.command(export)
for part in (requests, audit, keys, steps, run):
    app.command(part)


def main() -> None:
    """Run one command; a problem of the operator's is one sentence on stderr and exit code 1."""
    try:
        app()
    except GreenlightError as error:
        sys.exit(f"greenlight: {error}")


@app.command
def doctor(*, json: bool = False, hello: str | None = None) -> None:
    """Check tokens, scopes, channel, people, store, keys and the way out; say how to mend what is wrong.

    Parameters
    ----------
    json
        Print the findings as JSON.
    hello
        A person (U...) who gets one test message: the only way to see that direct messages work.
    """
    from bot import log
    from bot.doctor import as_json, as_text, exit_code
    from bot.doctor.finding import failure
    from bot.doctor.first_start import is_first
    from bot.settings import SettingsError, environment_of_process, settings_from_process

    if not json:
        walk_a_beginner()
    elif is_first(environment_of_process()):
        print(as_json([failure("settings", "Nothing is configured yet.", "Run `greenlight doctor`.")]))
        sys.exit(2)
    try:
        settings = settings_from_process()
    except SettingsError as error:
        findings = [failure("settings", problem, _CORRECT) for problem in error.problems]
    else:
        log.configure("ERROR", secrets=settings.secrets())
        findings = asyncio.run(_checkup(settings, hello))
    print(as_json(findings) if json else as_text(findings))
    sys.exit(exit_code(findings))


async def _checkup(settings: Settings, hello: str | None) -> list[Finding]:
    from bot.checkup import Checkup
    from bot.clock import utc_now
    from bot.settings import environment_of_process

    return await Checkup(settings, utc_now, environ=environment_of_process(), hello=hello).findings()


@steps.command
def dead() -> None:
    """List the steps that were given up, and why."""
    given_up = asyncio.run(_dead())
    for _, step, why in given_up:
        print(f"{step}  {why}")
    _say_if_none(given_up, "No step was given up.")


async def _dead() -> list[tuple[str, str, str]]:
    from bot.adapters.store_look import dead_letters

    async with _ground() as base:
        return await dead_letters(base.client, base.team)


@steps.command
def retry() -> None:
    """Put every step that was given up back into the schedule, due now."""
    print(f"{asyncio.run(_retry())} steps are due again.")


async def _retry() -> int:
    from bot.adapters.store_look import retry_dead
    from bot.clock import utc_now

    async with _ground() as base:
        return await retry_dead(base.client, base.team, utc_now())


@app.command
def demo(
    *, script: bool = False, port: int = 8765, transport: Literal["socket", "http"] | None = None
) -> None:
    """Try the whole product locally, without Slack, OpenAI or Netskope.

    Parameters
    ----------
    script
        Play the journey headless and print what each person sees; exit code 0 means it ended proven.
    port
        Where the page is served.
    transport
        How the local Slack reaches the bot; GREENLIGHT_TRANSPORT is used when it is not given.
    """
    import os

    from bot.sandbox.demo import play

    by = transport or ("http" if os.environ.get("GREENLIGHT_TRANSPORT") == "http" else "socket")
    sys.exit(asyncio.run(play(by, print) if script else _page(port, by)))


async def _page(port: int, transport: str) -> int:
    from functools import partial

    from bot.adapters.embedded import EmbeddedServer
    from bot.adapters.vault import Keyring
    from bot.sandbox.demo import show

    keys = Keyring.generate().dump().get_secret_value()
    return await show(port, transport, EmbeddedServer, keys, partial(print, flush=True), _look)


def _look(url: str) -> None:
    """Open the page for somebody who sits at this machine; a pipe or a remote shell only gets the address."""
    import os
    import webbrowser

    screen = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if screen and sys.stdout.isatty():
        webbrowser.open(url)


def _ground() -> AbstractAsyncContextManager[Ground]:
    from bot.ground import ground
    from bot.settings import settings_from_process

    return ground(settings_from_process())


@requests.command(name="list")
def list_requests(*, limit: int = 50) -> None:
    """One line per request, latest change first."""
    found = asyncio.run(_requests(limit))
    for request in found:
        print(
            f"{request.id}  {request.state:18} {request.updated_at:%Y-%m-%d %H:%M} UTC  {request.requester}"
        )
    _say_if_none(found, "No requests yet: somebody has to type /greenlight in Slack.")


def _say_if_none(found: Sized, words: str) -> None:
    """On stderr, so that whoever counts the lines of an empty list still counts none."""
    if not found:
        print(words, file=sys.stderr)


async def _requests(limit: int) -> list[Request]:
    async with _ground() as base:
        return await base.store.requests(limit=limit)


@requests.command
def show(request_id: str) -> None:
    """One request as JSON, without its key."""
    print(asyncio.run(_request(request_id)).model_dump_json(indent=2))


async def _request(text: str) -> Request:
    from bot.domain.ids import parse_request_id

    async with _ground() as base:
        found = (await base.store.load(parse_request_id(text) or text)).request
    if found is None:
        raise NotFound(f"No request {text}. `greenlight requests list` shows them.")
    return found


@requests.command
def repair(request_id: str) -> None:
    """Post a request's card anew, for instance when it was deleted or its step was given up."""
    from bot.commands.card import post_card_anew
    from bot.settings import settings_from_process

    async def work() -> str:
        request = await _request(request_id)
        async with _ground() as base:
            await post_card_anew(settings_from_process(), base, request)
        return request.id

    print(f"{asyncio.run(work())}: its card is posted anew as soon as a bot is running.")


@app.command
def manifest(*, url: Annotated[str | None, Parameter(help="public https URL, for HTTP mode")] = None) -> None:
    """Print the Slack app manifest."""
    from bot.manifest import as_yaml, render

    if url and not re.fullmatch(r"https://[^\s/?#@]+/?", url):
        raise GreenlightError("--url must be https://HOST: Slack sends to no other kind of address.")
    print(as_yaml(render(url)))
