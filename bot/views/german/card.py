"""The card: states, rungs, refusals, buttons, in German."""

TEXTS: dict[str, str] = {
    " I keep watching.": " Ich beobachte weiter.",
    " It now stands at: {title}.": " Stand jetzt: {title}.",
    " Reason: “{reason}”.": " Grund: „{reason}“.",
    " by {by}": " durch {by}",
    "(Reference: {reference})": "(Kennzeichen: {reference})",
    "*Approvals: {count} of {quorum}*": "*Genehmigungen: {count} von {quorum}*",
    "*{product}'s records could not all be read since {since}* ({span}): {told}. This says nothing bad "
    "or good; I keep looking. {remedy}": (
        "*Die Aufzeichnungen von {product} sind seit {since} nicht alle lesbar* ({span}): {told}. Das sagt "
        "weder Gutes noch Schlechtes; ich sehe weiter nach. {remedy}"
    ),
    "The operator of this bot must give it a valid token: `/greenlight doctor` says how.": (
        "Wer diesen Bot betreibt, muss ihm ein gültiges Token geben: `/greenlight doctor` sagt, wie."
    ),
    "The bot's token lacks a right there: `/greenlight doctor` tells the operator which.": (
        "Dem Token des Bots fehlt dort ein Recht: `/greenlight doctor` sagt dem Betreiber, welches."
    ),
    "The tenant does not know this address: `/greenlight doctor` tells the operator what to check.": (
        "Der Tenant kennt diese Adresse nicht: `/greenlight doctor` sagt dem Betreiber, was zu prüfen ist."
    ),
    "The tenant asked me to slow down, and I do.": (
        "Der Tenant hat mich gebeten, langsamer zu fragen, und das tue ich."
    ),
    "The tenant cannot be reached at the moment; nobody has to do anything.": (
        "Der Tenant ist gerade nicht erreichbar; niemand muss etwas tun."
    ),
    "It answered something else than records. If that lasts for hours, `/greenlight doctor` tells the "
    "operator what to check.": (
        "Er hat etwas anderes als Aufzeichnungen geantwortet. Bleibt das Stunden so, sagt "
        "`/greenlight doctor` dem Betreiber, was zu prüfen ist."
    ),
    "It could not search its own records. If that lasts for hours, `/greenlight doctor` tells the operator "
    "what to check.": (
        "Er konnte seine eigenen Aufzeichnungen nicht durchsuchen. Bleibt das Stunden so, sagt "
        "`/greenlight doctor` dem Betreiber, was zu prüfen ist."
    ),
    "There are more than one look can read; the next one goes on from there.": (
        "Es sind mehr, als ein Blick lesen kann; der nächste macht dort weiter."
    ),
    "*OpenAI has given no usable answer since {since}* ({span}): {title}. This moves nothing; I keep "
    "asking.": (
        "*OpenAI gibt seit {since} keine brauchbare Antwort* ({span}): {title}. Das ändert nichts; ich "
        "frage weiter."
    ),
    "*OpenAI has refused the key since {since}* ({count} in a row). I ask again before I call the proof lost"
    "; nobody has to act yet.": (
        "*OpenAI weist den Schlüssel seit {since} ab* ({count} nacheinander). Ich frage noch einmal, bevor "
        "ich den Nachweis verloren nenne; noch muss niemand handeln."
    ),
    "A named person saw the green check": "Eine benannte Person hat das grüne Häkchen gesehen",
    "API Platform key, scopes granted by OpenAI Support": (
        "API-Platform-Schlüssel, Berechtigungen gibt OpenAI Support"
    ),
    "API key": "API-Schlüssel",
    "Administrator email": "E-Mail des Administrators",
    "Approve": "Genehmigen",
    "Approve {id}?": "{id} genehmigen?",
    "Both: read and write (OpenAI: read and delete)": (
        "Beides: Lesen und Schreiben (OpenAI: read und delete)"
    ),
    "Cancel request": "Antrag zurückziehen",
    "Cancelled": "Zurückgezogen",
    "Check now": "Jetzt prüfen",
    "Checking the key": "Schlüssel wird geprüft",
    "Closes by itself on {at} if nobody acts": "Schließt sich von selbst am {at}, wenn niemand handelt",
    "Connected": "Verbunden",
    "Correct": "Korrigieren",
    "Created by": "Erstellt von",
    "Data flows": "Daten fließen",
    "Denied": "Abgelehnt",
    "Deny": "Ablehnen",
    "E2 · OpenAI granted delete ({product}: write): *{unproven}*": (
        "E2 · OpenAI hat delete gewährt ({product}: write): *{unproven}*"
    ),
    "Evidence": "Nachweise",
    "Evidence pack": "Nachweispaket",
    "Expired": "Abgelaufen",
    "Gathering evidence": "Nachweise werden gesammelt",
    "Go back": "Zurück",
    "Guests cannot do this. Ask a full member of your workspace.": (
        "Gäste können das nicht. Fragen Sie ein Vollmitglied Ihres Workspace."
    ),
    "I am checking now; the card shows the result. If OpenAI has asked me to slow down, I wait that long "
    "first.": (
        "Ich prüfe jetzt; die Karte zeigt das Ergebnis. Hat OpenAI mich gebeten, langsamer zu fragen, warte "
        "ich erst so lange."
    ),
    "I am sending the follow-up to OpenAI Support, in the thread of the first mail.": (
        "Ich sende die Nachfrage an OpenAI Support, in der Konversation der ersten E-Mail."
    ),
    "I could not find out who you are, so I did nothing. Try again in a minute.": (
        "Ich konnte nicht feststellen, wer Sie sind, und habe nichts getan. Versuchen Sie es in einer "
        "Minute noch einmal."
    ),
    "I deleted the instance": "Instanz ist gelöscht",
    "I deleted the key": "Schlüssel ist gelöscht",
    "I know no request {request_id}. {command} shows them.": (
        "Einen Antrag {request_id} kenne ich nicht. {command} zeigt die vorhandenen."
    ),
    "I see it": "Ich sehe es",
    "I sent the email": "E-Mail ist gesendet",
    "I sent the follow-up": "Nachfrage ist gesendet",
    "In this state since {since}, opened {opened}": "In diesem Stand seit {since}, eröffnet {opened}",
    "Instance name": "Instanzname",
    "Link to this card": "Link zu dieser Karte",
    "My storage cannot be reached, so *nothing was saved*. Try again in a minute.": (
        "Mein Speicher ist nicht erreichbar, *nichts wurde gespeichert*. Versuchen Sie es in einer "
        "Minute noch einmal."
    ),
    "Needs a correction": "Korrektur nötig",
    "Needs attention: proof was lost": "Achtung: Ein Nachweis ging verloren",
    "Netskope recorded the instance": "Netskope hat die Instanz verzeichnet",
    "{product} tenant": ("{product}-Tenant"),
    "Netskope tenant audit log": "Audit-Log des Netskope-Tenants",
    "Netskope tenant events": "Ereignisse des Netskope-Tenants",
    "Next": "Als Nächstes",
    "Next check about {at}": "Nächste Prüfung etwa {at}",
    "Nobody": "Niemand",
    "Not verified": "Nicht nachgewiesen",
    "Noted: OpenAI Support was asked again.": "Vermerkt: OpenAI Support wurde noch einmal gefragt.",
    "Noted: the e-mail is sent. I keep asking OpenAI.": (
        "Vermerkt: Die E-Mail ist gesendet. Ich frage OpenAI weiter."
    ),
    "Only administrators can do this. Ask one of yours, or ask to be added to the list.": (
        "Das können nur Administratoren. Fragen Sie einen von ihnen, oder lassen Sie sich in die Liste "
        "aufnehmen."
    ),
    "Only members of this Slack workspace can do this, not people from a connected one.": (
        "Das können nur Mitglieder dieses Slack-Workspace, nicht Personen aus einem verbundenen."
    ),
    "Only people can do this, not bots.": "Das können nur Menschen, keine Bots.",
    "Only reviewers of the security team can do this. Nothing was changed.": (
        "Das können nur Prüfer des Sicherheitsteams. Nichts wurde geändert."
    ),
    "OpenAI Compliance API, live probe": "Compliance API von OpenAI, Live-Abfrage",
    "OpenAI Support": "OpenAI Support",
    "OpenAI last asked {at}: {answer}": "OpenAI zuletzt gefragt {at}: {answer}",
    "Organization ID": "Organisations-ID",
    "Quiet for a while: I remind nobody of this request until then.": (
        "Eine Weile Ruhe: Bis dahin erinnere ich niemanden an diesen Antrag."
    ),
    "Read": "Lesen",
    "Ready for Grant Access in Netskope": "Bereit für Grant Access in Netskope",
    "Recorded under your name: the instance is deleted in {product}.": (
        "Unter Ihrem Namen vermerkt: Die Instanz ist in {product} gelöscht."
    ),
    "Recorded under your name: the key is deleted at OpenAI.": (
        "Unter Ihrem Namen vermerkt: Der Schlüssel ist bei OpenAI gelöscht."
    ),
    "Replaced by {successor}, with a new key, on {at}.": (
        "Ersetzt durch {successor}, mit einem neuen Schlüssel, am {at}."
    ),
    "Requested scope": "Gewünschter Umfang",
    "Requester": "Antragsteller",
    "Retire": "Stilllegen",
    "Retired": "Stillgelegt",
    "Reviewers": "Prüfer",
    "Rotate key": "Schlüssel wechseln",
    "Route": "Weg",
    "Say which request, with its id behind the command ({example}). {command} shows them.": (
        "Sagen Sie, welcher Antrag, mit seiner Kennung hinter dem Befehl ({example}). {command} zeigt die "
        "vorhandenen."
    ),
    "Seen in {product}'s records, our instance not named, so not counted: {hint}": (
        "In den Aufzeichnungen von {product} gesehen, ohne Namen unserer Instanz, daher nicht gezählt: {hint}"
    ),
    "Send the follow-up": "Nachfrage senden",
    "Show": "Anzeigen",
    "Slack takes only so many messages at once; this one is on its way.": (
        "Slack nimmt nur eine bestimmte Zahl von Nachrichten auf einmal; diese ist unterwegs."
    ),
    "Slack took too long to open the form, and nothing was saved. Type {command} again.": (
        "Slack brauchte zu lange, um das Formular zu öffnen, und nichts wurde gespeichert. Tippen Sie "
        "{command} noch einmal."
    ),
    "Snooze": "Später erinnern",
    "Somebody else changed this request at the same moment. Look at the card and try again.": (
        "Jemand anderes hat diesen Antrag im selben Moment geändert. Sehen Sie die Karte an und "
        "versuchen Sie es noch einmal."
    ),
    "That did not work, and nothing was changed. Try again; if it stays, tell the bot's operator.": (
        "Das hat nicht geklappt, und nichts wurde geändert. Versuchen Sie es noch einmal; bleibt es so, "
        "sagen Sie es dem Betreiber des Bots."
    ),
    "That no longer applies, the request has moved on.{now} Nothing was changed.": (
        "Das gilt nicht mehr, der Antrag ist weiter.{now} Nichts wurde geändert."
    ),
    "Thank you, this needs no word from you any more: Greenlight has seen it itself. "
    "The request now stands at: *{title}*.": (
        "Danke, das müssen Sie nicht mehr melden: Greenlight hat es selbst gesehen. "
        "Der Antrag steht jetzt bei: *{title}*."
    ),
    "That was a lot of requests at once. Try again in {wait}.": (
        "Das waren viele Anträge auf einmal. Versuchen Sie es in {wait} noch einmal."
    ),
    "The key is alive and reaches this workspace": "Der Schlüssel lebt und erreicht diesen Workspace",
    "The request was changed after this was shown. Look at the new card, then decide again.": (
        "Der Antrag hat sich geändert, nachdem dies gezeigt wurde. Sehen Sie die neue Karte an und "
        "entscheiden Sie dann noch einmal."
    ),
    "The security channel is shared with another organization, so nothing can be approved until it is not.": (
        "Der Sicherheitskanal wird mit einer anderen Organisation geteilt; solange kann nichts genehmigt "
        "werden."
    ),
    "The sign-in belongs to somebody else than this Slack account, so nothing was approved. If it is "
    "yours, ask the operator of this bot.": (
        "Die Anmeldung gehört jemand anderem als dieses Slack-Konto, daher wurde nichts genehmigt. Ist "
        "sie Ihre, fragen Sie den Betreiber dieses Bots."
    ),
    "The stored key cannot be opened. Ask the operator of this bot; a new key may be needed.": (
        "Der gespeicherte Schlüssel lässt sich nicht öffnen. Fragen Sie den Betreiber dieses Bots; "
        "vielleicht ist ein neuer Schlüssel nötig."
    ),
    "There is already an open request for this workspace, product and tenant: {request_id}.": (
        "Für diesen Workspace, dieses Produkt und diesen Tenant gibt es schon einen offenen Antrag:"
        " {request_id}."
    ),
    "This account is deactivated, so I did nothing.": (
        "Dieses Konto ist deaktiviert, daher habe ich nichts getan."
    ),
    "This approval counts only with a sign-in at your identity provider. Nothing was changed.": (
        "Diese Genehmigung zählt nur mit einer Anmeldung bei Ihrem Identitätsanbieter. Nichts wurde geändert."
    ),
    "This form is from another version of Greenlight, and *nothing was saved*. Try again in a minute, or "
    "type {command} to start again.": (
        "Dieses Formular stammt aus einer anderen Version von Greenlight, und *nichts wurde gespeichert*. "
        "Versuchen Sie es in einer Minute noch einmal, oder tippen Sie {command}, um neu zu beginnen."
    ),
    "This is from another version of Greenlight. Type {command} to go on.": (
        "Dies stammt aus einer anderen Version von Greenlight. Tippen Sie {command}, um fortzufahren."
    ),
    "This is the key that {old} has already. Create a new one at OpenAI; the old one stays.": (
        "Diesen Schlüssel hat {old} schon. Erstellen Sie bei OpenAI einen neuen; der alte bleibt."
    ),
    "This is your own request: somebody else on the review team has to decide.": (
        "Das ist Ihr eigener Antrag: Jemand anderes im Prüfteam muss entscheiden."
    ),
    "This link is none of mine. Type {command} in Slack to get one.": (
        "Dieser Link ist keiner von mir. Tippen Sie {command} in Slack, um einen zu bekommen."
    ),
    "This link was used or has run out. Type {command} in Slack to get a new one.": (
        "Dieser Link wurde benutzt oder ist abgelaufen. Tippen Sie {command} in Slack, um einen neuen zu "
        "bekommen."
    ),
    "This is not yours to see or to change. The requester, an administrator or the security team can help.": (
        "Das können Sie weder sehen noch ändern. Helfen können der Antragsteller, ein Administrator oder das "
        "Sicherheitsteam."
    ),
    "This took too long, so I cannot say whether it was saved. Look at the request in a moment; if "
    "nothing changed there, do it again.": (
        "Das dauerte zu lange, daher kann ich nicht sagen, ob es gespeichert wurde. Sehen Sie gleich "
        "nach dem Antrag; hat sich dort nichts geändert, tun Sie es noch einmal."
    ),
    "Too much is happening at once, so *nothing was saved*. Try again in a minute.": (
        "Gerade geschieht zu viel auf einmal, *nichts wurde gespeichert*. Versuchen Sie es in einer "
        "Minute noch einmal."
    ),
    "Verified": "Nachgewiesen",
    "Verified, data flowing": "Nachgewiesen, Daten fließen",
    "Waiting for review": "Warten auf Prüfung",
    "Workspace Admin key, permission set at creation": (
        "Workspace-Admin-Schlüssel, Berechtigung beim Erstellen gesetzt"
    ),
    "Workspace ID": "Workspace-ID",
    "Workspace {workspace_id}, scope {scope}, key ending {last4}. Your name is recorded.": (
        "Workspace {workspace_id}, Umfang {scope}, Schlüssel mit der Endung {last4}. Ihr Name wird vermerkt."
    ),
    "Write (OpenAI: delete)": "Schreiben (OpenAI: delete)",
    "You": "Sie",
    "You said that already; it counts once.": "Das haben Sie schon gesagt; es zählt einmal.",
    "Your approval is recorded.": "Ihre Genehmigung ist vermerkt.",
    "a minute": "einer Minute",
    "adding the scopes to the key. I keep asking and say when they are there.": (
        "fügt dem Schlüssel die Berechtigungen hinzu. Ich frage weiter und sage, wenn sie da sind."
    ),
    "approve or deny. One reviewer still has to say yes.": "genehmigen oder ablehnen. Ein Ja fehlt noch.",
    "approve or deny. {missing} reviewers still have to say yes.": (
        "genehmigen oder ablehnen. {missing} Ja fehlen noch."
    ),
    "asking OpenAI about the key, with read-only calls. Nobody else has to act.": (
        "fragt OpenAI nach dem Schlüssel, mit Aufrufen, die nur lesen. Sonst muss niemand handeln."
    ),
    "asking OpenAI once more: a grant counts after two equal answers.": (
        "fragt OpenAI noch einmal: Eine Freigabe zählt nach zwei gleichen Antworten."
    ),
    "for {hours} hours": "seit {hours} Stunden",
    "for {minutes} minutes": "seit {minutes} Minuten",
    "just now": "gerade eben",
    "look at the instance in {product}: its records say that it is gone.": (
        "die Instanz in {product} ansehen: Laut Aufzeichnungen gibt es sie nicht mehr."
    ),
    "lost": "verloren",
    "none yet": "noch keine",
    "not shown": "nicht gezeigt",
    "nothing to do.": "nichts zu tun.",
    "nothing to do. This request is closed and Greenlight's copy of its key is destroyed.": (
        "nichts zu tun. Dieser Antrag ist geschlossen und Greenlights Kopie seines Schlüssels vernichtet."
    ),
    "delete what is left in other systems: the list is in the thread of the card and in a direct message. "
    "Greenlight's copy of the key is destroyed.": (
        "löschen, was in anderen Systemen übrig ist: Die Liste steht im Thread der Karte und in einer "
        "Direktnachricht. "
        "Greenlights Kopie des Schlüssels ist vernichtet."
    ),
    "out of reach: this installation has no {product} token": (
        "nicht erreichbar: Diese Installation hat kein {product}-Token"
    ),
    "requested, not verified by the bot: no harmless check for it exists": (
        "verlangt, vom Bot nicht nachgewiesen: Dafür gibt es keine harmlose Prüfung"
    ),
    "said by a person": "Aussage einer Person",
    "send the e-mail to OpenAI Support (drafted in the direct message).": (
        "die E-Mail an OpenAI Support senden (Entwurf in der Direktnachricht)."
    ),
    "sending the e-mail to OpenAI Support.": "sendet die E-Mail an OpenAI Support.",
    "shown": "gezeigt",
    "since ": "seit ",
    "waiting until OpenAI's grant is proven again.": "wartet, bis OpenAIs Freigabe wieder nachgewiesen ist.",
    "{claim}: *not shown yet*": "{claim}: *noch nicht gezeigt*",
    "{claim}: *not shown* ({why})": "{claim}: *nicht gezeigt* ({why})",
    "{count} refusals in a row": "{count} Ablehnungen nacheinander",
    "{date_short} at {time}": "{date_short} um {time}",
    "{id}, ChatGPT to {product} ({name}): {state} since {since}. Next: {turn} Evidence: {summary}.": (
        "{id}, ChatGPT mit {product} ({name}): {state} seit {since}. Als Nächstes: {turn} "
        "Nachweise: {summary}."
    ),
    "{key_name} ending {last4}, fingerprint {fingerprint}": (
        "{key_name} mit der Endung {last4}, Fingerabdruck {fingerprint}"
    ),
    "{minutes} minutes": "{minutes} Minuten",
    "{next_action} Then press Correct.": "{next_action} Dann „Korrigieren“ drücken.",
    "{old} connects another workspace or tenant. A rotation changes the key, not these.": (
        "{old} verbindet einen anderen Workspace oder Tenant. Ein Wechsel ändert den Schlüssel, nicht diese."
    ),
    "{old} is not connected, so there is nothing to rotate. Start a new request instead.": (
        "{old} ist nicht verbunden, also gibt es nichts zu wechseln. Stellen Sie stattdessen einen neuen "
        "Antrag."
    ),
    "{provider} cannot be reached right now. Nothing was changed; try again later.": (
        "{provider} ist gerade nicht erreichbar. Nichts wurde geändert; versuchen Sie es später noch einmal."
    ),
    "{provider} refused. The operator of this bot finds the reason in the log.": (
        "{provider} hat abgelehnt. Den Grund findet der Betreiber dieses Bots im Log."
    ),
    "{requester} and the reviewers": "{requester} und die Prüfer",
    "{who} cancelled this on {at}.{why}": "{who} hat ihn am {at} zurückgezogen.{why}",
    "{who} denied this on {at}.{why}": "{who} hat ihn am {at} abgelehnt.{why}",
    "{who} in the place of {absent}": "{who} an Stelle von {absent}",
    "{who} on {at}": "{who} am {at}",
    "{who} retired this on {at}.{why}": "{who} hat sie am {at} stillgelegt.{why}",
    "E2 · OpenAI granted delete: *{unproven}*": ("E2 · OpenAI hat delete gewährt: *{unproven}*"),
    "This installation does not offer that. Open the form again.": (
        "Diese Installation bietet das nicht an. Öffnen Sie das Formular noch einmal."
    ),
    "Verified: E2 by a live probe, E4 on a person's word": (
        "Nachgewiesen: E2 durch Live-Abfrage, E4 auf das Wort einer Person"
    ),
    "{claim}: *cannot be shown for this product* ({why})": (
        "{claim}: *für dieses Produkt nicht zu zeigen* ({why})"
    ),
    "None: a project key gets no Compliance scopes": (
        "Keiner: Ein Projekt-Schlüssel bekommt keine Compliance-Berechtigungen"
    ),
    "Not recorded": ("Nicht verzeichnet"),
    "Recorded, data flowing": ("Verzeichnet, Daten fließen"),
    "Recorded: OpenAI has nothing to grant here": ("Verzeichnet: OpenAI hat hier nichts zu gewähren"),
    "*The key cannot be watched since {since}* ({span}): OpenAI refuses the bot's network address. Nothing "
    "counts as lost by that, and nothing is confirmed.": (
        "*Der Schlüssel kann seit {since} nicht beobachtet werden* ({span}): OpenAI lehnt die Netzadresse "
        "des Bots ab. Dadurch gilt nichts als verloren, und nichts ist bestätigt."
    ),
    "last seen": "zuletzt gesehen",
    "Verified, data last seen {at}": "Nachgewiesen, Daten zuletzt gesehen am {at}",
    "Recorded, data last seen {at}": "Verzeichnet, Daten zuletzt gesehen am {at}",
}
