"""What the environment may say, and what an operator is told when it says something else."""

import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from bot.clock import CLOCK_FILE
from bot.settings import (
    REFERENCE,
    Settings,
    SettingsError,
    cautions,
    load_settings,
    required_for_run,
    unknown_names,
)

CANARY = "canary with spaces 7f3a91 \x00"
SECRETS = [row for row in REFERENCE if row.secret]
# The table of DESIGN.md section 8 and what came later: names that must not drift.
NAMES = """
SLACK_BOT_TOKEN SLACK_APP_TOKEN SLACK_SIGNING_SECRET SLACK_API_URL GREENLIGHT_TRANSPORT GREENLIGHT_HTTP_HOST
GREENLIGHT_HTTP_PORT GREENLIGHT_PUBLIC_URL REDIS_URL GREENLIGHT_DATA_DIR GREENLIGHT_ENCRYPTION_KEYS
GREENLIGHT_KEY_PROVIDER VAULT_ADDR VAULT_TOKEN_FILE VAULT_NAMESPACE VAULT_TRANSIT_MOUNT VAULT_TRANSIT_KEY
GREENLIGHT_CHANNEL GREENLIGHT_ADMINS GREENLIGHT_REVIEWERS GREENLIGHT_REVIEW GREENLIGHT_QUORUM
GREENLIGHT_QUORUM_DELETE
GREENLIGHT_CONNECTORS
OPENAI_COMPLIANCE_URL OPENAI_API_URL NETSKOPE_TENANT_URL NETSKOPE_API_TOKEN NETSKOPE_TENANTS
SMTP_URL GREENLIGHT_MAIL_FROM
GREENLIGHT_INTAKE GREENLIGHT_OIDC_ISSUER GREENLIGHT_OIDC_CLIENT_ID GREENLIGHT_OIDC_CLIENT_SECRET
GREENLIGHT_OIDC_USER_CLAIM GREENLIGHT_OIDC_ACR GREENLIGHT_PRODUCTION_TENANTS GREENLIGHT_PRIVATE_HOSTS
GREENLIGHT_WATCH GREENLIGHT_LANGUAGE GREENLIGHT_PATIENCE
GREENLIGHT_HANDOVER GREENLIGHT_AUDIT_FILE GREENLIGHT_AUDIT_URL
GREENLIGHT_AUDIT_TOKEN GREENLIGHT_ACK_SECONDS GREENLIGHT_POLL_SCALE
GREENLIGHT_HEARTBEAT_URL GREENLIGHT_START_LIMIT
OTEL_EXPORTER_OTLP_ENDPOINT GREENLIGHT_LOG_LEVEL
""".split()  # noqa: SIM905
RUNNABLE = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "GREENLIGHT_CHANNEL": "C1",
}
EXAMPLES = {
    "slack_bot_token": "xoxb-1-2-three",
    "slack_app_token": "xapp-1-A-2-three",
    "redis_url": "rediss://user:secret@redis.example:6380/0",
    "heartbeat_url": "https://beat.example/secret",
    "netskope_tenants": '{"https://acme.goskope.com": "secret"}',
    "smtp_url": "smtp://user:secret@mail.example:587",
}


def problems_of(**environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)
    return caught.value.problems


def test_the_names_are_the_promised_ones() -> None:
    assert [row.name for row in REFERENCE] == NAMES


def test_the_reference_tells_the_truth_about_fields_defaults_and_secrets() -> None:
    assert [row.field for row in REFERENCE if row.field in Settings.model_fields] == [
        row.field for row in REFERENCE
    ]
    assert set(Settings.model_fields) - {"encryption_keys_file"} == {row.field for row in REFERENCE}
    stated = load_settings({row.name: row.default for row in REFERENCE})
    assert stated == load_settings({})
    secret = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    assert secret == {row.field for row in SECRETS}


def test_an_empty_environment_gives_the_documented_defaults() -> None:
    settings = load_settings({})
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.openai_compliance_url == "https://api.chatgpt.com/v1"
    assert (settings.transport, settings.http_host, settings.http_port) == ("socket", "127.0.0.1", 3000)
    assert (settings.review, settings.quorum, settings.intake, settings.watch) == (
        "required",
        1,
        "modal",
        True,
    )
    assert settings.redis_url is None
    assert settings.data_dir == Path("var")


def test_empty_values_count_as_unset() -> None:
    assert load_settings(dict.fromkeys(NAMES, "  ")) == load_settings({})


def test_lists_may_be_separated_by_commas_spaces_and_lines() -> None:
    settings = load_settings({"GREENLIGHT_ADMINS": "U1, W2 S3\n,U1,", "GREENLIGHT_REVIEWERS": "S0123ABC"})
    assert settings.admins == ("U1", "W2", "S3")
    assert settings.reviewers == ("S0123ABC",)


@pytest.mark.parametrize(
    ("name", "given", "field", "meant"),
    [
        ("GREENLIGHT_TRANSPORT", "HTTP", "transport", "http"),
        ("GREENLIGHT_REVIEW", "Off", "review", "off"),
        ("GREENLIGHT_WATCH", "off", "watch", False),
        ("GREENLIGHT_LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("GREENLIGHT_POLL_SCALE", "0.001", "poll_scale", 0.001),
        ("GREENLIGHT_HTTP_PORT", " 0 ", "http_port", 0),
        ("SLACK_API_URL", "http://127.0.0.1:8765/api", "slack_api_url", "http://127.0.0.1:8765/api/"),
        ("OPENAI_API_URL", "http://localhost:1/v1/", "openai_api_url", "http://localhost:1/v1"),
        ("NETSKOPE_TENANT_URL", "http://[::1]:1", "netskope_tenant_url", "http://[::1]:1"),
    ],
)
def test_a_value_is_understood(name: str, given: str, field: str, meant: object) -> None:
    assert getattr(load_settings({name: given}), field) == meant


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1"),
        ("SLACK_APP_TOKEN", "xoxb-1"),
        ("SLACK_SIGNING_SECRET", "two words"),
        ("SLACK_API_URL", "http://slack.com/api/"),
        ("GREENLIGHT_TRANSPORT", "carrier pigeon"),
        ("GREENLIGHT_HTTP_HOST", "http://x"),
        ("GREENLIGHT_HTTP_PORT", "65536"),
        ("GREENLIGHT_HTTP_PORT", "three"),
        ("GREENLIGHT_PUBLIC_URL", "http://bot.example"),
        ("REDIS_URL", "redis.example:6379"),
        ("REDIS_URL", "http://redis.example"),
        ("REDIS_URL", "redis://"),
        ("GREENLIGHT_CHANNEL", "#security"),
        ("GREENLIGHT_ADMINS", "U1, @anna"),
        ("GREENLIGHT_REVIEWERS", "anna@example.com"),
        ("GREENLIGHT_REVIEW", "maybe"),
        ("GREENLIGHT_QUORUM", "0"),
        ("GREENLIGHT_QUORUM", "1.5"),
        ("OPENAI_COMPLIANCE_URL", "https://user:pass@api.chatgpt.com/v1"),
        ("OPENAI_COMPLIANCE_URL", "https://api.chatgpt.com/v1?x=1"),
        ("OPENAI_API_URL", "http://10.0.0.1/v1"),
        ("OPENAI_API_URL", "http://127.0.0.1.evil.example/v1"),
        ("OPENAI_API_URL", "https://host:port/v1"),
        ("NETSKOPE_TENANT_URL", "acme.goskope.com"),
        ("NETSKOPE_API_TOKEN", "two words"),
        ("SMTP_URL", "mail.example:587"),
        ("GREENLIGHT_MAIL_FROM", "Anna <anna@example.com>"),
        ("GREENLIGHT_MAIL_FROM", "a@b.example\nBcc: c@d.example"),
        ("GREENLIGHT_INTAKE", "fax"),
        ("GREENLIGHT_WATCH", "sometimes"),
        ("GREENLIGHT_POLL_SCALE", "0"),
        ("GREENLIGHT_POLL_SCALE", "-1"),
        ("GREENLIGHT_POLL_SCALE", "nan"),
        ("GREENLIGHT_POLL_SCALE", "inf"),
        ("GREENLIGHT_LOG_LEVEL", "loud"),
    ],
)
def test_a_bad_value_is_one_sentence_that_names_the_variable_and_not_the_value(name: str, given: str) -> None:
    (problem,) = problems_of(**{name: given})
    assert problem.startswith(f"{name} must be ")
    assert problem.endswith(".")
    assert given not in problem.removeprefix(f"{name} must be ").split(" ")


def test_every_problem_is_told_at_once() -> None:
    assert len(problems_of(GREENLIGHT_QUORUM="x", GREENLIGHT_CHANNEL="x", SLACK_BOT_TOKEN="x")) == 3


@pytest.mark.parametrize("row", REFERENCE, ids=lambda row: row.name)
def test_no_way_of_looking_at_the_error_shows_the_value(row) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({row.name: CANARY, "GREENLIGHT_QUORUM": "no"})
    error = caught.value
    shown = [str(error), repr(error), *traceback.format_exception(error), *map(str, error.problems)]
    assert error.__cause__ is None
    assert error.__context__ is None
    assert not [text for text in shown if "7f3a91" in text]


# Any text is a key set here; `Keyring.parse` says what is wrong with it.
@pytest.mark.parametrize(
    "row", [row for row in SECRETS if row.field != "encryption_keys"], ids=lambda row: row.name
)
def test_pydantics_own_error_text_hides_the_value_too(row) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(**{row.field: CANARY})
    assert "7f3a91" not in str(caught.value)


@given(st.dictionaries(st.sampled_from(NAMES), st.text()))
def test_whatever_the_environment_holds_the_answer_is_settings_or_sentences(environ) -> None:
    problems: tuple[str, ...] = ()
    try:
        load_settings(environ)
    except SettingsError as error:
        problems = error.problems
    assert all(problem.startswith(tuple(environ)) for problem in problems)


@pytest.mark.parametrize("row", SECRETS, ids=lambda row: row.name)
def test_every_secret_can_come_from_a_file_and_is_hidden(row, tmp_path: Path) -> None:
    value = EXAMPLES.get(row.field, "secret-word")
    (tmp_path / "secret").write_text(value + "\n")
    settings = load_settings({f"{row.name}_FILE": str(tmp_path / "secret")})
    assert getattr(settings, row.field) == SecretStr(value)
    assert settings.secrets()[:1] == [SecretStr(value)]
    assert value not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("xoxb-1")
    both = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_BOT_TOKEN_FILE": str(tmp_path / "secret")}
    assert problems_of(**both) == ("Set either SLACK_BOT_TOKEN or SLACK_BOT_TOKEN_FILE, not both.",)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_a_secret_file_that_cannot_be_read_is_named_by_its_variable(content, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    (problem,) = problems_of(REDIS_URL_FILE=str(tmp_path / "secret"))
    assert problem.startswith("REDIS_URL_FILE must name a readable")


def test_the_process_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        'GREENLIGHT_QUORUM=2\nGREENLIGHT_CHANNEL="C1"\nSLACK_SIGNING_SECRET=pa${HOME}\nREDIS_URL=redis://a\n'
    )
    (tmp_path / "redis").write_text("redis://b")
    environ = {"GREENLIGHT_QUORUM": "3", "REDIS_URL_FILE": str(tmp_path / "redis")}
    settings = load_settings(environ, dotenv=tmp_path / ".env")
    assert (settings.quorum, settings.channel) == (3, "C1")
    assert settings.slack_signing_secret == SecretStr("pa${HOME}")
    assert settings.redis_url == SecretStr("redis://b")
    assert load_settings({"REDIS_URL": ""}, dotenv=tmp_path / ".env").redis_url is None


def test_a_missing_env_file_is_no_problem(tmp_path: Path) -> None:
    assert load_settings({}, dotenv=tmp_path / ".env") == load_settings({})


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValidationError):
        load_settings({}).quorum = 2


def test_making_settings_reads_nothing_from_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENLIGHT_QUORUM", "7")
    assert Settings().quorum == 1


def test_a_runnable_environment_lacks_nothing() -> None:
    assert required_for_run(load_settings(RUNNABLE)) == []


@pytest.mark.parametrize(
    ("changes", "starts"),
    [
        ({"SLACK_BOT_TOKEN": ""}, "Set SLACK_BOT_TOKEN"),
        ({"SLACK_APP_TOKEN": ""}, "Set SLACK_APP_TOKEN"),
        ({"GREENLIGHT_TRANSPORT": "http"}, "Set SLACK_SIGNING_SECRET"),
        ({"GREENLIGHT_CHANNEL": ""}, "Set GREENLIGHT_CHANNEL"),
        ({"REDIS_URL": "redis://localhost"}, "Set GREENLIGHT_ENCRYPTION_KEYS"),
        ({"GREENLIGHT_INTAKE": "link"}, "Set GREENLIGHT_PUBLIC_URL"),
        ({"SMTP_URL": "smtp://localhost:25"}, "Set GREENLIGHT_MAIL_FROM"),
        ({"NETSKOPE_API_TOKEN": "t"}, "Set NETSKOPE_TENANT_URL"),
    ],
)
def test_what_is_missing_for_a_run_is_said_in_one_sentence(changes, starts: str) -> None:
    (problem,) = required_for_run(load_settings({**RUNNABLE, **changes}))
    assert problem.startswith(starts)


def test_the_http_transport_needs_no_app_token() -> None:
    environ = {"SLACK_APP_TOKEN": "", "GREENLIGHT_TRANSPORT": "http", "SLACK_SIGNING_SECRET": "s"}
    assert required_for_run(load_settings({**RUNNABLE, **environ})) == []


def test_a_misspelt_variable_is_pointed_out() -> None:
    environ = {**RUNNABLE, "GREENLIGHT_REVIEWER": "U1", "GREENLIGHT_ZZZ": "1", "PATH": "/bin"}
    assert unknown_names(environ) == [
        "GREENLIGHT_REVIEWER is not a setting; did you mean GREENLIGHT_REVIEWERS?",
        "GREENLIGHT_ZZZ is not a setting and has no effect.",
    ]
    assert unknown_names({"GREENLIGHT_ENCRYPTION_KEYS_FILE": "/run/secrets/keys", CLOCK_FILE: "ahead"}) == []


def test_a_name_of_another_tool_is_left_alone_unless_it_is_nearly_ours() -> None:
    assert (
        unknown_names({"OPENAI_API_KEY": "x", "SLACK_CLI_XOXB": "x", "SMTP_HOST": "x", "REDIS_HOST": "x"})
        == []
    )
    (said,) = unknown_names({"SLACK_BOT_TOKN": "x"})
    assert said == "SLACK_BOT_TOKN is not a setting; did you mean SLACK_BOT_TOKEN?"


def test_an_installation_where_nobody_can_approve_is_cautioned() -> None:
    (said,) = cautions(load_settings(RUNNABLE), {})
    assert said.startswith("Nobody can approve")
    for enough in ({"GREENLIGHT_REVIEWERS": "U1"}, {"GREENLIGHT_REVIEW": "off"}):
        assert cautions(load_settings(RUNNABLE | enough), {}) == []


def test_a_key_set_from_a_file_keeps_its_path_so_that_rotation_is_followed(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("k1:x")
    (tmp_path / ".env").write_text(f"GREENLIGHT_ENCRYPTION_KEYS_FILE={tmp_path / 'keys'}\n")
    assert load_settings({}, dotenv=tmp_path / ".env").encryption_keys_file == tmp_path / "keys"
    above = load_settings({"GREENLIGHT_ENCRYPTION_KEYS": "k2:y"}, dotenv=tmp_path / ".env")
    assert (above.encryption_keys_file, above.encryption_keys) == (None, SecretStr("k2:y"))


@pytest.mark.parametrize(
    "url",
    [
        "http://collector.example",
        "syslog+tcp://collector.example:514",
        "syslog+tls://user@c.example",
        "ftp://c",
    ],
)
def test_audit_entries_leave_only_through_tls(url: str) -> None:
    assert problems_of(GREENLIGHT_AUDIT_URL=url)[0].startswith("GREENLIGHT_AUDIT_URL must be")
