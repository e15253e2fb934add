from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given

from bot.domain.mail import NotAnAddressError
from bot.domain.request import Draft, KeyFacts, Request, Scope
from bot.views import support_mail
from tests.bot.views.reading import HOSTILE, texts
from tests.factories import NOW, ORGANIZATION, WORKSPACE, a_request

MESSAGE_ID = "<gl-7k3m9q.4@greenlight.example.com>"


def lettered(request: Request) -> support_mail.Letter:
    return support_mail.letter(request, sender="greenlight@example.com", message_id=MESSAGE_ID)


def with_everywhere(text: str) -> Request:
    key = KeyFacts(last4=text[:4], fingerprint="f")
    return a_request(company=text, key_name=text, created_by=text, instance_name=text, key=key)


def test_the_letter_says_all_that_openai_asks_for() -> None:
    letter = lettered(a_request())
    assert (letter.to, letter.cc, letter.reply_to) == (
        "support@openai.com",
        ("rita@example.com",),
        "rita@example.com",
    )
    assert letter.subject == "Compliance API key verification and scope request - Acme Corp"
    wanted = ["WXYZ", "netskope-casb", "Rita Example", ORGANIZATION, WORKSPACE, "GL-7K3M9Q", "Netskope"]
    assert [text for text in wanted if text not in letter.body] == []


@pytest.mark.parametrize(
    ("scope", "openai", "netskope"),
    [
        (Scope.READ, "Requested scope: read (chatgpt.enterprise.compliance_export: read)", "calls this read"),
        (Scope.WRITE, "Requested scope: delete (", "calls this write"),
        (Scope.BOTH, "Requested scope: read and delete (", "calls this both"),
    ],
)
def test_the_scope_is_said_in_both_words(scope: Scope, openai: str, netskope: str) -> None:
    body = lettered(a_request(scope=scope)).body
    assert openai in body
    assert netskope in body


@given(texts)
def test_threat_12_no_value_can_add_a_line_or_a_header(text: str) -> None:
    lines = support_mail.body(a_request()).count("\n")
    letter = lettered(with_everywhere(text))
    assert lines - 4 <= letter.body.count("\n") <= lines  # an empty value leaves its line out
    mail = EmailMessage(policy=SMTP)
    mail["To"], mail["Subject"] = letter.to, letter.subject
    mail.set_content(letter.body)
    assert mail.keys() == ["To", "Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]


@pytest.mark.parametrize(
    "address", [HOSTILE, "a@b.example\r\nBcc: x@evil.example", "a@b.example, x@evil.example"]
)
def test_a_hostile_address_is_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises((NotAnAddressError, ValueError)):
        lettered(a_request(admin_email=address))


@given(texts)
def test_the_link_fits_and_goes_to_openai_alone(text: str) -> None:
    url = support_mail.mailto(with_everywhere(text))
    assert len(url.replace("&", "&amp;")) < 2900
    parts = urlsplit(url)
    assert (parts.scheme, parts.path, parts.fragment) == ("mailto", "support@openai.com", "")
    query = parse_qs(parts.query, strict_parsing=True)
    assert set(query) <= {"cc", "subject", "body"}
    assert query["cc"] == ["rita@example.com"]
    assert not set(url) & set('<>| \r\n"')


def test_the_link_carries_the_whole_text_in_the_usual_case() -> None:
    query = parse_qs(urlsplit(support_mail.mailto(a_request())).query)
    assert query["body"][0].replace("\r\n", "\n") == support_mail.body(a_request())


def test_long_values_are_shortened_before_the_text_is_given_up() -> None:
    query = parse_qs(urlsplit(support_mail.mailto(with_everywhere("é" * 120))).query)
    assert "ééé…" in query["body"][0]
    assert WORKSPACE in query["body"][0]


def test_a_copied_mail_starts_with_its_addresses() -> None:
    assert support_mail.copyable(a_request()).startswith(
        "To: support@openai.com\nCc: rita@example.com\nSubject: "
    )


@given(texts)
def test_a_message_id_is_always_acceptable_and_the_same_for_the_same_letter(domain: str) -> None:
    request = a_request()
    first = support_mail.message_id_for(request, domain)
    support_mail.letter(request, sender="greenlight@example.com", message_id=first)
    assert first == support_mail.message_id_for(a_request(updated_at=NOW + timedelta(days=1)), domain)
    for other in (a_request(admin_email="other@example.com"), a_request(workspace_id=WORKSPACE[::-1])):
        assert first != support_mail.message_id_for(other, domain)


class _NewerDraft(Draft):
    """A draft of a version to come, with a question that today's does not ask."""

    asked_later: str = ""


def test_a_field_of_a_newer_version_does_not_make_another_letter() -> None:
    request = a_request()
    typed = request.draft.model_dump()
    newer = request.model_copy(update={"draft": _NewerDraft(**typed)})
    answered = request.model_copy(update={"draft": _NewerDraft(**typed, asked_later="this")})
    named = support_mail.message_id_for(request, "example.com")
    assert support_mail.message_id_for(newer, "example.com") == named
    assert support_mail.message_id_for(answered, "example.com") != named
