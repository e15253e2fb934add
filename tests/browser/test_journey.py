"""The whole journey as three people in a browser, and the ways it goes otherwise."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.desk import ORGANIZATION, WORKSPACE, Desk


def test_three_people_take_a_request_from_a_command_to_a_proven_connection(desk: Desk) -> None:
    desk.create_key()
    desk.open_form()
    desk.fill(desk.form(Workspace_ID=ORGANIZATION, Administrator_email="alice at acme"))
    desk.modal.get_by_role("button", name="Check and request").click()
    workspace = desk.modal.get_by_label("Workspace ID", exact=True)
    expect(workspace).to_have_attribute("aria-invalid", "true")
    expect(workspace).to_be_focused()
    expect(desk.modal.get_by_label("API key", exact=True)).to_have_value(desk.key)
    desk.fill({"Workspace ID": WORKSPACE, "Administrator email": "alice@acme.example"})
    desk.modal.get_by_label("Both").check()
    desk.modal.get_by_role("button", name="Check and request").click()
    desk.sees(desk.modal, "Request received")
    assert desk.key not in desk.modal.inner_text()
    desk.modal.get_by_role("button", name="Done").click()
    expect(desk.page.locator("#places .unread", has_text="security")).to_be_visible()

    desk.be("Olga")
    desk.open("# security")
    desk.stands_at("Waiting for review")
    desk.press("Approve")
    desk.yes()
    refusal = desk.messages.locator(".ephemeral")
    desk.sees(refusal, "Only visible to you")
    desk.be("Rita")
    expect(refusal).to_have_count(0)
    desk.press("Approve")
    desk.yes()
    desk.stands_at("Waiting for OpenAI")
    desk.sees_on_card("Approvals: 1 of 1")
    desk.sees(desk.world("Mailbox"), "support@openai.com")
    assert desk.key not in desk.page.locator("#world-panel").inner_text()

    desk.world("OpenAI").get_by_label("Read and delete granted").check()
    desk.stands_at("Ready for Grant Access in Netskope")
    desk.be("Alice")
    desk.open("direct messages")
    desk.sees(desk.messages, "I pressed Grant Access")
    tenant = desk.world("Netskope")
    tenant.get_by_label("Instance Name").fill("ChatGPT Acme")
    tenant.get_by_label("Workspace ID").fill(WORKSPACE)
    tenant.get_by_label("API Key for Enterprise Workspace").fill(desk.key)
    tenant.get_by_role("button", name="Grant Access").click()
    desk.press("I pressed Grant Access")
    desk.sees(tenant, "✓ Connected")
    desk.press("I see the green check")
    desk.yes()
    tenant.get_by_role("button", name="Someone uses ChatGPT").click()
    desk.open("# security")
    desk.stands_at("Connected")
    desk.sees_on_card(*(f"{rung} " for rung in ("E1", "E2", "E3", "E4", "E5")))
    for rung in ("E1", "E2 · OpenAI granted read", "E3", "E4", "E5"):
        desk.sees(desk.card, re.compile(rf"{rung}[^:]*: shown"))
    assert desk.key not in desk.messages.inner_text()


def test_a_denial_asks_for_a_reason_and_ends_the_request(desk: Desk) -> None:
    desk.ask()
    desk.be("Rita")
    desk.card.locator(".replies").click()
    assert desk.grave() == [], "card and thread"
    desk.press("Approve", desk.card)
    assert desk.grave() == [], "the question"
    desk.page.keyboard.press("Escape")
    desk.press("Deny")
    desk.modal.get_by_role("button", name="Deny").click()
    desk.sees(desk.modal.locator(".error").last, "Please complete this required field")
    desk.modal.get_by_role("textbox").fill("This workspace is closed next month.")
    desk.modal.get_by_role("button", name="Deny").click()
    desk.stands_at("Denied")
    aloud = desk.page.locator("#said")
    desk.sees(aloud, "@Rita Reviewer denied the request")
    expect(aloud).not_to_contain_text("*")
    desk.sees_on_card("This workspace is closed next month.")
    expect(desk.card.get_by_role("button", name=re.compile("Approve"))).to_have_count(0)
    desk.be("Alice")
    desk.open("direct messages")
    desk.sees(desk.messages, "This workspace is closed next month.")


def test_a_click_that_arrives_twice_counts_once(desk: Desk) -> None:
    desk.ask()
    desk.world("Bad day").get_by_role("button", name="Double the next click").click()
    desk.sees(desk.page.locator("#world-panel"), "The next click will arrive twice")
    desk.approve()
    desk.stands_at("Waiting for OpenAI")
    desk.sees_on_card("Approvals: 1 of 1")
    desk.sees(desk.log, re.compile(r"approve by Rita Reviewer, attempt 2: acked"))
    desk.page.locator("#world-panel").get_by_role("button", name="Deliver it twice at once").click()
    desk.sees(desk.log, re.compile(r"approve by Rita Reviewer, attempt 4: acked"))
    desk.sees(desk.world("Mailbox"), "support@openai.com")
    assert len(desk.screen()["world"]["mail"]) == 1
    thread = [
        one for one in desk.screen()["slack"]["messages"] if "approved" in one["text"] and one["thread"]
    ]
    assert len(thread) == 1


def test_a_lost_socket_loses_nothing(shared_desk: Desk) -> None:
    desk = shared_desk
    panel = desk.world("Bad day")
    for how, seen in (
        ("Reset it", "the connection is reset"),
        ("Tell the bot to leave", "to leave its"),
        ("Let it die silently", "nobody has told the bot"),
    ):
        panel.get_by_role("button", name=how).click()
        desk.sees(desk.log, seen)
        desk.sees(desk.page.locator("#health"), "Slack connected")
        desk.sees(panel, "2 connected")
    desk.be("Alice")
    desk.open_form()
    desk.sees(desk.modal, "Connect ChatGPT")
    desk.page.keyboard.press("Escape")
    expect(desk.modal).to_have_count(0)
