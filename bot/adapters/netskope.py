"""Netskope's REST API v2, read only: the audit log and the events of one tenant.

Source: Netskope's REST API v2 pages and its published clients. No route lists or checks a CASB API instance;
the audit log is what is recorded about one. Bodies report failures under status 200, a bad token answers 403.
"""

import asyncio
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

import httpx
from pydantic import SecretStr

from bot.adapters.http import CALL_SECONDS, TOGETHER, Reply, check_base_url, fetch
from bot.domain.answers import read_wait
from bot.domain.casb import (
    CasbReport,
    Endpoint,
    EndpointAccess,
    Sighting,
    Since,
    Trouble,
    TroubleKind,
    read_audit,
    read_events,
)
from bot.domain.tenant import read_records, settle_token

_PATHS: Mapping[Endpoint, str] = {
    "audit": "/api/v2/events/data/audit",  # datasearch has no audit
    "application": "/api/v2/events/datasearch/application",
    "alert": "/api/v2/events/datasearch/alert",
}
_DATA: tuple[tuple[Endpoint, str], ...] = (("application", "application event"), ("alert", "alert"))
_AUDIT_PAGE = 1000
_AUDIT_PAGES = 10
_AUDIT_LEAST = timedelta(minutes=1)  # ten thousand records a minute are nobody's
_AUDIT_BYTES = 4 * 1024 * 1024  # a page of a thousand records of some hundred bytes, with room
_QUERY = {
    "query": "app like 'ChatGPT' and access_method eq 'API Connector'",
    "fields": "app,instance,instance_id,access_method,activity,timestamp",  # no names of people
    "limit": "50",
}
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")
_ENDS: ContextVar[float] = ContextVar("ends", default=math.inf)  # of the look that is under way
_UNREACHABLE = frozenset({TroubleKind.OUTAGE, TroubleKind.LIMITED})


def _settled(audit: list[Trouble], data: list[Trouble]) -> list[Trouble]:
    """Return what is worth telling: not the refusal of alerts where events can be read."""
    troubles = list(settle_token([*audit, *data], 1 + len(_DATA)))
    alerts_only = [trouble.endpoint for trouble in data] == ["alert"]
    return [
        trouble
        for trouble in troubles
        if not (alerts_only and trouble.endpoint == "alert" and trouble.kind is TroubleKind.NOT_PERMITTED)
    ]


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Bound all calls that are made meanwhile."""
    token = _ENDS.set(asyncio.get_running_loop().time() + seconds)
    try:
        yield
    finally:
        _ENDS.reset(token)


def _left() -> float:
    return _ENDS.get() - asyncio.get_running_loop().time()


def _affordable(took: float, left: float) -> int:
    """Return how many pages fit into half of the time; the other half is for finding out where to stop."""
    return min(_AUDIT_PAGES, max(1, int(left / max(took, 0.001) / 2)))


def _truncated(end: datetime, pages: int) -> Trouble:
    most = _AUDIT_PAGE * pages
    told = f"audit over {most} records, read up to {end:%Y-%m-%d %H:%M} UTC"
    return Trouble(endpoint="audit", kind=TroubleKind.TRUNCATED, seen=told)


class _UnreadError(Exception):
    """The audit log could not be read; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.seen)
        self.trouble = trouble


class NetskopeTenant:
    """Looks for the ChatGPT instance in one tenant; never raises for what the tenant or the network does."""

    def __init__(
        self, client: httpx.AsyncClient, tenant_url: str, token: SecretStr, *, together: float = TOGETHER
    ) -> None:
        """`together` bounds all calls of one look in seconds."""
        self._client = client
        self._together = together
        self._tenant_url = check_base_url("NETSKOPE_TENANT_URL", tenant_url)
        self._token = token

    async def look(
        self, *, since: datetime, until: datetime, instance_name: str, workspace_id: str, data_since: Since
    ) -> CasbReport:
        """Return what the tenant recorded between the times; events are asked for only with `data_since`."""
        with _within(self._together):
            return await self._look(since, until, instance_name, workspace_id, data_since)

    async def _look(
        self, since: datetime, until: datetime, instance_name: str, workspace_id: str, data_since: Since
    ) -> CasbReport:
        records, through, troubles = await self._audited(since, until)
        instance, deleted = read_audit(
            records, instance_name=instance_name, workspace_id=workspace_id, since=since, until=until
        )
        found: dict[str, Any] = {"instance": instance, "deleted": deleted, "through": through}
        if data_since and not any(trouble.kind in _UNREACHABLE for trouble in troubles):
            data, more = await self._data(data_since, until, instance_name, workspace_id)
            unread = any(trouble.endpoint == "application" for trouble in more)
            found |= {"data": data, "data_through": None if unread else until}
            troubles = _settled(troubles, more)
        return CasbReport(**found, troubles=tuple(troubles))

    async def check_access(self, at: datetime) -> tuple[EndpointAccess, ...]:
        """Return which of the needed endpoints the token may read, by asking each for one record."""
        answers = {
            endpoint: await self._ask(endpoint, at - timedelta(minutes=5), at, {"limit": "1"})
            for endpoint in _PATHS
        }
        refused = [answer for answer in answers.values() if isinstance(answer, Trouble)]
        troubles = {trouble.endpoint: trouble for trouble in settle_token(refused, len(answers))}
        return tuple(
            EndpointAccess(
                endpoint=endpoint, allowed=endpoint not in troubles, trouble=troubles.get(endpoint)
            )
            for endpoint in _PATHS
        )

    async def _data(
        self, since: datetime, until: datetime, instance_name: str, workspace_id: str
    ) -> tuple[Sighting | None, list[Trouble]]:
        """Look for an event, then for an alert; the second right is a bonus."""
        troubles: list[Trouble] = []
        for endpoint, what in _DATA:
            found = await self._ask(endpoint, since, until, _QUERY)
            if isinstance(found, Trouble):
                troubles.append(found)
                continue
            window = {"since": since, "until": until}
            data = read_events(
                found, what=what, instance_name=instance_name, workspace_id=workspace_id, **window
            )
            if data:
                return data, troubles
        return None, troubles

    async def _audited(
        self, since: datetime, until: datetime
    ) -> tuple[list[object], datetime | None, list[Trouble]]:
        try:
            records, end, pages = await self._audit(since, until)
        except _UnreadError as error:
            return [], None, [error.trouble]
        return records, end, [] if end == until else [_truncated(end, pages)]

    async def _audit(self, since: datetime, until: datetime) -> tuple[list[object], datetime, int]:
        """Read the audit log page by page; whether it honours a query is disputed, so it is filtered here.

        Return the records, up to where they are all there are, and how many pages there was time for.
        Raises `_UnreadError`.
        """
        before = _left()
        records = await self._page(since, until, 0)
        pages = _affordable(before - _left(), _left())
        if len(records) < _AUDIT_PAGE:
            return records, until, pages
        end = await self._readable(since, until, pages)
        records = []
        for page in range(pages):
            found = await self._page(since, end, page)
            records.extend(found)
            if len(found) < _AUDIT_PAGE:
                break
        return records, end, pages

    async def _readable(self, since: datetime, until: datetime, pages: int) -> datetime:
        """Return the end of what one look can read whole: in which order the log comes is not documented."""
        end = until
        while end - since > _AUDIT_LEAST and await self._page(since, end, pages, limit=1):
            end = since + (end - since) / 2
        return end

    async def _page(
        self, since: datetime, until: datetime, page: int, limit: int = _AUDIT_PAGE
    ) -> list[object]:
        window = {"limit": str(limit), "offset": str(page * _AUDIT_PAGE)}
        found = await self._ask("audit", since, until, window)
        if isinstance(found, Trouble):
            raise _UnreadError(found)
        return found

    async def _ask(
        self, endpoint: Endpoint, since: datetime, until: datetime, params: Mapping[str, str]
    ) -> list[object] | Trouble:
        token = self._token.get_secret_value()
        if not _TOKEN.fullmatch(token):
            return Trouble(endpoint=endpoint, kind=TroubleKind.BAD_TOKEN, seen=f"{endpoint} not sent")
        window = {"starttime": str(int(since.timestamp())), "endtime": str(int(until.timestamp()) + 1)}
        reply = await fetch(
            self._client,
            self._tenant_url + _PATHS[endpoint],
            params={**window, **params},
            headers={"Netskope-Api-Token": token},
            read_limit=_AUDIT_BYTES,
            deadline=min(CALL_SECONDS, _left()),
        )
        if not isinstance(reply, Reply):
            seen = "too slow" if _left() <= 0 else reply
            return Trouble(endpoint=endpoint, kind=TroubleKind.OUTAGE, seen=f"{endpoint} {seen}")
        return read_records(
            endpoint,
            status=reply.status,
            content_type=reply.content_type,
            body=reply.body or b"",
            retry_after=read_wait(reply.retry_after, until),
        )
