"""From a raw answer of OpenAI to the signals the verdict table reads; nothing else leaves this module."""

import json
import math
import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from bot.domain.diagnosis import Answer, Call, Content
from bot.domain.shape import redact, shape_of

_CODE = re.compile(r"[a-z][a-z0-9_]{1,47}")
_LONGEST_WAIT = 86_400.0
_MALFORMED = object()


def read_answer(
    call: Call,
    *,
    status: int,
    content_type: str,
    body: bytes | None,
    retry_after: float | None = None,
    challenged: bool = False,
    hide: str = "",
) -> Answer:
    """Return the signals of one answer.

    `body` None: deliberately not read, the header speaks. `challenged`: the edge said so in its own header.
    `hide`: the key; any echo of it is removed before anything is looked at.
    """
    parsed = _parse(body.replace(hide.encode(errors="replace"), b"") if body and hide else body)
    content = "html" if challenged else _content(content_type, body, parsed)
    signals = parsed if content == "json" else None
    return Answer(
        call=call,
        status=status,
        content=content,
        listed=content == "json" and (body is None or _is_list(parsed)),
        code=_code(signals),
        message=redact(_message(signals)),
        retry_after=retry_after,
        shape=shape_of(signals) if body and content == "json" else "",
    )


def read_wait(header: str | None, at: datetime) -> float | None:
    """Return the seconds of a ``Retry-After`` header (number or HTTP date), at most a day, or None."""
    if header is None:
        return None
    try:
        wait = float(header)
    except ValueError:
        wait = _until(header, at)
    return min(wait, _LONGEST_WAIT) if math.isfinite(wait) and wait >= 0 else None


def _until(header: str, at: datetime) -> float:
    try:
        return max((parsedate_to_datetime(header) - at).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):  # TypeError: a date without a zone
        return math.nan


def _parse(body: bytes | None) -> object:
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        return _MALFORMED


def _content(content_type: str, body: bytes | None, parsed: object) -> Content:
    kind = content_type.partition(";")[0].strip().lower()
    is_json = kind == "application/json" or kind.endswith("+json")
    if body is not None and not body.strip():
        return "empty"
    if kind == "text/html" or (body or b"").lstrip()[:1] == b"<":
        return "html"
    if body is None or parsed is not _MALFORMED:
        return "json" if is_json else "other"
    return "malformed" if is_json else "other"


def _is_list(parsed: object) -> bool:
    return isinstance(parsed, dict) and isinstance(parsed.get("data"), list)


def _code(parsed: object) -> str | None:
    error = parsed.get("error") if isinstance(parsed, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else None


def _message(parsed: object) -> str:
    if not isinstance(parsed, dict):
        return ""
    for name in ("error", "detail", "message"):
        text = _text(parsed.get(name))
        if text:
            return text
    return ""


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return _text(value.get("message") or value.get("msg"))
    if isinstance(value, list):  # FastAPI: [{"loc": ["path", "workspace_id"], "msg": "...", "type": "..."}]
        return "; ".join(_place(item) for item in value[:5])
    return ""


def _place(item: object) -> str:
    loc = item.get("loc") if isinstance(item, dict) else None
    names = [name for name in loc if isinstance(name, str)] if isinstance(loc, list) else []
    return f"{'.'.join(names[:5])} {_text(item) if isinstance(item, dict) else ''}"
