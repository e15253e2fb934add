"""A local OpenAI: the Compliance API and the API host on one port, as strict as the real ones are documented.

Statuses and bodies: OpenAI Admin API specification 2.5.3 and what other vendors observed. No source shows the
body of a refused compliance call; OpenAI's general scope error stands in.
"""

import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from aiohttp import web

from bot.sandbox.loopback import Loopback


class KeyState(StrEnum):
    """What OpenAI does with a key."""

    UNKNOWN = "unknown"
    PENDING = "pending"
    PENDING_SILENT = "pending_silent"  # refused without a word about scopes
    READ = "read"
    READ_DELETE = "read_delete"
    LOGS_ONLY = "logs_only"
    REVOKED = "revoked"
    FOREIGN_ORGANIZATION = "foreign_organization"
    BLOCKED_IP = "blocked_ip"
    FLAKY = "flaky"  # every third call: 401 Missing scopes
    OUTAGE = "outage"
    HTML = "html"
    LIMITED = "limited"
    SLOW = "slow"
    MALFORMED = "malformed"


@dataclass
class Key:
    """One key OpenAI knows, and how often it was used on the Compliance API."""

    secret: str = field(repr=False)
    state: KeyState
    workspace_id: str
    organization_id: str
    calls: int = 0

    @property
    def last4(self) -> str:
        """Return what may be shown of the key."""
        return self.secret[-4:]


@dataclass(frozen=True)
class Call:
    """One request as it arrived, without its key."""

    at: float
    method: str
    path: str
    last4: str
    status: int
    user_agent: str


PERSON = {"email": "jane.roe@customer.example", "name": "Jane Roe"}
"""The person in the users list: must appear nowhere outside this server."""

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_READS = frozenset({KeyState.READ, KeyState.READ_DELETE})
_DEAD = frozenset({KeyState.UNKNOWN, KeyState.REVOKED})
_ALIVE_ELSEWHERE = frozenset({KeyState.PENDING, KeyState.PENDING_SILENT, KeyState.FOREIGN_ORGANIZATION})
_EVENT_TYPES = frozenset(
    {"CONVERSATION_MESSAGE", "AUDIT_LOG", "AUTH_LOG", "APP_LOG", "APP_AUTH_LOG", "CODEX_LOG"}
    | {"CODEX_SECURITY_LOG", "CHATGPT_PLUGIN_SPREADSHEET", "CUSTOM_AGENTS_LOG"}
)
_ACTIONS = {"users": "LIST_WORKSPACE_USERS", "logs": "LIST_WORKSPACE_LOG_FILES"}
_SCOPE = "chatgpt.enterprise.compliance_export.read"


class OpenAISandbox(Loopback):
    """Keys with states; every call is counted, audited, and checked for what the bot must never do."""

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        *,
        rate_per_minute: int | None = None,
        slow_seconds: float = 30.0,
        retry_after: int = 7,
    ) -> None:
        super().__init__(clock)
        self.keys: dict[str, Key] = {}
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.audit_log: list[dict[str, object]] = []
        self._rate = rate_per_minute
        self._slow = slow_seconds
        self._retry_after = retry_after
        self._recent: dict[tuple[str, str], deque[float]] = {}

    @property
    def compliance_url(self) -> str:
        """Return the value for ``OPENAI_COMPLIANCE_URL``."""
        return f"{self.origin}/chatgpt/v1"

    @property
    def api_url(self) -> str:
        """Return the value for ``OPENAI_API_URL``."""
        return f"{self.origin}/api/v1"

    def add_key(
        self,
        key: str,
        state: KeyState | str,
        workspace_id: str,
        organization_id: str = "org-sandbox0000000000000000",
    ) -> Key:
        """Make a key known to OpenAI."""
        self.keys[key] = Key(key, KeyState(state), workspace_id.lower(), organization_id)
        self.changed()
        return self.keys[key]

    def set_state(self, key: str, state: KeyState | str) -> None:
        """Change what OpenAI does with a key, named by itself or by its last four characters."""
        self._find(key).state = KeyState(state)
        self.changed()

    def _find(self, key: str) -> Key:
        found = [known for known in self.keys.values() if key in (known.secret, known.last4)]
        if len(found) != 1:
            raise LookupError(f"{len(found)} keys end in {key[-4:]}")
        return found[0]

    def routes(self, app: web.Application) -> None:
        """Two hosts of OpenAI as two prefixes; everything else is not found."""
        app.router.add_route("*", "/chatgpt/v1/compliance/workspaces/{workspace}/{route}", self._compliance)
        app.router.add_route("*", "/api/v1/models", self._models)
        app.router.add_route("*", "/{rest:.*}", self._elsewhere)

    async def _elsewhere(self, request: web.Request) -> web.Response:
        self._watch(request)
        return self._log(request, None, _error(404, "Not Found", None))

    async def _models(self, request: web.Request) -> web.Response:
        self._watch(request)
        key = self._key(request)
        if key is None or key.state in _DEAD:
            return self._log(request, key, _unknown_key(request))
        if key.state in _ALIVE_ELSEWHERE and not key.secret.startswith("sk-admin-"):
            return self._log(request, key, _json(200, {"object": "list", "data": [{"id": "gpt-5"}]}))
        return self._log(request, key, _missing(403, "api.model.read"))

    async def _compliance(self, request: web.Request) -> web.Response:
        self._watch(request)
        key = self._key(request)
        if key is None or key.state in _DEAD:
            return self._log(request, key, _unknown_key(request))
        key.calls += 1
        answer = self._limited(request, key) or await self._by_state(request, key)
        self._audit(request, key, answer.status)
        return self._log(request, key, answer)

    async def _by_state(self, request: web.Request, key: Key) -> web.Response:
        if key.state is KeyState.SLOW:
            await self.linger(self._slow)
            return _error(504, "The request took too long.", "timeout")
        trouble = self._trouble(key)
        return trouble or _invalid(request) or self._foreign(request, key) or _granted(request, key)

    def _trouble(self, key: Key) -> web.Response | None:
        match key.state:
            case KeyState.OUTAGE:
                return _error(503, "The server is overloaded or not ready yet.", "service_unavailable")
            case KeyState.HTML:
                page = "<!DOCTYPE html><html><title>Just a moment...</title></html>"
                headers = {"cf-mitigated": "challenge"}
                return web.Response(status=403, text=page, content_type="text/html", headers=headers)
            case KeyState.LIMITED:
                return self._slow_down()
            case KeyState.MALFORMED:
                return web.Response(text='{"object":"list","data":[', content_type="application/json")
            case KeyState.BLOCKED_IP:
                return _error(
                    401, "Your IP address is not authorized to use this API key.", "ip_not_authorized"
                )
        return None

    def _foreign(self, request: web.Request, key: Key) -> web.Response | None:
        if key.state is KeyState.FOREIGN_ORGANIZATION:
            return _error(403, "The key's organization does not own the workspace.", None)
        if request.match_info["workspace"].lower() != key.workspace_id:
            return _error(404, "The workspace was not found.", None)
        return None

    def _limited(self, request: web.Request, key: Key) -> web.Response | None:
        """Apply the documented limit: per key, per route, per minute."""
        recent = self._recent.setdefault((key.secret, request.match_info["route"]), deque())
        while recent and recent[0] <= self.clock() - 60:
            recent.popleft()
        if self._rate is not None and len(recent) >= self._rate:
            return self._slow_down()
        recent.append(self.clock())
        return None

    def _slow_down(self) -> web.Response:
        answer = _error(429, "Rate limit reached.", "rate_limit_exceeded")
        answer.headers["Retry-After"] = str(self._retry_after)
        return answer

    def _key(self, request: web.Request) -> Key | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        return self.keys.get(secret) if scheme == "Bearer" else None

    def _watch(self, request: web.Request) -> None:
        """Note what a read-only, careful client never sends."""
        if request.method != "GET":
            self.violations.append(f"{request.method} {request.path}")
        if "/conversations" in request.path:
            self.violations.append(f"removed route {request.path}")
        if "sk-" in request.path_qs:
            self.violations.append("a key in a URL")

    def _log(self, request: web.Request, key: Key | None, answer: web.Response) -> web.Response:
        agent = request.headers.get("User-Agent", "")
        last4 = key.last4 if key else ""
        self.calls.append(Call(self.clock(), request.method, request.path, last4, answer.status, agent))
        self.changed()
        return answer

    def _audit(self, request: web.Request, key: Key, status: int) -> None:
        """Write what the customer's audit log shows of every authenticated call."""
        self.audit_log.append(
            {
                "event_type": "AUDIT_LOG",
                "timestamp": datetime.fromtimestamp(self.clock(), UTC).isoformat(),
                "actor": {"type": "API_KEY", "redacted_id": f"{key.secret[:3]}...{key.last4}"},
                "action": _ACTIONS.get(request.match_info["route"], "UNKNOWN"),
                "action_result": "SUCCESS"
                if status == 200
                else "BLOCKED"
                if status in (401, 403)
                else "ERROR",
                "action_privilege": "ADMIN",
                "client_ip": request.remote,
                "user_agent": request.headers.get("User-Agent", ""),
            }
        )


def _invalid(request: web.Request) -> web.Response | None:
    """Refuse what the real API's validation refuses; conversations are gone since June 2026."""
    route, query = request.match_info["route"], request.query
    if request.method != "GET":
        return _error(403, "You do not have the required scope.", None)
    if route not in _ACTIONS:
        return _json(404, {"detail": "Not Found"})
    if not _UUID.fullmatch(request.match_info["workspace"]):
        return _validation("path", "workspace_id", "Input should be a valid UUID", "uuid_parsing")
    if route == "logs" and not query.get("event_type"):
        return _validation("query", "event_type", "Field required", "missing")
    if route == "logs" and not _has_zone(query.get("after", "")):
        return _validation("query", "after", "Field required", "missing")
    if route == "logs" and not _EVENT_TYPES.issuperset(query["event_type"].split(",")):
        return _validation("query", "event_type", "Input should be a known event type", "enum")
    if not 1 <= int(query.get("limit", "20") if query.get("limit", "20").isdigit() else 0) <= 200:
        return _validation("query", "limit", "Input should be between 1 and 200", "less_than_equal")
    return None


def _granted(request: web.Request, key: Key) -> web.Response:
    """Answer by the scopes the key carries."""
    route = request.match_info["route"]
    if key.state is KeyState.PENDING_SILENT:
        return _error(403, "You are not allowed to do that.", None)
    opens = key.state in _READS or (key.state is KeyState.LOGS_ONLY and route == "logs")
    if key.state in (KeyState.FLAKY, KeyState.SLOW):
        opens = key.state is KeyState.SLOW or key.calls % 3 != 1
    if not opens:
        return _missing(401, _SCOPE)
    if route == "logs":
        return _json(200, {"object": "list", "data": [], "has_more": False, "last_end_time": None})
    user = {"object": "compliance.workspace.user", "id": "user-" + "S" * 24, "created_at": 1692158096.299021}
    users = [{**user, **PERSON, "role": "account-owner", "status": "active"}]
    return _json(200, {"object": "list", "has_more": True, "last_id": users[0]["id"], "data": users})


def _has_zone(after: str) -> bool:
    try:
        return datetime.fromisoformat(after).tzinfo is not None
    except ValueError:
        return False


def _json(status: int, body: object) -> web.Response:
    return web.json_response(body, status=status)


def _error(status: int, message: str, code: str | None) -> web.Response:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return _json(status, {"error": error})


def _missing(status: int, scope: str) -> web.Response:
    message = (
        f"You have insufficient permissions for this operation. Missing scopes: {scope}. Check that you have "
        "the correct role in your organization (Reader, Writer, Owner) and project (Member, Owner), and if "
        "you're using a restricted API key, that it has the necessary scopes."
    )
    return _error(status, message, None)


def _unknown_key(request: web.Request) -> web.Response:
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    hidden = f"{shown[:8]}{'*' * 8}{shown[-4:]}" if shown else ""
    return _error(401, f"Incorrect API key provided: {hidden}.", "invalid_api_key")


def _validation(where: str, name: str, message: str, kind: str) -> web.Response:
    return _json(422, {"detail": [{"loc": [where, name], "msg": message, "type": kind}]})
