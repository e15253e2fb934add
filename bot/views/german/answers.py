"""Answers, the Home tab, and words for operators, in German."""

TEXTS: dict[str, str] = {
    "Choose an active full member of this workspace: no guest, no bot.": (
        "Wählen Sie ein aktives Vollmitglied dieses Workspace: keinen Gast, keinen Bot."
    ),
    "Slack took too long to open the window, and nothing was saved. Press the button again.": (
        "Slack hat zu lange gebraucht, um das Fenster zu öffnen, und nichts wurde gespeichert. Drücken Sie "
        "den Knopf noch einmal."
    ),
    "Slack took too long to open the form, and nothing was saved. Use the shortcut again.": (
        "Slack hat zu lange gebraucht, um das Formular zu öffnen, und nichts wurde gespeichert. Rufen Sie "
        "den Kurzbefehl noch einmal auf."
    ),
    "This installation sends no e-mail, so nothing was sent. Send the follow-up yourself, then press *I sent "
    "the follow-up*.": (
        "Diese Installation sendet keine E-Mails, daher wurde nichts gesendet. Senden Sie die Nachfrage "
        "selbst und drücken Sie dann *Nachfrage ist gesendet*."
    ),
    "This day is over: with a key that has expired nothing can be connected. Correct the date, or leave this "
    "empty.": (
        "Dieser Tag ist vorbei: Mit einem abgelaufenen Schlüssel lässt sich nichts verbinden. Berichtigen "
        "Sie das Datum, oder lassen Sie dies leer."
    ),
    "*That looks like a key, and Slack has seen it now.* A key belongs only in the form. Treat this one "
    "as exposed: delete it where it was made, and make a new one.": (
        "*Das sieht wie ein Schlüssel aus, und Slack hat ihn nun gesehen.* Ein Schlüssel gehört nur in das "
        "Formular. Behandeln Sie diesen als bloßgestellt: Löschen Sie ihn, wo er gemacht wurde, und machen "
        "Sie einen neuen."
    ),
    "I sent you a direct message: the answer has a button, which this tab cannot show.": (
        "Ich habe Ihnen eine Direktnachricht geschickt: Zur Antwort gehört ein Knopf, den die Startseite "
        "nicht zeigen kann."
    ),
    " {more} more are not shown.": " {more} weitere werden nicht gezeigt.",
    "*Evidence of {id}: {verdict}*": "*Nachweise zu {id}: {verdict}*",
    "*The audit chain is broken:*": "*Die Audit-Kette ist gebrochen:*",
    "*{id}* {name}: {state}, since {at}": "*{id}* {name}: {state}, seit {at}",
    ", key checked {at}": ", Schlüssel geprüft {at}",
    ", page {page} of {pages}": ", Seite {page} von {pages}",
    "As of {at}.": "Stand: {at}.",
    "Only the {count} requests that changed last are counted here.": (
        "Gezählt sind hier nur die {count} zuletzt geänderten Anträge."
    ),
    "As of {at}; it stays up to date while you look.": "Stand: {at}; bleibt aktuell, solange Sie hinsehen.",
    "Check GREENLIGHT_CHANNEL, and invite the bot if the channel is private.": (
        "Prüfen Sie GREENLIGHT_CHANNEL, und laden Sie den Bot ein, wenn der Kanal privat ist."
    ),
    "Both files (HTML and JSON) are in your direct message with me.": (
        "Beide Dateien (HTML und JSON) liegen in Ihrer Direktnachricht mit mir."
    ),
    "The files could not be sent to you: {why}": ("Die Dateien konnten Ihnen nicht geschickt werden: {why}"),
    "I cannot send you the files (HTML and JSON): the optional Slack scope {scope} is not granted.": (
        "Ich kann Ihnen die Dateien (HTML und JSON) nicht schicken: Das optionale Slack-Recht {scope} ist "
        "nicht gewährt."
    ),
    "Evidence pack of {id}: one file to read, one to check.": (
        "Nachweismappe zu {id}: eine Datei zum Lesen, eine zum Prüfen."
    ),
    "Choose a day that is not over.": "Wählen Sie einen Tag, der noch nicht vorbei ist.",
    "Choose somebody else.": "Wählen Sie jemand anderen.",
    "Connect a ChatGPT workspace": "Einen ChatGPT-Workspace verbinden",
    "Connected workspaces": "Verbundene Workspaces",
    "Greenlight": "Greenlight",
    "Greenlight cannot post its messages: Slack says {said}. {remedy} Nothing is lost; messages wait "
    "and are posted when this is mended.": (
        "Greenlight kann seine Nachrichten nicht senden: Slack sagt {said}. {remedy} Nichts geht "
        "verloren; die Nachrichten warten und kommen, sobald das behoben ist."
    ),
    "I am being updated, and a newer version of me has this request. *Nothing was changed.* Try again in "
    "a minute.": (
        "Ich werde gerade aktualisiert, und eine neuere Version von mir hat diesen Antrag. *Nichts wurde "
        "geändert.* Versuchen Sie es in einer Minute noch einmal."
    ),
    "Greenlight checked itself and found something wrong:": (
        "Greenlight hat sich selbst geprüft und etwas gefunden:"
    ),
    "Head of the chain: {head}": "Ende der Kette: {head}",
    "I am away": "Ich bin abwesend",
    "I am looking at everything; the findings follow in a moment, for your eyes only.": (
        "Ich sehe mir alles an; die Befunde folgen gleich, nur für Ihre Augen."
    ),
    "I connect ChatGPT Enterprise to your security product, with a reviewer's yes, and keep proving"
    " the connection.": (
        "Ich verbinde ChatGPT Enterprise mit Ihrem Sicherheitsprodukt, mit dem Ja eines Prüfers, "
        "und weise die Verbindung immer wieder nach."
    ),
    "I do not know {typed}.": "{typed} kenne ich nicht.",
    "I know no request {typed}. An id looks like {example}.": (
        "Einen Antrag {typed} kenne ich nicht. Eine ID sieht aus wie {example}."
    ),
    "Invite it there again: /invite @Greenlight.": "Laden Sie ihn dort wieder ein: /invite @Greenlight.",
    "It now stands at: *{state}*. Your click changed nothing.": (
        "Stand jetzt: *{state}*. Ihr Klick hat nichts geändert."
    ),
    "My requests and connections": "Meine Anträge und Verbindungen",
    "Let them decide": "Vertretung benennen",
    "Next page": "Nächste Seite",
    "None.": "Keine.",
    "None. What is connected, and how it stands: choose *{list}* above.": (
        "Keine. Was verbunden ist, und wie es darum steht: oben *{list}* wählen."
    ),
    "Nothing to do.": "Nichts zu tun.",
    "Nothing to review.": "Nichts zu prüfen.",
    "Open requests": "Offene Anträge",
    "Previous page": "Vorige Seite",
    "Recently closed": "Kürzlich geschlossen",
    "Reinstall the app from manifest.yml.": "Installieren Sie die App neu aus manifest.yml.",
    "The operator of this bot can make them with {command}.": (
        "Der Betreiber dieses Bots kann sie mit {command} erstellen."
    ),
    "The operator of this bot finds more in its log.": (
        "Mehr findet der Betreiber dieses Bots in seinem Log."
    ),
    "The security channel is shared with another organization: end that, or set GREENLIGHT_CHANNEL to "
    "another one.": (
        "Der Sicherheitskanal wird mit einer anderen Organisation geteilt: Beenden Sie das, oder setzen "
        "Sie GREENLIGHT_CHANNEL auf einen anderen."
    ),
    "There are no requests that you may see. An administrator opens one with {command}.": (
        "Es gibt keine Anträge, die Sie sehen dürfen. Ein Administrator eröffnet einen mit {command}."
    ),
    "This installation cannot look at itself from here. Run `greenlight doctor` where it runs.": (
        "Diese Installation kann sich von hier aus nicht selbst ansehen. Führen Sie `greenlight doctor` "
        "dort aus, wo sie läuft."
    ),
    "This request has moved on.": "Dieser Antrag ist schon weiter.",
    "Unarchive the channel, or set GREENLIGHT_CHANNEL to another one.": (
        "Holen Sie den Kanal aus dem Archiv, oder setzen Sie GREENLIGHT_CHANNEL auf einen anderen."
    ),
    "Until (the end of that day, at most 90 days)": "Bis (Ende dieses Tages, höchstens 90 Tage)",
    "Waits for you": "Wartet auf Sie",
    "While you are away somebody else may approve and deny in your place: never their own requests, "
    "never yours. Each decision is recorded with both names, and the channel is told.": (
        "Solange Sie abwesend sind, darf jemand anderes an Ihrer Stelle genehmigen und ablehnen: nie "
        "eigene Anträge, nie Ihre. Jede Entscheidung wird mit beiden Namen vermerkt, und der Kanal "
        "erfährt davon."
    ),
    "Who decides in your place": "Wer entscheidet an Ihrer Stelle",
    "all requests you may see": "alle Anträge, die Sie sehen dürfen",
    "asked by {who}": "beantragt von {who}",
    "cards do not show the present state; scheduled again": (
        "Karten zeigen nicht den jetzigen Stand; neu eingeplant"
    ),
    "check now instead of waiting for the next check": (
        "jetzt prüfen, statt auf die nächste Prüfung zu warten"
    ),
    "connect a ChatGPT Enterprise workspace (opens the form)": (
        "einen ChatGPT-Enterprise-Workspace verbinden (öffnet das Formular)"
    ),
    "for reviewers and admins: is this installation well, and how to mend it": (
        "für Prüfer und Administratoren: Geht es dieser Installation gut, und was hilft ihr"
    ),
    "for reviewers: name who decides in your place while you are away (/greenlight back ends it)": (
        "für Prüfer: benennen, wer in Ihrer Abwesenheit an Ihrer Stelle entscheidet "
        "(/greenlight back beendet das)"
    ),
    "give a connection a new key, beside the old one until the new one is proven": (
        "einer Verbindung einen neuen Schlüssel geben, neben dem alten, bis der neue nachgewiesen ist"
    ),
    "its requester": "den Antragsteller",
    "its requester has left": "der Antragsteller ist gegangen",
    "keys of ended requests were still stored; destroyed now": (
        "Schlüssel beendeter Anträge waren noch gespeichert; jetzt vernichtet"
    ),
    "no data lately": "zuletzt keine Daten",
    "who made the key has left": "wer den Schlüssel angelegt hat, ist gegangen",
    "open requests had no step due; scheduled again": (
        "offene Anträge hatten keinen fälligen Schritt; neu eingeplant"
    ),
    "flaws in the record of delegations and of work on the key set; `greenlight audit verify` lists them": (
        "Mängel im Protokoll der Vertretungen und der Arbeit am Schlüsselsatz; "
        "`greenlight audit verify` nennt sie"
    ),
    "steps are long overdue: is a bot running?": "Schritte sind lange überfällig: Läuft ein Bot?",
    "steps were given up; `greenlight requests repair` posts a card anew": (
        "Schritte wurden aufgegeben; `greenlight requests repair` stellt eine Karte neu ein"
    ),
    "the clocks of bot and Redis differ by more than ten seconds": (
        "die Uhren von Bot und Redis weichen mehr als zehn Sekunden voneinander ab"
    ),
    "the key expires soon": "der Schlüssel läuft bald ab",
    "the reviewers": "die Prüfer",
    "the rounds that remind people had stopped; started again": (
        "die Runden, die Leute erinnern, standen still; wieder angestoßen"
    ),
    "this text": "dieser Text",
    "waits for {name}, {asked} {at}": "wartet auf {name}, {asked} {at}",
    "where a request stands, on what evidence, and who acts next": (
        "wo ein Antrag steht, mit welchen Nachweisen, und wer als Nächstes handelt"
    ),
    "withdraw a request, or retire a connection; the key is destroyed": (
        "einen Antrag zurückziehen oder eine Verbindung stilllegen; der Schlüssel wird vernichtet"
    ),
    "{count} requests.": "{count} Anträge.",
    "{entries} audit entries, the chain is intact.": "{entries} Audit-Einträge, die Kette ist heil.",
    "{id}: {state} since {at}": "{id}: {state} seit {at}",
    "{more} more are not shown here.": "{more} weitere werden hier nicht gezeigt.",
    "{reviewer} is away until {until}. Until then {delegate} may decide in their place.": (
        "{reviewer} ist bis {until} abwesend. Bis dahin darf {delegate} an dieser Stelle entscheiden."
    ),
    "I connect ChatGPT Enterprise to a security product. An administrator begins it: ask one of yours. What "
    "you have part in is listed here.": (
        "Ich verbinde ChatGPT Enterprise mit einem Sicherheitsprodukt. Ein Administrator beginnt damit: "
        "Fragen Sie einen der Ihren. Woran Sie beteiligt sind, steht hier."
    ),
    "Nobody decides in your place at the moment, so nothing was changed.": (
        "Zurzeit entscheidet niemand an Ihrer Stelle, daher wurde nichts geändert."
    ),
    "{reviewer} is back and decides for themselves again.": (
        "{reviewer} ist zurück und entscheidet wieder selbst."
    ),
    "{who} approved this on {at}": "{who} hat das am {at} genehmigt",
    "{who}: I could not send you a direct message (Slack says {said}). {command} shows what is next.": (
        "{who}: Eine Direktnachricht an Sie war nicht möglich (Slack sagt {said}). {command} zeigt, was "
        "als Nächstes kommt."
    ),
}
