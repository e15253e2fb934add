"""What the doctor says, in German: found again in its finished English, so that scripts keep reading English.

`{0}`, `{1}` ... are what varies, in the order in which the English has it.
"""

STANDINGS = {"ok": "in Ordnung", "unseen": "nicht zu sehen", "warning": "Warnung", "failure": "Fehler"}

TEXTS: dict[str, str] = {
    "{0} is not set.": "{0} ist nicht gesetzt.",
    "Set {0}: the bot token of your Slack app (xoxb-...).": (
        "{0} setzen: das Bot-Token Ihrer Slack-App (xoxb-...)."
    ),
    "Set SLACK_APP_TOKEN (xapp-..., scope connections:write), or GREENLIGHT_TRANSPORT=http.": (
        "SLACK_APP_TOKEN setzen (xapp-..., Scope connections:write) oder GREENLIGHT_TRANSPORT=http."
    ),
    "Set SLACK_SIGNING_SECRET: with GREENLIGHT_TRANSPORT=http every request is verified with it.": (
        "SLACK_SIGNING_SECRET setzen: Mit GREENLIGHT_TRANSPORT=http wird jede Anfrage damit geprüft."
    ),
    "Set GREENLIGHT_CHANNEL: the id of the security team's channel (C...).": (
        "GREENLIGHT_CHANNEL setzen: die ID des Kanals des Sicherheitsteams (C...)."
    ),
    "Set GREENLIGHT_ENCRYPTION_KEYS (`greenlight keys new` makes one); it does not live in Redis.": (
        "GREENLIGHT_ENCRYPTION_KEYS setzen (`greenlight keys new` erzeugt einen Satz); er liegt nicht in "
        "Redis."
    ),
    "Set GREENLIGHT_PUBLIC_URL: GREENLIGHT_INTAKE=link needs the https address of this bot.": (
        "GREENLIGHT_PUBLIC_URL setzen: GREENLIGHT_INTAKE=link braucht die https-Adresse dieses Bots."
    ),
    "Set GREENLIGHT_OIDC_CLIENT_ID, _CLIENT_SECRET and GREENLIGHT_PUBLIC_URL: the issuer needs them.": (
        "GREENLIGHT_OIDC_CLIENT_ID, _CLIENT_SECRET und GREENLIGHT_PUBLIC_URL setzen: Der Aussteller "
        "braucht sie."
    ),
    "Set GREENLIGHT_MAIL_FROM: SMTP_URL needs a sender address.": (
        "GREENLIGHT_MAIL_FROM setzen: SMTP_URL braucht eine Absenderadresse."
    ),
    "Set NETSKOPE_TENANT_URL: NETSKOPE_API_TOKEN belongs to a tenant.": (
        "NETSKOPE_TENANT_URL setzen: NETSKOPE_API_TOKEN gehört zu einem Tenant."
    ),
    "{0} is not a setting; did you mean {1}?": "{0} ist keine Einstellung; meinten Sie {1}?",
    "{0} is not a setting and has no effect.": "{0} ist keine Einstellung und bewirkt nichts.",
    "Correct or remove the name in the environment or `.env`.": (
        "Berichtigen oder entfernen Sie den Namen in der Umgebung oder in `.env`."
    ),
    "No answer within {0} s.": "Keine Antwort innerhalb von {0} s.",
    "Run `greenlight doctor` again.": "Rufen Sie `greenlight doctor` noch einmal auf.",
    "Run `greenlight doctor` again in a while. If it stays: check that NETSKOPE_TENANT_URL is the tenant's "
    "own address, and that no proxy or sign-in page answers in its place.": (
        "Rufen Sie `greenlight doctor` in einer Weile noch einmal auf. Bleibt es so: Prüfen Sie, ob "
        "NETSKOPE_TENANT_URL die eigene Adresse des Tenants ist und ob kein Proxy und keine Anmeldeseite an "
        "seiner Stelle antwortet."
    ),
    "Run `greenlight doctor` again in a while.": (
        "Rufen Sie `greenlight doctor` in einer Weile noch einmal auf."
    ),
    "Could not be looked at: {0}.": "Ließ sich nicht ansehen: {0}.",
    "Look at the log.": "Sehen Sie ins Log.",
    "Install the server: `pip install 'greenlight-bot[embedded]'`, or set REDIS_URL.": (
        "Installieren Sie den Server: `pip install 'greenlight-bot[embedded]'`, oder setzen Sie REDIS_URL."
    ),
    "Open {0}, choose the app, App Manifest: paste the output of `greenlight manifest`, save, then "
    "Install App: Reinstall to Workspace.": (
        "Öffnen Sie {0}, wählen Sie die App, App Manifest: Fügen Sie die Ausgabe von `greenlight "
        "manifest` ein, speichern Sie, dann Install App: Reinstall to Workspace."
    ),
    "Open {0}, choose the app, OAuth & Permissions: copy the Bot User OAuth Token into SLACK_BOT_TOKEN.": (
        "Öffnen Sie {0}, wählen Sie die App, OAuth & Permissions: Kopieren Sie Bot User OAuth Token nach "
        "SLACK_BOT_TOKEN."
    ),
    "Open {0}, choose the app, Basic Information, App-Level Tokens: generate one with connections:write "
    "and put it into SLACK_APP_TOKEN.": (
        "Öffnen Sie {0}, wählen Sie die App, Basic Information, App-Level Tokens: Erzeugen Sie eines mit "
        "connections:write und tragen Sie es in SLACK_APP_TOKEN ein."
    ),
    "Open {0}, choose the app, Socket Mode: switch on Enable Socket Mode.": (
        "Öffnen Sie {0}, wählen Sie die App, Socket Mode: Schalten Sie Enable Socket Mode ein."
    ),
    "The optional scope {0} is not granted, so nobody is told when the person who made a key is "
    "deactivated in Slack; the key dies with them.": (
        "Der optionale Scope {0} fehlt; so erfährt niemand, wenn in Slack deaktiviert wird, wer einen "
        "Schlüssel erstellt hat. Mit dem Konto endet der Schlüssel."
    ),
    "If you want that: open {0}, choose the app, OAuth & Permissions: add {1}, reinstall.": (
        "Wenn Sie das möchten: Öffnen Sie {0}, wählen Sie die App, OAuth & Permissions: {1} hinzufügen, "
        "neu installieren."
    ),
    "In Slack, in that channel, type `/invite @Greenlight`.": (
        "Schreiben Sie in Slack in diesem Kanal `/invite @Greenlight`."
    ),
    "Put the id of a channel of your own organization into GREENLIGHT_CHANNEL.": (
        "Tragen Sie in GREENLIGHT_CHANNEL die ID eines Kanals Ihrer eigenen Organisation ein."
    ),
    "This machine and Slack differ by {0} s.": "Diese Maschine und Slack gehen um {0} s auseinander.",
    "This machine and Slack differ by {0} s": "Diese Maschine und Slack gehen um {0} s auseinander",
    "{0}; from 300 s on, Slack's signatures are refused.": (
        "{0}; ab 300 s werden die Signaturen von Slack abgewiesen."
    ),
    "Synchronize the clock: `timedatectl set-ntp true`": "Stellen Sie die Uhr: `timedatectl set-ntp true`",
    "Slack sent no Date header to compare with.": "Slack sandte keine Uhrzeit zum Vergleichen.",
    "Open {0}, choose the app, App Home, Show Tabs: switch on Messages Tab (or paste the output of "
    "`greenlight manifest`).": (
        "Öffnen Sie {0}, wählen Sie die App, App Home, Show Tabs: Schalten Sie Messages Tab ein (oder "
        "fügen Sie die Ausgabe von `greenlight manifest` ein)."
    ),
    "Only a message that is sent can tell; none was refused so far.": (
        "Das zeigt nur eine Nachricht, die gesendet wird; bisher wurde keine abgewiesen."
    ),
    "Send one to yourself: `greenlight doctor --hello U0123456789`": (
        "Senden Sie sich eine: `greenlight doctor --hello U0123456789`"
    ),
    "Direct messages are refused: messages_tab_disabled.": (
        "Direktnachrichten werden abgewiesen: messages_tab_disabled."
    ),
    "The test message was refused: {0}.": "Die Probenachricht wurde abgewiesen: {0}.",
    "Choose another person for --hello.": "Wählen Sie jemand anderen für --hello.",
    "List people (U...) or user groups (S...) of this workspace in GREENLIGHT_ADMINS.": (
        "Nennen Sie in GREENLIGHT_ADMINS Personen (U...) oder Gruppen (S...) dieses Workspace."
    ),
    "List people (U...) or user groups (S...) of the security team in GREENLIGHT_REVIEWERS.": (
        "Nennen Sie in GREENLIGHT_REVIEWERS Personen (U...) oder Gruppen (S...) des Sicherheitsteams."
    ),
    "GREENLIGHT_ADMINS names nobody who can request.": (
        "GREENLIGHT_ADMINS nennt niemanden, der beantragen kann."
    ),
    "Nobody can approve: GREENLIGHT_REVIEWERS names no active member.": (
        "Niemand kann genehmigen: GREENLIGHT_REVIEWERS nennt kein aktives Mitglied."
    ),
    "{0} asks for {1} approvals, and only {2} can give one.": (
        "{0} verlangt {1} Genehmigungen, und nur {2} können eine geben."
    ),
    "Set {0}={1} or list more reviewers.": ("Setzen Sie {0}={1} oder nennen Sie mehr Genehmiger."),
    "Only {0} can approve ({1}): nobody is left for a request of one's own.": (
        "Nur {0} können genehmigen ({1}): Für einen eigenen Antrag bleibt niemand."
    ),
    "Review is off: nobody checks a request before it is sent.": (
        "Die Genehmigung ist abgeschaltet: Niemand prüft einen Antrag, bevor er hinausgeht."
    ),
    "Set GREENLIGHT_REVIEW=required and list people in GREENLIGHT_REVIEWERS.": (
        "Setzen Sie GREENLIGHT_REVIEW=required und nennen Sie Personen in GREENLIGHT_REVIEWERS."
    ),
    "{0} is nobody in this workspace.": "{0} ist niemand in diesem Workspace.",
    "{0} is deactivated.": "{0} ist deaktiviert.",
    "{0} is a bot.": "{0} ist ein Bot.",
    "{0} is a guest, and guests may not act.": "{0} ist ein Gast, und Gäste dürfen nicht handeln.",
    "{0} is no user group of this workspace, or it is disabled.": (
        "{0} ist keine Gruppe dieses Workspace, oder sie ist abgeschaltet."
    ),
    "{0} has no members.": "{0} hat keine Mitglieder.",
    "{0} cannot be looked up: Slack says {1}.": "{0} lässt sich nicht nachschlagen: Slack sagt {1}.",
    "It cannot be read: a scope is missing.": "Sie lässt sich nicht lesen: Ein Scope fehlt.",
    "Take {0} out of {1}, or put people into that user group in Slack.": (
        "Nehmen Sie {0} aus {1}, oder nehmen Sie in Slack Personen in diese Gruppe auf."
    ),
    "Take {0} out of {1}.": "Nehmen Sie {0} aus {1}.",
    "Let this machine reach {0} (https, port 443): `curl -sS {1}api.test`": (
        "Lassen Sie diese Maschine {0} erreichen (https, Port 443): `curl -sS {1}api.test`"
    ),
    "Slack does not answer ({0}).": "Slack antwortet nicht ({0}).",
    "Slack refuses SLACK_BOT_TOKEN: {0}.": "Slack weist SLACK_BOT_TOKEN ab: {0}.",
    "SLACK_BOT_TOKEN is the token of a person, not of a bot.": (
        "SLACK_BOT_TOKEN ist das Token einer Person, nicht eines Bots."
    ),
    "Slack did not say which scopes the token has.": "Slack sagte nicht, welche Scopes das Token hat.",
    "The app lacks {0}: after a crash in the wrong moment the bot cannot find its card again, and posts a "
    "second one.": (
        "Der App fehlt {0}: Nach einem Absturz im falschen Augenblick findet der Bot seine Karte nicht "
        "wieder und schreibt eine zweite."
    ),
    "The app lacks {0}.": "Der App fehlt {0}.",
    "The app has more than it needs: {0}.": "Die App hat mehr, als sie braucht: {0}.",
    "Socket Mode is switched off for this app.": "Socket Mode ist für diese App abgeschaltet.",
    "Slack refuses SLACK_APP_TOKEN: {0}.": "Slack weist SLACK_APP_TOKEN ab: {0}.",
    "SLACK_SIGNING_SECRET is not set.": "SLACK_SIGNING_SECRET ist nicht gesetzt.",
    "Open {0}, choose the app, Basic Information: copy Signing Secret to SLACK_SIGNING_SECRET.": (
        "Öffnen Sie {0}, wählen Sie die App, Basic Information: Kopieren Sie Signing Secret nach "
        "SLACK_SIGNING_SECRET."
    ),
    "Whether Slack reaches the public address, and signs with this secret, cannot be seen from inside.": (
        "Ob Slack die öffentliche Adresse erreicht und mit diesem Geheimnis signiert, ist von innen "
        "nicht zu sehen."
    ),
    "Open {0}, choose the app, Event Subscriptions: the Request URL {1} must say Verified.": (
        "Öffnen Sie {0}, wählen Sie die App, Event Subscriptions: Bei der Request URL {1} muss Verified "
        "stehen."
    ),
    "In Slack, open the channel's details, copy the id at the end (C...) into GREENLIGHT_CHANNEL.": (
        "Öffnen Sie in Slack die Details des Kanals und kopieren Sie die ID am Ende (C...) nach "
        "GREENLIGHT_CHANNEL."
    ),
    "{0} does not exist, or is private and the bot is not in it.": (
        "{0} gibt es nicht, oder der Kanal ist privat und der Bot ist nicht darin."
    ),
    "{0} cannot be read: a scope is missing.": "{0} lässt sich nicht lesen: Ein Scope fehlt.",
    "{0} cannot be read: Slack says {1}.": "{0} lässt sich nicht lesen: Slack sagt {1}.",
    "#{0} is archived.": "#{0} ist archiviert.",
    "In Slack, open #{0}, choose Unarchive channel, then type `/invite @Greenlight`.": (
        "Öffnen Sie in Slack #{0}, wählen Sie Archivierung aufheben, dann schreiben Sie `/invite "
        "@Greenlight`."
    ),
    "#{0} is shared with another organization, where approvals do not belong.": (
        "#{0} wird mit einer anderen Organisation geteilt; dorthin gehören keine Genehmigungen."
    ),
    "#{0} is about to be shared with another organization.": (
        "#{0} soll mit einer anderen Organisation geteilt werden."
    ),
    "The bot is not a member of #{0}.": "Der Bot ist kein Mitglied von #{0}.",
}
