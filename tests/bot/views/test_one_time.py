"""The pages outside Slack: whatever was typed is text, and nothing of it becomes markup."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from bot.views import one_time, step_up
from tests.factories import a_request

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=1>' autofocus onfocus=1 &lt;<!--"
texts = st.text(max_size=60) | st.just(HOSTILE)


class Seen(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def pages(text: str) -> list[str]:
    about = one_time.About(user=text, workspace_id=text, key_name=text, request_id=text)
    request = a_request(instance_name=text, workspace_id=text)
    request = request.model_copy(update={"tenant": text, "requester": text})
    return [
        one_time.key_form(about, text),
        one_time.key_taken(text, text, (text,)),
        one_time.trouble(text, text),
        step_up.confirm_form(text, text, request),
        step_up.confirmed(request),
    ]


@given(texts)
def test_nothing_that_was_typed_becomes_markup(text: str) -> None:
    for page, plain in zip(pages(f"a{text}b"), pages("ab"), strict=True):
        assert Seen(page).tags == Seen(plain).tags


def test_what_was_typed_is_shown_as_it_is() -> None:
    assert HOSTILE in Seen(pages(HOSTILE)[2]).text


def test_the_pages_hold_no_script_and_no_address_and_their_style_is_the_one_the_policy_names() -> None:
    for page in pages("x"):
        assert {tag for tag, _ in Seen(page).tags}.isdisjoint(
            {"script", "img", "link", "iframe", "a", "object"}
        )
        assert "http" not in page
        assert page.count(f"<style>{one_time.STYLE}</style>") == 1
    assert one_time.STYLE_HASH in one_time.policy()
