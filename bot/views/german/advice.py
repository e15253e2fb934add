"""What OpenAI's answers mean, in German."""

TEXTS: dict[str, str] = {
    "The key is valid, the scopes are missing": "Der Schlüssel gilt, die Berechtigungen fehlen",
    "A web page came back instead of the API: a proxy, or OpenAI's edge, stopped the bot. It says "
    "nothing about the key.": (
        "Statt der API kam eine Webseite zurück: Ein Proxy oder OpenAIs Netzrand hat den Bot "
        "aufgehalten. Über den Schlüssel sagt das nichts."
    ),
    "A workspace Owner edits the key at admin.openai.com > Credentials > Admin keys and adds the "
    "Compliance permission.": (
        "Ein Owner des Workspace bearbeitet den Schlüssel unter admin.openai.com > Credentials > Admin "
        "keys und fügt die Compliance-Berechtigung hinzu."
    ),
    "A workspace Owner must add Conversation messages, or the broad compliance permission, to the key.": (
        "Ein Owner des Workspace muss dem Schlüssel Conversation messages oder die umfassende "
        "Compliance-Berechtigung geben."
    ),
    "Add the bot's address and those of {product} to the Compliance API allowlist (a list of its "
    "own, under Access Restrictions), and wait 15 minutes.": (
        "Tragen Sie die Adresse des Bots und die von {product} in die Allowlist der Compliance API "
        "ein (eine eigene Liste unter Access Restrictions) und warten Sie 15 Minuten."
    ),
    "Ask OpenAI Support whether the Compliance logs are available for your workspace.": (
        "Fragen Sie OpenAI Support, ob es die Compliance-Logs für Ihren Workspace gibt."
    ),
    "Ask a workspace Owner to add Conversation messages or the broad compliance permission at "
    "admin.openai.com > Credentials > Admin keys.": (
        "Bitten Sie einen Owner des Workspace, unter admin.openai.com > Credentials > Admin keys "
        "Conversation messages oder die umfassende Compliance-Berechtigung hinzuzufügen."
    ),
    "At chatgpt.com/admin/settings both ids stand side by side: copy the Workspace ID.": (
        "Unter chatgpt.com/admin/settings stehen beide IDs nebeneinander: Kopieren Sie die Workspace-ID."
    ),
    "Check that the key still exists and that {created_by} is still an Owner; then ask OpenAI Support.": (
        "Prüfen Sie, ob es den Schlüssel noch gibt und {created_by} noch Owner ist; fragen Sie dann "
        "OpenAI Support."
    ),
    "Check the key's Status and Expiration and whether {created_by} is still an Owner. A new key "
    "needs a new approval, and goes into {product} again.": (
        "Prüfen Sie Status und Expiration des Schlüssels und ob {created_by} noch Owner ist. Ein "
        "neuer Schlüssel braucht eine neue Genehmigung und kommt wieder in {product}."
    ),
    "Copy the Workspace ID again from chatgpt.com/admin/settings. It needs ChatGPT Enterprise or Edu.": (
        "Kopieren Sie die Workspace-ID noch einmal von chatgpt.com/admin/settings. Nötig ist ChatGPT "
        "Enterprise oder Edu."
    ),
    "Copy the Workspace ID again from chatgpt.com/admin/settings; it looks like 8-4-4-4-12 hexadecimal "
    "digits.": (
        "Kopieren Sie die Workspace-ID noch einmal von chatgpt.com/admin/settings; sie besteht aus "
        "8-4-4-4-12 hexadezimalen Stellen."
    ),
    "Create the key in the organization that belongs to the workspace (you gave {organization_id}), "
    "and correct the request.": (
        "Erstellen Sie den Schlüssel in der Organisation, zu der der Workspace gehört (angegeben: "
        "{organization_id}), und korrigieren Sie den Antrag."
    ),
    "Find out who removed it. Create a new key, get it approved, and enter it in {product}.": (
        "Finden Sie heraus, wer ihn entfernt hat. Erstellen Sie einen neuen Schlüssel, lassen Sie "
        "ihn genehmigen und tragen Sie ihn in {product} ein."
    ),
    "For an Admin key: a workspace Owner edits it at admin.openai.com > Credentials > Admin keys and "
    "adds the broad compliance read. For an API Platform key: ask OpenAI Support for compliance_export "
    "read.": (
        "Bei einem Admin-Schlüssel: Ein Owner des Workspace bearbeitet ihn unter admin.openai.com > "
        "Credentials > Admin keys und fügt das umfassende Leserecht für Compliance hinzu. Bei einem "
        "API-Platform-Schlüssel: Bitten Sie OpenAI Support um compliance_export read."
    ),
    "For the key ending {last4} there is no workspace {workspace_id}: a wrong or foreign id, or a plan "
    "without the Compliance API.": (
        "Zum Schlüssel mit der Endung {last4} gibt es keinen Workspace {workspace_id}: eine falsche oder "
        "fremde ID, oder ein Tarif ohne Compliance API."
    ),
    "If OpenAI has not confirmed yet, wait. If it has, compare the Organization IDs at "
    "chatgpt.com/admin/settings and platform.openai.com/settings/organization/general: both must be "
    "the same (you gave {organization_id}).": (
        "Wenn OpenAI noch nicht bestätigt hat, warten Sie. Wenn doch, vergleichen Sie die Organization "
        "IDs unter chatgpt.com/admin/settings und platform.openai.com/settings/organization/general: "
        "Beide müssen gleich sein (angegeben: {organization_id})."
    ),
    "In {product} check: the key is in the field for the workspace, the Workspace ID is "
    "{workspace_id}, and the addresses of {product} are on the Compliance API allowlist.": (
        "Prüfen Sie in {product}: Der Schlüssel steht im Feld für den Workspace, die Workspace-ID "
        "ist {workspace_id}, und die Adressen von {product} stehen in der Allowlist der Compliance "
        "API."
    ),
    "Look at admin.openai.com > Credentials > Admin keys: is the right workspace selected, is the key "
    "active, and does it carry the Compliance permission?": (
        "Sehen Sie unter admin.openai.com > Credentials > Admin keys nach: Ist der richtige Workspace "
        "gewählt, ist der Schlüssel aktiv, und hat er die Compliance-Berechtigung?"
    ),
    "Not asked yet": "Noch nicht gefragt",
    "Nothing to do for the requester. The bot's operator exempts OpenAI's addresses or adds the "
    "proxy's certificate.": (
        "Für den Antragsteller ist nichts zu tun. Der Betreiber des Bots nimmt OpenAIs Adressen aus oder "
        "fügt das Zertifikat des Proxys hinzu."
    ),
    "Nothing to do for the requester. The bot's operator looks at the network; the request stays as it is.": (
        "Für den Antragsteller ist nichts zu tun. Der Betreiber des Bots sieht sich das Netzwerk an; der "
        "Antrag bleibt, wie er ist."
    ),
    "Nothing to do on OpenAI's side. Delete cannot be checked without risk, so if you asked for it,"
    " rely on OpenAI's reply.": (
        "Bei OpenAI ist nichts zu tun. Delete lässt sich nicht gefahrlos prüfen; wenn Sie es "
        "verlangt haben, gilt OpenAIs Antwort."
    ),
    "Nothing to do: I am asking.": "Nichts zu tun: Ich frage gerade.",
    "Nothing to do: the bot asks again.": "Nichts zu tun: Der Bot fragt erneut.",
    "Nothing to do: the bot asks again. After an hour the bot's operator should look at the network.": (
        "Nichts zu tun: Der Bot fragt erneut. Nach einer Stunde sollte sein Betreiber das Netzwerk ansehen."
    ),
    "Nothing to do: the bot asks again. If it stays, send the structure to the maintainers.": (
        "Nichts zu tun: Der Bot fragt erneut. Bleibt es so, senden Sie die Struktur an die Entwickler."
    ),
    "Nothing to do: the bot asks again. If this stays, the bot's network may block the API Platform "
    "address.": (
        "Nichts zu tun: Der Bot fragt erneut. Bleibt es so, sperrt vielleicht das Netzwerk des Bots die "
        "Adresse der API Platform."
    ),
    "Nothing to do: the bot waits as long as OpenAI asks.": (
        "Nichts zu tun: Der Bot wartet so lange, wie OpenAI verlangt."
    ),
    "One call accepts the key ending {last4}, the next says it does not exist. That happens for "
    "minutes around a change.": (
        "Ein Aufruf nimmt den Schlüssel mit der Endung {last4} an, der nächste sagt, es gebe ihn nicht. "
        "Das kommt rund um eine Änderung minutenlang vor."
    ),
    "OpenAI accepts the key, {product} does not": ("OpenAI nimmt den Schlüssel an, {product} nicht"),
    "OpenAI answered with an error of its own. It says nothing about the key.": (
        "OpenAI antwortete mit einem eigenen Fehler. Über den Schlüssel sagt das nichts."
    ),
    "OpenAI asks the bot to slow down": "OpenAI bittet den Bot, langsamer zu fragen",
    "OpenAI cannot be reached": "OpenAI ist nicht erreichbar",
    "OpenAI contradicts itself": "OpenAI widerspricht sich",
    "OpenAI does not accept {workspace_id} as a Workspace ID.": (
        "OpenAI nimmt {workspace_id} nicht als Workspace-ID an."
    ),
    "OpenAI does not find this workspace": "OpenAI findet diesen Workspace nicht",
    "OpenAI does not know this Admin key": "OpenAI kennt diesen Admin-Schlüssel nicht",
    "OpenAI does not know this key": "OpenAI kennt diesen Schlüssel nicht",
    "OpenAI granted read": "OpenAI hat read gewährt",
    "OpenAI has a problem": "OpenAI hat ein Problem",
    "OpenAI has not answered yet.": "OpenAI hat noch nicht geantwortet.",
    "OpenAI knows the key ending {last4}, and its Compliance API refuses it for workspace {workspace_id}.": (
        "OpenAI kennt den Schlüssel mit der Endung {last4}, und seine Compliance API weist ihn für den "
        "Workspace {workspace_id} ab."
    ),
    "OpenAI now refuses the key for this workspace": (
        "OpenAI weist den Schlüssel für diesen Workspace jetzt ab"
    ),
    "OpenAI refuses calls from the bot's address. The Compliance API has its own IP allowlist, always on.": (
        "OpenAI weist Aufrufe von der Adresse des Bots ab. Die Compliance API hat eine eigene "
        "IP-Allowlist, die immer gilt."
    ),
    "OpenAI refuses the Admin key ending {last4} for workspace {workspace_id} without saying why. It "
    "was made for another workspace, has no Compliance permission, or is an API Platform key.": (
        "OpenAI weist den Admin-Schlüssel mit der Endung {last4} für den Workspace {workspace_id} ohne "
        "Grund ab. Er wurde für einen anderen Workspace gemacht, hat keine Compliance-Berechtigung oder "
        "ist ein API-Platform-Schlüssel."
    ),
    "OpenAI refuses the key ending {last4} without saying why, and its second address gave no usable "
    "answer, so a living key cannot be told from a dead one.": (
        "OpenAI weist den Schlüssel mit der Endung {last4} ohne Grund ab, und die zweite Adresse gab "
        "keine brauchbare Antwort; ein lebender Schlüssel ist so nicht von einem toten zu unterscheiden."
    ),
    "OpenAI refuses, the reason is not known yet": "OpenAI weist ab, der Grund ist noch nicht bekannt",
    "OpenAI says the Admin key ending {last4} has no permission for conversation messages. Only a "
    "workspace Owner can give it.": (
        "OpenAI sagt, der Admin-Schlüssel mit der Endung {last4} habe keine Berechtigung für "
        "Conversation messages. Nur ein Owner des Workspace kann sie geben."
    ),
    "OpenAI seems to have processed the key, but not for this workspace": (
        "OpenAI scheint den Schlüssel bearbeitet zu haben, aber nicht für diesen Workspace"
    ),
    "OpenAI took the Workspace ID for an organization.": (
        "OpenAI hielt die Workspace-ID für eine Organisation."
    ),
    "OpenAI's answer is unclear": "OpenAIs Antwort ist unklar",
    "Paste the whole key again, or create a new one at admin.openai.com > Credentials > Admin keys.": (
        "Fügen Sie den ganzen Schlüssel noch einmal ein, oder erstellen Sie einen neuen unter "
        "admin.openai.com > Credentials > Admin keys."
    ),
    "Paste the whole key again, or create a new one. A new key needs a new approval.": (
        "Fügen Sie den ganzen Schlüssel noch einmal ein, oder erstellen Sie einen neuen. Ein neuer "
        "Schlüssel braucht eine neue Genehmigung."
    ),
    "Reply to OpenAI Support's ticket with the Workspace ID {workspace_id}. If the key was restricted "
    "when it was created, create a new one with Permissions: All.": (
        "Antworten Sie auf das Ticket von OpenAI Support mit der Workspace ID {workspace_id}. War der "
        "Schlüssel beim Erstellen eingeschränkt, erstellen Sie einen neuen mit Permissions: All."
    ),
    "Something in front of OpenAI answered": "Etwas vor OpenAI hat geantwortet",
    "That is the Organization ID": "Das ist die Organisations-ID",
    "The Admin key ending {last4} is not recognised: mistyped, cut off, expired or revoked.": (
        "Der Admin-Schlüssel mit der Endung {last4} wird nicht erkannt: vertippt, abgeschnitten, "
        "abgelaufen oder widerrufen."
    ),
    "The Admin key ending {last4} is valid, but carries no Compliance permission. No e-mail is needed "
    "for it.": (
        "Der Admin-Schlüssel mit der Endung {last4} ist gültig, hat aber keine Compliance-Berechtigung. "
        "Eine E-Mail ist dafür nicht nötig."
    ),
    "The Admin key has no Compliance permission yet": (
        "Der Admin-Schlüssel hat noch keine Compliance-Berechtigung"
    ),
    "The Admin key is not accepted for this workspace": (
        "Der Admin-Schlüssel wird für diesen Workspace nicht angenommen"
    ),
    "The Workspace ID is malformed": "Die Workspace-ID ist fehlerhaft",
    "The bot does not know this answer, so it draws no conclusion. Its structure, without values, was "
    "kept.": (
        "Der Bot kennt diese Antwort nicht und schließt nichts daraus. Ihre Struktur, ohne Werte, wurde "
        "behalten."
    ),
    "The bot reads workspace {workspace_id} with the key ending {last4}, so the key is good.": (
        "Der Bot liest den Workspace {workspace_id} mit dem Schlüssel mit der Endung {last4}; der "
        "Schlüssel ist also gut."
    ),
    "The certificate could not be checked, which usually means a proxy inspects the bot's traffic. "
    "Nothing was sent.": (
        "Das Zertifikat konnte nicht geprüft werden; meist untersucht dann ein Proxy den Verkehr des "
        "Bots. Nichts wurde gesendet."
    ),
    "The connection failed or took too long. It says nothing about the key.": (
        "Die Verbindung misslang oder dauerte zu lange. Über den Schlüssel sagt das nichts."
    ),
    "The key belongs to another organization": "Der Schlüssel gehört einer anderen Organisation",
    "The key does not read conversations": "Der Schlüssel liest keine Unterhaltungen",
    "The key ending {last4} can read workspace {workspace_id} through the Compliance API.": (
        "Der Schlüssel mit der Endung {last4} kann den Workspace {workspace_id} über die Compliance API "
        "lesen."
    ),
    "The key ending {last4} carries the logging permission only; {product} also needs the broad "
    "compliance read.": (
        "Der Schlüssel mit der Endung {last4} hat nur die Berechtigung für Logs; {product} braucht "
        "auch das umfassende Leserecht für Compliance."
    ),
    "The key ending {last4} could read workspace {workspace_id} before; now OpenAI refuses it without "
    "saying why.": (
        "Der Schlüssel mit der Endung {last4} konnte den Workspace {workspace_id} lesen; jetzt weist "
        "OpenAI ihn ohne Grund ab."
    ),
    "The key ending {last4} has already lost its other permissions, which happens when OpenAI grants "
    "the Compliance scopes, and workspace {workspace_id} still refuses it.": (
        "Der Schlüssel mit der Endung {last4} hat seine anderen Berechtigungen schon verloren, wie es "
        "bei OpenAIs Freigabe der Compliance-Berechtigungen geschieht, und der Workspace {workspace_id} "
        "weist ihn noch ab."
    ),
    "The key ending {last4} is not recognised: mistyped, cut off, deleted or revoked.": (
        "Der Schlüssel mit der Endung {last4} wird nicht erkannt: vertippt, abgeschnitten, gelöscht oder "
        "widerrufen."
    ),
    "The key ending {last4} is valid, and OpenAI has not added the Compliance scopes yet.": (
        "Der Schlüssel mit der Endung {last4} ist gültig, und OpenAI hat die Compliance-Berechtigungen "
        "noch nicht hinzugefügt."
    ),
    "The key ending {last4} opens part of the Compliance API, but not the conversation messages "
    "{product} scans.": (
        "Der Schlüssel mit der Endung {last4} öffnet einen Teil der Compliance API, aber nicht die "
        "Conversation messages, die {product} prüft."
    ),
    "The key ending {last4} reads users, but OpenAI has no log endpoint for workspace {workspace_id}. "
    "That is known for FedRAMP workspaces.": (
        "Der Schlüssel mit der Endung {last4} liest Benutzer, aber OpenAI hat keinen Log-Endpunkt für "
        "den Workspace {workspace_id}. Das ist von FedRAMP-Workspaces bekannt."
    ),
    "The key ending {last4} was granted and is now refused everywhere: revoked, expired, or "
    "{created_by} lost the role or left.": (
        "Der Schlüssel mit der Endung {last4} war freigegeben und wird jetzt überall abgewiesen: "
        "widerrufen, abgelaufen, oder {created_by} hat die Rolle verloren oder ist gegangen."
    ),
    "The key ending {last4} was granted, and OpenAI no longer knows it: deleted or revoked.": (
        "Der Schlüssel mit der Endung {last4} war freigegeben, und OpenAI kennt ihn nicht mehr: gelöscht "
        "oder widerrufen."
    ),
    "The key is alive, but not enabled for this workspace": (
        "Der Schlüssel lebt, ist aber für diesen Workspace nicht freigeschaltet"
    ),
    "The key lacks Conversation messages": "Dem Schlüssel fehlt Conversation messages",
    "The key no longer exists": "Den Schlüssel gibt es nicht mehr",
    "The key no longer works": "Der Schlüssel funktioniert nicht mehr",
    "The key reads logs, but not users and files": (
        "Der Schlüssel liest Logs, aber keine Benutzer und Dateien"
    ),
    "The key's rate limit is used up; {product} shares it.": (
        "Das Ratenlimit des Schlüssels ist ausgeschöpft; {product} teilt es."
    ),
    "The network address is not allowed": "Die Netzwerkadresse ist nicht zugelassen",
    "The organization of the key ending {last4} does not own workspace {workspace_id}. Often the key "
    "was made in a personal organization.": (
        "Die Organisation des Schlüssels mit der Endung {last4} besitzt den Workspace {workspace_id} "
        "nicht. Oft wurde der Schlüssel in einer persönlichen Organisation gemacht."
    ),
    "The secure connection to OpenAI failed": "Die sichere Verbindung zu OpenAI misslang",
    "This workspace has no compliance logs": "Dieser Workspace hat keine Compliance-Logs",
    "Wait for OpenAI Support's answer. If it has been quiet for some days, send a reminder in the same "
    "thread.": (
        "Warten Sie auf die Antwort von OpenAI Support. Bleibt es einige Tage still, fragen Sie in "
        "derselben Konversation nach."
    ),
    "Waiting for OpenAI": "Warten auf OpenAI",
    "its creator": "die Person, die ihn erstellt hat,",
    "not given": "nicht angegeben",
    "The Admin key no longer works": "Der Admin-Schlüssel funktioniert nicht mehr",
    "The Admin key ending {last4} was granted and is now refused: revoked, expired, or {created_by} lost "
    "the role or left.": (
        "Der Admin-Schlüssel mit der Endung {last4} war freigegeben und wird jetzt abgelehnt: widerrufen, "
        "abgelaufen, oder {created_by} hat die Rolle verloren oder ist nicht mehr da."
    ),
    "OpenAI contradicts itself about this workspace": "OpenAI widerspricht sich zu diesem Workspace",
    "For the key ending {last4} OpenAI answers for the logs of workspace {workspace_id}, and does not find "
    "its users. A wrong id would be refused by both.": (
        "Zum Schlüssel mit der Endung {last4} antwortet OpenAI für die Logs des Workspace {workspace_id} und "
        "findet seine Benutzer nicht. Eine falsche ID würden beide ablehnen."
    ),
    "Nothing to do: the bot asks again, and nothing counts as lost. If it stays, OpenAI may have moved "
    "that address: look for a newer version of Greenlight.": (
        "Nichts zu tun: Der Bot fragt wieder, und nichts gilt als verloren. Bleibt es dabei, hat OpenAI "
        "diese Adresse vielleicht verlegt: Sehen Sie nach einer neueren Version von Greenlight."
    ),
}
