"""Block Kit and mrkdwn on the page: every kind that Slack has, hostile texts, and what nobody knows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import visit

NAMES = {"U0ADMIN": "Alice Admin", "C0SECURITY": "security", "S0SECURITY": "security"}
NOON = 1_790_000_000


@pytest.fixture(scope="module")
def page(chromium: Browser, shared_url: str) -> Iterator[Page]:
    """One page for all: nothing here changes it."""
    with visit(chromium, shared_url) as desk:
        yield desk.page


def drawn(page: Page, text: str, locale: str = "en-US") -> str:
    """The HTML that an mrkdwn text becomes."""
    return page.evaluate(
        """async ([text, context]) => {
            const { mrkdwn } = await import("/static/mrkdwn.js");
            const box = document.createElement("div");
            box.append(...mrkdwn(text, context));
            return box.innerHTML;
        }""",
        [text, {"names": NAMES, "now": NOON, "locale": locale}],
    )


def blocks(page: Page, *all_: dict[str, Any]) -> str:
    """The HTML that blocks become."""
    return page.evaluate(
        """async ([all, names]) => {
            const { blocks } = await import("/static/blocks.js");
            const box = document.createElement("div");
            box.append(...blocks(all, { names, now: 0, id: "x", use: () => {} }));
            return box.innerHTML;
        }""",
        [list(all_), NAMES],
    )


LINK = 'target="_blank" rel="noopener noreferrer"'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "<p>plain</p>"),
        ("*bold* _it_ ~no~", "<p><strong>bold</strong> <em>it</em> <s>no</s></p>"),
        ("*bold `x*y` on*", "<p>*bold <code>x*y</code> on*</p>"),
        ("snake_case_name 2*3*4", "<p>snake_case_name 2*3*4</p>"),
        ("`a &amp; &lt;b&gt;`", "<p><code>a &amp; &lt;b&gt;</code></p>"),
        ("```\nx *y*\n```", '<pre tabindex="0">x *y*\n</pre>'),
        ("&gt; said\n&gt; twice", "<blockquote>said<br>twice</blockquote>"),
        ("• one\n• two", "<ul><li>one</li><li>two</li></ul>"),
        ("2. two\n3. three", '<ol start="2"><li>two</li><li>three</li></ol>'),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("<@U0ADMIN>", '<p><span class="mention">@Alice Admin</span></p>'),
        ("<#C0SECURITY>", '<p><span class="mention">#security</span></p>'),
        ("<!subteam^S0SECURITY>", '<p><span class="mention">@security</span></p>'),
        ("<!here>", '<p><span class="mention">@here</span></p>'),
        (
            "<https://a.example/?a=1&amp;b=2|a b>",
            f'<p><a href="https://a.example/?a=1&amp;b=2" {LINK}>a b</a></p>',
        ),
        ("<mailto:a@b.example>", f'<p><a href="mailto:a@b.example" {LINK}>a@b.example</a></p>'),
        ("<javascript:alert(1)|x>", "<p>&lt;javascript:alert(1)|x&gt;</p>"),
        ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
        (":warning: :no_such:", '<p><span role="img" aria-label="warning">⚠️</span> :no_such:</p>'),
        (
            f"<!date^{NOON}^{{date_short_pretty}} at {{time}}|then>",
            '<p><time datetime="2026-09-21T14:13:20.000Z" title="then">today at 4:13 PM</time></p>',
        ),
        (
            f"<!date^{NOON - 86400 * 3}^{{date_short}} {{ago}}|then>",
            '<p><time datetime="2026-09-18T14:13:20.000Z" title="then">Sep 18, 2026 3 days ago</time></p>',
        ),
        ("<!date^never^{date}|then>", "<p>then</p>"),
    ],
)
def test_mrkdwn_becomes_what_slack_shows(page: Page, text: str, html: str) -> None:
    assert drawn(page, text) == html


def test_a_time_is_written_as_its_reader_writes_times(page: Page) -> None:
    before = f"<!date^{NOON - 86400 * 3}^{{date_short}}|then>"
    said = f"<!date^{NOON}^{{date_short_pretty}} um {{time}}|then> {before}"
    html = drawn(page, said, "de-DE")
    assert ">heute um 16:13<" in html
    assert re.search(r">18\. Sept?\.? 2026<", html)


def text(words: str, kind: str = "plain_text") -> dict[str, str]:
    return {"type": kind, "text": words}


def option(words: str) -> dict[str, Any]:
    return {"text": text(words), "value": words.lower()}


def an_input(element: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": "b",
        "label": text("Label"),
        "element": {"action_id": "a", **element},
    }


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"type": "plain_text_input", "initial_value": "x"}, 'type="text"'),
        ({"type": "plain_text_input", "multiline": True}, "<textarea"),
        ({"type": "email_text_input"}, 'type="email"'),
        ({"type": "number_input", "is_decimal_allowed": False}, 'type="number"'),
        ({"type": "datepicker"}, 'type="date"'),
        ({"type": "static_select", "options": [option("One")]}, '<option value="one">One</option>'),
        ({"type": "multi_static_select", "options": [option("One")]}, "multiple"),
        ({"type": "users_select"}, '<option value="U0ADMIN">Alice Admin</option>'),
        ({"type": "radio_buttons", "options": [option("One")]}, 'type="radio"'),
        ({"type": "checkboxes", "options": [option("One")]}, 'type="checkbox"'),
        ({"type": "file_input"}, "This page does not draw"),
    ],
)
def test_every_input_has_a_label_and_its_control(page: Page, element: dict[str, Any], expected: str) -> None:
    html = blocks(page, an_input(element))
    assert expected in html
    assert "Label" in html


def test_a_block_the_page_does_not_know_is_shown_as_json_not_as_nothing(page: Page) -> None:
    html = blocks(page, {"type": "hologram", "depth": 3})
    assert 'does not draw "hologram"' in html
    assert '"depth": 3' in html


def test_a_hostile_block_stays_text(page: Page) -> None:
    html = blocks(page, {"type": "header", "text": text("<script>alert(1)</script>")})
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_rich_text_is_drawn_with_its_styles(page: Page) -> None:
    leaf = {"type": "text", "text": "hi", "style": {"bold": True}}
    part = {"type": "rich_text_section", "elements": [leaf, {"type": "user", "user_id": "U0ADMIN"}]}
    listed = {"type": "rich_text_list", "style": "ordered", "elements": [part]}
    html = blocks(page, {"type": "rich_text", "elements": [part, listed]})
    assert "<strong>hi</strong>" in html
    assert "@Alice Admin" in html
    assert "<ol><li>" in html


def a_view(name: str) -> dict[str, Any]:
    blocks_ = [{"type": "section", "text": text(f"inside {name}")}]
    return {
        "id": name,
        "hash": "1",
        "title": name,
        "close": "Back",
        "blocks": blocks_,
        "typed": {},
        "errors": {},
    }


def test_a_pushed_form_stands_before_the_first_and_clearing_frees_the_conversation(page: Page) -> None:
    def draw(*stack: str) -> tuple[str, bool]:
        found = page.evaluate(
            """async (modals) => {
                const { drawModal } = await import("/static/modal.js");
                drawModal({ me: "U0ADMIN", slack: { modals, names: {} }, world: { ahead: 0 } });
                return [document.querySelector("#modal").innerText, document.querySelector("#chat").inert];
            }""",
            [a_view(name) for name in stack],
        )
        return found[0], found[1]

    shown, inert = draw("First", "Second")
    assert "inside Second" in shown
    assert "2 forms open" in shown
    assert "inside First" not in shown
    assert inert
    shown, inert = draw("First")
    assert "inside First" in shown
    assert inert
    assert draw() == ("", False)
