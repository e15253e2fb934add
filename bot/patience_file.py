"""The setting `GREENLIGHT_PATIENCE`: a TOML or JSON table, or the path of a file that holds one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from bot.domain.patience import Patience, read


def _table(value: Any) -> Any:
    """Read what the operator gave; raises `ValueError` for a table or a file that cannot be used."""
    if not isinstance(value, str):
        return value
    if "=" in value or value.lstrip().startswith("{"):
        return read(value)
    try:
        return read(Path(value).read_text(encoding="utf-8"))
    except OSError:
        raise ValueError("not acceptable") from None


PatienceTable = Annotated[Patience, BeforeValidator(_table)]
