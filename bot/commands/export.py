"""`greenlight requests export`: the evidence pack as files."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.views.pack import Pack


def export(request_id: str, *, out: Path = Path()) -> None:
    """Write the evidence pack of one request: NAME.html to read and print, NAME.json to check.

    Exit code 1 when the audit chain is broken; the files are written all the same.

    Parameters
    ----------
    out
        The folder for both files.
    """
    from bot.commands import private_file
    from bot.views.pack_files import files

    pack, problems, secret = asyncio.run(_pack(request_id))
    for name, text in files(pack, secret).items():
        path = out / name
        private_file.write(path, text)
        print(path)
    for problem in problems:
        print(f"greenlight: {problem}", file=sys.stderr)
    sys.exit(bool(problems))


async def _pack(text: str) -> tuple[Pack, list[str], bytes]:
    from bot.clock import utc_now
    from bot.domain.audit import end_seal, flaws
    from bot.domain.errors import NotFound
    from bot.domain.ids import parse_request_id
    from bot.ground import ground
    from bot.installed import terms_of
    from bot.settings import settings_from_process
    from bot.views.pack import actors, build

    settings = settings_from_process()
    async with ground(settings) as base:
        request = (await base.store.load(parse_request_id(text) or text)).request
        if request is None:
            raise NotFound(f"No request {text}. `greenlight requests list` shows them.")
        entries = (await base.store.entries(request.id))[: request.version]
    seal = end_seal(request.id, request.version, request.audit_head, base.audit_secret)
    problems = flaws(entries, request.audit_head, base.audit_secret, request.version)
    people = await _names(settings, actors(request, entries))
    pack = build(request, entries, terms_of(settings), utc_now(), seal, people)
    return pack, problems, base.audit_secret


async def _names(settings: Settings, ids: list[str]) -> dict[str, str]:
    """Ask Slack for the names of those who acted, where the bot's token is at hand; ids do without."""
    if settings.slack_bot_token is None:
        return {}
    from bot.adapters.slack import slack_client
    from bot.adapters.slack_directory import names_of

    async with slack_client(
        settings.slack_bot_token, settings.slack_api_url, private_hosts=settings.private_hosts
    ) as client:
        return await names_of(client, ids)
