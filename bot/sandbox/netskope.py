"""A local Netskope tenant: the Next Gen CASB form, the audit log, application events, and its odd answers.

Routes, statuses and bodies: Netskope's REST API v2 pages and its published clients. No source shows a record
of an instance, so several shapes are offered.
"""

import itertools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from aiohttp import web

from bot.sandbox.loopback import Loopback

APP = "ChatGPT Enterprise"
AUDIT, APPLICATION, ALERT = "audit", "application", "alert"
_ALL_RIGHTS = frozenset({AUDIT, APPLICATION, ALERT})


class Fault(StrEnum):
    """A way in which the tenant does not answer as hoped."""

    OUTAGE = "outage"
    HTML = "html"
    LIMITED = "limited"
    CONFLICT = "conflict"
    ERROR_200 = "error_200"
    OK_ZERO = "ok_zero"
    FAILED_EXECUTION = "failed_execution"
    MALFORMED = "malformed"
    SLOW = "slow"
    NO_ROUTE = "no_route"


class Shape(StrEnum):
    """How an instance record tells its app and name."""

    NAMED = "named"  # supporting_data lists app and name
    DETAILED = "detailed"  # details hold an object
    APP_ONLY = "app_only"
    BARE = "bare"  # neither
    TEXT_TIME = "text_time"  # named, with the time as text


@dataclass
class Instance:
    """One instance in the tenant's list; the check mark turns green at `green_at` if the grant works."""

    app: str
    name: str
    workspace_id: str
    key: str = field(repr=False)
    by: str
    green_at: float


class NetskopeSandbox(Loopback):
    """One tenant: a form for people (methods) and REST API v2 for the bot (HTTP)."""

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        *,
        token: str = "sandbox-netskope-token",  # noqa: S107
        shape: Shape = Shape.NAMED,
        green_delay: float = 0.0,
        audit_delay: float = 0.0,
        accepts: Callable[[str, str], bool] = lambda _workspace, _key: True,
        slow_seconds: float = 30.0,
    ) -> None:
        super().__init__(clock)
        self.token = token
        self.tokens: dict[str, frozenset[str]] = {token: _ALL_RIGHTS}
        self.shape = shape
        self.instances: dict[str, Instance] = {}
        self.faults: dict[str, Fault] = {}
        self.calls: list[str] = []
        self.violations: list[str] = []
        self._records: dict[str, list[dict[str, object]]] = {AUDIT: [], APPLICATION: [], ALERT: []}
        self._green_delay = green_delay
        self._audit_delay = audit_delay
        self._accepts = accepts
        self._slow = slow_seconds
        self._ids = itertools.count(1)

    @property
    def tenant_url(self) -> str:
        """Return the value for ``NETSKOPE_TENANT_URL``."""
        return self.origin

    # The tenant's pages, as a person uses them.

    def create_instance(
        self, app: str, name: str, workspace_id: str = "", key: str = "", by: str = "admin@acme.example"
    ) -> Instance:
        """Fill in *Setup Instance* and press *Grant Access*."""
        if name in self.instances:
            raise ValueError("an instance of this name exists")
        self.instances[name] = Instance(app, name, workspace_id, key, by, self.clock() + self._green_delay)
        self._write("created", self.instances[name], by)
        return self.instances[name]

    def update(self, name: str, *, key: str | None = None, by: str = "admin@acme.example") -> None:
        """Press *Grant Access* again for an existing instance."""
        instance = self.instances[name]
        instance.key = instance.key if key is None else key
        self._write("updated", instance, by)

    def delete(self, name: str, *, by: str = "admin@acme.example") -> None:
        """Delete an instance from its menu."""
        self._write("deleted", self.instances.pop(name), by)

    def green(self, name: str) -> bool:
        """Return whether the page shows the green check next to the instance."""
        instance = self.instances.get(name)
        return (
            instance is not None
            and self.clock() >= instance.green_at
            and self._accepts(instance.workspace_id, instance.key)
        )

    def flow(self, name: str, *, user: str = "jane.roe@customer.example", alert: bool = False) -> None:
        """Let the connector read something in the app, so that an event (or an alert) appears."""
        instance = self.instances[name]
        event: dict[str, object] = {
            "timestamp": int(self.clock()),
            "access_method": "API Connector",
            "app": instance.app,
            "appcategory": "Generative AI",
            "activity": "Create",
            "instance": instance.name,
            "instance_id": instance.workspace_id,
            "user": user,
            "object_type": "Message",
            "alert": "yes" if alert else "no",
        }
        self.write(ALERT if alert else APPLICATION, event)

    def write(self, endpoint: str, record: dict[str, object]) -> None:
        """Put any record into a log."""
        inserted = self.clock() + (self._audit_delay if endpoint == AUDIT else 0.0)
        stamped = {"_id": f"{next(self._ids):024x}", "_insertion_epoch_timestamp": inserted, **record}
        self._records[endpoint].append(stamped)
        self.changed()

    def add_token(self, token: str, rights: frozenset[str] = _ALL_RIGHTS) -> None:
        """Issue a token whose role may view these endpoints."""
        self.tokens[token] = rights

    def set_fault(self, fault: Fault | None, *endpoints: str) -> None:
        """Break (or mend) endpoints; all of them if none is named."""
        for endpoint in endpoints or _ALL_RIGHTS:
            self.faults.pop(endpoint, None)
            if fault is not None:
                self.faults[endpoint] = fault
        self.changed()

    def _write(self, done: str, instance: Instance, by: str) -> None:
        record: dict[str, object] = {
            "audit_log_event": f"Next Gen CASB API instance {done}",
            "count": 1,
            "organization_unit": "",
            "severity_level": 2,
            "type": "admin_audit_logs",
            "timestamp": int(self.clock()),
            "user": by,
            "ur_normalized": by,
            **_told(self.shape, instance),
        }
        if self.shape is Shape.TEXT_TIME:
            record["timestamp"] = f"{datetime.fromtimestamp(self.clock(), UTC):%Y-%m-%d %H:%M:%S}"
        self.write(AUDIT, record)

    # REST API v2.

    def routes(self, app: web.Application) -> None:
        """Routes exist per method; datasearch has no audit."""
        app.router.add_get("/api/v2/events/data/{endpoint:audit|application|alert}", self._events)
        app.router.add_get("/api/v2/events/datasearch/{endpoint:application|alert}", self._events)
        app.router.add_route("*", "/{rest:.*}", self._no_route)

    async def _no_route(self, request: web.Request) -> web.Response:
        if request.method != "GET":
            self.violations.append(f"{request.method} {request.path}")
        return _no_route()

    async def _events(self, request: web.Request) -> web.Response:
        endpoint = request.match_info["endpoint"]
        self.calls.append(request.path)
        self._check_url(request)
        rights = self.tokens.get(_token(request))
        if rights is None or endpoint not in rights:  # the real one does not tell the two apart either
            return web.json_response(
                {"message": "You are not authorized to access this resource"}, status=403
            )
        if fault := self.faults.get(endpoint):
            return await self._broken(fault)
        try:
            found = self._search(request, endpoint)
        except _BadQueryError as error:
            return web.json_response({"message": str(error)}, status=400)
        if "datasearch" in request.path:
            status = {"execution": "SUCCESS", "count": len(found), "message": "", "status_code": 200}
            return web.json_response({"result": found, "status": status})
        return web.json_response({"ok": 1, "result": found})

    def _check_url(self, request: web.Request) -> None:
        if any(token in request.path_qs for token in self.tokens):
            self.violations.append("a token in a URL")

    def _search(self, request: web.Request, endpoint: str) -> list[dict[str, object]]:
        query = request.query
        start, end = _number(query.get("starttime")), _number(query.get("endtime"))
        limit, offset = _number(query.get("limit", "100")), _number(query.get("offset", "0"))
        if limit > 10000 or start > end:
            raise _BadQueryError("limit or time range out of bounds")
        # Whether `audit` honours a query is disputed, so it is ignored there.
        wanted = (lambda _: True) if endpoint == AUDIT else _matcher(query.get("query", ""))
        found = [
            record
            for record in self._records[endpoint]
            if start <= _epoch(record) < end and _inserted(record) <= self.clock() and wanted(record)
        ]
        return _only(found[offset : offset + limit], query.get("fields"))

    async def _broken(self, fault: Fault) -> web.Response:
        if fault is Fault.SLOW:
            await self.linger(self._slow)
        return _BROKEN[fault]()


class _BadQueryError(ValueError):
    """The tenant answers 400 with this text."""


def _told(shape: Shape, instance: Instance) -> dict[str, object]:
    """Return the part of an instance record that nobody has documented."""
    match shape:
        case Shape.DETAILED:
            return {"details": [{"type": "instance", "app": instance.app, "instance_name": instance.name}]}
        case Shape.APP_ONLY:
            return {"supporting_data": {"data_type": "app", "data_values": [instance.app]}}
        case Shape.BARE:
            return {"supporting_data": {"data_type": "reason", "data_values": []}}
    return {"supporting_data": {"data_type": "instance", "data_values": [instance.app, instance.name]}}


def _token(request: web.Request) -> str:
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return request.headers.get("Netskope-Api-Token", bearer)


def _number(text: str | None) -> int:
    if text is None or not text.isdigit():
        raise _BadQueryError("starttime, endtime, limit and offset must be numbers")
    return int(text)


def _epoch(record: dict[str, object]) -> float:
    time_ = record.get("timestamp")
    if isinstance(time_, str):
        return datetime.fromisoformat(time_).replace(tzinfo=UTC).timestamp()
    return float(time_) if isinstance(time_, int | float) else 0.0


def _inserted(record: dict[str, object]) -> float:
    inserted = record["_insertion_epoch_timestamp"]
    return inserted if isinstance(inserted, float) else 0.0


_TERM = re.compile(r"\s*(\w+)\s+(eq|like|neq)\s+'([^']*)'\s*")


def _matcher(query: str) -> Callable[[dict[str, object]], bool]:
    """Return a filter for ``field eq 'x' and field like 'y'``; anything else is a syntax error."""
    terms = [_TERM.fullmatch(part) for part in re.split(r"\band\b", query)] if query.strip() else []
    if not all(terms):
        raise _BadQueryError("syntax error")
    return lambda record: all(_holds(record, *term.groups()) for term in terms if term)


def _holds(record: dict[str, object], name: str, operator: str, value: str) -> bool:
    found = str(record.get(name, ""))
    if operator == "like":
        return value.lower() in found.lower()
    return (found == value) is (operator == "eq")


_FIELDS = frozenset(
    {"access_method", "app", "appcategory", "activity", "instance", "instance_id", "user", "object_type"}
    | {"alert", "alert_type", "timestamp", "_id", "sanctioned_instance", "scan_type", "policy"}
)


def _only(found: list[dict[str, object]], fields: str | None) -> list[dict[str, object]]:
    if fields is None:
        return found
    names = fields.split(",")
    if not _FIELDS.issuperset(names):
        raise _BadQueryError("unrecognized field")
    return [{name: record[name] for name in names if name in record} for record in found]


def _no_route() -> web.Response:
    return web.json_response({"message": "no Route matched with those values"}, status=404)


def _html() -> web.Response:
    return web.Response(text="<html><title>Sign in</title></html>", content_type="text/html")


def _limited() -> web.Response:
    headers = {"RateLimit-Limit": "4", "RateLimit-Remaining": "0", "RateLimit-Reset": "3", "Retry-After": "3"}
    return web.json_response({"message": "API rate limit exceeded"}, status=429, headers=headers)


def _failed() -> web.Response:
    status = {"execution": "FAILED", "count": 0, "message": "query timed out", "status_code": 504}
    return web.json_response({"result": [], "status": status})


_BROKEN: dict[Fault, Callable[[], web.Response]] = {
    Fault.OUTAGE: lambda: web.json_response({"message": "Service Unavailable"}, status=503),
    Fault.SLOW: lambda: web.json_response({"message": "Gateway Time-out"}, status=504),
    Fault.HTML: _html,
    Fault.LIMITED: _limited,
    Fault.CONFLICT: lambda: web.json_response({"message": "concurrent request"}, status=409),
    Fault.ERROR_200: lambda: web.json_response({"status": "error", "message": "internal error"}),
    Fault.OK_ZERO: lambda: web.json_response({"ok": 0, "result": "internal error"}),
    Fault.FAILED_EXECUTION: _failed,
    Fault.MALFORMED: lambda: web.Response(text='{"ok":1,"result":[', content_type="application/json"),
    Fault.NO_ROUTE: _no_route,
}
