"""The local mail server keeps letters, tells about them, and refuses on demand and once."""

import asyncio
import smtplib
from email.message import EmailMessage

import pytest

from bot.sandbox.mailbox import Mailbox


def deliver(url: str) -> None:
    letter = EmailMessage()
    letter["Subject"] = "Hello"
    letter.set_content("Body")
    host, _, port = url.removeprefix("smtp://").partition(":")
    with smtplib.SMTP(host, int(port)) as server:
        server.send_message(letter, "a@b.example", ["c@d.example"])


async def test_a_letter_is_kept_with_its_envelope_and_told() -> None:
    told: list[int] = []
    async with Mailbox(lambda: 7.0) as mailbox:
        mailbox.on_change.append(lambda: told.append(len(mailbox.messages)))
        await asyncio.to_thread(deliver, mailbox.url)
    (received,) = mailbox.received
    assert (received.at, received.sender, received.recipients) == (7.0, "a@b.example", ("c@d.example",))
    assert received.message["Subject"] == "Hello"
    assert told == [1]


async def test_a_refusal_holds_for_one_letter() -> None:
    async with Mailbox() as mailbox:
        mailbox.refuse("451 4.3.0 later")
        with pytest.raises(smtplib.SMTPDataError, match="451"):
            await asyncio.to_thread(deliver, mailbox.url)
        await asyncio.to_thread(deliver, mailbox.url)
    assert len(mailbox.messages) == 1
