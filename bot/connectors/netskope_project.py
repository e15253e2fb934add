"""Netskope's second onboarding type, Organization Project: the fine-tuning data of one project, nothing else.

Its key stays an ordinary project key: OpenAI grants it no Compliance scopes, so there is nothing to ask for,
to wait for or to probe. What can be shown is what Netskope recorded (E3), what a person saw (E4) and that
data flow (E5). Source: Netskope's page named below, section on the two onboarding types.
"""

from dataclasses import replace

from bot.connectors import netskope
from bot.connectors.shape import Connector

WORDS = replace(
    netskope.WORDS,
    ready="Ready for Grant Access in Netskope (Organization Project)",
    steps=(
        netskope.WORDS.steps[0],
        "2. Choose the onboarding type *Organization Project*.",
        (
            "3. API Key for Project: paste the key named {key_name}, ending {last4}, from where you keep it. "
            "Leave Workspace ID and API Key for Enterprise Workspace empty."
        ),
        (
            "4. Instance Name: {instance_name}, exactly so, and used for no other instance: I look for this "
            "name in the records."
        ),
        "5. Press *Grant Access* there, then *I pressed Grant Access* here.",
        (
            "6. Refresh the browser. When a green check stands beside the instance name, press *I see the "
            "green check*."
        ),
    ),
    note="*The onboarding type is final.* Organization Project covers fine-tuning data only: no "
    "conversations, no memories, no users. These need a request of their own, for Enterprise Workspace.",
    missing="No green check? See that the key is in the field API Key for Project, and that its creator owns "
    "both the organization {organization_id} and the project.",
    meaning="*What the green check means:* Netskope accepted the key for this instance. It does not yet show "
    "that fine-tuning data are scanned; the first event with access method API Connector shows that.",
    beyond="a project key gets no Compliance scopes: OpenAI has nothing to grant, and I do not keep the key",
)

_OWN = {
    WORDS.ready: "Bereit für Grant Access in Netskope (Organization Project)",
    WORDS.steps[1]: "2. Wählen Sie den Onboarding-Typ *Organization Project*.",
    WORDS.steps[2]: (
        "3. API Key for Project: Fügen Sie den Schlüssel {key_name} mit der Endung {last4} ein, von dort, wo "
        "Sie ihn aufbewahren. Lassen Sie Workspace ID und API Key for Enterprise Workspace leer."
    ),
    WORDS.steps[3]: (
        "4. Instance Name: {instance_name}, genau so, und für keine andere Instanz: Nach diesem Namen suche "
        "ich in den Aufzeichnungen."
    ),
    WORDS.steps[4]: "5. Drücken Sie dort *Grant Access*, dann hier *Grant Access ist gedrückt*.",
    WORDS.steps[5]: (
        "6. Laden Sie die Seite neu. Wenn neben dem Instanznamen ein grünes Häkchen steht, drücken Sie *Ich "
        "sehe das grüne Häkchen*."
    ),
    WORDS.note: (
        "*Der Onboarding-Typ ist endgültig.* Organization Project umfasst nur Daten zum Fine-Tuning: keine "
        "Unterhaltungen, keine Erinnerungen, keine Benutzer. Diese brauchen einen eigenen Antrag, für "
        "Enterprise Workspace."
    ),
    WORDS.missing: (
        "Kein grünes Häkchen? Sehen Sie nach, ob der Schlüssel im Feld API Key for Project steht und ob, wer "
        "ihn erstellt hat, Owner der Organisation {organization_id} und des Projekts ist."
    ),
    WORDS.meaning: (
        "*Was das grüne Häkchen bedeutet:* Netskope hat den Schlüssel für diese Instanz angenommen. Es zeigt "
        "noch nicht, dass Daten zum Fine-Tuning geprüft werden; das zeigt das erste Ereignis mit der "
        "Zugriffsart API Connector."
    ),
    WORDS.beyond: (
        "ein Projekt-Schlüssel bekommt keine Compliance-Berechtigungen, also hat OpenAI nichts zu gewähren, "
        "und ich behalte den Schlüssel nicht"
    ),
}

CONNECTOR = Connector(
    id="netskope_project",
    name="Netskope Organization Project",
    maker="Netskope",
    full_name="Netskope Next Gen CASB API (API Data Protection), onboarding type Organization Project",
    scopes=(),
    calls={},
    rungs=frozenset({"E3", "E4", "E5"}),
    words=WORDS,
    german={text: _OWN.get(text) or netskope.GERMAN[text] for text in WORDS.texts()},
    source=netskope.CONNECTOR.source,
    has_tenant=True,
)
