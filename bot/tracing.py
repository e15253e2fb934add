"""Traces: one per request, from Slack's delivery through the store to the provider and back.

The trace id is derived from the request id, so nothing has to be carried through Redis, replicas agree on it,
and who knows the request finds its trace. Off until a sink is installed, and then almost free. Span
attributes hold only words of ours: steps, states, hosts, methods; never what a person typed.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

Attribute = str | int | float | bool


@dataclass
class Span:
    """One piece of work; `trace` is "" until it is known which request it is about. Times in ns."""

    name: str
    trace: str
    parent: Span | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    began: int = field(default_factory=time.time_ns)
    ended: int = 0
    attributes: dict[str, Attribute] = field(default_factory=dict)
    error: str = ""


Sink = Callable[[Span], None]

_current: ContextVar[Span | None] = ContextVar("span", default=None)
_sinks: list[Sink] = []


def install(sink: Sink) -> Callable[[], None]:
    """Hand every finished span to this sink from now on; returns what takes it away again."""
    _sinks.append(sink)
    return lambda: _sinks.remove(sink)


def trace_of(request_id: str) -> str:
    """The trace id of a request: 32 hex digits."""
    return hashlib.sha256(f"greenlight {request_id}".encode()).hexdigest()[:32]


def trace() -> str:
    """The id of the trace that the present work belongs to; "" where there is none."""
    span = _current.get()
    return span.trace if span else ""


@contextmanager
def span(name: str, request: str = "", **attributes: Attribute) -> Iterator[None]:
    """Time a piece of work; the first one to name a request decides the trace of those around it."""
    if not _sinks:
        yield
        return
    around = _current.get()
    about = Span(name, _trace(request, around), around, attributes=dict(attributes))
    if request:
        about.attributes["request"] = request
        _decide(around, about.trace)
    token = _current.set(about)
    try:
        yield
    except BaseException as error:
        about.error = type(error).__name__  # its text may quote what was typed
        raise
    finally:
        _current.reset(token)
        _finish(about)


def _trace(request: str, around: Span | None) -> str:
    if around and around.trace:
        return around.trace
    return trace_of(request) if request else ""


def _decide(around: Span | None, trace: str) -> None:
    while around is not None and not around.trace:
        around.trace = trace
        around = around.parent


def _finish(done: Span) -> None:
    done.ended = time.time_ns()
    if not done.trace:
        if done.parent is not None:
            return  # it belonged to nothing that anybody would look for
        done.trace = secrets.token_hex(16)
    for sink in _sinks:
        sink(done)
