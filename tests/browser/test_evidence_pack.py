"""The evidence pack in a browser: nothing fetched, nothing refused by its own policy, readable by all."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from bot.domain.request import State
from bot.views.pack_page import page
from tests.bot.test_offline import a_pack


def test_a_browser_shows_it_without_complaint_wide_and_narrow_and_accessible(
    tmp_path: Path, chromium: Browser
) -> None:
    path = tmp_path / "pack.html"
    path.write_text(page(a_pack(State.CONNECTED)))
    for width in (1100, 360):
        tab = chromium.new_page(viewport={"width": width, "height": 900})
        heard: list[str] = []
        tab.on("console", lambda message, heard=heard: heard.append(message.text))
        tab.on("request", lambda request, heard=heard: heard.append(request.url))
        tab.goto(path.as_uri())
        assert heard == [path.as_uri()]
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.evaluate("getComputedStyle(document.querySelector('.verdict')).borderTopWidth") == "2px"
    found = Axe().run(tab, options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert found.violations_count == 0, found.generate_report()
