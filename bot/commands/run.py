"""`greenlight run`: serve Slack; what that does not need (the command line and its rich) is not imported."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Looked for by structlog, httpx and redis-py, and imported wherever something else has installed them.
# None of what they are good for is used here; our own traces import OpenTelemetry later, when asked to.
UNUSED = ("rich", "click", "opentelemetry")


def run() -> None:
    """Serve Slack until SIGTERM."""
    # What is made while starting stays until the end: collecting meanwhile only costs time.
    gc.disable()
    # No plugin may watch what passes through our models, and looking for one reads every package's list.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    with _without(UNUSED):
        from bot import log, loop
        from bot.main import serve
        from bot.settings import settings_from_process

        walk_a_beginner()
        settings = settings_from_process()
        log.configure(settings.log_level, secrets=settings.secrets())
    loop.run(serve(settings))


def alone() -> None:
    """Do nothing else in this process; a problem of the operator's is one sentence and exit code 1."""
    from bot.domain.errors import GreenlightError

    try:
        run()
    except GreenlightError as error:
        sys.exit(f"greenlight: {error}")


def walk_a_beginner() -> None:
    """End with the set-up steps when nothing is configured at all."""
    from bot.doctor.first_start import is_first, walkthrough
    from bot.settings import environment_of_process

    if is_first(environment_of_process()):
        from bot.manifest import as_yaml, render

        print(walkthrough(as_yaml(render()), _called()))
        sys.exit(2)


def _called() -> str:
    """What to type for this program: its name where the shell finds it, else the way to it."""
    if shutil.which("greenlight"):
        return "greenlight"
    way = Path(sys.argv[0])
    inside = way.is_absolute() and way.is_relative_to(Path.cwd())
    return (
        str(way.relative_to(Path.cwd()) if inside else way) if way.name == "greenlight" else "python -m bot"
    )


@contextmanager
def _without(names: tuple[str, ...]) -> Iterator[None]:
    """Let imports find these missing inside the block; afterwards they are there again."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is how a missing one is noted
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
