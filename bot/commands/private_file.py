"""Files that commands leave for whoever typed them, and for nobody else."""

from __future__ import annotations

import os
from pathlib import Path

from bot.domain.errors import GreenlightError


def write(path: Path, text: str) -> None:
    """Write a file, and its folder, that at no moment anybody but the owner may read.

    Raises GreenlightError where that cannot be, also for a link: it may lead to somebody else's file.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)  # it may have stood there before
            file.truncate()
            file.write(text)
    except OSError as error:
        raise GreenlightError(f"{path} cannot be written: {error.strerror}.") from None
