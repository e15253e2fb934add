"""The way to the identity provider as a browser goes it: it enforces the policy that our page sends."""

from __future__ import annotations

from playwright.async_api import Page

from bot.sandbox import local
from bot.sandbox.oidc import OidcSandbox
from tests.security.conftest import Start
from tests.security.test_step_up import approvals, confirmation, in_review, oidc


async def test_the_sign_in_may_be_at_another_origin_than_the_issuer(browser: Page, start: Start):
    async with OidcSandbox() as provider:
        elsewhere = provider.origin.replace("127.0.0.1", "localhost")  # another origin for the browser
        provider.lies.metadata = {"authorization_endpoint": f"{elsewhere}/authorize"}
        site = await start("http", **oidc(provider))
        await in_review(site)
        said: list[str] = []
        browser.on("console", lambda message: said.append(message.text))
        await browser.goto(await confirmation(site))
        await browser.get_by_role("button", name="Sign in and approve").click()
        await browser.get_by_text("is recorded, with your sign-in").wait_for()
        assert [line for line in said if "Content Security Policy" in line] == []
        assert await approvals(site) == [local.REVIEWER]
        await site.card("Waiting for OpenAI")
