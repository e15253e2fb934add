"""Requests as the store keeps them, so that two versions of Greenlight can work on one store.

A field that stands at its default is not written: a version that does not know it yet reads the rest. What a
newer version wrote beside what we know is kept and written back. So the default of a stored field never
changes, and a new field's default must mean what its absence meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import structlog
from pydantic import ValidationError

from bot.domain.audit import Entry
from bot.domain.errors import TooNew
from bot.domain.lifecycle import Step
from bot.domain.request import Request

UNREADABLE = Entry(
    request="",
    seq=0,
    at=datetime.fromtimestamp(0, UTC),
    event="unreadable",
    by=None,
    state_from="",
    state_to="",
    facts={},
)
log = structlog.get_logger(__name__)


def written(request: Request) -> str:
    """A request as JSON."""
    return request.model_dump_json(exclude_defaults=True)


def read(document: str) -> Request:
    """Read it back; raises `TooNew` for a state or value that this version does not know."""
    try:
        return Request.model_validate_json(document)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise TooNew(where) from None


def readable(documents: Iterable[str | None]) -> list[Request]:
    """Those of a list that can be read; one that cannot must not hide the others."""
    found = []
    for document in documents:
        try:
            found += [read(document)] if document else []
        except TooNew as error:
            log.warning("document_unreadable", field=str(error))
    return found


def chain(rows: Iterable[str]) -> list[Entry]:
    """A chain of audit entries; one that cannot be read stands as none of ours, which `flaws` finds there."""
    found = []
    for row in rows:
        try:
            found.append(Entry.model_validate_json(row))
        except ValidationError:
            found.append(UNREADABLE)
    return found


def is_known(step: str) -> bool:
    """Whether this version knows a kind of work that stands in the schedule."""
    return step in set(Step)
