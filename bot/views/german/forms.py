"""The forms and the one-time pages, in German."""

TEXTS: dict[str, str] = {
    "*The key was shown already, and it is shown only once.* If you did not see it, or it got lost, press "
    "*Cancel request*, make a new key at OpenAI and start again with it.": (
        "*Der Schlüssel wurde schon gezeigt, und er wird nur einmal gezeigt.* Wenn Sie ihn nicht gesehen "
        "haben oder er verloren ging, drücken Sie *Antrag zurückziehen*, machen Sie bei OpenAI einen neuen "
        "Schlüssel und beginnen Sie mit ihm von vorn."
    ),
    "*There is no key to show any more:* it was destroyed.": (
        "*Es gibt keinen Schlüssel mehr, der gezeigt werden könnte:* Er wurde vernichtet."
    ),
    " *Leave the field empty to keep the key I have.*": (
        " *Lassen Sie das Feld leer, um den vorhandenen Schlüssel zu behalten.*"
    ),
    "*About the key:* Slack has no hidden field, so the key is readable on your screen while you type, "
    "and it passes through Slack once. OpenAI advises against sending keys through chat. I encrypt it "
    "at once, never show more than its last four characters, and destroy it when this request ends.": (
        "*Zum Schlüssel:* Slack kennt kein verdecktes Feld. Der Schlüssel ist beim Eingeben auf Ihrem "
        "Bildschirm lesbar und läuft einmal durch Slack. OpenAI rät davon ab, Schlüssel per Chat zu "
        "senden. Ich verschlüssele ihn sofort, zeige nie mehr als die letzten vier Zeichen und vernichte "
        "ihn, wenn dieser Antrag endet."
    ),
    "*About the key:* it is not asked for here, so that it never passes through Slack. When you send "
    "this form you get a link to a page that takes it: yours alone, good once, for ten minutes.": (
        "*Zum Schlüssel:* Er wird hier nicht abgefragt, damit er nie durch Slack läuft. Wenn Sie dieses "
        "Formular senden, bekommen Sie einen Link auf eine Seite, die ihn annimmt: nur für Sie, einmal "
        "gültig, zehn Minuten lang."
    ),
    "*Not approved yet.* Approving {request_id} needs a sign-in at your identity provider, because it "
    "allows deleting content or concerns a production tenant. This link is yours alone, works once, "
    "and ends in {minutes} minutes.": (
        "*Noch nicht genehmigt.* Für {request_id} ist eine Anmeldung bei Ihrem Identitätsanbieter nötig, "
        "weil die Genehmigung das Löschen von Inhalten erlaubt oder einen Produktiv-Tenant betrifft. "
        "Dieser Link gehört nur Ihnen, gilt einmal und endet in {minutes} Minuten."
    ),
    "*One thing is missing: the API key.*\nOpen the page and hand it over there. The link is yours "
    "alone, works once, and ends in {minutes} minutes; nothing is saved until then.": (
        "*Eines fehlt noch: der API-Schlüssel.*\nÖffnen Sie die Seite und übergeben Sie ihn dort. Der "
        "Link gehört nur Ihnen, gilt einmal und endet in {minutes} Minuten; bis dahin wird nichts "
        "gespeichert."
    ),
    "*Please note:* {warning}": "*Bitte beachten:* {warning}",
    "*Request {id} is open.*\nI am checking the key ending {last4} with OpenAI: two read-only calls, at "
    "most three. The result comes to you as a direct message, usually within a minute.": (
        "*Antrag {id} ist eröffnet.*\nIch prüfe den Schlüssel mit der Endung {last4} bei OpenAI: zwei "
        "Aufrufe, höchstens drei, die nur lesen. Das Ergebnis kommt als Direktnachricht, meist innerhalb "
        "einer Minute."
    ),
    "*There is already an open request for this workspace, product and tenant: {where}.*\n"
    "Nothing new was saved, and I did not keep the key. See where it stands with {command}. For a "
    "request in its place, cancel it first, then type {start}. For another workspace *go back* and change "
    "what you typed: it is all still there.": (
        "*Für diesen Workspace, dieses Produkt und diesen Tenant gibt es schon einen offenen "
        "Antrag: {where}.*\n"
        "Nichts Neues wurde gespeichert, und ich habe den Schlüssel nicht behalten. Den Stand zeigt"
        " {command}. Für einen Antrag an seiner Stelle ziehen Sie ihn zuerst zurück und tippen dann {start}. "
        "Für einen anderen Workspace führt *Zurück* zu Ihren Eingaben: Alles steht noch da."
    ),
    "*This form was refused because of {request_id}, which has ended meanwhile.* A form that was refused is "
    "not taken any more, and I did not keep the key. Type {start} for a new one.": (
        "*Dieses Formular wurde wegen {request_id} abgewiesen; dieser Antrag ist inzwischen beendet.* Ein "
        "abgewiesenes Formular wird nicht mehr angenommen, und ich habe den Schlüssel nicht behalten. Tippen "
        "Sie {start} für ein neues."
    ),
    "A link lasts ten minutes, and nothing was saved. Type /greenlight in Slack to start again.": (
        "Ein Link gilt zehn Minuten, und nichts wurde gespeichert. Tippen Sie /greenlight in Slack, um "
        "neu zu beginnen."
    ),
    "A new key that begins with sk-. It is encrypted at once, never shown again, and destroyed when "
    "the request ends. This page works once.": (
        "Ein neuer Schlüssel, der mit sk- beginnt. Er wird sofort verschlüsselt, nie wieder gezeigt und "
        "am Ende des Antrags vernichtet. Diese Seite funktioniert einmal."
    ),
    "A new key, used for nothing else: OpenAI removes every other permission from it, and its rate "
    "limit is shared with {product}.": (
        "Ein neuer Schlüssel, der für nichts anderes dient: OpenAI nimmt ihm alle anderen "
        "Berechtigungen, und sein Ratenlimit teilt er mit {product}."
    ),
    "A rotation is a request of its own: *a new key needs a new grant*, and goes into {product} in "
    "place of the old one. The old connection stays as it is until the new one is proven; then I "
    "retire it.": (
        "Ein Wechsel ist ein eigener Antrag: *Ein neuer Schlüssel braucht eine neue Freigabe* und "
        "kommt in {product} an die Stelle des alten. Die alte Verbindung bleibt, bis die neue "
        "nachgewiesen ist; dann lege ich sie still."
    ),
    "API Platform key: OpenAI Support grants the scopes": (
        "API-Platform-Schlüssel: OpenAI Support gibt die Berechtigungen"
    ),
    "Already requested": "Schon beantragt",
    "Another site sent this. Nothing was used.": "Das kam von einer fremden Seite. Nichts wurde verwendet.",
    "Approved": "Genehmigt",
    "Asked by": "Beantragt von",
    "Beside the Workspace ID. The same id must stand at "
    "platform.openai.com/settings/organization/general: a key made in another (or a personal) "
    "organization is refused.": (
        "Neben der Workspace-ID. Dieselbe ID muss unter "
        "platform.openai.com/settings/organization/general stehen: Ein Schlüssel aus einer anderen (oder "
        "persönlichen) Organisation wird abgewiesen."
    ),
    "Both": "Beides",
    "Cancel": "Abbrechen",
    "Retire the connection {request_id}? *It was proven: I stop watching it, and the key I hold is "
    "destroyed.* To connect this workspace again is a new request, as a rule with a new key and a new grant "
    "from OpenAI. Nothing changes at OpenAI or in the product by itself: I then say what is left to delete "
    "there.": (
        "Die Verbindung {request_id} stilllegen? *Sie war nachgewiesen: Ich beobachte sie nicht mehr, und "
        "der Schlüssel bei mir wird vernichtet.* Diesen Workspace wieder zu verbinden ist ein neuer Antrag, "
        "in der Regel mit neuem Schlüssel und neuer Freigabe von OpenAI. Bei OpenAI und im Produkt ändert "
        "sich von selbst nichts: Ich sage danach, was dort noch zu löschen ist."
    ),
    "Cancel the request": "Antrag zurückziehen",
    "Cancel {request_id}? I stop checking, and the key I hold is destroyed. Nothing changes at "
    "OpenAI or in the product: delete the key and the instance there if they are no longer wanted.": (
        "{request_id} zurückziehen? Ich höre auf zu prüfen, und der Schlüssel bei mir wird "
        "vernichtet. Bei OpenAI und im Produkt ändert sich nichts: Löschen Sie dort Schlüssel und "
        "Instanz, wenn sie nicht mehr gebraucht werden."
    ),
    "Check again": "Erneut prüfen",
    "Check and request": "Prüfen und beantragen",
    "Choose the scope the product is to get.": ("Wählen Sie den Umfang, den das Produkt bekommen soll."),
    "Choose where the key comes from.": "Wählen Sie, woher der Schlüssel kommt.",
    "Close": "Schließen",
    "Confirm the approval": "Genehmigung bestätigen",
    "Confirm this approval in your browser": "Diese Genehmigung im Browser bestätigen",
    "Confirm your approval": "Bestätigen Sie Ihre Genehmigung",
    "Connect ChatGPT": "ChatGPT verbinden",
    "Correct the request": "Antrag korrigieren",
    "Correct what is wrong and send it again. A change voids approvals given so far.": (
        "Korrigieren Sie, was falsch ist, und senden Sie es erneut. Eine Änderung macht bisherige "
        "Genehmigungen ungültig."
    ),
    "*Before you change something:* another workspace, organization, route, key, scope or instance "
    "name voids the approval, and all begins again with the check and the review. The key's name, "
    "its creator, its expiry and the administrator's e-mail may change freely. What stands in the "
    "product's console already does not change with it: change it there as well.": (
        "*Bevor Sie etwas ändern:* Ein anderer Workspace, eine andere Organisation, ein anderer "
        "Weg, Schlüssel, Umfang oder Instanzname macht die Genehmigung ungültig, und alles beginnt "
        "von vorn mit Prüfung und Genehmigung. Name, Ersteller und Ablauf des Schlüssels und die "
        "E-Mail-Adresse des Administrators dürfen sich frei ändern. Was in der Konsole des Produkts"
        " schon steht, ändert sich dadurch nicht: Ändern Sie es auch dort."
    ),
    "*Request {id} is corrected.*\n"
    "The approval and what was proven still stand. Go on in {product} with the values in the new "
    "direct message.": (
        "*Antrag {id} ist korrigiert.*\n"
        "Die Genehmigung und was nachgewiesen ist, gelten weiter. Machen Sie in {product} weiter, "
        "mit den Werten aus der neuen Direktnachricht."
    ),
    "Corrected": "Korrigiert",
    "Retire the connection": "Verbindung stilllegen",
    "Deny the request": "Antrag ablehnen",
    "Deny {request_id}? The requester and the channel see your reason. The key I hold is destroyed.": (
        "{request_id} ablehnen? Der Antragsteller und der Kanal sehen Ihren Grund. Der Schlüssel bei mir "
        "wird vernichtet."
    ),
    "Done": "Fertig",
    "Exactly as OpenAI's key list shows it.": "Genau so, wie er in OpenAIs Liste der Schlüssel steht.",
    "Expires on": "Läuft ab am",
    "From chatgpt.com/admin/settings, Workspace details.": (
        "Von chatgpt.com/admin/settings, Workspace details."
    ),
    "Gets a copy of the e-mail to OpenAI, and the notices of {product}.": (
        "Bekommt eine Kopie der E-Mail an OpenAI und die Benachrichtigungen von {product}."
    ),
    "Give another key": "Einen anderen Schlüssel angeben",
    "Go on in Slack. You can close this page.": "Weiter geht es in Slack. Sie können diese Seite schließen.",
    "Go on in Slack: the result comes as a direct message. You can close this page.": (
        "Weiter geht es in Slack: Das Ergebnis kommt als Direktnachricht. Sie können diese Seite schließen."
    ),
    "Go on only if you pressed Approve in Slack just now. If somebody sent you this page, close it and "
    "tell your security team.": (
        "Fahren Sie nur fort, wenn Sie gerade in Slack „Genehmigen“ gedrückt haben. Hat Ihnen jemand diese "
        "Seite geschickt, schließen Sie sie und sagen Sie es Ihrem Sicherheitsteam."
    ),
    "Hand over the key": "Schlüssel übergeben",
    "I check it with OpenAI, then a reviewer decides.": (
        "Ich prüfe ihn bei OpenAI, dann entscheidet ein Prüfer."
    ),
    "I did not make it. Type /greenlight in Slack to get one.": (
        "Ich habe ihn nicht gemacht. Tippen Sie /greenlight in Slack, um einen zu bekommen."
    ),
    "Is this not what you asked for in Slack? Then close this page: somebody else made this link.": (
        "Haben Sie das nicht in Slack angefordert? Dann schließen Sie diese Seite: Jemand anderes hat "
        "diesen Link gemacht."
    ),
    "It is not shown again, and it is in no message. Do not put it into a chat, a ticket or a note.": (
        "Er wird nicht noch einmal gezeigt und steht in keiner Nachricht. Schreiben Sie ihn nicht in "
        "einen Chat, ein Ticket oder eine Notiz."
    ),
    "It opened or corrected request {id}. What is typed here now is not taken.": (
        "Er hat den Antrag {id} eröffnet oder korrigiert. Was jetzt hier eingegeben wird, wird nicht "
        "angenommen."
    ),
    "Keep the key I gave": "Bisherigen Schlüssel behalten",
    "Key ending": "Schlüssel endet auf",
    "Key name": "Name des Schlüssels",
    "Key received": "Schlüssel eingegangen",
    "Made at admin.openai.com > Credentials > Admin keys. No e-mail, no wait.": (
        "Erstellt unter admin.openai.com > Credentials > Admin keys. Ohne E-Mail."
    ),
    "Made at platform.openai.com/api-keys. I write the e-mail to OpenAI.": (
        "Erstellt unter platform.openai.com/api-keys. Die E-Mail schreibe ich."
    ),
    "Name or e-mail as the key list shows it; an Owner of both the organization and the workspace.": (
        "Name oder E-Mail wie in der Liste der Schlüssel; ein Owner sowohl der Organisation als auch des "
        "Workspace."
    ),
    "Conversations, files and users are scanned.": ("Unterhaltungen, Dateien und Benutzer werden geprüft."),
    "Not a form": "Kein Formular",
    "Not approved": "Nicht genehmigt",
    "Not from here": "Nicht von hier",
    "Not now": "Jetzt nicht",
    "Not taken": "Nicht angenommen",
    "Of an Admin key with an expiration, as YYYY-MM-DD. I tell you in time to rotate it.": (
        "Bei einem Admin-Schlüssel mit Ablaufdatum, als JJJJ-MM-TT. Ich erinnere rechtzeitig an den Wechsel."
    ),
    "One moment: fetching the key.": "Einen Moment: Der Schlüssel wird geholt.",
    "One moment: looking up the request...": "Einen Moment: Der Antrag wird gesucht ...",
    "Only what else stands in this form changes.": "Nur was sonst in diesem Formular steht, ändert sich.",
    "Open the page": "Seite öffnen",
    "Open the page for the API key in your browser": "Die Seite für den API-Schlüssel im Browser öffnen",
    "OpenAI calls it delete. It can't be checked; alone it stays unproven.": (
        "Bei OpenAI: delete. Nicht prüfbar; allein bleibt es ohne Nachweis."
    ),
    "Paste it into {product}, instance {instance_name}.": (
        "Fügen Sie ihn in {product} ein, Instanz {instance_name}."
    ),
    "Please note: {warning}": "Bitte beachten: {warning}",
    "Read and delete (write): content may also be removed.": (
        "Read und delete (write): Inhalte dürfen auch entfernt werden."
    ),
    "Reason": "Grund",
    "Request": "Antrag",
    "Request received": "Antrag eingegangen",
    "Request {id} has its key, ending {last4}.": ("Antrag {id} hat seinen Schlüssel mit der Endung {last4}."),
    "Reviewer in Slack": "Prüfer in Slack",
    "Rotate the key": "Schlüssel wechseln",
    "Say what has to change for a yes.": "Sagen Sie, was sich für ein Ja ändern muss.",
    "Say why in a few words: the requester has to know what to change.": (
        "Sagen Sie in wenigen Worten, warum: Der Antragsteller muss wissen, was zu ändern ist."
    ),
    "Scope at OpenAI": "Umfang bei OpenAI",
    "Show it": "Anzeigen",
    "Show the key once": "Schlüssel einmal anzeigen",
    "Show the key once, {id}": "Schlüssel einmal anzeigen, {id}",
    "Show the key once?": "Den Schlüssel einmal anzeigen?",
    "Sign in and approve": "Anmelden und genehmigen",
    "Slack user": "Slack-Benutzer",
    "The channel sees it.": "Der Kanal sieht ihn.",
    "The key for {id} has arrived. I am checking it with OpenAI.": (
        "Der Schlüssel für {id} ist angekommen. Ich prüfe ihn bei OpenAI."
    ),
    "The key is encrypted. You can close this window; nothing is lost.": (
        "Der Schlüssel ist verschlüsselt. Sie können dieses Fenster schließen; nichts geht verloren."
    ),
    "The key lacks a mark that OpenAI's keys usually have. If OpenAI refuses it, copy it again.": (
        "Dem Schlüssel fehlt ein Merkmal, das OpenAIs Schlüssel sonst haben. Weist OpenAI ihn ab, "
        "kopieren Sie ihn noch einmal."
    ),
    "The key, once": "Der Schlüssel, einmal",
    "The name of the connection in {product}; where its records can be read, they are searched for it.": (
        "Der Name der Verbindung in {product}; wo die Aufzeichnungen lesbar sind, werden sie nach "
        "ihm durchsucht."
    ),
    "On to your identity provider": "Weiter zu Ihrem Identitätsanbieter",
    "Your browser goes on by itself; nothing is approved until you have signed in there.": (
        "Ihr Browser geht von selbst weiter; genehmigt ist erst etwas, wenn Sie sich dort angemeldet haben."
    ),
    "Go on to the sign-in": "Weiter zur Anmeldung",
    "This page is over": "Diese Seite ist vorbei",
    "It is not for this browser, or I did not make it. Press Approve in Slack again.": (
        "Er ist nicht für diesen Browser, oder ich habe ihn nicht gemacht. Drücken Sie in Slack noch einmal "
        "Genehmigen."
    ),
    "This page was used, or its ten minutes are over. Whether the request was approved stands on the card in "
    "Slack; if it was not, press Approve again.": (
        "Diese Seite wurde benutzt, oder ihre zehn Minuten sind vorbei. Ob der Antrag genehmigt ist, steht "
        "auf der Karte in Slack; wenn nicht, drücken Sie noch einmal Genehmigen."
    ),
    "Too many tries. Press Approve in Slack again to get a new link.": (
        "Zu viele Versuche. Drücken Sie in Slack noch einmal Genehmigen, um einen neuen Link zu bekommen."
    ),
    "The sign-in could not be verified, so nothing was approved. Press Approve in Slack again.": (
        "Die Anmeldung konnte nicht bestätigt werden, daher wurde nichts genehmigt. Drücken Sie in Slack "
        "noch einmal Genehmigen."
    ),
    "This connects a ChatGPT Enterprise workspace to {product}.": (
        "Dies verbindet einen ChatGPT-Enterprise-Workspace mit {product}."
    ),
    "This connects a ChatGPT Enterprise workspace to your {product} tenant {tenant}.": (
        "Dies verbindet einen ChatGPT-Enterprise-Workspace mit Ihrem Tenant von {product}: {tenant}."
    ),
    "This is more than a key, or came too slowly.": (
        "Das ist mehr als ein Schlüssel, oder es kam zu langsam."
    ),
    "This link does not work": "Dieser Link funktioniert nicht",
    "This link has run out": "Dieser Link ist abgelaufen",
    "This link was used": "Dieser Link wurde benutzt",
    "Too many tries": "Zu viele Versuche",
    "Too many tries. Type /greenlight in Slack to get a new link.": (
        "Zu viele Versuche. Tippen Sie /greenlight in Slack, um einen neuen Link zu bekommen."
    ),
    "Too much": "Zu viel",
    "Type the date as YYYY-MM-DD, or leave this empty.": (
        "Geben Sie das Datum als JJJJ-MM-TT ein, oder lassen Sie das Feld leer."
    ),
    "Type the name the key has in OpenAI's key list.": (
        "Geben Sie den Namen ein, den der Schlüssel in OpenAIs Liste hat."
    ),
    "Type who created the key, as OpenAI's key list shows it.": (
        "Geben Sie ein, wer den Schlüssel erstellt hat, wie es in OpenAIs Liste steht."
    ),
    "Use the form of the page.": "Verwenden Sie das Formular der Seite.",
    "Where does the key come from?": "Woher kommt der Schlüssel?",
    "Workspace Admin key: it has its Compliance permission": (
        "Workspace-Admin-Schlüssel: hat seine Compliance-Berechtigung"
    ),
    "Write": "Schreiben",
    "Write alone gives {product} nothing to scan, and I cannot prove it: most people need Both.": (
        "Schreiben allein gibt {product} nichts zu prüfen, und ich kann es nicht nachweisen: Die "
        "meisten brauchen Beides."
    ),
    "You did not sign in. Nothing was changed.": "Sie haben sich nicht angemeldet. Nichts wurde geändert.",
    "You get a one-time page for it when you send this form.": (
        "Sie bekommen dafür eine einmalige Seite, wenn Sie dieses Formular senden."
    ),
    "Your API key for Greenlight": "Ihr API-Schlüssel für Greenlight",
    "Your approval of {id} is recorded, confirmed by your sign-in.": (
        "Ihre Genehmigung von {id} ist vermerkt, durch Ihre Anmeldung bestätigt."
    ),
    "Your approval of {id} is recorded, with your sign-in.": (
        "Ihre Genehmigung von {id} ist vermerkt, mit Ihrer Anmeldung."
    ),
    "key name": "Name des Schlüssels",
    "name": "Name",
    " or ": (" oder "),
    "Choose the product.": ("Wählen Sie das Produkt."),
    "Guided; that it is connected rests on a person's word.": (
        "Mit Anleitung; dass es verbunden ist, beruht auf dem Wort einer Person."
    ),
    "Its own records prove the connection.": ("Seine eigenen Aufzeichnungen weisen die Verbindung nach."),
    "Product": ("Produkt"),
    "Tenant": ("Tenant"),
    "Which product is to read the workspace?": ("Welches Produkt soll den Workspace lesen?"),
    "{product} asks for read only: choose Read.": ("{product} verlangt nur Lesen: Wählen Sie Lesen."),
    "Only for {product}.": ("Nur für {product}."),
    "A project key is an API Platform key, without any e-mail: choose that.": (
        "Ein Projekt-Schlüssel ist ein API-Platform-Schlüssel, ohne E-Mail: Wählen Sie das."
    ),
    "A reviewer decides.": ("Ein Prüfer entscheidet."),
    "Nothing to ask OpenAI for; its own records show the connection.": (
        "Bei OpenAI ist nichts zu erbitten; eigene Aufzeichnungen zeigen es."
    ),
    "*Request {id} is open.*\n"
    "A project key gets no Compliance scopes, so there is nothing to ask OpenAI. A direct message "
    "says what comes next.": (
        "*Antrag {id} ist eröffnet.*\n"
        "Ein Projekt-Schlüssel bekommt keine Compliance-Berechtigungen, also ist OpenAI nichts zu "
        "fragen. Eine Direktnachricht sagt, wie es weitergeht."
    ),
    "I did not keep the key: only its last four characters and its fingerprint.": (
        "Den Schlüssel habe ich nicht behalten: nur seine letzten vier Zeichen und seinen Fingerabdruck."
    ),
    "The key for {id} has arrived. Only its last four characters are kept.": (
        "Der Schlüssel für {id} ist angekommen. Nur seine letzten vier Zeichen werden behalten."
    ),
    "none": ("keiner"),
}
