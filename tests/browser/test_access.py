"""Keyboard, screen reader, light and dark: axe-core on every part of the page, and no need for a mouse.

The card, its thread and its question are looked at by axe-core where they are used, in `test_journey`.
"""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.desk import Desk

NOT_WIDER = "document.documentElement.scrollWidth <= innerWidth"


def test_axe_finds_nothing_grave(shared_desk: Desk) -> None:
    desk = shared_desk
    assert desk.grave() == [], "with the tour"
    for tab in ("OpenAI", "Netskope", "Mailbox", "Clock", "Bad day"):
        desk.world(tab)
        assert desk.grave() == [], tab
    desk.be("Alice")
    desk.open("# general")
    desk.send("/greenlight help")
    expect(desk.messages.locator(".ephemeral").first).to_be_visible()
    desk.page.locator("#box").fill("/greenlight")
    assert desk.grave() == [], "an ephemeral message, and the completion"
    desk.page.locator("#box").press("Enter")
    desk.fill({"Workspace ID": "wrong"})
    desk.modal.get_by_role("button", name="Check and request").click()
    expect(desk.modal.locator(".error").first).to_be_visible()
    assert desk.grave() == [], "a form with errors"
    desk.modal.get_by_role("button", name="Cancel").click()
    desk.be("Gus")
    desk.open("App Home")
    desk.sees(desk.messages, "Waits for you")
    assert desk.grave() == [], "App Home"


def test_a_page_enlarged_four_times_is_never_wider_than_the_window(shared_desk: Desk) -> None:
    shared_desk.page.set_viewport_size({"width": 320, "height": 600})
    for tab in ("OpenAI", "Netskope", "Mailbox", "Clock", "Bad day"):
        shared_desk.world(tab)
        assert shared_desk.page.evaluate(NOT_WIDER), tab
    shared_desk.be("Alice")
    shared_desk.open_form()
    assert shared_desk.page.evaluate(NOT_WIDER), "a form"
    assert shared_desk.modal.locator(".dialog-body").evaluate("one => one.scrollWidth <= one.clientWidth")
    shared_desk.page.keyboard.press("Escape")


def test_one_of_the_cast_reads_german(shared_desk: Desk) -> None:
    shared_desk.be("Ben")
    shared_desk.open("App Home")
    shared_desk.sees(shared_desk.messages, "Wartet auf Sie")
    shared_desk.sees(shared_desk.messages, re.compile(r"Stand: \d{1,2}\. \w+\.? \d{4} um \d{1,2}:\d\d;"))
    shared_desk.open("# general")
    shared_desk.send("/greenlight list")
    shared_desk.sees(shared_desk.messages.locator(".ephemeral").last, "Es gibt keine Anträge")


def test_everything_can_be_done_with_the_keyboard(shared_desk: Desk) -> None:
    page = shared_desk.page
    shared_desk.be("Alice")
    page.keyboard.press("Escape")
    page.locator("#box").focus()
    page.keyboard.type("/gre")
    expect(page.locator("#commands [aria-selected=true]")).to_have_text(re.compile("^/greenlight"))
    page.keyboard.press("Tab")
    expect(page.locator("#box")).to_have_value("/greenlight ")
    page.locator("#box").fill("")
    page.keyboard.type("/gre")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#box")).to_have_value("/greenlight connect ")
    page.locator("#box").fill("")
    page.keyboard.type("/gre")
    page.keyboard.press("Enter")
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
