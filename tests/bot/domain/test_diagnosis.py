"""One case per row of the verdict table, and what holds for every row."""

import json

import pytest

from bot.domain.answers import read_answer
from bot.domain.diagnosis import (
    CONCLUSIVE,
    LOSING,
    NEEDS_CORRECTION,
    NO_NEWS,
    TABLE,
    Answer,
    Verdict,
    diagnose,
    unexplained,
)

LISTED = b'{"object":"list","data":[]}'
HTML = b"<!DOCTYPE html><title>Just a moment...</title>"
COMPLIANCE = "Missing scopes: chatgpt.enterprise.compliance_export.read. Check your role."
CONVERSATION = "Missing scopes: chatgpt.enterprise.compliance_logs_platform.conversation_message.read."
MODEL = "Missing scopes: api.model.read"
AMBIGUOUS = "The key is not an Admin API key, lacks `x`, or its organization does not own the workspace."


def error(message: str = "", code: str | None = None) -> bytes:
    return json.dumps({"error": {"message": message, "code": code}}).encode()


def detail(place: str) -> bytes:
    return json.dumps({"detail": [{"loc": ["path", place], "msg": "bad", "type": "uuid_parsing"}]}).encode()


def logs(status: int, body: bytes = LISTED, kind: str = "application/json", **more: object) -> Answer:
    return read_answer("logs", status=status, content_type=kind, body=body, **more)  # type: ignore[arg-type]


def users(status: int, body: bytes = b"", kind: str = "application/json", **more: object) -> Answer:
    unread = None if status == 200 else body
    return read_answer("users", status=status, content_type=kind, body=unread, **more)  # type: ignore[arg-type]


def models(status: int, body: bytes = b"") -> Answer:
    unread = None if status == 200 else body
    return read_answer("models", status=status, content_type="application/json", body=unread)


def both(status: int, body: bytes = b"", kind: str = "application/json") -> list[Answer]:
    return [logs(status, body, kind), users(status, body, kind)]


KNOWN_NOT = error("Incorrect API key provided: sk-...abcd", "invalid_api_key")
GRANTED, ADMIN = {"was_granted": True}, {"admin_key": True}

CASES: list[tuple[str, Verdict, list[Answer], dict[str, bool]]] = [
    ("1", Verdict.GRANTED, [logs(200), users(200)], {}),
    ("2", Verdict.LOGS_ONLY, [logs(200), users(403, error(COMPLIANCE))], {}),
    ("3", Verdict.PARTIAL, [logs(403, error("no")), users(200)], {}),
    ("3-scope", Verdict.PARTIAL, both(403, error(CONVERSATION)), ADMIN),
    ("3-fedramp", Verdict.PARTIAL, [logs(404, error("not found")), users(200)], {}),
    ("4", Verdict.MISSING, both(401, error(COMPLIANCE)), {}),
    ("4", Verdict.MISSING, [logs(403, error(COMPLIANCE)), users(403)], {}),
    ("4-admin", Verdict.MISSING, both(403, error(COMPLIANCE)), ADMIN),
    ("5", Verdict.NOT_FOR_WORKSPACE, [*both(403, error("no")), models(200)], {}),
    ("5", Verdict.NOT_FOR_WORKSPACE, [*both(403, error(AMBIGUOUS)), models(200)], {}),
    ("5", Verdict.NOT_FOR_WORKSPACE, [*both(401, KNOWN_NOT), models(200)], {}),
    ("5-admin", Verdict.NOT_FOR_WORKSPACE, both(403, error(AMBIGUOUS)), ADMIN),
    ("5-lost", Verdict.NOT_FOR_WORKSPACE, [*both(403), models(403, error("no"))], GRANTED),
    ("5-lost", Verdict.NOT_FOR_WORKSPACE, [*both(403), models(404, error("no"))], GRANTED),
    ("5-unasked", Verdict.UNCLEAR, [*both(403), models(503)], GRANTED),
    ("5-unasked", Verdict.UNCLEAR, [logs(403), users(401), models(429)], GRANTED),
    ("5-unasked", Verdict.UNCLEAR, [*both(401), Answer("models", failure="timeout")], GRANTED),
    ("5-unasked", Verdict.UNCLEAR, [*both(401), models(429)], GRANTED),
    ("5-unasked", Verdict.UNCLEAR, [*both(401), models(403, HTML)], GRANTED),
    ("5-unasked", Verdict.UNCLEAR, both(401), GRANTED),
    ("5-unasked", Verdict.UNCLEAR, [*both(403), Answer("models", failure="timeout")], {}),
    ("6", Verdict.NOT_FOR_WORKSPACE, [*both(403, error("no")), models(403, error(MODEL))], {}),
    ("6", Verdict.NOT_FOR_WORKSPACE, [*both(401), models(401, error(MODEL))], {}),
    ("7", Verdict.REJECTED, [*both(401, KNOWN_NOT), models(401, KNOWN_NOT)], {}),
    ("7-admin", Verdict.REJECTED, both(401, error("Missing or invalid Admin API key.")), ADMIN),
    ("7-split", Verdict.UNCLEAR, [logs(200), users(401, KNOWN_NOT)], {}),
    ("8", Verdict.REVOKED, [*both(401, KNOWN_NOT), models(401, KNOWN_NOT)], GRANTED),
    ("8", Verdict.REVOKED, [*both(401), models(401)], GRANTED),
    ("8-admin", Verdict.REVOKED, both(401, error("Missing or invalid Admin API key.")), GRANTED | ADMIN),
    ("8-dead", Verdict.REVOKED, [*both(403), models(401, KNOWN_NOT)], GRANTED),
    ("9", Verdict.WRONG_WORKSPACE, both(404, error("The workspace was not found.")), {}),
    ("9", Verdict.WRONG_WORKSPACE, [logs(403), users(404, error("no"))], {}),
    ("9-split", Verdict.UNCLEAR, [logs(200), users(404, error("no"))], {}),
    ("9-split", Verdict.UNCLEAR, [logs(200), users(404)], GRANTED),
    (
        "10",
        Verdict.WRONG_ORGANIZATION,
        both(403, error("The key's organization does not own the workspace.")),
        {},
    ),
    ("11", Verdict.WRONG_WORKSPACE, both(422, detail("workspace_id")), {}),
    ("12", Verdict.WRONG_WORKSPACE, both(400, error("X is a workspace-scoped event type. Use /v1/")), {}),
    ("13", Verdict.BLOCKED, both(401, error("no", "ip_not_authorized")), {}),
    ("13", Verdict.BLOCKED, both(403, error("Your IP is not allowed")), {}),
    ("14", Verdict.EDGE, both(403, HTML, "text/html; charset=UTF-8"), {}),
    ("14", Verdict.EDGE, [logs(403, b"{}", challenged=True), users(200)], {}),
    ("14", Verdict.EDGE, [logs(200, HTML, "text/html"), users(200, kind="text/html")], {}),
    ("15", Verdict.LIMITED, [logs(429, error("slow"), retry_after=7.0)], GRANTED),
    ("16", Verdict.OUTAGE, [Answer("logs", failure="timeout")], GRANTED),
    ("16", Verdict.OUTAGE, [logs(200), Answer("users", failure="connect")], {}),
    ("16-tls", Verdict.OUTAGE, [Answer("logs", failure="tls")], {}),
    ("16-5xx", Verdict.OUTAGE, [logs(200), users(503)], GRANTED),
    ("16-5xx", Verdict.OUTAGE, both(502, HTML, "text/html"), {}),
    ("unknown", Verdict.UNCLEAR, both(418, b'{"teapot":{"Jane":1}}'), {}),
    ("unknown", Verdict.UNCLEAR, [logs(200, b'{"object":"list"}'), users(200)], {}),
    ("unknown", Verdict.UNCLEAR, [logs(200, b'{"data":['), users(200)], {}),
    ("unknown", Verdict.UNCLEAR, both(302), {}),
    ("unknown", Verdict.UNCLEAR, both(403, b"denied by policy", "text/plain"), {}),
    ("unknown", Verdict.UNCLEAR, both(422, detail("limit")), {}),
    ("unknown", Verdict.UNCLEAR, [], {}),
]


@pytest.mark.parametrize(("row", "verdict", "answers", "known"), CASES)
def test_threat_15_every_observation_gets_the_verdict_of_its_row(
    row: str, verdict: Verdict, answers: list[Answer], known: dict[str, bool]
) -> None:
    diagnosis = diagnose(answers, **({"was_granted": False, "admin_key": False} | known))
    assert (diagnosis.row, diagnosis.verdict) == (row, verdict)


def test_every_row_of_the_table_has_a_case() -> None:
    assert {row.id for row in TABLE} | {"unknown"} == {case[0] for case in CASES}


def test_every_verdict_is_reached() -> None:
    assert {row.verdict for row in TABLE} == set(Verdict)


def test_the_verdicts_fall_into_sets_without_overlap() -> None:
    assert CONCLUSIVE | NO_NEWS | {Verdict.UNCLEAR} == set(Verdict)
    assert not CONCLUSIVE & NO_NEWS
    assert NEEDS_CORRECTION < LOSING < CONCLUSIVE


@pytest.mark.parametrize(
    "answer", [users(429), users(500), Answer("users", failure="tls"), users(403, HTML, "text/html")]
)
@pytest.mark.parametrize("other", [logs(200), logs(401, KNOWN_NOT), logs(404, error("no"))])
def test_trouble_on_the_way_never_says_anything_about_the_key(answer: Answer, other: Answer) -> None:
    assert diagnose([other, answer], was_granted=True, admin_key=False).verdict in NO_NEWS


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    "third", [models(429), models(500), models(403, HTML), Answer("models", failure="timeout")]
)
def test_a_third_call_that_was_not_answered_loses_nothing_that_was_granted(
    third: Answer, status: int
) -> None:
    verdict = diagnose([*both(status), third], was_granted=True, admin_key=False).verdict
    assert verdict not in CONCLUSIVE


@pytest.mark.parametrize(
    "scope",
    [
        "chatgpt_enterprise_compliance_export_read",
        "chatgpt.enterprise.compliance_logs_platform_conversation_message.read",
        "chatgpt-enterprise-compliance-export-delete-and-read",
    ],
)
def test_a_scope_as_long_as_a_token_is_still_read(scope: str) -> None:
    answers = both(403, error(f"Missing scopes: {scope}."))
    assert scope in answers[0].message
    assert diagnose(answers, was_granted=False, admin_key=False).row == "4"


@pytest.mark.parametrize(
    "secret",
    ["compliance" + "a1B2" * 8, "x" * 22 + "compliance9", "Compliance" + "A" * 30, "abcdefgh" * 5],
)
def test_what_is_as_long_as_a_token_and_no_scope_is_still_hidden(secret: str) -> None:
    assert secret not in both(403, error(f"Missing scopes: {secret}"))[0].message


def test_an_unknown_answer_keeps_its_structure_but_no_value_and_no_odd_name() -> None:
    body = b'{"secret":"sk-proj-abcdefgh","jane@acme.com":[{"n":1}],"ok":true}'
    diagnosis = diagnose(both(418, body), was_granted=False, admin_key=False)
    assert diagnosis.shape == "logs {secret:str,?:[{n:int}],ok:bool}; users {secret:str,?:[{n:int}],ok:bool}"
    assert diagnosis.seen == ("logs 418", "users 418")


def test_the_longest_asked_wait_is_kept() -> None:
    answers = [logs(200, retry_after=2.0), users(429, retry_after=9.0)]
    assert diagnose(answers, was_granted=False, admin_key=False).retry_after == 9.0


@pytest.mark.parametrize(
    ("answers", "asks"),
    [
        (both(403), True),
        (both(401, KNOWN_NOT), True),
        (both(403, error(AMBIGUOUS)), True),
        (both(401, error(COMPLIANCE)), False),
        (both(401, error("", "ip_not_authorized")), False),
        (both(403, HTML, "text/html"), False),
        (both(404), False),
        ([logs(200), users(403)], False),
        ([logs(429)], False),
    ],
)
def test_the_third_call_is_made_only_for_a_refusal_without_a_settled_reason(
    answers: list[Answer], asks: bool
) -> None:
    assert unexplained(answers) is asks


def test_a_diagnosis_survives_storage() -> None:
    diagnosis = diagnose(both(429), was_granted=False, admin_key=False)
    assert type(diagnosis).model_validate_json(diagnosis.model_dump_json()) == diagnosis
