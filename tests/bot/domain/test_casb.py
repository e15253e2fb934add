"""Netskope's records are read tolerantly, and nothing is claimed that they do not say."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.casb import CasbReport, Sighting, Trouble, TroubleKind, read_audit, read_events, read_time
from bot.domain.tenant import read_records, settle_token

WORKSPACE = "f7f33107-5fb9-4ee1-8922-3eae76b5b5a0"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SINCE, UNTIL = NOON - timedelta(hours=1), NOON + timedelta(hours=1)
OURS = "chatgpt-prod"


def record(done: str = "created", at: object = None, **more: object) -> dict[str, object]:
    stamp = int(NOON.timestamp()) if at is None else at
    event = f"Next Gen CASB API instance {done}"
    return {
        "audit_log_event": event,
        "timestamp": stamp,
        "type": "admin_audit_logs",
        "user": "it@acme.com",
        **more,
    }


def listed(*values: object, kind: str = "instance") -> dict[str, object]:
    return {"supporting_data": {"data_type": kind, "data_values": list(values)}}


def look(*records: object, name: str = OURS) -> tuple[Sighting | None, Sighting | None]:
    return read_audit(records, instance_name=name, workspace_id=WORKSPACE, since=SINCE, until=UNTIL)


@pytest.mark.parametrize(
    ("more", "detail", "named"),
    [
        (listed("ChatGPT Enterprise", "ChatGPT-Prod"), "instance chatgpt-prod", True),
        (listed("chatgpt-prod"), "instance chatgpt-prod", True),
        ({"details": [{"type": "instance", "name": "chatgpt-prod"}]}, "instance chatgpt-prod", True),
        ({"details": ["Instance chatgpt-prod for ChatGPT Enterprise"]}, "instance chatgpt-prod", True),
        ({"details": {"diff": {"added": {"workspace": WORKSPACE.upper()}}}}, "workspace id", True),
        (listed("ChatGPT Enterprise", kind="app"), "ChatGPT, instance not named", False),
        (listed("ChatGPT Enterprise", 403, "10.1.2.3"), "ChatGPT, instance not named", False),
        (listed(kind="reason"), "app not stated", False),
        ({}, "app not stated", False),
    ],
)
def test_a_record_is_claimed_for_what_it_says(more: dict[str, object], detail: str, named: bool) -> None:
    instance, deleted = look(record(**more))
    assert instance is not None
    assert (instance.detail, instance.named, instance.by) == (detail, named, "it@acme.com")
    assert deleted is None


@pytest.mark.parametrize(
    "more",
    [
        listed("Slack for Enterprise", "chatgpt-prod"),
        {"details": [{"app": "Box", "instance_name": "chatgpt-prod"}]},
        {"details": [{"app": "ChatGPT Enterprise", "instance_name": "chatgpt-test"}]},
        listed("ChatGPT Enterprise", "chatgpt-prod-2"),
        listed("chatgpt-prod.eu"),
        listed("Microsoft 365 Teams", kind="app"),
        {"details": "instance my-chatgpt-prod"},
    ],
)
def test_other_apps_and_other_instances_are_no_evidence(more: dict[str, object]) -> None:
    assert look(record(**more)) == (None, None)


def test_the_name_of_the_person_is_not_the_name_of_the_instance() -> None:
    instance, _ = look(record(user="acme@acme.com", ur_normalized="acme"), name="acme")
    assert instance is not None
    assert not instance.named


@pytest.mark.parametrize(
    "event", ["Login Successful", "Rest API V2 Call", "Next Gen CASB API retroscan created", None, 7]
)
def test_other_log_types_are_no_evidence(event: object) -> None:
    assert look(record(**listed("ChatGPT Enterprise", OURS)) | {"audit_log_event": event}) == (None, None)


@pytest.mark.parametrize("away", [timedelta(hours=-2), timedelta(hours=2)])
def test_records_outside_the_window_are_no_evidence(away: timedelta) -> None:
    assert look(record(at=int((NOON + away).timestamp()))) == (None, None)


def test_a_named_record_beats_a_later_one_that_names_nothing() -> None:
    later = int(NOON.timestamp()) + 60
    instance, _ = look(record(**listed(OURS)), record("updated", at=later))
    assert instance is not None
    assert instance.what == "Next Gen CASB API instance created"


def report(*records: object) -> CasbReport:
    instance, deleted = look(*records)
    return CasbReport(instance=instance, deleted=deleted)


def test_a_deletion_ends_the_standing_of_an_earlier_record_only() -> None:
    before, after = int(NOON.timestamp()) - 60, int(NOON.timestamp()) + 60
    created = record(**listed(OURS))
    gone = report(created, record("deleted", at=after, **listed(OURS)))
    again = report(created, record("deleted", at=before, **listed(OURS)))
    unsaid = report(created, record("deleted", at=after))
    assert gone.standing is None
    assert again.standing is not None
    assert unsaid.standing is not None  # a deletion that names no app takes nothing away


@pytest.mark.parametrize(
    "stamp",
    [
        int(NOON.timestamp()),
        NOON.timestamp() * 1000,
        str(int(NOON.timestamp())),
        "2026-11-23 12:00:00",
        "2026-11-23T12:00:00Z",
        "2026-11-23T13:00:00+01:00",
    ],
)
def test_times_are_read_in_every_known_form(stamp: object) -> None:
    assert read_time({"timestamp": stamp}) == NOON


@pytest.mark.parametrize("stamp", [None, True, "", "yesterday", -5, 1e30, "nan", [], "9" * 400])
def test_an_unreadable_time_is_no_time(stamp: object) -> None:
    assert read_time({"timestamp": stamp}) is None


def event(**more: object) -> dict[str, object]:
    known = {"access_method": "API Connector", "app": "ChatGPT Enterprise", "user": "jane@acme.com"}
    return {"timestamp": int(NOON.timestamp()), **known, **more}


def data(*records: object, name: str = OURS) -> Sighting | None:
    return read_events(
        records,
        what="application event",
        instance_name=name,
        workspace_id=WORKSPACE,
        since=SINCE,
        until=UNTIL,
    )


@pytest.mark.parametrize(
    "more",
    [{}, {"instance": OURS.upper()}, {"instance": "x", "instance_id": WORKSPACE}, {"instance_id": "other"}],
)
def test_an_event_of_the_connector_for_chatgpt_is_data(more: dict[str, object]) -> None:
    sighting = data(event(**more))
    assert sighting is not None
    unnamed = "" if "instance" in more else ", instance not named"
    assert sighting.detail == f"ChatGPT Enterprise via API Connector{unnamed}"
    assert "jane" not in sighting.model_dump_json()


@pytest.mark.parametrize(
    "more",
    [
        {"access_method": "Client"},
        {"access_method": None},
        {"app": "Slack"},
        {"app": None},
        {"instance": "other"},
    ],
)
def test_inline_events_other_apps_and_other_instances_are_not_data(more: dict[str, object]) -> None:
    assert data(event(**more)) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(OURS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


@given(
    body=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()),
    status=st.integers(100, 599),
)
def test_no_answer_of_a_tenant_raises(body: bytes, status: int) -> None:
    found = read_records("audit", status=status, content_type="application/json", body=body)
    if not isinstance(found, Trouble):
        assert status == 200
        look(*found)
        data(*found)


@given(
    fields=st.dictionaries(
        st.sampled_from(
            ["timestamp", "user", "details", "supporting_data", "app", "instance", "access_method"]
        ),
        JSON,
    )
)
def test_no_record_raises_or_counts_when_it_is_of_another_app(fields: dict[str, object]) -> None:
    strange = record(**fields) | {"app": "Slack"}
    assert look(strange) == (None, None)
    assert data(event() | fields | {"app": "Slack"}) is None
    Sighting.model_dump_json(look(record(**fields))[0] or Sighting(at=NOON, what="none"))


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b"{}", TroubleKind.BAD_TOKEN),
        (403, b'{"message":"Invalid token"}', TroubleKind.BAD_TOKEN),
        (403, b'{"message":"Forbidden"}', TroubleKind.NOT_PERMITTED),
        (404, b'{"message":"no Route matched with those values"}', TroubleKind.NO_ROUTE),
        (409, b"{}", TroubleKind.LIMITED),
        (429, b"{}", TroubleKind.LIMITED),
        (503, b"", TroubleKind.OUTAGE),
        (502, b"<html>", TroubleKind.OUTAGE),
        (403, b"<html>", TroubleKind.MALFORMED),
        (200, b"<html>", TroubleKind.MALFORMED),
        (302, b"", TroubleKind.MALFORMED),
        (200, b"", TroubleKind.MALFORMED),
        (200, b'{"ok":1}', TroubleKind.MALFORMED),
        (200, b'{"ok":0,"result":"nope"}', TroubleKind.FAILED_EXECUTION),
        (200, b'{"ok":0,"result":[]}', TroubleKind.FAILED_EXECUTION),
        (200, b'{"status":"error","message":"x"}', TroubleKind.FAILED_EXECUTION),
        (200, b'{"result":[],"status":{"execution":"FAILED"}}', TroubleKind.FAILED_EXECUTION),
        (
            200,
            b'{"result":[],"status":{"execution":"SUCCESS","status_code":500}}',
            TroubleKind.FAILED_EXECUTION,
        ),
    ],
)
def test_a_failure_is_named_also_under_status_200(status: int, body: bytes, kind: TroubleKind) -> None:
    found = read_records("audit", status=status, content_type="application/json", body=body)
    assert isinstance(found, Trouble)
    assert found.kind is kind


def test_a_refusal_everywhere_is_a_bad_token_and_a_refusal_somewhere_is_a_missing_right() -> None:
    refused = [Trouble(endpoint=name, kind=TroubleKind.NOT_PERMITTED) for name in ("audit", "alert")]
    assert {trouble.kind for trouble in settle_token(refused, 2)} == {TroubleKind.BAD_TOKEN}
    assert settle_token(refused, 3) == tuple(refused)
    assert settle_token(refused[:1], 1) == tuple(refused[:1])
