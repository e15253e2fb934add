"""The page's server: who may ask it, what it answers, and that one person never gets another's screen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.browser.demo import demo_process
from tests.wait import until_now


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with demo_process() as url, httpx.Client(base_url=url) as client:
        yield client


def do(http: httpx.Client, action: str, /, **body: object) -> httpx.Response:
    return http.post(f"/do/{action}", json={"as": "U0ADMIN", **body})


def screen(http: httpx.Client, user: str = "U0ADMIN") -> Any:
    return http.get("/screen", params={"as": user}).json()


def test_the_page_may_load_nothing_from_elsewhere(http: httpx.Client) -> None:
    answer = http.get("/")
    assert answer.headers["Content-Type"].startswith("text/html")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Host", "evil.example"),
        ("Host", "127.0.0.1:1"),
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
    ],
)
@pytest.mark.parametrize("path", ["/", "/screen?as=U0ADMIN"])
def test_a_page_of_another_site_gets_nothing(http: httpx.Client, header: str, value: str, path: str) -> None:
    assert http.get(path, headers={header: value}).status_code == 403


def test_a_form_of_another_site_does_nothing(http: httpx.Client) -> None:
    keys = len(screen(http)["world"]["keys"])
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = http.post("/do/create_key", content='{"as":"U0ADMIN"}', headers={"Content-Type": kind})
        assert answer.status_code == 404
    assert len(screen(http)["world"]["keys"]) == keys


@pytest.mark.parametrize(
    "path",
    [
        "/static/..%2Fserver.py",
        "/static/%2e%2e/server.py",
        "/static/nothing.js",
        "/screen?as=U0FOREIGN",
        "/screens",
    ],
)
def test_what_is_not_there_is_not_found(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("send", {"as": "U0NOBODY", "channel": "C0GENERAL", "text": "x"}),
        ("send", {"channel": "C0NOWHERE", "text": "x"}),
        ("send", {"channel": "C0GENERAL", "text": ["x"]}),
        ("press", {"channel": "C0GENERAL", "ts": "1.0", "block": "b", "action": "a"}),
        ("submit", {"view": "V000"}),
        ("skip", {"seconds": -1}),
        ("skip", {"seconds": 10**9}),
        ("skip", {"to": "yesterday"}),
        ("drop", {"how": "politely"}),
        ("slack_fails", {"status": 418}),
        ("netskope_fails", {"state": "bored"}),
        ("bot", {"how": "dance"}),
        ("set_key", {"last4": "none", "state": "read"}),
        ("delete_instance", {"name": "none"}),
    ],
)
def test_what_no_control_of_the_page_can_send_is_a_problem_not_a_crash(
    http: httpx.Client, action: str, body: dict[str, object]
) -> None:
    answer = do(http, action, **body)
    assert answer.status_code == 409
    assert answer.json()["problem"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"\xff"])
def test_a_body_that_is_no_object_is_a_problem_not_a_crash(http: httpx.Client, content: bytes) -> None:
    answer = http.post("/do/send", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 409


def test_an_unknown_action_is_not_found(http: httpx.Client) -> None:
    assert do(http, "destroy").status_code == 404


def test_an_answer_for_one_person_is_on_no_other_screen(http: httpx.Client) -> None:
    assert do(http, "send", channel="C0GENERAL", text="/greenlight help").json() == {}
    mine = until_now(
        lambda: [one for one in screen(http)["slack"]["messages"] if one["ephemeral"]], what="the help"
    )
    everybody = [user["id"] for user in screen(http)["slack"]["people"] if user["id"] != "U0ADMIN"]
    assert len(everybody) == 5
    for user in everybody:
        others = {one["ts"] for one in screen(http, user)["slack"]["messages"]}
        assert not others & {one["ts"] for one in mine}


def test_a_key_is_shown_once(http: httpx.Client) -> None:
    key = do(http, "create_key").json()["key"]
    assert key.startswith("sk-")
    assert key not in http.get("/screen", params={"as": "U0ADMIN"}).text
    assert key[-4:] in [one["last4"] for one in screen(http)["world"]["keys"]]


def test_every_change_reaches_the_stream(http: httpx.Client) -> None:
    with http.stream("GET", "/screens", params={"as": "U0REVIEW1"}, timeout=60) as stream:
        screens = (json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: "))
        assert next(screens)["me"] == "U0REVIEW1"
        assert do(http, "send", channel="C0GENERAL", text="hello, all").json() == {}
        assert any("hello, all" in [one["text"] for one in now["slack"]["messages"]] for now in screens)
