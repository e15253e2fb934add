"""Logging: structured lines, one way out, and no secret on it.

Every line of every library passes the same handler. There, anything below INFO that is not ours is dropped
(slack_sdk logs whole Socket Mode frames at DEBUG, Bolt copies the root's level to its own loggers), known
secrets and everything shaped like one are replaced, and tracebacks come without local variables.
"""

import logging
import re
import sys
import threading
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, TextIO
from urllib.parse import quote, quote_plus, unquote, urlsplit

import structlog
from pydantic import SecretStr
from structlog.typing import EventDict, Processor, WrappedLogger

from bot import tracing

REDACTED = "[redacted]"
OURS = ("bot", "handlers")
CAPPED = (
    "slack_bolt",
    "slack_sdk",
    "httpx",
    "httpcore",
    "aiohttp",
    "redis",
    "aiosmtplib",
    "asyncio",
)

_SHORTEST = 6  # a shorter "secret" would black out ordinary words
_DEEPEST = 8
_SHAPES = re.compile(
    r"""
      sk-[A-Za-z0-9_-]{8,}                                  # OpenAI, Anthropic
    | (?:xox[a-z]|xapp|xwfp)[.-][A-Za-z0-9_.%-]{4,}         # Slack tokens
    | (?<=bearer)(?:[\s+]|%20)+[^\s"',;)}\]]+               # Authorization: Bearer ...
    | (?<=netskope-api-token)["']?[\s:=,]+b?["']?[^\s"',;)}\]]+
    | (?<=hooks\.slack\.com)[/\\][^\s"',)}\]]+              # a response_url speaks for the bot
    | (?<=ticket=)[^\s"'&]+                                 # Socket Mode's one-time ticket
    | (?<=input_value=).+?(?=,\ input_type=)                # what pydantic rejected
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_NAMES = re.compile(r"(token|secret|password|authorization|api_?key)$", re.IGNORECASE)
_BOLT_BODY = re.compile(r"(body: |(?=\{['\"])).*", re.DOTALL)  # from the body, or the first dict, to the end


class Redactor:
    """Replaces known secrets, and whatever has the shape of one, in texts and nested values."""

    def __init__(self) -> None:
        self._known: dict[str, None] = {}

    def guard(self, secret: SecretStr) -> None:
        """Remember a secret, its password part if it is a URL, and how both look inside a URL."""
        value = secret.get_secret_value()
        for part in (value, *value.split(), *_password(value)):
            for form in (part, quote(part, safe=""), quote_plus(part)):
                if len(form) >= _SHORTEST:
                    self._known[form] = None
        self._known = dict.fromkeys(sorted(self._known, key=len, reverse=True))

    def text(self, text: str) -> str:
        """The text without secrets."""
        for value in self._known:
            text = text.replace(value, REDACTED)
        return _SHAPES.sub(REDACTED, text)

    def value(self, value: Any, depth: int = 0) -> Any:
        """A log value without secrets; strange objects become their redacted text."""
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, Mapping) and depth < _DEEPEST:
            return {self.text(str(name)): self._named(str(name), item, depth) for name, item in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)) and depth < _DEEPEST:
            return [self.value(item, depth + 1) for item in value]
        return self.text(value.decode(errors="replace") if isinstance(value, bytes) else str(value))

    def _named(self, name: str, value: Any, depth: int) -> Any:
        return REDACTED if _NAMES.search(name) and value else self.value(value, depth + 1)


def _password(url: str) -> tuple[str, ...]:
    try:
        password = urlsplit(url).password
    except ValueError:
        return ()
    return (password, unquote(password)) if password else ()


_REDACTOR = Redactor()


def guard(secret: SecretStr) -> None:
    """Never let this value out in a log line of this process."""
    _REDACTOR.guard(secret)


def redact(text: str) -> str:
    """A text without secrets, for other ways out of the process."""
    return _REDACTOR.text(text)


def place(error: BaseException) -> str:
    """Where an error was raised, as module and line: safe to log, whatever its text quotes."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else ""


class SafeFilter(logging.Filter):
    """Drops chatter of libraries and redacts the message; sits on handlers, where every record passes."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record may be written; its message is redacted in place."""
        if record.levelno < logging.INFO and record.name.partition(".")[0] not in OURS:
            return False
        if isinstance(record.msg, dict):
            return True  # one of structlog's, redacted by its processor
        record.msg, record.args = _message(record), None
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        text = record.getMessage()
    except (TypeError, ValueError):
        text = str(record.msg)
    if record.name.startswith("slack_bolt"):
        text = _BOLT_BODY.sub(rf"\1{REDACTED}", text)  # a body holds whatever a person typed
    return redact(text)


class SafeFormatter(structlog.stdlib.ProcessorFormatter):
    """Redacts the finished line once more: tracebacks, names, anything a renderer added."""

    def format(self, record: logging.LogRecord) -> str:
        """The line to write."""
        return redact(super().format(record))


def redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: redact every value, keeping structlog's own entries."""
    return {
        name: item if name.startswith("_") or name == "exc_info" else _REDACTOR._named(name, item, 0)  # noqa: SLF001
        for name, item in event.items()
    }


def configure(
    level: str = "INFO",
    *,
    secrets: Iterable[SecretStr] = (),
    stream: TextIO | None = None,
    console: bool | None = None,
) -> None:
    """Route structlog and stdlib logging to one stream (stderr): JSON lines, or text for a terminal."""
    for secret in secrets:
        guard(secret)
    stream = stream or sys.stderr
    console = stream.isatty() if console is None else console
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(console))
    _install(handler, level)
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda args: _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _install(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    for old in list(root.handlers):
        if isinstance(old.formatter, SafeFormatter):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for one in root.handlers:
        if not any(isinstance(present, SafeFilter) for present in one.filters):
            one.addFilter(SafeFilter())
    for name in CAPPED:
        logging.getLogger(name).setLevel(max(logging.INFO, root.level))


def _shared() -> list[Processor]:
    return [
        structlog.stdlib.filter_by_level,
        structlog.contextvars.merge_contextvars,
        _add_trace,
        *_stamps(),
        structlog.processors.format_exc_info,
        redact_event,
    ]


def _add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: name the trace that the line belongs to, where traces are on."""
    if found := tracing.trace():
        event["trace"] = found
    return event


def _stamps() -> list[Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _formatter(console: bool) -> SafeFormatter:
    renderer: Processor = (
        # Not the default exception formatter: it prints local variables where rich is installed.
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if console
        else structlog.processors.JSONRenderer()
    )
    return SafeFormatter(
        foreign_pre_chain=[*_stamps(), structlog.processors.format_exc_info, redact_event],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def _log_uncaught(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt) or error is None:
        return
    logging.getLogger("bot").critical("uncaught", exc_info=(kind, error, trace))
