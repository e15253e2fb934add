"""The rest of the world: bad days and their end, the clock, the tour; each seen on the page."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import visit
from tests.browser.demo import demo_process
from tests.browser.desk import Desk
from tests.wait import until_now


def test_redis_and_the_bot_go_down_and_nothing_is_lost(desk: Desk) -> None:
    desk.ask()
    health, panel = desk.page.locator("#health"), desk.world("Bad day")
    panel.get_by_role("button", name="Stop Redis").click()
    desk.sees(health, "Redis is down")
    desk.be("Rita")
    desk.press("Approve", desk.card)
    desk.yes()
    nothing = re.compile("nothing was (saved|changed)", re.IGNORECASE)
    desk.sees(desk.messages.locator(".ephemeral").last, nothing)
    panel.get_by_role("button", name="Bring Redis back").click()
    desk.sees(health, "Redis runs")
    panel.get_by_role("button", name="Kill the bot").click()
    desk.sees(health, "Bot is down")
    desk.send("/greenlight list")
    desk.sees(desk.toast, "Slack could not reach Greenlight")
    panel.get_by_role("button", name="Start the bot", exact=True).click()
    desk.sees(health, "Bot runs")
    desk.press("Approve", desk.card)
    desk.yes()
    desk.stands_at("Waiting for OpenAI")


def test_failing_providers_move_nothing_and_are_named(desk: Desk) -> None:
    desk.create_key()
    panel = desk.world("Bad day")
    panel.get_by_label("OpenAI", exact=True).select_option("outage")
    desk.open_form()
    desk.fill(desk.form())
    desk.modal.get_by_role("button", name="Check and request").click()
    desk.modal.get_by_role("button", name="Done").click()
    desk.open("# security")
    desk.stands_at("Checking the key")
    desk.sees_on_card("OpenAI has given no usable answer since")
    desk.sees(desk.log, re.compile(r"OpenAI GET .*503"))
    panel.get_by_role("button", name="500 for five calls").click()
    panel.get_by_role("button", name="Make it a good day again").click()
    expect(panel.get_by_label("OpenAI", exact=True)).to_have_value("")
    desk.stands_at("Waiting for review")


def test_slack_fails_and_netskope_answers_with_a_web_page_and_both_are_seen_to_pass(desk: Desk) -> None:
    desk.ask()
    panel = desk.world("Bad day")
    desk.be("Raj")  # who is not known yet: who he is cannot be asked, so he may do nothing
    panel.get_by_role("button", name="429 for five calls").click()
    desk.press("Approve", desk.card)
    desk.yes()
    desk.sees(desk.log, re.compile(r"Slack .*429"))
    until_now(lambda: told_that_nothing_changed(desk), what="Raj to be told")  # here, or directly
    panel.get_by_role("button", name="Make it a good day again").click()
    desk.be("Rita")
    desk.open("# security")
    desk.send("/greenlight list")
    desk.sees(desk.messages.locator(".ephemeral").last, "Acme")
    panel.get_by_role("button", name="500 for five calls").click()
    desk.press("Approve", desk.card)
    desk.yes()
    desk.sees(desk.log, re.compile(r"Slack .*500"))
    desk.stands_at("Waiting for OpenAI")
    desk.world("OpenAI").get_by_label("Read granted").check()
    desk.stands_at("Ready for Grant Access in Netskope")
    desk.world("Bad day").get_by_label("Netskope's REST API").select_option("html")
    desk.be("Alice")
    desk.open("direct messages")
    desk.press("I pressed Grant Access")
    desk.open("# security")
    desk.sees_on_card("Netskope's records could not all be read since", "audit 200 html")
    panel.get_by_role("button", name="Make it a good day again").click()
    expect(desk.card).not_to_contain_text("could not all be read")
    desk.stands_at("Gathering evidence")


def test_what_openai_does_with_a_key_and_that_it_times_out_is_seen_on_the_card(desk: Desk) -> None:
    desk.create_key()
    desk.world("OpenAI").get_by_label("Of another organization").check()
    desk.open_form()
    desk.fill(desk.form())
    desk.modal.get_by_role("button", name="Check and request").click()
    desk.modal.get_by_role("button", name="Done").click()
    desk.open("# security")
    desk.sees_on_card("Needs a correction", "The key belongs to another organization")
    for switch, words in (
        ("Blocked by IP", "OpenAI refuses the bot's network address"),
        ("Revoked", "OpenAI does not know this key"),
        ("No scopes yet", "The key is valid, the scopes are missing"),
    ):
        desk.world("OpenAI").get_by_label(switch).check()
        desk.press("Check now", desk.card)
        desk.sees_on_card(words)
    desk.stands_at("Waiting for review")
    weather = desk.world("Bad day").get_by_label("OpenAI", exact=True)
    weather.select_option("slow")
    desk.press("Check now", desk.card)
    desk.sees_on_card("OpenAI has given no usable answer since")
    desk.stands_at("Waiting for review")
    weather.select_option("")
    desk.press("Check now", desk.card)
    expect(desk.card).not_to_contain_text("no usable answer")


def test_a_redelivery_a_restart_and_a_morning_are_seen_as_what_they_are(desk: Desk) -> None:
    panel = desk.world("Bad day")
    desk.send("/greenlight help")
    desk.sees(desk.messages.locator(".ephemeral").last, "this text")
    panel.get_by_role("button", name="Resend the last delivery").click()
    desk.sees(desk.log, re.compile(r"/greenlight help by Alice Admin, attempt 2: acked"))
    first = process_of(panel)
    panel.get_by_role("button", name="Restart the bot").click()
    until_now(lambda: process_of(panel) not in ("", first), what="another process")
    desk.sees(desk.page.locator("#health"), "Slack connected")
    clock = desk.world("Clock")
    clock.get_by_role("button", name="Skip to the next working morning").click()
    desk.sees(clock, re.compile(r"(Mon|Tues|Wednes|Thurs|Fri)day, .* at 11:30"))


def process_of(panel: Locator) -> str:
    found = re.search(r"Process (\d+)", panel.inner_text())
    return found[1] if found else ""


def told_that_nothing_changed(desk: Desk) -> bool:
    return "Nothing was changed; try again later" in str(desk.screen("U0REVIEW2")["slack"])


def asked(desk: Desk) -> int:
    """How often OpenAI was asked about the key."""
    return int(desk.screen()["world"]["keys"][0]["calls"])


def stands_ready(desk: Desk) -> bool:
    headline = desk.card.locator(".block-header").first.inner_text()
    return "Ready for Grant Access in Netskope" in headline


def test_the_clock_moves_the_bot_at_the_pace_of_production(desk: Desk) -> None:
    desk.ask()
    desk.world("OpenAI").get_by_label("Read and delete granted").check()
    desk.world("Clock").get_by_label("As in production").check()
    desk.sees(desk.log, "Socket Mode connection closed")
    desk.sees(desk.page.locator("#health"), "Bot runs")
    desk.approve()
    desk.stands_at("Waiting for OpenAI")
    hours = 0
    while not stands_ready(desk):  # two proofs, at least a minute apart; an hour may pass before the first
        before, hours = asked(desk), hours + 1
        desk.page.get_by_role("button", name="Skip an hour").click()
        ahead = "1 hour ahead" if hours == 1 else f"{hours} hours ahead"
        desk.sees(desk.page.locator("#world-panel"), ahead)
        until_now(lambda seen=before: asked(desk) > seen or stands_ready(desk), what="the bot to ask OpenAI")
    desk.page.get_by_role("button", name="Skip a week").click()
    desk.sees(desk.page.locator("#world-panel"), re.compile(rf"{hours + 168}(\.\d)? hours ahead"))


def test_the_tour_leads_a_first_time_visitor(chromium: Browser) -> None:
    with demo_process() as url, visit(chromium, url) as desk:
        tour = desk.page.locator("#tour")
        expect(desk.page.locator("#box.pointed")).to_be_visible()
        for step, seen in (
            ("Type it for me", "2 of 12"),
            ("Create a key", "3 of 12"),
            ("Fill in the form for me", "3 of 12"),
        ):
            tour.get_by_role("button", name=step).click()
            desk.sees(tour, seen)
        expect(desk.modal.get_by_label("API key", exact=True)).not_to_have_value("")
        desk.page.keyboard.press("Enter")
        desk.sees(tour, "4 of 12")
        tour.get_by_role("button", name="Be Rita").click()
        desk.sees(tour, "5 of 12")
        tour.get_by_role("button", name="End the tour").click()
        expect(tour).to_be_hidden()
        desk.page.reload()
        expect(desk.page.get_by_label("You are")).to_be_visible()
        expect(tour).to_be_hidden()


def test_the_tour_of_a_second_tab_does_not_ask_for_an_approval_that_was_given(
    chromium: Browser, desk: Desk
) -> None:
    desk.ask()
    desk.approve()
    desk.stands_at("Waiting for OpenAI")
    with visit(chromium, desk.page.url) as second:
        second.sees(second.page.locator("#tour"), "6 of 12")
