"""A letter refuses whatever could become a second header or a second recipient."""

import pytest

from bot.domain.mail import Letter, NotAnAddressError, UnsafeHeaderError

GOOD = {
    "to": "support@openai.com",
    "sender": "greenlight@acme.example",
    "subject": "Compliance API key verification – Acme",
    "body": "Hello\r\nBcc: this line is body and may say anything",
    "message_id": "<gl-7k3m9q.1@acme.example>",
}


def letter(**changed: object) -> Letter:
    return Letter(**(GOOD | changed))  # type: ignore[arg-type]


def test_a_plain_letter_is_accepted() -> None:
    assert letter(cc=("a@b.co",), reply_to="o'neil+x@sub.acme.co.uk").body.startswith("Hello")


@pytest.mark.parametrize("field", ["to", "sender", "reply_to", "subject", "message_id"])
@pytest.mark.parametrize(
    "smuggled",
    ["\r\nBcc: evil@x.co", "\nX: y", "\r", "\x00", "\x0b", "\x7f", "\u2028", "\u0085", "\u202e", "\u200b"],
)
def test_control_characters_in_a_header_are_refused_without_repeating_them(field: str, smuggled: str) -> None:
    with pytest.raises(UnsafeHeaderError) as caught:
        letter(**{field: f"canary{smuggled}@acme.example"})
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@b",
        "a@b.c,d@e.f",
        "A <a@b.co>",
        "a b@c.de",
        "a@-b.co",
        "a@b..co",
        "<a@b.co>",
        "a@b.co;x@y.co",
        "ä@b.co",
        "a@" + "b" * 250 + ".co",
    ],
)
@pytest.mark.parametrize("field", ["to", "sender", "cc", "reply_to"])
def test_anything_but_one_bare_address_is_refused(field: str, address: str) -> None:
    with pytest.raises(NotAnAddressError):
        letter(**{field: (address,) if field == "cc" else address})


@pytest.mark.parametrize("wrong", ["", "x", "<a b@c.d>", "<a@b> <c@d>"])
def test_a_message_id_is_one_id(wrong: str) -> None:
    with pytest.raises(UnsafeHeaderError):
        letter(message_id=wrong)
