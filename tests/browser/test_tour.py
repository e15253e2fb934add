"""The guided tour off its straight road, and in a narrow window: what it points at is in view."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.browser.conftest import visit
from tests.browser.demo import demo_process
from tests.browser.desk import Desk

POINTED_AND_HIT = """() => {
    const one = document.querySelector(".pointed")?.getBoundingClientRect();
    if (!one) return false;
    const top = document.elementFromPoint(one.x + one.width / 2, one.y + Math.min(one.height / 2, 20));
    return Boolean(top?.closest(".pointed"));
}"""


def seen(desk: Desk) -> None:
    """What the tour points at is in view and under nothing else."""
    desk.page.wait_for_function(POINTED_AND_HIT)


def test_after_a_denial_the_tour_offers_another_request(chromium: Browser) -> None:
    with demo_process() as url, visit(chromium, url) as desk:
        tour = desk.page.locator("#tour")
        tour.get_by_role("button", name="Skip this step").click()
        desk.ask()
        desk.be("Rita")
        desk.sees(tour, "5 of 12")
        desk.press("Deny", desk.card)
        seen(desk)
        desk.modal.get_by_role("textbox").fill("Not this month.")
        desk.modal.get_by_role("button", name="Deny").click()
        desk.stands_at("Denied")
        desk.sees(tour, re.compile("1 of 12.*That request has ended"))
        tour.get_by_role("button", name="Type it for me").click()
        desk.sees(desk.modal, "Connect ChatGPT")
        desk.sees(tour, "3 of 12")


def test_a_key_that_openai_refuses_is_what_the_tour_speaks_of(chromium: Browser) -> None:
    with demo_process() as url, visit(chromium, url) as desk:
        desk.create_key()
        desk.page.get_by_label("Revoked").check()
        desk.open_form()
        desk.fill(desk.form())
        desk.modal.get_by_role("button", name="Check and request").click()
        desk.sees(desk.page.locator("#tour"), "OpenAI refuses this key")
        desk.modal.get_by_role("button", name="Done").click()
        desk.page.locator("#tour").get_by_role("button", name="Open the direct message").click()
        expect(desk.messages.get_by_role("button", name="Correct")).to_have_class(re.compile("pointed"))


def test_in_a_narrow_window_every_control_is_shown_and_can_be_used(chromium: Browser) -> None:
    with demo_process() as url, visit(chromium, url) as desk:
        desk.page.set_viewport_size({"width": 390, "height": 800})
        desk.page.reload()
        tour = desk.page.locator("#tour")
        seen(desk)
        assert desk.page.locator("#box").bounding_box()["width"] > 250  # type: ignore[index]
        for step, control in (
            ("Type it for me", "Create an API key"),
            ("Create a key", ""),
            ("Fill in the form for me", ""),
        ):
            tour.get_by_role("button", name=step).click()
            if control:
                expect(desk.page.locator(".pointed")).to_have_text(control)
            seen(desk)


def test_the_focus_stays_where_somebody_works(desk: Desk) -> None:
    desk.create_key()
    desk.open_form()
    desk.fill(desk.form())
    desk.modal.get_by_label("Instance name").press("Enter")
    desk.sees(desk.modal, "Request received")
    desk.page.wait_for_function("() => document.querySelector('#modal').contains(document.activeElement)")
    desk.page.keyboard.press("Escape")
    desk.be("Rita")
    desk.open("# security")
    approve = desk.card.get_by_role("button", name="Approve")
    approve.focus()
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.press("Enter")
    desk.stands_at("Waiting for OpenAI")
    desk.page.wait_for_function("() => document.querySelector('#messages').contains(document.activeElement)")
