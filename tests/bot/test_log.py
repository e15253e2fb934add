"""What leaves the process as a log line, with the leaks of real libraries reproduced beside it.

Each reproduction has a control: a plain handler on the library's own logger that does see the canary.
"""

import io
import json
import logging
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator

import pytest
import structlog
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, ValidationError, field_validator
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from bot import log
from tests.wait import until

CANARY = "canary-7f3a91-of-no-known-shape"  # no rule knows its shape: only capping and cutting can stop it
KEY = "sk-admin-7f3a91Canary_0123456789"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything the bot logs at DEBUG, as JSON lines; logging is as before afterwards."""
    root, hook = logging.getLogger(), sys.excepthook
    before = root.level, list(root.handlers), {one: list(one.filters) for one in root.handlers}
    levels = {name: logging.getLogger(name).level for name in log.CAPPED}
    stream = io.StringIO()
    log.configure("DEBUG", stream=stream, console=False)
    yield stream
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    for handler, filters in before[2].items():
        handler.filters[:] = filters
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    sys.excepthook = hook
    structlog.reset_defaults()


class Control:
    """A plain handler on a library's logger, as every sample of that library sets it up."""

    def __init__(self, name: str) -> None:
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.logger = logging.getLogger(name)

    def __enter__(self) -> io.StringIO:
        self.logger.addHandler(self.handler)
        self.logger.setLevel(logging.DEBUG)
        return self.stream

    def __exit__(self, *_: object) -> None:
        self.logger.removeHandler(self.handler)
        self.logger.setLevel(logging.NOTSET)


def bolt() -> AsyncApp:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="U1")

    return AsyncApp(authorize=authorize, signing_secret="s")


async def test_a_socket_frame_that_slack_sdk_logs_at_debug_does_not_come_out(lines: io.StringIO) -> None:
    async def slack(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json(
            {"type": "interactive", "envelope_id": "e", "payload": {"view": {"state": CANARY}}}
        )
        async for message in socket:
            assert message.type == WSMsgType.TEXT
        return socket

    app = web.Application()
    app.router.add_get("/", slack)
    name = "slack_sdk.socket_mode.aiohttp"
    async with TestServer(app) as server:
        with Control(name) as control:
            client = SocketModeClient(app_token="xapp-1", logger=logging.getLogger(name))
            client.wss_uri = str(server.make_url("/"))
            await client.connect()
            await until(lambda: CANARY in control.getvalue(), what="slack_sdk to log the frame")
            await client.close()
    assert CANARY not in lines.getvalue()


async def test_the_body_that_bolt_logs_for_a_bad_signature_does_not_come_out(lines: io.StringIO) -> None:
    body = "payload=" + urllib.parse.quote(json.dumps({"key": KEY, "other": CANARY}))
    headers = {"x-slack-signature": "v0=bad", "x-slack-request-timestamp": "1"}
    with Control("slack_bolt.RequestVerification") as control:
        answer = await bolt().async_dispatch(AsyncBoltRequest(body=body, headers=headers))
    assert answer.status == 401
    assert CANARY in control.getvalue()
    assert "Invalid request signature detected" in lines.getvalue()
    assert CANARY not in lines.getvalue()
    assert KEY not in lines.getvalue()


async def test_the_body_that_bolt_logs_when_a_middleware_forgets_to_answer_does_not_come_out(lines) -> None:
    app = bolt()

    @app.middleware
    async def forgetful() -> None:
        """Neither answers nor calls next()."""

    body = {"type": "view_submission", "team": {"id": "T1"}, "view": {"type": "modal", "state": CANARY}}
    with Control("slack_bolt.AsyncApp") as control:
        answer = await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
    assert answer.status == 404
    assert CANARY in control.getvalue()
    assert "skipped calling" in lines.getvalue()
    assert CANARY not in lines.getvalue()


def test_what_pydantic_rejected_does_not_come_out_of_a_traceback(lines: io.StringIO) -> None:
    class Form(BaseModel):
        key: SecretStr

        @field_validator("key")
        @classmethod
        def refuse(cls, _value: SecretStr) -> SecretStr:
            raise ValueError("no")

    with pytest.raises(ValidationError) as caught:
        Form(key=CANARY)
    assert CANARY in str(caught.value)
    structlog.stdlib.get_logger("bot.test").error("refused", exc_info=caught.value)
    logging.getLogger("bot.test").error("refused", exc_info=caught.value)
    assert lines.getvalue().count("ValidationError") >= 2
    assert CANARY not in lines.getvalue()


@pytest.mark.parametrize("name", [*log.CAPPED, "slack_bolt.AsyncApp", "app.py:handle", "some.library"])
def test_a_library_stays_at_info_even_when_its_own_logger_is_set_to_debug(name: str, lines) -> None:
    logger = logging.getLogger(name)
    logger.setLevel(logging.DEBUG)
    logger.debug("chatter")
    logger.info("news")
    assert "chatter" not in lines.getvalue()
    assert "news" in lines.getvalue()


def test_our_own_debug_lines_come_out_in_one_json_object_each(lines: io.StringIO) -> None:
    structlog.stdlib.get_logger("bot.worker").debug("claimed", request="GL-7K3M9Q", attempts=2)
    logging.getLogger("bot.worker").debug("claimed %s", "again")
    first, second = map(json.loads, lines.getvalue().splitlines())
    assert (first["event"], first["request"], first["attempts"]) == ("claimed", "GL-7K3M9Q", 2)
    assert (second["event"], second["level"], second["logger"]) == ("claimed again", "debug", "bot.worker")


@pytest.mark.parametrize(
    "text",
    [
        f"the key {KEY} is bad",
        f"payload=%22{KEY}%22",
        json.dumps({"value": f"\n{KEY}"}),
        f"{{'Authorization': 'Bearer {KEY[3:]}'}}",
        f"Authorization: Bearer {KEY[3:]}",
        f"[(b'netskope-api-token', b'{KEY[3:]}')]",
        f"Netskope-Api-Token: {KEY[3:]}",
        f"https://hooks.slack.com/actions/T1/{KEY[3:]}",
        f"wss://slack.example/link?ticket={KEY[3:]}&app_id=1",
        f"xoxb-1-{KEY[3:]}",
        f"xoxe.xoxb-1-{KEY[3:]}",
        f"xapp-1-{KEY[3:]}",
    ],
)
def test_whatever_is_shaped_like_a_secret_is_replaced(text: str, lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning(text)
    logging.getLogger("some.library").warning("%s", {"deep": [text]})
    structlog.stdlib.get_logger("bot").warning("line", detail={"deep": [(text,)], text: 1}, raw=text.encode())
    assert len(lines.getvalue().splitlines()) == 3
    assert "Canary_0123456789" not in lines.getvalue()


def test_a_guarded_value_is_replaced_wherever_and_however_it_is_written(lines: io.StringIO) -> None:
    log.guard(SecretStr('p"ä$s/ word-9431'))
    log.guard(SecretStr("redis://bot:urlpass%2F77aa@redis.example:6379/0"))
    logger = structlog.stdlib.get_logger("bot")
    logger.info('it is p"ä$s/ word-9431', quoted=urllib.parse.quote('p"ä$s/ word-9431', safe=""))
    logger.info("urlpass%2F77aa and urlpass/77aa")
    logging.getLogger("redis").error('cannot use p"ä$s/ word-9431')
    written = lines.getvalue()
    assert len(written.splitlines()) == 3
    assert not [part for part in ("word-9431", "urlpass", "77aa") if part in written]


def test_a_value_under_a_telling_name_is_replaced(lines: io.StringIO) -> None:
    structlog.stdlib.get_logger("bot").info("x", api_key="abc", nested={"smtp_password": "abc"}, step="probe")
    line = json.loads(lines.getvalue())
    assert (line["api_key"], line["nested"]["smtp_password"]) == (log.REDACTED, log.REDACTED)
    assert line["step"] == "probe"


@pytest.mark.parametrize("console", [True, False])
def test_a_traceback_has_no_local_variables(console: bool, lines: io.StringIO) -> None:
    log.configure("DEBUG", stream=lines, console=console)

    def fail(hidden: str) -> None:
        local = hidden[::-1]
        raise RuntimeError(f"failed with {len(local)} characters")

    try:
        fail(CANARY)
    except RuntimeError:
        structlog.stdlib.get_logger("bot").exception("one")
        logging.getLogger("bot").exception("two")
    assert lines.getvalue().count("failed with") >= 2
    assert CANARY not in lines.getvalue()
    assert CANARY[::-1] not in lines.getvalue()


def test_a_crash_of_the_process_is_logged_redacted() -> None:
    code = f"from bot import log; log.configure(console=False); raise RuntimeError('boom {KEY}')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert json.loads(done.stderr)["event"] == "uncaught"
    assert "boom" in done.stderr
    assert KEY not in done.stderr
    assert done.returncode == 1


def test_a_message_that_cannot_be_formatted_is_still_redacted(lines: io.StringIO) -> None:
    logging.getLogger("some.library").warning(f"two %s %s {KEY}", "one")  # noqa: G004
    assert "two %s" in lines.getvalue()
    assert KEY not in lines.getvalue()


def test_the_finished_line_is_redacted_even_where_every_earlier_stage_was_left_out() -> None:
    def render(_logger: object, _method: str, event: dict) -> str:
        return str(event)

    formatter = log.SafeFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render]
    )
    record = logging.LogRecord("x", logging.INFO, "f", 1, f"the key {KEY}", None, None)
    line = formatter.format(record)
    assert "the key" in line
    assert KEY not in line


@given(st.text(), st.text())
def test_threat_02_no_text_around_a_key_saves_it_from_redaction(before: str, after: str) -> None:
    assert KEY not in log.redact(before + KEY + after)


@given(
    st.recursive(
        st.none() | st.integers() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_whatever_is_logged_stays_loggable(value) -> None:
    json.dumps(log.redact_event(logging.getLogger(), "info", {"event": "x", "value": value}))
