"""Letters over real SMTP: with and without TLS, refused now and for good."""

import asyncio
import logging
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme
from pydantic import SecretStr

from bot.adapters.http import TOGETHER, UnsafeUrlError
from bot.adapters.smtp import SmtpMailer, _way
from bot.domain.errors import Refused, Transient
from bot.domain.mail import Letter
from bot.sandbox.mailbox import Mailbox
from bot.worker import LEASE, SETTLING

SENDER = "greenlight@acme.example"
LETTER = Letter(
    to="support@openai.com",
    sender=SENDER,
    cc=("requester@acme.example",),
    reply_to="requester@acme.example",
    subject="Compliance API key verification – Acme",
    body="Key ending 9aBc\n.\nGrüße\n",
    message_id="<gl-7k3m9q.1@acme.example>",
)
PASSWORD = "canary/p@ss word"  # percent-encoded in a URL
QUOTED = "canary%2Fp%40ss%20word"


async def test_headers_and_body_arrive_as_written() -> None:
    async with Mailbox() as mailbox:
        await SmtpMailer(SecretStr(mailbox.url), SENDER).send(LETTER)
        (received,) = mailbox.received
    message = received.message
    assert received.sender == SENDER
    assert received.recipients == ("support@openai.com", "requester@acme.example")
    assert (message["To"], message["Cc"], message["Reply-To"]) == (LETTER.to, *LETTER.cc, LETTER.reply_to)
    assert (message["Subject"], message["Message-ID"]) == (LETTER.subject, LETTER.message_id)
    assert message["Date"]
    assert message.get_content().replace("\r\n", "\n") == LETTER.body


@pytest.mark.parametrize("at", ["rcpt", "data"])
@pytest.mark.parametrize(("reply", "kind"), [("451 4.3.0 later", Transient), ("550 5.7.1 never", Refused)])
async def test_a_refusal_is_transient_or_final_by_its_code(
    at: str, reply: str, kind: type[Exception]
) -> None:
    async with Mailbox() as mailbox:
        mailbox.refuse(reply, at=at, times=2)  # both recipients
        with pytest.raises(kind, match=reply[:3]):
            await SmtpMailer(SecretStr(mailbox.url), SENDER).send(LETTER)
        assert mailbox.messages == []


@pytest.mark.parametrize(("reply", "kind"), [("451 4.7.1 later", Transient), ("550 5.1.1 unknown", Refused)])
async def test_a_letter_that_only_the_copy_would_get_goes_to_nobody(
    reply: str, kind: type[Exception]
) -> None:
    async with Mailbox() as mailbox:
        mailer = SmtpMailer(SecretStr(mailbox.url), SENDER)
        for _ in range(3):
            mailbox.refuse(reply, at="rcpt")  # the first recipient only
            with pytest.raises(kind, match=reply[:3]):
                await mailer.send(LETTER)
        assert mailbox.messages == []
        await mailer.send(LETTER)
        assert [one.recipients for one in mailbox.received] == [(LETTER.to, *LETTER.cc)]


@pytest.mark.parametrize("reply", ["451 4.7.1 later", "550 5.1.1 unknown"])
async def test_a_copy_that_is_refused_holds_up_nothing(reply: str) -> None:
    async with Mailbox() as mailbox:
        mailbox.refuse(reply, address=LETTER.cc[0])
        await SmtpMailer(SecretStr(mailbox.url), SENDER).send(LETTER)
        assert [message["Message-ID"] for message in mailbox.messages] == [LETTER.message_id]


async def test_a_server_that_drips_is_given_up_as_a_whole_before_a_step_would_be() -> None:
    async def hesitate(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220-wait\r\n")
        await never.wait()
        writer.close()

    assert TOGETHER < LEASE * (1 - SETTLING)
    never = asyncio.Event()
    server = await asyncio.start_server(hesitate, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    mailer = SmtpMailer(SecretStr(f"smtp://127.0.0.1:{port}"), SENDER, total=0.2)
    try:
        async with asyncio.timeout(60):
            with pytest.raises(Transient, match="no answer in time"):
                await mailer.send(LETTER)
    finally:
        never.set()
        server.close()
        await server.wait_closed()


async def test_a_closed_port_is_transient() -> None:
    with pytest.raises(Transient, match="cannot connect"):
        await SmtpMailer(SecretStr("smtp://127.0.0.1:1"), SENDER).send(LETTER)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """A certificate authority that this process trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return authority


def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    return tls


async def test_starttls_and_login_are_used_where_offered(authority: trustme.CA) -> None:
    async with Mailbox(tls=server_tls(authority), login=("bot", PASSWORD)) as mailbox:
        url = mailbox.url.replace("smtp://", f"smtp://bot:{QUOTED}@")
        await SmtpMailer(SecretStr(url), SENDER).send(LETTER)
        assert len(mailbox.messages) == 1


async def test_a_certificate_nobody_trusts_stops_the_letter() -> None:
    async with Mailbox(tls=server_tls(trustme.CA())) as mailbox:
        with pytest.raises(Refused, match="secure connection failed"):
            await SmtpMailer(SecretStr(mailbox.url), SENDER).send(LETTER)
        assert mailbox.messages == []


async def test_a_wrong_password_is_final_and_in_no_error_and_no_log(
    authority: trustme.CA, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Mailbox(tls=server_tls(authority), login=("bot", "other")) as mailbox:
        url = mailbox.url.replace("smtp://", f"smtp://bot:{QUOTED}@")
        mailer = SmtpMailer(SecretStr(url), SENDER)
        with pytest.raises(Refused, match="535") as caught:
            await mailer.send(LETTER)
    told = f"{caught.value!r}{caught.value.__cause__!r}{mailer!r}{vars(mailer)!r}{caplog.text}"
    assert "canary" not in told


@pytest.mark.parametrize(
    "url", ["", "http://host", "smtp://", "smtp://host:canary", "canary", "smtp://u:canary@:25"]
)
def test_a_wrong_url_fails_at_start_without_repeating_it(url: str) -> None:
    with pytest.raises(UnsafeUrlError, match="SMTP_URL") as caught:
        SmtpMailer(SecretStr(url), SENDER)
    assert "canary" not in str(caught.value)


class TestTheHandshake:
    async def test_it_encrypts_and_logs_in_and_sends_nothing(self, authority: trustme.CA) -> None:
        async with Mailbox(tls=server_tls(authority), login=("bot", PASSWORD)) as mailbox:
            url = mailbox.url.replace("smtp://", f"smtp://bot:{QUOTED}@")
            await SmtpMailer(SecretStr(url), SENDER).greet()
            assert mailbox.messages == []

    async def test_a_wrong_password_is_noticed_without_a_letter(self, authority: trustme.CA) -> None:
        async with Mailbox(tls=server_tls(authority), login=("bot", "other")) as mailbox:
            url = mailbox.url.replace("smtp://", f"smtp://bot:{QUOTED}@")
            with pytest.raises(Refused, match="535"):
                await SmtpMailer(SecretStr(url), SENDER).greet()

    async def test_a_certificate_nobody_trusts_is_noticed(self) -> None:
        async with Mailbox(tls=server_tls(trustme.CA())) as mailbox:
            with pytest.raises(Refused, match="secure connection failed"):
                await SmtpMailer(SecretStr(mailbox.url), SENDER).greet()

    async def test_a_closed_port_is_noticed(self) -> None:
        with pytest.raises(Transient, match="cannot connect"):
            await SmtpMailer(SecretStr("smtp://127.0.0.1:1"), SENDER).greet()


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("smtp://mail.example.com:587", None),  # nothing secret: encrypted where the server offers it
        ("smtp://bot:secret@mail.example.com:587", True),  # never a password in clear, whatever is offered
        ("smtp://bot:secret@127.0.0.1:25", None),
        ("smtps://bot:secret@mail.example.com", False),  # encrypted from the first byte
    ],
)
def test_a_password_leaves_this_machine_encrypted_or_not_at_all(url: str, wanted: bool | None) -> None:
    parts = urlsplit(url)
    way = _way(parts, parts.hostname or "")
    assert (way["start_tls"], way["use_tls"]) == (wanted, url.startswith("smtps"))


async def test_a_server_that_repeats_the_password_is_not_quoted(authority: trustme.CA) -> None:
    async with Mailbox(tls=server_tls(authority), login=("bot", PASSWORD)) as mailbox:
        mailbox.refuse(f"550 5.7.1 {PASSWORD} and {QUOTED} are wrong")
        mailer = SmtpMailer(SecretStr(mailbox.url.replace("//", f"//bot:{QUOTED}@")), SENDER)
        with pytest.raises(Refused, match="are wrong") as refused:
            await mailer.send(LETTER)
    assert "canary" not in str(refused.value)
    assert "[redacted]" in str(refused.value)
