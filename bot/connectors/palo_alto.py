"""Palo Alto Networks SaaS Agent Security: guided, and attested by a person.

Palo Alto documents what to send to OpenAI and what to fetch (scope Read, Organization ID, Workspace ID, a
key that no other product uses). No API that tells of a connected workspace was found in its public pages,
so only E1, E2 (OpenAI's side) and E4 (a named person) exist. How its console words success was not readable
either; the texts therefore name nothing that the administrator may not find.
"""

from bot.connectors.shape import Connector, Words

PAGE = (
    "https://docs.paloaltonetworks.com/saas-agent-security/activation-and-onboarding/"
    "onboard-ai-agent-platforms-to-saas-agent-security/onboard-chatgpt-enterprise-to-saas-agent-security"
)
LINK = f"<{PAGE}|Onboard ChatGPT Enterprise to SaaS Agent Security>"

WORDS = Words(
    ready="Ready to be added in Palo Alto SaaS Agent Security",
    turn="add ChatGPT Enterprise in {product} and press I added it.",
    guide_title="Your turn: add ChatGPT Enterprise in {product}",
    steps=(
        (
            f"1. Open {{product}} as an administrator and begin to add ChatGPT Enterprise. Where to click: "
            f"{LINK}."
        ),
        "2. Workspace ID: {workspace_id}",
        "3. Organization ID, if it is asked for: {organization_id}",
        (
            "4. Secret Key: paste the key named {key_name}, ending {last4}, from where you keep it (I "
            "never show it)."
        ),
        "5. Name, if it is asked for: {instance_name}",
        "6. Save it there, then press *I added it* here.",
        "7. When ChatGPT Enterprise is listed there without an error, press *I see it connected*.",
    ),
    note="*One key for one product.* Palo Alto asks for a key that is used nowhere else: Data Security, for "
    "one, needs another scope and therefore a key of its own.",
    open_label="Open {product}",
    paste="Have the form for ChatGPT Enterprise in {product} open to paste it. This works *one time*, and "
    "your name is recorded.",
    pressed_button="I added it",
    pressed_noted="Noted: ChatGPT Enterprise is added in {product}. Look whether it is listed without an "
    "error.",
    pressed_said="{who} says that ChatGPT Enterprise was added in {product}. {looks}",
    pressed_wait="I now wait until somebody sees it connected.",
    refresh="*Look for ChatGPT Enterprise in {product}* ({instance_name}). When it is listed without an "
    "error, press *I see it connected*.",
    missing="Not there? See that the Workspace ID is {workspace_id}, that the key was made in organization "
    "{organization_id} and is used in no other product, and that the addresses of {product} are on the IP "
    "allowlist of OpenAI's Compliance API (a list of its own).",
    meaning="*What your word means:* I cannot read the records of {product}. That ChatGPT Enterprise is "
    "connected there rests on what you see, under your name; that conversations are scanned is not shown.",
    seen_button="I see it connected",
    seen_ask="Is it connected there?",
    seen_beside="You see ChatGPT Enterprise ({instance_name}) listed without an error. Your name is "
    "recorded.",
    seen_noted="Recorded under your name: you saw it connected.",
    seen_said="{who} saw ChatGPT Enterprise ({instance_name}) connected in {product}.",
    seen_turn="look in {product} and press I see it connected, once it is listed without an error.",
    recorded_claim="{product} recorded the connection",
    seen_claim="A named person saw it connected in {product}",
    beyond="I cannot read the records of {product}",
    remove="in {product}, remove ChatGPT Enterprise ({instance_name}). Then press *I deleted the instance*.",
)

GERMAN = {
    "Ready to be added in Palo Alto SaaS Agent Security": (
        "Bereit zum Hinzufügen in Palo Alto SaaS Agent Security"
    ),
    "add ChatGPT Enterprise in {product} and press I added it.": (
        "ChatGPT Enterprise in {product} hinzufügen und „Ist hinzugefügt“ drücken."
    ),
    "Your turn: add ChatGPT Enterprise in {product}": (
        "Jetzt sind Sie dran: Fügen Sie ChatGPT Enterprise in {product} hinzu"
    ),
    WORDS.steps[0]: (
        "1. Öffnen Sie {product} als Administrator und beginnen Sie, ChatGPT Enterprise hinzuzufügen. Wo Sie "
        f"klicken: {LINK}."
    ),
    "2. Workspace ID: {workspace_id}": "2. Workspace-ID: {workspace_id}",
    "3. Organization ID, if it is asked for: {organization_id}": (
        "3. Organisations-ID, falls danach gefragt wird: {organization_id}"
    ),
    "4. Secret Key: paste the key named {key_name}, ending {last4}, from where you keep it (I never show "
    "it).": (
        "4. Secret Key: Fügen Sie den Schlüssel {key_name} mit der Endung {last4} ein, von dort, wo Sie ihn "
        "aufbewahren (ich zeige ihn nie)."
    ),
    "5. Name, if it is asked for: {instance_name}": "5. Name, falls danach gefragt wird: {instance_name}",
    "6. Save it there, then press *I added it* here.": (
        "6. Speichern Sie dort, dann drücken Sie hier *Ist hinzugefügt*."
    ),
    "7. When ChatGPT Enterprise is listed there without an error, press *I see it connected*.": (
        "7. Wenn ChatGPT Enterprise dort ohne Fehler aufgeführt ist, drücken Sie *Ich sehe es verbunden*."
    ),
    WORDS.note: (
        "*Ein Schlüssel für ein Produkt.* Palo Alto verlangt einen Schlüssel, der nirgends sonst dient: Data "
        "Security zum Beispiel braucht einen anderen Umfang und daher einen eigenen Schlüssel."
    ),
    "Open {product}": "{product} öffnen",
    WORDS.paste: (
        "Öffnen Sie in {product} das Formular für ChatGPT Enterprise, um ihn einzufügen. Das geht *ein "
        "einziges Mal*, und Ihr Name wird vermerkt."
    ),
    "I added it": "Ist hinzugefügt",
    WORDS.pressed_noted: (
        "Vermerkt: ChatGPT Enterprise ist in {product} hinzugefügt. Sehen Sie nach, ob es dort ohne Fehler "
        "aufgeführt ist."
    ),
    WORDS.pressed_said: "{who} sagt, dass ChatGPT Enterprise in {product} hinzugefügt wurde. {looks}",
    WORDS.pressed_wait: "Ich warte jetzt, bis jemand es verbunden sieht.",
    WORDS.refresh: (
        "*Suchen Sie ChatGPT Enterprise in {product}* ({instance_name}). Wenn es ohne Fehler aufgeführt ist, "
        "drücken Sie *Ich sehe es verbunden*."
    ),
    WORDS.missing: (
        "Nicht da? Sehen Sie nach, ob die Workspace-ID {workspace_id} ist, ob der Schlüssel in der "
        "Organisation {organization_id} gemacht wurde und in keinem anderen Produkt dient, und ob die "
        "Adressen von {product} in der IP-Allowlist von OpenAIs Compliance API stehen (eine eigene Liste)."
    ),
    WORDS.meaning: (
        "*Was Ihr Wort bedeutet:* Ich kann die Aufzeichnungen von {product} nicht lesen. Dass ChatGPT "
        "Enterprise dort verbunden ist, beruht auf dem, was Sie sehen, unter Ihrem Namen; dass "
        "Unterhaltungen geprüft werden, ist nicht gezeigt."
    ),
    "I see it connected": "Ich sehe es verbunden",
    "Is it connected there?": "Ist es dort verbunden?",
    WORDS.seen_beside: (
        "Sie sehen ChatGPT Enterprise ({instance_name}) ohne Fehler aufgeführt. Ihr Name wird vermerkt."
    ),
    WORDS.seen_noted: "Unter Ihrem Namen vermerkt: Sie haben es verbunden gesehen.",
    WORDS.seen_said: "{who} hat ChatGPT Enterprise ({instance_name}) in {product} verbunden gesehen.",
    WORDS.seen_turn: (
        "in {product} nachsehen und „Ich sehe es verbunden“ drücken, sobald es ohne Fehler aufgeführt ist."
    ),
    WORDS.recorded_claim: "{product} hat die Verbindung verzeichnet",
    WORDS.seen_claim: "Eine benannte Person hat es in {product} verbunden gesehen",
    WORDS.beyond: "die Aufzeichnungen von {product} kann ich nicht lesen",
    WORDS.remove: (
        "in {product} ChatGPT Enterprise ({instance_name}) entfernen. Dann *Instanz ist gelöscht* drücken."
    ),
}

CONNECTOR = Connector(
    id="palo_alto",
    name="Palo Alto SaaS Agent Security",
    maker="Palo Alto Networks",
    full_name="Palo Alto Networks SaaS Agent Security",
    scopes=("read",),
    calls={},
    rungs=frozenset({"E1", "E2", "E4"}),
    words=WORDS,
    german=GERMAN,
    source=f"{PAGE} (read 2026-11-23)",
)
