"""What a visitor of the page does and sees, in the words of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

WORKSPACE = "f7f33107-5fb9-4ee1-8922-3eae76b5b5a0"
ORGANIZATION = "org-p13k3klgno5cqxbf0q8hpgrk"
PATIENCE = 60_000  # milliseconds; a busy machine may be slow
GRAVE = {"serious", "critical"}
TOO_LATE = re.compile("within three seconds|Slack took too long to open the form")
TRIES = 5


class Desk:
    """One browser tab."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.modal = page.locator("#modal .dialog")
        self.messages = page.locator("#messages")
        self.card = self.messages.locator("article").first
        self.log = page.locator("#log")
        self.toast = page.locator(".toast")
        self.key = ""

    def end_tour(self) -> None:
        self.page.get_by_role("button", name="End the tour").click()

    def be(self, name: str) -> None:
        """Become somebody: `Alice`, `Rita`, `Olga`, ..."""
        option = self.page.locator("#who option", has_text=name)
        user = option.get_attribute("value")
        self.page.get_by_label("You are").select_option(value=user)
        self.page.wait_for_function("user => document.body.dataset.me === user", arg=user)

    def open(self, place: str) -> None:
        """Go to `# security`, `# general`, `direct messages`, `App Home`."""
        self.page.locator("#places").get_by_role("button", name=re.compile(re.escape(place))).click()

    def send(self, text: str) -> None:
        self.page.locator("#box").fill(text)
        self.page.locator("#box").press("Enter")

    def open_form(self) -> None:
        """`/greenlight`, again when Slack's three seconds have passed, as a person would.

        What is said of an earlier try is taken off the page first, so that it is not taken for an answer.
        """
        for _ in range(TRIES):
            self.page.evaluate("document.querySelector('#toasts').replaceChildren()")
            late = self.page.get_by_text(TOO_LATE)
            before = late.count()
            self.send("/greenlight")
            self.modal.or_(late.nth(before)).first.wait_for()
            if self.modal.count():
                return
        raise AssertionError(f"no form after {TRIES} tries")

    def world(self, tab: str) -> Locator:
        """Open a tab of the rest of the world."""
        self.page.locator("#world-tabs").get_by_role("tab", name=tab).click()
        return self.page.locator("#world-panel")

    def press(self, words: str, within: Locator | None = None) -> None:
        """Press the last button with these words, and answer its question, if it has one, with yes."""
        (within or self.messages).get_by_role("button", name=re.compile(re.escape(words))).last.click()

    def yes(self) -> None:
        """Answer a confirm dialog with its coloured button."""
        self.page.locator("dialog.confirm .bk[value=yes]").click()

    def create_key(self) -> str:
        """Create a key at OpenAI and remember what it shows."""
        self.world("OpenAI").get_by_role("button", name="Create an API key").click()
        self.key = self.page.locator(".once code").inner_text()
        return self.key

    def fill(self, values: Mapping[str, str]) -> None:
        for label, text in values.items():
            self.modal.get_by_label(label, exact=True).fill(text)

    def form(self, **changes: str) -> dict[str, str]:
        """A form without mistakes."""
        return {
            "Workspace ID": WORKSPACE,
            "Organization ID": ORGANIZATION,
            "API key": self.key,
            "Key name": "netskope-compliance",
            "Created by": "Alice Admin (alice@acme.example)",
            "Administrator email": "alice@acme.example",
            "Instance name": "ChatGPT Acme",
        } | {name.replace("_", " "): value for name, value in changes.items()}

    def ask(self) -> None:
        """As Alice: open a request that is in order, and wait until it can be reviewed."""
        self.create_key()
        self.open_form()
        self.fill(self.form())
        self.modal.get_by_role("button", name="Check and request").click()
        self.modal.get_by_role("button", name="Done").click()
        self.open("# security")
        self.stands_at("Waiting for review")

    def approve(self) -> None:
        """As Rita."""
        self.be("Rita")
        self.open("# security")
        self.press("Approve")
        self.yes()

    def sees_on_card(self, *words: str) -> None:
        for one in words:
            expect(self.card).to_contain_text(one)

    def stands_at(self, state: str) -> None:
        """The card's headline says this."""
        expect(self.card.locator(".block-header").first).to_contain_text(state)

    def sees(self, where: Locator, words: str | re.Pattern[str]) -> None:
        expect(where).to_contain_text(words)

    def grave(self) -> list[str]:
        """What axe-core calls serious or critical on the page as it stands, in light and in dark."""
        found = []
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            violations: Any = Axe().run(self.page).response["violations"]
            found += [
                f"{scheme}: {one['id']}: {node['html'][:120]} {node['failureSummary']}"
                for one in violations
                if one["impact"] in GRAVE
                for node in one["nodes"]
            ]
        return found

    def screen(self, user: str = "U0ADMIN") -> Any:
        """What the page was told."""
        return self.page.evaluate("user => fetch(`/screen?as=${user}`).then(r => r.json())", user)
