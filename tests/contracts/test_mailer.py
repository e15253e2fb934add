"""What the mail port promises, held by the real adapter over SMTP and by its twin."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from pydantic import SecretStr

from bot.adapters.smtp import SmtpMailer
from bot.domain.errors import Refused, Transient
from bot.domain.mail import Letter
from bot.sandbox.mailbox import Mailbox
from tests.twins.mailer import MailerTwin

LETTER = Letter(
    to="support@openai.com",
    sender="greenlight@acme.example",
    cc=("requester@acme.example",),
    reply_to="requester@acme.example",
    subject="Compliance API key verification – Acme",
    body="Key ending 9aBc\nGrüße",
    message_id="<gl-7k3m9q.1@acme.example>",
)


class World:
    """The port, what arrived, and a way to make it fail once."""

    def __init__(self, port: Any, ids: Callable[[], list[str]], fail: Callable[[str], None]) -> None:
        self.port, self.ids, self.fail = port, ids, fail


@pytest.fixture(params=["real", "twin"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "twin":
        twin = MailerTwin()
        errors = {"451": Transient("mail server", "451"), "550": Refused("mail server", "550")}
        yield World(
            twin,
            lambda: [letter.message_id for letter in twin.sent],
            lambda code: twin.errors.append(errors[code]),
        )
        return
    async with Mailbox() as mailbox:
        mailer = SmtpMailer(SecretStr(mailbox.url), "greenlight@acme.example")
        yield World(
            mailer,
            lambda: [message["Message-ID"] for message in mailbox.messages],
            lambda code: mailbox.refuse(f"{code} 5.0.0 said no"),
        )


class TestMailer:
    async def test_a_letter_arrives_once_with_its_id(self, world: World) -> None:
        await world.port.send(LETTER)
        assert world.ids() == [LETTER.message_id]

    @pytest.mark.parametrize(("code", "kind"), [("451", Transient), ("550", Refused)])
    async def test_a_refusal_is_named_and_the_next_letter_goes(
        self, world: World, code: str, kind: type[Exception]
    ) -> None:
        world.fail(code)
        with pytest.raises(kind, match=f"mail server: {code}"):
            await world.port.send(LETTER)
        assert world.ids() == []
        await world.port.send(LETTER)
        assert world.ids() == [LETTER.message_id]
