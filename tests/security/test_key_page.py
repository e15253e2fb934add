"""Threat 1: the key captured in Slack. The key is typed on a page that works once, for one person."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie

import pytest

from bot.domain.request import State
from bot.sandbox import local
from bot.sandbox.slack import text_of
from bot.views import one_time
from tests.security.conftest import FORM, Site, Start, link_in


@pytest.fixture(params=["socket", "http"])
async def linked(request: pytest.FixtureRequest, start: Start) -> Site:
    return await start(str(request.param), GREENLIGHT_INTAKE="link")


@pytest.fixture
async def page(start: Start) -> Site:
    return await start("http", GREENLIGHT_INTAKE="link")


class TestTheWay:
    async def test_the_modal_asks_everything_but_the_key_and_the_page_opens_the_request(self, linked: Site):
        alice, key = linked.alice, linked.world.new_key()
        await alice.slash("/greenlight")
        assert "API key" not in [block.get("label", {}).get("text") for block in (await alice.modal()).blocks]
        link = link_in((await alice.submit(FORM)).view)
        assert await linked.requests() == []
        shown = await linked.get(link)
        assert shown.status == 200
        assert 'type="password"' in shown.text
        assert local.WORKSPACE in shown.text
        taken = await linked.post(link, key)
        assert (taken.status, key in taken.text) == (200, False)
        (request,) = await linked.requests()
        assert request.id in taken.text
        assert (request.requester, request.key.last4) == (alice.id, key[-4:])
        await linked.card("Waiting for review")
        top = await alice.modal("Request received")
        assert request.id in text_of(top)

    async def test_whoever_closed_the_window_reads_it_in_a_direct_message(self, page: Site):
        link = await page.link()
        page.world.slack.faults.error("views.update", "not_found")
        await page.post(link, page.world.new_key())
        await page.told(page.alice, "has arrived")

    async def test_a_correction_with_another_key_goes_over_a_page_too(self, page: Site):
        await page.post(await page.link(), page.world.new_key("revoked"))
        await page.card("Needs a correction")
        (request,) = await page.requests()
        await page.alice.slash("/greenlight", f"status {request.id}")
        await page.alice.click(page.alice.ephemerals()[-1], "Correct")
        await page.alice.modal("Correct the request")
        sent = await page.alice.submit({"API key": "Give another key"})
        fresh = page.world.new_key()
        answer = await page.post(link_in(sent.view), fresh)
        assert request.id in answer.text
        await page.card("Waiting for review")
        (after,) = await page.requests()
        assert after.key.last4 == fresh[-4:]

    async def test_a_correction_that_keeps_the_key_needs_no_page(self, page: Site):
        await page.post(await page.link(), page.world.new_key())
        await page.card("Waiting for review")
        (request,) = await page.requests()
        await page.alice.slash("/greenlight", f"status {request.id}")
        await page.alice.click(page.alice.ephemerals()[-1], "Correct")
        await page.alice.modal("Correct the request")
        sent = await page.alice.submit({"Key name": "another name"})
        assert request.id in text_of(sent.view)

    async def test_a_correction_that_keeps_a_key_of_another_route_says_so_beside_the_choice(self, page: Site):
        await page.post(await page.link(), page.world.new_key())
        await page.card("Waiting for review")
        (request,) = await page.requests()
        await page.alice.slash("/greenlight", f"status {request.id}")
        await page.alice.click(page.alice.ephemerals()[-1], "Correct")
        await page.alice.modal("Correct the request")
        sent = await page.alice.submit(
            {"Where does the key come from?": "Workspace Admin key: it has its Compliance permission"}
        )
        assert sent.shown_error is None
        assert list(sent.errors) == ["API key"]  # the label of the choice


class TestOnce:
    async def test_a_second_use_is_refused_and_told_what_the_first_one_did(self, page: Site):
        link, key = await page.link(), page.world.new_key()
        await page.post(link, key)
        (request,) = await page.requests()
        for again in (await page.get(link), await page.post(link, page.world.new_key())):
            assert again.status == 410
            assert request.id in again.text
        assert (await page.requests())[0].key.last4 == key[-4:]

    async def test_of_many_posts_at_once_one_opens_the_request(self, page: Site):
        link = await page.link()
        keys = [page.world.new_key() for _ in range(8)]
        answers = await asyncio.gather(*(page.post(link, key) for key in keys))
        assert sorted(answer.status for answer in answers) == [200] + [410] * 7
        assert len(await page.requests()) == 1

    async def test_preview_robots_and_reloads_use_nothing_up(self, page: Site):
        link = await page.link()
        for method in ("HEAD", "GET", "HEAD", "GET"):
            robot = await page.get(link, method, **{"User-Agent": "Slackbot-LinkExpanding 1.0"})
            assert robot.status == 200
        assert (await page.post(link, page.world.new_key())).status == 200

    async def test_a_wrong_key_is_said_under_the_field_and_the_link_stays_good(self, page: Site):
        link, typed = await page.link(), "sess-typedByMistake1234567890"
        wrong = await page.post(link, typed)
        assert wrong.status == 422
        assert "login session" in wrong.text
        assert typed not in wrong.text
        admin = await page.post(link, "sk-admin-" + "a1" * 30)
        assert "This is an Admin key" in admin.text
        assert (await page.post(link, page.world.new_key())).status == 200

    async def test_a_link_ends_after_ten_minutes_and_leaves_nothing(self, page: Site):
        link = await page.link()
        page.ahead = timedelta(minutes=10, seconds=1)
        for late in (await page.get(link), await page.post(link, page.world.new_key())):
            assert late.status == 410
            assert "run out" in late.text
        assert await page.requests() == []

    async def test_guessing_at_a_link_is_stopped(self, page: Site):
        link = await page.link()
        statuses = [(await page.post(link, "nonsense")).status for _ in range(22)]
        assert statuses == [422] * 20 + [429] * 2

    async def test_links_are_rationed(self, page: Site):
        for _ in range(10):
            await page.link()
        await page.alice.slash("/greenlight")
        await page.alice.modal("Connect ChatGPT")
        assert "a lot of requests" in text_of((await page.alice.submit(FORM)).view)
        assert await page.link(page.person(local.ADMIN2))  # which is nobody else's trouble


class TestWhose:
    async def test_only_who_may_request_gets_a_link(self, page: Site):
        olga = page.person("U0OUTSIDE")
        page.world.slack.faults.timeout("users.info", seconds=5)
        await olga.slash("/greenlight")
        await olga.modal("Connect ChatGPT")
        sent = await olga.submit(FORM)
        assert "url" not in str(sent.view.blocks if sent.view else "")

    async def test_the_link_is_shown_to_nobody_else_and_written_nowhere(self, page: Site, caplog):
        link = await page.link()
        token = link.rsplit("/", 1)[1]
        assert token not in str([call.args for call in page.world.slack.calls]) + caplog.text
        assert [one for one in page.world.slack.world.posted if token in str(one.blocks)] == []

    async def test_rights_are_looked_at_again_when_the_key_arrives(self, page: Site):
        link = await page.link()
        page.world.slack.world.users[local.ADMIN].deleted = True
        page.forget(local.ADMIN)
        refused = await page.post(link, page.world.new_key())
        assert refused.status == 409
        assert "deactivated" in refused.text
        assert await page.requests() == []

    @pytest.mark.parametrize("spoil", ["user", "time", "mark", "short", "long"])
    async def test_a_forged_link_is_no_link(self, page: Site, spoil: str):
        base, _, token = (await page.link()).rpartition("/")
        ticket, user, until, mark = token.split(".")
        forged = {
            "user": f"{ticket}.U0ADMIN2.{until}.{mark}",
            "time": f"{ticket}.{user}.{int(until) + 600}.{mark}",
            "mark": f"{ticket}.{user}.{until}.{'A' * 43}",
            "short": token[:-1],
            "long": token + "A",
        }[spoil]
        for answer in (await page.get(f"{base}/{forged}"), await page.post(f"{base}/{forged}", "sk-x")):
            assert answer.status == 404
            assert "does not work" in answer.text

    async def test_a_link_of_another_installation_is_no_link(self, page: Site):
        from bot.domain.ticket import ID_BYTES, Purpose, issue, write

        ticket = issue(Purpose.INTAKE, "U0ADMIN", datetime.now(UTC), b"x" * ID_BYTES)
        foreign = f"{page.base}/intake/{write(ticket, b'another secret')}"
        assert (await page.get(foreign)).status == 404

    async def test_a_link_for_one_page_is_none_for_another(self, page: Site):
        from bot.domain.ticket import ID_BYTES, Purpose, issue, write

        ticket = issue(Purpose.STEP_UP, "U0ADMIN", datetime.now(UTC), b"x" * ID_BYTES)
        await page.bot.ground.tickets.keep(ticket.id, "{}", 60)
        other = f"{page.base}/intake/{write(ticket, page.bot.ground.link_secret)}"
        assert (await page.get(other)).status == 404


class TestTheDoor:
    async def test_every_answer_forbids_keeping_framing_and_anything_from_elsewhere(self, page: Site):
        link = await page.link()
        for answer in (
            await page.get(link),
            await page.post(link, "wrong"),
            await page.get(link[:-2]),
            await page.post(link, page.world.new_key()),
        ):
            assert set(answer.headers["Content-Security-Policy"].split("; ")) == {
                "default-src 'none'",
                f"style-src 'sha256-{one_time.STYLE_HASH}'",
                "form-action 'self'",  # neither of these two is covered by default-src
                "base-uri 'none'",
                "frame-ancestors 'none'",
            }
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert not re.search(r"(?:src|href)=|<script|https?://", answer.text)

    @pytest.mark.parametrize(
        "header",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "none"},
        ],
    )
    async def test_a_post_from_another_site_uses_nothing_up(self, page: Site, header: dict[str, str]):
        link = await page.link()
        assert (await page.post(link, page.world.new_key(), **header)).status == 403
        assert (
            await page.post(link, page.world.new_key(), **{"Sec-Fetch-Site": "same-origin"})
        ).status == 200

    async def test_a_browser_that_hides_where_it_comes_from_is_known_by_the_pages_own_cookie(
        self, page: Site
    ):
        link, other = await page.link(), await page.link()
        cookies = {}
        for one in (link, other):
            (name, morsel), *more = SimpleCookie((await page.get(one)).headers["Set-Cookie"]).items()
            assert not more
            assert (morsel["samesite"], morsel["httponly"]) == ("Strict", True)
            assert one.endswith(morsel["path"])  # it goes to this page alone
            cookies[one] = f"{name}={morsel.value}"
        hidden = {"Origin": "null"}  # what a browser makes of a page's "no-referrer"
        key = page.world.new_key()
        assert (await page.post(link, key, Cookie=cookies[other], **hidden)).status == 403
        for elsewhere in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"} | hidden):
            assert (await page.post(link, key, Cookie=cookies[link], **elsewhere)).status == 403
        assert (await page.post(link, key, Cookie=cookies[link], **hidden)).status == 200

    async def test_who_started_too_many_requests_is_not_sent_for_another_link(self, page: Site):
        link, store = await page.link(), page.bot.ground.store
        for number in range(10):
            await store.permit(f"start:{local.ADMIN}", f"earlier {number}", 10, 3600.0)
        refused = await page.post(link, page.world.new_key())
        assert refused.status == 429
        assert "a lot of requests" in refused.text
        assert "Try again in 60 minutes" in refused.text
        assert "/greenlight" not in refused.text

    async def test_the_page_names_its_person_and_an_id_only_where_slack_names_nobody(self, page: Site):
        link = await page.link()
        assert "Alice Admin" in (await page.get(link)).text
        assert local.ADMIN not in (await page.get(link)).text
        page.forget(local.ADMIN)
        page.world.slack.faults.status("users.info", 503, times=3)
        assert local.ADMIN in (await page.get(link)).text

    async def test_other_bodies_are_refused(self, page: Site):
        link = await page.link()
        assert (await page.ask("POST", link, json={"key": "x"})).status == 415
        assert (await page.post(link, "x" * 9000)).status == 413
        assert (await page.ask("PUT", link, data={"key": "x"})).status == 405

    async def test_a_second_open_request_for_the_same_connection_is_refused(self, page: Site):
        first, second = await page.link(), await page.link()
        await page.post(first, page.world.new_key())
        refused = await page.post(second, page.world.new_key())
        assert refused.status == 409
        assert "already an open request" in refused.text

    async def test_a_store_that_is_away_is_said_and_nothing_is_logged_of_the_key(self, page: Site, caplog):
        link, key = await page.link(), page.world.new_key()
        page.world.slack.faults.status("users.info", 503, times=3)
        page.forget(local.ADMIN)
        answer = await page.post(link, key)
        assert answer.status == 503
        assert key not in answer.text + caplog.text
        assert (await page.requests(), State.CHECKING) == ([], State.CHECKING)
