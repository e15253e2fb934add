"""Keyboard, screen reader, light and dark: axe-core on every part of the page, and no need for a mouse."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.conftest import visit
from tests.browser.desk import Desk

GRAVE = {"serious", "critical"}


def grave(desk: Desk) -> list[str]:
    """What axe-core calls serious or critical on the page as it stands."""
    found: Any = Axe().run(desk.page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary']}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_grave(chromium: Browser, shared_url: str, scheme: str) -> None:
    with visit(chromium, shared_url, color_scheme=scheme, reduced_motion="reduce") as desk:
        assert grave(desk) == [], "with the tour"
        for tab in ("OpenAI", "Netskope", "Mailbox", "Clock", "Bad day"):
            desk.world(tab)
            assert grave(desk) == [], tab
        desk.be("Ben")
        desk.open("# general")
        desk.send("/greenlight help")
        expect(desk.messages.locator(".ephemeral").first).to_be_visible()
        desk.page.locator("#box").fill("/greenlight")
        assert grave(desk) == [], "an ephemeral message, and the completion"
        desk.page.locator("#box").press("Enter")
        desk.fill({"Workspace ID": "wrong"})
        desk.modal.get_by_role("button", name="Check and request").click()
        expect(desk.modal.locator(".error").first).to_be_visible()
        assert grave(desk) == [], "a form with errors"
        desk.modal.get_by_role("button", name="Cancel").click()
        desk.be("Gus")
        desk.open("App Home")
        desk.sees(desk.messages, "Waiting for your review")
        assert grave(desk) == [], "App Home"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_grave_on_a_card_with_its_thread_and_question(
    chromium: Browser, shared_url: str, scheme: str
) -> None:
    with visit(chromium, shared_url, color_scheme=scheme, reduced_motion="reduce") as desk:
        if not desk.screen()["slack"]["messages"]:
            desk.ask()
        desk.be("Rita")
        desk.open("# security")
        desk.stands_at("Waiting for review")
        desk.card.locator(".replies").click()
        assert grave(desk) == [], "card and thread"
        desk.press("Approve", desk.card)
        assert grave(desk) == [], "the question"


def test_everything_can_be_done_with_the_keyboard(shared_desk: Desk) -> None:
    page = shared_desk.page
    shared_desk.be("Ben")
    page.keyboard.press("Escape")
    page.locator("#box").focus()
    page.keyboard.type("/gre")
    expect(page.locator("#commands [aria-selected=true]")).to_have_text(re.compile("^/greenlight"))
    page.keyboard.press("Tab")
    expect(page.locator("#box")).to_have_value("/greenlight ")
    page.keyboard.press("Enter")
    expect(shared_desk.modal).to_be_visible()
    assert page.evaluate("document.querySelector('#modal').contains(document.activeElement)")
    assert page.evaluate("document.querySelector('#chat').inert"), "what is behind a form cannot be reached"
    page.keyboard.press("Escape")
    expect(shared_desk.modal).to_have_count(0)
    expect(page.locator("#box")).to_be_focused()
    page.get_by_role("button", name="Shortcuts").press("Enter")
    expect(page.get_by_role("menuitem")).to_be_focused()
    page.keyboard.press("Enter")
    expect(shared_desk.modal).to_contain_text("Connect ChatGPT")
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="OpenAI").press("ArrowRight")
    expect(page.get_by_role("tab", name="Netskope")).to_be_focused()
    expect(page.get_by_role("tab", name="Netskope")).to_have_attribute("aria-selected", "true")


def test_a_new_message_is_read_aloud(shared_desk: Desk) -> None:
    shared_desk.be("Raj")
    shared_desk.send("/greenlight help")
    shared_desk.sees(shared_desk.page.locator("#said[aria-live=polite]"), "Greenlight: ")
