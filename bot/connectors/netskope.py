"""Netskope Next Gen CASB API (API Data Protection), onboarding type Enterprise Workspace.

Evidence: the audit log records the instance (E3), a person sees the green check (E4), events flow (E5).
"""

from bot.connectors.shape import Connector, Words

WORDS = Words(
    ready="Ready for Grant Access in Netskope",
    turn="set up the instance in Netskope and press Grant Access there.",
    guide_title="Your turn: set up the instance in Netskope",
    steps=(
        (
            "1. Open {where} as an administrator: Settings &gt; Configure App Access &gt; Next Gen &gt; "
            "CASB API &gt; ChatGPT Enterprise &gt; Setup CASB API Instance."
        ),
        "2. Choose the onboarding type *Enterprise Workspace*.",
        "3. Administrator Email: {admin_email}",
        "4. Workspace ID: {workspace_id}",
        (
            "5. API Key for Enterprise Workspace: paste the key named {key_name}, ending {last4}, from "
            "where you keep it (I never show it). Older tenants call this field API Key. Leave API Key for "
            "Project empty."
        ),
        "6. Instance Name: {instance_name}, exactly so: I look for this name in the records.",
        "7. Press *Grant Access* there, then *I pressed Grant Access* here.",
        (
            "8. Refresh the browser. When a green check stands beside the instance name, press *I see the "
            "green check*."
        ),
    ),
    note="*The onboarding type is final.* Enterprise Workspace covers conversations, files, memories and "
    "users; Organization Project covers fine-tuning data only. To change it later you would need a new "
    "instance.",
    open_label="Open the Netskope tenant",
    paste="Have Netskope's *Setup Instance* form open to paste it. This works *one time*, and your name is "
    "recorded.",
    pressed_button="I pressed Grant Access",
    pressed_noted="Noted: Grant Access is pressed. Refresh Netskope and look for the green check.",
    pressed_said="{who} says that Grant Access was pressed in Netskope. {looks}",
    pressed_wait="I now wait for the green check.",
    refresh="*Refresh Netskope and look for {instance_name}.* When a green check stands beside it, press *I "
    "see the green check*.",
    missing="No green check? See that the key is in the field for Enterprise Workspace, that the Workspace "
    "ID is {workspace_id}, and that Netskope's addresses are on the IP allowlist of OpenAI's Compliance API "
    "(a list of its own).",
    meaning="*What the green check means:* Netskope accepted the key for this instance. It does not yet show "
    "that conversations are scanned; the first event with access method API Connector shows that.",
    seen_button="I see the green check",
    seen_ask="Is the green check there?",
    seen_beside="You see it beside the instance {instance_name}. Your name is recorded.",
    seen_noted="Recorded under your name: you saw the green check.",
    seen_said="{who} saw the green check beside {instance_name} in Netskope.",
    seen_turn="refresh Netskope and press I see the green check, once it is there.",
    recorded_claim="Netskope recorded the instance",
    seen_claim="A named person saw the green check",
    beyond="",
    remove="in {tenant}, open CASB API, use the menu (…) beside {instance_name} and delete the instance. "
    "Then press *I deleted the instance*.",
    service_account="The key belongs to a service account. Netskope's guide asks for a key owned by a "
    "person.",
)

GERMAN = {
    "Ready for Grant Access in Netskope": ("Bereit für Grant Access in Netskope"),
    "set up the instance in Netskope and press Grant Access there.": (
        "die Instanz in Netskope einrichten und dort Grant Access drücken."
    ),
    "Your turn: set up the instance in Netskope": (
        "Jetzt sind Sie dran: Richten Sie die Instanz in Netskope ein"
    ),
    "1. Open {where} as an administrator: Settings &gt; Configure App Access &gt; Next Gen &gt; CASB "
    "API &gt; ChatGPT Enterprise &gt; Setup CASB API Instance.": (
        "1. Öffnen Sie {where} als Administrator: Settings &gt; Configure App Access &gt; Next Gen &gt;"
        " CASB API &gt; ChatGPT Enterprise &gt; Setup CASB API Instance."
    ),
    "2. Choose the onboarding type *Enterprise Workspace*.": (
        "2. Wählen Sie den Onboarding-Typ *Enterprise Workspace*."
    ),
    "3. Administrator Email: {admin_email}": ("3. Administrator Email: {admin_email}"),
    "4. Workspace ID: {workspace_id}": ("4. Workspace ID: {workspace_id}"),
    "5. API Key for Enterprise Workspace: paste the key named {key_name}, ending {last4}, from where "
    "you keep it (I never show it). Older tenants call this field API Key. Leave API Key for Project "
    "empty.": (
        "5. API Key for Enterprise Workspace: Fügen Sie den Schlüssel {key_name} mit der Endung {last4}"
        " ein, von dort, wo Sie ihn aufbewahren (ich zeige ihn nie). In älteren Tenants heißt dieses "
        "Feld API Key. API Key for Project bleibt leer."
    ),
    "6. Instance Name: {instance_name}, exactly so: I look for this name in the records.": (
        "6. Instance Name: {instance_name}, genau so: Nach diesem Namen suche ich in den Aufzeichnungen."
    ),
    "7. Press *Grant Access* there, then *I pressed Grant Access* here.": (
        "7. Drücken Sie dort *Grant Access*, dann hier *Grant Access ist gedrückt*."
    ),
    "8. Refresh the browser. When a green check stands beside the instance name, press *I see the "
    "green check*.": (
        "8. Laden Sie den Browser neu. Wenn neben dem Instanznamen ein grünes Häkchen steht, drücken "
        "Sie *Ich sehe das grüne Häkchen*."
    ),
    "*The onboarding type is final.* Enterprise Workspace covers conversations, files, memories and "
    "users; Organization Project covers fine-tuning data only. To change it later you would need a "
    "new instance.": (
        "*Der Onboarding-Typ ist endgültig.* Enterprise Workspace umfasst Unterhaltungen, Dateien, "
        "Memories und Benutzer; Organization Project umfasst nur Fine-Tuning-Daten. Für einen Wechsel "
        "wäre später eine neue Instanz nötig."
    ),
    "Open the Netskope tenant": ("Den Netskope-Tenant öffnen"),
    "Have Netskope's *Setup Instance* form open to paste it. This works *one time*, and your name is "
    "recorded.": (
        "Öffnen Sie in Netskope das Formular *Setup Instance*, um ihn einzufügen. Das geht *ein "
        "einziges Mal*, und Ihr Name wird vermerkt."
    ),
    "I pressed Grant Access": ("Grant Access ist gedrückt"),
    "Noted: Grant Access is pressed. Refresh Netskope and look for the green check.": (
        "Vermerkt: Grant Access ist gedrückt. Laden Sie Netskope neu und suchen Sie das grüne Häkchen."
    ),
    "{who} says that Grant Access was pressed in Netskope. {looks}": (
        "{who} sagt, dass Grant Access in Netskope gedrückt wurde. {looks}"
    ),
    "I now wait for the green check.": ("Ich warte jetzt auf das grüne Häkchen."),
    "*Refresh Netskope and look for {instance_name}.* When a green check stands beside it, press *I "
    "see the green check*.": (
        "*Laden Sie Netskope neu und suchen Sie {instance_name}.* Wenn daneben ein grünes Häkchen "
        "steht, drücken Sie *Ich sehe das grüne Häkchen*."
    ),
    "No green check? See that the key is in the field for Enterprise Workspace, that the Workspace ID"
    " is {workspace_id}, and that Netskope's addresses are on the IP allowlist of OpenAI's Compliance"
    " API (a list of its own).": (
        "Kein grünes Häkchen? Sehen Sie nach, ob der Schlüssel im Feld für Enterprise Workspace steht, "
        "ob die Workspace ID {workspace_id} ist und ob die Adressen von Netskope in der IP-Allowlist "
        "von OpenAIs Compliance API stehen (eine eigene Liste)."
    ),
    "*What the green check means:* Netskope accepted the key for this instance. It does not yet show "
    "that conversations are scanned; the first event with access method API Connector shows that.": (
        "*Was das grüne Häkchen bedeutet:* Netskope hat den Schlüssel für diese Instanz angenommen. Es "
        "zeigt noch nicht, dass Unterhaltungen geprüft werden; das zeigt das erste Ereignis mit der "
        "Zugriffsart API Connector."
    ),
    "I see the green check": ("Ich sehe das grüne Häkchen"),
    "Is the green check there?": ("Ist das grüne Häkchen da?"),
    "You see it beside the instance {instance_name}. Your name is recorded.": (
        "Sie sehen es neben der Instanz {instance_name}. Ihr Name wird vermerkt."
    ),
    "Recorded under your name: you saw the green check.": (
        "Unter Ihrem Namen vermerkt: Sie haben das grüne Häkchen gesehen."
    ),
    "{who} saw the green check beside {instance_name} in Netskope.": (
        "{who} hat das grüne Häkchen neben {instance_name} in Netskope gesehen."
    ),
    "refresh Netskope and press I see the green check, once it is there.": (
        "Netskope neu laden und „Ich sehe das grüne Häkchen“ drücken, sobald es da ist."
    ),
    "Netskope recorded the instance": ("Netskope hat die Instanz verzeichnet"),
    "A named person saw the green check": ("Eine benannte Person hat das grüne Häkchen gesehen"),
    "in {tenant}, open CASB API, use the menu (…) beside {instance_name} and delete the instance. "
    "Then press *I deleted the instance*.": (
        "in {tenant} CASB API öffnen, im Menü (…) neben {instance_name} die Instanz löschen. Danach "
        "*Instanz ist gelöscht* drücken."
    ),
    "The key belongs to a service account. Netskope's guide asks for a key owned by a person.": (
        "Der Schlüssel gehört einem Dienstkonto. Netskopes Anleitung verlangt den Schlüssel einer Person."
    ),
}

CONNECTOR = Connector(
    id="netskope",
    name="Netskope",
    maker="Netskope",
    full_name="Netskope Next Gen CASB API (API Data Protection) for ChatGPT Enterprise",
    scopes=("read", "write", "both"),
    calls={"read": "read", "write": "write", "both": "both"},
    rungs=frozenset({"E1", "E2", "E3", "E4", "E5"}),
    words=WORDS,
    german=GERMAN,
    source='Netskope, "Configure ChatGPT Enterprise for the Next Generation API Data Protection", 2025-12-05',
    has_tenant=True,
)
