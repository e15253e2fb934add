"""The whole journey, played by scripted people against the unchanged bot: `greenlight demo --script`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.domain.evidence import Rung
from bot.domain.request import State
from bot.sandbox import local
from bot.sandbox.local import LocalWorld
from bot.sandbox.slack.model import Message, View
from bot.sandbox.slack.people import Person
from bot.sandbox.slack.render import text_of
from bot.views.words import RUNGS, STATES

T = TypeVar("T")
Say = Callable[[str], None]
PATIENCE = 60.0


class StoryError(AssertionError):
    """The journey did not go as it must."""


@dataclass
class Story:
    """One journey from `/greenlight` to a proven connection, and a transcript of what each person sees."""

    world: LocalWorld
    say: Say
    started: float = field(default_factory=time.monotonic)
    key: str = ""

    def __post_init__(self) -> None:
        self.alice = self.world.slack.person(local.ADMIN)
        self.rita = self.world.slack.person(local.REVIEWER)
        self.olga = self.world.slack.person("U0OUTSIDE")
        self.key = self.world.new_key("pending")

    async def play(self) -> None:
        """Play it to the end; raises `StoryError` or `TimeoutError` when it does not end proven."""
        await self._ask()
        await self._review()
        await self._wait_for_openai()
        await self._netskope()
        self._check_ending()

    async def _ask(self) -> None:
        self._chapter("Alice, an admin, asks")
        self._does(self.alice, "types /greenlight")
        await self.alice.slash("/greenlight")
        self._shows(self.alice, await self.alice.modal())
        self._does(self.alice, "pastes the organization ID into the workspace field and submits")
        wrong = await self.alice.submit(self._form(workspace=local.ORGANIZATION))
        for label, words in wrong.errors.items():
            self._line(f"    under {label!r}: {words}")
        self._must("Workspace ID" in wrong.errors, "the swapped id is noticed under its own field")
        self._does(self.alice, "corrects it and submits again; everything else she typed is still there")
        sent = await self.alice.submit({"Workspace ID": f'  "{local.WORKSPACE}" '})
        self._must(
            not sent.errors and not sent.shown_error,
            f"the form is accepted ({sent.errors or sent.shown_error})",
        )
        if sent.view:
            self._shows(self.alice, sent.view)
        await self._card_says(STATES[State.IN_REVIEW])
        await self._told(STATES[State.IN_REVIEW])

    def _form(self, workspace: str) -> dict[str, str]:
        return {
            "Workspace ID": workspace,
            "Organization ID": local.ORGANIZATION,
            "API key": self.key,
            "Key name": "netskope-compliance",
            "Created by": "Alice Admin (alice@acme.example)",
            "Requested scope": "Both",
            "Administrator email": "alice@acme.example",
            "Instance name": "ChatGPT Acme",
        }

    async def _review(self) -> None:
        self._chapter("The security team reviews")
        card = self.card()
        self._shows(self.rita, card)
        self._does(self.olga, "who is no reviewer, presses Approve")
        await self.olga.click(card, "Approve")
        refused = await self._until(self.olga.ephemerals, "Olga is told privately")
        self._line(f"    only Olga sees: {self._text(refused[-1])}")
        self._does(self.rita, "presses Approve")
        await self.rita.click(self.card(), "Approve")
        await self._card_says(STATES[State.AWAITING_OPENAI])
        await self._told(STATES[State.AWAITING_OPENAI])

    async def _wait_for_openai(self) -> None:
        self._chapter("OpenAI Support gets an e-mail, and takes its time")
        mail = (await self._until(lambda: self.world.mailbox.messages, "the e-mail to OpenAI Support"))[0]
        for name in ("From", "To", "Cc", "Reply-To", "Subject"):
            self._line(f"    {name}: {mail[name]}")
        body = mail.get_body()
        self._block(body.get_content() if body else "")
        self._must(self.key not in mail.as_string(), "the e-mail does not hold the key")
        self._line("  OpenAI Support grants read and delete to the key.")
        self.world.openai.set_state(self.key, "read_delete")
        await self._card_says(STATES[State.AWAITING_NETSKOPE])
        await self._told(STATES[State.AWAITING_NETSKOPE])

    async def _netskope(self) -> None:
        self._chapter("Alice grants access in Netskope")
        guide = await self._dm_with(self.alice, "I pressed Grant Access")
        self.world.netskope.create_instance(
            local.APP, "ChatGPT Acme", local.WORKSPACE, self.key, by="alice@acme.example"
        )
        self._does(self.alice, "fills in Netskope's form, presses Grant Access there, and tells Greenlight")
        await self.alice.click(guide, "I pressed Grant Access")
        await self._card_says(self._shown(Rung.INSTANCE_RECORDED))
        self._must(self.world.netskope.green("ChatGPT Acme"), "the tenant shows the green check")
        seen = await self._dm_with(self.alice, "I see the green check")
        self._does(self.alice, "refreshes the page and presses: I see the green check")
        await self.alice.click(seen, "I see the green check")
        self._line("  A first conversation is scanned; Netskope writes an event.")
        self.world.netskope.flow("ChatGPT Acme")
        await self._card_says(*(self._shown(rung) for rung in Rung))
        await self._told(STATES[State.CONNECTED])

    def _check_ending(self) -> None:
        self._chapter("The end")
        final = self._text(self.card())
        self._block(final)
        self._must(
            not self.world.openai.violations, f"nothing but reads at OpenAI {self.world.openai.violations}"
        )
        self._line(
            f"  Connected and proven: {', '.join(Rung)} shown, in {time.monotonic() - self.started:.1f} s."
        )

    # What is on the screens.

    def card(self) -> Message:
        """The one card in the security team's channel."""
        cards = self._cards()
        self._must(len(cards) == 1, f"there is one card, not {len(cards)}")
        return cards[0]

    def _cards(self) -> list[Message]:
        posted = (m for m in self.world.slack.world.posted if m.channel == local.CHANNEL)
        return [m for m in posted if not (m.thread_ts or m.ephemeral_to or m.deleted)]

    async def _card_says(self, *words: str) -> None:
        def says() -> bool:
            found = self._cards()
            return bool(found) and all(word in text_of(found[0]) for word in words)

        await self._until(says, f"the card to say {words}")

    async def _dm_with(self, person: Person, button: str) -> Message:
        def found() -> Message | None:
            return next((m for m in reversed(person.dms()) if f"[{button}" in text_of(m)), None)

        return await self._until(found, f"a message with the button {button!r}")

    async def _until(self, predicate: Callable[[], T | None], what: str) -> T:
        return await self.world.slack.until(predicate, what=what, timeout=PATIENCE)

    # The transcript.

    def _chapter(self, title: str) -> None:
        self._line(f"\n== {title} ==")

    def _does(self, person: Person, what: str) -> None:
        self._line(f"\n  {person.user.real_name} {what}.")

    def _text(self, what: Message | View) -> str:
        """As Slack shows it: people and channels by their names."""
        world = self.world.slack.world
        names = {user.id: user.real_name for user in world.users.values()}
        return text_of(what, names | {one.id: one.name for one in world.channels.values() if one.name})

    def _shows(self, person: Person, what: Message | View) -> None:
        self._line(f"  {person.user.real_name} sees:")
        self._block(self._text(what))

    async def _told(self, words: str) -> None:
        """Wait for the direct message to Alice that says this, and show it."""

        def found() -> Message | None:
            return next((m for m in reversed(self.alice.dms()) if words in text_of(m)), None)

        self._shows(self.alice, await self._until(found, f"a direct message that says {words!r}"))

    @staticmethod
    def _shown(rung: Rung) -> str:
        return f"{rung} · {RUNGS[rung]}: shown"

    def _block(self, text: str) -> None:
        for line in text.strip().splitlines():
            self._line(f"    | {line}")

    def _line(self, text: str) -> None:
        self._must(self.key not in text, "the key is on nobody's screen")
        self.say(text)

    def _must(self, condition: object, what: str) -> None:
        if not condition:
            raise StoryError(f"expected: {what}")
