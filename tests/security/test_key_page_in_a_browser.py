"""The key page as a person meets it: a real browser, which runs what the policy allows and nothing else."""

from __future__ import annotations

from playwright.async_api import Page

from bot.sandbox import local
from tests.security.conftest import Site, Start


async def test_a_person_types_the_key_in_a_masked_field_and_goes_on_in_slack(browser: Page, start: Start):
    site: Site = await start("socket", GREENLIGHT_INTAKE="link")
    asked, said = [], []
    browser.on("request", lambda request: asked.append(request.url))
    browser.on("console", lambda message: said.append(message.text))
    link, key = await site.link(), site.world.new_key()
    await browser.goto(link)
    field = browser.get_by_label("API key")
    assert await field.get_attribute("type") == "password"
    assert await field.get_attribute("autocomplete") == "off"
    assert await field.evaluate("node => node === document.activeElement")
    assert await browser.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "22.4px"
    await field.fill("org-p13k3klgno5cqxbf0q8hpgrk")
    await browser.get_by_role("button", name="Hand over the key").click()
    await browser.get_by_role("alert").wait_for()
    assert "Organization ID" in await browser.get_by_role("alert").inner_text()
    assert await browser.get_by_label("API key").input_value() == ""
    await browser.get_by_label("API key").fill(key)
    await browser.get_by_role("button", name="Hand over the key").click()
    await browser.get_by_text("Go on in Slack").wait_for()
    (request,) = await site.requests()
    assert request.id in await browser.inner_text("main")
    assert key not in await browser.content()
    assert {url.split("?")[0] for url in asked} <= {link, f"{site.base}/favicon.ico"}
    assert [line for line in said if "favicon" not in line and "422" not in line and "404" not in line] == []
    await site.card("Waiting for review")
    await browser.reload()
    await browser.get_by_text("This link was used").wait_for()
    assert len(await site.requests()) == 1


async def test_another_sites_page_can_neither_frame_nor_fill_the_page(browser: Page, start: Start):
    site: Site = await start("http", GREENLIGHT_INTAKE="link")
    link, key = await site.link(), site.world.new_key()
    other = link.replace("127.0.0.1", "localhost")  # another origin, and another site, for the browser
    await browser.goto(f"{site.base.replace('127.0.0.1', 'localhost')}/healthz")
    framed = await browser.evaluate(
        """async link => { const frame = document.createElement('iframe'); frame.src = link;
        const done = new Promise(tell => { frame.onload = () => tell(true); setTimeout(tell, 3000) });
        document.body.append(frame); await done;
        try { return frame.contentDocument ? frame.contentDocument.body.innerText : '' }
        catch { return '' } }""",
        other,
    )
    assert "API key" not in framed
    await browser.set_content(
        f'<form method="post" action="{link}"><input name="key" value="{key}"><button>win</button></form>'
    )
    await browser.get_by_role("button").click()
    await browser.get_by_text("Another site sent this").wait_for()
    assert await site.requests() == []


async def test_the_page_has_no_accessibility_violation(browser: Page, start: Start):
    from axe_playwright_python.async_playwright import Axe

    site: Site = await start("http", GREENLIGHT_INTAKE="link")
    link = await site.link()
    # The policy forbids scripts, also the checker's: it looks at the same document without the policy.
    for key in ("wrong", ""):
        shown = await site.post(link, key) if key else await site.get(link)
        await browser.set_content(shown.text)
        found = await Axe().run(browser)
        assert found.response["violations"] == []
    assert local.WORKSPACE in shown.text
