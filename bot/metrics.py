"""What the bot counts, for Prometheus; labels hold only words of ours, never ids, names or secrets."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

from bot.domain.diagnosis import Verdict
from bot.domain.request import Request, State

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)  # seconds; Slack gives up at 3
_SLOW = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0)  # seconds
_HOUR, _DAY = 3600.0, 86400.0
_DAYS = (60.0, 600.0, _HOUR, 6 * _HOUR, _DAY, 2 * _DAY, 5 * _DAY, 10 * _DAY, 20 * _DAY, 40 * _DAY)  # seconds

# Registered nowhere by themselves: `register` puts them into the registry that is served.
REQUESTS = Gauge("greenlight_requests", "Requests by state", ["state"], registry=None)
TRANSITIONS = Counter(
    "greenlight_transitions", "State changes that were saved", ["before", "after", "event"], registry=None
)
CONFLICTS = Counter("greenlight_conflicts", "Saves that lost to another and were tried again", registry=None)
VERDICTS = Counter("greenlight_verdicts", "Outcomes of key probes", ["verdict"], registry=None)
ACK_SECONDS = Histogram(
    "greenlight_ack_seconds", "Time until Slack got its answer", ["kind"], buckets=_FAST, registry=None
)
STEP_LAG = Histogram(
    "greenlight_step_lag_seconds", "How late a step was claimed", buckets=_SLOW, registry=None
)
STEPS = Counter("greenlight_steps", "Performed steps by outcome", ["step", "outcome"], registry=None)
SLACK_CALLS = Counter("greenlight_slack_calls", "Web API calls", ["method"], registry=None)
SLACK_ERRORS = Counter(
    "greenlight_slack_errors",
    "Web API calls that failed, by Slack's error",
    ["method", "error"],
    registry=None,
)
RESENT = Counter(
    "greenlight_resent_messages",
    "Messages whose earlier attempt had no answer, by whether it was found in the channel",
    ["outcome"],
    registry=None,
)
AUDITS = Counter("greenlight_audits", "Rounds of the auditor by outcome", ["outcome"], registry=None)
TROUBLES = Counter("greenlight_audit_findings", "What the auditor found wrong", ["kind"], registry=None)
TURNED_AWAY = Counter(
    "greenlight_turned_away", "Clicks refused because too much was under way", registry=None
)
ALARMS = Counter("greenlight_alarms", "Troubles that a person has to mend", ["what"], registry=None)
TIME_IN_STATE = Histogram(
    "greenlight_time_in_state_seconds",
    "Stay in a state that was left",
    ["state"],
    buckets=_DAYS,
    registry=None,
)
TIME_TO_GRANT = Histogram(
    "greenlight_time_to_grant_seconds",
    "From the approval until the scopes were proven",
    buckets=_DAYS,
    registry=None,
)
TIME_TO_CONNECTED = Histogram(
    "greenlight_time_to_connected_seconds",
    "From the request until the connection was first proven",
    buckets=_DAYS,
    registry=None,
)
STORE_FAILURES = Counter("greenlight_store_failures", "Rounds in which Redis was away", registry=None)
OUTBOX_DEPTH = Gauge("greenlight_outbox_depth", "Steps in the schedule, due or not", registry=None)
DEAD_LETTERS = Gauge("greenlight_dead_letters", "Steps that were given up", registry=None)

ALL: tuple[MetricWrapperBase, ...] = (
    REQUESTS,
    TRANSITIONS,
    CONFLICTS,
    VERDICTS,
    ACK_SECONDS,
    STEP_LAG,
    STEPS,
    SLACK_CALLS,
    SLACK_ERRORS,
    RESENT,
    AUDITS,
    TROUBLES,
    TURNED_AWAY,
    ALARMS,
    TIME_IN_STATE,
    TIME_TO_GRANT,
    TIME_TO_CONNECTED,
    STORE_FAILURES,
    OUTBOX_DEPTH,
    DEAD_LETTERS,
)


def register(registry: CollectorRegistry) -> None:
    """Serve all of them from this registry; what happens seldom begins at nothing, or no increase shows."""
    for metric in ALL:
        registry.register(metric)
    for state in State:
        TIME_IN_STATE.labels(state)
    for verdict in Verdict:
        VERDICTS.labels(verdict)


def changed(before: Request, after: Request, event: str) -> None:
    """Count one saved change, and how long the state that it left had lasted."""
    is_new = not before.version
    TRANSITIONS.labels("new" if is_new else before.state, after.state, event).inc()
    if is_new or before.state is after.state:
        return
    stay = (after.state_since - before.state_since).total_seconds()
    TIME_IN_STATE.labels(before.state).observe(stay)
    if (before.state, after.state) == (State.AWAITING_OPENAI, State.AWAITING_NETSKOPE):
        TIME_TO_GRANT.observe(stay)
    if (before.state, after.state) == (State.VERIFYING, State.CONNECTED):
        TIME_TO_CONNECTED.observe((after.state_since - after.opened_at).total_seconds())
