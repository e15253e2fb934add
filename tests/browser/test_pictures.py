"""Takes the pictures of the docs from the running demo: `make screenshots`. Not part of the suite."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Error, Locator, expect

from bot.domain.request import State
from bot.views.pack_page import page
from tests.bot.test_offline import a_pack
from tests.browser.conftest import PICTURES, visit
from tests.browser.demo import demo_process
from tests.browser.desk import WORKSPACE, Desk
from tests.wait import until_now

FOLDER = Path(os.environ[PICTURES])
MOST_BYTES = 2_000_000
WIDTH = 1000  # of the film, in pixels


@contextmanager
def opened(chromium: Browser) -> Iterator[Desk]:
    with demo_process() as url, visit(chromium, url, reduced_motion="reduce") as desk:
        FOLDER.mkdir(parents=True, exist_ok=True)
        yield desk


def shoot(desk: Desk, what: Locator | None) -> bytes | None:
    """What is seen now; nothing when it was drawn anew at that moment."""
    try:
        if what:  # where the tour points is of no interest in a part of the page
            what.evaluate(
                "part => part.querySelectorAll('.pointed').forEach(one => one.classList.remove('pointed'))"
            )
        shown = what or desk.page
        return shown.screenshot(animations="disabled")
    except Error:
        return None


def take(desk: Desk, name: str, what: Locator | None = None) -> None:
    """One picture, of the page or of a part of it, in few colours."""
    desk.page.evaluate("document.fonts.ready")
    shot = until_now(lambda: shoot(desk, what), what=f"the picture {name}")
    image = Image.open(io.BytesIO(shot)).convert("RGB").quantize(160, dither=Image.Dither.NONE)
    image.save(FOLDER / f"{name}.png", optimize=True)


def ask(desk: Desk, **changes: str) -> None:
    """As Alice, with a new key that OpenAI may be told about first."""
    desk.be("Alice")
    desk.open("# security")
    desk.open_form()
    desk.fill(desk.form(**changes))
    desk.modal.get_by_label("Both").check()
    desk.modal.get_by_role("button", name="Check and request").click()
    desk.modal.get_by_role("button", name="Done").click()


def newest(desk: Desk) -> None:
    """Look at the card of the latest request from now on."""
    desk.card = desk.messages.locator("article:has(.block-header):not(.ephemeral)").last


def card(desk: Desk, name: str, headline: str) -> None:
    newest(desk)
    desk.stands_at(headline)
    take(desk, f"card-{name}", desk.card)


def say_why(desk: Desk, button: str) -> None:
    """Answer a form that asks for a reason, or only for a yes."""
    desk.modal.wait_for()
    box = desk.modal.get_by_role("textbox")
    if box.count():
        box.first.fill("This workspace is closed next month.")
    desk.modal.get_by_role("button", name=button).last.click()


def test_cards_in_every_state(chromium: Browser) -> None:
    with opened(chromium) as desk:
        desk.end_tour()
        desk.page.set_viewport_size({"width": 1440, "height": 1300})
        desk.create_key()
        desk.page.locator("#world-panel").get_by_label("Revoked").check()
        ask(desk)
        card(desk, "needs_correction", "Needs a correction")
        desk.press("Cancel request", desk.card)
        say_why(desk, "Cancel request")
        card(desk, "cancelled", "Cancelled")
        desk.page.get_by_role("button", name="Done", exact=True).click()
        desk.create_key()
        ask(desk)
        newest(desk)
        desk.stands_at("Waiting for review")
        desk.be("Rita")
        desk.press("Deny", desk.card)
        say_why(desk, "Deny")
        card(desk, "denied", "Denied")
        expired(desk)
        side_of_the_road(desk)


def expired(desk: Desk) -> None:
    ask(desk)
    newest(desk)
    desk.stands_at("Waiting for review")
    skip = desk.world("Clock").get_by_role("button", name="Skip a day")
    skip.click()  # over the notice and the deadline: nothing ends unannounced
    until_now(lambda: "Nobody has moved this request" in str(desk.screen()), what="the notice")
    skip.click()
    card(desk, "expired", "Expired")


def side_of_the_road(desk: Desk) -> None:
    """The main road, state by state, and the loss of what was proven."""
    panel = desk.world("Bad day")
    panel.get_by_label("OpenAI", exact=True).select_option("outage")
    ask(desk)
    newest(desk)
    desk.sees_on_card("no usable answer")
    card(desk, "checking", "Checking the key")
    panel.get_by_label("OpenAI", exact=True).select_option("")
    card(desk, "in_review", "Waiting for review")
    desk.be("Rita")
    desk.press("Approve", desk.card)
    desk.yes()
    card(desk, "awaiting_openai", "Waiting for OpenAI")
    desk.world("OpenAI").get_by_role("group").last.get_by_label("Read and delete granted").check()
    card(desk, "awaiting_netskope", "Ready for Grant Access in Netskope")
    desk.be("Alice")
    desk.open("direct messages")
    guide = desk.messages.locator("article", has_text="Your turn: set up the instance").last
    guide.scroll_into_view_if_needed()
    take(desk, "guide", guide)
    desk.press("I pressed Grant Access")
    desk.open("# security")
    card(desk, "verifying", "Gathering evidence")
    connect(desk)
    desk.open("# security")
    newest(desk)
    every_rung_is_shown(desk)
    card(desk, "connected", "Connected")
    desk.world("OpenAI").get_by_role("group").last.get_by_label("Revoked").check()
    desk.open("# security")
    desk.world("Clock")
    lost(desk)
    card(desk, "attention", "Needs attention")


def every_rung_is_shown(desk: Desk) -> None:
    """Netskope's records come after a while, and in no order."""
    for rung in ("E1", "E2 · OpenAI granted read", "E3", "E4", "E5"):
        desk.sees(desk.card, re.compile(rf"{rung}[^:]*: shown"))


def connect(desk: Desk) -> None:
    tenant = desk.world("Netskope")
    tenant.get_by_label("Instance Name").fill("ChatGPT Acme")
    tenant.get_by_label("Workspace ID").fill(WORKSPACE)
    tenant.get_by_label("API Key for Enterprise Workspace").fill(desk.key)
    tenant.get_by_role("button", name="Grant Access").click()
    desk.open("direct messages")
    desk.sees(tenant, "✓ Connected")
    desk.press("I see the green check")
    desk.yes()
    tenant.get_by_role("button", name="Someone uses ChatGPT").click()


def lost(desk: Desk) -> None:
    """Hours pass until three answers have said that the grant is gone."""

    def says_so() -> bool:
        newest(desk)
        if "Needs attention" in desk.card.locator(".block-header").inner_text():
            return True
        desk.page.get_by_role("button", name="Skip an hour").click()
        desk.page.wait_for_timeout(1500)
        return False

    until_now(says_so, what="the loss to be proven", timeout=60)


def test_what_waits_is_said_day_by_day(chromium: Browser) -> None:
    """Digest, reminder, App Home with something in it, the evidence pack, and an orderly end."""
    with opened(chromium) as desk:
        desk.end_tour()
        desk.page.set_viewport_size({"width": 1440, "height": 1300})
        slowly(desk)
        desk.create_key()
        ask(desk)
        newest(desk)
        desk.stands_at("Waiting for review")
        desk.be("Rita")
        desk.open("direct messages")
        take(desk, "digest", time_passes(desk, "waits? for you"))
        desk.open("# security")
        desk.press("Approve", desk.card)
        desk.yes()
        desk.stands_at("Waiting for OpenAI")
        desk.world("OpenAI").get_by_role("group").last.get_by_label("Read and delete granted").check()
        desk.be("Alice")
        desk.open("direct messages")
        time_passes(desk, "Your turn: set up the instance")
        take(desk, "reminder", time_passes(desk, "Reminder: GL-"))
        desk.open("App Home")
        desk.sees(desk.messages, "Waits for you: 1")
        take(desk, "home", desk.messages.locator(".home"))
        desk.open("direct messages")
        desk.press("I pressed Grant Access")
        connect(desk)
        the_end(desk)


def slowly(desk: Desk) -> None:
    """Let the bot keep the times of production, which restarts it."""
    desk.world("Clock").get_by_label("As in production").check()
    desk.sees(desk.log, "as in production")
    panel = desk.world("Bad day")
    desk.sees(panel, "Process")
    desk.sees(panel, re.compile("[1-9] connected"))


def time_passes(desk: Desk, words: str) -> Locator:
    """Skip hour by hour, over nights and week-ends, until a message says this."""
    said = desk.messages.locator("article", has_text=re.compile(words, re.MULTILINE)).last

    def heard() -> bool:
        if said.count():
            return True
        desk.world("Clock").get_by_role("button", name="Skip an hour").click()
        desk.page.wait_for_timeout(700)
        return False

    until_now(heard, what=words, timeout=120)
    said.scroll_into_view_if_needed()
    return said


def the_end(desk: Desk) -> None:
    """The pack for a reviewer, and the retirement of the first connection."""
    desk.be("Rita")
    desk.open("# security")
    first = desk.messages.locator("article:has(.block-header):not(.ephemeral)").first
    expect(first.locator(".block-header")).to_contain_text("Connected")
    desk.press("Evidence pack", first)
    pack = desk.messages.locator("article.ephemeral", has_text="Evidence").last
    pack.scroll_into_view_if_needed()
    take(desk, "evidence-pack", pack)
    desk.press("Retire", first)
    say_why(desk, "Retire")
    retired = desk.messages.locator("article:has(.block-header)", has_text="Retired").first
    retired.wait_for()
    take(desk, "card-retired", retired)


def test_the_evidence_pack_on_paper(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "pack.html"
    path.write_text(page(a_pack(State.CONNECTED)))
    tab = chromium.new_page(viewport={"width": 1000, "height": 1250})
    tab.goto(path.as_uri())
    image = Image.open(io.BytesIO(tab.screenshot())).convert("RGB").quantize(160, dither=Image.Dither.NONE)
    image.save(FOLDER / "evidence-page.png", optimize=True)


class Film:
    """Frames with their seconds, kept small."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._frames: list[tuple[Image.Image, int]] = []

    def frame(self, seconds: float = 1.6) -> None:
        """Keep what is on the page now."""
        self._desk.page.wait_for_timeout(250)
        image = Image.open(io.BytesIO(self._desk.page.screenshot())).convert("RGB")
        height = round(image.height * WIDTH / image.width)
        small = image.resize((WIDTH, height), Image.Resampling.LANCZOS)
        self._frames.append((small, round(seconds * 1000)))

    def save(self, path: Path) -> None:
        """Write an animation that plays for ever."""
        first, *rest = [frame.quantize(128, dither=Image.Dither.NONE) for frame, _ in self._frames]
        durations = [duration for _, duration in self._frames]
        first.save(path, save_all=True, append_images=rest, duration=durations, loop=0, optimize=True)


def step(desk: Desk, words: str) -> None:
    """Take the tour's offer."""
    desk.page.locator("#tour").get_by_role("button", name=words).click()


@pytest.mark.parametrize("scheme", ["light"])
def test_the_journey_as_a_film(chromium: Browser, scheme: str) -> None:
    with opened(chromium) as desk:
        desk.page.emulate_media(color_scheme=scheme)
        film = Film(desk)
        film.frame()
        asked(desk, film)
        reviewed(desk, film)
        granted(desk, film)
        path = FOLDER / "journey.gif"
        film.save(path)
        assert path.stat().st_size < MOST_BYTES
        dark(desk)


def asked(desk: Desk, film: Film) -> None:
    step(desk, "Type it for me")
    desk.sees(desk.modal, "Connect ChatGPT")
    film.frame()
    step(desk, "Create a key")
    desk.sees(desk.page.locator("#world-panel"), "Copy it now")
    desk.modal.get_by_label("Workspace ID", exact=True).fill("org-p13k3klgno5cqxbf0q8hpgrk")
    step(desk, "Fill in the form for me")
    desk.modal.get_by_label("Workspace ID", exact=True).fill("org-p13k3klgno5cqxbf0q8hpgrk")
    film.frame()
    desk.modal.get_by_role("button", name="Check and request").click()
    desk.sees(desk.modal, "field needs another look")
    film.frame(2.2)
    take(desk, "modal", desk.modal)
    desk.modal.get_by_label("Workspace ID", exact=True).fill(WORKSPACE)
    desk.modal.get_by_role("button", name="Check and request").click()
    desk.sees(desk.modal, "Request received")
    film.frame()
    desk.modal.get_by_role("button", name="Done").click()


def reviewed(desk: Desk, film: Film) -> None:
    step(desk, "Be Rita")
    step(desk, "Open # security")
    desk.stands_at("Waiting for review")
    film.frame(2.2)
    take(desk, "page")
    desk.press("Approve", desk.card)
    film.frame()
    desk.yes()
    desk.stands_at("Waiting for OpenAI")
    desk.sees(desk.world("Mailbox"), "support@openai.com")
    film.frame(2.2)
    desk.world("OpenAI").get_by_label("Read and delete granted").check()
    desk.stands_at("Ready for Grant Access in Netskope")
    film.frame(2)


def granted(desk: Desk, film: Film) -> None:
    step(desk, "Be Alice")
    desk.open("direct messages")
    desk.sees(desk.messages, "I pressed Grant Access")
    step(desk, "Fill in Netskope's form for me")
    film.frame(2)
    desk.page.locator("#world-panel").get_by_role("button", name="Grant Access").click()
    desk.press("I pressed Grant Access")
    desk.sees(desk.page.locator("#world-panel"), "✓ Connected")
    film.frame()
    desk.press("I see the green check")
    desk.yes()
    desk.page.get_by_role("button", name="Someone uses ChatGPT").click()
    desk.open("# security")
    desk.sees_on_card("Netskope tenant events")
    desk.messages.evaluate("box => { box.scrollTop = 0; }")
    film.frame(1.5)
    desk.messages.evaluate("box => { box.scrollTop = box.scrollHeight; }")
    film.frame(4)


def dark(desk: Desk) -> None:
    """The bad days, in dark."""
    desk.page.emulate_media(color_scheme="dark")
    step(desk, "Have a bad day")
    take(desk, "bad-day")
