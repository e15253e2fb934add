"""What happened and what to do next, in German."""

TEXTS: dict[str, str] = {
    " Scopes come after the approval.": " Die Berechtigungen kommen nach der Genehmigung.",
    " The second group was told too.": " Auch die zweite Gruppe weiß Bescheid.",
    " {left} more are in my Home tab.": " {left} weitere stehen auf meiner Startseite.",
    "*No data since {since}.* Nothing else is lost: the key works and no deletion is recorded. It "
    "may be a quiet week; it may be a policy that was switched off in {product}.": (
        "*Keine Daten seit {since}.* Sonst fehlt nichts: Der Schlüssel funktioniert, und es ist "
        "keine Löschung verzeichnet. Vielleicht ist es eine ruhige Woche, vielleicht wurde in "
        "{product} eine Regel abgeschaltet."
    ),
    "*Nobody has acted for a while.*": "*Seit einer Weile hat niemand gehandelt.*",
    "*Nobody has moved this request.* It expires {since} and its key is destroyed then.": (
        "*Niemand hat diesen Antrag bewegt.* Er läuft {since} ab, und sein Schlüssel wird dann vernichtet."
    ),
    "*Now:* {title}": "*Jetzt:* {title}",
    "*Reminder.*": "*Erinnerung.*",
    "*Reminder: {id} has been at “{title}” for {age}.*": (
        "*Erinnerung: {id} steht seit {age} auf „{title}“.*"
    ),
    "*Send this e-mail to OpenAI Support*, best from the address of an Owner of the organization. It "
    "does not contain the key, and the key must never be sent by e-mail. Then press *I sent the email*.": (
        "*Senden Sie diese E-Mail an OpenAI Support*, am besten von der Adresse eines Owners der "
        "Organisation. Sie enthält den Schlüssel nicht, und der Schlüssel darf nie per E-Mail gesendet "
        "werden. Drücken Sie danach *E-Mail ist gesendet*."
    ),
    "*The key expires {since}.* A new key needs a new grant: start its rotation in time.": (
        "*Der Schlüssel läuft {since} ab.* Ein neuer Schlüssel braucht eine neue Freigabe: Beginnen Sie "
        "den Wechsel rechtzeitig."
    ),
    "*What to do:* {next_action}": "*Was zu tun ist:* {next_action}",
    "*{id}* {name}: {state}, for {age}": "*{id}* {name}: {state}, seit {age}",
    "*{requester} is deactivated in Slack.* A key stops working when the person who made it loses the "
    "role at OpenAI. See who owns the key, and rotate it in time.": (
        "*{requester} ist in Slack deaktiviert.* Ein Schlüssel funktioniert nicht mehr, wenn die Person, "
        "die ihn erstellt hat, ihre Rolle bei OpenAI verliert. Klären Sie, wem der Schlüssel gehört, und "
        "wechseln Sie ihn rechtzeitig."
    ),
    ", in the place of {absent},": ", an Stelle von {absent},",
    "1 day": "1 Tag",
    "1 hour": "1 Stunde",
    "1 minute": "1 Minute",
    "1 request waits for you": "1 Antrag wartet auf Sie",
    "E-mail sent {at}. OpenAI names no time for its answer.": (
        "E-Mail gesendet {at}. OpenAI nennt keine Frist für die Antwort."
    ),
    "Follow-ups since then: {count}.": "Nachfragen seither: {count}.",
    "For: {names}": "Für: {names}",
    "Good morning.": "Guten Morgen.",
    "I have no right to delete the key or the instance for you.": (
        "Ich habe kein Recht, den Schlüssel oder die Instanz für Sie zu löschen."
    ),
    "I am sending the e-mail to OpenAI Support, with a copy to {email}. Replies go there.": (
        "Ich sende die E-Mail an OpenAI Support, mit einer Kopie an {email}. Antworten gehen dorthin."
    ),
    "I now read the tenant's records.": "Ich lese jetzt die Aufzeichnungen des Tenants.",
    "I read the tenant's records.": "Ich habe die Aufzeichnungen des Tenants gelesen.",
    "I reminded the requester that OpenAI has not answered.": (
        "Ich habe den Antragsteller erinnert, dass OpenAI nicht geantwortet hat."
    ),
    "I reminded the requester.": "Ich habe den Antragsteller erinnert.",
    "I reminded the reviewers.": "Ich habe die Prüfer erinnert.",
    "I sent the e-mail to OpenAI Support, with a copy to the administrator.": (
        "Ich habe die E-Mail an OpenAI Support gesendet, mit einer Kopie an den Administrator."
    ),
    "I wrote to OpenAI Support again, in the thread of the first mail.": (
        "Ich habe OpenAI Support noch einmal geschrieben, in der Konversation der ersten E-Mail."
    ),
    "Meanwhile it stands at: {state} (told {at}).": "Inzwischen steht er auf: {state} (gesagt {at}).",
    "{product}'s own records": ("die eigenen Aufzeichnungen von {product}"),
    "Next: {turn}": "Als Nächstes: {turn}",
    "Nobody moved the request for too long (it stood at: {stood}). The key I held is destroyed.": (
        "Zu lange hat niemand den Antrag bewegt (Stand: {stood}). Der Schlüssel bei mir ist vernichtet."
    ),
    "Open it in my mail program": "In meinem E-Mail-Programm öffnen",
    "OpenAI Support was asked {age} ago.": "OpenAI Support wurde vor {age} gefragt.",
    "OpenAI Support was asked.": "OpenAI Support wurde gefragt.",
    "OpenAI accepts the key again, so the connection counts as proven again.": (
        "OpenAI nimmt den Schlüssel wieder an; die Verbindung gilt wieder als nachgewiesen."
    ),
    "OpenAI's answers mean that something has to be corrected.": (
        "OpenAIs Antworten bedeuten, dass etwas zu korrigieren ist."
    ),
    "OpenAI's grant of read is proven: repeated checks gave the same answer.": (
        "OpenAIs Freigabe von read ist nachgewiesen: Wiederholte Prüfungen gaben dieselbe Antwort."
    ),
    "Reminder: {id}, {title} for {age}. {turn}": "Erinnerung: {id}, {title} seit {age}. {turn}",
    "Reminder: {id}. {turn} {names}": "Erinnerung: {id}. {turn} {names}",
    "Somebody": "Jemand",
    "The history is kept. Type /greenlight to start again. I changed nothing at OpenAI or in {product}: "
    "delete there what is no longer wanted.": (
        "Die Geschichte bleibt erhalten. Tippen Sie /greenlight, um neu zu beginnen. Bei OpenAI und in "
        "{product} habe ich nichts geändert: Löschen Sie dort, was nicht mehr gebraucht wird."
    ),
    "The key does not carry the scopes yet. Here is a follow-up for the same thread.": (
        "Der Schlüssel hat die Berechtigungen noch nicht. Hier ist eine Nachfrage für dieselbe Konversation."
    ),
    "The key was checked with OpenAI and can be reviewed now.": (
        "Der Schlüssel wurde bei OpenAI geprüft; über den Antrag kann jetzt entschieden werden."
    ),
    "The key was checked with OpenAI; the scopes are not proven yet.": (
        "Der Schlüssel wurde bei OpenAI geprüft; die Berechtigungen sind noch nicht nachgewiesen."
    ),
    "The key was checked.": "Der Schlüssel wurde geprüft.",
    "The mail server refused the e-mail to OpenAI Support ({said}). Send it by hand.": (
        "Der Mailserver hat die E-Mail an OpenAI Support abgewiesen ({said}). Senden Sie sie von Hand."
    ),
    "The message in Slack was posted.": "Die Nachricht in Slack wurde gesendet.",
    "The new key has taken over from {replaced}, which is retired.": (
        "Der neue Schlüssel hat {replaced} abgelöst; die alte Verbindung ist stillgelegt."
    ),
    "There is something to look at.": "Es gibt etwas anzusehen.",
    "To finish the retirement": "Um die Stilllegung abzuschließen",
    "What was proven no longer is: OpenAI refused the key in several checks in a row.": (
        "Was nachgewiesen war, ist es nicht mehr: OpenAI hat den Schlüssel in mehreren Prüfungen "
        "nacheinander abgewiesen."
    ),
    "You get this once a day, and only when something waits.{more}": (
        "Das bekommen Sie einmal am Tag, und nur wenn etwas wartet.{more}"
    ),
    "a live check with OpenAI": "eine Live-Prüfung bei OpenAI",
    "at OpenAI ({where}), delete the key {key}. Then press *I deleted the key*.": (
        "bei OpenAI ({where}) den Schlüssel {key} löschen. Danach *Schlüssel ist gelöscht* drücken."
    ),
    "less than a minute": "weniger als einer Minute",
    "soon": "bald",
    "the instance is deleted": "die Instanz ist gelöscht",
    "the key is deleted at OpenAI": "der Schlüssel ist bei OpenAI gelöscht",
    "the tenant": "dem Tenant",
    "your tenant": "Ihren Tenant",
    "{count} days": "{count} Tagen",
    "{count} hours": "{count} Stunden",
    "{count} minutes": "{count} Minuten",
    "At least {count} requests wait for you": "Mindestens {count} Anträge warten auf Sie",
    "{count} requests wait for you": "{count} Anträge warten auf Sie",
    "{event} was recorded.": "{event} wurde vermerkt.",
    "{id}: {title}. Next: {turn}": "{id}: {title}. Als Nächstes: {turn}",
    "{id}: {title}. {said} Next: {turn}": "{id}: {title}. {said} Als Nächstes: {turn}",
    "{key_name}, ending {last4}": "{key_name}, mit der Endung {last4}",
    "{lead} {id} stands at: {state}. {turn}": "{lead} {id} steht auf: {state}. {turn}",
    "{lead}{later}\nOpenAI's answer: *{title}.* {meaning}": (
        "{lead}{later}\nOpenAIs Antwort: *{title}.* {meaning}"
    ),
    "{successor} took this connection's place with a new key. The old key I held is destroyed.": (
        "{successor} hat den Platz dieser Verbindung mit einem neuen Schlüssel eingenommen. Der alte "
        "Schlüssel bei mir ist vernichtet."
    ),
    "{who} approved ({count} of {quorum}).": "{who} hat genehmigt ({count} von {quorum}).",
    "{who} asked for a check now.": "{who} hat jetzt um eine Prüfung gebeten.",
    "{who} asked for no reminders until {when}.": "{who} möchte bis {when} keine Erinnerungen.",
    "{who} asked me to write to OpenAI Support again.": (
        "{who} hat mich gebeten, OpenAI Support noch einmal zu schreiben."
    ),
    "{who} asked to connect ChatGPT workspace {workspace_id} to {product}.": (
        "{who} möchte den ChatGPT-Workspace {workspace_id} mit {product} verbinden."
    ),
    "{who} cancelled the request.{reason} The key I held is destroyed.": (
        "{who} hat den Antrag zurückgezogen.{reason} Der Schlüssel bei mir ist vernichtet."
    ),
    "*{creator}, who made the key, is deactivated in Slack.* At OpenAI a key stops working with the "
    "account or the role of who made it. {remedy}": (
        "*{creator} hat den Schlüssel erstellt und ist in Slack deaktiviert.* Bei OpenAI endet ein Schlüssel "
        "mit dem Konto oder der Rolle dessen, der ihn erstellt hat. {remedy}"
    ),
    "*{creator}, who made the key, is deactivated in Slack.* The key will stop working at OpenAI. {remedy}": (
        "*{creator} hat den Schlüssel erstellt und ist in Slack deaktiviert.* Der Schlüssel wird bei OpenAI "
        "nicht mehr lange gelten. {remedy}"
    ),
    "Have a new key made by an owner who stays, then press *Rotate key*: the old connection stays until "
    "the new key is proven.": (
        "Lassen Sie einen neuen Schlüssel von einem Owner erstellen, der bleibt, und drücken Sie *Schlüssel "
        "wechseln*: Die alte Verbindung bleibt, bis der neue Schlüssel nachgewiesen ist."
    ),
    "Have a new key made by an owner who stays, then press *Correct* in the direct message from me, or "
    "cancel and start again.": (
        "Lassen Sie einen neuen Schlüssel von einem Owner erstellen, der bleibt, und drücken Sie "
        "*Korrigieren* in der Direktnachricht von mir, oder ziehen Sie den Antrag zurück und beginnen "
        "Sie neu."
    ),
    "ask OpenAI Support why the scopes are gone from the key (our reference: {id}), or press Rotate key "
    "to replace it.": (
        "Fragen Sie OpenAI Support, warum die Berechtigungen des Schlüssels weg sind (unser Zeichen: {id}), "
        "oder drücken Sie „Schlüssel wechseln“, um ihn zu ersetzen."
    ),
    "{next_action} For a new key, press Rotate key.": (
        "{next_action} Für einen neuen Schlüssel drücken Sie „Schlüssel wechseln“."
    ),
    "{who} corrected the request. Nothing that was approved changed.": (
        "{who} hat den Antrag korrigiert. An dem, was genehmigt wurde, hat sich nichts geändert."
    ),
    "{who} corrected the request. Approvals given before are void; the key is checked again.": (
        "{who} hat den Antrag korrigiert. Frühere Genehmigungen sind ungültig; der Schlüssel wird erneut "
        "geprüft."
    ),
    "{who} denied the request.{reason} The key I held is destroyed.": (
        "{who} hat den Antrag abgelehnt.{reason} Der Schlüssel bei mir ist vernichtet."
    ),
    "{who} retired the connection.{reason} The key I held is destroyed.": (
        "{who} hat die Verbindung stillgelegt.{reason} Der Schlüssel bei mir ist vernichtet."
    ),
    "{who} says that OpenAI Support was asked again.": (
        "{who} sagt, dass OpenAI Support noch einmal gefragt wurde."
    ),
    "{who} says that it is done.": "{who} sagt, dass es erledigt ist.",
    "{who} says that the e-mail to OpenAI Support is sent.": (
        "{who} sagt, dass die E-Mail an OpenAI Support gesendet ist."
    ),
    "{who} says that the instance is deleted.": "{who} sagt, dass die Instanz gelöscht ist.",
    "{who} says that the key is deleted at OpenAI.": (
        "{who} sagt, dass der Schlüssel bei OpenAI gelöscht ist."
    ),
    "{who} was shown the key once, to paste it into {product}. It is not shown again.": (
        "{who} bekam den Schlüssel einmal gezeigt, um ihn in {product} einzufügen. Er wird nicht "
        "noch einmal gezeigt."
    ),
    "• Done: {chore}. {who} on {at}.": "• Erledigt: {chore}. {who} am {at}.",
    "• To do: {how}": "• Zu tun: {how}",
    "{who} corrected the request. Approvals given before are void.": (
        "{who} hat den Antrag korrigiert. Frühere Genehmigungen sind hinfällig."
    ),
}
