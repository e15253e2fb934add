"""A real Chromium on the real `greenlight demo`: nothing between them is made up."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, expect, sync_playwright

from tests.browser.demo import demo_process
from tests.browser.desk import PATIENCE, Desk

HOW = (
    "Install a Chromium: `make browser` does it (apt where possible, else Playwright's own), then run again."
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
TALLER = "innerWidth > 1000 && document.documentElement.scrollHeight > innerHeight"
PICTURES = "GREENLIGHT_PICTURES"  # a folder to write to; `make screenshots` sets it
collect_ignore = [] if os.environ.get(PICTURES) else ["test_pictures.py"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path(playwright: Playwright) -> str | None:
    """The system's Chromium, else the one that Playwright downloaded."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    own = Path(playwright.chromium.executable_path)
    return found or (str(own) if own.exists() else None)


@pytest.fixture(scope="module")  # no longer: Playwright's loop would run on under the async tests of others
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        path = chromium_path(playwright)
        if path is None:
            # in CI a test that silently does not run is a test that fails
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(HOW)
        with playwright.chromium.launch(executable_path=path, args=FLAGS) as browser:
            yield browser


@contextmanager
def visit(chromium: Browser, url: str, **options: object) -> Iterator[Desk]:
    """A page that may neither fail quietly nor ask anybody but the demo."""
    context: BrowserContext = chromium.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-US", timezone_id="Europe/Berlin", **options
    )
    context.set_default_timeout(PATIENCE)
    page: Page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda asked: troubles.append(asked.url) if not asked.url.startswith(url) else None)
    page.goto(url)
    yield Desk(page)
    taller = page.evaluate(TALLER)
    context.close()
    assert not taller, "the page as a whole scrolls, beside the parts of it that do"
    # the browser itself reports answers that are refusals; those are told to the person as well
    assert [one for one in troubles if "409 (Conflict)" not in one] == []


@pytest.fixture(scope="session")
def shared_url() -> Iterator[str]:
    """One demo for the tests that open no request, and so leave each other alone."""
    with demo_process() as url:
        yield url


@pytest.fixture
def shared_desk(chromium: Browser, shared_url: str) -> Iterator[Desk]:
    with visit(chromium, shared_url) as desk:
        yield desk


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Desk]:
    """A demo of its own, with the tour ended."""
    with demo_process() as url, visit(chromium, url) as desk:
        desk.end_tour()
        yield desk


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say what stood on the page when a test failed: a CI run leaves nothing else to look at."""
    report = yield
    desks = [one for one in getattr(item, "funcargs", {}).values() if isinstance(one, Desk)]
    if report.when == "call" and report.failed:
        report.sections += [("what the page showed", _shown(desk)) for desk in desks]
    return report


def _shown(desk: Desk) -> str:
    try:
        return desk.page.locator("body").inner_text(timeout=2_000)
    except Error as error:
        return f"nothing: {error.message}"
