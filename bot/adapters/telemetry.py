"""Spans to an OpenTelemetry collector over OTLP/HTTP; the SDK is the extra `telemetry`.

Endpoint, headers and time-outs follow OpenTelemetry's own environment variables (OTEL_EXPORTER_OTLP_*).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot import tracing
from bot.domain.errors import GreenlightError
from bot.tracing import Span

_MISSING = "OTEL_EXPORTER_OTLP_ENDPOINT is set: it needs `pip install 'greenlight-bot[telemetry]'`."


@contextmanager
def exporting(endpoint: str | None, version: str) -> Iterator[None]:
    """Export every span while this is open, in batches from a thread; nothing without an endpoint.

    Raises `GreenlightError` when the extra is not installed.
    """
    if endpoint is None:
        yield
        return
    sink, close = _open(endpoint, version)
    remove = tracing.install(sink)
    try:
        yield
    finally:
        remove()
        close()


def _open(endpoint: str, version: str) -> tuple[tracing.Sink, Callable[[], None]]:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import ReadableSpan  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        from opentelemetry.trace import SpanContext, Status, StatusCode, TraceFlags  # noqa: PLC0415
    except ImportError:
        raise GreenlightError(_MISSING) from None
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    processor = BatchSpanProcessor(exporter)
    resource = Resource.create({"service.name": "greenlight", "service.version": version})
    sampled = TraceFlags(TraceFlags.SAMPLED)

    def context(span: Span) -> SpanContext:
        return SpanContext(int(span.trace, 16), int(span.id, 16), is_remote=False, trace_flags=sampled)

    def sink(span: Span) -> None:
        status = Status(StatusCode.ERROR, span.error) if span.error else Status(StatusCode.UNSET)
        processor.on_end(
            ReadableSpan(
                name=span.name,
                context=context(span),
                parent=context(span.parent) if span.parent and span.parent.trace else None,
                resource=resource,
                attributes=span.attributes,
                status=status,
                start_time=span.began,
                end_time=span.ended,
            )
        )

    return sink, processor.shutdown
