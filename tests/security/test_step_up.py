"""Threats 7 and 8: a stolen Slack session approves, or a sign-in of somebody else counts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.sandbox import local
from bot.sandbox.oidc import CLIENT_ID, CLIENT_SECRET, OidcSandbox
from bot.sandbox.slack import text_of
from bot.views import one_time
from tests.security.conftest import FORM, Answer, Site, Start


@pytest.fixture
async def provider() -> AsyncIterator[OidcSandbox]:
    async with OidcSandbox() as sandbox:
        yield sandbox


def oidc(provider: OidcSandbox, **more: str) -> dict[str, str]:
    return {
        "GREENLIGHT_OIDC_ISSUER": provider.issuer,
        "GREENLIGHT_OIDC_CLIENT_ID": CLIENT_ID,
        "GREENLIGHT_OIDC_CLIENT_SECRET": CLIENT_SECRET,
    } | more


@pytest.fixture
async def guarded(start: Start, provider: OidcSandbox) -> Site:
    return await start("http", **oidc(provider))


async def in_review(site: Site, scope: str = "Both", workspace: str = local.WORKSPACE) -> Any:
    await site.alice.slash("/greenlight")
    await site.alice.modal("Connect ChatGPT")
    form = FORM | {
        "API key": site.world.new_key(workspace=workspace),
        "Requested scope": scope,
        "Workspace ID": workspace,
    }
    sent = await site.alice.submit(form)
    assert not sent.errors, sent.errors
    await site.card("Waiting for review", workspace)
    return (await site.requests())[0]


async def confirmation(site: Site, user: str = local.REVIEWER) -> str:
    """Press Approve and return the link that this reviewer alone gets."""
    person = site.person(user)
    before = len(person.ephemerals())
    await person.click(await site.card(), "Approve")
    said = await site.world.slack.until(
        lambda: [one for one in person.ephemerals()[before:] if "Not approved yet" in text_of(one)],
        what="the private link",
    )
    (link,) = re.findall(r"'url': '([^']+)'", str(said[-1].blocks))
    return str(link)


def cookie_of(answer: Answer) -> str:
    jar = SimpleCookie(answer.headers["Set-Cookie"])
    (name,) = jar
    return f"{name}={jar[name].value}"


def provider_in(left: Answer) -> str:
    """Where the page after the button sends the browser on to."""
    assert left.status == 200, left.text
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', left.text)
    assert found, left.text
    assert f'href="{found[1]}"' in left.text  # for browsers that do not go on by themselves
    return unescape(found[1])


async def sent_back(site: Site, link: str) -> tuple[str, str]:
    """Go to the provider and sign in; return where it sends the browser, and the browser's cookie."""
    left = await site.post(link, "")
    back = await site.get(provider_in(left))
    assert back.status == 302, back.text
    return back.location, cookie_of(left)


async def confirmed(site: Site, link: str) -> Answer:
    back, cookie = await sent_back(site, link)
    return await site.get(back, Cookie=cookie)


async def approvals(site: Site) -> list[str]:
    return [one.by for request in await site.requests() for one in request.approvals]


async def tab_says(site: Site, words: str) -> str:
    def read() -> str | None:
        text = text_of(site.rita.home) if site.rita.home else ""
        return text if words in text else None

    return await site.world.slack.until(read, what=f"the Home tab to say {words!r}")


class TestWhenItIsAsked:
    @pytest.mark.parametrize("scope", ["Write", "Both"])
    async def test_threat_08_an_approval_of_deleting_counts_only_after_the_sign_in(
        self, guarded: Site, provider: OidcSandbox, scope: str
    ):
        request = await in_review(guarded, scope)
        link = await confirmation(guarded)
        assert await approvals(guarded) == []
        shown = await guarded.get(link)
        assert request.id in shown.text
        for name, user in (("Rita Reviewer", local.REVIEWER), ("Alice Admin", local.ADMIN)):
            assert name in shown.text
            assert user not in shown.text
        assert "delete" in shown.text
        done = await confirmed(guarded, link)
        assert (done.status, "recorded" in done.text) == (200, True)
        assert await approvals(guarded) == [local.REVIEWER]
        await guarded.card("Waiting for OpenAI")
        entries = await guarded.bot.ground.store.entries(request.id)
        (entry,) = [one for one in entries if one.event == "approved"]
        assert entry.facts["step_up"] is True
        assert provider.violations == []

    async def test_an_approval_of_reading_needs_none(self, guarded: Site):
        await in_review(guarded, "Read")
        await guarded.rita.click(await guarded.card(), "Approve")
        await guarded.card("Waiting for OpenAI")

    async def test_in_a_production_tenant_every_approval_needs_one(self, start: Start, provider: OidcSandbox):
        site = await start("socket", **oidc(provider, GREENLIGHT_PRODUCTION_TENANTS="127.0.0.1"))
        await in_review(site, "Read")
        link = await confirmation(site)
        assert (await confirmed(site, link)).status == 200
        await site.card("Waiting for OpenAI")

    async def test_who_may_not_approve_gets_no_link(self, guarded: Site):
        await in_review(guarded)
        await guarded.person("U0OUTSIDE").click(await guarded.card(), "Approve")
        said = await guarded.told(guarded.person("U0OUTSIDE"), "Only reviewers")
        assert "url" not in said

    async def test_on_the_home_tab_the_link_comes_as_a_direct_message_and_the_tab_says_so(
        self, guarded: Site
    ):
        await in_review(guarded)
        await guarded.rita.open_home()
        await tab_says(guarded, "Waits for you: 1")
        await guarded.rita.click_home("Approve")
        tab = await tab_says(guarded, "I sent you a direct message")
        said = await guarded.told(guarded.rita, "Not approved yet")
        assert "[Confirm the approval]" in said
        assert "/confirm/" not in tab

    async def test_a_denial_needs_none(self, guarded: Site):
        await in_review(guarded)
        await guarded.rita.click(await guarded.card(), "Deny")
        await guarded.rita.modal("Deny")
        await guarded.rita.submit({"Reason": "not now, please"})
        await guarded.card("Denied")


class TestOnceAndByOneBrowser:
    async def test_looking_uses_nothing_up_and_leaving_uses_the_link_up(self, guarded: Site):
        await in_review(guarded)
        link = await confirmation(guarded)
        for method in ("HEAD", "GET", "GET"):
            assert (await guarded.get(link, method)).status == 200
        results = await asyncio.gather(*(guarded.post(link, "") for _ in range(6)))
        assert sorted(one.status for one in results) == [200] + [410] * 5

    async def test_another_browser_that_brings_the_answer_is_refused(self, guarded: Site):
        await in_review(guarded)
        back, cookie = await sent_back(guarded, await confirmation(guarded))
        assert (await guarded.get(back)).status == 404
        assert (await guarded.get(back, Cookie=cookie)).status == 410  # and the errand is over
        assert await approvals(guarded) == []

    async def test_a_cookie_of_another_errand_is_refused(self, guarded: Site):
        await in_review(guarded)
        _, other = await sent_back(guarded, await confirmation(guarded))
        back, _ = await sent_back(guarded, await confirmation(guarded))
        assert (await guarded.get(back, Cookie=other)).status == 404
        assert await approvals(guarded) == []

    async def test_the_same_answer_twice_approves_once(self, guarded: Site):
        await in_review(guarded)
        back, cookie = await sent_back(guarded, await confirmation(guarded))
        results = await asyncio.gather(*(guarded.get(back, Cookie=cookie) for _ in range(4)))
        assert sorted(one.status for one in results) == [200, 410, 410, 410]
        assert await approvals(guarded) == [local.REVIEWER]

    async def test_a_page_that_was_used_says_where_it_stands_whether_it_was_approved(self, guarded: Site):
        await in_review(guarded)
        link = await confirmation(guarded)
        back, cookie = await sent_back(guarded, link)
        await guarded.get(back, Cookie=cookie)
        for again in (await guarded.get(back, Cookie=cookie), await guarded.get(link)):
            assert again.status == 410
            assert "stands on the card" in again.text
            assert "press Approve again" in again.text
            assert "/greenlight" not in again.text
            assert "nothing was saved" not in again.text
        strange = await guarded.get(link[:-2])
        assert strange.status == 404
        assert "Press Approve" in strange.text
        assert "/greenlight" not in strange.text

    async def test_an_answer_that_nobody_asked_for_is_refused(self, guarded: Site):
        for query in ("", "?state=x", "?code=y", "?code=y&state=z", "?error=access_denied"):
            answer = await guarded.get(f"{guarded.base}/confirmed{query}")
            assert answer.status in (400, 410)

    async def test_a_link_ends_after_ten_minutes(self, guarded: Site):
        await in_review(guarded)
        link = await confirmation(guarded)
        guarded.ahead = timedelta(minutes=11)
        assert (await guarded.get(link)).status == 410
        assert (await guarded.post(link, "")).status == 410

    async def test_a_post_from_another_site_uses_nothing_up(self, guarded: Site):
        await in_review(guarded)
        link = await confirmation(guarded)
        assert (await guarded.post(link, "", **{"Sec-Fetch-Site": "cross-site"})).status == 403
        assert (await guarded.post(link, "", Origin="null")).status == 403
        page = SimpleCookie((await guarded.get(link)).headers["Set-Cookie"])
        own = "; ".join(f"{name}={morsel.value}" for name, morsel in page.items())
        assert (await guarded.get(link)).status == 200
        assert (await guarded.post(link, "", Origin="null", Cookie=own)).status == 200
        link = await confirmation(guarded)
        assert (await guarded.post(link, "")).status == 200

    async def test_the_errand_carries_pkce_state_and_nonce_and_the_cookie_is_locked_in(self, guarded: Site):
        await in_review(guarded)
        left = await guarded.post(await confirmation(guarded), "")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(provider_in(left)).query).items()}
        assert asked["code_challenge_method"] == "S256"
        assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
        assert min(map(len, (asked["state"], asked["nonce"]))) >= 32
        set_cookie = left.headers["Set-Cookie"]
        assert "HttpOnly" in set_cookie
        assert "SameSite=Lax" in set_cookie

    async def test_no_page_of_it_may_be_kept_framed_or_fed_from_elsewhere(self, guarded: Site):
        await in_review(guarded)
        link = await confirmation(guarded)
        shown = [await guarded.get(link), await guarded.get(link[:-2])]
        left = await guarded.post(link, "")
        back = (await guarded.get(provider_in(left))).location
        ends = [await guarded.get(back, Cookie=cookie_of(left)), await guarded.get(back)]
        assert [one.status for one in (*shown, left, *ends)] == [200, 404, 200, 200, 410]
        for answer in (*shown, left, *ends):
            assert answer.headers["Content-Security-Policy"] == one_time.policy()
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["X-Frame-Options"] == "DENY"

    async def test_a_channel_that_others_see_by_the_time_of_the_sign_in_stops_the_approval(
        self, guarded: Site
    ):
        await in_review(guarded)
        back, cookie = await sent_back(guarded, await confirmation(guarded))
        guarded.world.slack.world.channels[local.CHANNEL].is_ext_shared = True
        guarded.bot.channel.forget()
        assert (await guarded.get(back, Cookie=cookie)).status == 409
        assert await approvals(guarded) == []

    async def test_a_request_that_was_corrected_meanwhile_is_not_approved(self, guarded: Site):
        request = await in_review(guarded)
        back, cookie = await sent_back(guarded, await confirmation(guarded))
        await guarded.alice.slash("/greenlight", f"status {request.id}")
        await guarded.alice.click(guarded.alice.ephemerals()[-1], "Correct")
        await guarded.alice.modal("Correct the request")
        await guarded.alice.submit({"Instance name": "another instance"})
        await guarded.card("Waiting for review", "another instance")
        answer = await guarded.get(back, Cookie=cookie)
        assert answer.status == 409
        assert await approvals(guarded) == []


class TestWhoSignedIn:
    async def test_the_first_sign_in_pins_and_another_subject_is_refused_afterwards(
        self, guarded: Site, provider: OidcSandbox
    ):
        await in_review(guarded)
        assert (await confirmed(guarded, await confirmation(guarded))).status == 200
        await guarded.card("Waiting for OpenAI")
        await in_review(guarded, workspace="f7f33107-5fb9-4ee1-8922-000000000002")
        provider.signed_in = "mallory@idp"
        refused = await confirmed(guarded, await confirmation(guarded))
        assert refused.status == 409
        assert "somebody else" in refused.text
        provider.signed_in = "rita@idp"
        assert (await confirmed(guarded, await confirmation(guarded))).status == 200

    async def test_threat_07_one_person_at_the_provider_is_not_two_reviewers_in_slack(
        self, start: Start, provider: OidcSandbox
    ):
        site = await start("http", **oidc(provider, GREENLIGHT_QUORUM="2"))
        await in_review(site)
        assert (await confirmed(site, await confirmation(site))).status == 200
        second = await confirmed(site, await confirmation(site, local.REVIEWER2))
        assert second.status == 409
        assert await approvals(site) == [local.REVIEWER]
        provider.signed_in = "raj@idp"
        assert (await confirmed(site, await confirmation(site, local.REVIEWER2))).status == 200

    @pytest.mark.parametrize(("slack", "status"), [(local.REVIEWER, 200), (local.REVIEWER2, 409)])
    async def test_a_configured_claim_has_to_hold_the_slack_user(
        self, start: Start, provider: OidcSandbox, slack: str, status: int
    ):
        site = await start("http", **oidc(provider, GREENLIGHT_OIDC_USER_CLAIM="slack"))
        provider.claims["rita@idp"] = {"slack": slack}
        await in_review(site)
        assert (await confirmed(site, await confirmation(site))).status == status

    async def test_rights_are_looked_at_again_after_the_sign_in(self, guarded: Site):
        await in_review(guarded)
        back, cookie = await sent_back(guarded, await confirmation(guarded))
        guarded.world.slack.world.users[local.REVIEWER].deleted = True
        guarded.forget(local.REVIEWER)
        refused = await guarded.get(back, Cookie=cookie)
        assert refused.status == 409
        assert await approvals(guarded) == []
        ground = guarded.bot.ground
        assert await ground.client.hgetall(ground.store.keys.pins[0]) == {}  # nor does it pin anybody


class TestTheProvider:
    async def test_an_id_token_that_is_not_proven_approves_nothing(
        self, guarded: Site, provider: OidcSandbox, caplog
    ):
        await in_review(guarded)
        link = await confirmation(guarded)
        provider.lies.foreign_key = True
        answer = await confirmed(guarded, link)
        assert answer.status == 403, answer.text
        assert await approvals(guarded) == []
        assert "rita@idp" not in answer.text + caplog.text

    async def test_a_provider_that_is_away_approves_nothing_and_says_so(
        self, guarded: Site, provider: OidcSandbox
    ):
        await in_review(guarded)
        link = await confirmation(guarded)
        provider.lies.status = 503
        assert (await confirmed(guarded, link)).status == 503
        assert await approvals(guarded) == []
