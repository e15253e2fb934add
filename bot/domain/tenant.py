"""From a raw answer of a Netskope tenant to records or a trouble; a failure may come with status 200."""

import json
import re
from collections.abc import Sequence

from bot.domain.casb import Endpoint, Trouble, TroubleKind
from bot.domain.shape import redact

_BY_STATUS: dict[int, TroubleKind] = {
    401: TroubleKind.BAD_TOKEN,
    403: TroubleKind.NOT_PERMITTED,
    404: TroubleKind.NO_ROUTE,
    409: TroubleKind.LIMITED,  # two readers at once: the same cure
    429: TroubleKind.LIMITED,
}
_TOKEN = re.compile(
    r"(?:invalid|expired|missing|bad)\b.{0,20}\btoken|token\b.{0,20}\b(?:invalid|expired|missing)",
    re.IGNORECASE,
)


def read_records(
    endpoint: Endpoint, *, status: int, content_type: str, body: bytes, retry_after: float | None = None
) -> list[object] | Trouble:
    """Return the records of one answer, or the trouble it states; every status and body is accepted."""
    if "html" in content_type.lower() or body.lstrip()[:1] == b"<":
        kind = TroubleKind.OUTAGE if status >= 500 else TroubleKind.MALFORMED
        return Trouble(
            endpoint=endpoint, kind=kind, retry_after=retry_after, seen=f"{endpoint} {status} html"
        )
    parsed = _parse(body)
    if status != 200:
        return _trouble(endpoint, status, parsed, retry_after)
    return _records(endpoint, parsed)


def settle_token(troubles: Sequence[Trouble], asked: int) -> tuple[Trouble, ...]:
    """Call it a bad token when several endpoints were asked and all of them refuse.

    Netskope answers 403 both for a missing right and for a token it does not know; one refusal cannot tell.
    """
    if asked > 1 and len(troubles) == asked and all(t.kind is TroubleKind.NOT_PERMITTED for t in troubles):
        return tuple(trouble.model_copy(update={"kind": TroubleKind.BAD_TOKEN}) for trouble in troubles)
    return tuple(troubles)


def _parse(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _trouble(endpoint: Endpoint, status: int, parsed: object, retry_after: float | None) -> Trouble:
    kind = _BY_STATUS.get(status, TroubleKind.OUTAGE if status >= 500 else TroubleKind.MALFORMED)
    if kind is TroubleKind.NOT_PERMITTED and _TOKEN.search(_message(parsed)):
        kind = TroubleKind.BAD_TOKEN
    return Trouble(endpoint=endpoint, kind=kind, retry_after=retry_after, seen=f"{endpoint} {status}")


def _message(parsed: object) -> str:
    fields = parsed if isinstance(parsed, dict) else {}
    texts = (fields.get(name) for name in ("message", "error", "error_description"))
    return redact(" ".join(text for text in texts if isinstance(text, str)))


def _records(endpoint: Endpoint, parsed: object) -> list[object] | Trouble:
    fields = parsed if isinstance(parsed, dict) else {"result": parsed}
    if _failed(fields):
        return Trouble(endpoint=endpoint, kind=TroubleKind.FAILED_EXECUTION, seen=f"{endpoint} 200 failed")
    for name in ("result", "data"):
        records = fields.get(name)
        if isinstance(records, list):
            return records
    return Trouble(endpoint=endpoint, kind=TroubleKind.MALFORMED, seen=f"{endpoint} 200 malformed")


def _failed(fields: dict[str, object]) -> bool:
    """Return whether a body under status 200 reports a failure in one of its three known ways."""
    status, ok = fields.get("status"), fields.get("ok", 1)
    if isinstance(status, dict):
        return str(status.get("execution", "")).upper() != "SUCCESS" or _is_error(status.get("status_code"))
    return (isinstance(status, str) and status.lower() in ("error", "failed", "failure")) or ok in (
        0,
        "0",
        False,
    )


def _is_error(code: object) -> bool:
    return isinstance(code, int) and code >= 400
