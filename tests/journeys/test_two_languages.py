"""Everybody reads their own language: by their Slack locale, and in the channel the installation's."""

from __future__ import annotations

from bot.domain.request import State
from bot.sandbox.slack import text_of
from tests.journeys.conftest import Journey, Start


def in_german(journey: Journey) -> dict[str, str]:
    """The form of the journeys, by its German labels."""
    english = journey.form()
    labels = {
        "Workspace ID": "Workspace-ID",
        "Organization ID": "Organisations-ID",
        "API key": "API-Schlüssel",
        "Key name": "Name des Schlüssels",
        "Created by": "Erstellt von",
        "Requested scope": "Gewünschter Umfang",
        "Administrator email": "E-Mail des Administrators",
        "Instance name": "Instanzname",
    }
    return {labels[label]: "Beides" if typed == "Both" else typed for label, typed in english.items()}


async def test_a_german_asks_and_an_english_reviewer_decides_each_in_their_language(journey: Journey):
    journey.alice.user.locale = "de-DE"
    await journey.alice.slash("/greenlight")
    await journey.alice.modal("ChatGPT verbinden")
    wrong = await journey.alice.submit(in_german(journey) | {"Workspace-ID": "org-p13k3klgno5cqxbf0q8hpgrk"})
    assert "Das ist die Organisations-ID" in str(wrong.errors)
    sent = await journey.alice.submit(in_german(journey))
    assert sent.errors == {}
    assert "ist eröffnet" in text_of(sent.view)
    card = await journey.stands(State.IN_REVIEW)
    assert "Waiting for review" in text_of(card)
    await journey.told(journey.alice, "Warten auf Prüfung", "Berechtigungen kommen nach der Genehmigung")
    await journey.approve()
    await journey.told(journey.rita, "Your approval is recorded")
    await journey.stands(State.AWAITING_OPENAI)
    await journey.told(journey.alice, "Warten auf OpenAI")
    (mail,) = await journey.until(lambda: journey.world.mailbox.messages, "the e-mail")
    assert "Please reply to all when it is done" in mail.get_content()
    journey.openai_grants()
    await journey.stands(State.AWAITING_NETSKOPE)
    guide = await journey.told(journey.alice, "Richten Sie die Instanz in Netskope ein")
    assert "Workspace ID:" in guide, "the labels of Netskope's own form stay as they stand there"
    assert all("Antragsteller" not in text for text in journey.thread())


async def test_help_and_the_home_tab_follow_the_locale_of_who_reads(journey: Journey):
    journey.alice.user.locale = "de-AT"
    await journey.alice.slash("/greenlight", "help")
    await journey.told(journey.alice, "Ich verbinde ChatGPT Enterprise mit Ihrem")
    await journey.alice.open_home()
    await journey.until(
        lambda: journey.alice.home and "Wartet auf Sie" in text_of(journey.alice.home), "the German Home tab"
    )
    await journey.rita.slash("/greenlight", "help")
    await journey.told(journey.rita, "I connect ChatGPT Enterprise to your")


async def test_who_was_met_before_gets_the_form_in_their_language_at_once(journey: Journey):
    journey.alice.user.locale = "de-DE"
    await journey.alice.slash("/greenlight", "help")
    await journey.told(journey.alice, "Ich verbinde ChatGPT")
    await journey.alice.slash("/greenlight")
    await journey.alice.modal("ChatGPT verbinden")
    opened = [call for call in journey.world.slack.calls if call.method.startswith("views.")]
    assert [call.method for call in opened] == ["views.open"]


async def test_the_channel_speaks_the_installations_language_and_so_do_people_of_a_third_one(begin: Start):
    journey = await begin(GREENLIGHT_LANGUAGE="de")
    journey.rita.user.locale = "fr-FR"
    await journey.ask()
    await journey.card_says(": Warten auf Prüfung")
    await journey.told(journey.alice, "Waiting for review")
    await journey.rita.slash("/greenlight", "help")
    await journey.told(journey.rita, "Ich verbinde ChatGPT Enterprise mit Ihrem")


async def test_a_reviewer_met_for_the_first_time_is_asked_for_the_reason_in_their_language(journey: Journey):
    journey.rita.user.locale = "de-DE"
    card = await journey.in_review()
    await journey.rita.click(card, "Deny")
    await journey.rita.modal("Antrag ablehnen")
    sent = await journey.rita.submit({"Grund": "x"})
    assert "Sagen Sie in wenigen Worten, warum" in str(sent.errors)
    await journey.rita.submit({"Grund": "Der Schlüssel gehört einer Testumgebung"})
    await journey.stands(State.DENIED)
    await journey.thread_says("Testumgebung", "denied")
